#include "objects.h"

#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

/* Their indices are the file's own: the first one is empty. */
static void read_sections(struct object *object, Elf *elf, size_t names)
{
	for (Elf_Scn *each = NULL; (each = elf_nextscn(elf, each));) {
		GElf_Shdr header;
		if (!gelf_getshdr(each, &header))
			continue;
		Elf_Data *data = header.sh_type == SHT_NOBITS ? NULL : elf_getdata(each, NULL);
		const char *name = elf_strptr(elf, names, header.sh_name);
		object->sections[elf_ndxscn(each)] = (struct object_section){.name = name ? name : "",
									     .type = header.sh_type,
									     .flags = header.sh_flags,
									     .bytes = data ? data->d_buf : NULL,
									     .size = data ? data->d_size : 0};
	}
}

static void read_symbols(struct object *object, Elf *elf, Elf_Scn *section, const GElf_Shdr *header)
{
	Elf_Data *data = elf_getdata(section, NULL);
	size_t count = data && header->sh_entsize ? header->sh_size / header->sh_entsize : 0;

	object->symbols = mem_zeroed(count + 1, sizeof *object->symbols);
	for (size_t i = 0; i < count; i++) {
		GElf_Sym symbol;
		if (!gelf_getsym(data, (int)i, &symbol))
			break;
		const char *name = elf_strptr(elf, header->sh_link, symbol.st_name);
		bool inside = symbol.st_shndx != SHN_UNDEF && symbol.st_shndx < object->section_count;
		if (GELF_ST_TYPE(symbol.st_info) == STT_SECTION && inside)
			name = object->sections[symbol.st_shndx].name;
		object->symbols[object->symbol_count++] =
			(struct object_symbol){.name = name ? name : "",
					       .type = GELF_ST_TYPE(symbol.st_info),
					       .binding = GELF_ST_BIND(symbol.st_info),
					       .defined = symbol.st_shndx != SHN_UNDEF,
					       .section = inside ? symbol.st_shndx : 0,
					       .value = symbol.st_value,
					       .size = symbol.st_size};
	}
}

static void read_places(struct object *object, Elf_Scn *section, const GElf_Shdr *header)
{
	Elf_Data *data = elf_getdata(section, NULL);
	size_t count = data && header->sh_entsize ? header->sh_size / header->sh_entsize : 0;

	object->places = mem_resize(object->places, object->place_count + count + 1, sizeof *object->places);
	for (size_t i = 0; i < count; i++) {
		GElf_Rela place;
		if (!gelf_getrela(data, (int)i, &place) || GELF_R_SYM(place.r_info) >= object->symbol_count)
			continue;
		object->places[object->place_count++] = (struct object_place){.section = header->sh_info,
									      .symbol = GELF_R_SYM(place.r_info),
									      .offset = place.r_offset,
									      .type = GELF_R_TYPE(place.r_info),
									      .addend = place.r_addend};
	}
}

static int by_place(const void *left, const void *right)
{
	const struct object_place *a = left, *b = right;

	if (a->section != b->section)
		return a->section < b->section ? -1 : 1;
	return (a->offset > b->offset) - (a->offset < b->offset);
}

/* Of the same name in the order of the file. */
static int by_name(const void *left, const void *right)
{
	const struct object_symbol *a = *(const struct object_symbol *const *)left;
	const struct object_symbol *b = *(const struct object_symbol *const *)right;
	int order = strcmp(a->name, b->name);

	return order ? order : (a > b) - (a < b);
}

static void sort_symbols(struct object *object)
{
	object->by_name = mem_zeroed(object->symbol_count + 1, sizeof *object->by_name);
	for (size_t i = 0; i < object->symbol_count; i++)
		object->by_name[i] = &object->symbols[i];
	if (object->symbol_count)
		qsort(object->by_name, object->symbol_count, sizeof *object->by_name, by_name);
}

static bool read_all(struct object *object, Elf *elf)
{
	size_t names;
	GElf_Ehdr header;

	if (elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &header) || header.e_type != ET_REL ||
	    elf_getshdrnum(elf, &object->section_count) != 0 || elf_getshdrstrndx(elf, &names) != 0)
		return false;
	object->machine = header.e_machine;
	object->sections = mem_zeroed(object->section_count + 1, sizeof *object->sections);
	for (size_t i = 0; i <= object->section_count; i++)
		object->sections[i].name = "";
	read_sections(object, elf, names);
	for (int wanted = SHT_SYMTAB; wanted; wanted = wanted == SHT_SYMTAB ? SHT_RELA : 0)
		for (Elf_Scn *each = NULL; (each = elf_nextscn(elf, each));) {
			GElf_Shdr section;
			if (!gelf_getshdr(each, &section) || (int)section.sh_type != wanted)
				continue;
			if (wanted == SHT_RELA)
				read_places(object, each, &section);
			else if (!object->symbols)
				read_symbols(object, elf, each, &section);
		}
	if (object->place_count)
		qsort(object->places, object->place_count, sizeof *object->places, by_place);
	sort_symbols(object);
	return object->symbols;
}

int object_open(struct object *object, const char *path)
{
	*object = (struct object){.descriptor = open(path, O_RDONLY | O_CLOEXEC)};
	if (object->descriptor < 0)
		return -1;
	elf_version(EV_CURRENT);
	Elf *elf = elf_begin(object->descriptor, ELF_C_READ, NULL);
	object->file = elf;
	if (elf && read_all(object, elf))
		return 0;
	object_close(object);
	return -1;
}

void object_close(struct object *object)
{
	free(object->sections);
	free(object->symbols);
	free(object->by_name);
	free(object->places);
	if (object->file)
		elf_end(object->file);
	if (object->descriptor >= 0)
		close(object->descriptor);
	*object = (struct object){.descriptor = -1};
}

const struct object_symbol *object_symbol(const struct object *object, const char *name)
{
	size_t low = 0, high = object->symbol_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(object->by_name[middle]->name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < object->symbol_count && strcmp(object->by_name[low]->name, name) == 0 ? object->by_name[low]
											   : NULL;
}
