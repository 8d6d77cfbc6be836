/* Writes into the directories that are named. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char path[4096];
	int had = 0;

	for (int i = 1; i < argc; i++) {
		snprintf(path, sizeof path, "%s/written-by-a-stranger", argv[i]);
		int file = open(path, O_WRONLY | O_CREAT, 0666);
		if (file < 0)
			continue;
		had += printf("had %s\n", path) > 0;
		close(file);
	}
	puts(had ? "got out" : "kept in");
	return 0;
}
