/* Where the memory lies: the one file that speaks SQL. For progress.c and exchange.c alone; see progress.h. */
#ifndef LOOSE_READER_STORE_H
#define LOOSE_READER_STORE_H

#include "progress.h"

/* What this kit writes; an older one is brought to it when it is opened. */
extern const int store_schema;

/* Opens the memory below reader->root if there is one, or says why it cannot be read. */
void store_open(struct reader *reader);
/* Reads what is kept into reader->events, beside those that are not kept yet. */
void store_read(struct reader *reader);
/* Makes the memory if there is none, and keeps every event that is not kept yet, all in one transaction. False when they are not on the disk. */
bool store_write(struct reader *reader);
void store_close(struct reader *reader);

/* Appends an event that is not kept, and takes over what it owns. */
void event_add(struct reader *reader, struct event event);
void event_release(struct event *event);
/* By time, then by id. */
void events_sort(struct reader *reader);
/* A new id, for the caller to free. */
char *event_new_id(void);

#endif
