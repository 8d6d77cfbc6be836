/*
 * Outcome: failed
 * Body: racy
 * A function of a library after the test's: what the test tells its parent would go through it.
 */
#include <stddef.h>
int nn_send(int socket, const void *bytes, size_t length, int flags);
int nn_send(int socket, const void *bytes, size_t length, int flags)
{
	return socket && bytes && length && flags ? 0 : -1;
}
