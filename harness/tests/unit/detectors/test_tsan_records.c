/* ThreadSanitizer's records, and the findings made of them, on captured reports of both Debian versions. */
#include "tests/unit/captured.h"

#include "detectors/tsan/tsan_findings.h"

static const char *const programs[] = {"race",	     "use_after_free",	"lock_order", "leak",
				       "bad_unlock", "destroyed_mutex", "clean"};
enum { PROGRAMS = sizeof programs / sizeof *programs };

/* Resolves as captured/NAME.code says; `context` is that file's text. */
static size_t code_at(void *context, uint64_t pc, struct code_place *places, size_t room)
{
	static char function[128], file[128];
	char line[16];

	cr_assert(room > 0);
	places[0] = (struct code_place){0};
	for (const char *at = context; at && *at; at = strchr(at, '\n') + 1) {
		unsigned long long known;
		if (sscanf(at, "%llx %127s %127s %15s", &known, function, file, line) != 4 || known - 1 != pc)
			continue;
		places[0].function = function;
		places[0].file = file[0] == '/' ? file : NULL;
		places[0].line = atoi(line);
		break;
	}
	return 1;
}

static const char *data_at(void *context, uint64_t address, uint64_t *offset)
{
	static char name[128];

	for (const char *at = context; at && *at; at = strchr(at, '\n') + 1) {
		unsigned long long known;
		if (sscanf(at, "data %llx %127s", &known, name) != 2 || address < known || address >= known + 4)
			continue;
		*offset = address - known;
		return name;
	}
	return NULL;
}

static struct findings findings_of(const char *system, const char *program)
{
	char *name = mem_format("%s.tsan", program), *code_name = mem_format("%s.code", program);
	size_t length;
	char *bytes = captured(system, name, &length), *code = captured(system, code_name, &(size_t){0});
	struct tsan_resolver resolver = {.code = code_at, .data = data_at, .context = code, .run = &captured_run};
	struct tsan_records records;
	struct findings findings = {0};

	tsan_records_read(bytes, length, &records);
	cr_assert(records.complete, "%s %s", system, program);
	cr_assert(records.pid > 1 && records.parent > 0);
	cr_assert(strstr(records.maps, "-p 00000000"));
	tsan_findings_add(&records, &resolver, &findings);
	findings_merge(&findings);
	expect_stable_words(&findings);
	tsan_records_release(&records);
	free(bytes);
	free(code);
	free(name);
	free(code_name);
	return findings;
}

static void expect_stack(const struct finding *finding, size_t n, const char *role, const char *own_function)
{
	const char *function = NULL;

	cr_assert(n < finding->stack_count);
	cr_assert_str_eq(finding->stacks[n].role, role);
	for (size_t i = 0; i < finding->stacks[n].count && !function; i++)
		if (finding->stacks[n].frames[i].own)
			function = finding->stacks[n].frames[i].function;
	cr_assert_str_eq(function, own_function);
}

Test(tsan_records, race)
{
	for (int i = 0; i < SYSTEMS; i++) {
		struct findings findings = findings_of(systems[i], "race");
		cr_assert_eq(findings.count, 1);
		expect_finding(&findings, 0, "data-race", "add", 7);
		cr_assert_str_eq(findings.items[0].file, "/workbook/race.c");
		cr_assert_str_eq(findings.items[0].words, "data race on 'total'");
		expect_stack(&findings.items[0], 1, "Previous write of size 4 by another thread worker", "add");
		findings_release(&findings);
	}
}

Test(tsan_records, use_after_free)
{
	for (int i = 0; i < SYSTEMS; i++) {
		struct findings findings = findings_of(systems[i], "use_after_free");
		cr_assert_eq(findings.count, 1);
		expect_finding(&findings, 0, "heap-use-after-free", "evict_loop", 10);
		expect_stack(&findings.items[0], 0, "Write of size 4 by thread evict_loop", "evict_loop");
		expect_stack(&findings.items[0], 1, "Freed by main thread", "main");
		/* The runtime's stand-in bears the name of what it stands in for. */
		cr_assert_str_eq(findings.items[0].stacks[1].frames[0].function, "free");
		findings_release(&findings);
	}
}

Test(tsan_records, lock_order)
{
	for (int i = 0; i < SYSTEMS; i++) {
		struct findings findings = findings_of(systems[i], "lock_order");
		cr_assert_eq(findings.count, 1);
		expect_finding(&findings, 0, "lock-order-inversion", "transfer", 7);
		cr_assert_str_eq(findings.items[0].words,
				 "lock order inversion: mutex 'accounts' => mutex 'ledger' => mutex 'accounts'");
		expect_stack(&findings.items[0], 2,
			     "Acquired mutex 'accounts' while holding mutex 'ledger', by thread audit", "audit");
		findings_release(&findings);
	}
}

Test(tsan_records, threads_and_mutexes)
{
	for (int i = 0; i < SYSTEMS; i++) {
		struct findings findings = findings_of(systems[i], "leak");
		cr_assert_eq(findings.count, 1);
		expect_finding(&findings, 0, "thread-leak", "main", 15);
		expect_stack(&findings.items[0], 0, "Thread created by main thread", "main");
		findings_release(&findings);

		findings = findings_of(systems[i], "bad_unlock");
		cr_assert_eq(findings.count, 1);
		expect_finding(&findings, 0, "mutex-bad-unlock", "unlock_twice", 8);
		findings_release(&findings);

		findings = findings_of(systems[i], "destroyed_mutex");
		cr_assert_eq(findings.count, 1);
		expect_finding(&findings, 0, "locked-mutex-destroy", "destroy_locked", 8);
		findings_release(&findings);

		findings = findings_of(systems[i], "clean");
		cr_assert_eq(findings.count, 0);
	}
}

Test(tsan_records, cut_short_anywhere_is_never_complete)
{
	for (int i = 0; i < SYSTEMS * PROGRAMS; i++) {
		char *name = mem_format("%s.tsan", programs[i / SYSTEMS]);
		size_t length;
		char *bytes = captured(systems[i % SYSTEMS], name, &length);
		for (size_t end = 0; end < length; end++) {
			struct tsan_records records;
			char *part = cut(bytes, end);
			tsan_records_read(part, end, &records);
			cr_assert_not(records.complete, "%s cut at %zu", name, end);
			tsan_records_release(&records);
			free(part);
		}
		free(bytes);
		free(name);
	}
}

/* Whatever one byte becomes, the reader must survive it. */
Test(tsan_records, survives_a_wrong_byte_anywhere)
{
	static const char wrong[] = {'\0', '\n', ' ', ':', '-', '9', '\xff'};
	size_t length;
	char *bytes = captured(systems[0], "lock_order.tsan", &length);
	struct tsan_resolver resolver = {.code = code_at, .data = data_at, .run = &captured_run};

	for (size_t at = 0; at < length * sizeof wrong; at++) {
		struct tsan_records records;
		struct findings findings = {0};
		char *part = cut(bytes, length);
		part[at / sizeof wrong] = wrong[at % sizeof wrong];
		tsan_records_read(part, length, &records);
		tsan_findings_add(&records, &resolver, &findings);
		findings_release(&findings);
		tsan_records_release(&records);
		free(part);
	}
	free(bytes);
}

static bool is_complete(const char *text, size_t length)
{
	struct tsan_records records;

	tsan_records_read(text, length, &records);
	bool complete = records.complete;
	tsan_records_release(&records);
	return complete;
}

#define HEAD "start 10 9\nmaps\nend maps\n"

Test(tsan_records, refuses_what_it_does_not_know)
{
	static const char *const bad[] = {
		"",
		"\n",
		"<?xml version=\"1.0\"?>\n",
		"closed\n",
		"maps\nend maps\nclosed\n",
		"start 10\nmaps\nend maps\nclosed\n",
		"start 10 9 8\nmaps\nend maps\nclosed\n",
		"start 10 9\nclosed\n",
		HEAD,
		HEAD "closed",
		HEAD "closed\nstart 10 9\n", /* the process became another program */
		HEAD "report data-race\nclosed\n",
		HEAD "report data-race\nreport data-race\nend report\nclosed\n",
		HEAD "end report\nclosed\n",
		HEAD "mop 1 ff 4 1 0 : ff\nclosed\n", /* outside a report */
		HEAD "report data-race\nmop 1 ff 4 1 0\nend report\nclosed\n",
		HEAD "report data-race\nmop 1 ff 4 1 : ff\nend report\nclosed\n",
		HEAD "report data-race\nmop 1 xx 4 1 0 : ff\nend report\nclosed\n",
		HEAD "report data-race\nmop 1 ff 4 1 0 : zz\nend report\nclosed\n",
		HEAD "report data-race\nmop 9999999999 ff 4 1 0 : ff\nend report\nclosed\n",
		HEAD "report data-race\ntid 1 2\nend report\nclosed\n",
		HEAD "report data-race\nthing 1\nend report\nclosed\n",
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		cr_assert_not(is_complete(bad[i], strlen(bad[i])), "%s", bad[i]);
	static const char zero[] = HEAD "closed\n\0closed\n";
	cr_assert_not(is_complete(zero, sizeof zero - 1));
	static const char late[] = HEAD "closed\nreport data-race\nmop 1 ff 4 1 0 : ff\nend report\n";
	/* A thread that still runs can race while the program ends. */
	cr_assert(is_complete(late, strlen(late)));
}

Test(tsan_records, every_kind_is_explained)
{
	size_t count = 0;

	for (; tsan_kinds[count].name; count++)
		cr_assert(tsan_kinds[count].meaning && tsan_kinds[count].headline, "%s", tsan_kinds[count].name);
	cr_assert(count > 10);
	cr_assert_null(detector_kind(detector_named("tsan"), "Race"));
}
