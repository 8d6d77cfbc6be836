/*
 * From addresses in a process that has ended to functions and lines, by
 * elfutils' libdw. The process itself is gone: its memory map says which file
 * was where.
 */
#ifndef LOOSE_ADDRESSES_H
#define LOOSE_ADDRESSES_H

#include <stddef.h>
#include <stdint.h>

/* One function at a code address. Names are owned by the library and live until symbolizer_close(). */
struct code_place {
	const char *function; /* NULL when unknown */
	const char *file;     /* absolute path, NULL when unknown */
	int line;	      /* 0 when unknown */
	const char *object;   /* the file that is mapped there, "/lib/.../libc.so.6"; NULL when unknown */
};

struct symbolizer;

/* `maps` is what /proc/PID/maps held. Never NULL; where the map is not a map, nothing will be found. */
struct symbolizer *symbolizer_open(const char *maps);
void symbolizer_close(struct symbolizer *addresses);
/*
 * The functions at a code address, innermost first: more than one where calls
 * were inlined. Their number, at most `room`; at least 1, which may be unknown.
 */
size_t symbolizer_code(struct symbolizer *addresses, uint64_t pc, struct code_place *places, size_t room);
/* The variable that the address lies in, and how far in it; NULL when it is in none with static storage. */
const char *symbolizer_data(struct symbolizer *addresses, uint64_t address, uint64_t *offset);

#endif
