/* Right: two printers at one desk. A short job may be finished before a long one that came earlier. */
#include "design.h"

static struct desk two_printers_desk = DESK;
static pthread_t two_printers_threads[2];

static void two_printers_open(press_print *print, void *hall)
{
	desk_open(&two_printers_desk, print, hall);
	for (int i = 0; i < 2; i++)
		NEED(pthread_create(&two_printers_threads[i], NULL, desk_print, &two_printers_desk));
}

static bool two_printers_submit(struct job *job)
{
	return desk_submit(&two_printers_desk, job);
}

static void two_printers_close(void)
{
	desk_close(&two_printers_desk);
	for (int i = 0; i < 2; i++)
		CHECK(pthread_join(two_printers_threads[i], NULL));
}

static const struct design two_printers = {"two_printers",     NULL, two_printers_open, two_printers_submit,
					   two_printers_close, NULL};
