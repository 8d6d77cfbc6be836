/*
 * One GET from a server on this machine, in the session's event loop: what else
 * happens meanwhile, an interrupt or the end of a child, is dealt with.
 */
#ifndef LOOSE_HTTP_H
#define LOOSE_HTTP_H

#include "session.h"

struct http_answer {
	int status; /* 200 and the like; 0: what came is not HTTP */
	char *body; /* the caller's to free; NULL unless an answer came */
};

/*
 * Waits for the whole answer, at most so many milliseconds. 0, or an error
 * number: ETIMEDOUT, EINTR when the session was interrupted, or the system's.
 */
int http_get(struct session *session, int port, const char *path, unsigned ms, struct http_answer *answer);
/* Fills *answer from what came over the wire. */
void http_parse(const char *text, struct http_answer *answer);
/* The text as a part of a URL's query, for the caller to free. */
char *http_escape(const char *text);

#endif
