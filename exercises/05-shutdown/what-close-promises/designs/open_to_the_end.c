/*
 * Wrong: a customer that waits at the close is sent away; but where a place is
 * free a job is still accepted, as long as the printer is there. While customers
 * come, the end does not.
 */
#include "design.h"

static struct desk open_desk = DESK;
static pthread_t open_thread;

static void open_open(press_print *print, void *hall)
{
	desk_open(&open_desk, print, hall);
	NEED(pthread_create(&open_thread, NULL, desk_print, &open_desk));
}

static bool open_submit(struct job *job)
{
	desk_lock(&open_desk);
	while (!open_desk.closed && open_desk.count == PRESS_ROOM)
		desk_wait(&open_desk);
	bool place = open_desk.count < PRESS_ROOM;
	if (place)
		desk_put(&open_desk, job);
	desk_unlock(&open_desk);
	return place;
}

static void open_close(void)
{
	desk_close(&open_desk);
	CHECK(pthread_join(open_thread, NULL));
}

static const struct design open_to_the_end = {
	"open_to_the_end", "jobs are still accepted while the press is being closed, and it never ends",
	open_open,	   open_submit,
	open_close,	   NULL};
