/*
 * What audit.h promises, seen from outside. The sink and the tests share the
 * archive without a lock, on purpose: audit_stop() promises that the sink is at
 * rest when it returns. If the log breaks that promise, it is a data race.
 */
#include "audit.h"

#include <criterion/criterion.h>

enum { PART = 3, MANY = 2 * AUDIT_BATCH + 5 };

/* True in a thread that is inside audit_record(). */
static _Thread_local bool recording;

struct archive {
	int count;	   /* entries delivered */
	bool out_of_order; /* they were not 1, 2, 3, ... */
	bool too_many;	   /* a call brought more than a batch */
	bool by_recorder;  /* audit_record() called the sink itself */
};

/* Adds `count` entries to the archive, maybe none, and returns what it is then. Only here is it touched. */
static struct archive archive_add(const int *entries, size_t count)
{
	static struct archive archive;

	archive.too_many |= count > AUDIT_BATCH;
	archive.by_recorder |= recording;
	for (size_t i = 0; i < count; i++)
		archive.out_of_order |= entries[i] != ++archive.count;
	return archive;
}

static void sink(const int *entries, size_t count)
{
	archive_add(entries, count);
}

/* Records the entries 1 to `count`, stops the log, and returns what is in the archive at that moment. */
static struct archive archive_of(int count)
{
	audit_start(sink);
	for (int entry = 1; entry <= count; entry++) {
		recording = true;
		cr_assert(audit_record(entry), "entry %d was refused, and there is room", entry);
		recording = false;
	}
	audit_stop();
	return archive_add(NULL, 0);
}

Test(audit, delivers_a_part_of_a_batch, .timeout = 60)
{
	int delivered = archive_of(PART).count;

	cr_assert_eq(delivered, PART, "audit_stop() has returned; accepted %d, delivered %d", PART, delivered);
}

Test(audit, delivers_all_in_order, .timeout = 60)
{
	struct archive archive = archive_of(MANY);

	cr_assert_eq(archive.count, MANY, "audit_stop() has returned; accepted %d, delivered %d", MANY, archive.count);
	cr_assert_not(archive.out_of_order, "the entries were not delivered once each, in order");
	cr_assert_not(archive.too_many, "the sink got more than AUDIT_BATCH entries in one call");
}

Test(audit, refuses_after_stop, .timeout = 60)
{
	archive_of(PART);
	cr_assert_not(audit_record(PART + 1), "an entry was accepted that nobody will deliver");
}

Test(audit, records_without_delivering, .timeout = 60)
{
	cr_assert_not(archive_of(AUDIT_BATCH).by_recorder,
		      "audit_record() has called the sink; a request waits for the archive");
}
