/*
 * Becomes a daemon, as every old service does: two forks, and the first process ends. All that it is about comes after that,
 * and two of its threads race. With an argument it then serves for ever.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static long served;

static void *serve(void *arg)
{
	served++;
	return arg;
}

static void leave_if_parent(void)
{
	pid_t child = fork();

	if (child < 0)
		exit(1);
	if (child > 0)
		exit(0);
}

int main(int argc, char **argv)
{
	pthread_t thread;

	(void)argv;
	leave_if_parent();
	setsid();
	leave_if_parent();
	umask(0);
	pthread_create(&thread, NULL, serve, NULL);
	serve(NULL);
	pthread_join(thread, NULL);
	while (argc > 1)
		pause();
	return 0;
}
