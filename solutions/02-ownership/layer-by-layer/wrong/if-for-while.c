/*
 * Tempting  on each condition one thread waits, and it is signalled for one reason: when the wait is over, it is its turn.
 * Refused   a wait may end without a signal, as POSIX allows: the rivers are drawn before the hills.
 * test      fails woken_in_vain
 */
#include "atlas.h"

#include <pthread.h>

#include "kit/check.h"

struct atlas {
	int sheets;
	atlas_measure *measure;
	atlas_draw *draw;
	void *map;
	pthread_mutex_t lock;
	pthread_cond_t turns[ATLAS_LAYERS];
	int due;      /* the draw whose turn it is, from 0, over all sheets; guarded by lock */
	bool spoiled; /* guarded by lock; never becomes false again */
};

struct pen {
	pthread_t thread;
	struct atlas *atlas;
	int layer;
};

/* False: a sheet is spoiled, and the turn will not come. */
static bool await_turn(struct atlas *atlas, int turn)
{
	CHECK(pthread_mutex_lock(&atlas->lock));
	if (atlas->due != turn && !atlas->spoiled)
		CHECK(pthread_cond_wait(&atlas->turns[turn % ATLAS_LAYERS], &atlas->lock));
	bool spoiled = atlas->spoiled;
	CHECK(pthread_mutex_unlock(&atlas->lock));
	return !spoiled;
}

/* One thread waits for the next turn; all of them wait for the news that there is none. */
static void end_turn(struct atlas *atlas, bool drawn)
{
	CHECK(pthread_mutex_lock(&atlas->lock));
	if (drawn)
		atlas->due++;
	else
		atlas->spoiled = true;
	for (int layer = 0; layer < ATLAS_LAYERS; layer++)
		if (!drawn || layer == atlas->due % ATLAS_LAYERS)
			CHECK(pthread_cond_signal(&atlas->turns[layer]));
	CHECK(pthread_mutex_unlock(&atlas->lock));
}

static void *draw_all(void *arg)
{
	struct pen *pen = arg;
	struct atlas *atlas = pen->atlas;

	for (int sheet = 0; sheet < atlas->sheets; sheet++) {
		atlas->measure(atlas->map, pen->layer, sheet);
		if (!await_turn(atlas, sheet * ATLAS_LAYERS + pen->layer))
			break;
		end_turn(atlas, atlas->draw(atlas->map, pen->layer, sheet));
	}
	return NULL;
}

int atlas_make(int sheets, atlas_measure *measure, atlas_draw *draw, void *map)
{
	struct atlas atlas = {.sheets = sheets, .measure = measure, .draw = draw, .map = map};
	struct pen pens[ATLAS_LAYERS];

	CHECK(pthread_mutex_init(&atlas.lock, NULL));
	for (int layer = 0; layer < ATLAS_LAYERS; layer++)
		CHECK(pthread_cond_init(&atlas.turns[layer], NULL));
	for (int layer = 0; layer < ATLAS_LAYERS; layer++) {
		pens[layer] = (struct pen){.atlas = &atlas, .layer = layer};
		NEED(pthread_create(&pens[layer].thread, NULL, draw_all, &pens[layer]));
	}
	for (int layer = 0; layer < ATLAS_LAYERS; layer++)
		CHECK(pthread_join(pens[layer].thread, NULL));
	for (int layer = 0; layer < ATLAS_LAYERS; layer++)
		CHECK(pthread_cond_destroy(&atlas.turns[layer]));
	CHECK(pthread_mutex_destroy(&atlas.lock));
	return atlas.due / ATLAS_LAYERS;
}
