/* Opens 20 descriptors more than it has, and leaves 5 of them open; with an argument, all that it may have. */
#include <fcntl.h>
#include <unistd.h>

#include "kit/check.h"

enum { OPENED = 20, LEFT = 5 };

int main(int argc, char **argv)
{
	int opened[OPENED];

	(void)argv;
	while (argc > 1 && open("/dev/null", O_RDONLY) >= 0)
		;
	for (int i = 0; i < OPENED && argc == 1; i++)
		REQUIRE((opened[i] = open("/dev/null", O_RDONLY)) >= 0);
	for (int i = LEFT; i < OPENED && argc == 1; i++)
		close(opened[i]);
	return 0;
}
