/* Wrong: closing empties the desk, so that the printer has only the job in hand. It is quick, and jobs are lost. */
#include "design.h"

static struct desk discards_desk = DESK;
static pthread_t discards_thread;

static void discards_open(press_print *print, void *hall)
{
	desk_open(&discards_desk, print, hall);
	NEED(pthread_create(&discards_thread, NULL, desk_print, &discards_desk));
}

static bool discards_submit(struct job *job)
{
	return desk_submit(&discards_desk, job);
}

static void discards_close(void)
{
	desk_lock(&discards_desk);
	discards_desk.closed = true;
	while (discards_desk.count > 0)
		job_release(desk_take(&discards_desk));
	desk_changed(&discards_desk);
	desk_unlock(&discards_desk);
	CHECK(pthread_join(discards_thread, NULL));
}

static const struct design discards_the_rest = {
	"discards_the_rest", "a job was accepted and is never printed, and its customer is not told",
	discards_open,	     discards_submit,
	discards_close,	     NULL};
