/*
 * Wrong: no desk, and a thread for each job. All are joined, none is lost, and
 * nobody waits. How many there are, the customers decide.
 */
#include "design.h"

enum { PER_JOB_MOST = 16 };

static struct {
	press_print *print;
	void *hall;
	pthread_mutex_t lock;
	pthread_t threads[PER_JOB_MOST]; /* guarded by lock, as all below */
	int count;
	bool closed;
} per_job = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *per_job_print(void *job)
{
	per_job.print(per_job.hall, job);
	job_release(job);
	return NULL;
}

static void per_job_open(press_print *print, void *hall)
{
	per_job.print = print;
	per_job.hall = hall;
	per_job.count = 0;
	per_job.closed = false;
}

static bool per_job_submit(struct job *job)
{
	CHECK(pthread_mutex_lock(&per_job.lock));
	bool open = !per_job.closed && per_job.count < PER_JOB_MOST;
	if (open)
		NEED(pthread_create(&per_job.threads[per_job.count++], NULL, per_job_print, job));
	CHECK(pthread_mutex_unlock(&per_job.lock));
	return open;
}

static void per_job_close(void)
{
	CHECK(pthread_mutex_lock(&per_job.lock));
	per_job.closed = true;
	CHECK(pthread_mutex_unlock(&per_job.lock));
	/* Nobody adds to them any more. */
	for (int i = 0; i < per_job.count; i++)
		CHECK(pthread_join(per_job.threads[i], NULL));
}

static const struct design thread_per_job = {
	"thread_per_job", "there are as many threads as customers have jobs, until the machine has no more",
	per_job_open,	  per_job_submit,
	per_job_close,	  NULL};
