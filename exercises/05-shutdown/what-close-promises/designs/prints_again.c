/*
 * Wrong: a job leaves the desk when it has been printed, so that none is lost by
 * a crash. The thread that closes the press prints what is on the desk, and the
 * job in hand is still there.
 */
#include "design.h"

static struct desk again_desk = DESK;
static pthread_t again_thread;

static void *again_run(void *arg)
{
	struct desk *desk = arg;

	desk_lock(desk);
	while (!desk->closed) {
		if (desk->count == 0) {
			desk_wait(desk);
			continue;
		}
		struct job *job = desk->jobs[0];
		desk_unlock(desk);
		desk->print(desk->hall, job);
		desk_lock(desk);
		if (desk->count > 0 && desk->jobs[0] == job)
			job_release(desk_take(desk));
	}
	desk_unlock(desk);
	return NULL;
}

static void again_open(press_print *print, void *hall)
{
	desk_open(&again_desk, print, hall);
	NEED(pthread_create(&again_thread, NULL, again_run, &again_desk));
}

static bool again_submit(struct job *job)
{
	return desk_submit(&again_desk, job);
}

static void again_close(void)
{
	desk_close(&again_desk);
	desk_print(&again_desk);
	CHECK(pthread_join(again_thread, NULL));
}

static const struct design prints_again = {
	"prints_again", "the job that was being printed is printed twice", again_open, again_submit, again_close, NULL};
