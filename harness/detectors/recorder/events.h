/*
 * From what the tracer has left (wire/recording.h) to the trace of a run, in
 * stages, each with a file of its own:
 *
 *     events.c    records as events: whose they are, and where in the source
 *     order.c     what each event waited for
 *     names.c     the objects by the words of the source: "point MINUTE_PASSED"
 *     sightings.c what detectors have found, put where its accesses happen
 *     steps.c     events as steps
 */
#ifndef LOOSE_RECORDER_EVENTS_H
#define LOOSE_RECORDER_EVENTS_H

#include "detectors/symbolizer.h"
#include "trace/trace.h"
#include "verdict/detector.h"
#include "wire/recording.h"

#define NO_EVENT ((size_t)-1)

/* A finding that is to be told of at an event. */
struct told {
	const char *kind, *detector;
	size_t at;    /* the event */
	size_t after; /* that with the other access; NO_EVENT: there is none */
};

struct event {
	const struct recording_record *record;
	enum recording_kind kind;
	const char *file, *in; /* of its innermost own frame: an absolute path, a function; NULL: it has none */
	int line;
	size_t *after; /* events of other threads */
	size_t after_count;
	char *on;	 /* for trace_step.on; NULL */
	long long value; /* of a gauge */
	bool shown;	 /* it becomes a step: of accesses only those that a finding names */
};

struct events {
	const struct run *run;
	struct symbolizer *symbolizer;
	char *maps;
	struct event *items;
	size_t count;
	char **threads; /* names, by their numbers in the recording */
	size_t thread_count;
	struct told *told;
	size_t told_count;
	char *lost; /* what could not be recorded; NULL: nothing */
};

/* `recording` must live as long as the events. False: there is none that can be read. */
bool events_read(struct events *events, const struct recording *recording, size_t size, const struct run *run);
void events_release(struct events *events);
/* The event with which a wait of this one's thread is over; NO_EVENT: it never was. `of` is a kind that waits. */
size_t events_end_of_wait(const struct events *events, size_t wait);
/* Whether events of this kind wait. */
bool event_waits(enum recording_kind kind);

/* The stages, in this order, each once; see the head of this file. The last fills a trace, for trace_release(). */
void events_order(struct events *events);
void events_name(struct events *events);
void events_place_sightings(struct events *events);
void events_to_steps(const struct events *events, struct trace *trace);

/* Bytes that the event is about: a block, an access, a lock; 0 when it is about none. */
size_t event_bytes(const struct event *event);

#endif
