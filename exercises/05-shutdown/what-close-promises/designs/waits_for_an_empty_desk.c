/* Wrong: the press is closed when the desk is empty. The last job has left the desk by then, and is not printed yet. */
#include "design.h"

static struct desk empty_desk = DESK;
static pthread_t empty_thread;

static void empty_open(press_print *print, void *hall)
{
	desk_open(&empty_desk, print, hall);
	NEED(pthread_create(&empty_thread, NULL, desk_print, &empty_desk));
}

static bool empty_submit(struct job *job)
{
	return desk_submit(&empty_desk, job);
}

static void empty_close(void)
{
	desk_close(&empty_desk);
	desk_lock(&empty_desk);
	while (empty_desk.count > 0)
		desk_wait(&empty_desk);
	desk_unlock(&empty_desk);
}

static void empty_at_exit(void)
{
	CHECK(pthread_join(empty_thread, NULL));
}

static const struct design waits_for_an_empty_desk = {
	"waits_for_an_empty_desk",
	"press_close() returns while the last job is being printed, and the hall is locked",
	empty_open,
	empty_submit,
	empty_close,
	empty_at_exit};
