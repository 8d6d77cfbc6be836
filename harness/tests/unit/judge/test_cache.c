/* What is kept and what is not, when all goes well and when the disk, a kill or another command gets in the way. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "judge/cache.h"
#include "tests/unit/made_results.h"

static char root[64], path[128];
static struct toolchain toolchain = {.clang = "14.0.6", .valgrind = "3.19.0", .glibc = "2.36", .kernel = "6.1"};
static struct made_results made;
static struct result *silent;

static void make(void)
{
	char build[128];

	snprintf(root, sizeof root, "build/cached.XXXXXX");
	cr_assert(mkdtemp(root));
	snprintf(build, sizeof build, "%s/build", root);
	snprintf(path, sizeof path, "%s/build/cache", root);
	cr_assert_eq(mkdir(build, 0700), 0);
	silent = made_result(&made, made_program(&made, "02-x/y", "fixed", ROLE_FIXED, "chapters/02-x/y/fixed.c"),
			     "tsan", WORD_SILENT, OBSERVED_SILENT, NULL);
	silent->seen.last_line = mem_copy("accepted 1, persisted 1");
}

static void unmake(void)
{
	char command[128];

	made_release(&made);
	snprintf(command, sizeof command, "rm -rf '%s'", root);
	cr_assert_eq(system(command), 0);
}

TestSuite(cache, .init = make, .fini = unmake, .timeout = 120);

static void opened(struct cache *cache)
{
	cr_assert_eq(cache_open(cache, root, &toolchain), 0);
}

static char *key_of(const struct cache *cache, int number)
{
	return mem_format("id%d tsan %s ", number, cache->common);
}

static void record(struct cache *cache, int number)
{
	char *key = key_of(cache, number);

	cache_record(cache, key, silent);
	free(key);
}

static bool recalls(const struct cache *cache, int number)
{
	char *key = key_of(cache, number);
	struct result result = {.program = silent->program, .detector = silent->detector, .expected = silent->expected};
	bool known = cache_recall(cache, key, 1, &result);

	cr_assert(!known || strcmp(result.seen.last_line, silent->seen.last_line) == 0);
	observation_release(&result.seen);
	free(key);
	return known;
}

/* What a command that starts now would know. */
static bool is_kept(int number)
{
	struct cache cache;

	opened(&cache);
	bool known = recalls(&cache, number);
	cache_close(&cache);
	return known;
}

Test(cache, keeps_what_was_judged)
{
	struct cache cache;

	opened(&cache);
	cr_assert_not(recalls(&cache, 1));
	record(&cache, 1);
	cr_assert(recalls(&cache, 1));
	cr_assert_null(cache.problem);
	cache_close(&cache);
	cr_assert(is_kept(1));
	cr_assert_not(is_kept(2));
	toolchain.clang = "15";
	cr_assert_not(is_kept(1), "another compiler's programs were recalled");
	toolchain.clang = "14.0.6";
	toolchain.files = "/lib/libc.so.6 1926256 1700000000.000000000\n";
	cr_assert_not(is_kept(1), "what another file of the same version had judged was recalled");
	toolchain.files = NULL;
}

Test(cache, keeps_no_error)
{
	struct cache cache;

	opened(&cache);
	silent->verdict.observed = OBSERVED_ERROR;
	record(&cache, 1);
	cr_assert_not(recalls(&cache, 1));
	cache_close(&cache);
	cr_assert_not(is_kept(1));
}

/* It ended as the program declared then, and not as it declares now. */
Test(cache, recalls_no_error)
{
	struct cache cache;

	opened(&cache);
	record(&cache, 1);
	made.programs[0].declaration = (struct declaration){.ends = true, .holds = true, .last_line = "accepted 2"};
	cr_assert_not(recalls(&cache, 1));
	made.programs[0].declaration.last_line = silent->seen.last_line;
	cr_assert(recalls(&cache, 1));
	cache_close(&cache);
}

/* What is seen from then on is of the new parts, and the key tells of the old ones. */
Test(cache, keeps_nothing_once_the_harness_was_built_anew)
{
	struct cache cache;
	char monitor[128];

	opened(&cache);
	record(&cache, 1);
	snprintf(monitor, sizeof monitor, "%s/build/monitor.so", root);
	cr_assert_eq(symlink("/bin/true", monitor), 0);
	record(&cache, 2);
	record(&cache, 3);
	cr_assert(cache.problem && strstr(cache.problem, "the harness was built anew meanwhile"), "%s", cache.problem);
	cr_assert_eq(unlink(monitor), 0);
	cache_close(&cache);
	cr_assert(is_kept(1));
	cr_assert_not(is_kept(2));
}

/* Killed within a write, or there was no more room: what others write then is whole. */
Test(cache, a_torn_line_spoils_no_other)
{
	struct cache cache;

	opened(&cache);
	record(&cache, 1);
	cr_assert_gt(write(cache.file, "\n{\"key\":\"id2 tsan", 16), 0);
	record(&cache, 3);
	cache_close(&cache);
	cr_assert(is_kept(1));
	cr_assert(is_kept(3));
}

Test(cache, says_once_that_the_disk_is_full)
{
	struct cache cache;

	cr_assert_eq(symlink("/dev/full", path), 0);
	opened(&cache);
	record(&cache, 1);
	record(&cache, 2);
	cr_assert(cache.problem && strstr(cache.problem, "/build/cache': No space left on device; what is judged now"),
		  "%s", cache.problem);
	cr_assert_not(recalls(&cache, 1));
	cache_close(&cache);
}

/* A write that was cut short is not an entry. */
Test(cache, says_that_a_limit_on_files_is_reached)
{
	struct cache cache;
	struct stat file;
	struct rlimit before;

	opened(&cache);
	record(&cache, 1);
	cr_assert_eq(stat(path, &file), 0);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	struct rlimit little = {(rlim_t)file.st_size + 40, before.rlim_max};
	setrlimit(RLIMIT_FSIZE, &little);
	record(&cache, 2);
	setrlimit(RLIMIT_FSIZE, &before);
	cr_assert(cache.problem && strstr(cache.problem, "File too large"), "%s", cache.problem);
	record(&cache, 3);
	cache_close(&cache);
	cr_assert(is_kept(1));
	cr_assert_not(is_kept(2));
	cr_assert(is_kept(3));
}

Test(cache, that_cannot_be_opened_is_told)
{
	struct cache cache;

	cr_assert_eq(mkdir(path, 0700), 0);
	cr_assert_eq(cache_open(&cache, root, &toolchain), -1);
	cache_close(&cache);
}

static void append_bytes(const char *bytes)
{
	int file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0666);

	cr_assert(file >= 0 && write(file, bytes, strlen(bytes)) == (ssize_t)strlen(bytes));
	close(file);
}

Test(cache, is_written_anew_when_most_of_it_is_old)
{
	struct cache cache;
	struct stat file;

	opened(&cache);
	record(&cache, 1);
	for (int i = 0; i < 1100; i++)
		append_bytes("{\"key\":\"id tsan another-harness \"}\n");
	cache_close(&cache);
	cr_assert(is_kept(1));
	cr_assert_eq(stat(path, &file), 0);
	cr_assert_lt(file.st_size, 1000);
	cr_assert(is_kept(1));
}

/* What is too long to be read at the start is written anew all the same, though something is recorded meanwhile. */
Test(cache, is_written_anew_when_it_is_too_long)
{
	static char old[(1 << 20) + 1];
	struct cache cache;
	struct stat file;

	memset(old, '.', sizeof old - 2);
	old[sizeof old - 2] = '\n';
	for (int i = 0; i <= FILE_MOST >> 20; i++)
		append_bytes(old);
	opened(&cache);
	record(&cache, 1);
	cache_close(&cache);
	cr_assert_eq(stat(path, &file), 0);
	cr_assert_lt(file.st_size, 1000);
	cr_assert(is_kept(1));
}

enum { COMMANDS = 4, ROUNDS = 25, VERDICTS = 8 };

/* One command after the other: each finds the file long, and writes it anew while others append. */
static void be_a_command(int number)
{
	static char old[1100 * 4 + 1];
	struct cache cache;

	for (size_t i = 0; i + 4 < sizeof old; i += 4)
		memcpy(old + i, "\n{}\n", 4);
	for (int round = 0; round < ROUNDS; round++) {
		append_bytes(old);
		opened(&cache);
		for (int i = 0; i < VERDICTS; i++)
			record(&cache, (number * ROUNDS + round) * VERDICTS + i);
		cr_assert_null(cache.problem);
		cache_close(&cache);
	}
}

Test(cache, commands_at_the_same_time_lose_nothing)
{
	struct cache cache;
	pid_t commands[COMMANDS];
	int status, lost = 0;

	for (int i = 0; i < COMMANDS; i++) {
		commands[i] = fork();
		if (commands[i] == 0) {
			be_a_command(i);
			_exit(0);
		}
	}
	for (int i = 0; i < COMMANDS; i++) {
		cr_assert_eq(waitpid(commands[i], &status, 0), commands[i]);
		cr_assert_eq(status, 0);
	}
	opened(&cache);
	for (int i = 0; i < COMMANDS * ROUNDS * VERDICTS; i++)
		lost += !recalls(&cache, i);
	cr_assert_eq(lost, 0, "%d of %d lost", lost, COMMANDS * ROUNDS * VERDICTS);
	cache_close(&cache);
}
