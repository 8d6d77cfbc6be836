#include "gate.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"

struct words {
	char **items;
	size_t count;
};

struct gate {
	struct words headers, right, names;
};

/* --- tokens --- */

enum kind { END, WORD, TEXT, MARK };

struct token {
	enum kind kind;
	const char *at;
	size_t length;
	unsigned line;
	bool first; /* of its line */
};

struct lexer {
	const char *at;
	unsigned line;
	bool fresh; /* nothing but blanks stands before it on the line */
};

/* Without what joins two lines, as the compiler reads it: a newline that is taken out comes back after the joined line. */
static char *joined(const char *text)
{
	char *all = mem_zeroed(strlen(text) + 1, 1), *to = all;
	size_t owed = 0;

	for (const char *at = text; *at;) {
		size_t blanks = *at == '\\' ? strspn(at + 1, " \t\f\v\r") : 0;
		if (*at == '\\' && at[1 + blanks] == '\n') {
			at += blanks + 2;
			owed++;
			continue;
		}
		*to++ = *at;
		if (*at++ == '\n')
			for (; owed; owed--)
				*to++ = '\n';
	}
	return all;
}

static void skip(struct lexer *lexer, size_t length)
{
	for (; length && *lexer->at; length--)
		if (*lexer->at++ == '\n') {
			lexer->line++;
			lexer->fresh = true;
		}
}

/* Blanks and comments. */
static void skip_nothing(struct lexer *lexer)
{
	for (;;) {
		size_t blanks = strspn(lexer->at, " \t\n\f\v\r");
		skip(lexer, blanks);
		if (strncmp(lexer->at, "//", 2) == 0) {
			skip(lexer, strcspn(lexer->at, "\n"));
		} else if (strncmp(lexer->at, "/*", 2) == 0) {
			const char *end = strstr(lexer->at + 2, "*/");
			skip(lexer, end ? (size_t)(end - lexer->at) + 2 : strlen(lexer->at));
		} else if (!blanks) {
			return;
		}
	}
}

static bool is_of_word(char letter)
{
	return isalnum((unsigned char)letter) || letter == '_' || letter == '$' || (unsigned char)letter >= 0x80;
}

/* With its quotes; to the end of the line when the second is missing. */
static size_t length_of_text(const char *at, char quote)
{
	size_t length = 1;

	while (at[length] && at[length] != quote && at[length] != '\n')
		length += at[length] == '\\' && at[length + 1] ? 2 : 1;
	return length + (at[length] == quote);
}

static struct token next(struct lexer *lexer)
{
	skip_nothing(lexer);
	struct token token = {.kind = MARK, .at = lexer->at, .length = 1, .line = lexer->line, .first = lexer->fresh};

	if (!*lexer->at) {
		token.kind = END;
		token.length = 0;
	} else if (is_of_word(*lexer->at)) {
		token.kind = WORD;
		for (token.length = 0; is_of_word(lexer->at[token.length]);)
			token.length++;
	} else if (*lexer->at == '"' || *lexer->at == '\'') {
		token.kind = TEXT;
		token.length = length_of_text(lexer->at, *lexer->at);
	} else if (strncmp(lexer->at, "##", 2) == 0 || strncmp(lexer->at, "%:", 2) == 0) {
		token.length = 2;
	}
	lexer->fresh = false;
	skip(lexer, token.length);
	return token;
}

static bool is(const struct token *token, const char *word)
{
	return strlen(word) == token->length && strncmp(token->at, word, token->length) == 0;
}

static bool begins(const struct token *token, const char *start)
{
	return token->length >= strlen(start) && strncmp(token->at, start, strlen(start)) == 0;
}

/* --- what is known --- */

static bool has(const struct words *words, const char *at, size_t length)
{
	for (size_t i = 0; i < words->count; i++)
		if (strlen(words->items[i]) == length && strncmp(words->items[i], at, length) == 0)
			return true;
	return false;
}

static void add(struct words *words, const char *at, size_t length)
{
	if (has(words, at, length))
		return;
	words->items = mem_resize(words->items, words->count + 1, sizeof *words->items);
	words->items[words->count++] = mem_copy_n(at, length);
}

static void words_release(struct words *words)
{
	for (size_t i = 0; i < words->count; i++)
		free(words->items[i]);
	free(words->items);
}

static void learn(struct gate *gate, const char *right)
{
	char *text = joined(right);
	struct lexer lexer = {text, 1, true};

	for (struct token token; (token = next(&lexer)).kind != END;)
		if (token.kind == WORD)
			add(&gate->right, token.at, token.length);
	free(text);
}

static bool is_any_of_exercise(const struct gate *gate, char *triggers)
{
	char *rest = NULL;

	for (char *word = strtok_r(triggers, " \t", &rest); word; word = strtok_r(NULL, " \t", &rest))
		if (has(&gate->right, word, strlen(word)))
			return true;
	return false;
}

void gate_add_names(struct gate *gate, const char *list)
{
	char *text = mem_copy(list), *rest = NULL;

	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		char *triggers = strstr(line, "::"), *more = NULL;
		if (*line == '#' || (triggers && !is_any_of_exercise(gate, triggers + 2)))
			continue;
		if (triggers)
			*triggers = '\0';
		for (char *name = strtok_r(line, " \t", &more); name; name = strtok_r(NULL, " \t", &more))
			add(&gate->names, name, strlen(name));
	}
	free(text);
}

bool gate_allows(const struct gate *gate, const char *name)
{
	return has(&gate->names, name, strlen(name)) || has(&gate->right, name, strlen(name));
}

bool gate_is_of_exercise(const struct gate *gate, const char *word)
{
	return has(&gate->right, word, strlen(word));
}

struct gate *gate_new(const char *const *headers, const char *const *right)
{
	struct gate *gate = mem_zeroed(1, sizeof *gate);

	for (; *headers; headers++)
		add(&gate->headers, *headers, strlen(*headers));
	for (; *right; right++)
		learn(gate, *right);
	return gate;
}

/* Of the file at `path` below the root; an empty one is there for one that is not. */
static void with_file(struct gate *gate, const char *root, const char *path,
		      void (*take)(struct gate *gate, const char *text))
{
	char *whole = mem_format("%s/%s", root, path), *text = file_read(whole);

	if (text)
		take(gate, text);
	free(text);
	free(whole);
}

struct gate *gate_of(const struct catalogue *catalogue, const char *pitfall)
{
	static const char *const none[] = {NULL};
	struct gate *gate = gate_new(none, none);
	char *folder = mem_format("exercises/%s", pitfall), **headers = files_in(catalogue->root, folder, "h");
	char *own_names = mem_format("%s/names", folder);

	for (char **header = headers; *header; header++) {
		const char *name = strrchr(*header, '/') + 1;
		add(&gate->headers, name, strlen(name));
		with_file(gate, catalogue->root, *header, learn);
	}
	for (size_t i = 0; i < catalogue->count; i++) {
		const struct program *program = &catalogue->programs[i];
		bool right = program->role == ROLE_SOLUTION || program->role == ROLE_ALSO_RIGHT ||
			     program->role == ROLE_STARTER;
		if (!right || strcmp(program->pitfall, pitfall) != 0)
			continue;
		with_file(gate, catalogue->root, program->path, learn);
	}
	with_file(gate, catalogue->root, "harness/grading/names", gate_add_names);
	with_file(gate, catalogue->root, own_names, gate_add_names);
	files_free(headers);
	free(own_names);
	free(folder);
	return gate;
}

void gate_free(struct gate *gate)
{
	if (!gate)
		return;
	words_release(&gate->headers);
	words_release(&gate->right);
	words_release(&gate->names);
	free(gate);
}

/* --- what is looked for --- */

struct looking {
	const struct gate *gate;
	enum gate_answer answer;
	char *evidence;
	bool in_attribute;
	int depth; /* of its brackets */
	bool expanded;
	const char *file; /* its name in the expanded source, which macros of the system's put into texts */
	char *said;	  /* the texts that stand together, in the expanded source, joined */
};

/* The first of the worst. */
static void note(struct looking *looking, enum gate_answer answer, const struct token *token, const char *what)
{
	if (answer <= looking->answer)
		return;
	free(looking->evidence);
	looking->answer = answer;
	looking->evidence = mem_format("line %u%s: %s: '%.*s'", token->line,
				       looking->expanded ? ", as the preprocessor leaves it" : "", what,
				       (int)(token->length < 80 ? token->length : 80), token->at);
}

/* C's and POSIX's. */
static const char *const headers[] = {
	"assert.h",	 "complex.h",	"ctype.h",     "errno.h",	"fenv.h",	"float.h",
	"inttypes.h",	 "iso646.h",	"limits.h",    "locale.h",	"math.h",	"setjmp.h",
	"signal.h",	 "stdalign.h",	"stdarg.h",    "stdatomic.h",	"stdbool.h",	"stddef.h",
	"stdint.h",	 "stdio.h",	"stdlib.h",    "stdnoreturn.h", "string.h",	"tgmath.h",
	"threads.h",	 "time.h",	"uchar.h",     "wchar.h",	"wctype.h",	"aio.h",
	"arpa/inet.h",	 "dirent.h",	"fcntl.h",     "fnmatch.h",	"glob.h",	"iconv.h",
	"langinfo.h",	 "libgen.h",	"net/if.h",    "netdb.h",	"netinet/in.h", "netinet/tcp.h",
	"poll.h",	 "pthread.h",	"pwd.h",       "grp.h",		"regex.h",	"sched.h",
	"semaphore.h",	 "strings.h",	"sys/ioctl.h", "sys/select.h",	"sys/socket.h", "sys/stat.h",
	"sys/time.h",	 "sys/types.h", "sys/uio.h",   "sys/un.h",	"sys/wait.h",	"sys/eventfd.h",
	"sys/timerfd.h", "sys/epoll.h", "unistd.h",    "utime.h"};

static bool is_one_of(const char *const *list, size_t count, const char *at, size_t length)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(list[i]) == length && strncmp(list[i], at, length) == 0)
			return true;
	return false;
}

#define IS_ONE_OF(list, at, length) is_one_of(list, sizeof(list) / sizeof *(list), at, length)

/* A file of the kit is one name below kit/: no way leads on from there. */
static bool is_of_kit(const char *at, size_t length)
{
	return length > 4 && strncmp(at, "kit/", 4) == 0 && !memchr(at + 4, '/', length - 4);
}

static void look_at_include(struct looking *looking, struct lexer *lexer, const struct token *directive)
{
	struct token token = next(lexer);

	if (token.first || (token.kind != TEXT && *token.at != '<')) {
		note(looking, GATE_TAMPERED, directive, "an include that does not name its file");
		return;
	}
	if (token.kind == MARK) {
		size_t length = strcspn(token.at + 1, ">\n");
		token.length = length + 2;
		skip(lexer, length + 1);
	}
	const char *name = token.at + 1;
	size_t length = token.length < 2 ? 0 : token.length - 2;
	if (!has(&looking->gate->headers, name, length) && !IS_ONE_OF(headers, name, length) &&
	    !is_of_kit(name, length))
		note(looking, GATE_TAMPERED, &token, "a file that is none of the exercise's");
}

/* "#pragma once" and "#pragma STDC ..." change nothing that a judge sees. */
static void look_at_directive(struct looking *looking, struct lexer *lexer)
{
	static const char *const files[] = {"include_next", "import", "embed"};
	static const char *const others[] = {"line", "ident", "sccs", "assert"};
	struct token token = next(lexer);

	if (token.kind != WORD || token.first)
		return;
	if (is(&token, "include")) {
		look_at_include(looking, lexer, &token);
	} else if (IS_ONE_OF(files, token.at, token.length)) {
		note(looking, GATE_TAMPERED, &token, "a directive that takes in files");
	} else if (isdigit((unsigned char)*token.at)) {
		note(looking, GATE_TAMPERED, &token, "a line of another file's, as the preprocessor writes it");
	} else if (is(&token, "pragma")) {
		struct token what = next(lexer);
		if (!is(&what, "once") && !is(&what, "STDC"))
			note(looking, GATE_TAMPERED, &what, "a pragma");
	} else if (IS_ONE_OF(others, token.at, token.length)) {
		note(looking, GATE_SUSPICIOUS, &token, "a directive that no exercise needs");
	} else if (is(&token, "define") || is(&token, "undef")) {
		struct token name = next(lexer);
		if (begins(&name, "pthread_") || begins(&name, "__") || begins(&name, "sem_") || is(&name, "assert"))
			note(looking, GATE_TAMPERED, &name, "a macro in the place of a name of the system's");
	}
}

struct suspect {
	const char *word;
	bool start; /* of the word */
	enum gate_answer answer;
	const char *what;
};

static const char assembly[] = "assembly", attribute[] = "an attribute that changes how code is built or watched",
		  asks[] = "a question whether a sanitizer watches", hook[] = "a name of a detector's runtime",
		  request[] = "a request to a detector", outside[] = "code that runs before main() or after it",
		  ends[] = "an end of the whole process", starts[] = "another program, or another process",
		  bypass[] = "a way around the C library", ways[] = "a way into another process or the machine";

static const struct suspect suspects[] = {
	{"asm", false, GATE_TAMPERED, assembly},
	{"__asm", true, GATE_TAMPERED, assembly},
	{"no_sanitize", true, GATE_TAMPERED, attribute},
	{"__no_sanitize", true, GATE_TAMPERED, attribute},
	{"no_instrument_function", false, GATE_TAMPERED, attribute},
	{"__no_instrument_function__", false, GATE_TAMPERED, attribute},
	{"disable_sanitizer_instrumentation", false, GATE_TAMPERED, attribute},
	{"__disable_sanitizer_instrumentation__", false, GATE_TAMPERED, attribute},
	{"no_address_safety_analysis", false, GATE_TAMPERED, attribute},
	{"naked", false, GATE_TAMPERED, attribute},
	{"__naked__", false, GATE_TAMPERED, attribute},
	{"__section__", false, GATE_TAMPERED, attribute},
	{"ifunc", false, GATE_TAMPERED, attribute},
	{"__ifunc__", false, GATE_TAMPERED, attribute},
	{"__alias__", false, GATE_TAMPERED, attribute},
	{"__weak__", false, GATE_TAMPERED, attribute},
	{"_Pragma", false, GATE_TAMPERED, "a pragma"},
	{"__pragma", false, GATE_TAMPERED, "a pragma"},
	{"__constructor__", false, GATE_TAMPERED, outside},
	{"__destructor__", false, GATE_TAMPERED, outside},
	{"atexit", false, GATE_TAMPERED, outside},
	{"on_exit", false, GATE_TAMPERED, outside},
	{"at_quick_exit", false, GATE_TAMPERED, outside},
	{"__cxa_", true, GATE_TAMPERED, outside},
	{"__has_feature", false, GATE_TAMPERED, asks},
	{"__has_extension", false, GATE_TAMPERED, asks},
	{"__has_include", true, GATE_TAMPERED, "a question which files are there"},
	{"__has_embed", false, GATE_TAMPERED, "a question which files are there"},
	{"__SANITIZE_", true, GATE_TAMPERED, asks},
	{"thread_sanitizer", false, GATE_TAMPERED, asks},
	{"RUNNING_ON_VALGRIND", false, GATE_TAMPERED, asks},
	{"VALGRIND_", true, GATE_TAMPERED, request},
	{"ANNOTATE_", true, GATE_TAMPERED, request},
	{"Annotate", true, GATE_TAMPERED, request},
	{"__tsan_", true, GATE_TAMPERED, hook},
	{"__asan_", true, GATE_TAMPERED, hook},
	{"__lsan_", true, GATE_TAMPERED, hook},
	{"__ubsan_", true, GATE_TAMPERED, hook},
	{"__sanitizer_", true, GATE_TAMPERED, hook},
	{"__interceptor_", true, GATE_TAMPERED, hook},
	{"___interceptor_", true, GATE_TAMPERED, hook},
	{"__wrap_", true, GATE_TAMPERED, hook},
	{"__real_", true, GATE_TAMPERED, hook},
	{"loose_", true, GATE_TAMPERED, hook},
	{"cr_", true, GATE_TAMPERED, "a name of the test's"},
	{"cri_", true, GATE_TAMPERED, "a name of the test's"},
	{"bxf", true, GATE_TAMPERED, "a name of the test's"},
	{"criterion_", true, GATE_TAMPERED, "a name of the test's"},
	{"_exit", false, GATE_TAMPERED, ends},
	{"_Exit", false, GATE_TAMPERED, ends},
	{"quick_exit", false, GATE_TAMPERED, ends},
	{"exit", false, GATE_SUSPICIOUS, ends},
	{"abort", false, GATE_SUSPICIOUS, ends},
	{"raise", false, GATE_SUSPICIOUS, ends},
	{"kill", false, GATE_TAMPERED, ends},
	{"fork", false, GATE_TAMPERED, starts},
	{"vfork", false, GATE_TAMPERED, starts},
	{"execl", true, GATE_TAMPERED, starts},
	{"execv", true, GATE_TAMPERED, starts},
	{"fexecve", false, GATE_TAMPERED, starts},
	{"posix_spawn", true, GATE_TAMPERED, starts},
	{"system", false, GATE_TAMPERED, starts},
	{"popen", false, GATE_TAMPERED, starts},
	{"clone", false, GATE_SUSPICIOUS, starts},
	{"syscall", false, GATE_TAMPERED, bypass},
	{"dlopen", false, GATE_TAMPERED, bypass},
	{"dlsym", false, GATE_TAMPERED, bypass},
	{"__libc_", true, GATE_TAMPERED, bypass},
	{"__pthread_", true, GATE_TAMPERED, bypass},
	{"__builtin_", true, GATE_SUSPICIOUS, bypass},
	{"ptrace", false, GATE_TAMPERED, ways},
	{"process_vm_", true, GATE_TAMPERED, ways},
	{"mprotect", false, GATE_TAMPERED, ways},
	{"prctl", false, GATE_TAMPERED, ways},
	{"mmap", false, GATE_SUSPICIOUS, ways},
	{"getppid", false, GATE_SUSPICIOUS, ways},
	{"environ", false, GATE_TAMPERED, ways},
	{"getenv", false, GATE_SUSPICIOUS, ways},
	{"setenv", false, GATE_TAMPERED, ways},
	{"putenv", false, GATE_TAMPERED, ways},
	{"__declspec", false, GATE_SUSPICIOUS, "an attribute"},
	{"address_space", false, GATE_TAMPERED, attribute},
	{"__address_space__", false, GATE_TAMPERED, attribute},
	{"vector_size", false, GATE_TAMPERED, attribute},
	{"__vector_size__", false, GATE_TAMPERED, attribute},
	{"ext_vector_type", false, GATE_TAMPERED, attribute},
	{"__ext_vector_type__", false, GATE_TAMPERED, attribute},
	{"_ExtInt", false, GATE_TAMPERED, "a number of a size that no sanitizer watches"},
	{"_BitInt", false, GATE_TAMPERED, "a number of a size that no sanitizer watches"},
	{"uintptr_t", false, GATE_SUSPICIOUS, "an address as a number, which tells who looks on"},
};

/* Attributes, without the underscores around them, that change nothing of what a judge sees. */
static const char *const harmless[] = {
	"unused",  "used", "noreturn", "format",  "printf",	"nonnull",    "warn_unused_result", "packed",
	"aligned", "pure", "const",    "malloc",  "cold",	"deprecated", "sentinel",	    "returns_nonnull",
	"nothrow", "hot",  "noinline", "cleanup", "fallthrough"};

/* In the source as the preprocessor leaves it: those that stand for a part of the language or are the system's macros'. */
static const char *const builtins[] = {
	"__builtin_va_start",	  "__builtin_va_end",	    "__builtin_va_arg",
	"__builtin_va_copy",	  "__builtin_va_list",	    "__builtin_offsetof",
	"__builtin_expect",	  "__builtin_unreachable",  "__builtin_types_compatible_p",
	"__builtin_choose_expr",  "__builtin_constant_p",   "__builtin_object_size",
	"__builtin_bswap16",	  "__builtin_bswap32",	    "__builtin_bswap64",
	"__builtin_isnan",	  "__builtin_isinf",	    "__builtin_isfinite",
	"__builtin_isinf_sign",	  "__builtin_isnormal",	    "__builtin_signbit",
	"__builtin_fpclassify",	  "__builtin_inff",	    "__builtin_nanf",
	"__builtin_huge_val",	  "__builtin_huge_valf",    "__builtin_inf",
	"__builtin_nan",	  "__builtin_add_overflow", "__builtin_sub_overflow",
	"__builtin_mul_overflow", "__builtin_clz",	    "__builtin_ctz",
	"__builtin_popcount",	  "__builtin_clzl",	    "__builtin_ctzl",
	"__builtin_popcountl",	  "__builtin_clzll",	    "__builtin_ctzll",
	"__builtin_popcountll"};

/* These words are anybody's; in the brackets of an attribute they are not. */
static const char *const attributes[] = {"section",    "alias",	  "weak",	 "constructor",
					 "destructor", "weakref", "cold_section"};

/* A function's name may be anybody's where it is not called: of a field, of a variable. */
static bool is_function(const struct suspect *suspect)
{
	return suspect->what == ends || suspect->what == starts || suspect->what == bypass || suspect->what == ways;
}

static void look_at_word(struct looking *looking, const struct token *token, const struct token *before,
			 const struct token *after)
{
	if (has(&looking->gate->right, token->at, token->length))
		return;
	if (looking->expanded && begins(token, "__builtin_") && !IS_ONE_OF(builtins, token->at, token->length))
		note(looking, GATE_UNKNOWN, token, bypass);
	for (size_t i = 0; i < sizeof suspects / sizeof *suspects; i++) {
		/* The system's macros lead to names of its own; which functions are called stands in the object. */
		if (looking->expanded && (suspects[i].what == bypass || suspects[i].answer == GATE_SUSPICIOUS))
			continue;
		if (!(suspects[i].start ? begins(token, suspects[i].word) : is(token, suspects[i].word)))
			continue;
		bool called = is(after, "(") && !is(before, ".") && !is(before, ">");
		note(looking, is_function(&suspects[i]) && !called ? GATE_SUSPICIOUS : suspects[i].answer, token,
		     suspects[i].what);
	}
	if (is(token, "main") && is(after, "("))
		note(looking, GATE_TAMPERED, token, "a main() of its own");
	if (IS_ONE_OF(attributes, token->at, token->length) && (is(before, "(") || is(before, ",")) &&
	    (is(after, ")") || is(after, "(") || is(after, ",")))
		note(looking, looking->in_attribute ? GATE_TAMPERED : GATE_SUSPICIOUS, token, attribute);
}

/* A name in the brackets of __attribute__ that is not known to change nothing. */
static void look_at_attribute(struct looking *looking, const struct token *token)
{
	struct token name = *token;

	if (name.length > 4 && begins(&name, "__")) {
		name.at += 2;
		name.length -= 4;
	}
	if (!IS_ONE_OF(harmless, name.at, name.length))
		note(looking, looking->expanded ? GATE_UNKNOWN : GATE_SUSPICIOUS, token, "an attribute");
}

/* From __attribute__ to the bracket that closes it. */
static void follow_attribute(struct looking *looking, const struct token *token)
{
	/* Two brackets open the list; what stands deeper are arguments. */
	if (looking->in_attribute && looking->depth == 2 && token->kind == WORD)
		look_at_attribute(looking, token);
	if (token->kind == WORD && begins(token, "__attribute")) {
		looking->in_attribute = true;
		looking->depth = 0;
	} else if (looking->in_attribute && token->kind != MARK) {
		looking->in_attribute = looking->depth > 0;
		if (!looking->in_attribute)
			note(looking, GATE_SUSPICIOUS, token, "an attribute without its brackets");
	} else if (looking->in_attribute) {
		looking->depth += is(token, "(") - is(token, ")");
		looking->in_attribute = looking->depth > 0;
	}
}

static bool mentions(const struct token *token, const char *words)
{
	size_t length = strlen(words);

	for (size_t i = 0; i + length <= token->length; i++)
		if (strncmp(token->at + i, words, length) == 0)
			return true;
	return false;
}

const char *gate_refuses(const char *name)
{
	const struct token token = {WORD, name, strlen(name), 0, false};

	for (size_t i = 0; i < sizeof suspects / sizeof *suspects; i++)
		if (suspects[i].answer == GATE_TAMPERED &&
		    (suspects[i].start ? begins(&token, suspects[i].word) : is(&token, suspects[i].word)))
			return suspects[i].what;
	return NULL;
}

static void look_at_text(struct looking *looking, const struct token *token)
{
	static const char *const names[] = {"__tsan", "__asan", "__sanitizer", "LOOSE_", "LD_PRELOAD", "TSAN_OPTIONS"};
	static const char *const places[] = {"/proc/", "solutions/", "/dev/shm", "build/run", "valgrind"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (mentions(token, names[i]))
			note(looking, GATE_TAMPERED, token, hook);
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (mentions(token, places[i]))
			note(looking, GATE_SUSPICIOUS, token, "a place where who judges is at home");
}

static void look_at_mark(struct looking *looking, struct lexer *lexer, const struct token *token)
{
	if (token->first && (is(token, "#") || is(token, "%:")))
		look_at_directive(looking, lexer);
	else if (is(token, "##") || is(token, "%:"))
		note(looking, GATE_SUSPICIOUS, token, "a name that is pasted together");
	else if (*token->at == '\\')
		note(looking, GATE_TAMPERED, token, "a name with a number for a letter");
}

/* What the compiler reads as other characters. */
static void look_for_trigraphs(struct looking *looking, const char *text)
{
	unsigned line = 1;

	for (const char *at = text; *at; at++) {
		line += *at == '\n';
		if (strncmp(at, "??", 2) == 0 && at[2] && strchr("=/'()!<>-", at[2]))
			note(looking, GATE_TAMPERED, &(struct token){MARK, at, 3, line, false}, "a trigraph");
	}
}

/* Two texts side by side are one to the compiler. */
static void look_at_joined_texts(struct looking *looking, const struct token *token, const struct token *before)
{
	char *all = mem_format("%s%.*s", before->kind == TEXT && looking->said ? looking->said : "",
			       (int)(token->length > 2 ? token->length - 2 : 0), token->at + 1);
	const struct token whole = {TEXT, all, strlen(all), token->line, false};

	if (!looking->file || strcmp(all, looking->file) != 0)
		look_at_text(looking, &whole);
	free(looking->said);
	looking->said = all;
}

static void look_at_tokens(struct looking *looking, const char *whole)
{
	struct lexer lexer = {whole, 1, true};
	struct token before = {.kind = END, .at = whole};

	for (struct token token; (token = next(&lexer)).kind != END; before = token) {
		struct lexer ahead = lexer;
		struct token after = next(&ahead);
		follow_attribute(looking, &token);
		if (token.kind == WORD)
			look_at_word(looking, &token, &before, &after);
		else if (token.kind == TEXT)
			look_at_joined_texts(looking, &token, &before);
		else
			look_at_mark(looking, &lexer, &token);
	}
	free(looking->said);
	looking->said = NULL;
}

enum gate_answer gate_look(const struct gate *gate, const char *text, char **evidence)
{
	struct looking looking = {.gate = gate, .answer = GATE_ALLOWED};
	char *whole = joined(text);

	look_for_trigraphs(&looking, text);
	look_at_tokens(&looking, whole);
	free(whole);
	*evidence = looking.evidence;
	return looking.answer;
}

/* --- what the preprocessor leaves --- */

/*
 * A line '# 12 "FILE" 1' begins a file that is taken in, one with a 2 comes back from it. A #line of the source has
 * no such number, and a line like this one in the source is refused at the first look.
 */
static int follow_depth(const char *line, size_t length)
{
	const char *flags = line + length;

	while (flags > line && flags[-1] != '"')
		flags--;
	for (; flags < line + length; flags++)
		if (*flags == '1' || *flags == '2')
			return *flags == '1' ? 1 : -1;
	return 0;
}

/* Lines of the file itself, at their numbers. For the caller to free. */
static char *own_lines(const char *text)
{
	enum { MOST_PADDED = 100000 };
	struct text own;
	FILE *out = text_open(&own);
	long line = 1, wanted = 1;
	int depth = 0;

	for (size_t length; *text; text += length + (text[length] == '\n')) {
		length = strcspn(text, "\n");
		if (text[0] == '#' && text[1] == ' ' && isdigit((unsigned char)text[2])) {
			depth += follow_depth(text, length);
			depth = depth < 0 ? 0 : depth;
			if (depth == 0)
				wanted = atol(text + 2);
			continue;
		}
		if (depth > 0)
			continue;
		for (; line < wanted && wanted - line < MOST_PADDED; line++)
			fputc('\n', out);
		fprintf(out, "%.*s\n", (int)length, text);
		wanted = ++line;
	}
	return text_close(&own);
}

enum gate_answer gate_look_expanded(const struct gate *gate, const char *text, char **evidence)
{
	struct looking looking = {.gate = gate, .answer = GATE_ALLOWED, .expanded = true};
	char *own = own_lines(text), *name = NULL;

	/* The first line is '# 1 "FILE"'. */
	const char *quote = strchr(text, '"');
	if (quote)
		looking.file = name = mem_copy_n(quote + 1, strcspn(quote + 1, "\""));
	look_at_tokens(&looking, own);
	free(name);
	free(own);
	*evidence = looking.evidence;
	return looking.answer;
}
