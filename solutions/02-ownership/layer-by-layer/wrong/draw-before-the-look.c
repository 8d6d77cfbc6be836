/*
 * Tempting  a thread that is started has something to draw; whether there is another sheet is asked when one is done.
 * Refused   the test: an atlas may have no sheet. It draws one all the same.
 * test      fails a_spoiled_sheet_is_the_last
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
	pthread_cond_t changed;
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
	while (atlas->due != turn && !atlas->spoiled)
		CHECK(pthread_cond_wait(&atlas->changed, &atlas->lock));
	bool spoiled = atlas->spoiled;
	CHECK(pthread_mutex_unlock(&atlas->lock));
	return !spoiled;
}

/* Two threads may wait, and only one of them for this: all are woken. */
static void end_turn(struct atlas *atlas, bool drawn)
{
	CHECK(pthread_mutex_lock(&atlas->lock));
	if (drawn)
		atlas->due++;
	else
		atlas->spoiled = true;
	CHECK(pthread_cond_broadcast(&atlas->changed));
	CHECK(pthread_mutex_unlock(&atlas->lock));
}

static void *draw_all(void *arg)
{
	struct pen *pen = arg;
	struct atlas *atlas = pen->atlas;

	int sheet = 0;
	do {
		atlas->measure(atlas->map, pen->layer, sheet);
		if (!await_turn(atlas, sheet * ATLAS_LAYERS + pen->layer))
			break;
		end_turn(atlas, atlas->draw(atlas->map, pen->layer, sheet));
	} while (++sheet < atlas->sheets);
	return NULL;
}

int atlas_make(int sheets, atlas_measure *measure, atlas_draw *draw, void *map)
{
	struct atlas atlas = {.sheets = sheets, .measure = measure, .draw = draw, .map = map};
	struct pen pens[ATLAS_LAYERS];

	CHECK(pthread_mutex_init(&atlas.lock, NULL));
	CHECK(pthread_cond_init(&atlas.changed, NULL));
	for (int layer = 0; layer < ATLAS_LAYERS; layer++) {
		pens[layer] = (struct pen){.atlas = &atlas, .layer = layer};
		NEED(pthread_create(&pens[layer].thread, NULL, draw_all, &pens[layer]));
	}
	for (int layer = 0; layer < ATLAS_LAYERS; layer++)
		CHECK(pthread_join(pens[layer].thread, NULL));
	CHECK(pthread_cond_destroy(&atlas.changed));
	CHECK(pthread_mutex_destroy(&atlas.lock));
	return atlas.due / ATLAS_LAYERS;
}
