/*
 * What conns.h promises, seen from outside: by the database, which counts the
 * connections that are open. Nothing is judged by how long it takes, only by
 * whether it ends.
 */
#include "conns.h"

#include <criterion/criterion.h>
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
enum { PUT_BACK, IN_LOCK };
enum { CLIENTS = CONNS + 2, ROUNDS = 5, MANY = 64 };

struct conn {
	bool open;
	int clients; /* the test's, when it looks at what they have got */
};

static struct {
	pthread_mutex_t lock;
	struct gate answers, failures; /* no call of dial() returns before its gate is open */
	/* all below guarded by lock */
	struct conn conns[MANY];
	int dialled, open, most; /* ever; now; at a time, with those that are being opened */
	int to_fail;		 /* so many more calls of dial() */
} database = {.lock = PTHREAD_MUTEX_INITIALIZER, .answers = GATE_INITIALIZER, .failures = GATE_INITIALIZER};

static struct conn *dial(void)
{
	struct conn *conn = NULL;

	CHECK(pthread_mutex_lock(&database.lock));
	bool fails = database.to_fail > 0;
	if (fails) {
		database.to_fail--;
	} else {
		REQUIRE(database.dialled < MANY);
		conn = &database.conns[database.dialled++];
		conn->open = true;
		database.open++;
		gauge_set("open_conns", database.open);
		database.most = database.open > database.most ? database.open : database.most;
	}
	CHECK(pthread_mutex_unlock(&database.lock));
	gate_wait(fails ? &database.failures : &database.answers);
	return conn;
}

static void hang_up(struct conn *conn)
{
	CHECK(pthread_mutex_lock(&database.lock));
	REQUIRE(conn->open);
	conn->open = false;
	database.open--;
	gauge_set("open_conns", database.open);
	CHECK(pthread_mutex_unlock(&database.lock));
}

/* Gets connections, one after the other, and keeps what it gets. */
static struct client {
	pthread_t thread;
	struct conn *old; /* is put back first; NULL: none */
	int wanted;
	long patience;
	int turn;	  /* the one in which it gets them; 0: at once */
	bool gives_turns; /* before each lock that its calls take */
	bool in_lock;	  /* it stays in its first lock until all others wait */
	bool late;	  /* when it is woken, or its patience has ended, it looks only after PUT_BACK */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct conn *conns[MANY]; /* guarded by lock */
	int count;		  /* of them; guarded by lock */
	bool back;		  /* guarded by lock; all of its calls have returned */
	bool ends;		  /* guarded by lock; until then its thread is there, to be held */
	long waited;		  /* ms that its last call took; guarded by lock */
} clients[CLIENTS];

static long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000L + time.tv_nsec / 1000000;
}

static void *get_all(void *arg)
{
	struct client *client = arg;
	struct conn *conns[MANY];
	int count = 0;
	long began = 0;

	if (client->late)
		schedule_wake_late(PUT_BACK);
	if (client->in_lock)
		schedule_reached_in_lock(IN_LOCK);
	for (int i = 0; i < client->turn; i++)
		schedule_await_turn();
	schedule_give_turns(client->gives_turns);
	if (client->old)
		conn_put(client->old);
	for (int i = 0; i < client->wanted; i++) {
		began = now();
		conns[count] = conn_get(client->patience);
		count += conns[count] != NULL;
	}
	schedule_give_turns(false);
	CHECK(pthread_mutex_lock(&client->lock));
	for (int i = 0; i < count; i++)
		client->conns[i] = conns[i];
	client->count = count;
	client->waited = now() - began + 1;
	client->back = true;
	CHECK(pthread_cond_signal(&client->changed));
	while (!client->ends)
		CHECK(pthread_cond_wait(&client->changed, &client->lock));
	CHECK(pthread_mutex_unlock(&client->lock));
	return NULL;
}

static void client_begins(struct client *client)
{
	CHECK(pthread_mutex_init(&client->lock, NULL));
	deadline_cond_init(&client->changed);
	CHECK(pthread_create(&client->thread, NULL, get_all, client));
}

static void client_swaps(struct client *client, struct conn *old, int wanted, long patience)
{
	*client = (struct client){.old = old, .wanted = wanted, .patience = patience};
	client_begins(client);
}

static void client_start(struct client *client, int wanted, long patience)
{
	client_swaps(client, NULL, wanted, patience);
}

/* Whether all of its calls return within that many milliseconds. */
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

/* How many connections it has got. Fails the test if its calls do not return. */
static int got(struct client *client)
{
	cr_assert(is_back(client, LATE), "conn_get() does not return, with a patience of %ld ms", client->patience);
	CHECK(pthread_mutex_lock(&client->lock));
	client->ends = true;
	CHECK(pthread_cond_signal(&client->changed));
	CHECK(pthread_mutex_unlock(&client->lock));
	CHECK(pthread_join(client->thread, NULL));
	CHECK(pthread_cond_destroy(&client->changed));
	CHECK(pthread_mutex_destroy(&client->lock));
	return client->count;
}

/* Puts one connection of the client back. */
static void put_one(struct client *client)
{
	if (client->count > 0)
		conn_put(client->conns[--client->count]);
}

/* Fails the test unless each connection that the clients have is open, and one client's only. */
static void look_at_all(void)
{
	bool open = true, shared = false;

	for (int i = 0; i < MANY; i++)
		database.conns[i].clients = 0;
	for (int i = 0; i < CLIENTS; i++)
		for (int j = 0; j < clients[i].count; j++) {
			struct conn *conn = clients[i].conns[j];
			open &= conn->open;
			shared |= conn->clients++ > 0;
		}
	cr_assert(open, "conn_get() returned a connection that was hung up");
	cr_assert_not(shared, "conn_get() returned a connection that somebody uses");
}

/* Puts everything back. Fails the test unless all is hung up then, and never too many were open. */
static void release_all(void)
{
	look_at_all();
	for (int i = 0; i < CLIENTS; i++)
		while (clients[i].count > 0)
			put_one(&clients[i]);
	conns_release();
	cr_assert_eq(database.open, 0, "%d connections are still open, and the pool is gone", database.open);
	cr_assert_leq(database.most, CONNS, "%d connections were open at a time, and at most %d may be", database.most,
		      CONNS);
}

/*
 * The first client's connection is put back, and got again by somebody else before the one that waits for it has looked.
 * Where connections are handed on, it is the other that gets none; it is the last client here.
 */
static void take_from(struct client *waiting)
{
	struct client *other = &clients[CLIENTS - 1];
	struct client *owner = other->count > 0 ? other : &clients[0];
	struct conn *old = owner->conns[--owner->count];

	schedule_hold(waiting->thread);
	client_swaps(other, old, 1, 0);
	schedule_await_blocked();
	schedule_let_go();
	got(other);
}

Test(conns, opens_no_more_than_there_may_be, .timeout = 60)
{
	gate_open(&database.answers);
	conns_init(dial, hang_up);
	client_start(&clients[0], CLIENTS, 0);
	int count = got(&clients[0]);

	release_all();
	cr_assert_eq(count, CONNS, "callers got %d connections, and were to get %d", count, CONNS);
}

Test(conns, counts_those_that_are_being_opened, .timeout = 60)
{
	int count = 0;

	conns_init(dial, hang_up);
	for (int i = 0; i < CLIENTS; i++)
		client_start(&clients[i], 1, 0);
	schedule_await_blocked(); /* the database has not answered anybody yet */
	gate_open(&database.answers);
	for (int i = 0; i < CLIENTS; i++)
		count += got(&clients[i]);
	release_all();
	cr_assert_eq(count, CONNS, "callers got %d connections, and were to get %d", count, CONNS);
}

Test(conns, waits_for_one_that_is_put_back, .timeout = 60)
{
	schedule_wake_in_vain();
	gate_open(&database.answers);
	conns_init(dial, hang_up);
	client_start(&clients[0], CONNS, FOR_EVER); /* it does not have to wait: as many may be opened */
	got(&clients[0]);
	client_start(&clients[1], 1, FOR_EVER);
	client_start(&clients[2], 1, FOR_EVER);
	schedule_await_blocked();
	bool waits = !is_back(&clients[1], 0) && !is_back(&clients[2], 0);
	client_start(&clients[3], 1, 0); /* does not wait behind those that wait */
	schedule_await_blocked();	 /* a thread that waits for a length of time waits, too */
	bool at_once = is_back(&clients[3], 0);
	int count = got(&clients[3]);
	take_from(&clients[1]);
	schedule_await_blocked();
	bool waits_on = clients[CLIENTS - 1].count == 0 || !is_back(&clients[1], 0);
	put_one(&clients[0]);
	schedule_await_blocked();
	put_one(&clients[0]);
	count += got(&clients[1]) + got(&clients[2]);

	release_all();
	cr_assert(waits, "conn_get() does not wait, and it has all the patience of the world");
	cr_assert(at_once, "conn_get() waits, with a patience of 0 ms");
	cr_assert(waits_on, "somebody else was quicker, and conn_get() has given up with its patience left");
	cr_assert_eq(count, 2, "two connections were put back, and conn_get() returned %d", count);
}

/* The second is put back before the one that the first was put back for has looked. */
Test(conns, wakes_one_for_each, .timeout = 60)
{
	gate_open(&database.answers);
	conns_init(dial, hang_up);
	client_start(&clients[0], CONNS, 0);
	got(&clients[0]);
	for (int i = 1; i <= 2; i++) {
		clients[i] = (struct client){.wanted = 1, .patience = FOR_EVER, .late = true};
		client_begins(&clients[i]);
	}
	schedule_await_blocked();
	put_one(&clients[0]);
	put_one(&clients[0]);
	schedule_reached(PUT_BACK);
	int count = got(&clients[1]) + got(&clients[2]);

	release_all();
	cr_assert_eq(count, 2, "two connections were put back, and conn_get() returned %d", count);
}

/*
 * Whether there is a place, and that it is taken, is one step. All but one are taken; before the second lock of a client
 * that wants it, another comes.
 */
Test(conns, gives_the_last_place_once, .timeout = 60)
{
	gate_open(&database.answers);
	conns_init(dial, hang_up);
	client_start(&clients[0], CONNS - 1, 0);
	int count = got(&clients[0]);
	clients[2] = (struct client){.wanted = 1, .turn = 2};
	client_begins(&clients[2]);
	schedule_await_blocked();
	clients[1] = (struct client){.wanted = 1, .gives_turns = true};
	client_begins(&clients[1]);
	count += got(&clients[1]);
	for (int i = 0; i < clients[2].turn; i++) { /* it may have had fewer */
		schedule_give_turn();
		schedule_await_blocked();
	}
	count += got(&clients[2]);

	release_all();
	cr_assert_eq(count, CONNS, "callers got %d connections, and were to get %d", count, CONNS);
}

/* One could not be opened, and its place is free: who waits is told, although there are others. */
Test(conns, tells_of_each_failure, .timeout = 60)
{
	gate_open(&database.answers);
	conns_init(dial, hang_up);
	client_start(&clients[0], CONNS - 1, 0);
	int count = got(&clients[0]);
	database.to_fail = 1; /* nobody calls it */
	client_start(&clients[1], 1, FOR_EVER);
	schedule_await_blocked(); /* the database has not answered yet */
	client_start(&clients[2], 1, FOR_EVER);
	schedule_await_blocked(); /* it waits */
	gate_open(&database.failures);
	int failed = got(&clients[1]);
	count += got(&clients[2]);

	release_all();
	cr_assert_eq(failed, 0, "a connection could not be opened, and conn_get() returned one");
	cr_assert_eq(count, CONNS, "callers got %d connections, and were to get %d", count, CONNS);
}

/*
 * None is put back while the first client waits. Then others get each one that is; a client's patience does not begin anew
 * with each.
 */
Test(conns, loses_its_patience, .timeout = 60)
{
	int rounds = 0;

	gate_open(&database.answers);
	conns_init(dial, hang_up);
	client_start(&clients[0], CONNS, 0);
	got(&clients[0]);
	client_start(&clients[2], 1, PATIENCE);
	int none = got(&clients[2]);
	client_start(&clients[1], 1, PATIENCE);
	schedule_await_blocked();
	do
		take_from(&clients[1]);
	while (++rounds < LATE / PAUSE && clients[CLIENTS - 1].count > 0 && !is_back(&clients[1], PAUSE));
	int count = got(&clients[1]), all = 0;

	for (int i = 0; i < CLIENTS; i++)
		all += clients[i].count;
	release_all();
	cr_assert_eq(none, 0, "none was put back, and conn_get() returned one");
	cr_assert_geq(clients[2].waited, PATIENCE, "conn_get() returned after %ld ms, and had %d ms", clients[2].waited,
		      PATIENCE);
	cr_assert_lt(rounds, LATE / PAUSE, "conn_get() begins its patience of %d ms anew whenever it is woken",
		     PATIENCE);
	cr_assert_eq(all, CONNS, "%d connections are in use, and there are %d", all, CONNS);
	cr_assert(count > 0 || clients[1].waited >= PATIENCE, "conn_get() returned after %ld ms, and had %d ms",
		  clients[1].waited, PATIENCE);
}

Test(conns, uses_them_again, .timeout = 60)
{
	int count = 0;

	conns_init(dial, hang_up);
	database.to_fail = CONNS; /* no other thread is there yet */
	for (int i = 0; i <= CONNS; i++)
		client_start(&clients[i], 1, FOR_EVER);
	schedule_await_blocked(); /* there are as many as may be opened, and one waits */
	gate_open(&database.failures);
	gate_open(&database.answers);
	for (int i = 0; i <= CONNS; i++)
		count += got(&clients[i]);
	cr_assert_eq(count, 1, "%d connections could not be opened, then one could, and conn_get() returned %d", CONNS,
		     count);
	for (int i = 0; i <= CONNS; i++)
		put_one(&clients[i]);
	for (int i = 0; i < ROUNDS; i++) {
		int wanted = i < 2 ? 1 : CONNS;

		client_start(&clients[0], wanted, 0);
		count = got(&clients[0]);
		cr_assert_eq(count, wanted, "after %d failures %d connections are to be had, and it should be %d",
			     CONNS, count, wanted);
		look_at_all();
		while (clients[0].count > 0)
			put_one(&clients[0]);
		cr_assert_eq(database.dialled, wanted, "%d connections are needed at a time, and %d were opened",
			     wanted, database.dialled);
	}
	release_all();
}

/*
 * Others have a lock for a moment: without patience a client does not wait for a connection, but it does for that. And one
 * comes back when the patience of a client has just ended: it may get it or not, and if not, others can.
 */
Test(conns, loses_nothing_at_the_last_moment, .timeout = 60)
{
	gate_open(&database.answers);
	conns_init(dial, hang_up);
	clients[1] = (struct client){.wanted = 1, .patience = FOR_EVER, .in_lock = true};
	client_begins(&clients[1]);
	schedule_await(IN_LOCK);
	client_start(&clients[2], 1, 0);
	int second = got(&clients[2]), first = got(&clients[1]);
	client_start(&clients[0], CONNS - first - second, 0);
	got(&clients[0]);
	clients[3] = (struct client){.wanted = 1, .patience = 1, .late = true};
	client_begins(&clients[3]);
	schedule_await_blocked(); /* its patience has ended, and it has not yet seen what was put back */
	put_one(&clients[0]);
	schedule_reached(PUT_BACK);
	int count = got(&clients[3]);
	client_start(&clients[4], 1, 0);
	count += got(&clients[4]);

	release_all();
	cr_assert_eq(first + second, 2, "another client gets one at the same moment, and conn_get() returns none");
	cr_assert_eq(count, 1, "one was put back as a client's patience ended, and %d can be had", count);
}
