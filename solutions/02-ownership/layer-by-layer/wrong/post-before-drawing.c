/*
 * Tempting  the turn is passed on as soon as a thread has it, so that it cannot be forgotten on the way.
 * Refused   the next layer is drawn while this one still is.
 * test      fails a_layer_may_be_ready_late, a_spoiled_sheet_is_the_last, draws_in_order, the_next_layer_is_woken,
 *           woken_in_vain
 */
#include "atlas.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>

#include "kit/check.h"

struct atlas {
	int sheets;
	atlas_measure *measure;
	atlas_draw *draw;
	void *map;
	sem_t turns[ATLAS_LAYERS];
	_Atomic int drawn; /* layers */
	_Atomic bool spoiled;
};

struct pen {
	pthread_t thread;
	struct atlas *atlas;
	int layer;
};

static void *draw_all(void *arg)
{
	struct pen *pen = arg;
	struct atlas *atlas = pen->atlas;
	bool spoiled = false;

	for (int sheet = 0; sheet < atlas->sheets && !spoiled; sheet++) {
		atlas->measure(atlas->map, pen->layer, sheet);
		while (sem_wait(&atlas->turns[pen->layer]) != 0)
			REQUIRE(errno == EINTR);
		REQUIRE(sem_post(&atlas->turns[(pen->layer + 1) % ATLAS_LAYERS]) == 0);
		if (!atlas->spoiled && atlas->draw(atlas->map, pen->layer, sheet))
			atlas->drawn++;
		else
			atlas->spoiled = true;
		spoiled = atlas->spoiled;
	}
	return NULL;
}

int atlas_make(int sheets, atlas_measure *measure, atlas_draw *draw, void *map)
{
	struct atlas atlas = {.sheets = sheets, .measure = measure, .draw = draw, .map = map};
	struct pen pens[ATLAS_LAYERS];

	for (int layer = 0; layer < ATLAS_LAYERS; layer++)
		REQUIRE(sem_init(&atlas.turns[layer], 0, layer == ATLAS_HILLS) == 0);
	for (int layer = 0; layer < ATLAS_LAYERS; layer++) {
		pens[layer] = (struct pen){.atlas = &atlas, .layer = layer};
		NEED(pthread_create(&pens[layer].thread, NULL, draw_all, &pens[layer]));
	}
	for (int layer = 0; layer < ATLAS_LAYERS; layer++)
		CHECK(pthread_join(pens[layer].thread, NULL));
	for (int layer = 0; layer < ATLAS_LAYERS; layer++)
		REQUIRE(sem_destroy(&atlas.turns[layer]) == 0);
	return atlas.drawn / ATLAS_LAYERS;
}
