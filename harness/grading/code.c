/* The compiler's own code for what is watched is what `-O0` makes of it: addresses of locals are made beside their use. */
#include "code.h"

#include <capstone/capstone.h>
#include <elf.h>
#include <string.h>

#include "base/mem.h"

/* What an address that is in a register is known to point to. */
enum target { ANYTHING, OWN_STACK, CONSTANT };

enum { MOST_SLOTS = 256 };

struct walk {
	const struct object *object;
	const struct object_symbol *function;
	const struct object_section *section;
	bool watched;
	csh capstone;
	enum target registers[X86_REG_ENDING];
	struct {
		int64_t at;
		enum target target;
	} slots[MOST_SLOTS]; /* of the frame, where addresses are kept for a while */
	size_t slot_count, next_place;
	size_t writes, odd, reads; /* of memory that may be another thread's */
	size_t told_writes, told;  /* calls that tell the sanitizer */
	struct code_fault *fault;
};

static void note(struct walk *walk, bool certain, const char *what)
{
	if (walk->fault->what && (walk->fault->certain || !certain))
		return;
	*walk->fault = (struct code_fault){what, walk->function->name, certain};
}

/* --- where the linker fills in --- */

/* The symbol that the bytes from `at` on refer to; NULL: none. Places come in order. */
static const struct object_symbol *symbol_in(struct walk *walk, uint64_t at, size_t length, int64_t *addend)
{
	const struct object *object = walk->object;

	for (; walk->next_place < object->place_count; walk->next_place++) {
		const struct object_place *place = &object->places[walk->next_place];
		if (place->section < walk->function->section ||
		    (place->section == walk->function->section && place->offset < at))
			continue;
		if (place->section > walk->function->section || place->offset >= at + length)
			return NULL;
		*addend = place->addend;
		return &object->symbols[place->symbol];
	}
	return NULL;
}

static bool is_constant(const struct walk *walk, const struct object_symbol *symbol)
{
	const struct object_section *section = &walk->object->sections[symbol->section];

	return symbol->defined && symbol->section &&
	       (!(section->flags & SHF_WRITE) || strncmp(section->name, ".data.rel.ro", 12) == 0);
}

static bool starts(const char *name, const char *start)
{
	return strncmp(name, start, strlen(start)) == 0;
}

static void count_call(struct walk *walk, const struct object_symbol *called)
{
	const char *name = called ? called->name : "";
	bool tells = starts(name, "__tsan_") && !starts(name, "__tsan_func_");

	walk->told += tells;
	walk->told_writes += tells && strstr(name, "write");
}

/* --- registers and slots --- */

/* eax, ax and al are rax. */
static x86_reg whole(x86_reg part)
{
	static const x86_reg parts[][5] = {{X86_REG_RAX, X86_REG_EAX, X86_REG_AX, X86_REG_AL, X86_REG_AH},
					   {X86_REG_RBX, X86_REG_EBX, X86_REG_BX, X86_REG_BL, X86_REG_BH},
					   {X86_REG_RCX, X86_REG_ECX, X86_REG_CX, X86_REG_CL, X86_REG_CH},
					   {X86_REG_RDX, X86_REG_EDX, X86_REG_DX, X86_REG_DL, X86_REG_DH},
					   {X86_REG_RSI, X86_REG_ESI, X86_REG_SI, X86_REG_SIL, X86_REG_SIL},
					   {X86_REG_RDI, X86_REG_EDI, X86_REG_DI, X86_REG_DIL, X86_REG_DIL},
					   {X86_REG_R8, X86_REG_R8D, X86_REG_R8W, X86_REG_R8B, X86_REG_R8B},
					   {X86_REG_R9, X86_REG_R9D, X86_REG_R9W, X86_REG_R9B, X86_REG_R9B},
					   {X86_REG_R10, X86_REG_R10D, X86_REG_R10W, X86_REG_R10B, X86_REG_R10B},
					   {X86_REG_R11, X86_REG_R11D, X86_REG_R11W, X86_REG_R11B, X86_REG_R11B}};

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		for (size_t j = 0; j < 5; j++)
			if (parts[i][j] == part)
				return parts[i][0];
	return part;
}

static enum target *slot(struct walk *walk, const x86_op_mem *memory)
{
	if (memory->base != X86_REG_RBP || memory->index != X86_REG_INVALID)
		return NULL;
	for (size_t i = 0; i < walk->slot_count; i++)
		if (walk->slots[i].at == memory->disp)
			return &walk->slots[i].target;
	if (walk->slot_count == MOST_SLOTS)
		return NULL;
	walk->slots[walk->slot_count].at = memory->disp;
	walk->slots[walk->slot_count].target = ANYTHING;
	return &walk->slots[walk->slot_count++].target;
}

static enum target target_of(const struct walk *walk, const x86_op_mem *memory)
{
	if (memory->base == X86_REG_RBP || memory->base == X86_REG_RSP)
		return OWN_STACK;
	enum target base = walk->registers[whole(memory->base)];
	/* A pointer of ours may stand in the place of the index. */
	return base != ANYTHING || memory->index == X86_REG_INVALID ? base : walk->registers[whole(memory->index)];
}

/* What the instruction leaves in its first operand, when that is a register or a slot of the frame. */
static void follow_address(struct walk *walk, const cs_insn *at, const struct object_symbol *symbol)
{
	const cs_x86 *x86 = &at->detail->x86;
	const cs_x86_op *to = &x86->operands[0], *from = &x86->operands[x86->op_count - 1];
	enum target target = ANYTHING, *kept;

	if (x86->op_count == 0 || (to->type == X86_OP_MEM && at->id != X86_INS_MOV))
		return;
	if (at->id == X86_INS_LEA && from->mem.base == X86_REG_RIP)
		target = symbol && is_constant(walk, symbol) ? CONSTANT : ANYTHING;
	else if (at->id == X86_INS_LEA)
		target = target_of(walk, &from->mem);
	else if (at->id == X86_INS_MOV && from->type == X86_OP_REG)
		target = from->reg == X86_REG_RSP || from->reg == X86_REG_RBP ? OWN_STACK
									      : walk->registers[whole(from->reg)];
	else if (at->id == X86_INS_MOV && from->type == X86_OP_MEM && (kept = slot(walk, &from->mem)))
		target = *kept;
	else if (to->type == X86_OP_REG && (at->id == X86_INS_ADD || at->id == X86_INS_SUB || at->id == X86_INS_AND)) {
		target = walk->registers[whole(to->reg)];
		if (target == ANYTHING && at->id == X86_INS_ADD && from->type == X86_OP_REG)
			target = walk->registers[whole(from->reg)];
	}
	if (to->type == X86_OP_REG && to->access & CS_AC_WRITE)
		walk->registers[whole(to->reg)] = target;
	else if (to->type == X86_OP_MEM && (kept = slot(walk, &to->mem)))
		*kept = target;
}

/* --- instructions --- */

static void refuse_instruction(struct walk *walk, const cs_insn *at)
{
	const cs_x86 *x86 = &at->detail->x86;

	switch (at->id) {
	case X86_INS_SYSCALL:
	case X86_INS_SYSENTER:
	case X86_INS_INT:
		note(walk, true, "a system call that goes around the C library");
		break;
	case X86_INS_CPUID:
	case X86_INS_RDTSC:
	case X86_INS_RDTSCP:
	case X86_INS_RDPMC:
	case X86_INS_XGETBV:
		note(walk, true, "an instruction that tells on what it runs");
		break;
	case X86_INS_XCHG:
		/* What Valgrind reads as a request ends with an exchange that changes nothing. */
		if (x86->operands[0].type == X86_OP_REG && x86->operands[1].type == X86_OP_REG &&
		    x86->operands[0].reg == x86->operands[1].reg && whole(x86->operands[0].reg) == X86_REG_RBX)
			note(walk, true, "a request to Valgrind");
		break;
	default:
		break;
	}
}

static void count_access(struct walk *walk, const cs_insn *at, const cs_x86_op *operand,
			 const struct object_symbol *symbol)
{
	bool is_odd = operand->size != 1 && operand->size != 2 && operand->size != 4 && operand->size != 8 &&
		      operand->size != 16;

	if (operand->type != X86_OP_MEM || at->id == X86_INS_LEA || at->id == X86_INS_NOP)
		return;
	/* Of the thread itself, or an address out of the linker's table. */
	if (operand->mem.segment == X86_REG_FS || operand->mem.segment == X86_REG_GS) {
		if (operand->mem.base != X86_REG_INVALID)
			walk->writes++;
		return;
	}
	if (target_of(walk, &operand->mem) != ANYTHING)
		return;
	if (operand->mem.base == X86_REG_RIP && (!symbol || !symbol->defined || is_constant(walk, symbol)))
		return;
	/* capstone 4 takes these for writes. */
	bool compares = at->id == X86_INS_TEST || at->id == X86_INS_CMP || at->id == X86_INS_BT;
	if (operand->access & CS_AC_WRITE && !compares) {
		walk->writes += !is_odd;
		walk->odd += is_odd;
	} else {
		walk->reads += !is_odd;
		walk->odd += is_odd;
	}
}

static void forget_registers(struct walk *walk)
{
	memset(walk->registers, 0, sizeof walk->registers);
}

static void look_at_instruction(struct walk *walk, const cs_insn *at)
{
	const cs_x86 *x86 = &at->detail->x86;
	int64_t addend = 0;
	const struct object_symbol *symbol = symbol_in(walk, at->address, at->size, &addend);

	refuse_instruction(walk, at);
	if (at->id == X86_INS_CALL) {
		count_call(walk, symbol);
		forget_registers(walk);
		return;
	}
	if (at->id == X86_INS_PUSH || at->id == X86_INS_POP)
		return;
	for (size_t i = 0; i < x86->op_count; i++)
		count_access(walk, at, &x86->operands[i], symbol);
	follow_address(walk, at, symbol);
}

static void judge_function(struct walk *walk)
{
	if (!walk->watched || starts(walk->function->name, "tsan."))
		return;
	if (walk->writes > walk->told_writes)
		note(walk, true, "a function that writes memory without ThreadSanitizer's knowledge");
	else if (walk->reads && !walk->told)
		note(walk, true, "a function that reads memory without ThreadSanitizer's knowledge");
	else if (walk->odd)
		note(walk, false, "a number of a size of which ThreadSanitizer is not told");
}

/* Of those in the function, or after it. Looked for in halves: what is handed in may have a hundred thousand functions. */
static size_t first_place(const struct object *object, const struct object_symbol *function)
{
	size_t low = 0, high = object->place_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct object_place *place = &object->places[middle];
		if (place->section < function->section ||
		    (place->section == function->section && place->offset < function->value))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void look_at_function(struct walk *walk)
{
	const struct object_symbol *function = walk->function;
	const uint8_t *bytes = walk->section->bytes + function->value;
	size_t left = function->size;
	uint64_t address = function->value;
	cs_insn *at = cs_malloc(walk->capstone);

	if (!at)
		mem_exhausted();
	walk->slot_count = 0;
	walk->next_place = first_place(walk->object, function);
	walk->writes = walk->odd = walk->reads = walk->told_writes = walk->told = 0;
	forget_registers(walk);
	while (cs_disasm_iter(walk->capstone, &bytes, &left, &address, at))
		look_at_instruction(walk, at);
	cs_free(at, 1);
	if (left)
		note(walk, true, "instructions that nobody can read");
	judge_function(walk);
}

/* --- requests to Valgrind, of any machine --- */

static bool holds(const struct object_section *section, const void *bytes, size_t size)
{
	for (size_t i = 0; section->bytes && i + size <= section->size; i++)
		if (memcmp(section->bytes + i, bytes, size) == 0)
			return true;
	return false;
}

/* As valgrind.h has them: four rotations that together change nothing. */
static bool has_request(const struct object *object, const struct object_section *section)
{
	static const uint8_t x86_64[] = {0x48, 0xc1, 0xc7, 0x03, 0x48, 0xc1, 0xc7, 0x0d,
					 0x48, 0xc1, 0xc7, 0x3d, 0x48, 0xc1, 0xc7, 0x33};
	static const uint8_t aarch64[] = {0x8c, 0x0d, 0xcc, 0x93, 0x8c, 0x35, 0xcc, 0x93,
					  0x8c, 0xcd, 0xcc, 0x93, 0x8c, 0xf5, 0xcc, 0x93};

	return object->machine == EM_AARCH64 ? holds(section, aarch64, sizeof aarch64)
					     : holds(section, x86_64, sizeof x86_64);
}

bool code_look(const struct object *object, bool watched, struct code_fault *fault)
{
	struct walk walk = {.object = object, .watched = watched, .fault = fault};

	*fault = (struct code_fault){0};
	for (size_t i = 0; i < object->section_count; i++)
		if (has_request(object, &object->sections[i]))
			*fault = (struct code_fault){"a request to Valgrind", object->sections[i].name, true};
	if (object->machine != EM_X86_64)
		return fault->what;
	if (cs_open(CS_ARCH_X86, CS_MODE_64, &walk.capstone) != CS_ERR_OK)
		mem_exhausted();
	cs_option(walk.capstone, CS_OPT_DETAIL, CS_OPT_ON);
	for (size_t i = 0; i < object->symbol_count; i++) {
		walk.function = &object->symbols[i];
		walk.section = &object->sections[walk.function->section];
		if (walk.function->type == STT_FUNC && walk.function->defined && walk.section->bytes &&
		    walk.function->value + walk.function->size <= walk.section->size)
			look_at_function(&walk);
	}
	cs_close(&walk.capstone);
	return fault->what;
}
