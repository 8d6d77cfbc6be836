/*
 * The recorder: no detector, though it runs a program as one does. The program
 * is built with the tracer (runtime/tracer), and the observation is a trace of
 * the run, in which findings of detectors stand where their accesses happen.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "code.h"
#include "events.h"
#include "sightings.h"

/* Judges nothing, so reports nothing. */
static const struct kind kinds[] = {{NULL, NULL, NULL, NULL}};

/* The code of all lines that findings name, as RECORDING_CODE_VARIABLE has it; for the caller to free. */
static char *code_of(const struct run *run)
{
	struct code *code = code_open(run->program);
	struct text text;
	FILE *out = text_open(&text);

	for (size_t i = 0; i < run->sighting_count; i++) {
		struct sighted sighted = sighted_of(run->sightings[i].finding);
		for (int j = 0; j < 2; j++)
			if (sighted.places[j] && sighted.places[j]->file)
				code_put_line(code, out, sighted.places[j]->file, sighted.places[j]->line);
	}
	code_close(code);
	return text_close(&text);
}

static void prepare(const struct run *run, struct command *command)
{
	char *code = code_of(run);

	command_environment(command, RECORDING_VARIABLE "=%s/recording", run->directory);
	command_environment(command, RECORDING_CODE_VARIABLE "=%s", code);
	free(code);
}

/* --- collecting --- */

/* Names stand in the trace in the file's own bytes: it ends with a NUL, whatever the program has written there. */
static void read_trace(const struct run *run, const void *bytes, size_t size, struct observation *seen)
{
	struct events events;

	if (events_read(&events, bytes, size, run)) {
		events_order(&events);
		events_name(&events);
		events_place_sightings(&events);
		seen->trace = mem_zeroed(1, sizeof *seen->trace);
		events_to_steps(&events, seen->trace);
		if (seen->trace->count == 0)
			observation_fail(seen, FAULT_DETECTOR, "nothing was recorded");
	} else {
		observation_fail(seen, FAULT_DETECTOR, "what was recorded cannot be read");
	}
	events_release(&events);
}

static void collect(const struct run *run, struct observation *seen)
{
	char *path = mem_format("%s/recording", run->directory);
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat status;

	if (file < 0 || fstat(file, &status) != 0 || !S_ISREG(status.st_mode) ||
	    status.st_size < (off_t)sizeof(struct recording)) {
		observation_fail(seen, FAULT_DETECTOR, "it did not record: %s",
				 file < 0 ? strerror(errno) : "its file is cut short");
	} else {
		void *bytes = mmap(NULL, sizeof(struct recording), PROT_READ, MAP_PRIVATE, file, 0);
		if (bytes == MAP_FAILED)
			observation_fail(seen, FAULT_DETECTOR, "cannot read what was recorded: %s", strerror(errno));
		else
			read_trace(run, bytes, sizeof(struct recording), seen);
		if (bytes != MAP_FAILED)
			munmap(bytes, sizeof(struct recording));
	}
	if (file >= 0)
		close(file);
	free(path);
}

const struct detector detector_recorder = {
	.name = "recorder",
	.title = "the recorder",
	.flavour = "trace",
	.kinds = kinds,
	.channel = CHANNEL_NONE,
	.records = true,
	.prepare = prepare,
	.collect = collect,
};
