/* A student's program in three folders of sources and one of headers: the race is in lib/queue/queue.c. */
#include "pool.h"

int main(void)
{
	pool_run(3, 50);
	return 0;
}
