/*
 * Tempting  orders go through a queue that is at hand, and to stop is to close it: one way to end a crew, whole or not.
 * Refused   the test: it has room for sixteen. When all hands haul, a caller with one more order waits for them.
 * test      fails a_whole_crew_hauls
 */
#include "crew.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/queue.h"

struct crew {
	struct queue orders;
	crew_haul *haul;
	void *ferry;
	int hired;
	pthread_t hands[];
};

static void *work(void *arg)
{
	struct crew *crew = arg;
	void *order;

	while (queue_take(&crew->orders, &order))
		crew->haul(crew->ferry);
	return NULL;
}

int crew_start(struct crew **crew, int size, crew_haul *haul, void *ferry, crew_hire *hire)
{
	struct crew *new = calloc(1, sizeof *new + (size_t)size * sizeof new->hands[0]);

	*crew = NULL;
	if (!new)
		return ENOMEM;
	queue_init(&new->orders, 16);
	new->haul = haul;
	new->ferry = ferry;
	for (; new->hired < size; new->hired++) {
		int error = hire(&new->hands[new->hired], NULL, work, new);
		if (error) {
			crew_stop(new);
			return error;
		}
	}
	*crew = new;
	return 0;
}

void crew_order(struct crew *crew)
{
	REQUIRE(queue_put(&crew->orders, crew));
}

void crew_stop(struct crew *crew)
{
	queue_close(&crew->orders);
	for (int i = 0; i < crew->hired; i++)
		CHECK(pthread_join(crew->hands[i], NULL));
	queue_destroy(&crew->orders);
	free(crew);
}
