/*
 * Outcome: cannot-judge
 * Body: calls
 * What may not be written by an address is written by the file of it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <unistd.h>
static void trick(void) { int it = openat(-100, "/proc/self/m" "em", O_RDWR); pwrite(it, "", 1, 0); }
