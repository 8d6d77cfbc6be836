/*
 * Two objects with two lives. The rooms, with the shelf and the translators,
 * end when the bureau is closed. What the offices hold is the door: a lock, and
 * a pointer to the rooms, NULL when there are none. Little is kept for those
 * who hold it for long.
 *
 * Promise   a text is translated, or is its owner's again; the bureau is there for as long as somebody holds it.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when joined == started
 */
#include "bureau.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"

struct rooms {
	bureau_work *work;
	pthread_t translators[BUREAU_TRANSLATORS];
	/* all below guarded by the door's lock */
	void *shelf[BUREAU_SHELF];
	int first, count;
};

struct bureau {
	bureau_gone *gone;
	void *house;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* all below guarded by lock */
	struct rooms *rooms; /* NULL: closed, and no more texts come */
	int holders;
};

struct translator {
	struct bureau *door;
	struct rooms *rooms;
};

static void *translate(void *arg)
{
	struct translator self = *(struct translator *)arg;

	free(arg);
	CHECK(pthread_mutex_lock(&self.door->lock));
	while (self.door->rooms || self.rooms->count > 0) {
		if (self.rooms->count == 0) {
			CHECK(pthread_cond_wait(&self.door->changed, &self.door->lock));
			continue;
		}
		void *text = self.rooms->shelf[self.rooms->first];
		self.rooms->first = (self.rooms->first + 1) % BUREAU_SHELF;
		self.rooms->count--;
		CHECK(pthread_cond_broadcast(&self.door->changed));
		CHECK(pthread_mutex_unlock(&self.door->lock));
		self.rooms->work(text);
		CHECK(pthread_mutex_lock(&self.door->lock));
	}
	CHECK(pthread_mutex_unlock(&self.door->lock));
	return NULL;
}

static struct rooms *rooms_furnish(struct bureau *door, bureau_work *work)
{
	struct rooms *rooms = malloc(sizeof *rooms);

	HAVE(rooms);
	*rooms = (struct rooms){.work = work};
	/* The threads look at the door first, so it gets the rooms before them. */
	door->rooms = rooms;
	for (int i = 0; i < BUREAU_TRANSLATORS; i++) {
		struct translator *translator = malloc(sizeof *translator);
		HAVE(translator);
		*translator = (struct translator){door, rooms};
		NEED(pthread_create(&rooms->translators[i], NULL, translate, translator));
	}
	return rooms;
}

struct bureau *bureau_open(bureau_work *work, bureau_gone *gone, void *house)
{
	struct bureau *door = malloc(sizeof *door);

	HAVE(door);
	*door = (struct bureau){.gone = gone, .house = house, .holders = 1};
	CHECK(pthread_mutex_init(&door->lock, NULL));
	CHECK(pthread_cond_init(&door->changed, NULL));
	rooms_furnish(door, work);
	return door;
}

struct bureau *bureau_hold(struct bureau *door)
{
	CHECK(pthread_mutex_lock(&door->lock));
	door->holders++;
	CHECK(pthread_mutex_unlock(&door->lock));
	return door;
}

void bureau_release(struct bureau *door)
{
	CHECK(pthread_mutex_lock(&door->lock));
	bool last = --door->holders == 0;
	CHECK(pthread_mutex_unlock(&door->lock));
	if (!last)
		return;
	bureau_gone *gone = door->gone;
	void *house = door->house;
	CHECK(pthread_cond_destroy(&door->changed));
	CHECK(pthread_mutex_destroy(&door->lock));
	free(door);
	gone(house);
}

enum bureau_answer bureau_submit(struct bureau *door, void *text)
{
	CHECK(pthread_mutex_lock(&door->lock));
	while (door->rooms && door->rooms->count == BUREAU_SHELF)
		CHECK(pthread_cond_wait(&door->changed, &door->lock));
	struct rooms *rooms = door->rooms;
	if (rooms) {
		rooms->shelf[(rooms->first + rooms->count++) % BUREAU_SHELF] = text;
		CHECK(pthread_cond_broadcast(&door->changed));
	}
	CHECK(pthread_mutex_unlock(&door->lock));
	return rooms ? BUREAU_ACCEPTED : BUREAU_CLOSED;
}

void bureau_close(struct bureau *door)
{
	CHECK(pthread_mutex_lock(&door->lock));
	struct rooms *rooms = door->rooms;
	door->rooms = NULL;
	CHECK(pthread_cond_broadcast(&door->changed));
	CHECK(pthread_mutex_unlock(&door->lock));
	for (int i = 0; i < BUREAU_TRANSLATORS; i++)
		CHECK(pthread_join(rooms->translators[i], NULL));
	free(rooms);
}
