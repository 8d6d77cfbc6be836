/*
 * Tempting  a condition is what a thread waits for, and the thread below signals it when it has drawn.
 * Refused   a signal is not kept: a layer that is ready later waits for one that is over. And a wait may end without one.
 * test      fails a_layer_may_be_ready_late, woken_in_vain
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
	pthread_cond_t below_is_drawn[ATLAS_LAYERS];
	int drawn;    /* guarded by lock */
	bool spoiled; /* guarded by lock */
};

struct pen {
	pthread_t thread;
	struct atlas *atlas;
	int layer;
};

static bool await_layer_below(struct atlas *atlas, int layer)
{
	CHECK(pthread_mutex_lock(&atlas->lock));
	if (!atlas->spoiled)
		CHECK(pthread_cond_wait(&atlas->below_is_drawn[layer], &atlas->lock));
	bool spoiled = atlas->spoiled;
	CHECK(pthread_mutex_unlock(&atlas->lock));
	return !spoiled;
}

static void end_turn(struct atlas *atlas, int layer, bool drawn)
{
	CHECK(pthread_mutex_lock(&atlas->lock));
	atlas->drawn += drawn;
	atlas->spoiled |= !drawn;
	for (int other = 0; other < ATLAS_LAYERS; other++)
		if (!drawn || other == (layer + 1) % ATLAS_LAYERS)
			CHECK(pthread_cond_signal(&atlas->below_is_drawn[other]));
	CHECK(pthread_mutex_unlock(&atlas->lock));
}

static void *draw_all(void *arg)
{
	struct pen *pen = arg;
	struct atlas *atlas = pen->atlas;

	for (int sheet = 0; sheet < atlas->sheets; sheet++) {
		atlas->measure(atlas->map, pen->layer, sheet);
		bool is_first = sheet == 0 && pen->layer == ATLAS_HILLS;
		if (!is_first && !await_layer_below(atlas, pen->layer))
			break;
		end_turn(atlas, pen->layer, atlas->draw(atlas->map, pen->layer, sheet));
	}
	return NULL;
}

int atlas_make(int sheets, atlas_measure *measure, atlas_draw *draw, void *map)
{
	struct atlas atlas = {.sheets = sheets, .measure = measure, .draw = draw, .map = map};
	struct pen pens[ATLAS_LAYERS];

	CHECK(pthread_mutex_init(&atlas.lock, NULL));
	for (int layer = 0; layer < ATLAS_LAYERS; layer++)
		CHECK(pthread_cond_init(&atlas.below_is_drawn[layer], NULL));
	for (int layer = 0; layer < ATLAS_LAYERS; layer++) {
		pens[layer] = (struct pen){.atlas = &atlas, .layer = layer};
		NEED(pthread_create(&pens[layer].thread, NULL, draw_all, &pens[layer]));
	}
	for (int layer = 0; layer < ATLAS_LAYERS; layer++)
		CHECK(pthread_join(pens[layer].thread, NULL));
	for (int layer = 0; layer < ATLAS_LAYERS; layer++)
		CHECK(pthread_cond_destroy(&atlas.below_is_drawn[layer]));
	CHECK(pthread_mutex_destroy(&atlas.lock));
	return atlas.drawn / ATLAS_LAYERS;
}
