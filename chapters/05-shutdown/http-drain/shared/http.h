/*
 * What any server needs of libmicrohttpd, whether it shuts down well or not.
 * The library starts no thread here: it works when it is called, and all calls
 * for one daemon are made by one thread, but for those that start it.
 */
#ifndef HTTP_H
#define HTTP_H

#include <microhttpd.h>

struct http {
	struct MHD_Daemon *daemon;
	int port;
	int wake[2]; /* a pipe */
};

/* Listens at a port that was free, and serves nobody yet. `handle` and `completed` are given `arg` first. */
void http_start(struct http *http, MHD_AccessHandlerCallback handle, MHD_RequestCompletedCallback completed, void *arg);
/* Waits until there is something to do, or it is woken, and does it. */
void http_run(struct http *http);
/* Lets http_run() return. Any thread may call it, until http_stop(). */
void http_wake(struct http *http);
/* No more connections. Those that there are stay, and may bring more requests. A second call does nothing. */
void http_quiesce(struct http *http);
/* Closes the connections that are left; the library completes their requests, and calls nothing any more. */
void http_stop(struct http *http);

/* An answer without a body. All but "200 OK" end the connection. */
enum MHD_Result http_answer(struct MHD_Connection *connection, unsigned status);

#endif
