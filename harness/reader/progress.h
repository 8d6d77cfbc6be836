/*
 * The one memory of the reader: what was predicted, which hints were taken, what
 * was tried and passed, and which exercise is in hand. It lives in
 * work/progress.db; commands, watch and the browser use it through this module.
 *
 *     struct reader reader;
 *     reader_open(&reader, root);
 *     reader_note_attempt(&reader, "02-ownership/implicit-contract", true);
 *     ... reader.problem, once, on standard error ...
 *     reader_close(&reader);
 *
 * It keeps events, which never change; everything else is worked out from them.
 * Nothing here fails the caller: what cannot be kept is kept in this process, and
 * `problem` says so. Each note is one transaction, whole or not there, and on the
 * disk when the call returns. Another process may write meanwhile.
 */
#ifndef LOOSE_READER_PROGRESS_H
#define LOOSE_READER_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

struct sqlite3;

/* Of an event's time: the year 10000. What says to be later is not taken in, for whatever is noted next has to be later still. */
#define READER_LATEST 253402300800000LL

/* Something that happened, once. */
struct event {
	char *id;	/* 32 hex digits; no two machines make the same */
	long long time; /* milliseconds since 1970; of two events of one machine the later one has the larger */
	char *kind;
	char *pitfall;
	json_t *detail; /* an object */
	bool kept;	/* on the disk */
};

struct reader {
	char *root;
	struct sqlite3 *database; /* NULL: nothing is kept, or */
	bool absent;  /* there is nothing yet; it is made with the first note, so that to look leaves no file */
	bool refused; /* a newer workbook wrote it: it was neither read nor changed */
	/*
	 * The first thing that went wrong, as a line for the reader without "loose: ";
	 * NULL: nothing. To be printed once; reader_complaint() takes it.
	 */
	char *problem;
	bool told;	      /* that writing failed */
	struct event *events; /* by time, then by id */
	size_t count;
};

/* Opens work/progress.db below `root` if it is there, sets a damaged one aside, and reads it. */
void reader_open(struct reader *reader, const char *root);
/* Takes in what other processes have noted meanwhile. */
void reader_reload(struct reader *reader);
void reader_close(struct reader *reader);
/* Whether what is noted now will be there the next time, as far as is known. */
bool reader_keeps(const struct reader *reader);
/* What went wrong since the last call, for the caller to print and to free; NULL: nothing. */
char *reader_complaint(struct reader *reader);

/* --- what is noted -------------------------------------------------------------------------------------------------*/

/* Of one detector in a prediction. */
struct cell {
	const char *detector; /* its name */
	bool guessed, seen;   /* that it fires */
};

/* A whole prediction, with its result; nothing is noted of one that was broken off. */
struct prediction {
	const struct cell *cells;
	size_t count;
	int confidence;	      /* per cent, 50 to 100; 0: not asked */
	const char *question; /* the one question beside the cells; NULL: none */
	const char *answer, *right;
};

/* The exercise is opened, and is the one in hand from now on. */
void reader_note_opened(struct reader *reader, const char *pitfall);
/* The reader's file was judged, to the end. */
void reader_note_attempt(struct reader *reader, const char *pitfall, bool passed);
/* A hint of this level, from 1, was shown. */
void reader_note_hint(struct reader *reader, const char *pitfall, int level);
/* The solution was asked for, and shown or not. */
void reader_note_solution(struct reader *reader, const char *pitfall, bool shown);
/* The exercise was begun anew: what was passed before counts no more. */
void reader_note_reset(struct reader *reader, const char *pitfall);
void reader_note_prediction(struct reader *reader, const char *pitfall, const struct prediction *prediction);

/* --- what is known -------------------------------------------------------------------------------------------------*/

/* Of one pitfall. */
struct standing {
	unsigned predictions;
	bool predicted_right; /* every cell, and the question, at the first time: later ones know the answer */
	bool opened;
	int hints;	     /* the highest level that was shown; 0: none */
	unsigned attempts;   /* since the reset, if there was one */
	bool passed;	     /* in one of these */
	long long passed_at; /* the first time, as an event's time; 0: never */
	unsigned asked;	     /* for the solution */
	bool solution_shown;
};

/* All zeroes for a pitfall of which nothing is known. */
struct standing reader_standing(const struct reader *reader, const char *pitfall);
/* The exercise in hand, owned by the reader; NULL when none was opened yet. */
const char *reader_position(const struct reader *reader);

/* How often a guess was right: of one detector, at one confidence, in one chapter. */
struct score {
	unsigned asked, right;
	unsigned missed, imagined; /* of the wrong: it fired and was not expected; it was expected and did not */
};

/* A cell of any first prediction of a pitfall. */
struct guess {
	const char *pitfall, *detector; /* the question beside them has the detector "" */
	int confidence;
	bool guessed, seen, right;
};

/* Calls `each` for each of them, in their order. Later predictions of the same pitfall are not asked about. */
void reader_guesses(const struct reader *reader, void (*each)(void *context, const struct guess *guess), void *context);

/* --- two machines --------------------------------------------------------------------------------------------------*/

/* All events as an object of schema loose-threads/progress/1 (new reference), in their order: the same for the same events. */
json_t *reader_export(const struct reader *reader);
/*
 * Adds the events of such an object that are not there yet, all of them or none; *added is how many. NULL, or one line
 * that says what is wrong with it, for the caller to free.
 */
char *reader_import(struct reader *reader, const json_t *object, size_t *added);

#endif
