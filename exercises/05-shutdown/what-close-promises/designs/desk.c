/* The desk that the designs share. What says "with the lock held" takes no lock itself. */
#include "design.h"

static void desk_open(struct desk *desk, press_print *print, void *hall)
{
	desk->print = print;
	desk->hall = hall;
	desk->count = 0;
	desk->closed = false;
}

static void desk_lock(struct desk *desk)
{
	CHECK(pthread_mutex_lock(&desk->lock));
}

static void desk_unlock(struct desk *desk)
{
	CHECK(pthread_mutex_unlock(&desk->lock));
}

/* With the lock held. */
static void desk_wait(struct desk *desk)
{
	CHECK(pthread_cond_wait(&desk->changed, &desk->lock));
}

/* With the lock held; wakes every thread that waits at the desk. */
static void desk_changed(struct desk *desk)
{
	CHECK(pthread_cond_broadcast(&desk->changed));
}

/* With the lock held, and a place free. */
static void desk_put(struct desk *desk, struct job *job)
{
	desk->jobs[desk->count++] = job;
	desk_changed(desk);
}

/* With the lock held, and a job there: the oldest. */
static struct job *desk_take(struct desk *desk)
{
	struct job *job = desk->jobs[0];

	for (int i = 1; i < desk->count; i++)
		desk->jobs[i - 1] = desk->jobs[i];
	desk->count--;
	desk_changed(desk);
	return job;
}

/* Waits for a place. A desk that is closed, or gets closed meanwhile, refuses. */
static bool desk_submit(struct desk *desk, struct job *job)
{
	desk_lock(desk);
	while (!desk->closed && desk->count == PRESS_ROOM)
		desk_wait(desk);
	bool open = !desk->closed;
	if (open)
		desk_put(desk, job);
	desk_unlock(desk);
	return open;
}

/* A printer's whole life: prints until the desk is closed and empty. */
static void *desk_print(void *arg)
{
	struct desk *desk = arg;

	desk_lock(desk);
	for (;;) {
		while (desk->count == 0 && !desk->closed)
			desk_wait(desk);
		if (desk->count == 0)
			break;
		struct job *job = desk_take(desk);
		desk_unlock(desk);
		desk->print(desk->hall, job);
		job_release(job);
		desk_lock(desk);
	}
	desk_unlock(desk);
	return NULL;
}

/* Says that it is closed, and does not wait. */
static void desk_close(struct desk *desk)
{
	desk_lock(desk);
	desk->closed = true;
	desk_changed(desk);
	desk_unlock(desk);
}
