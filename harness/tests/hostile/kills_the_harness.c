/* Kills the harness: who started the one that started it. */
#define _GNU_SOURCE /* the system calls of a hostile program */
#include "hostile.h"

int main(void)
{
	char path[64];
	int harness = 0;

	misbehave();
	snprintf(path, sizeof path, "/proc/%d/stat", (int)getppid());
	FILE *file = fopen(path, "r");
	if (file && fscanf(file, "%*d (%*[^)]) %*c %d", &harness) == 1 && harness > 1)
		kill(harness, SIGKILL);
	return 0;
}
