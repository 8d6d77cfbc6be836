/* Reads what is somebody else's: the files that are named, and what it finds of other processes. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int had;

static void try_file(const char *path)
{
	char bytes[64];
	int file = open(path, O_RDONLY);

	if (file >= 0 && read(file, bytes, sizeof bytes) > 0)
		had += printf("had %s\n", path) > 0;
	if (file >= 0)
		close(file);
}

/* The sandbox has four or so; a machine has them all. */
static void count_processes(void)
{
	DIR *all = opendir("/proc");
	int count = 0;

	for (struct dirent *entry; all && (entry = readdir(all));)
		count += atoi(entry->d_name) > 0;
	if (all)
		closedir(all);
	if (count > 8)
		had += printf("had the processes of the machine\n") > 0;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		try_file(argv[i]);
	count_processes();
	puts(had ? "got out" : "kept in");
	return 0;
}
