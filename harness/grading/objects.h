/*
 * What stands in an object file: its sections, its symbols, and the places that the
 * linker fills in. Nothing is decided here; see built.h.
 */
#ifndef LOOSE_GRADING_OBJECTS_H
#define LOOSE_GRADING_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct object_section {
	const char *name;
	uint32_t type;
	uint64_t flags;
	const unsigned char *bytes; /* NULL: none */
	size_t size;
};

struct object_symbol {
	const char *name; /* of a section's own symbol, the section's */
	unsigned char type, binding;
	bool defined;
	size_t section;
	uint64_t value, size;
};

/* Where the address of a symbol goes. */
struct object_place {
	size_t section, symbol;
	uint64_t offset;
	uint32_t type;
	int64_t addend;
};

struct object {
	unsigned machine; /* EM_X86_64 and the like */
	struct object_section *sections;
	size_t section_count;
	struct object_symbol *symbols;
	size_t symbol_count;
	const struct object_symbol **by_name; /* the same, sorted */
	struct object_place *places;	      /* by section, then by offset */
	size_t place_count;
	void *file; /* objects.c's own */
	int descriptor;
};

/* 0; -1: there is none, or it cannot be read. */
int object_open(struct object *object, const char *path);
void object_close(struct object *object);
/* The first symbol of this name; NULL: none. */
const struct object_symbol *object_symbol(const struct object *object, const char *name);

#endif
