/*
 * Tempting  volatile keeps the compiler from reading the turn only once, and a wait needs no lock then.
 * Refused   by the detectors: volatile orders nothing between threads. The turn itself is a race, and the paper, which
 *           it was to hand over, is another. The tests pass.
 * test      passes
 * tsan      fires  data-race in turn_of, data-race in draw
 * helgrind  fires  Race in turn_of, Race in draw
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
	volatile long turn; /* the draw that is due, from 0, over all sheets; SPOILED: none is */
};

enum { SPOILED = -1, A_WHILE = 50000000 /* ns */ };

struct pen {
	pthread_t thread;
	struct atlas *atlas;
	int layer;
	int drawn;
};

/* Says whose turn it is; after a draw, whose it is now. */
static long turn_of(struct atlas *atlas, bool ended, bool drawn)
{
	if (ended)
		atlas->turn = drawn ? atlas->turn + 1 : SPOILED;
	return atlas->turn;
}

static bool await_turn(struct atlas *atlas, long mine)
{
	struct timespec length = {.tv_nsec = A_WHILE};
	long turn;

	while ((turn = turn_of(atlas, false, false)) != mine && turn != SPOILED)
		nanosleep(&length, NULL);
	return turn == mine;
}

static void *draw_all(void *arg)
{
	struct pen *pen = arg;
	struct atlas *atlas = pen->atlas;

	for (int sheet = 0; sheet < atlas->sheets; sheet++) {
		atlas->measure(atlas->map, pen->layer, sheet);
		if (!await_turn(atlas, sheet * ATLAS_LAYERS + pen->layer))
			break;
		bool drawn = atlas->draw(atlas->map, pen->layer, sheet);
		pen->drawn += drawn;
		turn_of(atlas, true, drawn);
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
