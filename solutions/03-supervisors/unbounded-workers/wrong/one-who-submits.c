/*
 * Tempting  a ring between two semaphores, and a lock for the workers, who take from it at once. Jobs come from one
 *           place.
 * Refused   by tsan: any thread may submit, and two that do so at once write to one place.
 * test      passes
 * tsan      fires  data-race in press_submit
 */
#include "press.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

#include "kit/check.h"

struct press {
	press_print *print;
	press_set_aside *set_aside;
	sem_t room, there;
	pthread_mutex_t takers;
	void *ring[PRESS_WAITING];
	unsigned in;  /* of who submits */
	unsigned out; /* guarded by takers */
	int workers;
	pthread_t threads[];
};

static void await(sem_t *sem)
{
	while (sem_wait(sem) != 0)
		REQUIRE(errno == EINTR);
}

static void *work(void *arg)
{
	struct press *press = arg;

	for (;;) {
		await(&press->there);
		CHECK(pthread_mutex_lock(&press->takers));
		void *job = press->ring[press->out++ % PRESS_WAITING];
		CHECK(pthread_mutex_unlock(&press->takers));
		REQUIRE(sem_post(&press->room) == 0);
		if (!job)
			return NULL;
		int error = 1;
		for (int i = 0; i < PRESS_TRIES && error; i++)
			error = press->print(job);
		if (error)
			press->set_aside(job, error);
	}
}

struct press *press_open(int workers, press_print *print, press_set_aside *set_aside)
{
	struct press *press = calloc(1, sizeof *press + (size_t)workers * sizeof *press->threads);

	HAVE(press);
	press->print = print;
	press->set_aside = set_aside;
	press->workers = workers;
	CHECK(pthread_mutex_init(&press->takers, NULL));
	REQUIRE(sem_init(&press->room, 0, PRESS_WAITING) == 0);
	REQUIRE(sem_init(&press->there, 0, 0) == 0);
	for (int i = 0; i < workers; i++)
		NEED(pthread_create(&press->threads[i], NULL, work, press));
	return press;
}

void press_submit(struct press *press, void *job)
{
	await(&press->room);
	press->ring[press->in++ % PRESS_WAITING] = job;
	REQUIRE(sem_post(&press->there) == 0);
}

void press_close(struct press *press)
{
	for (int i = 0; i < press->workers; i++)
		press_submit(press, NULL);
	for (int i = 0; i < press->workers; i++)
		CHECK(pthread_join(press->threads[i], NULL));
	REQUIRE(sem_destroy(&press->room) == 0);
	REQUIRE(sem_destroy(&press->there) == 0);
	CHECK(pthread_mutex_destroy(&press->takers));
	free(press);
}
