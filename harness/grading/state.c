#include "state.h"

#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "base/mem.h"

enum { SCHEMA = 1 };

static int cannot(struct state *state, char **error)
{
	int code = sqlite3_errcode(state->database) & 0xff;

	if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
		*error = mem_format("'%s' is in use by another grade; wait for it, or give another --out", state->path);
	else if (code == SQLITE_FULL)
		*error = mem_format("cannot write '%s': %s; make room, and the same command goes on", state->path,
				    sqlite3_errmsg(state->database));
	else
		*error = mem_format("cannot use '%s': %s", state->path, sqlite3_errmsg(state->database));
	return -1;
}

static bool run(struct state *state, const char *sql)
{
	return sqlite3_exec(state->database, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static int version_of(struct state *state)
{
	sqlite3_stmt *statement = NULL;
	int version = -1;

	if (sqlite3_prepare_v2(state->database, "PRAGMA user_version", -1, &statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW)
		version = sqlite3_column_int(statement, 0);
	sqlite3_finalize(statement);
	return version;
}

/* Held until it is closed: the lock is the kernel's, so that a process that was killed holds it no more. */
static int prepare(struct state *state, char **error)
{
	if (!run(state, "PRAGMA locking_mode = EXCLUSIVE") || !run(state, "PRAGMA synchronous = FULL") ||
	    !run(state, "BEGIN EXCLUSIVE"))
		return cannot(state, error);
	int version = version_of(state);
	if (version > SCHEMA) {
		*error = mem_format("'%s' was written by a newer workbook; give another --out", state->path);
		return -1;
	}
	if (version < 0 ||
	    (version == 0 &&
	     (!run(state, "CREATE TABLE graded(exercise TEXT NOT NULL, person TEXT NOT NULL, given TEXT NOT NULL,"
			  " record TEXT NOT NULL, feedback TEXT NOT NULL, PRIMARY KEY(exercise, person))") ||
	      !run(state, "PRAGMA user_version = 1"))) ||
	    !run(state, "COMMIT"))
		return cannot(state, error);
	return 0;
}

int state_open(struct state *state, const char *path, char **error)
{
	int status;

	*state = (struct state){.path = mem_copy(path)};
	*error = NULL;
	if (sqlite3_open(path, &state->database) != SQLITE_OK)
		status = state->database ? cannot(state, error) : (mem_exhausted(), -1);
	else
		status = prepare(state, error);
	if (status)
		state_close(state);
	return status;
}

void state_close(struct state *state)
{
	sqlite3_close(state->database);
	free(state->path);
	*state = (struct state){0};
}

/* A prepared statement with these as its first parameters; NULL with the code in the database. */
static sqlite3_stmt *prepare_with(struct state *state, const char *sql, const char *const *values)
{
	sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v2(state->database, sql, -1, &statement, NULL) != SQLITE_OK)
		return NULL;
	for (int i = 0; values[i]; i++)
		if (sqlite3_bind_text(statement, i + 1, values[i], -1, SQLITE_STATIC) != SQLITE_OK) {
			sqlite3_finalize(statement);
			return NULL;
		}
	return statement;
}

bool state_has(struct state *state, const char *exercise, const char *person, const char *given)
{
	const char *const values[] = {exercise, person, given, NULL};
	sqlite3_stmt *statement =
		prepare_with(state, "SELECT 1 FROM graded WHERE exercise = ? AND person = ? AND given = ?", values);
	bool has = statement && sqlite3_step(statement) == SQLITE_ROW;

	sqlite3_finalize(statement);
	return has;
}

int state_keep(struct state *state, const char *exercise, const char *person, const char *given, const char *record,
	       const char *feedback, char **error)
{
	const char *const values[] = {exercise, person, given, record, feedback, NULL};
	sqlite3_stmt *statement = prepare_with(state, "INSERT OR REPLACE INTO graded VALUES(?, ?, ?, ?, ?)", values);
	bool kept = statement && sqlite3_step(statement) == SQLITE_DONE;

	*error = NULL;
	int status = kept ? 0 : cannot(state, error);
	sqlite3_finalize(statement);
	return status;
}

bool state_recall(struct state *state, const char *exercise, const char *person, char **record, char **feedback)
{
	const char *const values[] = {exercise, person, NULL};
	sqlite3_stmt *statement =
		prepare_with(state, "SELECT record, feedback FROM graded WHERE exercise = ? AND person = ?", values);
	bool found = statement && sqlite3_step(statement) == SQLITE_ROW;

	*record = *feedback = NULL;
	if (found) {
		*record = mem_copy((const char *)sqlite3_column_text(statement, 0));
		*feedback = mem_copy((const char *)sqlite3_column_text(statement, 1));
	}
	sqlite3_finalize(statement);
	return found;
}

int state_take(struct state *state, const char *path, char **error)
{
	const char *const values[] = {path, NULL};
	sqlite3_stmt *attach = prepare_with(state, "ATTACH ? AS other", values);
	bool taken = attach && sqlite3_step(attach) == SQLITE_DONE;

	*error = NULL;
	sqlite3_finalize(attach);
	if (taken)
		taken = run(state, "INSERT OR REPLACE INTO main.graded SELECT * FROM other.graded");
	int status = taken ? 0 : cannot(state, error);
	run(state, "DETACH other");
	return status;
}
