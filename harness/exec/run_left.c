/* What a run has left. See run_left.h. */
#include "run_left.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "verdict/detector.h"

/* --- how it ended --- */

/* "SIGSEGV, Segmentation fault"; for the caller to free. */
static char *signal_words(int number)
{
	static const struct {
		int number;
		const char *name;
	} names[] = {{SIGABRT, "SIGABRT"}, {SIGALRM, "SIGALRM"}, {SIGBUS, "SIGBUS"},   {SIGFPE, "SIGFPE"},
		     {SIGHUP, "SIGHUP"},   {SIGILL, "SIGILL"},	 {SIGINT, "SIGINT"},   {SIGKILL, "SIGKILL"},
		     {SIGPIPE, "SIGPIPE"}, {SIGQUIT, "SIGQUIT"}, {SIGSEGV, "SIGSEGV"}, {SIGSYS, "SIGSYS"},
		     {SIGTERM, "SIGTERM"}, {SIGTRAP, "SIGTRAP"}, {SIGUSR1, "SIGUSR1"}, {SIGUSR2, "SIGUSR2"},
		     {SIGXCPU, "SIGXCPU"}, {SIGXFSZ, "SIGXFSZ"}};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i].number == number)
			return mem_format("%s, %s", names[i].name, strsignal(number));
	return mem_copy(strsignal(number));
}

/* `asked`: it is the one that tells the program to stop. */
static void ended_by_signal(struct observation *seen, int number, bool asked)
{
	char *words = signal_words(number);

	seen->signal = number;
	observation_end(seen, ENDED_BY_SIGNAL, "it was killed by signal %d (%s)%s", number, words,
			asked ? ", which it was sent so that it stops: it has no handler for it" : "");
	free(words);
}

/* A child that is killed as soon as its parent has ended has shown nothing; that is what a program of the reader's may be. */
static void read_left(struct observation *seen, long left, long linger_ms)
{
	if (!left || !linger_ms || seen->fault)
		return;
	observation_end(
		seen, ENDED_LEAVING,
		"%ld process%s that it had started still ran %ld s after its own end, and %s ended too: what was seen "
		"until then counts",
		left, left == 1 ? "" : "es", linger_ms / 1000, left == 1 ? "was" : "were");
}

/* By the supervisor's word. */
static void read_end(struct observation *seen, const struct run_request *request, bool asked, const char *word,
		     long detail)
{
	if (strcmp(word, "exit") == 0) {
		seen->status = (int)detail;
	} else if (strcmp(word, "signal") == 0) {
		ended_by_signal(seen, (int)detail, asked && detail == request->stop_signal);
	} else if (strcmp(word, "deadlock") == 0) {
		observation_end(seen, ENDED_DEADLOCKED, "it hung in a deadlock: no thread could ever go on");
	} else if (strcmp(word, "idle") == 0) {
		observation_end(seen, ENDED_IDLE, "it did nothing for %ld s but wait for something from outside",
				request->idle_ms / 1000);
	} else if (strcmp(word, "unsignalled") == 0) {
		observation_end(
			seen, ENDED_UNSIGNALLED,
			"for %ld s each thread waited for another, and no signal came, whose handler could change that",
			request->idle_ms / 1000);
	} else if (strcmp(word, "deadline") == 0) {
		observation_end(seen, ENDED_LATE, "it was still running after %ld s", request->deadline_ms / 1000);
	} else if (strcmp(word, "flood") == 0) {
		observation_end(seen, ENDED_FLOODING, "it printed more than %d MiB", OUTPUT_LIMIT >> 20);
	} else {
		seen->ending = ENDED_UNKNOWN;
		if (strcmp(word, "noexec") == 0)
			observation_fail(seen, FAULT_DETECTOR, "'%s' did not start: %s", request->detector->name,
					 strerror((int)detail));
		else
			observation_fail(seen, FAULT_DETECTOR, "the supervisor was stopped");
	}
}

static long number_after(const char *text, const char *key)
{
	const char *at = strstr(text, key);

	return at ? strtol(at + strlen(key), NULL, 10) : 0;
}

static void read_result(const char *directory, const struct run_request *request, long linger_ms,
			struct observation *seen)
{
	char *path = mem_format("%s/result", directory), *text = file_read(path), word[32] = "";
	long detail = 0;

	free(path);
	if (!text || sscanf(text, "ended %31s %ld", word, &detail) < 1) {
		seen->ending = ENDED_UNKNOWN;
		observation_fail(seen, FAULT_DETECTOR, "the supervisor left no result");
		free(text);
		return;
	}
	read_end(seen, request, number_after(text, "asked ") > 0, word, detail);
	if (strcmp(word, "exit") == 0)
		read_left(seen, number_after(text, "left "), linger_ms);
	seen->cpu_ms = number_after(text, "cpu_us ") / 1000;
	seen->wall_ms = number_after(text, "wall_us ") / 1000;
	seen->peak_kib = number_after(text, "peak_kib ");
	seen->own_network = number_after(text, "own_network ") > 0;
	seen->hung = (int)number_after(text, "hung ");
	free(text);
}

/* --- what it wrote --- */

/* The whole of a file in `head` when it is short; else its beginning, and its end in `tail`. */
struct ends {
	char *head, *tail;
	long long left_out; /* bytes between them */
};

static char *read_part(int file, long long from, size_t length)
{
	char *bytes = mem_zeroed(length + 1, 1);
	size_t used = 0;
	ssize_t got;

	while (used < length && (got = pread(file, bytes + used, length - used, (off_t)from + (off_t)used)) > 0)
		used += (size_t)got;
	/* What is not text ends no string. */
	for (size_t i = 0; i < used; i++)
		if (!bytes[i])
			bytes[i] = '?';
	return bytes;
}

static struct ends read_ends(const char *directory, const char *name, size_t kept)
{
	char *path = mem_format("%s/%s", directory, name);
	/* The program may have put something else in its place: what is waited for, or a link to it. */
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
	struct ends ends = {0};
	struct stat info;

	free(path);
	if (file < 0)
		return ends;
	if (fstat(file, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0) {
		long long size = info.st_size, room = 2 * (long long)kept;
		ends.left_out = size > room ? size - room : 0;
		ends.head = read_part(file, 0, size > room ? kept : (size_t)size);
		ends.tail = size > room ? read_part(file, size - (long long)kept, kept) : NULL;
	}
	close(file);
	return ends;
}

static void ends_release(struct ends *ends)
{
	free(ends->head);
	free(ends->tail);
	*ends = (struct ends){0};
}

/* The last line of the program's output, without its newline; NULL when there is none. */
static char *last_line(const char *text)
{
	size_t length = text ? strlen(text) : 0;

	while (length && text[length - 1] == '\n')
		length--;
	size_t start = length;
	while (start && text[start - 1] != '\n')
		start--;
	return length ? mem_copy_n(text + start, length - start) : NULL;
}

static bool begins_with(const char *line, const char *words)
{
	return strncmp(line, words, strlen(words)) == 0;
}

/* A line of ThreadSanitizer's reports, besides blank ones. */
static bool is_of_report(const char *line)
{
	static const char *const beginnings[] = {"==================\n",
						 "WARNING: ThreadSanitizer: ",
						 "    #",
						 "    [failed to restore the stack]",
						 "  Read of size ",
						 "  Write of size ",
						 "  Atomic read of size ",
						 "  Atomic write of size ",
						 "  Previous read of size ",
						 "  Previous write of size ",
						 "  Previous atomic read of size ",
						 "  Previous atomic write of size ",
						 "  Location is ",
						 "  As if synchronized via sleep",
						 "  Mutex M",
						 "  Cycle in lock order graph: ",
						 "  Hint: use TSAN_OPTIONS=",
						 "  Thread T",
						 "  And "};

	for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
		if (begins_with(line, beginnings[i]))
			return true;
	return false;
}

/*
 * Takes out what ThreadSanitizer and Valgrind write on standard error for a human: lines that begin with "==PID==", and
 * reports, of which several processes' may stand line by line among each other.
 */
static void drop_detectors_words(char *text)
{
	static const char count[] = "ThreadSanitizer: reported ", check[] = "ThreadSanitizer: CHECK failed: ";
	bool reports = text && strstr(text, "WARNING: ThreadSanitizer: "), in_report = false, in_check = false;
	char *to = text;

	for (char *line = text, *next; line && *line; line = next) {
		next = line + strcspn(line, "\n");
		next += *next == '\n';
		bool blank = *line == '\n' || begins_with(line, "  \n");
		bool of_valgrind = begins_with(line, "==") && line[2] >= '0' && line[2] <= '9';
		/* The runtime's own end, with a stack below it. */
		in_check = begins_with(line, check) || (in_check && (begins_with(line, "    #") || blank));
		in_report = reports && (is_of_report(line) || (in_report && blank));
		if (in_report || in_check || of_valgrind || begins_with(line, count))
			continue;
		memmove(to, line, (size_t)(next - line));
		to += next - line;
	}
	if (to)
		*to = '\0';
}

/* What stands before the nth line from the beginning, or from the end; all of the text when it has fewer. */
static size_t first_lines(const char *text, size_t lines)
{
	size_t length = 0;

	for (; lines && text[length]; lines--) {
		length += strcspn(text + length, "\n");
		length += text[length] == '\n';
	}
	return length;
}

static const char *last_lines(const char *text, size_t lines)
{
	const char *at = text + strlen(text);

	/* The newline at the end ends the last line and begins none. */
	for (at -= at > text; at > text; at--)
		if (at[-1] == '\n' && --lines == 0)
			break;
	return at;
}

static size_t count_lines(const char *text)
{
	size_t count = 0;

	for (size_t length; *text; text += length, count++)
		length = first_lines(text, 1);
	return count;
}

/* As a reader is shown it; NULL when there is nothing. For the caller to free. */
static char *words_of(const struct ends *ends)
{
	size_t lines = ends->head ? count_lines(ends->head) : 0, shown = LINES_FIRST + LINES_LAST;

	if (!ends->tail && lines <= shown)
		return lines ? mem_copy(ends->head) : NULL;
	int head = (int)first_lines(ends->head, LINES_FIRST);
	bool whole_line = head == 0 || ends->head[head - 1] == '\n';
	if (!ends->tail)
		return mem_format("%.*s[%zu lines are left out here]\n%s", head, ends->head, lines - shown,
				  last_lines(ends->head, LINES_LAST));
	return mem_format("%.*s%s[in all %lld KiB; the middle is left out here]\n%s", head, ends->head,
			  whole_line ? "" : "\n", (ends->left_out + 2 * OUTPUT_SHOWN) >> 10,
			  last_lines(ends->tail, LINES_LAST));
}

static char *said(const char *directory, const char *name)
{
	struct ends ends = read_ends(directory, name, OUTPUT_SHOWN);

	drop_detectors_words(ends.head);
	drop_detectors_words(ends.tail);
	char *words = words_of(&ends);
	ends_release(&ends);
	return words;
}

void run_left_read(const char *directory, const struct run_request *request, long linger_ms, struct observation *seen)
{
	struct ends output = read_ends(directory, "stdout", OUTPUT_KEPT);

	read_result(directory, request, linger_ms, seen);
	seen->last_line = last_line(output.tail ? output.tail : output.head);
	ends_release(&output);
	if (request->keep_output) {
		seen->output = said(directory, "stdout");
		seen->errors = said(directory, "stderr");
	}
}
