/* A service in its first week: it waits for work, and nobody has thought of how it ends. */
#include <unistd.h>

int main(void)
{
	for (;;)
		pause();
}
