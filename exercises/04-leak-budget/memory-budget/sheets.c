/*
 * Yours to fix. The server has a bound on its threads, and maps for each of
 * them what its client asks for.
 *
 * Promise   at most ROOM KiB are mapped for all sheets, and who gets none is told why.
 * test      fails has_so_much_room, counts_what_is_under_way, waits_for_room, loses_its_patience,
 *           holds_nothing_while_it_waits, loses_nothing_by_a_failure, gives_the_same_room_once,
 *           loses_nothing_at_the_last_moment
 * budget    fires mapped_kib in account when mapped_kib <= 64, joined == started
 */
#include "sheets.h"

#include <stddef.h>

static struct {
	layer_map *map;
	layer_unmap *unmap;
} server;

void sheets_init(layer_map *map, layer_unmap *unmap)
{
	server.map = map;
	server.unmap = unmap;
}

static void unmap_first(const struct sheet *sheet, int layers)
{
	for (int i = 0; i < layers; i++)
		server.unmap(sheet->mapped[i]);
}

enum sheet_result sheet_get(struct sheet *sheet, long patience)
{
	(void)patience;
	for (int i = 0; i < sheet->layers; i++) {
		sheet->mapped[i] = server.map(sheet->kib[i]);
		if (!sheet->mapped[i]) {
			unmap_first(sheet, i);
			return SHEET_NOT_MAPPED;
		}
	}
	return SHEET_DONE;
}

void sheet_put(struct sheet *sheet)
{
	unmap_first(sheet, sheet->layers);
}

void sheets_release(void)
{
}
