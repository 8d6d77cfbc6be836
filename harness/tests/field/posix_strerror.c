/* Right where strerror_r() is that of POSIX, as cc has it: with _GNU_SOURCE the buffer is not written. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
	char text[64] = "";

	return strerror_r(ENOENT, text, sizeof text) == 0 && *text ? 0 : 1;
}
