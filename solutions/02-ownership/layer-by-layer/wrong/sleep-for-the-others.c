/*
 * Tempting  to measure takes less than a tenth of a second, so that a tenth for each layer below is enough, and it is.
 * Refused   the hills may be measured last. Where they are not, nothing orders a draw() after the one that it has
 *           slept for, and the detectors see it.
 * tsan      fires  data-race in draw
 * helgrind  fires  Race in draw
 */
#include "atlas.h"

#include <pthread.h>
#include <time.h>

#include "kit/check.h"

struct atlas {
	int sheets;
	atlas_measure *measure;
	atlas_draw *draw;
	void *map;
};

enum { TENTH = 100000000 /* ns */ };

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
		struct timespec below = {.tv_nsec = pen->layer * TENTH};
		nanosleep(&below, NULL);
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
