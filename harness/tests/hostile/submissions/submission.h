/*
 * A submission to the exercise implicit-contract that fails its tests: what
 * line_close() leaves behind goes on sending. Each file here plays a trick to
 * pass all the same; it is put in place of the solution.
 */
#ifndef LOOSE_SUBMISSION_H
#define LOOSE_SUBMISSION_H

#include "../hostile.h"

#include "line.h"

static void trick(void);

struct line {
	line_send *send;
	void *wire;
	long interval; /* milliseconds */
};

static void *keep_alive(void *arg)
{
	struct line *line = arg;

	for (;;) {
		line->send(line->wire, FRAME_PING);
		usleep((unsigned)line->interval * 1000);
	}
	return NULL;
}

struct line *line_open(line_send *send, void *wire, long interval)
{
	struct line *line = malloc(sizeof *line);
	pthread_t pinger;

	*line = (struct line){.send = send, .wire = wire, .interval = interval};
	pthread_create(&pinger, NULL, keep_alive, line);
	pthread_detach(pinger);
	return line;
}

void line_close(struct line *line)
{
	trick();
	line->send(line->wire, FRAME_GOODBYE);
}

#endif
