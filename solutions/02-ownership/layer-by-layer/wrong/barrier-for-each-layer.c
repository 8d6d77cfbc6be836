/*
 * Tempting  a barrier after each layer keeps all threads in step, and remembers who has come.
 * Refused   it waits for all of them, for ever: the thread whose draw() has failed leaves, and comes to none any more.
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
	pthread_barrier_t step;
};

struct pen {
	pthread_t thread;
	struct atlas *atlas;
	int layer;
	int drawn; /* sheets that have this layer; the caller's once the thread has ended */
};

static void meet(struct atlas *atlas)
{
	int error = pthread_barrier_wait(&atlas->step);

	REQUIRE(error == 0 || error == PTHREAD_BARRIER_SERIAL_THREAD);
}

static void *draw_all(void *arg)
{
	struct pen *pen = arg;
	struct atlas *atlas = pen->atlas;

	for (int sheet = 0; sheet < atlas->sheets; sheet++) {
		atlas->measure(atlas->map, pen->layer, sheet);
		for (int layer = 0; layer < ATLAS_LAYERS; layer++) {
			if (layer == pen->layer && !atlas->draw(atlas->map, layer, sheet))
				return NULL;
			meet(atlas);
		}
		pen->drawn++;
	}
	return NULL;
}

int atlas_make(int sheets, atlas_measure *measure, atlas_draw *draw, void *map)
{
	struct atlas atlas = {.sheets = sheets, .measure = measure, .draw = draw, .map = map};
	struct pen pens[ATLAS_LAYERS];

	CHECK(pthread_barrier_init(&atlas.step, NULL, ATLAS_LAYERS));
	for (int layer = 0; layer < ATLAS_LAYERS; layer++) {
		pens[layer] = (struct pen){.atlas = &atlas, .layer = layer};
		NEED(pthread_create(&pens[layer].thread, NULL, draw_all, &pens[layer]));
	}
	for (int layer = 0; layer < ATLAS_LAYERS; layer++)
		CHECK(pthread_join(pens[layer].thread, NULL));
	CHECK(pthread_barrier_destroy(&atlas.step));
	return pens[ATLAS_NAMES].drawn;
}
