/*
 * A pool of connections to a database. To open one takes long, so those that
 * are not in use are kept; and the database has room for CONNS, and no more.
 *
 *     conns_init(dial, hang_up);
 *     ...
 *     struct conn *conn = conn_get(200);
 *     if (!conn)
 *             return reply(503);
 *     ask(conn, query);
 *     conn_put(conn);
 *     ...
 *     conns_release();
 *
 * There is one pool in a process.
 */
#ifndef CONNS_H
#define CONNS_H

enum { CONNS = 4 };

/* The pool never looks into it. */
struct conn;

/* Opens a connection. May take long, and may fail: then it returns NULL. */
typedef struct conn *conn_dial(void);
typedef void conn_hang_up(struct conn *conn);

/* Opens nothing yet. */
void conns_init(conn_dial *dial, conn_hang_up *hang_up);

/*
 * A connection that no other caller uses, until conn_put().
 *
 *   - At no moment are more than CONNS connections open or being opened.
 *   - One that was put back is used again, before another is opened.
 *   - If there is none and none may be opened, it waits for one, but no longer
 *     than `patience` ms. With patience 0 it does not wait for that.
 *
 * NULL: none came in time, or dial() has failed. Then the caller has nothing to
 * put back, and a failure takes nothing from those that come later.
 *
 * Any thread may call it, several at a time.
 */
struct conn *conn_get(long patience);

/* Gives a connection back to the pool. From then on it is not the caller's. */
void conn_put(struct conn *conn);

/* Hangs up every connection, once. All have been put back, and no thread calls any of these functions any more. */
void conns_release(void);

#endif
