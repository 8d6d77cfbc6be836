#include "store.h"

#include <stdlib.h>

#include "kit/check.h"

struct store *store_open(void)
{
	struct store *store = calloc(1, sizeof *store);

	HAVE(store);
	return store;
}

long store_close(struct store *store)
{
	long orders = store->orders;

	free(store);
	return orders;
}
