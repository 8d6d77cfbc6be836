#include "counted.h"

#include <errno.h>
#include <stdbool.h>

#include "check.h"

struct thread {
	pthread_t id;
	void *(*run)(void *);
	void *argument;
	bool joined, detached, ended;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* guarded by lock */
static struct thread all[COUNTED_THREADS];
static int count;
static struct counted counted;

static void *run(void *argument)
{
	struct thread *thread = argument;
	void *result = thread->run(thread->argument);

	CHECK(pthread_mutex_lock(&lock));
	thread->ended = true;
	CHECK(pthread_mutex_unlock(&lock));
	return result;
}

static long alive(void)
{
	long threads = 1;

	for (int i = 0; i < count; i++)
		threads += !all[i].ended;
	return threads;
}

/* With the lock held. */
static struct thread *find(pthread_t id)
{
	for (int i = 0; i < count; i++)
		if (!all[i].joined && pthread_equal(all[i].id, id))
			return &all[i];
	return NULL;
}

int counted_create(pthread_t *id, const pthread_attr_t *attributes, void *(*function)(void *), void *argument)
{
	CHECK(pthread_mutex_lock(&lock));
	REQUIRE(count < COUNTED_THREADS);
	struct thread *thread = &all[count];
	*thread = (struct thread){.run = function, .argument = argument};
	int error = pthread_create(&thread->id, attributes, run, thread);
	if (error == 0) {
		*id = thread->id;
		count++;
		counted.started++;
		counted.threads = alive() > counted.threads ? alive() : counted.threads;
	}
	CHECK(pthread_mutex_unlock(&lock));
	return error;
}

int counted_join(pthread_t id, void **result)
{
	CHECK(pthread_mutex_lock(&lock));
	struct thread *thread = find(id);
	bool can = thread && !thread->detached;
	CHECK(pthread_mutex_unlock(&lock));
	int error = can ? pthread_join(id, result) : EINVAL;
	if (error)
		return error;
	CHECK(pthread_mutex_lock(&lock));
	thread->joined = true;
	counted.joined++;
	CHECK(pthread_mutex_unlock(&lock));
	return 0;
}

int counted_detach(pthread_t id)
{
	CHECK(pthread_mutex_lock(&lock));
	struct thread *thread = find(id);
	bool can = thread && !thread->detached;
	if (can)
		thread->detached = true;
	counted.detached += can;
	CHECK(pthread_mutex_unlock(&lock));
	return can ? 0 : EINVAL;
}

void counted_begin(void)
{
	CHECK(pthread_mutex_lock(&lock));
	count = 0;
	counted = (struct counted){.threads = 1};
	CHECK(pthread_mutex_unlock(&lock));
}

struct counted counted_end(void)
{
	CHECK(pthread_mutex_lock(&lock));
	counted.threads_at_exit = alive();
	for (int i = 0; i < count; i++)
		counted.unjoined += all[i].ended && !all[i].joined && !all[i].detached;
	struct counted result = counted;
	int left = count;
	CHECK(pthread_mutex_unlock(&lock));
	/* Only this thread starts, joins or detaches any more. */
	for (int i = 0; i < left; i++)
		if (!all[i].joined)
			CHECK(pthread_join(all[i].id, NULL));
	return result;
}
