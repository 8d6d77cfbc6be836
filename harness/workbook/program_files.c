/* The files of which a program of several is made. See catalogue.h. */
#include "catalogue.h"

#include <string.h>

#include "base/mem.h"

char *program_own_directory(const char *source)
{
	return mem_copy_n(source, strlen(source) - 2);
}

char *program_shared_directory(const char *source)
{
	return mem_format("%.*s/shared", (int)(strrchr(source, '/') - source), source);
}
