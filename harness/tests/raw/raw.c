/*
 * make raw: the lines that the texts give to a reader who has not our harness,
 * typed into a shell as they stand. What the tools themselves print must hold the
 * kind and the function that the program declares, and no other report.
 *
 *     build/raw                    all programs of the chapters
 *     build/raw shutdown-order     those with one of these words in their path
 *     build/raw --instead --free-is-write ''   without the words that begin so: which verdicts rest on them
 *     build/raw --instead -O0 -O2              or with another word in their place
 *
 * Every line that says something else is shown. The last line has the figures;
 * status 1 when there is a fault, 3 when the lines cannot be run.
 */
#define _GNU_SOURCE /* strcasestr() */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "docs/docs.h"
#include "verdict/detector.h"

static char *scratch; /* a root with the chapters and the suppressions, and a build/ of its own */
static const char *instead_of,
	*instead; /* words of the lines that begin with the first become the second; NULL: none */
static size_t lines_run, faults;
static volatile sig_atomic_t interrupted;
static volatile pid_t running; /* the line that runs; 0: none */

/* The line ends with us, and the scratch root goes. */
static void interrupt(int number)
{
	interrupted = number;
	if (running > 0)
		kill(running, SIGTERM);
}

/* --- what a tool's text says --- */

/* How a tool's text begins a report of this kind, where the text does not name the kind. */
static const struct {
	const char *kind, *words[3];
} beginnings[] = {
	{"Race", {"Possible data race during "}},
	{"ConflictingAccess", {"Conflicting load by ", "Conflicting store by "}},
	{"CondErr", {"condition variable ", "not a condition variable", "destruction of condition variable "}},
	{"InvalidRead", {"Invalid read of size "}},
	{"InvalidWrite", {"Invalid write of size "}},
	{"SyscallParam", {"Syscall param "}},
};

struct said {
	char *kind; /* as declared; NULL: no kind that a declaration of the chapters names */
	char *function;
};

struct saids {
	struct said *items;
	size_t count;
};

static void add_said(struct saids *saids, const char *kind)
{
	saids->items = mem_resize(saids->items, saids->count + 1, sizeof *saids->items);
	saids->items[saids->count++] = (struct said){.kind = kind ? mem_copy(kind) : NULL};
}

static void saids_release(struct saids *saids)
{
	for (size_t i = 0; i < saids->count; i++) {
		free(saids->items[i].kind);
		free(saids->items[i].function);
	}
	free(saids->items);
}

/* Whether a frame's file is one of the program's: "broken.c", or a file of its folder. */
static bool is_own(const struct program *program, const char *file, size_t length)
{
	char *folders[] = {program_own_directory(program->path), program_shared_directory(program->path)};
	const char *name = strrchr(program->path, '/') + 1;
	bool own = strlen(name) == length && strncmp(name, file, length) == 0;

	for (int i = 0; i < 2; i++) {
		char *path = mem_format("%s/%.*s", folders[i], (int)length, file);
		own = own || access(path, R_OK) == 0;
		free(path);
		free(folders[i]);
	}
	return own;
}

/* "#0 charge chapters/01-x/y/broken.c:12:3 (broken-tsan+0x1)", "at 0x10: charge (broken.c:12)": its function, if it is own. */
static char *own_function(const struct program *program, const char *frame)
{
	char function[128], file[256];
	bool read = sscanf(frame, " #%*d %127s %255[^: ]", function, file) == 2 ||
		    sscanf(frame, " %*[aby]t 0x%*[0-9A-F]: %127s (%255[^:)]", function, file) == 2 ||
		    sscanf(frame, " by 0x%*[0-9A-F]: %127s (%255[^:)]", function, file) == 2;
	const char *slash = read ? strrchr(file, '/') : NULL, *name = slash ? slash + 1 : file;

	return read && is_own(program, name, strlen(name)) ? mem_copy(function) : NULL;
}

static bool is_frame(const char *line)
{
	return strncmp(line, "    #", 5) == 0 || strncmp(line, "   at 0x", 8) == 0 || strncmp(line, "   by 0x", 8) == 0;
}

/* The runtime writes some headlines with dashes. */
static bool is_headline(const char *headline, const char *words, size_t length)
{
	bool same = strlen(headline) == length;

	for (size_t i = 0; i < length && same; i++)
		same = headline[i] == words[i] || (headline[i] == ' ' && words[i] == '-');
	return same;
}

/* The kind of the report that this line begins; NULL: it begins none. "?": one that no declaration names. */
static const char *kind_begun(const struct detector *detector, const char *line)
{
	static const char sanitizer[] = "WARNING: ThreadSanitizer: ";

	if (detector->sanitizer && strncmp(line, sanitizer, sizeof sanitizer - 1) == 0) {
		const char *words = line + sizeof sanitizer - 1;
		size_t length = strcspn(words, "(");
		for (const struct kind *kind = detector->kinds; kind->name; kind++)
			if (kind->headline && length && is_headline(kind->headline, words, length - 1))
				return kind->name;
		return "?";
	}
	for (size_t i = 0; !detector->sanitizer && i < sizeof beginnings / sizeof *beginnings; i++)
		for (size_t j = 0; j < 3 && beginnings[i].words[j]; j++)
			if (detector_kind(detector, beginnings[i].kind) && strcasestr(line, beginnings[i].words[j]))
				return beginnings[i].kind;
	return NULL;
}

/* The reports in a tool's text, each with the innermost own function of its first stack. */
static struct saids read_reports(const struct program *program, const struct detector *detector, char *text)
{
	struct saids saids = {0};
	char *rest = NULL;
	bool stack = false, begun = false;

	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (strncmp(line, "==", 2) == 0 && strstr(line, "== "))
			line = strstr(line, "== ") + 3;
		const char *kind = kind_begun(detector, line);
		if (kind) {
			add_said(&saids, kind);
			begun = true;
			stack = false;
		} else if (begun && is_frame(line)) {
			struct said *said = &saids.items[saids.count - 1];
			if (!said->function)
				said->function = own_function(program, line);
			stack = true;
		} else if (stack) {
			begun = stack = false;
		}
	}
	return saids;
}

/* --- against the declaration --- */

/* Shows the tool's text once, with the line and what is wrong of it. */
static void fault(const struct program *program, const char *line, const char *what, const char *text)
{
	faults++;
	printf("%s\n$ %s\n%s\n%s\n", program->path, line, what, text);
}

static bool is_declared(const struct expectation *expected, const struct said *said)
{
	for (size_t i = 0; i < expected->place_count; i++)
		if (said->function && strcmp(expected->places[i].kind, said->kind) == 0 &&
		    strcmp(expected->places[i].function, said->function) == 0)
			return true;
	return false;
}

static bool is_said(const struct saids *saids, const struct place *place)
{
	for (size_t i = 0; i < saids->count; i++)
		if (saids->items[i].function && strcmp(saids->items[i].kind, place->kind) == 0 &&
		    strcmp(saids->items[i].function, place->function) == 0)
			return true;
	return false;
}

/* What the text says that is not declared, or does not say that is; NULL: they agree. For the caller to free. */
static char *disagreement(const struct expectation *expected, const struct saids *saids)
{
	for (size_t i = 0; i < expected->place_count; i++)
		if (!is_said(saids, &expected->places[i]))
			return mem_format("declared and not said: %s in %s", expected->places[i].kind,
					  expected->places[i].function);
	for (size_t i = 0; i < saids->count; i++)
		if (!is_declared(expected, &saids->items[i]))
			return mem_format("said and not declared: %s in %s", saids->items[i].kind,
					  saids->items[i].function ? saids->items[i].function : "?");
	return NULL;
}

/* How many reports a Valgrind tool counts of different places; -1: it has not come to its end. */
static int contexts(const char *text)
{
	const char *summary = text, *last = NULL;
	int errors, places;

	while ((summary = strstr(summary, "ERROR SUMMARY: ")))
		last = summary++;
	return last && sscanf(last, "ERROR SUMMARY: %d errors from %d", &errors, &places) == 2 ? places : -1;
}

static void judge(const struct program *program, const struct shell_line *line, const char *text)
{
	const struct expectation *expected = declaration_of(&program->declaration, line->detector);
	char *copy = mem_copy(text);
	struct saids saids = read_reports(program, line->detector, copy);
	char *wrong = expected ? disagreement(expected, &saids) : mem_copy("nothing is declared");
	int places = line->detector->sanitizer ? (int)saids.count : contexts(text);

	if (!wrong && !strstr(text, program->declaration.last_line))
		wrong = mem_format("the program has not said '%s'", program->declaration.last_line);
	/* What is counted and not found here would be a report that this test cannot read. */
	if (!wrong && (places < 0 || (size_t)places < saids.count || (places > 0 && !saids.count)))
		wrong = mem_format("%zu reports are read, and %d counted", saids.count, places);
	if (wrong)
		fault(program, line->text, wrong, text);
	free(wrong);
	saids_release(&saids);
	free(copy);
}

/* --- the lines --- */

/* Runs a line in the scratch root; its whole output, for the caller to free, and its status. */
static char *run_line(const char *line, int *status)
{
	char *path = mem_format("%s/output", scratch);
	pid_t child = fork();

	if (child == 0) {
		int output = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		dup2(output, STDOUT_FILENO);
		dup2(output, STDERR_FILENO);
		unsetenv("TSAN_OPTIONS");
		unsetenv("VALGRIND_OPTS");
		if (output < 0 || chdir(scratch) != 0)
			_exit(126);
		execlp("timeout", "timeout", "-k", "5", "600", "sh", "-c", line, (char *)NULL);
		_exit(127);
	}
	running = child;
	while (waitpid(child, status, 0) < 0 && errno == EINTR)
		;
	running = 0;
	char *text = file_read(path);
	free(path);
	lines_run++;
	return text ? text : mem_copy("");
}

/* True when the line says something that can be judged. */
static bool run_and_judge(const struct program *program, const struct shell_line *line)
{
	int status;
	char *text = run_line(line->text, &status);

	/* An old runtime beside a kernel that scatters much: the book says how it is helped. */
	if (line->detector && strstr(text, "unexpected memory mapping")) {
		char *helped = mem_format("setarch -R %s", line->text);
		free(text);
		text = run_line(helped, &status);
		free(helped);
	}
	bool built = line->detector || status == 0;
	if (interrupted) {
		free(text);
		return false;
	}
	if (!built)
		fault(program, line->text, "it does not build", text);
	else if (line->detector)
		judge(program, line, text);
	free(text);
	return built;
}

/* The line with the words that are asked for; true when that changes it. */
static bool exchange(struct shell_line *line)
{
	char *at = instead_of ? strstr(line->text, instead_of) : NULL;
	bool changed = at;

	for (; at; at = strstr(at, instead_of)) {
		char *end = at + strcspn(at, " \n");
		char *text = mem_format("%.*s%s%s", (int)(at - line->text), line->text, instead, end);
		at = text + (at - line->text) + strlen(instead);
		free(line->text);
		line->text = text;
	}
	return changed;
}

static void run_program(const struct catalogue *catalogue, const struct program *program)
{
	struct shell_lines lines = docs_shell_lines(catalogue, program, true);

	bool other_build = false, built = true;

	for (size_t i = 0; i < lines.count && built && !interrupted; i++) {
		bool changed = exchange(&lines.items[i]), builds = !lines.items[i].detector;
		other_build = other_build || (changed && builds);
		/* A line that is as ever says what it ever says. */
		if (!instead_of || builds || changed || other_build)
			built = run_and_judge(program, &lines.items[i]);
	}
	docs_shell_lines_release(&lines);
	fprintf(stderr, "%s\n", program->path);
}

static bool is_asked_for(const struct program *program, char **words)
{
	bool asked = !*words;

	for (; *words; words++)
		asked = asked || strstr(program->path, *words);
	return asked && program->role <= ROLE_FIXED;
}

/* 0, or an error number. */
static int make_scratch(const char *root)
{
	char template[] = "build/raw-XXXXXX";

	if (!mkdtemp(template))
		return errno;
	scratch = mem_format("%s/%s", root, template);
	static const char *const seen[] = {"chapters", "harness"};
	for (int i = 0; i < 2; i++) {
		char *from = mem_format("%s/%s", root, seen[i]), *to = mem_format("%s/%s", scratch, seen[i]);
		int failed = symlink(from, to) == 0 ? 0 : errno;
		free(from);
		free(to);
		if (failed)
			return failed;
	}
	return 0;
}

static void remove_scratch(void)
{
	char *line = mem_format("rm -rf '%s'", scratch);

	if (system(line) != 0)
		fprintf(stderr, "cannot remove '%s'\n", scratch);
	free(line);
	free(scratch);
}

int main(int argc, char **argv)
{
	char root[4096];
	struct catalogue catalogue;
	size_t programs = 0;

	if (argc > 3 && strcmp(argv[1], "--instead") == 0) {
		instead_of = argv[2];
		instead = argv[3];
		argv += 3;
	}
	int failed = getcwd(root, sizeof root) ? make_scratch(root) : errno;
	if (failed) {
		fprintf(stderr, "cannot make a folder below build/: %s; start it in the workbook's root\n",
			strerror(failed));
		return 3;
	}
	catalogue_load(&catalogue, root);
	signal(SIGINT, interrupt);
	signal(SIGTERM, interrupt);
	for (size_t i = 0; i < catalogue.count && !interrupted; i++)
		if (is_asked_for(&catalogue.programs[i], argv + 1)) {
			run_program(&catalogue, &catalogue.programs[i]);
			programs++;
		}
	catalogue_release(&catalogue);
	remove_scratch();
	if (interrupted)
		return 128 + interrupted;
	printf("%zu lines of %zu programs: %zu not as declared\n", lines_run, programs, faults);
	return faults || !programs;
}
