/*
 * What the events are about, in the words of the source: a point by its
 * enumerator, a lock, a condition and a block by the expression that stands in
 * the call. The first that is named so has the name alone, the second "2". See
 * events.h.
 */
#include "events.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "code.h"

/* The sources that were read, by their paths. */
struct sources {
	struct {
		const char *path;
		char *text; /* NULL: it cannot be read */
	} * items;
	size_t count;
};

/* Names that are given away, and to which objects. */
struct named {
	struct {
		uint64_t object;
		size_t size;  /* of a block; else 0 */
		char *name;   /* "lock cache->lock" */
		char *shown;  /* "lock cache->lock 2" */
		size_t ended; /* the event with which it was no more; NO_EVENT: it is */
	} * items;
	size_t count;
};

struct naming {
	struct events *events;
	struct sources sources;
	struct named named;
	struct code *code;
};

/* --- the source --- */

static const char *text_of(struct sources *sources, const char *path)
{
	for (size_t i = 0; i < sources->count; i++)
		if (strcmp(sources->items[i].path, path) == 0)
			return sources->items[i].text;
	sources->items = mem_resize(sources->items, sources->count + 1, sizeof *sources->items);
	sources->items[sources->count].path = path;
	sources->items[sources->count].text = file_read(path);
	return sources->items[sources->count++].text;
}

static const char *line_of(struct naming *naming, const struct event *event)
{
	const char *text = event->file ? text_of(&naming->sources, event->file) : NULL;

	for (int line = 1; text && line < event->line; line++) {
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	return text;
}

/* The expression up to the comma or parenthesis that ends it, without blanks around it. */
static char *expression(const char *text)
{
	int depth = 0;
	size_t length = 0;

	text += strspn(text, " \t\n&");
	for (; text[length] && text[length] != ';'; length++) {
		if (text[length] == '(' || text[length] == '[')
			depth++;
		else if ((text[length] == ')' || text[length] == ']') && depth-- == 0)
			break;
		else if (text[length] == ',' && depth == 0)
			break;
	}
	while (length && isspace((unsigned char)text[length - 1]))
		length--;
	return length ? mem_copy_n(text, length) : NULL;
}

/* The first argument of a call of the function in the event's line, for the caller to free; NULL: there is none. */
static char *argument(struct naming *naming, const struct event *event, const char *function)
{
	const char *line = line_of(naming, event), *end = line ? line + strcspn(line, "\n") : NULL;
	const char *call = line ? strstr(line, function) : NULL;

	if (!call || call > end || call[strlen(function)] != '(')
		return NULL;
	return expression(call + strlen(function) + 1);
}

/* What is assigned in the event's line: "cache" of "struct cache *cache = calloc(...)"; for the caller to free, or NULL. */
static char *assigned(struct naming *naming, const struct event *event)
{
	const char *line = line_of(naming, event), *sign = line ? strchr(line, '=') : NULL, *begin;

	if (!sign || sign > line + strcspn(line, "\n"))
		return NULL;
	while (sign > line && isspace((unsigned char)sign[-1]))
		sign--;
	for (begin = sign; begin > line && !strchr(" \t*,(", begin[-1]);)
		begin--;
	return begin < sign ? mem_copy_n(begin, (size_t)(sign - begin)) : NULL;
}

/* --- objects --- */

/* The name of this object that is still there; NULL: it has none yet. */
static const char *name_known(const struct named *named, uint64_t object, const char *kind)
{
	for (size_t i = named->count; i--;)
		if (named->items[i].object == object && named->items[i].ended == NO_EVENT &&
		    strncmp(named->items[i].name, kind, strlen(kind)) == 0)
			return named->items[i].shown;
	return NULL;
}

/* `words` is taken over; NULL: nothing is known but the kind. */
static const char *name_new(struct named *named, uint64_t object, const char *kind, char *words)
{
	char *name = words ? mem_format("%s %s", kind, words) : mem_copy(kind);
	size_t alike = 1;

	for (size_t i = 0; i < named->count; i++)
		alike += strcmp(named->items[i].name, name) == 0;
	named->items = mem_resize(named->items, named->count + 1, sizeof *named->items);
	named->items[named->count].object = object;
	named->items[named->count].size = 0;
	named->items[named->count].name = name;
	named->items[named->count].shown = alike > 1 ? mem_format("%s %zu", name, alike) : mem_copy(name);
	named->items[named->count].ended = NO_EVENT;
	free(words);
	return named->items[named->count++].shown;
}

static void end_names(struct named *named, uint64_t from, size_t size, size_t event)
{
	for (size_t i = 0; i < named->count; i++)
		if (named->items[i].object - from < size && named->items[i].ended == NO_EVENT)
			named->items[i].ended = event;
}

/* What the program calls for events of each kind, and what its first argument is. */
static const struct {
	const char *kind;
	const char *calls[4];
} calls[RECORD_KINDS] = {
	[RECORD_LOCK_WAIT] = {"lock", {"pthread_mutex_lock"}},
	[RECORD_LOCK] = {"lock", {"pthread_mutex_lock", "pthread_mutex_trylock"}},
	[RECORD_UNLOCK] = {"lock", {"pthread_mutex_unlock"}},
	[RECORD_COND_WAIT] = {"condition", {"pthread_cond_wait", "pthread_cond_timedwait", "deadline_cond_wait"}},
	[RECORD_COND_GO] = {"condition", {"pthread_cond_wait", "pthread_cond_timedwait", "deadline_cond_wait"}},
	[RECORD_SIGNAL] = {"condition", {"pthread_cond_signal"}},
	[RECORD_BROADCAST] = {"condition", {"pthread_cond_broadcast"}},
	[RECORD_KIT_WAIT] = {NULL, {"queue_take", "gate_wait", "stop_wait"}},
	[RECORD_KIT_GO] = {NULL, {"queue_take", "gate_wait", "stop_wait"}},
	[RECORD_KIT_PUT] = {NULL, {"queue_put", "queue_offer"}},
	[RECORD_KIT_OPEN] = {NULL, {"queue_close", "gate_open", "stop_request"}},
	[RECORD_FREE] = {"block", {"free", "realloc"}},
};

/* What stands in the event's call; "stop stop" says no more than "stop". For the caller to free; NULL: nothing. */
static char *words_of_call(struct naming *naming, const struct event *event, const char *kind)
{
	char *words = NULL;

	for (int i = 0; i < 4 && calls[event->kind].calls[i] && !words; i++)
		words = argument(naming, event, calls[event->kind].calls[i]);
	if (words && strcmp(words, kind) == 0) {
		free(words);
		words = NULL;
	}
	return words;
}

/* Whether the memory of the object is given back, or given out. */
static bool ends_object(const struct event *event, uint64_t object)
{
	return (event->kind == RECORD_FREE || event->kind == RECORD_ALLOC) &&
	       object - event->record->object < event_bytes(event);
}

/*
 * Of all that the source calls the object from this event on, as long as it lives, the shortest: which thread comes to it
 * first may be luck. For the caller to free; NULL: nothing.
 */
static char *shortest_words(struct naming *naming, size_t index, const char *kind)
{
	const struct events *events = naming->events;
	const uint64_t object = events->items[index].record->object;
	char *shortest = words_of_call(naming, &events->items[index], kind);

	for (size_t i = index + 1; i < events->count && !ends_object(&events->items[i], object); i++) {
		const struct event *event = &events->items[i];
		const char *own = calls[event->kind].kind ? calls[event->kind].kind : event->record->name;
		if (event->record->object != object || !calls[event->kind].calls[0] || strcmp(own, kind) != 0)
			continue;
		char *words = words_of_call(naming, event, kind);
		bool better = words && (!shortest || strlen(words) < strlen(shortest) ||
					(strlen(words) == strlen(shortest) && strcmp(words, shortest) < 0));
		free(better ? shortest : words);
		shortest = better ? words : shortest;
	}
	return shortest;
}

static void name_object(struct naming *naming, size_t index)
{
	struct event *event = &naming->events->items[index];
	const char *kind = calls[event->kind].kind ? calls[event->kind].kind : event->record->name;
	const char *known = name_known(&naming->named, event->record->object, kind);

	if (!known)
		known = name_new(&naming->named, event->record->object, kind,
				 event->kind == RECORD_FREE ? words_of_call(naming, event, kind)
							    : shortest_words(naming, index, kind));
	event->on = mem_copy(known);
}

/* A block is known by what its memory is assigned to, until it is freed. */
static void name_block(struct naming *naming, size_t index)
{
	struct event *event = &naming->events->items[index];

	if (event->kind == RECORD_ALLOC) {
		end_names(&naming->named, event->record->object, event_bytes(event), index);
		event->on = mem_copy(name_new(&naming->named, event->record->object, "block", assigned(naming, event)));
		naming->named.items[naming->named.count - 1].size = event_bytes(event);
	} else {
		name_object(naming, index);
	}
}

/* The block that the address is in, or was in last; else the variable. NULL: it is on a stack. For the caller to free. */
static char *memory_words(struct naming *naming, uint64_t address)
{
	const struct named *named = &naming->named;
	uint64_t offset;

	for (size_t i = named->count; i--;)
		if (address - named->items[i].object < named->items[i].size)
			return mem_copy(named->items[i].shown);
	const char *variable = symbolizer_data(naming->events->symbolizer, address, &offset);
	return variable ? mem_format("variable %s", variable) : NULL;
}

/* --- points --- */

/* "ORDER_WRITTEN + 1": of what stands in the call the enumerator, and how far the point is from it. */
static char *point_words(struct naming *naming, const struct event *event, const char *function)
{
	const long point = (long)event->record->object;
	char *words = argument(naming, event, function), *name = NULL;
	size_t length = words ? strspn(words, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789") : 0;
	long value;

	if (length) {
		words[length] = '\0';
		if (code_enumerator(naming->code, words, &value) && value <= point)
			name = value == point ? mem_copy(words) : mem_format("%s + %ld", words, point - value);
	}
	free(words);
	return name ? name : mem_format("%ld", point);
}

static void name_point(struct naming *naming, struct event *event)
{
	static const char *const functions[RECORD_KINDS] = {
		[RECORD_REACH] = "schedule_reached",
		[RECORD_AWAIT] = "schedule_await",
		[RECORD_AWAITED] = "schedule_await",
	};
	char *words = point_words(naming, event, functions[event->kind]);

	event->on = mem_format("point %s", words);
	free(words);
}

/* A call that has a variable in place of the enumerator: another one says which point that is. */
static void name_point_of_variable(struct events *events, struct event *event)
{
	bool is_point = event->kind == RECORD_REACH || event->kind == RECORD_AWAIT || event->kind == RECORD_AWAITED;

	if (!is_point || strspn(event->on + strlen("point "), "0123456789") == 0)
		return;
	for (size_t i = 0; i < events->count; i++) {
		const struct event *other = &events->items[i];
		if ((other->kind == RECORD_REACH || other->kind == RECORD_AWAIT || other->kind == RECORD_AWAITED) &&
		    other->record->object == event->record->object && strcmp(other->on, event->on) != 0) {
			free(event->on);
			event->on = mem_copy(other->on);
			return;
		}
	}
}

/* --- all of them --- */

static void name_one(struct naming *naming, size_t index)
{
	struct event *event = &naming->events->items[index];

	switch (event->kind) {
	case RECORD_REACH:
	case RECORD_AWAIT:
	case RECORD_AWAITED:
		name_point(naming, event);
		break;
	case RECORD_BLOCKED_WAIT:
	case RECORD_BLOCKED:
		event->on = mem_copy("all others");
		break;
	case RECORD_GONE_WAIT:
	case RECORD_GONE:
		event->on = mem_copy("a thread's end");
		break;
	case RECORD_ALLOC:
	case RECORD_FREE:
		name_block(naming, index);
		break;
	case RECORD_READ:
	case RECORD_WRITE:
		event->on = memory_words(naming, event->record->object);
		break;
	default:
		if (calls[event->kind].calls[0])
			name_object(naming, index);
	}
}

void events_name(struct events *events)
{
	struct naming naming = {.events = events, .code = code_open(events->run->program)};

	for (size_t i = 0; i < events->count; i++)
		name_one(&naming, i);
	for (size_t i = 0; i < events->count; i++)
		name_point_of_variable(events, &events->items[i]);
	for (size_t i = 0; i < naming.sources.count; i++)
		free(naming.sources.items[i].text);
	for (size_t i = 0; i < naming.named.count; i++) {
		free(naming.named.items[i].name);
		free(naming.named.items[i].shown);
	}
	free(naming.sources.items);
	free(naming.named.items);
	code_close(naming.code);
}
