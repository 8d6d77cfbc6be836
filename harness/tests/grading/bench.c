/*
 * What grading takes over the bare detectors: copies of one exercise's right program are
 * graded, and their runs' own CPU time is held against the processors' time that the rest of
 * the machine left. On a machine where nothing else is at work that is cores x wall. The
 * memory of the grader is looked at all the while.
 *
 *     build/bench-grading SUBMISSIONS EXERCISE SOURCE REPEAT
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

enum { LOOKS = 100000 };

static long rss_kib[LOOKS];
static size_t looks;

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Of all processors since the machine started, in seconds: user, nice, system, irq, softirq; and what a hypervisor took. */
static double busy(void)
{
	unsigned long long user, nice, system, idle, iowait, irq, soft, steal;
	FILE *file = fopen("/proc/stat", "re");

	if (!file || fscanf(file, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &user, &nice, &system, &idle, &iowait,
			    &irq, &soft, &steal) != 8)
		exit(3);
	fclose(file);
	return (double)(user + nice + system + irq + soft + steal) / (double)sysconf(_SC_CLK_TCK);
}

static void look_at(pid_t pid)
{
	char path[64];
	long pages, resident;

	snprintf(path, sizeof path, "/proc/%ld/statm", (long)pid);
	FILE *file = fopen(path, "re");
	if (file && fscanf(file, "%ld %ld", &pages, &resident) == 2 && looks < LOOKS)
		rss_kib[looks++] = resident * (sysconf(_SC_PAGESIZE) / 1024);
	if (file)
		fclose(file);
}

static double cpu_of_children(void)
{
	struct rusage used;

	getrusage(RUSAGE_CHILDREN, &used);
	return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
	       (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

/* What a sandbox leaves without a parent is this process's, so that its time counts. The grader's status. */
static int run(char *const *argv)
{
	pid_t child = fork();
	int status = -1, one;

	if (child == 0) {
		execvp(argv[0], argv);
		_exit(127);
	}
	for (bool ended = false; !ended;) {
		for (pid_t gone; (gone = waitpid(-1, &one, WNOHANG)) > 0;)
			if (gone == child) {
				status = one;
				ended = true;
			}
		if (!ended) {
			look_at(child);
			nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
		}
	}
	while (waitpid(-1, &one, 0) > 0)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Of all runs of a record, in seconds. */
static double cpu_of_record(const char *path)
{
	json_t *record = json_load_file(path, 0, NULL), *one;
	double sum = 0;
	size_t index;

	if (!record || strcmp(json_string_value(json_object_get(record, "outcome")), "passed") != 0) {
		fprintf(stderr, "bench-grading: '%s' is of no submission that has passed\n", path);
		exit(3);
	}
	json_array_foreach(json_object_get(record, "runs"), index, one) {
		sum += json_number_value(json_object_get(one, "cpu_ms")) / 1000;
	}
	json_decref(record);
	return sum;
}

static void shell(const char *command)
{
	if (system(command) != 0)
		exit(3);
}

static void hand_in(int count, const char *exercise, const char *source)
{
	char command[2048];

	shell("rm -rf build/grading-bench && mkdir -p build/grading-bench");
	for (int i = 0; i < count; i++) {
		snprintf(
			command, sizeof command,
			"own=build/grading-bench/class/p%05d/%s && mkdir -p $own && cp %s $own && echo '/* %d */' >>$own/%s",
			i, exercise, source, i, strrchr(source, '/') + 1);
		shell(command);
	}
}

static double bare_of(int count, const char *exercise)
{
	char name[256], path[1024];
	double sum = 0;

	snprintf(name, sizeof name, "%s", exercise);
	*strchr(name, '/') = '.';
	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof path, "build/grading-bench/grades/submissions/p%05d/%s.json", i, name);
		sum += cpu_of_record(path);
	}
	return sum;
}

static void print_memory(void)
{
	long most = 0;

	for (size_t i = 0; i < looks; i++)
		most = rss_kib[i] > most ? rss_kib[i] : most;
	printf("memory of the grader: %ld MiB after a quarter, %ld after a half, %ld after three, %ld at the end, %ld at most\n",
	       rss_kib[looks / 4] / 1024, rss_kib[looks / 2] / 1024, rss_kib[looks * 3 / 4] / 1024,
	       rss_kib[looks - 1] / 1024, most / 1024);
}

int main(int argc, char **argv)
{
	if (argc != 5)
		return 2;
	int count = atoi(argv[1]);
	char *const grade[] = {"build/loose",
			       "grade",
			       argv[2],
			       "--submissions",
			       "build/grading-bench/class",
			       "--out",
			       "build/grading-bench/grades",
			       "--repeat",
			       argv[4],
			       NULL};
	double cores = (double)sysconf(_SC_NPROCESSORS_ONLN);

	hand_in(count, argv[2], argv[3]);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	double cpu_before = cpu_of_children(), busy_before = busy(), begin = now();
	int status = run(grade);
	double wall = now() - begin, cpu = cpu_of_children() - cpu_before, others = busy() - busy_before - cpu;
	if (status != 0) {
		fprintf(stderr, "bench-grading: the grader ended with status %d\n", status);
		return 3;
	}
	double bare = bare_of(count, argv[2]);
	if (others < 0)
		others = 0;
	printf("%d submissions in %.1f s on %.0f cores: %.2f s of CPU each, of which the detectors %.2f\n", count, wall,
	       cores, cpu / count, bare / count);
	printf("others took %.0f %% of the machine; of the CPU time of all the detectors have %.2f\n",
	       100 * others / (cores * wall), bare / cpu);
	print_memory();
	printf("10,000 submissions on 100 cores, by this CPU time: %.0f min\n", cpu / count * 10000 / 100 / 60);
	printf("efficiency %.2f\n", bare / (cores * wall - others));
	return 0;
}
