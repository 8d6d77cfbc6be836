/*
 * What sheets.h promises, seen from outside: by the machine, which counts what
 * is mapped, from when map() is called until unmap() has returned. Nothing is
 * judged by how long it takes, only by whether it ends.
 */
#include "sheets.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/gate.h"
#include "kit/gauge.h"
#include "kit/schedule.h"

/*
 * In ms. LATE is when a test stops waiting for a call that does not return, and no right one is near it. A patience is so
 * long that a tenth of it is short beside it on any machine, and ten times of it longer than LATE; not a whole number of
 * seconds.
 */
enum { PATIENCE = 900, PAUSE = 250, LATE = 8000, FOR_EVER = 86400000 };
enum { MANY = 64, NEVER = -1 };
enum { IN_LOCK, PUT_BACK };

struct layer {
	long kib;
	bool mapped;
};

static struct {
	pthread_mutex_t lock;
	struct gate maps, unmaps; /* neither call returns before its gate is open */
	/* all below guarded by lock */
	struct layer layers[MANY];
	int count;	   /* of them */
	long mapped, most; /* KiB, now and at a time */
	int fails;	   /* which call of map() fails, from 0; NEVER */
} machine = {.lock = PTHREAD_MUTEX_INITIALIZER, .maps = GATE_INITIALIZER, .unmaps = GATE_INITIALIZER, .fails = NEVER};

/* Needs the lock held. */
static void account(long kib)
{
	machine.mapped += kib;
	machine.most = machine.mapped > machine.most ? machine.mapped : machine.most;
	gauge_set("mapped_kib", machine.mapped);
}

static struct layer *map(long kib)
{
	CHECK(pthread_mutex_lock(&machine.lock));
	REQUIRE(machine.count < MANY);
	struct layer *layer = &machine.layers[machine.count];
	bool fails = machine.count++ == machine.fails;
	layer->kib = kib > ROOM ? ROOM + 1 : kib; /* so that the sum stays a number */
	layer->mapped = true;
	account(layer->kib);
	CHECK(pthread_mutex_unlock(&machine.lock));
	gate_wait(&machine.maps);
	if (!fails)
		return layer;
	CHECK(pthread_mutex_lock(&machine.lock));
	layer->mapped = false;
	account(-layer->kib);
	CHECK(pthread_mutex_unlock(&machine.lock));
	return NULL;
}

static void unmap(struct layer *layer)
{
	CHECK(pthread_mutex_lock(&machine.lock));
	REQUIRE(layer->mapped);
	layer->mapped = false;
	CHECK(pthread_mutex_unlock(&machine.lock));
	gate_wait(&machine.unmaps);
	CHECK(pthread_mutex_lock(&machine.lock));
	account(-layer->kib);
	CHECK(pthread_mutex_unlock(&machine.lock));
}

static long mapped(void)
{
	CHECK(pthread_mutex_lock(&machine.lock));
	long kib = machine.mapped;
	CHECK(pthread_mutex_unlock(&machine.lock));
	return kib;
}

/* Puts a sheet back, or gets one. */
struct client {
	pthread_t thread;
	struct sheet *sheet;
	bool puts;
	long patience;
	int turn;	  /* the one in which it does so; 0: at once */
	bool gives_turns; /* before each lock that its call takes */
	bool in_lock;	  /* it stays in its first lock until all others wait */
	bool late;	  /* when it is woken, or its patience has ended, it looks only after a sheet was put back */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	enum sheet_result result;
	bool back;   /* guarded by lock; its call has returned */
	long waited; /* ms */
};

static long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000L + time.tv_nsec / 1000000;
}

static void *be_client(void *arg)
{
	struct client *client = arg;

	for (int i = 0; i < client->turn; i++)
		schedule_await_turn();
	long began = now();
	schedule_give_turns(client->gives_turns);
	if (client->in_lock)
		schedule_reached_in_lock(IN_LOCK);
	if (client->late)
		schedule_wake_late(PUT_BACK);
	if (client->puts)
		sheet_put(client->sheet);
	else
		client->result = sheet_get(client->sheet, client->patience);
	schedule_give_turns(false);
	client->waited = now() - began + 1;
	CHECK(pthread_mutex_lock(&client->lock));
	client->back = true;
	CHECK(pthread_cond_signal(&client->changed));
	CHECK(pthread_mutex_unlock(&client->lock));
	return NULL;
}

static void start(struct client *client)
{
	CHECK(pthread_mutex_init(&client->lock, NULL));
	deadline_cond_init(&client->changed);
	CHECK(pthread_create(&client->thread, NULL, be_client, client));
}

static void client_gets(struct client *client, struct sheet *sheet, long patience)
{
	*client = (struct client){.sheet = sheet, .patience = patience};
	start(client);
}

static void client_puts(struct client *client, struct sheet *sheet)
{
	*client = (struct client){.sheet = sheet, .puts = true};
	start(client);
}

/* Whether its call returns within that many milliseconds. */
static bool is_back(struct client *client, long wait)
{
	struct timespec end = deadline_in(wait);

	CHECK(pthread_mutex_lock(&client->lock));
	while (!client->back && deadline_cond_wait(&client->changed, &client->lock, &end))
		;
	bool back = client->back;
	CHECK(pthread_mutex_unlock(&client->lock));
	return back;
}

/* What its call has returned. Fails the test if it does not return. */
static enum sheet_result result_of(struct client *client)
{
	cr_assert(is_back(client, LATE), "%s() does not return, with a patience of %ld ms",
		  client->puts ? "sheet_put" : "sheet_get", client->patience);
	CHECK(pthread_join(client->thread, NULL));
	CHECK(pthread_cond_destroy(&client->changed));
	CHECK(pthread_mutex_destroy(&client->lock));
	return client->result;
}

static enum sheet_result get(struct sheet *sheet, long patience)
{
	struct client client;

	client_gets(&client, sheet, patience);
	return result_of(&client);
}

/* As get() with no patience; fails the test if it waits all the same. */
static enum sheet_result get_at_once(struct sheet *sheet)
{
	struct client client;

	client_gets(&client, sheet, 0);
	schedule_await_blocked(); /* a thread that waits for a length of time waits, too */
	bool waits = !is_back(&client, 0);
	enum sheet_result result = result_of(&client);

	cr_assert_not(waits, "sheet_get() waits, with a patience of 0 ms");
	return result;
}

static void put_if(bool done, struct sheet *sheet)
{
	if (done)
		sheet_put(sheet);
}

static void begin(void)
{
	gate_open(&machine.maps);
	gate_open(&machine.unmaps);
	sheets_init(map, unmap);
}

/* All has been put back. Fails the test unless nothing is mapped, and never too much was. */
static void end(void)
{
	sheets_release();
	cr_assert_leq(machine.most, ROOM, "%ld KiB were mapped at a time, and at most %d may be", machine.most, ROOM);
	cr_assert_eq(machine.mapped, 0, "%ld KiB are still mapped, and every sheet was put back", machine.mapped);
}

/* Two of the sheets have a size too many: of a layer that is not there. */
Test(sheets, has_so_much_room, .timeout = 60)
{
	struct sheet most = {.layers = 2, .kib = {32, 16, 1}}, rest = {.layers = 1, .kib = {16}};
	struct sheet over = {.layers = 2, .kib = {16, 1}}, one = {.layers = 1, .kib = {1}};
	struct sheet large = {.layers = 1, .kib = {ROOM + 1}}, sum = {.layers = 3, .kib = {32, 32, 1}};
	struct sheet huge = {.layers = 2, .kib = {LONG_MAX, LONG_MAX}}, all = {.layers = 2, .kib = {32, 32, 1}};

	begin();
	cr_assert_eq(get(&most, 0), SHEET_DONE, "nothing is in use, and 48 KiB are not to be had");
	cr_assert_eq(get_at_once(&over), SHEET_TOO_LATE, "48 KiB are in use, and 17 are to be had");
	cr_assert_eq(get(&rest, 0), SHEET_DONE, "48 KiB are in use, and 16 are not to be had");
	cr_assert_eq(get_at_once(&one), SHEET_TOO_LATE, "64 KiB are in use, and 1 is to be had");
	cr_assert_eq(get(&large, FOR_EVER), SHEET_TOO_LARGE, "a layer of 65 KiB is not too large");
	cr_assert_eq(get(&sum, FOR_EVER), SHEET_TOO_LARGE, "layers of 65 KiB are not too large");
	cr_assert_eq(get(&huge, FOR_EVER), SHEET_TOO_LARGE, "layers of twice LONG_MAX KiB are not too large");
	cr_assert_eq(mapped(), ROOM, "%ld KiB are mapped for two sheets of 48 and 16", mapped());
	sheet_put(&most);
	sheet_put(&rest);
	cr_assert_eq(get(&all, 0), SHEET_DONE, "all was put back, and 64 KiB are not to be had");
	cr_assert_eq(get_at_once(&one), SHEET_TOO_LATE, "64 KiB are in use again, and 1 is to be had");
	sheet_put(&all);
	end();
}

/* Half of it is taken as soon as it is asked for, and there for others only when it is given back. */
Test(sheets, counts_what_is_under_way, .timeout = 60)
{
	struct sheet sheets[] = {{.layers = 1, .kib = {48}}, {.layers = 1, .kib = {48}}, {.layers = 1, .kib = {64}}};
	struct client clients[3];
	int owner = 0;

	sheets_init(map, unmap);
	client_gets(&clients[0], &sheets[0], 0);
	client_gets(&clients[1], &sheets[1], 0);
	schedule_await_blocked(); /* the machine has mapped nothing yet */
	gate_open(&machine.maps);
	bool first = result_of(&clients[0]) == SHEET_DONE, second = result_of(&clients[1]) == SHEET_DONE;

	cr_assert_neq(first, second, "48 KiB were asked for twice, and %s got them", first ? "both" : "nobody");
	owner = second;
	client_puts(&clients[0], &sheets[owner]);
	schedule_await_blocked(); /* nor unmapped anything */
	client_gets(&clients[1], &sheets[2], FOR_EVER);
	schedule_await_blocked();
	client_gets(&clients[2], &sheets[!owner], 0);
	schedule_await_blocked();
	gate_open(&machine.unmaps);
	result_of(&clients[0]);
	if (result_of(&clients[2]) == SHEET_DONE) /* it had to wait for a lock, and came first */
		sheet_put(&sheets[!owner]);
	cr_assert_eq(result_of(&clients[1]), SHEET_DONE, "all was put back, and 64 KiB are not to be had");
	sheet_put(&sheets[2]);
	end();
}

Test(sheets, waits_for_room, .timeout = 60)
{
	struct sheet sheets[] = {{.layers = 1, .kib = {48}},
				 {.layers = 1, .kib = {16}},
				 {.layers = 1, .kib = {40}},
				 {.layers = 1, .kib = {16}},
				 {.layers = 1, .kib = {24}}};
	struct client clients[5];
	bool wait = true;

	begin();
	schedule_wake_in_vain();
	schedule_go_last(); /* what is given back too early is taken before it is unmapped */
	bool full = get(&sheets[0], 0) == SHEET_DONE && get(&sheets[1], 0) == SHEET_DONE;
	cr_assert(full, "64 KiB are not to be had");
	for (int i = 2; i < 5; i++) {
		client_gets(&clients[i], &sheets[i], FOR_EVER);
		schedule_await_blocked();
		wait &= !is_back(&clients[i], 0);
	}
	sheet_put(&sheets[1]); /* enough for the second that waits, and for no other */
	bool second = result_of(&clients[3]) == SHEET_DONE;
	put_if(second, &sheets[3]);
	sheet_put(&sheets[0]); /* enough for both others */
	bool first = result_of(&clients[2]) == SHEET_DONE, third = result_of(&clients[4]) == SHEET_DONE;

	put_if(first, &sheets[2]);
	put_if(third, &sheets[4]);
	cr_assert(wait, "there is no room, and sheet_get() does not wait, with all the patience of the world");
	cr_assert(first && second && third, "there was room for all that waited, and not all have got it");
	end();
}

/* Others get what is put back, and it would not be enough; a client's patience does not begin anew with each. */
Test(sheets, loses_its_patience, .timeout = 60)
{
	struct sheet most = {.layers = 1, .kib = {48}}, rest = {.layers = 1, .kib = {16}};
	struct sheet waiting = {.layers = 1, .kib = {17}};
	struct client client;
	int rounds = 0;

	begin();
	bool full = get(&most, 0) == SHEET_DONE && get(&rest, 0) == SHEET_DONE;
	cr_assert(full, "64 KiB are not to be had");
	client_gets(&client, &waiting, PATIENCE);
	do {
		sheet_put(&rest);
		schedule_await_blocked();
		full = get(&rest, 0) == SHEET_DONE;
	} while (full && ++rounds < LATE / PAUSE && !is_back(&client, PAUSE));
	enum sheet_result result = result_of(&client);

	cr_assert(full, "16 KiB were put back, and are not to be had");
	sheet_put(&most);
	sheet_put(&rest);
	cr_assert_lt(rounds, LATE / PAUSE, "sheet_get() begins its patience of %d ms anew whenever it is woken",
		     PATIENCE);
	cr_assert_eq(result, SHEET_TOO_LATE, "there was never room for 17 KiB, and sheet_get() has them");
	cr_assert_geq(client.waited, PATIENCE, "sheet_get() returned after %ld ms, and had %d ms", client.waited,
		      PATIENCE);
	end();
}

Test(sheets, holds_nothing_while_it_waits, .timeout = 60)
{
	struct sheet first = {.layers = 1, .kib = {40}}, waiting = {.layers = 2, .kib = {16, 32}};
	struct sheet small = {.layers = 1, .kib = {24}};
	struct client client;

	begin();
	schedule_go_last();
	cr_assert_eq(get(&first, 0), SHEET_DONE, "nothing is in use, and 40 KiB are not to be had");
	client_gets(&client, &waiting, FOR_EVER);
	schedule_await_blocked();
	long kib = mapped();
	bool fits = get(&small, 0) == SHEET_DONE;

	sheet_put(&first);
	put_if(fits, &small);
	bool done = result_of(&client) == SHEET_DONE;

	put_if(done, &waiting);
	cr_assert_eq(kib, 40, "one sheet of 40 KiB is mapped, another waits, and %ld KiB are mapped", kib);
	cr_assert(fits, "24 KiB are free, and a sheet that waits keeps them from one that fits");
	cr_assert(done, "all was put back, and 48 KiB are not to be had");
	end();
}

/* Whichever of its layers it is, and there is nothing before the first one to unmap. */
static void expect_each_layer_to_be_told(void)
{
	struct sheet fails = {.layers = 3, .kib = {16, 32, 16}}, all = {.layers = 1, .kib = {ROOM}};

	for (int layer = 0; layer < fails.layers; layer++) {
		machine.fails = machine.count + layer; /* no other thread is there */
		cr_assert_eq(get(&fails, 0), SHEET_NOT_MAPPED, "layer %d could not be mapped, and nobody says so",
			     layer + 1);
		cr_assert_eq(get(&all, 0), SHEET_DONE, "a sheet failed, and what it had is not to be had");
		sheet_put(&all);
	}
}

Test(sheets, loses_nothing_by_a_failure, .timeout = 60)
{
	struct sheet fails = {.layers = 3, .kib = {16, 32, 16}}, waiting = {.layers = 1, .kib = {64}};
	struct client failing, client;

	sheets_init(map, unmap);
	machine.fails = 1; /* no other thread is there yet */
	client_gets(&failing, &fails, FOR_EVER);
	schedule_await_blocked();
	client_gets(&client, &waiting, FOR_EVER);
	schedule_await_blocked();
	gate_open(&machine.maps);
	schedule_await_blocked(); /* what could be mapped is being unmapped */
	gate_open(&machine.unmaps);
	enum sheet_result failed = result_of(&failing), result = result_of(&client);

	put_if(result == SHEET_DONE, &waiting);
	cr_assert_eq(failed, SHEET_NOT_MAPPED, "the second layer could not be mapped, and nobody says so");
	cr_assert_eq(result, SHEET_DONE, "a sheet failed, and what it had is not to be had");
	expect_each_layer_to_be_told();
	end();
}

/* Whether there is room, and that it is taken, is one step: before the second lock of one client another comes and goes. */
Test(sheets, gives_the_same_room_once, .timeout = 60)
{
	struct sheet sheets[] = {{.layers = 1, .kib = {48}}, {.layers = 1, .kib = {48}}};
	struct client one = {.sheet = &sheets[0], .gives_turns = true}, other = {.sheet = &sheets[1], .turn = 2};

	begin();
	start(&other);
	schedule_await_blocked();
	start(&one);
	bool first = result_of(&one) == SHEET_DONE;
	for (int i = 0; i < other.turn; i++) { /* it may have had fewer */
		schedule_give_turn();
		schedule_await_blocked();
	}
	bool second = result_of(&other) == SHEET_DONE;

	put_if(first, &sheets[0]);
	put_if(second, &sheets[1]);
	cr_assert_neq(first, second, "48 KiB were asked for twice, and %s got them", first ? "both" : "nobody");
	end();
}

/*
 * Others have a lock for a moment: without patience a client does not wait for room, but it does for that. And room comes
 * back when the patience of one that waits has just ended: it may get it or not, and if not, others can.
 */
Test(sheets, loses_nothing_at_the_last_moment, .timeout = 60)
{
	struct sheet one = {.layers = 1, .kib = {32}}, other = {.layers = 1, .kib = {32}};
	struct sheet waiting = {.layers = 1, .kib = {32}}, next = {.layers = 1, .kib = {32}};
	struct client first = {.sheet = &one, .patience = FOR_EVER, .in_lock = true};
	struct client late = {.sheet = &waiting, .patience = 1, .late = true};

	begin();
	start(&first);
	schedule_await(IN_LOCK);
	bool both = get(&other, 0) == SHEET_DONE;
	both &= result_of(&first) == SHEET_DONE;
	cr_assert(both, "another sheet is got at the same moment, and 64 KiB are not to be had");
	start(&late);
	schedule_await_blocked(); /* its patience has ended, and it has not yet seen whether there is room */
	sheet_put(&other);
	schedule_reached(PUT_BACK);
	bool got = result_of(&late) == SHEET_DONE;
	bool rest = get(&next, 0) == SHEET_DONE;

	put_if(got, &waiting);
	put_if(rest, &next);
	sheet_put(&one);
	cr_assert_neq(got, rest, "32 KiB were put back as a client's patience ended, and %s has got them",
		      got ? "another one, too," : "nobody");
	end();
}
