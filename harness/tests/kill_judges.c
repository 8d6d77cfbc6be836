/*
 * kill-judges [COUNT [SEED [PITFALL]]]: what a kill -9 at a random moment does. In
 * each round a `verify PITFALL --fresh` under one detector is begun, and the
 * harness, a supervisor, a program or a detector is killed. What must hold:
 *
 *     every verdict that was shown is as declared, or an error,
 *     and is remembered; what was remembered before still is;
 *     no process is left;
 *     the next start judges all as declared, and leaves nothing on the disk.
 *
 * From the root of the workbook, whose programs are as declared. The same seed
 * gives the same moments and victims, as far as the machine goes. Exit status 0:
 * it holds. 1: it does not; one line for each fault. 3: it could not be tried.
 */
#define _GNU_SOURCE /* asprintf(), getline() */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#define RESULTS "build/kill-judges.json"

enum { LEFT_MS = 90000, LONGEST_MS = 600000 };
enum victim { HARNESS, SUPERVISOR, PROGRAM, DETECTOR, VICTIMS };

static const char *const victims[] = {"the harness", "a supervisor", "a program", "a detector"};
static const char *const detectors[] = {"test", "tsan", "helgrind", "drd", "memcheck", "budget"};
enum { DETECTORS = sizeof detectors / sizeof *detectors };

static char root[PATH_MAX];
static const char *pitfall = "02-ownership/implicit-contract";
static int round_number, faults, killed[VICTIMS], missed;
static long long usual_ms[DETECTORS];

__attribute__((format(printf, 1, 2))) static void fault(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("round %d: ", round_number);
	vprintf(format, args);
	putchar('\n');
	fflush(stdout);
	va_end(args);
	faults++;
}

static long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static void pause_ms(long ms)
{
	nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

static unsigned long long random_state;

/* xorshift: the same everywhere. */
static long long random_below(long long limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return limit > 0 ? (long long)(random_state % (unsigned long long)limit) : 0;
}

/* --- processes --- */

static char *text_of(const char *format, long pid)
{
	static char text[4096];
	char path[64];

	snprintf(path, sizeof path, format, pid);
	FILE *file = fopen(path, "re");
	size_t length = file ? fread(text, 1, sizeof text - 1, file) : 0;
	if (file)
		fclose(file);
	text[length] = '\0';
	return text;
}

static bool is_victim(long pid, enum victim victim)
{
	char name[64] = "";

	snprintf(name, sizeof name, "%s", text_of("/proc/%ld/comm", pid));
	const char *program = text_of("/proc/%ld/cmdline", pid);
	bool tool =
		strncmp(name, "helgrind", 8) == 0 || strncmp(name, "drd", 3) == 0 || strncmp(name, "memcheck", 8) == 0;
	bool own = strstr(program, "/build/plain/bin/") || strstr(program, "/build/tsan/bin/");

	if (victim == SUPERVISOR)
		return strcmp(name, "supervisor\n") == 0;
	/* Under Valgrind, ThreadSanitizer and the monitor program and detector are one process. */
	return victim == PROGRAM ? own && !tool : tool || own;
}

/* A descendant of the process that is one, by chance; 0: there is none. */
static long find_victim(long pid, enum victim victim, int depth)
{
	char path[64], *line = NULL;
	size_t room = 0;
	long found = 0, child;

	snprintf(path, sizeof path, "/proc/%ld/task/%ld/children", pid, pid);
	FILE *children = fopen(path, "re");
	if (children && getline(&line, &room, children) > 0) {
		char *rest = NULL;
		for (char *word = strtok_r(line, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
			child = atol(word);
			long below = depth ? find_victim(child, victim, depth - 1) : 0;
			if (is_victim(child, victim) && (!found || random_below(2)))
				found = child;
			if (below && (!found || random_below(2)))
				found = below;
		}
	}
	free(line);
	if (children)
		fclose(children);
	return found;
}

/* One of the workbook's processes that is not this one; 0: none is left. */
static long find_left(void)
{
	char place[PATH_MAX + 8];
	DIR *all = opendir("/proc");
	long left = 0;

	snprintf(place, sizeof place, "%s/build/", root);
	for (struct dirent *entry; all && !left && (entry = readdir(all));) {
		long pid = atol(entry->d_name);
		char path[64], line[4096];
		if (pid <= 0 || pid == (long)getpid())
			continue;
		snprintf(path, sizeof path, "/proc/%ld/cmdline", pid);
		FILE *file = fopen(path, "re");
		size_t length = file ? fread(line, 1, sizeof line - 1, file) : 0;
		if (file)
			fclose(file);
		for (size_t i = 0; i < length; i++)
			line[i] = line[i] ? line[i] : ' ';
		line[length] = '\0';
		left = strstr(line, place) ? pid : 0;
	}
	if (all)
		closedir(all);
	return left;
}

static void expect_no_process(void)
{
	long long end = now_ms() + LEFT_MS;
	long left;

	while ((left = find_left()) && now_ms() < end)
		pause_ms(20);
	if (left)
		fault("process %ld is left: %s", left, text_of("/proc/%ld/comm", left));
}

/* --- verify --- */

static pid_t start(const char *detector, bool fresh)
{
	char loose[PATH_MAX + 16];

	unlink(RESULTS);
	snprintf(loose, sizeof loose, "%s/build/loose", root);
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0) {
		int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
		dup2(nowhere, STDIN_FILENO);
		dup2(nowhere, STDOUT_FILENO);
		dup2(nowhere, STDERR_FILENO);
		execl(loose, loose, "verify", "--detector", detector, "--json", RESULTS, pitfall,
		      fresh ? "--fresh" : (char *)NULL, (char *)NULL);
		_exit(127);
	}
	if (pid < 0) {
		perror("kill-judges: cannot start a process");
		exit(3);
	}
	return pid;
}

static int finish(pid_t pid)
{
	int status = 0;

	for (long long end = now_ms() + LONGEST_MS; waitpid(pid, &status, WNOHANG) == 0; pause_ms(2))
		if (now_ms() > end) {
			fault("verify does not end");
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
			break;
		}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static const char *text_in(const json_t *result, const char *key)
{
	const char *text = json_string_value(json_object_get(result, key));

	return text ? text : "";
}

/* What is shown of a run that was disturbed is right, or an error. */
static void check_shown(const json_t *results)
{
	json_t *result;
	size_t i;

	json_array_foreach(json_object_get(results, "results"), i, result) {
		const char *observed = text_in(result, "observed");
		if (!json_is_true(json_object_get(result, "agrees")) && strcmp(observed, "error") != 0 &&
		    strcmp(observed, "cut") != 0)
			fault("%s under %s is shown as '%s': %s", text_in(result, "program"),
			      text_in(result, "detector"), observed, text_in(result, "why"));
	}
}

static bool was_shown(const json_t *shown, const json_t *result)
{
	json_t *one;
	size_t i;

	json_array_foreach(json_object_get(shown, "results"), i, one)
		if (strcmp(text_in(one, "program"), text_in(result, "program")) == 0)
			return json_is_true(json_object_get(one, "agrees"));
	return false;
}

/* `shown` NULL: nothing was, and all was remembered from before. */
static void check_next(const char *detector, const json_t *shown)
{
	int status = finish(start(detector, false));
	json_t *results = json_load_file(RESULTS, 0, NULL), *result;
	size_t i;

	if (status != 0 || !results)
		fault("the next verify --detector %s ends with status %d", detector, status);
	json_array_foreach(json_object_get(results, "results"), i, result) {
		if (!json_is_true(json_object_get(result, "agrees")))
			fault("afterwards %s under %s is '%s': %s", text_in(result, "program"), detector,
			      text_in(result, "observed"), text_in(result, "why"));
		bool remembered = json_is_true(json_object_get(result, "cached"));
		if (!remembered && (!shown || was_shown(shown, result)))
			fault("%s under %s is forgotten", text_in(result, "program"), detector);
	}
	json_decref(results);
}

/* --- the disk --- */

static bool is_gone(const char *name)
{
	const char *digits = name + strcspn(name, "0123456789");

	return atol(digits) > 0 && kill((pid_t)atol(digits), 0) != 0 && errno == ESRCH;
}

/* Another workbook's harness may be killed on this machine too: what is younger than the start that was to sweep is not ours. */
static bool is_older(const char *path, time_t began)
{
	struct stat file;

	return lstat(path, &file) == 0 && file.st_mtime < began;
}

static void expect_clean_disk(time_t began)
{
	static const char *const patterns[] = {"build/run/*", "build/check.*", "build/*.new", "/dev/shm/bxfi_[0-9]*",
					       "/tmp/criterion_[0-9]*.sock"};

	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
		glob_t found = {0};
		if (glob(patterns[i], 0, NULL, &found) == 0)
			for (size_t j = 0; j < found.gl_pathc; j++)
				if (*patterns[i] != '/' || (is_gone(strrchr(found.gl_pathv[j], '/') + 1) &&
							    is_older(found.gl_pathv[j], began)))
					fault("%s is left", found.gl_pathv[j]);
		globfree(&found);
	}
}

/* --- a round --- */

/* The moment has come: kills one, as soon as there is one. False when there was none until the end. */
static bool strike(pid_t verify, enum victim victim)
{
	for (;;) {
		siginfo_t ended = {.si_pid = 0};
		long pid = victim == HARNESS ? verify : find_victim(verify, victim, 12);

		if (waitid(P_PID, (id_t)verify, &ended, WEXITED | WNOHANG | WNOWAIT) != 0 || ended.si_pid)
			return false;
		if (pid && kill((pid_t)pid, SIGKILL) == 0)
			return true;
		pause_ms(1);
	}
}

static void play_round(void)
{
	int which = (int)random_below(DETECTORS);
	enum victim victim = (enum victim)(round_number % VICTIMS);
	long long moment = random_below(usual_ms[which]);
	const char *detector = detectors[which];

	pid_t verify = start(detector, true);
	for (long long end = now_ms() + moment; now_ms() < end && waitpid(verify, NULL, WNOHANG) == 0;)
		pause_ms(1);
	bool struck = kill(verify, 0) == 0 && strike(verify, victim);
	killed[victim] += struck;
	missed += !struck;
	round_number += struck;
	int status = finish(verify);
	json_t *shown = victim == HARNESS && struck ? NULL : json_load_file(RESULTS, 0, NULL);
	/* With status 3 it says that it could not judge: the doctor's program was killed. */
	if (!shown && !(victim == HARNESS && struck) && status != 3)
		fault("after %s was killed, verify --detector %s ends with status %d and shows nothing",
		      victims[victim], detector, status);
	check_shown(shown);
	expect_no_process();
	time_t began = time(NULL);
	check_next(detector, shown);
	expect_clean_disk(began);
	json_decref(shown);
}

/* Undisturbed: how long it takes, and that all is as declared. */
static void try_without(void)
{
	for (int i = 0; i < DETECTORS; i++) {
		/* The first time there may be something to compile, and the doctor comes. */
		int first = finish(start(detectors[i], false));
		long long began = now_ms();
		int status = first ? first : finish(start(detectors[i], true));
		usual_ms[i] = now_ms() - began;
		if (status != 0) {
			fprintf(stderr, "kill-judges: undisturbed, verify --detector %s %s ends with status %d\n",
				detectors[i], pitfall, status);
			exit(3);
		}
	}
}

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 300;
	unsigned long long seed = argc > 2 ? strtoull(argv[2], NULL, 10) : (unsigned long long)time(NULL);

	if (argc > 3)
		pitfall = argv[3];
	if (count <= 0 || seed == 0 || !getcwd(root, sizeof root) || access("build/loose", X_OK) != 0) {
		fprintf(stderr, "usage: kill-judges [COUNT [SEED [PITFALL]]], from the root of the workbook\n");
		return 3;
	}
	printf("seed %llu, %s\n", seed, pitfall);
	fflush(stdout);
	random_state = seed * 0x9e3779b97f4a7c15u | 1;
	try_without();
	for (round_number = 1; round_number <= count && missed <= count;)
		play_round();
	unlink(RESULTS);
	for (int i = 0; i < VICTIMS; i++)
		printf("%d times %s, ", killed[i], victims[i]);
	printf("%d times too late; %d faults\n", missed, faults);
	return faults != 0;
}
