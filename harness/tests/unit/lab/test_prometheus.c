/* What the lab of chapter 4 writes for Prometheus and reads from it. The answers are those of Prometheus 2.42. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "kit/metrics.h"
#include "lab/http.h"
#include "lab/prometheus.h"

/* --- the rule's state --- */

#define RULE(name, state, more)                                                                                        \
	"{\"state\":\"" state "\",\"name\":\"" name "\",\"query\":\"threads \\u003e in_flight + 50\",\"duration\":3,"  \
	"\"alerts\":[]," more ",\"type\":\"alerting\"}"
#define OK "\"health\":\"ok\",\"lastEvaluation\":\"2026-11-24T02:33:34.20233086Z\""
#define RULES(rules) "{\"status\":\"success\",\"data\":{\"groups\":[{\"name\":\"leak-budget\",\"rules\":[" rules "]}]}}"

static struct alert_rule read_rule(const char *json)
{
	struct alert_rule rule;

	prometheus_read_rule(json, "Leak", &rule);
	return rule;
}

Test(prometheus, a_rule_has_a_state)
{
	static const char *const answers[] = {RULES(RULE("Other", "firing", OK) "," RULE("Leak", "inactive", OK)),
					      RULES(RULE("Leak", "pending", OK) "," RULE("Other", "inactive", OK)),
					      RULES(RULE("Leak", "firing", OK))};

	for (enum alert_state state = ALERT_INACTIVE; state <= ALERT_FIRING; state++) {
		struct alert_rule rule = read_rule(answers[state - ALERT_INACTIVE]);
		cr_expect_eq(rule.state, state);
		cr_expect_str_eq(rule.evaluated, "2026-11-24T02:33:34.20233086Z");
		cr_expect_str_eq(rule.expression, "threads > in_flight + 50");
		cr_expect_str_eq(rule.problem, "");
	}
}

Test(prometheus, a_rule_without_a_verdict_is_unknown)
{
	static const char *const answers[] = {
		"", "Service Unavailable", "{", "[]", "{\"data\":{\"groups\":[]}}", "{\"data\":7}",
		RULES(RULE("Other", "firing", OK)),
		/* Not evaluated yet. */
		RULES(RULE("Leak", "inactive", "\"health\":\"unknown\",\"lastEvaluation\":\"0001-01-01T00:00:00Z\"")),
		RULES(RULE("Leak", "something new", OK))};

	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		struct alert_rule rule = read_rule(answers[i]);
		cr_expect_eq(rule.state, ALERT_UNKNOWN, "%s", answers[i]);
		cr_expect_str_eq(rule.problem, "");
	}
}

Test(prometheus, a_rule_that_cannot_be_evaluated_says_why)
{
	struct alert_rule rule = read_rule(RULES(
		RULE("Leak", "inactive", "\"health\":\"err\",\"lastError\":\"many-to-many matching not allowed\"")));

	cr_assert_eq(rule.state, ALERT_UNKNOWN);
	cr_assert_str_eq(rule.problem, "many-to-many matching not allowed");
}

/* --- figures --- */

Test(prometheus, figures_are_summed)
{
	static const char answer[] =
		"{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":["
		"{\"metric\":{\"__name__\":\"in_flight\",\"instance\":\"a\"},\"value\":[1795487625.846,\"60\"]},"
		"{\"metric\":{\"__name__\":\"threads\",\"instance\":\"a\"},\"value\":[1795487625.846,\"183\"]},"
		"{\"metric\":{\"__name__\":\"threads\",\"instance\":\"b\"},\"value\":[1795487625.846,\"1e+01\"]}]}}";
	double sum;

	cr_assert(prometheus_read_sum(answer, "in_flight", &sum));
	cr_assert_eq(sum, 60);
	cr_assert(prometheus_read_sum(answer, "threads", &sum));
	cr_assert_eq(sum, 193);
	cr_assert(prometheus_read_sum(answer, NULL, &sum));
	cr_assert_eq(sum, 253);
	cr_assert_not(prometheus_read_sum(answer, "thread", &sum));
	cr_assert_eq(sum, 0);
}

Test(prometheus, no_figure_is_no_zero)
{
	static const char *const answers[] = {
		"", "{", "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}",
		"{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"parse error\"}",
		"{\"data\":{\"result\":[{\"metric\":{},\"value\":[1]}]}}"};
	double sum;

	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
		cr_expect_not(prometheus_read_sum(answers[i], NULL, &sum), "%s", answers[i]);
}

/* --- ports --- */

Test(prometheus, ports_are_read_from_whole_lines)
{
	static const char log[] =
		"ts=1 caller=web.go:503 level=info msg=\"Start listening for connections\" address=127.0.0.1:0\n"
		"ts=2 caller=tls_config.go:232 level=info msg=\"Listening on\" address=127.0.0.1:35613\nts=3 ...";

	cr_expect_eq(prometheus_port(log), 35613);
	/* Prometheus 3 writes the line in another order. */
	cr_expect_eq(prometheus_port("time=2026 level=INFO source=tls_config.go:347 msg=\"Listening on\" component=web "
				     "address=127.0.0.1:9091\n"),
		     9091);
	for (size_t length = 0; length < (size_t)(strstr(log, "\nts=3") - log); length++) {
		char *cut = mem_copy_n(log, length);
		cr_expect_eq(prometheus_port(cut), 0, "%s", cut);
		free(cut);
	}
	cr_expect_eq(service_port("metrics on http://127.0.0.1:41/metrics\n"), 41);
	cr_expect_eq(service_port("metrics on http://127.0.0.1:41/metrics"), 0);
	cr_expect_eq(service_port("metrics on http://127.0.0.1:70000/metrics\n"), 0);
	cr_expect_eq(service_port("metrics on port 7\nhttp://127.0.0.1:41\n"), 0);
	cr_expect_eq(service_port(""), 0);
}

/* --- what it writes --- */

Test(prometheus, the_lab_has_less_patience)
{
	char *rules = prometheus_lab_rules("- alert: A\n  for: 5m\n- alert: B\n  for: 5m\n", 3);

	cr_assert_str_eq(rules, "- alert: A\n  for: 3s\n- alert: B\n  for: 3s\n");
	free(rules);
	cr_assert_null(prometheus_lab_rules("- alert: A\n  for: 10m\n", 3));
}

Test(prometheus, the_configuration_names_the_service)
{
	char *text = prometheus_configuration(4711);

	cr_assert(strstr(text, "job_name: photos\n"), "as the rules have it");
	cr_assert(strstr(text, "targets: ['127.0.0.1:4711']\n"));
	free(text);
}

Test(prometheus, tools_are_found_in_the_path_or_below_build)
{
	char directory[] = "/tmp/test-prometheus.XXXXXX";

	cr_assert(mkdtemp(directory));
	char *bin = mem_format("%s/bin", directory), *deep = mem_format("%s/build/prometheus", directory),
	     *in_path = mem_format("%s/tool", bin), *unpacked = mem_format("%s/tool", deep),
	     *command = mem_format("mkdir -p %s %s/tool && touch %s && chmod +x %s", deep, bin, unpacked, unpacked),
	     *path = mem_format("::/nowhere:%s", bin);
	cr_assert_eq(system(command), 0);
	setenv("PATH", path, 1);
	char *found = prometheus_find(directory, "tool");
	cr_assert_str_eq(found, unpacked, "a directory is no program");
	free(found);
	cr_assert_eq(rmdir(in_path), 0);
	cr_assert_eq(rename(unpacked, in_path), 0);
	found = prometheus_find(directory, "tool");
	cr_assert_str_eq(found, in_path);
	free(found);
	cr_assert_eq(chmod(in_path, 0644), 0);
	cr_assert_null(prometheus_find(directory, "tool"));
	free(command);
	command = mem_format("/bin/rm -r '%s'", directory);
	cr_assert_eq(system(command), 0);
	free(command);
	free(path);
	free(unpacked);
	free(in_path);
	free(deep);
	free(bin);
}

/* --- HTTP --- */

Test(http, a_query_is_escaped)
{
	char *escaped = http_escape("{a=~\"b|c\"} + 2026-11-24T02:33:34+01:00 \303\251");

	cr_assert_str_eq(escaped, "%7Ba%3D~%22b%7Cc%22%7D%20%2B%202026-11-24T02%3A33%3A34%2B01%3A00%20%C3%A9");
	free(escaped);
}

/* A port where somebody listens, and answers nothing. */
static int listen_silently(int *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t size = sizeof address;
	int silent = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	cr_assert_eq(bind(silent, (struct sockaddr *)&address, size), 0);
	cr_assert_eq(listen(silent, 1), 0);
	cr_assert_eq(getsockname(silent, (struct sockaddr *)&address, &size), 0);
	*port = ntohs(address.sin_port);
	return silent;
}

static void interrupt_the_third_hundred(uv_timer_t *timer)
{
	int *ticks = timer->data;

	if (++*ticks == 300)
		raise(SIGINT);
}

/* Three hundred timers go off while it waits, and a signal ends it: the loop runs as ever. */
Test(http, the_loop_goes_on_while_it_waits, .timeout = 60)
{
	int port, silent = listen_silently(&port), ticks = 0;
	struct http_answer answer;
	struct loop loop;
	uv_timer_t timer;

	loop_start(&loop, "/");
	uv_timer_init(&loop.uv, &timer);
	timer.data = &ticks;
	uv_timer_start(&timer, interrupt_the_third_hundred, 1, 1);
	cr_assert_eq(http_get(&loop, port, "/", 20000, &answer), EINTR);
	cr_assert_geq(ticks, 300);
	uv_close((uv_handle_t *)&timer, NULL);
	close(silent);
	loop_release(&loop);
}

/* Against a server that answers, one that says nothing, and none. */
Test(http, get_waits_for_the_answer_and_no_longer, .timeout = 60)
{
	int port, silent = listen_silently(&port);
	struct http_answer answer;
	struct metrics metrics;
	struct loop loop;

	cr_assert_eq(metrics_start(&metrics, 0), 0);
	loop_start(&loop, "/");
	cr_expect_eq(http_get(&loop, metrics.port, "/metrics", 30000, &answer), 0);
	cr_expect_eq(answer.status, 200);
	cr_expect(strstr(answer.body, "# TYPE threads gauge\nthreads "));
	free(answer.body);
	cr_expect_eq(http_get(&loop, metrics.port, "/", 30000, &answer), 0);
	cr_expect_eq(answer.status, 404);
	free(answer.body);
	cr_expect_eq(http_get(&loop, port, "/", 50, &answer), ETIMEDOUT);
	cr_expect_null(answer.body);
	close(silent);
	cr_expect_eq(http_get(&loop, port, "/", 30000, &answer), ECONNREFUSED);
	loop.interrupted = SIGINT;
	cr_expect_eq(http_get(&loop, metrics.port, "/metrics", 30000, &answer), EINTR);
	loop_release(&loop);
	metrics_request_stop(&metrics);
	metrics_stop(&metrics);
}
