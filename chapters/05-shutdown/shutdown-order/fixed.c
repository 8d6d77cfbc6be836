/*
 * A shop. Its server takes orders from a queue, and writes each into an SQLite
 * database with two statements: the order, then its payment. shop_stop() shuts
 * the intake, lets the server finish what it holds, and closes the store last.
 *
 * Promise   when shop_stop() returns, every accepted order is in the store, with its payment.
 * Ends      holds: accepted 3, orders 3, payments 3
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when threads at exit <= 1, joined == started
 */
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/queue.h"
#include "kit/schedule.h"

enum { ORDERS = 3 };
enum { ORDER_INSERTED, FIRST_STEP_DONE };

struct store {
	char name[32];	     /* free() writes into the beginning of a block: not onto the connection */
	sqlite3 *connection; /* has a lock of its own, for one statement */
	int rows;	     /* inserted; the server's */
};

static struct {
	struct queue intake;
	struct store *store; /* the server's until shop_stop() has joined it */
	pthread_t server;
} shop;

/* A database that all connections of this process share, as they would a file. */
static sqlite3 *connect(void)
{
	sqlite3 *connection;

	HAVE(sqlite3_open_v2("file:/shop?vfs=memdb", &connection,
				SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI, NULL) == SQLITE_OK);
	return connection;
}

static int count_rows(sqlite3 *connection, const char *sql)
{
	sqlite3_stmt *statement;

	HAVE(sqlite3_prepare_v2(connection, sql, -1, &statement, NULL) == SQLITE_OK);
	HAVE(sqlite3_step(statement) == SQLITE_ROW);
	int rows = sqlite3_column_int(statement, 0);
	REQUIRE(sqlite3_finalize(statement) == SQLITE_OK);
	return rows;
}

static void store_insert(struct store *store, const char *table, int number)
{
	char sql[64];

	snprintf(sql, sizeof sql, "INSERT INTO %s VALUES (%d)", table, number);
	int error = sqlite3_exec(store->connection, sql, NULL, NULL, NULL);
	HAVE(error != SQLITE_NOMEM);
	if (error == SQLITE_OK)
		store->rows++;
	else
		fprintf(stderr, "order %d not in %s: %s\n", number, table, sqlite3_errstr(error));
}

static void store_close(struct store *store)
{
	REQUIRE(sqlite3_close(store->connection) == SQLITE_OK);
	store->connection = NULL;
	free(store);
}

static void *serve(void *arg)
{
	void *order;

	while (queue_take(&shop.intake, &order)) {
		store_insert(shop.store, "orders", *(int *)order);
		schedule_reached(ORDER_INSERTED);
		/* The shop is told to stop. The store stays open until this loop has ended. */
		schedule_await(FIRST_STEP_DONE);
		store_insert(shop.store, "payments", *(int *)order);
	}
	return arg;
}

static void shop_stop(void)
{
	queue_close(&shop.intake);
	schedule_reached(FIRST_STEP_DONE);
	/* Without a limit: the server waits for the intake, which is closed, and for statements, which end. */
	CHECK(pthread_join(shop.server, NULL));
	store_close(shop.store);
	queue_destroy(&shop.intake);
}

int main(void)
{
	static int accepted[ORDERS] = {1, 2, 3};
	sqlite3 *audit = connect();

	HAVE(sqlite3_exec(audit, "CREATE TABLE orders (n); CREATE TABLE payments (n)", NULL, NULL, NULL) == SQLITE_OK);
	queue_init(&shop.intake, ORDERS);
	shop.store = calloc(1, sizeof *shop.store);
	HAVE(shop.store);
	shop.store->connection = connect();
	NEED(pthread_create(&shop.server, NULL, serve, NULL));
	for (int i = 0; i < ORDERS; i++)
		REQUIRE(queue_put(&shop.intake, &accepted[i]));
	schedule_await(ORDER_INSERTED);
	shop_stop();
	int orders = count_rows(audit, "SELECT count(*) FROM orders");
	int payments = count_rows(audit, "SELECT count(*) FROM payments");
	REQUIRE(sqlite3_close(audit) == SQLITE_OK);
	return invariant(orders == ORDERS && payments == ORDERS, "accepted %d, orders %d, payments %d",
			 ORDERS, orders, payments);
}
