/*
 * Wrong: two conditions, one for places and one for jobs, and closing signals
 * the one that the printer waits for. Once the press is closed nobody tells of
 * free places either: there is nobody to take them.
 */
#include "design.h"

static struct desk forgets_desk = DESK;
static pthread_cond_t forgets_place = PTHREAD_COND_INITIALIZER;
static pthread_t forgets_thread;

static void *forgets_run(void *arg)
{
	struct desk *desk = arg;

	desk_lock(desk);
	for (;;) {
		while (desk->count == 0 && !desk->closed)
			desk_wait(desk);
		if (desk->count == 0)
			break;
		struct job *job = desk_take(desk);
		if (!desk->closed)
			CHECK(pthread_cond_signal(&forgets_place));
		desk_unlock(desk);
		desk->print(desk->hall, job);
		job_release(job);
		desk_lock(desk);
	}
	desk_unlock(desk);
	return NULL;
}

static void forgets_open(press_print *print, void *hall)
{
	desk_open(&forgets_desk, print, hall);
	NEED(pthread_create(&forgets_thread, NULL, forgets_run, &forgets_desk));
}

static bool forgets_submit(struct job *job)
{
	desk_lock(&forgets_desk);
	while (!forgets_desk.closed && forgets_desk.count == PRESS_ROOM)
		CHECK(pthread_cond_wait(&forgets_place, &forgets_desk.lock));
	bool open = !forgets_desk.closed;
	if (open)
		desk_put(&forgets_desk, job);
	desk_unlock(&forgets_desk);
	return open;
}

static void forgets_close(void)
{
	desk_close(&forgets_desk);
	CHECK(pthread_join(forgets_thread, NULL));
}

/* A program that ends does not let its customers go either; this one does, so that the test can go on. */
static void forgets_at_exit(void)
{
	desk_lock(&forgets_desk);
	CHECK(pthread_cond_broadcast(&forgets_place));
	desk_unlock(&forgets_desk);
}

static const struct design forgets_the_waiting = {
	"forgets_the_waiting", "a customer who waits for a place waits for ever",
	forgets_open,	       forgets_submit,
	forgets_close,	       forgets_at_exit};
