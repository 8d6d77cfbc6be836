#include "lab.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "exec/leftovers.h"
#include "exec/runner.h"

/* No lab takes so long: a supervisor that has lost its harness ends what it watches. */
enum { LONGEST_MS = 600000 };

int lab_open(struct lab *lab, const char *root)
{
	char *parent = mem_format("%s/build/run", root);

	*lab = (struct lab){0};
	leftovers_sweep(root);
	mkdir(parent, 0777);
	/* Named as a run's, so that leftovers_sweep() takes away what a killed lab has left. */
	char *name = leftovers_name("lab");
	lab->directory = mem_format("%s/%s", root, name);
	free(name);
	free(parent);
	if (mkdir(lab->directory, 0777) != 0) {
		int error = errno;
		free(lab->directory);
		errno = error;
		return -1;
	}
	int error = loop_start(&lab->loop, root);
	if (error) {
		run_remove(lab->directory);
		free(lab->directory);
		errno = error;
		return -1;
	}
	return 0;
}

void lab_close(struct lab *lab)
{
	loop_release(&lab->loop);
	run_remove(lab->directory);
	free(lab->directory);
}

static void on_ended(void *context, const struct child_end *end)
{
	struct lab_program *program = context;

	program->ended = true;
	program->child = NULL;
	program->error = end->error;
}

static void spawn(struct lab *lab, struct lab_program *program, char *const *argv, char **files)
{
	char *supervisor = mem_format("%s/build/supervisor", lab->loop.root),
	     *parent = mem_format("%ld", (long)getpid()), *grace = mem_format("%d", LAB_GRACE_MS),
	     *longest = mem_format("%d", LONGEST_MS);
	char *head[] = {supervisor, files[0],	"--grace", grace,      "--deadline", longest, "--parent",
			parent,	    "--stdout", files[1],  "--stderr", files[2],     "--"};
	const size_t head_count = sizeof head / sizeof *head;
	size_t count = 0;

	while (argv[count])
		count++;
	char **all = mem_zeroed(head_count + count + 1, sizeof *all);
	memcpy(all, head, sizeof head);
	memcpy(all + head_count, argv, count * sizeof *argv);
	struct child_options options = {.argv = all,
					.directory = lab->directory,
					.output = STDERR_FILENO,
					.errors = STDERR_FILENO,
					.ended = on_ended,
					.context = program};
	program->child = child_start(&lab->loop, &options);
	free(all);
	free(longest);
	free(grace);
	free(parent);
	free(supervisor);
}

int lab_start(struct lab *lab, const char *name, char *const *argv)
{
	static const char *const kinds[] = {"end", "out", "err"};
	struct lab_program *program = lab->programs;
	char *files[3];

	while (program < lab->programs + LAB_PROGRAMS && program->name)
		program++;
	if (program == lab->programs + LAB_PROGRAMS)
		return EAGAIN;
	for (size_t i = 0; i < 3; i++) {
		files[i] = mem_format("%s/%s.%s", lab->directory, name, kinds[i]);
		unlink(files[i]);
	}
	*program = (struct lab_program){.name = name};
	spawn(lab, program, argv, files);
	for (size_t i = 0; i < 3; i++)
		free(files[i]);
	return 0;
}

void lab_stop(struct lab *lab)
{
	loop_stop(&lab->loop);
	for (size_t i = 0; i < LAB_PROGRAMS; i++)
		if (lab->programs[i].child)
			child_join(lab->programs[i].child);
	memset(lab->programs, 0, sizeof lab->programs);
}

char *lab_end(const struct lab *lab, const char *name)
{
	char *file = mem_format("%s.end", name), *text = lab_read(lab, file), how[16] = "";
	int detail, count = sscanf(text, "ended %15s %d", how, &detail), error = 0;

	for (size_t i = 0; i < LAB_PROGRAMS; i++)
		if (lab->programs[i].name && strcmp(lab->programs[i].name, name) == 0)
			error = lab->programs[i].error;

	free(file);
	free(text);
	if (error)
		return mem_format("its supervisor did not start: %s", strerror(error));
	if (count < 1)
		return mem_copy("lost");
	return count == 2 ? mem_format("%s %d", how, detail) : mem_copy(how);
}

const char *lab_fallen(const struct lab *lab)
{
	for (size_t i = 0; i < LAB_PROGRAMS; i++)
		if (lab->programs[i].name && lab->programs[i].ended)
			return lab->programs[i].name;
	return NULL;
}

struct pause {
	uv_timer_t timer;
	bool closed;
};

static void on_closed(uv_handle_t *timer)
{
	((struct pause *)timer->data)->closed = true;
}

static void on_time(uv_timer_t *timer)
{
	uv_close((uv_handle_t *)timer, on_closed);
}

void lab_pause(struct lab *lab, unsigned ms)
{
	struct pause pause = {.closed = false};

	uv_timer_init(&lab->loop.uv, &pause.timer);
	pause.timer.data = &pause;
	uv_timer_start(&pause.timer, on_time, ms, 0);
	while (!pause.closed) {
		if (lab->loop.interrupted && !uv_is_closing((uv_handle_t *)&pause.timer))
			on_time(&pause.timer);
		uv_run(&lab->loop.uv, UV_RUN_ONCE);
	}
}

char *lab_read(const struct lab *lab, const char *file)
{
	char *path = mem_format("%s/%s", lab->directory, file), *text = file_read(path);

	free(path);
	return text ? text : mem_copy("");
}

int lab_write(const struct lab *lab, const char *file, const char *text)
{
	char *path = mem_format("%s/%s", lab->directory, file);
	FILE *out = fopen(path, "we");
	int written = out ? fputs(text, out) : EOF;

	free(path);
	if (out && fclose(out) != 0)
		written = EOF;
	return written == EOF ? -1 : 0;
}
