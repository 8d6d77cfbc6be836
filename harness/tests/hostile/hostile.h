/*
 * What the hostile programs have in common. Each has something for every
 * detector to see, and plays one trick to hide it: whatever a detector says of
 * it, it must not be "silent". test_hostile.c says what each is to say.
 */
#ifndef LOOSE_HOSTILE_H
#define LOOSE_HOSTILE_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static long counter;

static void *count(void *unused)
{
	counter++;
	return unused;
}

/* A race, a write past the end of a block, and a thread that nobody joins (--budget 'detached <= 0'). */
static inline void misbehave(void)
{
	pthread_t thread;
	volatile char *block = malloc(4);

	block[4] = 1;
	free((void *)block);
	pthread_create(&thread, NULL, count, NULL);
	counter++;
	pthread_join(thread, NULL);
	pthread_create(&thread, NULL, count, NULL);
	pthread_detach(thread);
}

/* Where the run has its files: the supervisor's first argument is "DIRECTORY/result". */
__attribute__((unused)) static int enter_run_directory(void)
{
	char path[64], text[4096] = "";

	snprintf(path, sizeof path, "/proc/%d/cmdline", (int)getppid());
	FILE *file = fopen(path, "r");
	size_t length = file ? fread(text, 1, sizeof text - 1, file) : 0;
	if (file)
		fclose(file);
	text[length] = '\0';
	char *result = text + strlen(text) + 1, *slash = strrchr(result, '/');
	if (!slash)
		return -1;
	*slash = '\0';
	return chdir(result);
}

/*
 * Calls it for every descriptor from 1 that there may be: up to beyond the usual
 * limit, where a detector may have put its own, and what the kernel lists.
 */
__attribute__((unused)) static void for_each_descriptor(void (*play)(int descriptor))
{
	enum { LOW = 1200, MOST = 64 };
	int listed[MOST], count = 0;
	DIR *all = opendir("/proc/self/fd");

	for (struct dirent *entry; all && count < MOST && (entry = readdir(all));)
		if (atoi(entry->d_name) >= LOW)
			listed[count++] = atoi(entry->d_name);
	for (int i = 1; i < LOW; i++)
		if (!all || i != dirfd(all))
			play(i);
	while (count)
		play(listed[--count]);
	if (all)
		closedir(all);
}

/* The rest of each detector's report, as one that has seen nothing would end it. */
__attribute__((unused)) static const char *const endings[] = {
	("<status><state>FINISHED</state><time>00:00:00:01.000 </time></status>\n<errorcounts>\n</errorcounts>\n"
	 "</valgrindoutput>\n"),
	"closed\n", "closed exit\n", "TAP version 13\n1..1\nok - s::t  (0.00s)\n"};
enum { ENDINGS = sizeof endings / sizeof *endings };

__attribute__((unused)) static void send_endings(int descriptor)
{
	for (size_t i = 0; i < ENDINGS; i++)
		send(descriptor, endings[i], strlen(endings[i]), MSG_NOSIGNAL | MSG_DONTWAIT);
}

__attribute__((unused)) static void shut_down(int descriptor)
{
	shutdown(descriptor, SHUT_RDWR);
}

#endif
