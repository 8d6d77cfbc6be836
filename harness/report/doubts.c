/*
 * What a detector does not know, beside the race that it reports. Each of them knows most of pthread, and none all of it:
 * where a program orders its threads by something else, a right program is reported. It cannot be said of a report that
 * it is wrong, only that the program has what the detector cannot see, and who can.
 */
#include "parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "verdict/detector.h"

enum { MAX_WORDS = 8, MAX_FILES = 8 };

#define VALGRIND                                                                                                       \
	{                                                                                                              \
		"helgrind", "drd"                                                                                      \
	}
#define TSAN                                                                                                           \
	{                                                                                                              \
		"tsan"                                                                                                 \
	}

/* Found by trying each in a right program: clang 14, Valgrind 3.19. */
static const struct doubt {
	const char *detectors[2];
	const char *words[MAX_WORDS]; /* of the source; one that ends in '_' may go on */
	const char *what;	      /* after "does not know" */
	const char *sentence;	      /* after the detector's name */
	bool of_locks;		      /* about the use of a lock or a condition; else about a race */
} doubts[] = {
	{VALGRIND,
	 {"_Atomic", "atomic_", "__atomic_", "__sync_", "stdatomic"},
	 "atomics",
	 "does not know atomics, which are used here: it takes them for plain memory, and does not see what they order. "
	 "If an atomic is what is accessed here, or orders the two accesses, this report is wrong. ThreadSanitizer "
	 "knows them: its verdict counts.",
	 false},
	{TSAN,
	 {"atomic_thread_fence", "__atomic_thread_fence"},
	 "memory fences",
	 "does not know atomic_thread_fence(), which is used here. If a fence orders the two accesses, this report is "
	 "wrong; a release store and an acquire load say the same, and it knows those.",
	 false},
	{VALGRIND,
	 {"pipe", "pipe2", "socketpair", "eventfd", "accept", "mq_receive"},
	 "pipes, sockets and eventfd",
	 "does not follow a pipe, a socket or an eventfd, and one is used here. If the one thread waits there for what "
	 "the other sends before the two accesses meet, this report is wrong. ThreadSanitizer follows them: its "
	 "verdict counts.",
	 false},
	{VALGRIND,
	 {"sem_timedwait", "sem_trywait", "sem_clockwait"},
	 "sem_timedwait() and its like",
	 "does not know sem_timedwait(), sem_trywait() and sem_clockwait() in its older versions, and one is used "
	 "here. If it orders the two accesses, this report is wrong.",
	 false},
	{TSAN,
	 {"sem_clockwait", "pthread_mutex_clocklock", "pthread_clockjoin_np", "pthread_rwlock_clockrdlock",
	  "pthread_rwlock_clockwrlock"},
	 "the waits with a clock",
	 "does not know the waits with a clock, such as sem_clockwait() and pthread_mutex_clocklock(), in its older "
	 "versions, and one is used here. If it orders the two accesses, this report is wrong.",
	 false},
	{VALGRIND,
	 {"pthread_mutex_clocklock", "pthread_cond_clockwait", "pthread_rwlock_clockrdlock",
	  "pthread_rwlock_clockwrlock"},
	 "the waits with a clock",
	 "does not know the waits with a clock, such as pthread_mutex_clocklock(), in its older versions, and one is "
	 "used here. If it orders the two accesses, this report is wrong.",
	 false},
	{VALGRIND,
	 {"pthread_timedjoin_np", "pthread_tryjoin_np", "pthread_clockjoin_np"},
	 "other joins than pthread_join()",
	 "knows no join but pthread_join(), and another is used here. If it orders the two accesses, this report is "
	 "wrong.",
	 false},
	{VALGRIND,
	 {"pthread_cancel"},
	 "what a cancelled wait does with its mutex",
	 "does not see that a thread which is cancelled in pthread_cond_wait() has its mutex again when its handlers "
	 "run. If that mutex guards this, the report is wrong. ThreadSanitizer sees it: its verdict counts.",
	 false},
	{VALGRIND,
	 {"pthread_cancel"},
	 "what a cancelled wait does with its mutex",
	 "does not see that a thread which is cancelled in pthread_cond_wait() has left the wait, and has its mutex again, "
	 "when its handlers run; pthread_cancel() is used here. If this is about the mutex or the condition of such a wait, "
	 "the report is wrong. ThreadSanitizer sees it: its verdict counts.",
	 true},
	/* Seen with two threads and a million rounds each, Valgrind 3.19 and glibc 2.36: where both want it at a time. */
	{{"helgrind", NULL},
	 {"pthread_spin_lock", "pthread_spin_trylock"},
	 "what happens when threads want a spin lock at the same time",
	 "now and then takes a spin lock that one thread gives back and takes again for one that it takes twice; "
	 "pthread_spin_lock() is used here. If this is about that lock, the report is wrong. ThreadSanitizer and DRD know it: "
	 "their verdicts count.",
	 true},
	{VALGRIND,
	 {"omp"},
	 "OpenMP",
	 "does not know how OpenMP's threads wait for each other, and OpenMP is used here: it sees races between one parallel "
	 "region and the next, and inside its locks. ThreadSanitizer is told by OpenMP itself: its verdict counts.",
	 false},
	{VALGRIND,
	 {"PTHREAD_MUTEX_ERRORCHECK", "PTHREAD_MUTEX_ERRORCHECK_NP"},
	 "what a mutex that checks for errors answers",
	 "reports a call that fails, or ought to, whether the program looks at the answer or not; a mutex that checks for "
	 "errors (PTHREAD_MUTEX_ERRORCHECK) is used here. If this is about that mutex, and the program does look, the report "
	 "is wrong. ThreadSanitizer knows such a mutex: its verdict counts.",
	 true},
	{VALGRIND,
	 {"PTHREAD_MUTEX_ROBUST", "PTHREAD_MUTEX_ROBUST_NP", "pthread_mutex_consistent"},
	 "robust mutexes",
	 "does not know robust mutexes, and one is used here: its holder may end without giving it back, and the thread "
	 "that locks it next is told so, by EOWNERDEAD. If this is about that mutex, the report is wrong. ThreadSanitizer "
	 "knows them: its verdict counts.",
	 true},
	{TSAN,
	 {"mtx_lock", "mtx_trylock", "cnd_wait", "call_once"},
	 "<threads.h>",
	 "does not know <threads.h>, which is used here. If one of its locks guards this, the report is wrong.",
	 false},
};

/* The word stands in the text, by itself or, if it ends in '_', as the beginning of a name. */
static bool has_word(const char *text, const char *word)
{
	size_t length = strlen(word);
	bool goes_on = word[length - 1] == '_';

	for (const char *at = text; (at = strstr(at, word)); at += length) {
		bool starts = at == text || !(isalnum((unsigned char)at[-1]) || at[-1] == '_');
		if (starts && (goes_on || !(isalnum((unsigned char)at[length]) || at[length] == '_')))
			return true;
	}
	return false;
}

_Static_assert(sizeof doubts / sizeof *doubts <= 32, "a bit for each doubt");

static bool is_race(const char *kind)
{
	return strcmp(kind, "Race") == 0 || strcmp(kind, "ConflictingAccess") == 0 || strcmp(kind, "data-race") == 0;
}

/* A call that fails may be one that locks. */
static bool is_about_a_lock(const struct finding *finding)
{
	return sort_of(finding->kind)->family == FAMILY_UNLOCK ||
	       (strcmp(finding->kind, "PthAPIerror") == 0 && finding->words &&
		strstr(finding->words, "pthread_mutex_"));
}

static bool is_of(const struct doubt *doubt, const char *detector)
{
	for (size_t i = 0; i < 2 && doubt->detectors[i]; i++)
		if (strcmp(doubt->detectors[i], detector) == 0)
			return true;
	return false;
}

/* A name in a comment is not used. */
static void blank_comments(char *text)
{
	for (char *at = text; (at = strchr(at, '/'));) {
		char *end = at[1] == '/' ? strchr(at, '\n') : at[1] == '*' ? strstr(at + 2, "*/") : at + 1;
		if (at[1] == '/' || at[1] == '*')
			memset(at, ' ', end ? (size_t)(end - at) : strlen(at));
		if (!end)
			return;
		at = end + (*end == '*' ? 2 : 0);
	}
}

/* The texts of the files that the finding's own frames lie in; their number. The caller frees them. */
static size_t sources_of(const struct finding *finding, char *texts[MAX_FILES])
{
	const char *names[MAX_FILES];
	size_t count = 0;

	for (size_t i = 0; i < finding->stack_count; i++)
		for (size_t j = 0; j < finding->stacks[i].count && count < MAX_FILES; j++) {
			const struct frame *frame = &finding->stacks[i].frames[j];
			size_t known = 0;
			while (frame->own && frame->file && known < count && strcmp(names[known], frame->file) != 0)
				known++;
			if (!frame->own || !frame->file || known < count || !(texts[count] = file_read(frame->file)))
				continue;
			blank_comments(texts[count]);
			names[count++] = frame->file;
		}
	return count;
}

static bool is_used(const struct doubt *doubt, char *const *texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < MAX_WORDS && doubt->words[j]; j++)
			if (has_word(texts[i], doubt->words[j]))
				return true;
	return false;
}

/* Of a finding without a place of its own, as of a thread that has ended, the program's first file tells. */
static size_t sources_for(const struct result *result, const struct finding *finding, char *texts[MAX_FILES])
{
	size_t count = sources_of(finding, texts);

	if (count || !result->program || !(texts[0] = file_read(result->program->path)))
		return count;
	blank_comments(texts[0]);
	return 1;
}

/* Those that fit, a bit each. */
static unsigned doubts_of(const struct result *result, const struct finding *finding)
{
	char *texts[MAX_FILES];
	unsigned fitting = 0;
	bool of_locks = is_about_a_lock(finding);
	size_t count = of_locks || is_race(finding->kind) ? sources_for(result, finding, texts) : 0;

	for (size_t i = 0; i < sizeof doubts / sizeof *doubts; i++)
		if (doubts[i].of_locks == of_locks && is_of(&doubts[i], result->detector->name) &&
		    is_used(&doubts[i], texts, count))
			fitting |= 1U << i;
	for (size_t i = 0; i < count; i++)
		free(texts[i]);
	return fitting;
}

/* Of one detector each is told at length once. */
static bool is_told(const struct page *page, unsigned doubt)
{
	struct told *told = page->told;

	if (!told)
		return false;
	if (told->doubts_of != page->index)
		told->doubts = 0;
	bool before = told->doubts & doubt;
	told->doubts_of = page->index;
	told->doubts |= doubt;
	return before;
}

void print_doubts(const struct page *page, const struct finding *finding)
{
	unsigned fitting = doubts_of(page->result, finding);

	for (size_t i = 0; i < sizeof doubts / sizeof *doubts; i++) {
		if (!(fitting & 1U << i))
			continue;
		const char *title = title_of(page->result->detector);
		char *sentence = is_told(page, 1U << i)
					 ? mem_format("%s does not know %s: see above.", title, doubts[i].what)
					 : mem_format("%s %s", title, doubts[i].sentence);
		print_wrapped(page->out, page->style, 2, sentence);
		free(sentence);
	}
}

/* By the program's first file. */
const char *blindness_of(const struct results *results)
{
	static const char *const forks[] = {"fork", "posix_spawn"}, *const shared[] = {"MAP_SHARED", "shmget",
										       "shm_open"};
	const struct program *program = results->count ? results->items[0].program : NULL;
	char *text = program && !program->declared && !program->submission ? file_read(program->path) : NULL;
	bool has_fork = false, has_shared = false;

	if (text)
		blank_comments(text);
	for (size_t i = 0; text && i < sizeof forks / sizeof *forks; i++)
		has_fork = has_fork || has_word(text, forks[i]);
	for (size_t i = 0; text && i < sizeof shared / sizeof *shared; i++)
		has_shared = has_shared || has_word(text, shared[i]);
	free(text);
	return has_fork && has_shared
		       ? "none of them sees what one process does to the memory that it shares with another"
		       : NULL;
}

const char *doubt_about(const struct result *result, const struct finding *finding)
{
	unsigned fitting = doubts_of(result, finding);

	for (size_t i = 0; i < sizeof doubts / sizeof *doubts; i++)
		if (fitting & 1U << i)
			return doubts[i].what;
	return NULL;
}
