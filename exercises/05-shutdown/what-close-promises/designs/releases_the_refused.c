/* Wrong: whatever becomes of a job, the press releases it. A customer who was refused still holds it, and tries elsewhere. */
#include "design.h"

static struct desk refused_desk = DESK;
static pthread_t refused_thread;

static void refused_open(press_print *print, void *hall)
{
	desk_open(&refused_desk, print, hall);
	NEED(pthread_create(&refused_thread, NULL, desk_print, &refused_desk));
}

static bool refused_submit(struct job *job)
{
	bool accepted = desk_submit(&refused_desk, job);

	if (!accepted)
		job_release(job);
	return accepted;
}

static void refused_close(void)
{
	desk_close(&refused_desk);
	CHECK(pthread_join(refused_thread, NULL));
}

static const struct design releases_the_refused = {
	"releases_the_refused", "a job was refused, and its memory is gone all the same",
	refused_open,		refused_submit,
	refused_close,		NULL};
