#include "built.h"

#include <ctype.h>
#include <dlfcn.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "code.h"
#include "objects.h"

struct looking {
	const struct gate *gate;
	const struct object *object;
	bool watched;
	enum gate_answer answer;
	char *evidence;
};

/* The first of the worst. */
static void note(struct looking *looking, enum gate_answer answer, const char *what, const char *name)
{
	if (answer <= looking->answer)
		return;
	free(looking->evidence);
	looking->answer = answer;
	looking->evidence = mem_format("in what was compiled: %s: '%.80s'", what, name);
}

static bool begins(const char *name, const char *const *starts)
{
	for (; *starts; starts++)
		if (strncmp(name, *starts, strlen(*starts)) == 0)
			return true;
	return false;
}

/* --- sections --- */

/* A compiler makes these of plain C; the last three of a sanitizer's constructor. */
static bool is_of_compiler(const struct object_section *section, bool watched)
{
	static const char *const names[] = {"",
					    ".text",
					    ".data",
					    ".bss",
					    ".tdata",
					    ".tbss",
					    ".data.rel.ro",
					    ".data.rel.ro.local",
					    ".comment",
					    ".eh_frame",
					    ".symtab",
					    ".strtab",
					    ".shstrtab",
					    ".group",
					    ".llvm_addrsig",
					    ".note.GNU-stack",
					    ".note.gnu.property"};
	static const char *const starts[] = {".rodata", ".debug_", ".rela.", NULL};
	static const char *const sanitizers[] = {".text.tsan.module_ctor", ".init_array", NULL};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(section->name, names[i]) == 0)
			return true;
	return begins(section->name, starts) || (watched && begins(section->name, sanitizers));
}

static void look_at_sections(struct looking *looking)
{
	const struct object *object = looking->object;

	for (size_t i = 1; i < object->section_count; i++) {
		const struct object_section *section = &object->sections[i];
		bool runs = section->flags & SHF_EXECINSTR, code = strncmp(section->name, ".text", 5) == 0;
		bool early = section->type == SHT_PREINIT_ARRAY || section->type == SHT_FINI_ARRAY ||
			     (section->type == SHT_INIT_ARRAY && !looking->watched);
		if (early)
			note(looking, GATE_TAMPERED, "code that runs before main() or after it", section->name);
		else if (!is_of_compiler(section, looking->watched))
			note(looking, GATE_TAMPERED, "a section that no C of an exercise has", section->name);
		else if (runs != code || (runs && section->flags & SHF_WRITE))
			note(looking, GATE_TAMPERED, "code where none belongs", section->name);
	}
	for (size_t i = 0; i < object->place_count; i++) {
		const char *section = object->sections[object->places[i].section].name;
		const char *symbol = object->symbols[object->places[i].symbol].name;
		if (strncmp(section, ".init_array", 11) == 0 && !strstr(symbol, "tsan.module_ctor"))
			note(looking, GATE_TAMPERED, "code that runs before main() or after it", symbol);
	}
}

/* --- names --- */

/* Calls that ThreadSanitizer puts into what it watches. */
static bool is_instrumentation(const char *name)
{
	static const char *const starts[] = {"__tsan_func_e",	  "__tsan_read", "__tsan_write",
					     "__tsan_unaligned_", "__tsan_init", "__tsan_volatile_",
					     "__tsan_atomic",	  "__tsan_mem",	 NULL};

	return begins(name, starts);
}

/* libm's and the C library's own. */
static bool is_of_system(const char *name)
{
	static const char *const libraries[] = {"libc.so.6", "libm.so.6"};
	bool found = false;

	for (size_t i = 0; i < sizeof libraries / sizeof *libraries && !found; i++) {
		void *library = dlopen(libraries[i], RTLD_LAZY);
		found = library && dlsym(library, name);
		if (library)
			dlclose(library);
	}
	return found;
}

static void look_at_use(struct looking *looking, const struct object_symbol *symbol)
{
	const char *name = symbol->name, *refused;

	if (!*name || (looking->watched && is_instrumentation(name)))
		return;
	if (is_of_system(name) ? gate_allows_of_system(looking->gate, name) : gate_allows(looking->gate, name))
		return;
	refused = gate_refuses(name);
	if (refused)
		note(looking, GATE_TAMPERED, refused, name);
	else
		note(looking, GATE_UNKNOWN,
		     "a function that is on no list of what this exercise may use (harness/grading/names)", name);
}

/* C leaves no name of this kind to a program; what C++ makes of a function's name is one too. */
static bool is_reserved(const char *name)
{
	return name[0] == '_' && (name[1] == '_' || isupper((unsigned char)name[1]));
}

static void look_at_definition(struct looking *looking, const struct object_symbol *symbol)
{
	const char *name = symbol->name, *refused = gate_refuses(name);

	if (symbol->binding == STB_WEAK || symbol->binding == STB_GNU_UNIQUE || symbol->type == STT_GNU_IFUNC)
		note(looking, GATE_TAMPERED, "a definition that the linker may exchange", name);
	else if (refused)
		note(looking, GATE_TAMPERED, refused, name);
	else if (strcmp(name, "main") == 0 || is_reserved(name))
		note(looking, GATE_TAMPERED, "a definition in the place of the system's", name);
	else if (gate_is_of_kit(looking->gate, name) && !is_of_system(name))
		note(looking, GATE_UNKNOWN, "a function of the kit's name, which the tests would call (make it static)",
		     name);
	else if (gate_is_of_exercise(looking->gate, name) && !is_of_system(name))
		return;
	else if (gate_allows(looking->gate, name))
		note(looking, GATE_TAMPERED, "a definition in the place of the system's", name);
	else if (is_of_system(name))
		note(looking, GATE_UNKNOWN,
		     "a function of the C library's name, which the judges would call (make it static)", name);
}

static void look_at_symbols(struct looking *looking)
{
	for (size_t i = 0; i < looking->object->symbol_count; i++) {
		const struct object_symbol *symbol = &looking->object->symbols[i];
		if (symbol->type == STT_FILE || symbol->type == STT_SECTION)
			continue;
		if (!symbol->defined)
			look_at_use(looking, symbol);
		else if (symbol->binding != STB_LOCAL)
			look_at_definition(looking, symbol);
	}
}

/* --- code --- */

static void look_at_code(struct looking *looking)
{
	struct code_fault fault;

	if (!code_look(looking->object, looking->watched, &fault))
		return;
	bool certain = fault.certain;
	note(looking, certain ? GATE_TAMPERED : GATE_SUSPICIOUS, fault.what, fault.function);
}

/* --- the whole --- */

static void look_at_source(struct looking *looking, const char *object)
{
	char *path = mem_format("%s.i", object), *text = file_read(path), *evidence = NULL;
	enum gate_answer answer = text ? gate_look_expanded(looking->gate, text, &evidence) : GATE_ALLOWED;

	if (answer > looking->answer) {
		free(looking->evidence);
		looking->answer = answer;
		looking->evidence = evidence;
		evidence = NULL;
	}
	free(evidence);
	free(text);
	free(path);
}

enum gate_answer built_look(const struct gate *gate, const char *object, bool watched, char **evidence)
{
	struct looking looking = {.gate = gate, .watched = watched};
	struct object built;

	look_at_source(&looking, object);
	if (object_open(&built, object) == 0) {
		looking.object = &built;
		look_at_sections(&looking);
		look_at_symbols(&looking);
		look_at_code(&looking);
		object_close(&built);
	}
	*evidence = looking.evidence;
	return looking.answer;
}

/* --- one beside the other --- */

/* The first line in which they differ, by its number; 0: in none. */
static unsigned first_difference(const char *left, const char *right)
{
	unsigned line = 1;

	for (; *left && *left == *right; left++, right++)
		line += *left == '\n';
	return *left == *right ? 0 : line;
}

/* The first name that one asks for and the other does not, whichever calls the sanitizer has added; NULL: there is none. */
static const char *only_in(const struct object *one, const struct object *other)
{
	for (size_t i = 0; i < one->symbol_count; i++) {
		const struct object_symbol *symbol = &one->symbols[i], *twin = object_symbol(other, symbol->name);
		/* Copies and fillings of memory become calls where they are watched. */
		bool added = is_instrumentation(symbol->name) || strncmp(symbol->name, "mem", 3) == 0;
		if (*symbol->name && symbol->binding != STB_LOCAL && !added &&
		    (!twin || twin->defined != symbol->defined))
			return symbol->name;
	}
	return NULL;
}

static char *source_difference(const char *plain, const char *watched)
{
	char *paths[] = {mem_format("%s.i", plain), mem_format("%s.i", watched)};
	char *texts[] = {file_read(paths[0]), file_read(paths[1])}, *evidence = NULL;
	unsigned line = texts[0] && texts[1] ? first_difference(texts[0], texts[1]) : 0;

	if (line)
		evidence = mem_format("the source is another one when a sanitizer watches (line %u of what the "
				      "preprocessor leaves)",
				      line);
	for (int i = 0; i < 2; i++) {
		free(texts[i]);
		free(paths[i]);
	}
	return evidence;
}

enum gate_answer built_compare(const char *plain, const char *watched, char **evidence)
{
	struct object one, other;

	*evidence = source_difference(plain, watched);
	if (!*evidence && object_open(&one, plain) == 0) {
		if (object_open(&other, watched) == 0) {
			const char *name = only_in(&one, &other);
			name = name ? name : only_in(&other, &one);
			if (name)
				*evidence = mem_format("the program is another one when a sanitizer watches: '%.80s'",
						       name);
			object_close(&other);
		}
		object_close(&one);
	}
	return *evidence ? GATE_TAMPERED : GATE_ALLOWED;
}
