/*
 * A thread holds a lock while another forks: the child has the lock and not the thread, and waits for ever; so does the parent
 * for its child. After the warnings in fork(2), and loggers of all kinds.
 */
#include <pthread.h>
#include <semaphore.h>
#include <sys/wait.h>
#include <unistd.h>

static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
static sem_t locked, forked;

static void *write_log(void *arg)
{
	pthread_mutex_lock(&log_lock);
	sem_post(&locked);
	sem_wait(&forked);
	pthread_mutex_unlock(&log_lock);
	return arg;
}

int main(void)
{
	pthread_t thread;

	sem_init(&locked, 0, 0);
	sem_init(&forked, 0, 0);
	pthread_create(&thread, NULL, write_log, NULL);
	sem_wait(&locked);
	pid_t child = fork();
	if (child == 0) {
		pthread_mutex_lock(&log_lock);
		pthread_mutex_unlock(&log_lock);
		_exit(0);
	}
	sem_post(&forked);
	pthread_join(thread, NULL);
	waitpid(child, NULL, 0);
	return 0;
}
