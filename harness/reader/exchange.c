/* Two machines: all events as JSON, and back. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "progress.h"
#include "store.h"

static const char schema[] = "loose-threads/progress/1";

json_t *reader_export(const struct reader *reader)
{
	json_t *events = json_array();

	for (size_t i = 0; i < reader->count; i++) {
		const struct event *event = &reader->events[i];
		json_array_append_new(events, json_pack("{s:s,s:I,s:s,s:s,s:O}", "id", event->id, "time",
							(json_int_t)event->time, "kind", event->kind, "pitfall",
							event->pitfall, "detail", event->detail));
	}
	return json_pack("{s:s,s:o}", "schema", schema, "events", events);
}

static bool is_id(const char *text)
{
	return text && strlen(text) == 32 && strspn(text, "0123456789abcdef") == 32;
}

/* One event of the file; false when it is none. */
static bool event_read(json_t *object, struct event *event)
{
	const char *id = json_string_value(json_object_get(object, "id"));
	const char *kind = json_string_value(json_object_get(object, "kind"));
	const char *pitfall = json_string_value(json_object_get(object, "pitfall"));
	json_t *time = json_object_get(object, "time"), *detail = json_object_get(object, "detail");

	*event = (struct event){0};
	if (!is_id(id) || !kind || !*kind || !pitfall || !json_is_integer(time) || json_integer_value(time) < 0 ||
	    json_integer_value(time) >= READER_LATEST || !json_is_object(detail))
		return false;
	*event = (struct event){.id = mem_copy(id),
				.time = json_integer_value(time),
				.kind = mem_copy(kind),
				.pitfall = mem_copy(pitfall),
				.detail = json_incref(detail)};
	return true;
}

static const struct event *event_with(const struct reader *reader, const char *id)
{
	for (size_t i = 0; i < reader->count; i++)
		if (strcmp(reader->events[i].id, id) == 0)
			return &reader->events[i];
	return NULL;
}

static bool same(const struct event *a, const struct event *b)
{
	return a->time == b->time && strcmp(a->kind, b->kind) == 0 && strcmp(a->pitfall, b->pitfall) == 0 &&
	       json_equal(a->detail, b->detail);
}

/* Adds what is new to the events, not yet to the disk. */
static char *take_in(struct reader *reader, const json_t *events)
{
	json_t *object;
	size_t i;

	json_array_foreach(events, i, object) {
		struct event event;
		if (!event_read(object, &event))
			return mem_format("event %zu is none; export anew", i + 1);
		const struct event *known = event_with(reader, event.id);
		bool differs = known && !same(known, &event);
		if (known)
			event_release(&event);
		else
			event_add(reader, event);
		if (differs)
			return mem_format("event %zu is another one here; somebody has edited one of the two", i + 1);
	}
	return NULL;
}

char *reader_import(struct reader *reader, const json_t *object, size_t *added)
{
	const char *named = json_string_value(json_object_get(object, "schema"));
	json_t *events = json_object_get(object, "events");
	size_t before = reader->count;
	char *error = NULL;

	*added = 0;
	if (!named || strcmp(named, schema) != 0 || !json_is_array(events))
		return mem_format("it is not progress of schema %s", schema);
	if (!reader_keeps(reader))
		error = mem_copy("there is no memory that it could be added to");
	if (!error)
		error = take_in(reader, events);
	if (!error && !store_write(reader))
		error = mem_copy("it cannot be written to the disk");
	*added = error ? 0 : reader->count - before;
	/* What was there keeps its place in front. */
	while (error && reader->count > before)
		event_release(&reader->events[--reader->count]);
	events_sort(reader);
	return error;
}
