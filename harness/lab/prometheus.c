#include "prometheus.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"

static bool is_program(const char *path)
{
	struct stat there;

	return stat(path, &there) == 0 && S_ISREG(there.st_mode) && access(path, X_OK) == 0;
}

char *prometheus_find(const char *root, const char *tool)
{
	const char *path = getenv("PATH");

	for (const char *at = path ? path : ""; *at; at += *at == ':') {
		size_t length = strcspn(at, ":");
		char *here = mem_format("%.*s/%s", (int)length, at, tool);
		if (length && is_program(here))
			return here;
		free(here);
		at += length;
	}
	char *unpacked = mem_format("%s/build/prometheus/%s", root, tool);
	if (is_program(unpacked))
		return unpacked;
	free(unpacked);
	return NULL;
}

char *prometheus_configuration(int port)
{
	return mem_format("global:\n"
			  "  scrape_interval: 1s\n"
			  "  evaluation_interval: 1s\n"
			  "rule_files: [rules.yml]\n"
			  "scrape_configs:\n"
			  "  - job_name: photos\n"
			  "    static_configs:\n"
			  "      - targets: ['127.0.0.1:%d']\n",
			  port);
}

char *prometheus_lab_rules(const char *rules, int seconds)
{
	static const char production[] = "for: 5m";
	struct text text;
	size_t count = 0;
	FILE *out = text_open(&text);

	for (const char *at; (at = strstr(rules, production)); rules = at + strlen(production), count++)
		fprintf(out, "%.*sfor: %ds", (int)(at - rules), rules, seconds);
	fputs(rules, out);
	char *rules_of_lab = text_close(&text);
	if (count)
		return rules_of_lab;
	free(rules_of_lab);
	return NULL;
}

/* The number after `before` in the first line that has `mark`; 0 when there is none, or it is not a port. */
static int port_in(const char *text, const char *mark, const char *before)
{
	const char *line = strstr(text, mark), *end = line ? strchr(line, '\n') : NULL;
	const char *at = line ? strstr(line, before) : NULL;

	/* A line without its end is still being written. */
	if (!end || !at || at > end)
		return 0;
	long port = strtol(at + strlen(before), NULL, 10);
	return port > 0 && port < 65536 ? (int)port : 0;
}

int prometheus_port(const char *log)
{
	return port_in(log, "msg=\"Listening on\"", "address=127.0.0.1:");
}

int service_port(const char *output)
{
	return port_in(output, "metrics on ", "http://127.0.0.1:");
}

/* "" when the member is not there. */
static const char *member(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static enum alert_state state_named(const char *name)
{
	for (enum alert_state state = ALERT_INACTIVE; state <= ALERT_FIRING; state++)
		if (strcmp(alert_state_name(state), name) == 0)
			return state;
	return ALERT_UNKNOWN;
}

static void read_found(const json_t *found, struct alert_rule *rule)
{
	const char *health = member(found, "health");

	snprintf(rule->expression, sizeof rule->expression, "%s", member(found, "query"));
	if (strcmp(health, "ok") == 0) {
		rule->state = state_named(member(found, "state"));
		snprintf(rule->evaluated, sizeof rule->evaluated, "%s", member(found, "lastEvaluation"));
	} else if (strcmp(health, "err") == 0) {
		snprintf(rule->problem, sizeof rule->problem, "%s", member(found, "lastError"));
	}
}

void prometheus_read_rule(const char *json, const char *name, struct alert_rule *rule)
{
	json_t *answer = json_loads(json, 0, NULL), *group, *found;
	size_t i, j;

	*rule = (struct alert_rule){0};
	json_array_foreach(json_object_get(json_object_get(answer, "data"), "groups"), i, group) {
		json_array_foreach(json_object_get(group, "rules"), j, found) {
			if (strcmp(member(found, "name"), name) == 0)
				read_found(found, rule);
		}
	}
	json_decref(answer);
}

bool prometheus_read_sum(const char *json, const char *name, double *sum)
{
	json_t *answer = json_loads(json, 0, NULL), *series;
	size_t i, count = 0;

	*sum = 0;
	json_array_foreach(json_object_get(json_object_get(answer, "data"), "result"), i, series) {
		const char *value = json_string_value(json_array_get(json_object_get(series, "value"), 1));
		if (!value || (name && strcmp(member(json_object_get(series, "metric"), "__name__"), name) != 0))
			continue;
		*sum += strtod(value, NULL);
		count++;
	}
	json_decref(answer);
	return count > 0;
}

const char *alert_state_name(enum alert_state state)
{
	static const char *const names[] = {"unknown", "inactive", "pending", "firing"};

	return names[state];
}
