/* Forks for as long as it may: each child forks too, and none ends by itself. */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	for (;;)
		if (fork() < 0)
			pause();
}
