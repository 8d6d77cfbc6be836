#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/mem.h"

enum { PATIENCE_MS = 10000 /* for another process to end its transaction, which takes milliseconds */ };

/* Step n makes schema n + 1 of schema n. What has been given to readers once is never changed here, only added to. */
static const char *const steps[] = {
	"CREATE TABLE event(id TEXT PRIMARY KEY NOT NULL, time INTEGER NOT NULL, kind TEXT NOT NULL,"
	" pitfall TEXT NOT NULL, detail TEXT NOT NULL)",
};

const int store_schema = sizeof steps / sizeof *steps;

static const char name_of_file[] = "work/progress.db";

/* --- events --------------------------------------------------------------------------------------------------------*/

void event_release(struct event *event)
{
	free(event->id);
	free(event->kind);
	free(event->pitfall);
	json_decref(event->detail);
}

void event_add(struct reader *reader, struct event event)
{
	reader->events = mem_resize(reader->events, reader->count + 1, sizeof event);
	reader->events[reader->count++] = event;
}

static int in_order(const void *left, const void *right)
{
	const struct event *a = left, *b = right;

	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	return strcmp(a->id, b->id);
}

void events_sort(struct reader *reader)
{
	if (reader->count)
		qsort(reader->events, reader->count, sizeof *reader->events, in_order);
}

char *event_new_id(void)
{
	unsigned char bytes[16];
	char *id = mem_zeroed(2 * sizeof bytes + 1, 1);

	sqlite3_randomness(sizeof bytes, bytes);
	for (size_t i = 0; i < sizeof bytes; i++) {
		id[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
		id[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
	}
	return id;
}

/* --- what goes wrong -----------------------------------------------------------------------------------------------*/

/* The first is told; those that follow have the same reason. Takes over the line. */
static void complain(struct reader *reader, char *line)
{
	if (reader->told) {
		free(line);
		return;
	}
	reader->told = true;
	free(reader->problem);
	reader->problem = line;
}

static bool is_damage(int code)
{
	return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
}

static void complain_of_database(struct reader *reader, sqlite3 *database)
{
	int code = database ? sqlite3_errcode(database) : SQLITE_NOMEM;
	const char *what = database ? sqlite3_errmsg(database) : "out of memory";
	const char *fix = (code & 0xff) == SQLITE_FULL	     ? "make room on its disk"
			  : (code & 0xff) == SQLITE_BUSY     ? "another process holds it"
			  : is_damage(code)		     ? "the next command sets it aside"
			  : (code & 0xff) == SQLITE_READONLY ? "make it writable"
							     : "see that 'work' can be written";

	complain(reader, mem_format("'%s' cannot be kept: %s; %s; until then nothing new is remembered", name_of_file,
				    what, fix));
}

/* --- opening -------------------------------------------------------------------------------------------------------*/

/* The one number that the statement gives; -1 with the code in the database when there is none. */
static long long number_of(sqlite3 *database, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	long long number = -1;

	if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW)
		number = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return number;
}

static bool run(sqlite3 *database, const char *sql)
{
	return sqlite3_exec(database, sql, NULL, NULL, NULL) == SQLITE_OK;
}

/* Of two commands the second waits, and finds it done. SQLite's code. */
static int migrate(sqlite3 *database)
{
	char *sql = mem_format("PRAGMA user_version = %d", store_schema);
	bool good = run(database, "BEGIN IMMEDIATE");

	for (long long version = number_of(database, "PRAGMA user_version"); good && version < store_schema; version++)
		good = version >= 0 && run(database, steps[version]);
	good = good && run(database, sql) && run(database, "COMMIT");
	int code = good ? SQLITE_OK : sqlite3_errcode(database);
	if (!sqlite3_get_autocommit(database))
		run(database, "ROLLBACK");
	free(sql);
	return code;
}

enum opened { OPENED, OPENED_NOT, OPENED_NEWER, OPENED_DAMAGED };

/* SQLite says "ok" in a row, or what is wrong in one. */
static bool is_whole(sqlite3 *database, int *code)
{
	sqlite3_stmt *statement = NULL;
	bool whole = false;

	*code = sqlite3_prepare_v2(database, "PRAGMA quick_check(1)", -1, &statement, NULL);
	if (*code == SQLITE_OK && (*code = sqlite3_step(statement)) == SQLITE_ROW) {
		whole = strcmp((const char *)sqlite3_column_text(statement, 0), "ok") == 0;
		*code = whole ? SQLITE_OK : SQLITE_CORRUPT;
	}
	sqlite3_finalize(statement);
	return whole;
}

/* Looks at the file, and brings an older schema to ours. The database stays open whatever comes of it. */
static enum opened examine(sqlite3 *database)
{
	int code;

	sqlite3_busy_timeout(database, PATIENCE_MS);
	sqlite3_extended_result_codes(database, 1);
	run(database, "PRAGMA synchronous = FULL");
	if (!is_whole(database, &code))
		return is_damage(code) ? OPENED_DAMAGED : OPENED_NOT;
	long long version = number_of(database, "PRAGMA user_version");
	if (version > store_schema)
		return OPENED_NEWER;
	if (version < store_schema && (code = migrate(database)) != SQLITE_OK)
		return is_damage(code) || code == SQLITE_ERROR ? OPENED_DAMAGED : OPENED_NOT;
	/* A table that should be there and is not: somebody else's file, or what is left of ours. */
	code = sqlite3_exec(database, "SELECT id, time, kind, pitfall, detail FROM event LIMIT 0", NULL, NULL, NULL);
	if (code != SQLITE_OK)
		return is_damage(code) || code == SQLITE_ERROR ? OPENED_DAMAGED : OPENED_NOT;
	return OPENED;
}

static enum opened try_to_open(struct reader *reader, const char *path)
{
	sqlite3 *database = NULL;
	int code = sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
	enum opened opened = code != SQLITE_OK ? OPENED_NOT : examine(database);

	if (opened == OPENED) {
		reader->database = database;
		return opened;
	}
	reader->refused = opened == OPENED_NEWER;
	if (opened == OPENED_NEWER)
		complain(
			reader,
			mem_format("'%s' was written by a newer workbook (schema %lld; this one knows %d); update this "
				   "one, until then nothing is remembered",
				   name_of_file, number_of(database, "PRAGMA user_version"), store_schema));
	else if (opened == OPENED_NOT)
		complain_of_database(reader, database);
	sqlite3_close(database);
	return opened;
}

/* --- a damaged file ------------------------------------------------------------------------------------------------*/

/* Moves the file, and what SQLite keeps beside it, to the first name that is free. The new name, for the caller to free; NULL with errno. */
static char *move_aside(const char *path)
{
	char *name = NULL;

	for (int number = 1; !name && number < 10000; number++) {
		char *to = mem_format("%s.damaged-%d", path, number);
		/* A link takes no name that is there. Where there are no links, a rename under the lock does. */
		if (link(path, to) == 0 || (errno != EEXIST && access(to, F_OK) != 0 && rename(path, to) == 0))
			name = mem_copy(to);
		else if (access(to, F_OK) != 0)
			number = 10000; /* for another reason than that the name is taken */
		free(to);
	}
	if (name && unlink(path) != 0 && errno != ENOENT) {
		free(name);
		return NULL;
	}
	char *journal = mem_format("%s-journal", path), *kept = mem_format("%s-journal", name ? name : path);
	if (name)
		rename(journal, kept);
	free(journal);
	free(kept);
	return name;
}

/* One process does it: another one that has seen the same damage looks again first, and finds a file that is whole. */
static void replace_damaged(struct reader *reader, const char *root, const char *path)
{
	char *lock_path = mem_format("%s.lock", path);
	int lock = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);

	if (lock >= 0 && flock(lock, LOCK_EX) == 0 && try_to_open(reader, path) == OPENED_DAMAGED) {
		char *kept = move_aside(path);
		char *line = kept ? mem_format("'%s' is damaged and now called '%s'; a new one is begun", name_of_file,
					       kept + strlen(root) + 1)
				  : mem_format("'%s' is damaged and cannot be set aside: %s; move it away",
					       name_of_file, strerror(errno));
		if (kept)
			try_to_open(reader, path);
		complain(reader, line);
		reader->told = !kept;
		free(kept);
	}
	if (lock >= 0)
		close(lock);
	free(lock_path);
}

/* Opens it, and makes it where it is not there. */
static void open_or_make(struct reader *reader)
{
	const char *root = reader->root;
	char *folder = mem_format("%s/work", root), *path = mem_format("%s/%s", root, name_of_file);

	reader->absent = false;
	if (mkdir(folder, 0777) != 0 && errno != EEXIST)
		complain(reader, mem_format("cannot make '%s': %s; nothing is remembered", folder, strerror(errno)));
	else if (try_to_open(reader, path) == OPENED_DAMAGED)
		replace_damaged(reader, root, path);
	free(path);
	free(folder);
}

void store_open(struct reader *reader)
{
	char *path = mem_format("%s/%s", reader->root, name_of_file);

	reader->absent = access(path, F_OK) != 0 && errno == ENOENT;
	if (!reader->absent)
		open_or_make(reader);
	free(path);
}

void store_close(struct reader *reader)
{
	sqlite3_close(reader->database);
	reader->database = NULL;
}

/* --- reading and writing -------------------------------------------------------------------------------------------*/

/* Those that are not kept stay. */
static void forget_kept(struct reader *reader)
{
	size_t left = 0;

	for (size_t i = 0; i < reader->count; i++) {
		if (reader->events[i].kept)
			event_release(&reader->events[i]);
		else
			reader->events[left++] = reader->events[i];
	}
	reader->count = left;
}

static char *text_in(sqlite3_stmt *row, int column)
{
	const unsigned char *text = sqlite3_column_text(row, column);

	return mem_copy(text ? (const char *)text : "");
}

void store_read(struct reader *reader)
{
	sqlite3_stmt *row = NULL;
	int code = SQLITE_DONE;

	if (!reader->database)
		return;
	if (sqlite3_prepare_v2(reader->database, "SELECT id, time, kind, pitfall, detail FROM event", -1, &row, NULL) ==
	    SQLITE_OK) {
		forget_kept(reader);
		while ((code = sqlite3_step(row)) == SQLITE_ROW) {
			char *detail = text_in(row, 4);
			json_t *json = json_loads(detail, 0, NULL);
			json = json_is_object(json) ? json : json_object();
			event_add(reader, (struct event){.id = text_in(row, 0),
							 .time = sqlite3_column_int64(row, 1),
							 .kind = text_in(row, 2),
							 .pitfall = text_in(row, 3),
							 .detail = json,
							 .kept = true});
			free(detail);
		}
	}
	if (code != SQLITE_DONE || !row)
		complain_of_database(reader, reader->database);
	sqlite3_finalize(row);
	events_sort(reader);
}

static bool insert(sqlite3_stmt *statement, const struct event *event)
{
	char *detail = json_dumps(event->detail, JSON_COMPACT | JSON_SORT_KEYS);

	sqlite3_reset(statement);
	sqlite3_bind_text(statement, 1, event->id, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, event->time);
	sqlite3_bind_text(statement, 3, event->kind, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 4, event->pitfall, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 5, detail ? detail : "{}", -1, SQLITE_TRANSIENT);
	bool good = sqlite3_step(statement) == SQLITE_DONE;
	free(detail);
	return good;
}

static bool insert_all(struct reader *reader)
{
	sqlite3_stmt *statement = NULL;
	bool good = sqlite3_prepare_v2(reader->database, "INSERT OR IGNORE INTO event VALUES (?, ?, ?, ?, ?)", -1,
				       &statement, NULL) == SQLITE_OK;

	for (size_t i = 0; i < reader->count && good; i++)
		if (!reader->events[i].kept)
			good = insert(statement, &reader->events[i]);
	sqlite3_finalize(statement);
	return good;
}

bool store_write(struct reader *reader)
{
	if (reader->absent)
		open_or_make(reader);
	sqlite3 *database = reader->database;
	if (!database)
		return false;
	if (!run(database, "BEGIN IMMEDIATE") || !insert_all(reader) || !run(database, "COMMIT")) {
		complain_of_database(reader, database);
		if (!sqlite3_get_autocommit(database))
			run(database, "ROLLBACK");
		return false;
	}
	for (size_t i = 0; i < reader->count; i++)
		reader->events[i].kept = true;
	return true;
}
