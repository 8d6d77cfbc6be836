/*
 * A semaphore has a token for each order, and at the end one more for each hand that
 * was hired: as many as will be taken. A hand that finds no order for its token goes.
 * Hands hang in a list, so that those which are there are those which were hired, and
 * no number has to agree with another.
 *
 * Promise   crew_start() leaves a whole crew or nothing.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when joined == started
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
	int orders; /* that no hand has taken; guarded by lock */
	crew_haul *haul;
	void *ferry;
	struct hand *hands; /* of the thread that starts and stops the crew */
};

/* False: the token was for the end. */
static int take_order(struct crew *crew)
{
	CHECK(pthread_mutex_lock(&crew->lock));
	int order = crew->orders > 0;
	crew->orders -= order;
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
	CHECK(pthread_mutex_lock(&crew->lock));
	crew->orders++;
	CHECK(pthread_mutex_unlock(&crew->lock));
	REQUIRE(sem_post(&crew->tokens) == 0);
}

void crew_stop(struct crew *crew)
{
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
