/*
 * A map server draws each map on a sheet of layers: roads, water, names. The
 * client decides how large they are. All sheets together have ROOM KiB.
 *
 *     sheets_init(map, unmap);
 *     ...
 *     struct sheet sheet = {.layers = 2, .kib = {16, 8}};
 *     if (sheet_get(&sheet, 200) != SHEET_DONE)
 *             return reply(503);
 *     draw(&sheet);
 *     sheet_put(&sheet);
 *     ...
 *     sheets_release();
 *
 * There is one such budget in a process.
 */
#ifndef SHEETS_H
#define SHEETS_H

enum { ROOM = 64 /* KiB */, LAYERS = 4 };

/* Memory for one layer. The budget never looks into it. */
struct layer;

/* Maps that much. May take long, and may fail: then it returns NULL. */
typedef struct layer *layer_map(long kib);
typedef void layer_unmap(struct layer *layer);

/* The caller's, who says what it needs, and changes nothing of it between sheet_get() and sheet_put(). */
struct sheet {
	int layers;		      /* at most LAYERS */
	long kib[LAYERS];	      /* of each layer: from 1 to any number that a client thinks of */
	struct layer *mapped[LAYERS]; /* by sheet_get() */
};

enum sheet_result { SHEET_DONE, SHEET_TOO_LARGE, SHEET_TOO_LATE, SHEET_NOT_MAPPED };

/* Maps nothing yet. */
void sheets_init(layer_map *map, layer_unmap *unmap);

/*
 * Maps all layers of a sheet, or none.
 *
 *   - At no moment are more than ROOM KiB mapped, being mapped or being
 *     unmapped, for all sheets together.
 *   - A sheet that needs more than ROOM never fits. That is said at once:
 *     SHEET_TOO_LARGE.
 *   - If there is no room for the whole sheet it waits until there is, but no
 *     longer than `patience` ms: SHEET_TOO_LATE. With patience 0 it does not
 *     wait for that.
 *   - A sheet that waits holds nothing. One that fits meanwhile does not wait
 *     for it.
 *
 * SHEET_NOT_MAPPED: map() has failed. What was mapped for this sheet is unmapped,
 * and a failure takes no room from others.
 *
 * Any thread may call it, several at a time. Unless it is SHEET_DONE, the caller
 * has nothing to put back.
 */
enum sheet_result sheet_get(struct sheet *sheet, long patience);

/* Unmaps each layer, once. Its room is then there for all that wait and now fit. */
void sheet_put(struct sheet *sheet);

/* All sheets have been put back, and no thread calls any of these functions any more. */
void sheets_release(void);

#endif
