#include "code.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <dwarf.h>
#include <elfutils/libdw.h>

#include "base/mem.h"

struct code {
	int file; /* negative: it cannot be read */
	Dwarf *dwarf;
};

struct code *code_open(const char *program)
{
	struct code *code = mem_zeroed(1, sizeof *code);

	code->file = open(program, O_RDONLY | O_CLOEXEC);
	if (code->file >= 0)
		code->dwarf = dwarf_begin(code->file, DWARF_C_READ);
	return code;
}

void code_close(struct code *code)
{
	if (code->dwarf)
		dwarf_end(code->dwarf);
	if (code->file >= 0)
		close(code->file);
	free(code);
}

/* The next unit, NULL at the end; *at is 0 at first. */
static Dwarf_Die *next_unit(struct code *code, Dwarf_Off *at, Dwarf_Die *unit)
{
	Dwarf_Off next;
	size_t header;

	while (code->dwarf && dwarf_nextcu(code->dwarf, *at, &next, &header, NULL, NULL, NULL) == 0) {
		Dwarf_Off begin = *at + header;
		*at = next;
		if (dwarf_offdie(code->dwarf, begin, unit))
			return unit;
	}
	return NULL;
}

/* --- lines --- */

/* The line table may have the path as it was given to the compiler, which ran in the unit's directory. */
static bool is_file(Dwarf_Die *unit, const char *named, const char *file)
{
	Dwarf_Attribute attribute;
	const char *directory = dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attribute));
	size_t length = directory ? strlen(directory) : 0;

	if (!named || named[0] == '/')
		return named && strcmp(named, file) == 0;
	return directory && strncmp(file, directory, length) == 0 && file[length] == '/' &&
	       strcmp(file + length + 1, named) == 0;
}

void code_put_line(struct code *code, FILE *out, const char *file, int line)
{
	Dwarf_Off at = 0;
	Dwarf_Die unit;
	Dwarf_Lines *lines;
	size_t count;

	while (next_unit(code, &at, &unit)) {
		if (dwarf_getsrclines(&unit, &lines, &count) != 0)
			continue;
		for (size_t i = 0; i + 1 < count; i++) {
			Dwarf_Line *one = dwarf_onesrcline(lines, i), *next = dwarf_onesrcline(lines, i + 1);
			Dwarf_Addr begin, end;
			int number;
			bool over;
			if (dwarf_lineno(one, &number) == 0 && number == line &&
			    dwarf_lineendsequence(one, &over) == 0 && !over && dwarf_lineaddr(one, &begin) == 0 &&
			    dwarf_lineaddr(next, &end) == 0 && end > begin &&
			    is_file(&unit, dwarf_linesrc(one, NULL, NULL), file))
				fprintf(out, "%llx-%llx,", (unsigned long long)begin, (unsigned long long)end);
		}
	}
}

/* --- enumerators --- */

static bool value_of(Dwarf_Die *enumerator, long *value)
{
	Dwarf_Attribute attribute;
	Dwarf_Sword number;

	if (dwarf_formsdata(dwarf_attr(enumerator, DW_AT_const_value, &attribute), &number) != 0)
		return false;
	*value = (long)number;
	return true;
}

/* Among what an enumeration lists. */
static bool find_in(Dwarf_Die *type, const char *name, long *value)
{
	Dwarf_Die child;
	int more = dwarf_child(type, &child);

	for (; more == 0; more = dwarf_siblingof(&child, &child)) {
		const char *own = dwarf_diename(&child);
		if (dwarf_tag(&child) == DW_TAG_enumerator && own && strcmp(own, name) == 0)
			return value_of(&child, value);
	}
	return false;
}

bool code_enumerator(struct code *code, const char *name, long *value)
{
	Dwarf_Off at = 0;
	Dwarf_Die unit, type;

	while (next_unit(code, &at, &unit)) {
		int more = dwarf_child(&unit, &type);
		for (; more == 0; more = dwarf_siblingof(&type, &type))
			if (dwarf_tag(&type) == DW_TAG_enumeration_type && find_in(&type, name, value))
				return true;
	}
	return false;
}
