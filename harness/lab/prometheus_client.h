/* Questions to a Prometheus on this machine, by its HTTP interface; what they mean is in prometheus.h. */
#ifndef LOOSE_PROMETHEUS_CLIENT_H
#define LOOSE_PROMETHEUS_CLIENT_H

#include "exec/loop.h"

struct prometheus {
	struct loop *loop; /* whose loop runs until there is an answer */
	int port;
};

/* The body of the answer, for the caller to free; NULL when there is none: it is not ready, too slow, gone. */
char *prometheus_ask(const struct prometheus *prometheus, const char *path);
/* The same for an instant query, at this time (RFC 3339), or now when that is "". */
char *prometheus_query(const struct prometheus *prometheus, const char *expression, const char *time);
/* The sum of what the expression yields now; 0 when it yields nothing, negative when there is no answer. */
double prometheus_count(const struct prometheus *prometheus, const char *expression);

#endif
