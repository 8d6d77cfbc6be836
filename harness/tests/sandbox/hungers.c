/* Sixty-four processes with 60 MiB each: none has much, and together they have more than a sandbox gives. */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	for (int i = 0; i < 64; i++)
		if (fork() == 0) {
			char *block = malloc(60 << 20);
			if (block)
				memset(block, 1, 60 << 20);
			pause();
		}
	while (wait(NULL) > 0)
		;
	return 0;
}
