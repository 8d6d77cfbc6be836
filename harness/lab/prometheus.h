/*
 * What the lab of chapter 4 says to a Prometheus, and understands of what it
 * answers. Nothing here starts a process or waits.
 */
#ifndef LOOSE_PROMETHEUS_H
#define LOOSE_PROMETHEUS_H

#include <stdbool.h>

/* Where the rules, their tests and the services are, below the root. */
#define ALERT_DIRECTORY "chapters/04-leak-budget/alert"

/*
 * The path of "prometheus" or "promtool", for the caller to free: the first in
 * PATH, or else what ./loose has unpacked below build/. NULL when it is nowhere.
 */
char *prometheus_find(const char *root, const char *tool);

/* A configuration: one target at this port of this machine, scraped and judged by rules.yml each second. */
char *prometheus_configuration(int port);
/* The rules with every "for: 5m" made `seconds`; for the caller to free. NULL when there is none in them. */
char *prometheus_lab_rules(const char *rules, int seconds);
/* The port that a Prometheus listens at, by its log; 0 when the log does not say. */
int prometheus_port(const char *log);
/* The port in the first line of a service, "metrics on http://127.0.0.1:PORT/metrics"; 0 when there is none. */
int service_port(const char *output);

enum alert_state { ALERT_UNKNOWN, ALERT_INACTIVE, ALERT_PENDING, ALERT_FIRING };

/* A rule as /api/v1/rules has it. */
struct alert_rule {
	enum alert_state state; /* unknown: not evaluated yet, or not there */
	char evaluated[64];	/* when, the last time, as RFC 3339 has it; "" when unknown */
	char expression[200];	/* as Prometheus writes it */
	char problem[200];	/* why the evaluation failed; "" when it did not */
};
void prometheus_read_rule(const char *json, const char *name, struct alert_rule *rule);
/*
 * The sum over the series of an instant query's answer, of those with this
 * __name__, or of all when `name` is NULL. False when there are none.
 */
bool prometheus_read_sum(const char *json, const char *name, double *sum);

/* As Prometheus writes it: "firing". */
const char *alert_state_name(enum alert_state state);

#endif
