/* The gate: refuses what makes judges blind, and nothing of what this workbook holds. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "grading/gate.h"
#include "grading/submissions.h"

struct trick {
	char text[400], evidence[80];
	int answer;
};

static struct trick tricks[] = {
	{"#include \"line.h\"\n#include <pthread.h>\n#include \"kit/check.h\"\nint line(void) { return 0; }\n", "",
	 GATE_ALLOWED},
	{"/* asm fork() */ // __tsan_acquire\nint x;\n", "", GATE_ALLOWED},
	{"#include \"../../../solutions/02-ownership/implicit-contract/line.c\"\n", "line 1: a file that is none",
	 GATE_TAMPERED},
	{"#include \"kit/../../solutions/x.c\"\n", "a file that is none", GATE_TAMPERED},
	{"#include \"/dev/zero\"\n", "a file that is none", GATE_TAMPERED},
	{"#include </proc/self/environ>\n", "a file that is none", GATE_TAMPERED},
	{"#define F \"line.h\"\n#include F\n", "line 2: an include that does not name", GATE_TAMPERED},
	{"#inc\\\nlude \"/etc/passwd\"\n", "a file that is none", GATE_TAMPERED},
	{"%:include \"/etc/passwd\"\n", "a file that is none", GATE_TAMPERED},
	{"/* */ # /* */ include \"/etc/passwd\"\n", "a file that is none", GATE_TAMPERED},
	{"?\?=include \"/etc/passwd\"\n", "a file that is none", GATE_TAMPERED},
	{"/* really?\?! */ const char *s = \"what?\?!\"; // why?\?\nint x;\n", "", GATE_ALLOWED},
	{"// why?\?/\n#include \"/etc/passwd\"\nint x;\n", "", GATE_ALLOWED},
	{"\xef\xbb\xbf#include \"/etc/passwd\"\n", "line 1: a file that is none", GATE_TAMPERED},
	{"\xef\xbb\xbf#include \"line.h\"\nint x;\n", "", GATE_ALLOWED},
	{"#include\xc2\xa0\"/etc/passwd\"\n", "a file that is none", GATE_TAMPERED},
	{"\xe2\x80\x83#include \"/etc/passwd\"\n", "a file that is none", GATE_TAMPERED},
	{"// \r#include \"/etc/passwd\"\n", "line 2: a file that is none", GATE_TAMPERED},
	{"// \\\n\r/*\n#include \"/etc/passwd\"\n// */\n", "a file that is none", GATE_TAMPERED},
	{"// \\\r\n\r#include \"/etc/passwd\"\n", "a file that is none", GATE_TAMPERED},
	{"// \\\\\n\n#include \"/etc/passwd\"\n", "line 3: a file that is none", GATE_TAMPERED},
	{"#/*\n*/include \"/etc/passwd\"\n", "a file that is none", GATE_TAMPERED},
	{"#warning /*\n#include \"/etc/passwd\"\n/* */\n", "a message with a comment", GATE_UNKNOWN},
	{"#error /* so */ it is /* and */\nint x;\n", "", GATE_ALLOWED},
	{"static void kill(int i);\nvoid f(void) { kill(1); }\n", "whole process", GATE_SUSPICIOUS},
	{"static struct s *fork(int i) { return 0; }\nvoid f(void) { fork(1); }\n", "another process", GATE_SUSPICIOUS},
	{"static int x; void f(void) { kill(1); }\n", "whole process", GATE_TAMPERED},
	{"int cr_left, loose_ends;\n", "a name of the test's", GATE_SUSPICIOUS},
	{"#include <<=/etc/passwd>\n", "a file that is none", GATE_TAMPERED},
	{"#include <stdio.h> /*\n// */ int x = sizeof fork();\n", "another process", GATE_TAMPERED},
	{"#include_next <stdio.h>\n", "takes in files", GATE_TAMPERED},
	{"#embed \"/etc/passwd\"\n", "takes in files", GATE_TAMPERED},
	{"#if __has_include(\"/etc/passwd\")\n#endif\n", "which files are there", GATE_TAMPERED},
	{"__asm__(\".incbin \\\"x\\\"\");\n", "assembly", GATE_TAMPERED},
	{"__as\\\nm__(\"nop\");\n", "assembly", GATE_TAMPERED},
	{"void f(void) { asm volatile(\"\"); }\n", "assembly", GATE_TAMPERED},
	{"__attribute__((no_sanitize(\"thread\"))) void f(void);\n", "an attribute that changes", GATE_TAMPERED},
	{"__attribute__((no_sanitize_thread)) void f(void);\n", "an attribute that changes", GATE_TAMPERED},
	{"#define OFF __attribute__((disable_sanitizer_instrumentation))\n", "an attribute that changes",
	 GATE_TAMPERED},
	{"#pragma clang attribute push(__attribute__((unused)), apply_to = function)\n", "a pragma", GATE_TAMPERED},
	{"_Pragma(\"GCC optimize\") void f(void);\n", "a pragma", GATE_TAMPERED},
	{"__attribute__((__constructor__)) void f(void);\n", "before main()", GATE_TAMPERED},
	{"__attribute__((constructor)) void f(void);\n", "an attribute that changes", GATE_TAMPERED},
	{"__attribute__((unused, weak)) void f(void);\n", "an attribute that changes", GATE_TAMPERED},
	{"#define A __attribute__\nA((section(\"x\"))) int x;\n", "an attribute", GATE_SUSPICIOUS},
	{"int f(int weak, int section) { return g(weak) + section; }\n", "an attribute", GATE_SUSPICIOUS},
	{"struct s { int kill; }; int f(struct s *s) { return s->kill; }\n", "whole process", GATE_SUSPICIOUS},
	{"__attribute__((unused)) static int x;\n", "", GATE_ALLOWED},
	{"__attribute__((format(printf, 1, 2))) void f(const char *, ...);\n", "", GATE_ALLOWED},
	{"__attribute__((noduplicate)) void f(void);\n", "an attribute", GATE_SUSPICIOUS},
	{"int __attribute__((address_space(256))) *p;\n", "an attribute that changes", GATE_TAMPERED},
	{"# 7 \"line.h\" 1\n", "a line of another file's", GATE_TAMPERED},
	{"void bxfi_term(void);\n", "a name of the test's", GATE_TAMPERED},
	{"void f(void) { atexit(0); }\n", "before main()", GATE_TAMPERED},
	{"int main(void) { return 0; }\n", "a main() of its own", GATE_TAMPERED},
	{"#if __has_feature(thread_sanitizer)\n#endif\n", "whether a sanitizer", GATE_TAMPERED},
	{"#ifdef __SANITIZE_THREAD__\n#endif\n", "whether a sanitizer", GATE_TAMPERED},
	{"int x; int f(void) { return RUNNING_ON_VALGRIND; }\n", "whether a sanitizer", GATE_TAMPERED},
	{"#include <valgrind/helgrind.h>\n", "a file that is none", GATE_TAMPERED},
	{"void f(void) { VALGRIND_HG_DISABLE_CHECKING(0, 1); }\n", "a request", GATE_TAMPERED},
	{"void AnnotateIgnoreReadsBegin(const char *, int);\n", "a request", GATE_TAMPERED},
	{"void __tsan_on_report(void *report) { }\n", "a detector's runtime", GATE_TAMPERED},
	{"const char *__tsan_default_options(void) { return 0; }\n", "a detector's runtime", GATE_TAMPERED},
	{"int __wrap_exit(int s) { return s; }\n", "a detector's runtime", GATE_TAMPERED},
	{"const char *n = \"__tsan_acquire\";\n", "a detector's runtime", GATE_TAMPERED},
	{"void f(void) { _exit(0); }\n", "an end of the whole process", GATE_TAMPERED},
	{"#define G(a, b) a##b\n", "pasted together", GATE_SUSPICIOUS},
	{"#define pthread_mutex_lock(m) 0\n", "in the place of a name", GATE_TAMPERED},
	{"long syscall(long, ...);\n", "around the C library", GATE_TAMPERED},
	{"const char *maps = \"/proc/self/maps\";\n", "at home", GATE_SUSPICIOUS},
	{"int \\u00e9;\n", "a number for a letter", GATE_TAMPERED},
	{"#line 1\nint x;\n", "no exercise needs", GATE_SUSPICIOUS},
	{"#line 1 \"test.c\"\n", "another file's", GATE_TAMPERED},
	{"#define F \"test.c\"\n#line 1 F\n", "line 2: lines that say", GATE_TAMPERED},
	{"#include \"kit/schedule.c\"\n", "a file that is none", GATE_TAMPERED},
	{"#pragma GCC diagnostic ignored \"-Wunused\"\n#pragma clang diagnostic pop\n#pragma region x\n", "",
	 GATE_ALLOWED},
	{"#pragma GCC\ndiagnostic\n", "a pragma", GATE_TAMPERED},
	{"#pragma GCC system_header\n", "a pragma", GATE_TAMPERED},
};

ParameterizedTestParameters(gate, tells)
{
	return cr_make_param_array(struct trick, tricks, sizeof tricks / sizeof *tricks);
}

ParameterizedTest(struct trick *trick, gate, tells)
{
	static const char *const headers[] = {"line.h", NULL}, *const right[] = {"int line(void) { return 0; }\n",
										 NULL};
	struct gate *gate = gate_new(headers, right);
	char *evidence;
	enum gate_answer answer = gate_look(gate, trick->text, &evidence);

	cr_expect_eq((int)answer, trick->answer, "%s: %d, %s", trick->text, (int)answer, evidence ? evidence : "");
	cr_expect_eq(answer == GATE_ALLOWED, evidence == NULL);
	cr_expect(strstr(evidence ? evidence : "", trick->evidence), "%s: %s", trick->text, evidence);
	free(evidence);
	gate_free(gate);
}

/* As clang writes it: its own lines first, then a header's. */
#define BEGIN                                                                                                          \
	"# 1 \"line.c\"\n# 1 \"<built-in>\" 1\n# 1 \"<built-in>\" 3\n# 1 \"<command line>\" 1\n# 1 \"<built-in>\" 2\n" \
	"# 1 \"line.c\" 2\n"
#define HEADER "# 1 \"line.h\" 1\n__asm__(\"nop\");\n# 2 \"line.c\" 2\n"

static struct trick expanded[] = {
	{BEGIN HEADER "int x;\n", "", GATE_ALLOWED},
	{BEGIN HEADER "\n\n__asm__(\"nop\");\n", "line 4, as the preprocessor leaves it: assembly", GATE_TAMPERED},
	{BEGIN "__attribute__((noduplicate)) void f(void);\n", "an attribute", GATE_UNKNOWN},
	{BEGIN "__attribute__((unused)) int x = __builtin_offsetof(struct s, a);\n", "", GATE_ALLOWED},
	{BEGIN "int x = __builtin_ia32_rdtsc();\n", "around the C library", GATE_UNKNOWN},
	{BEGIN "#pragma clang optimize off\n", "a pragma", GATE_TAMPERED},
	{BEGIN "const char *p = \"__ts\" \"an_on_report\";\n", "a detector's runtime", GATE_TAMPERED},
	{BEGIN "const char *p = \"line.c\";\n", "", GATE_ALLOWED},
	{BEGIN "# 40 \"line.c\"\nint x;\n", "", GATE_ALLOWED},
	{BEGIN "# 40 \"test.c\"\nint x;\n", "another file's", GATE_TAMPERED},
	{BEGIN "static void kill(int i) { }\nvoid f(void) { kill(1); }\n", "whole process", GATE_SUSPICIOUS},
	{BEGIN "# 1 \"exercises/02-x/y/test.c\" 1\n# 2 \"line.c\" 2\n",
	 "line 1, as the preprocessor leaves it: a file that", GATE_TAMPERED},
	{BEGIN "# 1 \"/usr/include/valgrind/helgrind.h\" 1 3 4\n# 2 \"line.c\" 2\n", "a file that is none",
	 GATE_TAMPERED},
	{BEGIN "# 1 \"/usr/include/x86_64-linux-gnu/sys/types.h\" 1 3 4\n# 1 \"/usr/include/bits/x.h\" 1 3 4\n"
	       "# 2 \"line.c\" 2\n# 1 \"chapters/kit/check.h\" 1\n# 3 \"line.c\" 2\n",
	 "", GATE_ALLOWED},
};

ParameterizedTestParameters(gate, looks_behind_macros)
{
	return cr_make_param_array(struct trick, expanded, sizeof expanded / sizeof *expanded);
}

ParameterizedTest(struct trick *trick, gate, looks_behind_macros)
{
	static const char *const headers[] = {"line.h", NULL}, *const none[] = {NULL};
	struct gate *gate = gate_new(headers, none);
	char *evidence;
	enum gate_answer answer = gate_look_expanded(gate, trick->text, &evidence);

	cr_expect_eq((int)answer, trick->answer, "%s: %d, %s", trick->text, (int)answer, evidence ? evidence : "");
	cr_expect(strstr(evidence ? evidence : "", trick->evidence), "%s: %s", trick->text, evidence);
	free(evidence);
	gate_free(gate);
}

Test(gate, knows_names_by_what_the_exercise_uses)
{
	static const char *const none[] = {NULL}, *const right[] = {"void f(void) { poll(); }\n", NULL};
	struct gate *gate = gate_new(none, right);

	gate_add_names(gate, "# open\nmalloc free\nread write :: send poll\nsocket :: send\n");
	cr_expect(gate_allows(gate, "malloc") && gate_allows(gate, "poll") && gate_allows(gate, "read"));
	cr_expect_not(gate_allows(gate, "socket") || gate_allows(gate, "open") || gate_allows(gate, "::"));
	cr_expect_str_eq(gate_refuses("fork"), "another program, or another process");
	cr_expect_null(gate_refuses("getrusage"));
	gate_free(gate);
}

/* One of them was on no list, and who called it had no grade. */
Test(gate, allows_what_the_kit_has_for_a_program)
{
	static const char *const headers[] = {"queue", "stop", "deadline", "gate", "loopback"};
	static const char *const none[] = {NULL}, *const right[] = {"int f(void) { return loopback_connect(1); }\n",
								    NULL};
	struct gate *gate = gate_new(none, right);
	char *names = file_read("harness/grading/names"), name[64];
	size_t count = 0;

	cr_assert(names);
	gate_add_names(gate, names);
	for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
		char *path = mem_format("chapters/kit/%s.h", headers[i]), *text = file_read(path), *rest = NULL;
		cr_assert(text, "%s", path);
		/* A prototype begins its line, and its name begins with the header's. */
		for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
			char *at = strchr("#/ \t*}", *line) ? NULL : strstr(line, headers[i]);
			if (!at || sscanf(at, "%63[a-z_](", name) != 1 || at[strlen(name)] != '(')
				continue;
			cr_expect(gate_allows(gate, name), "%s", name);
			count++;
		}
		free(text);
		free(path);
	}
	cr_expect_geq(count, 25, "%zu", count);
	free(names);
	gate_free(gate);
}

/* A member or a variable that has a function's name calls nothing. */
Test(gate, takes_a_word_for_no_function_where_nobody_calls_it)
{
	static const char *const none[] = {NULL},
				 *const right[] = {
					 "struct s { int open, link; };\n"
					 "int f(struct s *of) { of->open(1); of->link = 2; return pause(); }\n",
					 NULL};
	struct gate *gate = gate_new(none, right);

	gate_add_names(gate, "malloc\n");
	cr_expect(gate_allows_of_system(gate, "pause") && gate_allows_of_system(gate, "malloc"));
	cr_expect_not(gate_allows_of_system(gate, "open") || gate_allows_of_system(gate, "link"));
	cr_expect(gate_allows(gate, "open"));
	gate_free(gate);
}

Test(gate, allows_what_a_right_program_uses)
{
	static const char *const headers[] = {NULL}, *const right[] = {"void f(void) { fork(); }\n", NULL};
	struct gate *gate = gate_new(headers, right);
	char *evidence;

	cr_expect_eq((int)gate_look(gate, "void g(void) { fork(); }\n", &evidence), (int)GATE_ALLOWED, "%s", evidence);
	cr_expect_eq((int)gate_look(gate, "void g(void) { vfork(); }\n", &evidence), (int)GATE_TAMPERED);
	free(evidence);
	gate_free(gate);
}

/* Wrong fixes are what honest people write. */
Test(gate, takes_no_program_of_the_workbook_for_a_trick, .timeout = 600)
{
	struct catalogue catalogue;
	char here[4096], *evidence;
	size_t looked = 0;

	cr_assert(getcwd(here, sizeof here));
	catalogue_load(&catalogue, here);
	for (size_t i = 0; i < catalogue.count; i++) {
		const struct program *program = &catalogue.programs[i];
		if (!program_has_test(program))
			continue;
		struct gate *gate = gate_of(&catalogue, program->pitfall);
		char *path = mem_format("%s/%s", here, program->path), *text = file_read(path);
		enum gate_answer answer = gate_look(gate, text, &evidence);
		/* A person may be asked to look at a wrong one. */
		enum gate_answer most = program->role == ROLE_WRONG ? GATE_SUSPICIOUS : GATE_ALLOWED;
		cr_expect_leq((int)answer, (int)most, "%s: %s", program->path, evidence);
		looked++;
		free(evidence);
		free(text);
		free(path);
		gate_free(gate);
	}
	cr_expect_geq(looked, 100);
	catalogue_release(&catalogue);
}

/* --- files that are made to hold up the gate --- */

/* `piece` again and again, up to the most that is taken of a submission. */
static char *many(const char *piece)
{
	size_t length = strlen(piece), count = SUBMISSION_MOST_BYTES / length;
	char *all = mem_zeroed(count * length + 1, 1);

	for (size_t i = 0; i < count; i++)
		memcpy(all + i * length, piece, length);
	return all;
}

/* What several texts are when they are joined is looked at as one. */
Test(gate, looks_over_the_seams_of_texts)
{
	static const char *const none[] = {NULL};
	struct gate *gate = gate_new(none, none);
	char *evidence;

	cr_expect_eq(gate_look_expanded(gate, BEGIN "char *p = \"____\" \"__ts\" \"an_ac\" \"quire\";\n", &evidence),
		     GATE_TAMPERED);
	free(evidence);
	gate_free(gate);
}

/* Of processors, in seconds: what others do on the machine does not count. */
static double time_to_look(const struct gate *gate, const char *text, enum gate_answer expected)
{
	clock_t begin = clock();
	char *evidence;

	cr_expect_eq((int)gate_look(gate, text, &evidence), (int)expected, "%s", evidence);
	free(evidence);
	return (double)(clock() - begin) / CLOCKS_PER_SEC;
}

/* AddressSanitizer's strstr() looks at all of a text before each search, and its time says nothing of ours. */
#if defined(__has_feature)
#define SANITIZED __has_feature(address_sanitizer)
#else
#define SANITIZED 0
#endif

/*
 * Eight times the text takes eight times the time, and not sixty-four times, whatever it is made of: texts that each are
 * joined to all before them, too. The limit is for what hangs: an emulated machine takes minutes for what is right.
 */
Test(gate, takes_no_longer_for_each_line_of_a_long_text, .timeout = 1800, .disabled = SANITIZED)
{
	static const struct {
		const char *piece;
		enum gate_answer answer;
	} cases[] = {{"#error \"/*\n", GATE_UNKNOWN}, {"#error x /* */\n", GATE_ALLOWED},
		     {"#line 1\n", GATE_SUSPICIOUS},  {"#define M 1\n", GATE_ALLOWED},
		     {"int a,\n", GATE_ALLOWED},      {"((((((((", GATE_ALLOWED},
		     {"static int f(", GATE_ALLOWED}, {"/**/ /", GATE_ALLOWED},
		     {"a\\\n", GATE_ALLOWED},	      {"__attribute__((unused)) ", GATE_ALLOWED},
		     {"\"abcde\"", GATE_ALLOWED}};
	static const char *const none[] = {NULL};
	struct gate *gate = gate_new(none, none);

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *all = many(cases[i].piece);
		double whole = time_to_look(gate, all, cases[i].answer);
		all[strlen(all) / 8 / strlen(cases[i].piece) * strlen(cases[i].piece)] = '\0';
		double part = time_to_look(gate, all, cases[i].answer);
		cr_expect_lt(whole, 24 * part + 0.2, "%s: %g s, and %g s for an eighth", cases[i].piece, whole, part);
		free(all);
	}
	gate_free(gate);
}

/* Lines are put where a #line says, but not so many that nothing else has room. */
Test(gate, has_room_for_any_number_of_a_line, .timeout = 600)
{
	static const char *const none[] = {NULL};
	struct gate *gate = gate_new(none, none);
	struct text made;
	FILE *out = text_open(&made);
	char *evidence;

	fputs(BEGIN, out);
	for (long line = 90000; line < 2000000000; line += 90000)
		fprintf(out, "# %ld \"line.c\"\nint x;\n", line);
	fputs("__asm__(\"nop\");\n", out);
	char *all = text_close(&made);
	unsigned line = 0;
	cr_expect_eq(gate_look_expanded(gate, all, &evidence), GATE_TAMPERED);
	cr_expect(evidence && sscanf(evidence, "line %u", &line) == 1 && line < 2000000, "%s", evidence);
	free(evidence);
	free(all);
	gate_free(gate);
}
