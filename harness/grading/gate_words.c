#include "gate_words.h"

#include <string.h>

static bool is_one_of(const char *const *list, size_t count, const char *at, size_t length)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(list[i]) == length && strncmp(list[i], at, length) == 0)
			return true;
	return false;
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

const char gate_attribute[] = "an attribute that changes how code is built or watched",
	   gate_hook[] = "a name of a detector's runtime", gate_bypass[] = "a way around the C library";

static const char assembly[] = "assembly", asks[] = "a question whether a sanitizer watches",
		  request[] = "a request to a detector", outside[] = "code that runs before main() or after it",
		  ends[] = "an end of the whole process", starts[] = "another program, or another process",
		  judges[] = "a name of the test's", ways[] = "a way into another process or the machine";

const struct gate_suspect gate_suspects[] = {
	{"asm", false, GATE_TAMPERED, assembly},
	{"__asm", true, GATE_TAMPERED, assembly},
	{"no_sanitize", true, GATE_TAMPERED, gate_attribute},
	{"__no_sanitize", true, GATE_TAMPERED, gate_attribute},
	{"no_instrument_function", false, GATE_TAMPERED, gate_attribute},
	{"__no_instrument_function__", false, GATE_TAMPERED, gate_attribute},
	{"disable_sanitizer_instrumentation", false, GATE_TAMPERED, gate_attribute},
	{"__disable_sanitizer_instrumentation__", false, GATE_TAMPERED, gate_attribute},
	{"no_address_safety_analysis", false, GATE_TAMPERED, gate_attribute},
	{"naked", false, GATE_TAMPERED, gate_attribute},
	{"__naked__", false, GATE_TAMPERED, gate_attribute},
	{"__section__", false, GATE_TAMPERED, gate_attribute},
	{"ifunc", false, GATE_TAMPERED, gate_attribute},
	{"__ifunc__", false, GATE_TAMPERED, gate_attribute},
	{"__alias__", false, GATE_TAMPERED, gate_attribute},
	{"__weak__", false, GATE_TAMPERED, gate_attribute},
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
	{"__tsan_", true, GATE_TAMPERED, gate_hook},
	{"__asan_", true, GATE_TAMPERED, gate_hook},
	{"__lsan_", true, GATE_TAMPERED, gate_hook},
	{"__ubsan_", true, GATE_TAMPERED, gate_hook},
	{"__sanitizer_", true, GATE_TAMPERED, gate_hook},
	{"__interceptor_", true, GATE_TAMPERED, gate_hook},
	{"___interceptor_", true, GATE_TAMPERED, gate_hook},
	{"__wrap_", true, GATE_TAMPERED, gate_hook},
	{"__real_", true, GATE_TAMPERED, gate_hook},
	{"loose_", true, GATE_TAMPERED, judges},
	{"cr_", true, GATE_TAMPERED, judges},
	{"cri_", true, GATE_TAMPERED, judges},
	{"bxf", true, GATE_TAMPERED, judges},
	{"criterion_", true, GATE_TAMPERED, judges},
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
	{"syscall", false, GATE_TAMPERED, gate_bypass},
	{"dlopen", false, GATE_TAMPERED, gate_bypass},
	{"dlsym", false, GATE_TAMPERED, gate_bypass},
	{"__libc_", true, GATE_TAMPERED, gate_bypass},
	{"__pthread_", true, GATE_TAMPERED, gate_bypass},
	{"__builtin_", true, GATE_SUSPICIOUS, gate_bypass},
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
	{"address_space", false, GATE_TAMPERED, gate_attribute},
	{"__address_space__", false, GATE_TAMPERED, gate_attribute},
	{"vector_size", false, GATE_TAMPERED, gate_attribute},
	{"__vector_size__", false, GATE_TAMPERED, gate_attribute},
	{"ext_vector_type", false, GATE_TAMPERED, gate_attribute},
	{"__ext_vector_type__", false, GATE_TAMPERED, gate_attribute},
	{"_ExtInt", false, GATE_TAMPERED, "a number of a size that no sanitizer watches"},
	{"_BitInt", false, GATE_TAMPERED, "a number of a size that no sanitizer watches"},
	{"uintptr_t", false, GATE_SUSPICIOUS, "an address as a number, which tells whether a detector looks on"},
	{NULL, false, GATE_ALLOWED, NULL},
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

bool gate_suspects_word(const struct gate_suspect *suspect, const struct lexeme *word)
{
	return suspect->start ? lexeme_begins(word, suspect->word) : lexeme_is(word, suspect->word);
}

bool gate_is_function(const struct gate_suspect *suspect)
{
	return suspect->what == judges || suspect->what == ends || suspect->what == starts ||
	       suspect->what == gate_bypass || suspect->what == ways;
}

const char *gate_refuses(const char *name)
{
	const struct lexeme word = {.kind = LEXEME_WORD, .at = name, .length = strlen(name)};

	for (const struct gate_suspect *suspect = gate_suspects; suspect->word; suspect++)
		if (suspect->answer == GATE_TAMPERED && gate_suspects_word(suspect, &word))
			return suspect->what;
	return NULL;
}

#define IS_ONE_OF(list, at, length) is_one_of(list, sizeof(list) / sizeof *(list), at, length)

bool gate_is_header(const char *at, size_t length)
{
	return IS_ONE_OF(headers, at, length);
}

bool gate_is_harmless(const char *at, size_t length)
{
	return IS_ONE_OF(harmless, at, length);
}

bool gate_is_attribute(const char *at, size_t length)
{
	return IS_ONE_OF(attributes, at, length);
}

bool gate_is_builtin(const char *at, size_t length)
{
	return IS_ONE_OF(builtins, at, length);
}
