/*
 * Tempting  a semaphore has a token for each order, and how many were given is read only when no thread gives orders
 *           any more: no lock is needed for that.
 * Refused   by tsan: any thread may give an order, and two that do so at once count one.
 * test      passes
 * tsan      fires  data-race in crew_order
 */
#include "crew.h"

#include <errno.h>
#include <semaphore.h>
#include <stdlib.h>

#include "kit/check.h"

struct hand {
	pthread_t thread;
	struct hand *next;
};

struct crew {
	sem_t tokens;
	pthread_mutex_t lock;
	int given; /* of those who give orders */
	int taken; /* guarded by lock */
	int all;   /* -1: not known yet; guarded by lock */
	crew_haul *haul;
	void *ferry;
	struct hand *hands; /* of the thread that starts and stops the crew */
};

/* False: the token was for the end. */
static int take_order(struct crew *crew)
{
	CHECK(pthread_mutex_lock(&crew->lock));
	int order = crew->all < 0 || crew->taken < crew->all;
	crew->taken += order;
	CHECK(pthread_mutex_unlock(&crew->lock));
	return order;
}

static void *work(void *arg)
{
	struct crew *crew = arg;

	for (;;) {
		while (sem_wait(&crew->tokens) != 0)
			REQUIRE(errno == EINTR);
		if (!take_order(crew))
			return NULL;
		crew->haul(crew->ferry);
	}
}

static int hire_one(struct crew *crew, crew_hire *hire)
{
	struct hand *hand = malloc(sizeof *hand);

	if (!hand)
		return ENOMEM;
	int error = hire(&hand->thread, NULL, work, crew);
	if (error) {
		free(hand);
		return error;
	}
	hand->next = crew->hands;
	crew->hands = hand;
	return 0;
}

int crew_start(struct crew **crew, int size, crew_haul *haul, void *ferry, crew_hire *hire)
{
	struct crew *new = calloc(1, sizeof *new);
	int error = 0;

	*crew = NULL;
	if (!new)
		return ENOMEM;
	CHECK(pthread_mutex_init(&new->lock, NULL));
	REQUIRE(sem_init(&new->tokens, 0, 0) == 0);
	new->all = -1;
	new->haul = haul;
	new->ferry = ferry;
	for (int i = 0; i < size && !error; i++)
		error = hire_one(new, hire);
	if (error)
		crew_stop(new);
	else
		*crew = new;
	return error;
}

void crew_order(struct crew *crew)
{
	crew->given++;
	REQUIRE(sem_post(&crew->tokens) == 0);
}

void crew_stop(struct crew *crew)
{
	CHECK(pthread_mutex_lock(&crew->lock));
	crew->all = crew->given;
	CHECK(pthread_mutex_unlock(&crew->lock));
	for (struct hand *hand = crew->hands; hand; hand = hand->next)
		REQUIRE(sem_post(&crew->tokens) == 0);
	while (crew->hands) {
		struct hand *hand = crew->hands;
		CHECK(pthread_join(hand->thread, NULL));
		crew->hands = hand->next;
		free(hand);
	}
	REQUIRE(sem_destroy(&crew->tokens) == 0);
	CHECK(pthread_mutex_destroy(&crew->lock));
	free(crew);
}
