/*
 * Tempting  the layers share the paper, and what threads share gets a lock.
 * Refused   a lock lets one in at a time, and does not say which: the rivers are drawn before the hills.
 * test      fails a_layer_may_be_ready_late, a_spoiled_sheet_is_the_last, draws_in_order, the_next_layer_is_woken,
 *           woken_in_vain
 */
#include "atlas.h"

#include <pthread.h>

#include "kit/check.h"

struct atlas {
	int sheets;
	atlas_measure *measure;
	atlas_draw *draw;
	void *map;
	pthread_mutex_t lock; /* guards the map */
};

struct pen {
	pthread_t thread;
	struct atlas *atlas;
	int layer;
	int drawn; /* sheets that have this layer; the caller's once the thread has ended */
};

static void *draw_all(void *arg)
{
	struct pen *pen = arg;
	struct atlas *atlas = pen->atlas;

	for (int sheet = 0; sheet < atlas->sheets; sheet++) {
		atlas->measure(atlas->map, pen->layer, sheet);
		CHECK(pthread_mutex_lock(&atlas->lock));
		bool drawn = atlas->draw(atlas->map, pen->layer, sheet);
		CHECK(pthread_mutex_unlock(&atlas->lock));
		if (!drawn)
			break;
		pen->drawn++;
	}
	return NULL;
}

int atlas_make(int sheets, atlas_measure *measure, atlas_draw *draw, void *map)
{
	struct atlas atlas = {.sheets = sheets, .measure = measure, .draw = draw, .map = map};
	struct pen pens[ATLAS_LAYERS];

	CHECK(pthread_mutex_init(&atlas.lock, NULL));
	for (int layer = 0; layer < ATLAS_LAYERS; layer++) {
		pens[layer] = (struct pen){.atlas = &atlas, .layer = layer};
		NEED(pthread_create(&pens[layer].thread, NULL, draw_all, &pens[layer]));
	}
	for (int layer = 0; layer < ATLAS_LAYERS; layer++)
		CHECK(pthread_join(pens[layer].thread, NULL));
	CHECK(pthread_mutex_destroy(&atlas.lock));
	return pens[ATLAS_NAMES].drawn;
}
