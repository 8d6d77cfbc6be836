#include "prometheus_client.h"

#include <stdlib.h>

#include "base/mem.h"
#include "http.h"
#include "prometheus.h"

enum { ANSWER_MS = 3000 };

char *prometheus_ask(const struct prometheus *prometheus, const char *path)
{
	struct http_answer answer;

	if (http_get(prometheus->loop, prometheus->port, path, ANSWER_MS, &answer) == 0 && answer.status == 200)
		return answer.body;
	free(answer.body);
	return NULL;
}

char *prometheus_query(const struct prometheus *prometheus, const char *expression, const char *time)
{
	char *escaped = http_escape(expression), *when = http_escape(time);
	char *path = mem_format("/api/v1/query?query=%s%s%s", escaped, *when ? "&time=" : "", when);
	char *body = prometheus_ask(prometheus, path);

	free(path);
	free(when);
	free(escaped);
	return body;
}

double prometheus_count(const struct prometheus *prometheus, const char *expression)
{
	char *body = prometheus_query(prometheus, expression, "");
	double sum;

	if (!body)
		return -1;
	prometheus_read_sum(body, NULL, &sum);
	free(body);
	return sum;
}
