/* Reading Valgrind's XML. See valgrind_xml.h. */
#include "valgrind_xml.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <expat.h>

#include "base/mem.h"
#include "valgrind_counts.h"
#include "valgrind_words.h"

enum { MAX_DEPTH = 32 };

struct frame_text {
	char *function, *directory, *file;
	int line;
};

struct reader {
	const struct run *run;
	const char *tool;
	struct findings *findings;
	struct valgrind_output *output;
	bool right_tool, finished;
	bool foreign; /* there is something that Valgrind does not write */
	struct valgrind_counts counts;
	char *number;		     /* of the error that is open; NULL: not told yet */
	const char *path[MAX_DEPTH]; /* the elements that are open, outermost first */
	size_t depth;
	char *text; /* of the innermost element so far */
	size_t text_length;
	/* The error that is open. Its sentences stay raw until the end: only then are its threads known. */
	struct finding *finding;
	struct stack *stack;
	long fatal_thread; /* its number */
	bool told;	   /* the last stack has its sentence, but no frames yet */
	struct frame_text frame;
};

/*
 * The elements that matter, and which of them are inside which. Names are kept
 * as pointers into this list; one that is not in it is "".
 */
static const char *const elements[] = {
	"valgrindoutput",
	"protocoltool",
	"pid",
	"ppid",
	"args",
	"argv",
	"exe",
	"status",
	"state",
	"error",
	"kind",
	"what",
	"xwhat",
	"text",
	"auxwhat",
	"xauxwhat",
	"stack",
	"frame",
	"fn",
	"dir",
	"file",
	"line",
	"fatal_signal",
	"signame",
	"tid",
	"first_observed_at",
	"other_segment_start",
	"other_segment_end",
	"announcethread",
	"unique",
	"errorcounts",
	"pair",
};

static const char *known(const char *name)
{
	for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
		if (strcmp(name, elements[i]) == 0)
			return elements[i];
	return "";
}

/* The element that is `up` levels above the innermost. */
static bool is(const struct reader *reader, size_t up, const char *name)
{
	return reader->depth > up && strcmp(reader->path[reader->depth - 1 - up], name) == 0;
}

static void start_stack(struct reader *reader, const char *sentence)
{
	reader->stack = finding_add_stack(reader->finding, sentence);
	reader->told = true;
}

/* A stack belongs to the sentence before it. Some have none but the element that they are in. */
static void start_frames(struct reader *reader)
{
	if (is(reader, 1, "other_segment_start"))
		start_stack(reader, "The other access comes after this");
	else if (is(reader, 1, "other_segment_end"))
		start_stack(reader, "and before this");
	else if (!reader->told)
		start_stack(reader, "then");
	reader->told = false;
}

static void XMLCALL on_start(void *context, const char *name, const char **attributes)
{
	struct reader *reader = context;

	(void)attributes;
	if (reader->depth < MAX_DEPTH)
		reader->path[reader->depth] = known(name);
	reader->depth++;
	reader->text_length = 0;
	if (reader->depth > MAX_DEPTH)
		return;
	if (is(reader, 0, "error")) {
		reader->finding = findings_add(reader->findings, "?");
		reader->stack = NULL;
		reader->told = false;
	} else if (is(reader, 0, "stack") && reader->finding) {
		start_frames(reader);
	} else if (is(reader, 0, "stack") && is(reader, 1, "fatal_signal")) {
		reader->stack = &reader->output->fatal;
	}
}

static void XMLCALL on_text(void *context, const char *text, int length)
{
	struct reader *reader = context;

	/* Elements stand in there, and what is between them is blank. */
	bool between = reader->depth <= MAX_DEPTH &&
		       (is(reader, 0, "valgrindoutput") || is(reader, 0, "error") || is(reader, 0, "stack"));
	if (between)
		for (int i = 0; i < length; i++)
			reader->foreign = reader->foreign || !strchr(" \t\r\n", text[i]);
	reader->text = mem_resize(reader->text, reader->text_length + (size_t)length + 1, 1);
	memcpy(reader->text + reader->text_length, text, (size_t)length);
	reader->text_length += (size_t)length;
}

/* Nor has it comments, instructions, or text that is marked as such: with those an error could be hidden. */
static void XMLCALL on_comment(void *context, const char *text)
{
	(void)text;
	((struct reader *)context)->foreign = true;
}

static void XMLCALL on_instruction(void *context, const char *target, const char *data)
{
	(void)target, (void)data;
	((struct reader *)context)->foreign = true;
}

static void XMLCALL on_marked_text(void *context)
{
	((struct reader *)context)->foreign = true;
}

static void replace(char **text, const char *with)
{
	free(*text);
	*text = mem_copy(with);
}

/* --- a frame --- */

static void end_frame(struct reader *reader)
{
	struct frame_text *frame = &reader->frame;
	char *path = NULL;

	if (frame->directory && frame->file)
		path = mem_format("%s/%s", frame->directory, frame->file);
	else if (frame->file)
		path = mem_copy(frame->file);
	if (frame->function)
		frame->function[strcspn(frame->function, "@")] = '\0'; /* "pthread_create@@GLIBC_2.34" */
	if (reader->stack)
		stack_add_frame(reader->stack, frame->function ? frame->function : "?", path, frame->line,
				run_owns(reader->run, path));
	free(path);
	free(frame->function);
	free(frame->directory);
	free(frame->file);
	*frame = (struct frame_text){0};
}

static void end_frame_part(struct reader *reader, const char *text)
{
	if (is(reader, 0, "fn"))
		replace(&reader->frame.function, text);
	else if (is(reader, 0, "dir"))
		replace(&reader->frame.directory, text);
	else if (is(reader, 0, "file"))
		replace(&reader->frame.file, text);
	else if (is(reader, 0, "line"))
		reader->frame.line = atoi(text);
}

/* --- an error --- */

static const char *outermost_own(const struct stack *stack)
{
	for (size_t i = stack->count; i--;)
		if (stack->frames[i].own)
			return stack->frames[i].function;
	return NULL;
}

/*
 * Under Misc are things that have nothing in common but that Helgrind has no kind for them. What it calls Dubious since 3.21
 * it called Misc before, and said so in words: one kind for both. That another thread holds the lock while one signals is
 * the same fault, met at another moment.
 */
static void name_misc(struct finding *finding)
{
	static const char *const names[][2] = {{": dubious: ", "Dubious"},
					       {": associated lock is not held by calling thread", "Dubious"},
					       {": Exiting thread still holds ", "HeldAtExit"}};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(finding->kind, "Misc") == 0 && finding->stack_count &&
		    strstr(finding->stacks[0].role, names[i][0]))
			replace(&finding->kind, names[i][1]);
}

/* Makes the sentences of a whole error the same in every run. */
static void end_error(struct reader *reader)
{
	struct finding *finding = reader->finding;
	struct valgrind_names names = {0};

	for (size_t i = 0; i < finding->stack_count; i++) {
		const char *start = outermost_own(&finding->stacks[i]);
		/* A headline may be followed by a second sentence before its stack comes. */
		if (i == 0 && finding->stacks[0].count == 0 && finding->stack_count > 1)
			start = outermost_own(&finding->stacks[1]);
		if (start)
			valgrind_names_thread(&names, finding->stacks[i].role, start);
	}
	if (strcmp(finding->kind, "LockOrder") == 0 && finding->stack_count)
		valgrind_names_locks(&names, finding->stacks[0].role);
	for (size_t i = 0; i < finding->stack_count; i++) {
		char *words = valgrind_words(&names, finding->stacks[i].role);
		free(finding->stacks[i].role);
		finding->stacks[i].role = words;
	}
	name_misc(finding);
	if (finding->stack_count)
		replace(&finding->words, finding->stacks[0].role);
	valgrind_names_release(&names);
	finding_place(finding);
	valgrind_counts_told(&reader->counts, reader->number ? reader->number : "", finding->kind);
	free(reader->number);
	reader->number = NULL;
	reader->finding = NULL;
	reader->stack = NULL;
}

static void end_error_part(struct reader *reader, const char *text)
{
	if (is(reader, 0, "kind") && is(reader, 1, "error")) {
		replace(&reader->finding->kind, text);
	} else if (is(reader, 0, "unique") && is(reader, 1, "error")) {
		replace(&reader->number, text);
	} else if (is(reader, 0, "what") && is(reader, 1, "first_observed_at")) {
		char *sentence = mem_format("First use of this %s", text);
		start_stack(reader, sentence);
		free(sentence);
	} else if (is(reader, 0, "what") || is(reader, 0, "auxwhat") ||
		   (is(reader, 0, "text") && (is(reader, 1, "xwhat") || is(reader, 1, "xauxwhat")))) {
		start_stack(reader, text);
	}
}

/* --- the signal that ended it --- */

static void end_fatal(struct reader *reader)
{
	struct stack *fatal = &reader->output->fatal;
	const char *start = outermost_own(fatal), *name = reader->output->signal ? reader->output->signal : "a signal";

	reader->stack = NULL;
	free(fatal->role);
	if (reader->fatal_thread == 1)
		fatal->role = mem_format("Main thread got %s", name);
	else
		fatal->role =
			start ? mem_format("Thread %s got %s", start, name) : mem_format("Another thread got %s", name);
}

/* --- the document --- */

static void end_head(struct reader *reader, const char *text)
{
	struct valgrind_output *output = reader->output;

	if (is(reader, 0, "protocoltool"))
		reader->right_tool = strcmp(text, reader->tool) == 0;
	else if (is(reader, 0, "pid"))
		output->pid = atol(text);
	else if (is(reader, 0, "ppid"))
		output->parent = atol(text);
	else if (is(reader, 0, "exe") && is(reader, 1, "argv"))
		replace(&output->executable, text);
	else if (is(reader, 0, "unique") && is(reader, 1, "pair") && is(reader, 2, "errorcounts"))
		valgrind_counts_listed(&reader->counts, text);
	else if (is(reader, 0, "state") && is(reader, 1, "status"))
		reader->finished = strcmp(text, "FINISHED") == 0;
	else if (is(reader, 0, "signame") && is(reader, 1, "fatal_signal"))
		replace(&output->signal, text);
	else if (is(reader, 0, "tid") && is(reader, 1, "fatal_signal"))
		reader->fatal_thread = atol(text);
	else if (is(reader, 0, "fatal_signal"))
		end_fatal(reader);
}

/* What is between the tags without the space around it. */
static char *trimmed(const struct reader *reader)
{
	const char *text = reader->text_length ? reader->text : "";
	size_t length = reader->text_length;

	while (length && strchr(" \t\r\n", text[length - 1]))
		length--;
	size_t start = 0;
	while (start < length && strchr(" \t\r\n", text[start]))
		start++;
	return mem_copy_n(text + start, length - start);
}

static void XMLCALL on_end(void *context, const char *name)
{
	struct reader *reader = context;
	char *text = trimmed(reader);

	(void)name;
	if (reader->depth > MAX_DEPTH)
		;
	else if (is(reader, 0, "frame"))
		end_frame(reader);
	else if (is(reader, 1, "frame"))
		end_frame_part(reader, text);
	else if (is(reader, 0, "error") && reader->finding)
		end_error(reader);
	else if (reader->finding)
		end_error_part(reader, text);
	else
		end_head(reader, text);
	free(text);
	reader->text_length = 0;
	reader->depth--;
}

void valgrind_xml_read(const char *bytes, size_t length, const char *tool, const struct run *run,
		       struct findings *findings, struct valgrind_output *output)
{
	struct reader reader = {.run = run, .tool = tool, .findings = findings, .output = output};
	XML_Parser parser = XML_ParserCreate(NULL);

	*output = (struct valgrind_output){0};
	if (!parser)
		abort();
	XML_SetUserData(parser, &reader);
	XML_SetElementHandler(parser, on_start, on_end);
	XML_SetCharacterDataHandler(parser, on_text);
	XML_SetCommentHandler(parser, on_comment);
	XML_SetProcessingInstructionHandler(parser, on_instruction);
	XML_SetStartCdataSectionHandler(parser, on_marked_text);
	bool whole = length <= INT_MAX && XML_Parse(parser, bytes, (int)length, 1) == XML_STATUS_OK;
	/* A process that is killed leaves half a document, and never one with something after it. */
	if (!whole && XML_GetErrorCode(parser) == XML_ERROR_JUNK_AFTER_DOC_ELEMENT)
		reader.foreign = true;
	XML_ParserFree(parser);
	if (reader.finding)
		end_error(&reader);
	free(reader.frame.function);
	free(reader.frame.directory);
	free(reader.frame.file);
	free(reader.text);
	free(reader.number);
	output->foreign = reader.foreign;
	output->altered = reader.foreign || (whole && !valgrind_counts_agree(&reader.counts));
	output->complete = whole && reader.right_tool && reader.finished && !output->altered;
	valgrind_counts_release(&reader.counts);
}

void valgrind_output_release(struct valgrind_output *output)
{
	free(output->executable);
	free(output->signal);
	stack_release(&output->fatal);
	*output = (struct valgrind_output){0};
}
