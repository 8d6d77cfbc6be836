/* Touches 64 MiB and gives them back before it ends. */
#include <stdlib.h>

#include "kit/check.h"

enum { PAGE = 4096, SIZE = 64 << 20 };

int main(void)
{
	volatile char *block = malloc(SIZE);

	REQUIRE(block);
	for (size_t i = 0; i < SIZE; i += PAGE)
		block[i] = 1;
	free((void *)block);
	return 0;
}
