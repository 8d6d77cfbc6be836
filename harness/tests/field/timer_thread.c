/* A timer whose function the C library calls in a thread that it starts for it. Right. */
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

static sem_t rung;

static void ring(union sigval value)
{
	(void)value;
	sem_post(&rung);
}

int main(void)
{
	struct sigevent event = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = ring};
	struct itimerspec soon = {.it_value = {.tv_nsec = 1000000}};
	timer_t timer;

	sem_init(&rung, 0, 0);
	if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0 || timer_settime(timer, 0, &soon, NULL) != 0)
		return 1;
	sem_wait(&rung);
	timer_delete(timer);
	printf("rung\n");
	return 0;
}
