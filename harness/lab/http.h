/*
 * One GET from a server on this machine, by libcurl, while the loop's event
 * loop goes on: an interrupt ends the wait.
 */
#ifndef LOOSE_HTTP_H
#define LOOSE_HTTP_H

#include "exec/loop.h"

struct http_answer {
	int status; /* 200 and the like */
	char *body; /* the caller's to free; NULL unless an answer came */
};

/*
 * Waits for the whole answer, at most so many milliseconds. 0, or an error
 * number: ETIMEDOUT, ECONNREFUSED, EINTR when the loop was interrupted,
 * EFBIG above 16 MiB, EPROTO for what is not HTTP.
 */
int http_get(struct loop *loop, int port, const char *path, unsigned ms, struct http_answer *answer);
/* The text as a part of a URL's query, for the caller to free. */
char *http_escape(const char *text);

#endif
