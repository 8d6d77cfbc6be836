/*
 * Parent and child count in memory that both share, without a lock. Broken, and each of the detectors looks at one process at a
 * time: none can see it. A usual exercise of a course on operating systems.
 */
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	volatile long *count = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t child = fork();

	for (int i = 0; i < 1000; i++)
		++*count;
	if (child == 0)
		_exit(0);
	waitpid(child, NULL, 0);
	printf("%ld\n", *count);
	return 0;
}
