/* Right: the printer goes home after the job in hand, and the thread that closes the press prints what is left. */
#include "design.h"

static struct desk closer_prints_desk = DESK;
static pthread_t closer_prints_thread;

static void *closer_prints_run(void *arg)
{
	struct desk *desk = arg;

	desk_lock(desk);
	while (!desk->closed) {
		if (desk->count == 0) {
			desk_wait(desk);
			continue;
		}
		struct job *job = desk_take(desk);
		desk_unlock(desk);
		desk->print(desk->hall, job);
		job_release(job);
		desk_lock(desk);
	}
	desk_unlock(desk);
	return NULL;
}

static void closer_prints_open(press_print *print, void *hall)
{
	desk_open(&closer_prints_desk, print, hall);
	NEED(pthread_create(&closer_prints_thread, NULL, closer_prints_run, &closer_prints_desk));
}

static bool closer_prints_submit(struct job *job)
{
	return desk_submit(&closer_prints_desk, job);
}

static void closer_prints_close(void)
{
	desk_close(&closer_prints_desk);
	CHECK(pthread_join(closer_prints_thread, NULL));
	desk_print(&closer_prints_desk);
}

static const struct design closer_prints = {"closer_prints",	 NULL, closer_prints_open, closer_prints_submit,
					    closer_prints_close, NULL};
