/*
 * A ring between two semaphores: one counts the places, the other the jobs, and a lock
 * is held for a moment by who puts or takes one. At the close each worker is handed a
 * job that is none.
 *
 * Promise   however many jobs come, a press of n workers has n workers, and each job is printed or set aside.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when threads <= 6, joined == started, detached <= 0
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
	pthread_mutex_t lock;
	void *ring[PRESS_WAITING];
	unsigned in, out; /* guarded by lock */
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
		CHECK(pthread_mutex_lock(&press->lock));
		void *job = press->ring[press->out++ % PRESS_WAITING];
		CHECK(pthread_mutex_unlock(&press->lock));
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
	CHECK(pthread_mutex_init(&press->lock, NULL));
	REQUIRE(sem_init(&press->room, 0, PRESS_WAITING) == 0);
	REQUIRE(sem_init(&press->there, 0, 0) == 0);
	for (int i = 0; i < workers; i++)
		NEED(pthread_create(&press->threads[i], NULL, work, press));
	return press;
}

void press_submit(struct press *press, void *job)
{
	await(&press->room);
	CHECK(pthread_mutex_lock(&press->lock));
	press->ring[press->in++ % PRESS_WAITING] = job;
	CHECK(pthread_mutex_unlock(&press->lock));
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
	CHECK(pthread_mutex_destroy(&press->lock));
	free(press);
}
