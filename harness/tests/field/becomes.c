/* Two threads race, and then the program becomes another one, as a launcher does. */
#include <pthread.h>
#include <unistd.h>

static long started;

static void *count(void *arg)
{
	started++;
	return arg;
}

int main(void)
{
	pthread_t one, other;

	pthread_create(&one, NULL, count, NULL);
	pthread_create(&other, NULL, count, NULL);
	pthread_join(one, NULL);
	pthread_join(other, NULL);
	execl("/bin/true", "true", (char *)NULL);
	return 1;
}
