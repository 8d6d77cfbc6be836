/*
 * Sheets of an atlas, which have three layers: the hills, the rivers over them, and
 * the names over both.
 *
 *     struct map *map = map_open("alps");
 *     int complete = atlas_make(12, measure_layer, draw_layer, map);
 *     printf("%d of 12 sheets\n", complete);
 *
 * To measure takes long, and each layer is measured from surveys of its own. To draw
 * is quick, and all layers are drawn on the same paper.
 */
#ifndef ATLAS_H
#define ATLAS_H

#include <stdbool.h>

enum { ATLAS_HILLS, ATLAS_RIVERS, ATLAS_NAMES, ATLAS_LAYERS };

/* Measures a layer of a sheet. Touches nothing that another layer's call touches. */
typedef void atlas_measure(void *map, int layer, int sheet);

/* Draws what was measured. False: the sheet is spoiled. */
typedef bool atlas_draw(void *map, int layer, int sheet);

/*
 * Makes sheets 0 to sheets - 1; there may be none. Each sheet's layers have a
 * thread each, which first measures and then draws.
 *
 *   - The layers of a sheet are measured at the same time: measure() waits for no
 *     other layer of its sheet.
 *   - A layer is drawn only after draw() of the one below it has returned, and the
 *     hills only after draw() of the names of the sheet before. The layers may become
 *     ready in any order.
 *   - What draw() has written, the next draw() sees, without a lock of its own.
 *   - Once draw() has returned false, no other draw() begins.
 *
 * When it returns, no thread of it is left. Returns how many sheets have all layers.
 */
int atlas_make(int sheets, atlas_measure *measure, atlas_draw *draw, void *map);

#endif
