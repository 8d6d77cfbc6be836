/*
 * A semaphore for each layer, on which its thread alone waits, and a token that is
 * handed on: who has it draws. A semaphore remembers that it was posted, so that a
 * layer may come late. What is written before a post is seen after the wait, and so
 * `spoiled`, which only the holder of the token touches, needs no lock. The token goes
 * round until all have seen it.
 *
 * Promise   each layer is drawn after the one below it, and the layers are measured at the same time.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when joined == started
 */
#include "atlas.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

#include "kit/check.h"

struct atlas {
	int sheets;
	atlas_measure *measure;
	atlas_draw *draw;
	void *map;
	int drawn;    /* layers; of the thread that has the token */
	bool spoiled; /* of the thread that has the token */
	sem_t turns[ATLAS_LAYERS];
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
		if (!atlas->spoiled && atlas->draw(atlas->map, pen->layer, sheet))
			atlas->drawn++;
		else
			atlas->spoiled = true;
		spoiled = atlas->spoiled;
		REQUIRE(sem_post(&atlas->turns[(pen->layer + 1) % ATLAS_LAYERS]) == 0);
	}
	return NULL;
}

int atlas_make(int sheets, atlas_measure *measure, atlas_draw *draw, void *map)
{
	struct atlas *atlas = malloc(sizeof *atlas);
	struct pen pens[ATLAS_LAYERS];

	HAVE(atlas);
	*atlas = (struct atlas){.sheets = sheets, .measure = measure, .draw = draw, .map = map};
	for (int layer = 0; layer < ATLAS_LAYERS; layer++)
		REQUIRE(sem_init(&atlas->turns[layer], 0, layer == ATLAS_HILLS) == 0);
	for (int layer = 0; layer < ATLAS_LAYERS; layer++) {
		pens[layer] = (struct pen){.atlas = atlas, .layer = layer};
		NEED(pthread_create(&pens[layer].thread, NULL, draw_all, &pens[layer]));
	}
	for (int layer = 0; layer < ATLAS_LAYERS; layer++)
		CHECK(pthread_join(pens[layer].thread, NULL));
	for (int layer = 0; layer < ATLAS_LAYERS; layer++)
		REQUIRE(sem_destroy(&atlas->turns[layer]) == 0);
	int complete = atlas->drawn / ATLAS_LAYERS;
	free(atlas);
	return complete;
}
