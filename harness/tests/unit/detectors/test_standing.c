/* Where threads stood: the words for each, from addresses that resolve to made-up places. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "detectors/standing.h"

/* Code at 0x1xx is the program's own, at 0x9xx the C library's; data at 0x5000 is one variable. */
static size_t code(void *context, uint64_t pc, struct code_place *places, size_t room)
{
	static const struct {
		uint64_t pc;
		const char *function;
	} known[] = {{0x100, "main"},
		     {0x110, "worker"},
		     {0x120, "other"},
		     {0x900, "pthread_mutex_lock"},
		     {0x910, "__pthread_clockjoin_ex"},
		     {0x920, "pthread_cond_wait"},
		     {0x930, "sem_wait"},
		     {0x940, "pthread_rwlock_rdlock"},
		     {0x950, "read"},
		     {0x960, "pthread_barrier_wait"}};

	(void)context, (void)room;
	places[0] = (struct code_place){0};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].pc == pc)
			places[0] = (struct code_place){
				.function = known[i].function, .file = pc < 0x900 ? "/own/x.c" : NULL, .line = (int)pc};
	return 1;
}

static const char *data(void *context, uint64_t address, uint64_t *offset)
{
	(void)context;
	*offset = address - 0x5000;
	return address >= 0x5000 && address < 0x5100 ? "ledger" : NULL;
}

static int opened;

static struct standing_resolver open_made_up(const char *maps, const struct run *run)
{
	cr_assert(strcmp(maps, "a map\n") == 0 || !*maps);
	opened++;
	return (struct standing_resolver){code, data, NULL, run};
}

static void close_made_up(struct standing_resolver *resolver)
{
	(void)resolver;
	opened--;
}

static struct observation read_text(const char *text, size_t length)
{
	const struct run run = {.own = (char *const[]){"/own", NULL}};
	struct observation seen = {0};

	standing_read(text, length, &run, open_made_up, close_made_up, &seen);
	cr_assert_eq(opened, 0);
	return seen;
}

#define HEAD "process 7\nmaps\na map\nend maps\n"
#define THREAD(tid, futex, frames) "thread " #tid "\n" futex "frames :" frames "\nend thread\n"
/* The word itself, a counter, the owner. */
#define MUTEX(address, owner) "futex " #address " : 0 0 0 2 0 " #owner " 0 0 0 0 0 0\n"

static void expect(const char *text, const char *const *roles)
{
	struct observation seen = read_text(text, strlen(text));
	size_t count = 0;

	for (; roles[count]; count++) {
		cr_assert_lt(count, seen.standing_count, "'%s' is missing", roles[count]);
		cr_assert_str_eq(seen.standing[count].role, roles[count]);
	}
	cr_assert_eq(seen.standing_count, count);
	observation_release(&seen);
}

#define EXPECT(text, ...) expect(HEAD text "end process\n", (const char *const[]){__VA_ARGS__, NULL})

Test(standing, who_holds_what)
{
	EXPECT(THREAD(7, MUTEX(5000, 9), " 900 100") THREAD(9, MUTEX(5010, 7), " 900 110"),
	       "Main thread waits for the mutex 'ledger', which thread worker holds",
	       "Thread worker waits for the mutex in 'ledger', which main thread holds");
	EXPECT(THREAD(7, MUTEX(6000, 7), " 900 100"), "Main thread waits for the mutex, which it holds itself");
	EXPECT(THREAD(7, MUTEX(5000, 63), " 900 100"),
	       "Main thread waits for the mutex 'ledger', which a thread holds that has ended and not given it back");
	EXPECT(THREAD(7, MUTEX(5000, 0), " 900 100"), "Main thread waits for the mutex 'ledger'");
}

/* Threads that began in one function have numbers. */
Test(standing, threads_are_told_apart)
{
	EXPECT(THREAD(7, "futex 8000 : 0 0 0 9 0 0 0 0 0 0 0 0\n", " 910 100") THREAD(8, MUTEX(5000, 9), " 900 120 110")
		       THREAD(9, MUTEX(5000, 7), " 900 110"),
	       "Main thread waits for thread worker 2 to end",
	       "Thread worker 1 waits for the mutex 'ledger', which thread worker 2 holds",
	       "Thread worker 2 waits for the mutex 'ledger', which main thread holds");
}

Test(standing, other_waits)
{
	EXPECT(THREAD(7, "futex 5020 : 0 0 0 0 0 0 0 0 0 0 0 0\n", " 920 100")
		       THREAD(8, "futex 6000 : 0 0 0 0 0 0 0 0 0 0 0 0\n", " 930 110")
			       THREAD(9, "futex 5008 : 0 0 0 0 0 0 0 7 0 0 0 0\n", " 940 120"),
	       "Main thread waits for a signal to the condition in 'ledger'",
	       "Thread worker waits for a post to the semaphore",
	       "Thread other waits for the read-write lock 'ledger', which main thread holds for writing");
	EXPECT(THREAD(7, "futex 5008 : 0 13 0 0 0 0 0 0 0 0 0 0\n", " 940 100")
		       THREAD(8, "futex 500c : 13 0 0 0 0 0 0 0 0 0 0 0\n", " 940 110")
			       THREAD(9, "futex 5028 : 0 0 0 0 0 0 0 0 0 0 0 0\n", " 920 120"),
	       "Main thread waits for the read-write lock 'ledger', which 2 threads hold for reading",
	       "Thread worker waits for the read-write lock 'ledger', which 2 threads hold for reading",
	       "Thread other waits for a signal to the condition 'ledger'");
	EXPECT(THREAD(7, "", " 950 100") THREAD(8, MUTEX(5000, 7), " 960 110"),
	       "Main thread waits for something to read", "Thread worker waits for others at the barrier 'ledger'");
}

/* A second process is the child of the first, and has one thread of it. */
Test(standing, a_child_lacks_the_holder)
{
	EXPECT(THREAD(7, "", " 950 100") "end process\nprocess 8\nmaps\na map\nend maps\n" THREAD(8, MUTEX(5000, 9),
												  " 900 100"),
	       "Main thread waits for something to read",
	       "Main thread of a child waits for the mutex 'ledger', which a thread holds that the child does not have");
}

/* Those of a runtime or a library are not the program's, but may hold its locks. */
Test(standing, only_threads_in_own_code_are_shown)
{
	EXPECT(THREAD(7, MUTEX(5000, 8), " 900 100") THREAD(8, "", " 950"),
	       "Main thread waits for the mutex 'ledger', which a thread of a library holds");
}

/* Cut anywhere: what is whole is there, and nothing that was not written. */
Test(standing, a_cut_is_no_accident)
{
	static const char whole[] =
		HEAD THREAD(7, MUTEX(5000, 9), " 900 100") THREAD(9, MUTEX(5010, 7), " 900 110") "end process\n";

	for (size_t length = 0; length <= sizeof whole - 1; length++) {
		char *part = mem_copy_n(whole, length);
		struct observation seen = read_text(part, length);
		cr_assert_leq(seen.standing_count, 2);
		observation_release(&seen);
		free(part);
	}
}
