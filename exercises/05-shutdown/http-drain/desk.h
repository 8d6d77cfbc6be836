/*
 * The booking desk of a ferry line, behind an HTTP server. The server calls
 * request_begin() when the head of a request has come, from any of its threads,
 * and request_end() when the answer has gone or the connection is cut. In
 * between, a handler uses the store.
 *
 *     desk_init(&(struct desk_server){quiesce, end, close_store});
 *     server:  if (!request_begin()) return answer(503, "Connection: close");
 *              book(store, request);
 *              request_end();
 *     main:    int cut_off = desk_stop(5000);
 *              desk_release();
 *
 * There is one desk in a process.
 */
#ifndef DESK_H
#define DESK_H

#include <stdbool.h>

struct desk_server {
	/* No more connections. Those that there are stay open, and clients may send more requests over them. */
	void (*quiesce)(void);
	/*
	 * Cuts all connections and ends the server's threads. For each request that
	 * is still in flight request_end() is called before this returns. Then no
	 * handler runs.
	 */
	void (*end)(void);
	void (*close_store)(void);
};

/* The desk is open from now on. It keeps a copy. */
void desk_init(const struct desk_server *server);

/*
 * True: the request is in flight, until request_end(). False: the desk is being
 * stopped or was stopped. Such a request is answered with 503; it is not in
 * flight, and request_end() is not called for it. Never waits for a request.
 */
bool request_begin(void);
void request_end(void);

/*
 * Stops the desk, in this order:
 *
 *   - quiesce() is called;
 *   - it waits until no request is in flight, but no longer than `patience` ms;
 *     meanwhile no request gets in, over whichever connection it comes;
 *   - end() is called, and does what is said above;
 *   - close_store() is called, when no handler can use the store any more.
 *
 * Returns how many requests were in flight when its patience was at an end: they
 * are cut off. Each of the three is called once, however often the desk is
 * stopped, and no lock is held that request_begin() or request_end() needs. Any
 * thread may call it: one that comes later waits until the desk is stopped,
 * whatever its patience, and returns the same number.
 */
int desk_stop(long patience);

/* The desk was stopped, and no thread calls any of these functions any more. */
void desk_release(void);

#endif
