/*
 * Yours to fix. The threads are started in the right order, and the hills, which come
 * first, are measured fastest. Nothing else puts the layers in order.
 *
 * Promise   each layer is drawn after the one below it, and the layers are measured at the same time.
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
		if (!atlas->draw(atlas->map, pen->layer, sheet))
			break;
		pen->drawn++;
	}
	return NULL;
}

int atlas_make(int sheets, atlas_measure *measure, atlas_draw *draw, void *map)
{
	struct atlas atlas = {.sheets = sheets, .measure = measure, .draw = draw, .map = map};
	struct pen pens[ATLAS_LAYERS];

	for (int layer = 0; layer < ATLAS_LAYERS; layer++) {
		pens[layer] = (struct pen){.atlas = &atlas, .layer = layer};
		NEED(pthread_create(&pens[layer].thread, NULL, draw_all, &pens[layer]));
	}
	for (int layer = 0; layer < ATLAS_LAYERS; layer++)
		CHECK(pthread_join(pens[layer].thread, NULL));
	return pens[ATLAS_NAMES].drawn;
}
