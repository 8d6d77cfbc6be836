#include "slurm.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/command.h"
#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"

/* LOOK_MS: between two looks at the cluster. DEAF: so many looks in a row may go unanswered. ROUNDS: without a slice more. */
enum { LOOK_MS = 1000, ANSWER_MS = 30000, DEAF = 300, ROUNDS = 3 };

/* --- slices --- */

bool slice_read(const char *text, struct slice *slice)
{
	char rest;

	return sscanf(text, "%ld/%ld%c", &slice->number, &slice->of, &rest) == 2 && slice->number >= 0 &&
	       slice->number < slice->of;
}

char *slice_folder(const char *out, const struct slice *slice)
{
	return mem_format("%s/slices/%ld/%ld", out, slice->of, slice->number);
}

static char *mark_of(const char *out, long number, long of)
{
	const struct slice slice = {number, of};
	char *folder = slice_folder(out, &slice), *mark = mem_format("%s/done", folder);

	free(folder);
	return mark;
}

int slice_finish(const char *out, const struct slice *slice)
{
	char *mark = mark_of(out, slice->number, slice->of);
	FILE *file = fopen(mark, "we");
	int status = file ? fclose(file) : -1;

	free(mark);
	return status;
}

static bool is_done(const struct cluster *cluster, long number)
{
	char *mark = mark_of(cluster->out, number, cluster->slices);
	bool done = access(mark, F_OK) == 0;

	free(mark);
	return done;
}

static long count_done(const struct cluster *cluster)
{
	long done = 0;

	for (long i = 0; i < cluster->slices; i++)
		done += is_done(cluster, i);
	return done;
}

/* The folders, in which no slice is done. */
static int make_folders(const struct cluster *cluster, char **error)
{
	char *all = mem_format("%s/slices", cluster->out), *these = mem_format("%s/%ld", all, cluster->slices);
	int status = 0;

	mkdir(all, 0777);
	mkdir(these, 0777);
	for (long i = 0; i < cluster->slices && status == 0; i++) {
		const struct slice slice = {i, cluster->slices};
		char *folder = slice_folder(cluster->out, &slice), *mark = mark_of(cluster->out, i, cluster->slices);
		unlink(mark);
		if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
			*error = mem_format("cannot make '%s': %s", folder, strerror(errno));
			status = -1;
		}
		free(mark);
		free(folder);
	}
	free(these);
	free(all);
	return status;
}

/* --- Slurm --- */

/* A word of a shell's, whatever is in it. */
static void put_quoted(FILE *out, const char *word)
{
	putc('\'', out);
	for (; *word; word++)
		if (*word == '\'')
			fputs("'\\''", out);
		else
			putc(*word, out);
	fputs("' ", out);
}

/* What a task does. */
static char *script_of(const struct cluster *cluster)
{
	struct text text;
	FILE *out = text_open(&text);

	fputs("#!/bin/sh\nexec ", out);
	for (char *const *word = cluster->command; *word; word++)
		put_quoted(out, *word);
	/* Runs for the cores that the task has been given, not for those of its node. */
	if (cluster->share)
		fputs("--jobs \"$((4 * ${SLURM_CPUS_ON_NODE:-1}))\" ", out);
	fprintf(out, "--slice \"$SLURM_ARRAY_TASK_ID/%ld\"\n", cluster->slices);
	return text_close(&text);
}

static char *missing_of(const struct cluster *cluster)
{
	struct text text;
	FILE *out = text_open(&text);
	bool any = false;

	for (long i = 0; i < cluster->slices; i++)
		if (!is_done(cluster, i)) {
			fprintf(out, "%s%ld", any ? "," : "", i);
			any = true;
		}
	return text_close(&text);
}

/* The number of the job, for the caller to free; NULL with a line in *error. A node that fails gives its tasks back to others. */
static char *submit(const struct cluster *cluster, char **error)
{
	char *script = script_of(cluster), *missing = missing_of(cluster);
	char *path = mem_format("%s/slices/%ld/task", cluster->out, cluster->slices);
	char *array = mem_format("--array=%s", missing), *log = mem_format("--output=%s.%%a.log", path);
	char *const argv[] = {
		"sbatch", "--parsable", "--requeue", "--job-name=loose-grade", "--open-mode=append", array,
		log,	  path,		NULL};
	FILE *file = fopen(path, "we");
	char *job = NULL;

	if (!file || fputs(script, file) < 0 || fclose(file) != 0)
		*error = mem_format("cannot write '%s': %s", path, strerror(errno));
	else if (!(job = command_output(argv, ANSWER_MS)))
		*error = mem_copy("sbatch took no job; is this a machine from which jobs are submitted? 'sbatch' by "
				  "itself tells more");
	if (job)
		job[strcspn(job, ";\n")] = '\0';
	free(array);
	free(log);
	free(path);
	free(missing);
	free(script);
	return job;
}

static void cancel(const char *job)
{
	char *const argv[] = {"scancel", (char *)job, NULL};

	free(command_output(argv, ANSWER_MS));
}

static void on_look(uv_timer_t *timer)
{
	*(bool *)timer->data = true;
}

/* In the loop, where a signal is heard. */
static void pause_between(struct loop *loop)
{
	bool over = false;
	uv_timer_t timer;

	uv_timer_init(&loop->uv, &timer);
	timer.data = &over;
	uv_timer_start(&timer, on_look, LOOK_MS, 0);
	while (!over && !loop->interrupted)
		uv_run(&loop->uv, UV_RUN_ONCE);
	uv_close((uv_handle_t *)&timer, NULL);
	uv_run(&loop->uv, UV_RUN_NOWAIT);
}

/* Until no task of the job is in the queue any more. */
static int wait_for(const struct cluster *cluster, const char *job, char **error)
{
	char *const argv[] = {"squeue", "--noheader", "--jobs", (char *)job, NULL};
	int deaf = 0;

	while (!cluster->loop->interrupted && deaf < DEAF) {
		char *queue = command_output(argv, ANSWER_MS);
		bool empty = queue && queue[strspn(queue, " \n")] == '\0';
		deaf = queue ? 0 : deaf + 1;
		free(queue);
		if (cluster->looked)
			cluster->looked(cluster->context, count_done(cluster), cluster->slices);
		if (empty || count_done(cluster) == cluster->slices)
			return 0;
		pause_between(cluster->loop);
	}
	if (deaf == DEAF)
		*error = mem_format("squeue says nothing of job %s any more; the same command goes on", job);
	cancel(job);
	return deaf == DEAF ? -1 : 0;
}

/* --- the whole --- */

static int gather(const struct cluster *cluster, char **error)
{
	for (long i = 0; i < cluster->slices; i++) {
		const struct slice slice = {i, cluster->slices};
		char *folder = slice_folder(cluster->out, &slice), *path = mem_format("%s/state.db", folder);
		int status = state_take(cluster->state, path, error);
		free(path);
		free(folder);
		if (status)
			return status;
	}
	return 0;
}

/* One array for all that is not done. How many are done then; -1: it could not be tried. */
static long try_once(const struct cluster *cluster, char **error)
{
	char *job = submit(cluster, error);
	int status = job ? wait_for(cluster, job, error) : -1;

	free(job);
	return status ? -1 : count_done(cluster);
}

int cluster_grade(struct cluster *cluster, char **error)
{
	long done = 0;

	*error = NULL;
	if (make_folders(cluster, error) != 0)
		return -1;
	for (int rounds = 0; done < cluster->slices && rounds < ROUNDS && !cluster->loop->interrupted; rounds++) {
		long now = try_once(cluster, error);
		if (now < 0)
			return -1;
		if (now > done)
			rounds = -1;
		done = now;
	}
	if (cluster->loop->interrupted)
		return 0;
	if (done < cluster->slices) {
		char *missing = missing_of(cluster);
		*error = mem_format(
			"these slices did not come to their end on the cluster: %s; '%s/slices/%ld/task.*.log' "
			"tell why, and the same command goes on",
			missing, cluster->out, cluster->slices);
		free(missing);
		return -1;
	}
	return gather(cluster, error);
}
