/* Valgrind's XML, on captured reports of both Debian versions, and its sentences. */
#include "tests/unit/captured.h"

#include "detectors/valgrind/valgrind_words.h"
#include "detectors/valgrind/valgrind_xml.h"

static const char *const programs[] = {"race",	     "use_after_free",	"lock_order", "leak",
				       "bad_unlock", "destroyed_mutex", "clean"};
enum { PROGRAMS = sizeof programs / sizeof *programs };

static struct findings findings_of(const char *system, const char *program, const char *tool)
{
	char *name = mem_format("%s.%s.xml", program, tool), *executable = mem_format("/workbook/%s", program);
	size_t length;
	char *bytes = captured(system, name, &length);
	struct findings findings = {0};
	struct valgrind_output output;

	valgrind_xml_read(bytes, length, tool, &captured_run, &findings, &output);
	cr_assert(output.complete, "%s %s", system, name);
	cr_assert(output.pid > 1 && output.parent > 0 && output.pid != output.parent);
	cr_assert_str_eq(output.executable, executable);
	cr_assert_null(output.signal);
	findings_merge(&findings);
	expect_stable_words(&findings);
	for (size_t i = 0; i < findings.count; i++)
		cr_assert(detector_knows_kind(detector_named(tool), findings.items[i].kind));
	valgrind_output_release(&output);
	free(bytes);
	free(executable);
	free(name);
	return findings;
}

/* `kind` NULL: the tool says nothing. */
static void expect_one(const char *program, const char *tool, const char *kind, const char *function, int line)
{
	for (int i = 0; i < SYSTEMS; i++) {
		struct findings findings = findings_of(systems[i], program, tool);
		cr_assert_eq(findings.count, kind ? 1 : 0, "%s %s %s: %zu", systems[i], program, tool, findings.count);
		if (kind)
			expect_finding(&findings, 0, kind, function, line);
		findings_release(&findings);
	}
}

Test(valgrind_xml, helgrind)
{
	expect_one("race", "helgrind", "Race", "add", 7);
	expect_one("use_after_free", "helgrind", NULL, NULL, 0);
	expect_one("lock_order", "helgrind", "LockOrder", "audit", 15);
	expect_one("leak", "helgrind", NULL, NULL, 0);
	expect_one("bad_unlock", "helgrind", "UnlockUnlocked", "unlock_twice", 8);
	expect_one("clean", "helgrind", NULL, NULL, 0);
	for (int i = 0; i < SYSTEMS; i++) {
		struct findings findings = findings_of(systems[i], "destroyed_mutex", "helgrind");
		cr_assert_eq(findings.count, 2);
		expect_finding(&findings, 0, "Misc", "destroy_locked", 8);
		expect_finding(&findings, 1, "PthAPIerror", "destroy_locked", 8);
		cr_assert_str_eq(findings.items[1].words, "Main thread's call to pthread_mutex_destroy failed");
		findings_release(&findings);
	}
}

Test(valgrind_xml, drd)
{
	expect_one("race", "drd", "ConflictingAccess", "add", 7);
	expect_one("use_after_free", "drd", "ConflictingAccess", "evict_loop", 10);
	expect_one("lock_order", "drd", NULL, NULL, 0);
	expect_one("leak", "drd", NULL, NULL, 0);
	expect_one("bad_unlock", "drd", "MutexErr", "unlock_twice", 8);
	expect_one("destroyed_mutex", "drd", "MutexErr", "destroy_locked", 8);
	expect_one("clean", "drd", NULL, NULL, 0);
}

Test(valgrind_xml, memcheck)
{
	expect_one("race", "memcheck", NULL, NULL, 0);
	expect_one("use_after_free", "memcheck", "InvalidWrite", "evict_loop", 10);
	expect_one("leak", "memcheck", "Leak_DefinitelyLost", "lose", 7);
	expect_one("clean", "memcheck", NULL, NULL, 0);
}

Test(valgrind_xml, names_threads_and_locks)
{
	for (int i = 0; i < SYSTEMS; i++) {
		struct findings findings = findings_of(systems[i], "race", "helgrind");
		const struct finding *race = &findings.items[0];
		cr_assert_str_eq(race->words, "Possible data race during read of size 4 by thread worker");
		cr_assert_str_eq(race->stacks[1].role,
				 "This conflicts with a previous write of size 4 by another thread worker");
		cr_assert_str_eq(race->stacks[2].role, "Address is 0 bytes inside data symbol \"total\"");
		cr_assert_str_eq(race->stacks[0].frames[0].file, "/workbook/race.c");
		findings_release(&findings);

		findings = findings_of(systems[i], "lock_order", "helgrind");
		cr_assert_str_eq(findings.items[0].words, "Thread audit: lock order \"A before B\" violated");
		findings_release(&findings);
	}
}

Test(valgrind_xml, is_complete_only_for_its_own_tool)
{
	size_t length;
	char *bytes = captured(systems[0], "clean.drd.xml", &length);
	struct findings findings = {0};
	struct valgrind_output output;

	valgrind_xml_read(bytes, length, "helgrind", &captured_run, &findings, &output);
	cr_assert_not(output.complete);
	valgrind_output_release(&output);
	free(bytes);
}

static void expect_cut_everywhere(const char *system, const char *program, const char *tool, size_t step)
{
	char *name = mem_format("%s.%s.xml", program, tool);
	size_t length;
	char *bytes = captured(system, name, &length);

	length = (size_t)(strstr(bytes, "</valgrindoutput>") - bytes) + strlen("</valgrindoutput>");
	for (size_t end = 0; end < length; end += step) {
		struct findings findings = {0};
		struct valgrind_output output;
		char *part = cut(bytes, end);
		valgrind_xml_read(part, end, tool, &captured_run, &findings, &output);
		cr_assert_not(output.complete, "%s cut at %zu", name, end);
		valgrind_output_release(&output);
		findings_release(&findings);
		free(part);
	}
	free(bytes);
	free(name);
}

Test(valgrind_xml, cut_short_anywhere_is_never_complete)
{
	static const char *const tools[] = {"helgrind", "drd", "memcheck"};

	for (int i = 0; i < SYSTEMS; i++) {
		/* Every byte of the shorter ones; the long ones repeat what those have. */
		expect_cut_everywhere(systems[i], "bad_unlock", "helgrind", 1);
		expect_cut_everywhere(systems[i], "bad_unlock", "drd", 1);
		expect_cut_everywhere(systems[i], "leak", "memcheck", 1);
		for (int j = 0; j < 3 * PROGRAMS; j++)
			expect_cut_everywhere(systems[i], programs[j / 3], tools[j % 3], 61);
	}
}

static bool is_complete(const char *text)
{
	struct findings findings = {0};
	struct valgrind_output output;

	valgrind_xml_read(text, strlen(text), "drd", &captured_run, &findings, &output);
	bool complete = output.complete;
	valgrind_output_release(&output);
	findings_release(&findings);
	return complete;
}

#define RIGHT "<valgrindoutput><protocoltool>drd</protocoltool>"
#define ERROR(number) "<error><unique>" number "</unique><kind>ConflictingAccess</kind></error>"
#define LISTED(number) "<pair><count>1</count><unique>" number "</unique></pair>"
#define COUNTS(pairs) "<errorcounts>" pairs "</errorcounts>"
#define FINISHED "<status><state>FINISHED</state></status>"

Test(valgrind_xml, refuses_what_it_does_not_know)
{
	static const char *const bad[] = {
		"",
		" ",
		"TAP version 13\n",
		"<valgrindoutput/>",
		RIGHT "</valgrindoutput>",
		RIGHT "<status><state>RUNNING</state></status></valgrindoutput>",
		RIGHT FINISHED,
		RIGHT FINISHED "</valgrindoutput><error/>", /* two processes in one file */
		RIGHT FINISHED "<status><state>RUNNING</state></status></valgrindoutput>",
		"<valgrindoutput>" FINISHED "</valgrindoutput>",
		RIGHT "<error><what>FINISHED</what></error></valgrindoutput>",
		RIGHT FINISHED "<error><kind>Race</kind></valgrindoutput>",
		RIGHT FINISHED "\x01</valgrindoutput>",
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		cr_assert_not(is_complete(bad[i]), "%s", bad[i]);
	cr_assert(is_complete(RIGHT FINISHED "</valgrindoutput>\n"));
	cr_assert(is_complete(RIGHT "<new><kind>x</kind></new>" FINISHED "</valgrindoutput>"));
	cr_assert(is_complete(RIGHT ERROR("1") "<error><stack/><unique>2</unique></error>" FINISHED COUNTS(
		LISTED("2") LISTED("1")) "</valgrindoutput>"));
}

/* What who writes in between could do: hide an error, or add one. */
Test(valgrind_xml, sees_what_was_altered)
{
	static const char *const bad[] = {
		RIGHT ERROR("1") FINISHED COUNTS("") "</valgrindoutput>",
		RIGHT FINISHED COUNTS(LISTED("1")) "</valgrindoutput>",
		RIGHT "<error/>" FINISHED COUNTS("") "</valgrindoutput>",
		RIGHT "<!--" ERROR("1") "-->" FINISHED COUNTS("") "</valgrindoutput>",
		RIGHT "<?x " ERROR("1") "?>" FINISHED COUNTS("") "</valgrindoutput>",
		RIGHT "<usercomment><![CDATA[" ERROR("1") "]]></usercomment>" FINISHED COUNTS("") "</valgrindoutput>",
		RIGHT "garbage" FINISHED COUNTS("") "</valgrindoutput>",
		RIGHT "<error>x<unique>1</unique></error>" FINISHED COUNTS(LISTED("1")) "</valgrindoutput>",
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct findings findings = {0};
		struct valgrind_output output;
		valgrind_xml_read(bad[i], strlen(bad[i]), "drd", &captured_run, &findings, &output);
		cr_assert(output.altered && !output.complete, "%s", bad[i]);
		valgrind_output_release(&output);
		findings_release(&findings);
	}
	/* A leak is told once the program is gone. */
	cr_assert(is_complete(RIGHT FINISHED "<error><unique>1</unique><kind>Leak_DefinitelyLost</kind></error>" COUNTS(
		"") "</valgrindoutput>"));
}

Test(valgrind_xml, survives_deep_nesting)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	fputs(RIGHT, out);
	for (int i = 0; i < 100; i++)
		fputs("<error><stack><frame><fn>f</fn>", out);
	for (int i = 0; i < 100; i++)
		fputs("</frame></stack></error>", out);
	fputs(FINISHED "</valgrindoutput>", out);
	fclose(out);
	is_complete(text);
	free(text);
}

Test(valgrind_xml, reads_a_deadly_signal)
{
	static const char text[] = RIGHT "<fatal_signal><tid>1</tid><signo>11</signo><signame>SIGSEGV</signame>"
					 "</fatal_signal>" FINISHED "</valgrindoutput>";
	struct findings findings = {0};
	struct valgrind_output output;

	valgrind_xml_read(text, strlen(text), "drd", &captured_run, &findings, &output);
	cr_assert(output.complete);
	cr_assert_str_eq(output.signal, "SIGSEGV");
	valgrind_output_release(&output);
}

Test(valgrind_xml, sentences_are_the_same_in_every_run)
{
	static const char *const pairs[][2] = {
		{"in frame #3, created by charge_batch", "in a frame created by charge_batch"},
		{"Thread #1 unlocked a not-locked lock at 0x1FFF000568", "Main thread unlocked a not-locked lock"},
		{"Thread #2 unlocked lock at 0x1F currently held by thread #7",
		 "Thread worker unlocked lock currently held by another thread"},
		{"Conflicting load by thread 2 at 0x0010c02c size 4", "Conflicting load by thread worker size 4"},
		{"Address 0x1ffeffe is on thread #1's stack", "Address is on main thread's stack"},
		{"Address 0x0 is not stack'd", "Address 0x0, a null pointer, is not stack'd"},
		{"Address 0x18 is not stack'd", "Address 0x18, 24 bytes from a null pointer, is not stack'd"},
		{"Address 0x1000 is not stack'd", "Address is not stack'd"},
		{"64 bytes in 1 blocks are definitely lost in loss record 1,234 of 2",
		 "64 bytes in 1 blocks are definitely lost"},
		{"Mutex not locked: mutex 0x1fe, recursion count 0, owner 3.",
		 "Mutex not locked: mutex, recursion count 0."},
		{"Allocation context: BSS section of /a/b/program", "Allocation context: BSS section of program"},
		{"a thread 2x, 0x, 0xg and thread", "a thread workerx, 0x, 0xg and thread"},
		{"", ""},
	};
	struct valgrind_names names = {0};

	valgrind_names_thread(&names, "read by thread #2", "worker");
	valgrind_names_thread(&names, "read by thread #2", "not a second name");
	valgrind_names_thread(&names, "no number", "nobody");
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		char *words = valgrind_words(&names, pairs[i][0]);
		cr_assert_str_eq(words, pairs[i][1]);
		free(words);
	}
	valgrind_names_release(&names);
}

Test(valgrind_xml, locks_keep_their_letters)
{
	static const char headline[] = "Thread #2: lock order \"0x10C038 before 0x10C060\" violated";
	struct valgrind_names names = {0};

	valgrind_names_locks(&names, headline);
	char *words = valgrind_words(&names, "followed by a later acquisition of lock at 0x10C060");
	cr_assert_str_eq(words, "followed by a later acquisition of lock B");
	free(words);
	words = valgrind_words(&names, "Lock at 0x1002B1C0C0 was first observed");
	cr_assert_str_eq(words, "Lock was first observed");
	free(words);
	valgrind_names_release(&names);
}

Test(valgrind_xml, every_kind_is_explained)
{
	for (size_t i = 0; detectors[i]; i++)
		for (const struct kind *kind = detectors[i]->kinds; kind->name; kind++)
			cr_assert(kind->meaning && kind->advice, "%s %s", detectors[i]->name, kind->name);
}

/* A homework may start a thousand threads; the workbook's own programs do not, and need not pay for the room. */
Test(valgrind_command, makes_room_for_the_threads_of_other_programs)
{
	static const char *const paths[] = {"/root/build/plain/bin/chapters/x", "/root/build/run/7.own/plain"};

	for (size_t i = 0; i < 2; i++) {
		struct run run = {.program = paths[i], .root = "/root", .directory = "/tmp"};
		struct command command = {0};
		bool room = false;
		detector_named("helgrind")->prepare(&run, &command);
		for (size_t j = 0; command.argv[j]; j++)
			room = room || strncmp(command.argv[j], "--max-threads=", 14) == 0;
		cr_assert_eq(room, i == 1, "%s", paths[i]);
		command_release(&command);
	}
}

/* Of an error that Helgrind calls Misc. */
static void expect_misc_named(const char *words, const char *kind)
{
	char *text = mem_format(
		"<?xml version=\"1.0\"?><valgrindoutput><protocoltool>helgrind</protocoltool><error><kind>Misc</kind>"
		"<xwhat><text>Thread #1: %s</text></xwhat></error><status><state>FINISHED</state></status></valgrindoutput>",
		words);
	struct findings findings = {0};
	struct valgrind_output output;

	valgrind_xml_read(text, strlen(text), "helgrind", &captured_run, &findings, &output);
	cr_assert_eq(findings.count, 1);
	cr_expect_str_eq(findings.items[0].kind, kind);
	findings_release(&findings);
	valgrind_output_release(&output);
	free(text);
}

/* Helgrind 3.19 has no kind for the first, and no version one for the second; its words are the same. */
Test(valgrind_xml, what_has_words_of_its_own_has_a_kind)
{
	expect_misc_named("pthread_cond_signal: dubious: associated lock is not held by any thread", "Dubious");
	expect_misc_named("pthread_cond_{signal,broadcast}: associated lock is not held by calling thread", "Dubious");
	expect_misc_named("Exiting thread still holds 2 locks", "HeldAtExit");
	expect_misc_named("pthread_mutex_destroy of a locked mutex", "Misc");
}
