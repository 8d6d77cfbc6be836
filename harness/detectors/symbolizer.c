/* Resolving addresses. See addresses.h. */
#include "symbolizer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dwarf.h>
#include <elfutils/libdwfl.h>

#include "base/mem.h"

struct symbolizer {
	Dwfl *dwfl;
	char **joined; /* paths that were put together here */
	size_t joined_count;
};

/*
 * Debugging information comes from the program's own file and nowhere else: the
 * library would look in the system's directories, and ask servers on the net,
 * so that a finding read differently on each machine.
 */
static int no_separate_debuginfo(Dwfl_Module *module, void **data, const char *name, Dwarf_Addr base,
				 const char *file_name, const char *link_file, GElf_Word link_crc, char **found)
{
	(void)module, (void)data, (void)name, (void)base, (void)file_name, (void)link_file, (void)link_crc;
	(void)found;
	return -1;
}

static const Dwfl_Callbacks callbacks = {
	.find_elf = dwfl_linux_proc_find_elf,
	.find_debuginfo = no_separate_debuginfo,
};

struct symbolizer *symbolizer_open(const char *maps)
{
	struct symbolizer *addresses = mem_zeroed(1, sizeof *addresses);
	size_t length = strlen(maps);
	/* fmemopen() takes no const, and with "r" writes nothing; it refuses a size of 0. */
	FILE *stream = length ? fmemopen((void *)(uintptr_t)maps, length, "r") : NULL;

	addresses->dwfl = dwfl_begin(&callbacks);
	if (stream && addresses->dwfl) {
		dwfl_report_begin(addresses->dwfl);
		dwfl_linux_proc_maps_report(addresses->dwfl, stream);
		dwfl_report_end(addresses->dwfl, NULL, NULL);
	}
	if (stream)
		fclose(stream);
	return addresses;
}

void symbolizer_close(struct symbolizer *addresses)
{
	for (size_t i = 0; i < addresses->joined_count; i++)
		free(addresses->joined[i]);
	free(addresses->joined);
	dwfl_end(addresses->dwfl);
	free(addresses);
}

/* A path relative to where the compiler ran becomes absolute. */
static const char *absolute(struct symbolizer *addresses, Dwarf_Die *unit, const char *file)
{
	Dwarf_Attribute attribute;

	if (!file || file[0] == '/')
		return file;
	const char *directory = unit ? dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attribute)) : NULL;
	if (!directory)
		return NULL;
	char *path = mem_format("%s/%s", directory, file);
	addresses->joined = mem_resize(addresses->joined, addresses->joined_count + 1, sizeof *addresses->joined);
	addresses->joined[addresses->joined_count++] = path;
	return path;
}

/* Where an inlined function was called: that is the line of the function around it. */
static void call_place(struct symbolizer *addresses, Dwarf_Die *unit, Dwarf_Die *inlined, struct code_place *place)
{
	Dwarf_Attribute attribute;
	Dwarf_Word file = 0, line = 0;
	Dwarf_Files *files;
	size_t count;

	dwarf_formudata(dwarf_attr(inlined, DW_AT_call_file, &attribute), &file);
	dwarf_formudata(dwarf_attr(inlined, DW_AT_call_line, &attribute), &line);
	place->line = (int)line;
	if (dwarf_getsrcfiles(unit, &files, &count) == 0 && file < count)
		place->file = absolute(addresses, unit, dwarf_filesrc(files, file, NULL, NULL));
}

/*
 * The compilation unit of the address. The index that the library looks in
 * first, .debug_aranges, is one that clang does not write, and elfutils before
 * 0.191 looks nowhere else.
 */
static Dwarf_Die *unit_at(Dwfl_Module *module, Dwarf_Addr pc, Dwarf_Addr *bias)
{
	Dwarf_Die *unit = dwfl_module_addrdie(module, pc, bias);

	if (unit)
		return unit;
	while ((unit = dwfl_module_nextcu(module, unit, bias)))
		if (dwarf_haspc(unit, pc - *bias) > 0)
			return unit;
	return NULL;
}

/* From the debugging information; 0 when there is none for this address. */
static size_t scopes_at(struct symbolizer *addresses, Dwfl_Module *module, Dwarf_Addr pc, struct code_place *places,
			size_t room)
{
	Dwarf_Addr bias = 0;
	Dwarf_Die *unit = unit_at(module, pc, &bias), *scopes = NULL;
	Dwarf_Line *line = unit ? dwarf_getsrc_die(unit, pc - bias) : NULL;
	int count = unit ? dwarf_getscopes(unit, pc - bias, &scopes) : 0;
	size_t used = 0;

	if (line) {
		dwarf_lineno(line, &places[0].line);
		places[0].file = absolute(addresses, unit, dwarf_linesrc(line, NULL, NULL));
	}
	for (int i = 0; i < count && used < room; i++) {
		int tag = dwarf_tag(&scopes[i]);
		if (tag != DW_TAG_subprogram && tag != DW_TAG_inlined_subroutine)
			continue;
		places[used++].function = dwarf_diename(&scopes[i]);
		if (tag == DW_TAG_subprogram)
			break;
		if (used < room)
			call_place(addresses, unit, &scopes[i], &places[used]);
	}
	free(scopes);
	return used;
}

size_t symbolizer_code(struct symbolizer *addresses, uint64_t pc, struct code_place *places, size_t room)
{
	Dwfl_Module *module = addresses->dwfl ? dwfl_addrmodule(addresses->dwfl, pc) : NULL;

	for (size_t i = 0; i < room; i++)
		places[i] = (struct code_place){0};
	if (!module || !room)
		return 1;
	size_t count = scopes_at(addresses, module, pc, places, room);
	if (!count || !places[0].function) {
		places[0].function = dwfl_module_addrname(module, pc);
		count = 1;
	}
	for (size_t i = 0; i < count; i++)
		places[i].object = dwfl_module_info(module, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
	return count;
}

struct search {
	uint64_t address, *offset;
	const char *name;
};

static int search_module(Dwfl_Module *module, void **data, const char *name, Dwarf_Addr base, void *context)
{
	struct search *search = context;
	GElf_Sym symbol;
	const char *variable = dwfl_module_addrinfo(module, search->address, search->offset, &symbol, NULL, NULL, NULL);

	(void)data, (void)name, (void)base;
	/* The nearest symbol below need not reach to the address. */
	if (!variable || GELF_ST_TYPE(symbol.st_info) != STT_OBJECT || *search->offset >= symbol.st_size)
		return DWARF_CB_OK;
	search->name = variable;
	return DWARF_CB_ABORT;
}

const char *symbolizer_data(struct symbolizer *addresses, uint64_t address, uint64_t *offset)
{
	struct search search = {.address = address, .offset = offset};

	/* All modules: what is zero at the start lies in a mapping without a name, which is none of theirs. */
	if (addresses->dwfl)
		dwfl_getmodules(addresses->dwfl, search_module, &search, 0);
	return search.name;
}
