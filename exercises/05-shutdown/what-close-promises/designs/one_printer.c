/* Right, and the code that is in use: one printer, who ends when the desk is closed and empty, and is joined. */
#include "design.h"

static struct desk one_printer_desk = DESK;
static pthread_t one_printer_thread;

static void one_printer_open(press_print *print, void *hall)
{
	desk_open(&one_printer_desk, print, hall);
	NEED(pthread_create(&one_printer_thread, NULL, desk_print, &one_printer_desk));
}

static bool one_printer_submit(struct job *job)
{
	return desk_submit(&one_printer_desk, job);
}

static void one_printer_close(void)
{
	desk_close(&one_printer_desk);
	CHECK(pthread_join(one_printer_thread, NULL));
}

static const struct design one_printer = {"one_printer",     NULL, one_printer_open, one_printer_submit,
					  one_printer_close, NULL};
