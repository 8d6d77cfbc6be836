/* Names its threads, and does not say that this is GNU's: cc compiles it with a warning. Right. The name is given by -DNAME. */
#include <pthread.h>
#include <sched.h>
#include <string.h>

int main(void)
{
	char name[16] = "";
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	pthread_setname_np(pthread_self(), NAME);
	pthread_getname_np(pthread_self(), name, sizeof name);
	return strcmp(name, NAME) == 0 ? 0 : 1;
}
