/*
 * Compiles as "cc -pthread FILE -lm" does, without a word, and only so: after a beginner's Monte Carlo pi (M_PI, rand_r(),
 * usleep(), sqrt()) and others that call realpath(), drand48(), random(), mmap() with MAP_ANONYMOUS. Declared by nobody, a
 * pointer that realpath() returns is cut in two. Right.
 */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

static void *work(void *arg)
{
	char *path = realpath("/", NULL);
	int same = path && strcmp(path, "/") == 0;

	free(path);
	usleep(1);
	return same ? arg : NULL;
}

int main(void)
{
	pthread_t thread;
	void *result;
	typeof(M_PI) two = sqrt(4.0 + 0.0 * drand48());
	u_int64_t wide = (u_int64_t)random();
	void *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	munmap(page, 4096);
	pthread_create(&thread, NULL, work, &two);
	pthread_join(thread, &result);
	return result == &two && two == 2.0 && wide < M_PI * 1e18 ? 0 : 1;
}
