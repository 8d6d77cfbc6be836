/*
 * The lab of chapter 4: a broken service and a real Prometheus, until the alert
 * fires; then the same with the fixed service, where it never does.
 *
 * "Never" is counted, not timed: the fixed service has to be judged as often as
 * the broken one was, and then for the length of `for`, each time with both
 * figures at hand, after as many scrapes, under no less load. And it is the
 * alert's whole history in Prometheus that has to be empty, not only what the
 * lab happened to look at.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "command.h"
#include "exec/build.h"
#include "exec/runner.h"
#include "lab/lab.h"
#include "lab/prometheus.h"
#include "lab/prometheus_client.h"
#include "report/parts.h"

#define RULE "ThreadsAboveBudget"

enum {
	FOR_S = 3,	  /* in place of the rule's 5m; an evaluation each second */
	MOST_BROKEN = 15, /* evaluations: in the fifth the leak is above the budget, and FOR_S later the alert fires */
	ACT_MS = 25000,	  /* two acts must stay below a minute on the slowest machine */
	POLL_MS = 100,
};

/* The same service without the contract and with it. */
struct act {
	struct lab *lab;
	const char *service; /* also its name in the lab */
	struct style style;
	uint64_t end; /* in the loop's milliseconds */
	struct prometheus prometheus;
	/* what was seen so far */
	char evaluated[64];
	long evaluations; /* with both figures */
	bool inactive;	  /* seen so, with both figures */
	enum alert_state state;
	double threads, in_flight, uploads, most_threads;
	int status; /* why it cannot go on; STATUS_AGREES: it can */
};

/* True when the act cannot go on; it has been told why. */
static bool over(struct act *act)
{
	struct lab *lab = act->lab;
	const char *fallen = lab_fallen(lab);

	if (act->status != STATUS_AGREES)
		return true;
	if (lab->loop.interrupted) {
		act->status = 128 + lab->loop.interrupted;
	} else if (fallen) {
		char *file = mem_format("%s.err", fallen), *words = lab_read(lab, file), *how = lab_end(lab, fallen);
		fputs(words, stderr);
		act->status = cannot_judge("%s ended too early (%s)%s", fallen, how,
					   *words ? "; the lines above are its own" : "");
		free(how);
		free(words);
		free(file);
	} else if (uv_now(&lab->loop.uv) > act->end) {
		act->status = cannot_judge("the %s was not judged within %d s (%ld evaluations); try again on a less "
					   "busy machine",
					   act->service, ACT_MS / 1000, act->evaluations);
	}
	return act->status != STATUS_AGREES;
}

/* --- watching the alert -------------------------------------------------------------------------------------------*/

/* "2026-03-01T14:05:09.25..." as 14:05:09.2 */
static void print_time(const char *evaluated)
{
	const char *clock = strchr(evaluated, 'T');

	clock = clock && strlen(clock) > 9 ? clock + 1 : "00:00:00";
	printf("  %.8s%.2s", clock, clock[8] == '.' ? clock + 8 : ".0");
}

static void print_row(const struct act *act)
{
	static const enum ink inks[] = {INK_FAINT, INK_FAINT, INK_WARN, INK_BAD};

	print_time(act->evaluated);
	printf(" %8.0f %10.0f %8.0f %8.0f   %s%s%s\n", act->uploads, act->in_flight, act->threads,
	       act->threads - act->in_flight, ink(act->style, inks[act->state]), alert_state_name(act->state),
	       ink(act->style, INK_OFF));
	fflush(stdout);
}

/* The figures that the evaluation has seen. False when one of the two that the rule compares was not there. */
static bool read_figures(struct act *act)
{
	char *body =
		prometheus_query(&act->prometheus, "{__name__=~\"threads|in_flight|answered_total\"}", act->evaluated);
	bool both = body && prometheus_read_sum(body, "threads", &act->threads) &&
		    prometheus_read_sum(body, "in_flight", &act->in_flight);

	if (both) {
		prometheus_read_sum(body, "answered_total", &act->uploads);
		act->most_threads = act->threads > act->most_threads ? act->threads : act->most_threads;
	}
	free(body);
	return both;
}

/* Looks at the rule; true when it was evaluated since the last look, with both figures. */
static bool look(struct act *act)
{
	struct alert_rule rule;
	char *body = prometheus_ask(&act->prometheus, "/api/v1/rules?type=alert");

	if (!body)
		return false;
	prometheus_read_rule(body, RULE, &rule);
	free(body);
	if (rule.problem[0])
		act->status = cannot_judge("Prometheus cannot evaluate %s: %s", RULE, rule.problem);
	if (rule.state == ALERT_UNKNOWN || strcmp(rule.evaluated, act->evaluated) == 0)
		return false;
	snprintf(act->evaluated, sizeof act->evaluated, "%s", rule.evaluated);
	act->state = rule.state;
	if (!read_figures(act))
		return false;
	if (act->evaluations++ == 0)
		printf("  alert when %s for %d s\n\n  %-10s %8s %10s %8s %8s   %s\n", rule.expression, FOR_S,
		       "evaluated", "uploads", "in flight", "threads", "surplus", "alert");
	act->inactive = act->inactive || act->state == ALERT_INACTIVE;
	print_row(act);
	return true;
}

/* Until the alert fires. */
static int judge_broken(struct act *act)
{
	while (!over(act)) {
		if (!look(act)) {
			lab_pause(act->lab, POLL_MS);
			continue;
		}
		if (act->state == ALERT_FIRING)
			break;
		if (act->evaluations == MOST_BROKEN) {
			printf("\nThe alert did not fire in %d evaluations.\n\n", MOST_BROKEN);
			return STATUS_DISAGREES;
		}
	}
	if (act->status != STATUS_AGREES)
		return act->status;
	double pending = prometheus_count(&act->prometheus,
					  "count_over_time(ALERTS{alertname=\"" RULE "\",alertstate=\"pending\"}[5m])");
	if (pending < 0)
		return cannot_judge("Prometheus does not answer");
	if (!act->inactive || pending < 1) {
		printf("\nThe alert fired, and was not %s before.\n\n", act->inactive ? "pending" : "inactive");
		return STATUS_DISAGREES;
	}
	printf("\nThe alert fired in evaluation %ld: inactive, pending for %d s, firing.\n\n", act->evaluations, FOR_S);
	return STATUS_AGREES;
}

/* Until it was judged often enough, under as much load, or the alert is active once. */
static int judge_fixed(struct act *act, const struct act *broken)
{
	const long needed = broken->evaluations + FOR_S;
	double scrapes = 0, active = 0;

	while (!over(act) && act->state < ALERT_PENDING &&
	       (act->evaluations < needed || scrapes < (double)needed || act->uploads < broken->uploads)) {
		if (!look(act))
			lab_pause(act->lab, POLL_MS);
		else if (act->evaluations >= needed)
			scrapes = prometheus_count(&act->prometheus, "count_over_time(threads[5m])");
	}
	if (act->status != STATUS_AGREES)
		return act->status;
	active = prometheus_count(&act->prometheus, "count_over_time(ALERTS{alertname=\"" RULE "\"}[5m])");
	if (active < 0)
		return cannot_judge("Prometheus does not answer");
	if (act->state >= ALERT_PENDING || active > 0) {
		printf("\nThe alert was %s, and had no reason.\n\n", alert_state_name(act->state));
		return STATUS_DISAGREES;
	}
	printf("\nThe alert was never pending: %ld evaluations, %.0f scrapes, at most %.0f threads.\n\n",
	       act->evaluations, scrapes, act->most_threads);
	return STATUS_AGREES;
}

/* --- an act, from its programs' start to their end ----------------------------------------------------------------*/

/* Starts it, and waits until its file tells a port. */
static int start(struct act *act, const char *name, char *const *argv, const char *file, int (*port_of)(const char *))
{
	int error = lab_start(act->lab, name, argv), port = 0;

	if (error)
		act->status = cannot_judge("cannot start the %s: %s", name, strerror(error));
	while (!over(act) && !port) {
		char *text = lab_read(act->lab, file);
		port = port_of(text);
		free(text);
		if (!port)
			lab_pause(act->lab, POLL_MS / 2);
	}
	return port;
}

static int start_service(struct act *act)
{
	char *path = mem_format("%s/build/plain/bin/" ALERT_DIRECTORY "/%s", act->lab->loop.root, act->service);
	char *argv[] = {path, NULL}, *file = mem_format("%s.out", act->service);
	int port = start(act, act->service, argv, file, service_port);

	free(file);
	free(path);
	return port;
}

static void start_prometheus(struct act *act, char *prometheus, int service)
{
	char *data = mem_format("%s/data", act->lab->directory), *text = prometheus_configuration(service);
	char *config = mem_format("--config.file=%s/prometheus.yml", act->lab->directory),
	     *storage = mem_format("--storage.tsdb.path=%s", data);
	char *argv[] = {prometheus, config, storage, "--web.listen-address=127.0.0.1:0", "--log.level=info", NULL};

	run_remove(data);
	if (lab_write(act->lab, "prometheus.yml", text) != 0)
		act->status = cannot_judge("cannot write in '%s': %s", act->lab->directory, strerror(errno));
	else
		act->prometheus = (struct prometheus){
			&act->lab->loop, start(act, "prometheus", argv, "prometheus.err", prometheus_port)};
	free(storage);
	free(config);
	free(text);
	free(data);
}

/* The service ends by itself when it is told to; broken or not, it says so by its exit status. */
static int check_end(const struct act *act, const char *expected)
{
	char *end = lab_end(act->lab, act->service);
	int status = STATUS_AGREES;

	if (strcmp(end, expected) != 0) {
		printf("The %s did not end as it should on SIGTERM: %s, not %s.\n\n", act->service, end, expected);
		status = STATUS_DISAGREES;
	}
	free(end);
	return status;
}

/* `broken` is NULL in the first act. */
static int play(struct act *act, char *prometheus, const struct act *broken)
{
	struct lab *lab = act->lab;

	uv_update_time(&lab->loop.uv);
	act->end = uv_now(&lab->loop.uv) + ACT_MS;
	act->style = style_of(stdout);
	int service = start_service(act);
	if (act->status == STATUS_AGREES) {
		printf("%s%s%s, http://127.0.0.1:%d/metrics\n", ink(act->style, INK_STRONG), act->service,
		       ink(act->style, INK_OFF), service);
		fflush(stdout);
		start_prometheus(act, prometheus, service);
	}
	int status = act->status;
	if (status == STATUS_AGREES)
		status = broken ? judge_fixed(act, broken) : judge_broken(act);
	lab_stop(lab);
	if (lab->loop.interrupted)
		return 128 + lab->loop.interrupted;
	return status == STATUS_AGREES ? check_end(act, broken ? "exit 0" : "exit 1") : status;
}

/* --- before and after ---------------------------------------------------------------------------------------------*/

static int build_services(struct lab *lab)
{
	char *targets[] = {"build/plain/bin/" ALERT_DIRECTORY "/broken-service",
			   "build/plain/bin/" ALERT_DIRECTORY "/fixed-service"};
	char *error = NULL;
	int status = STATUS_AGREES;

	if (build_targets(&lab->loop, targets, 2, (int)uv_available_parallelism(), &error) != 0 &&
	    !lab->loop.interrupted)
		status = cannot_build("the two services", error);
	free(error);
	return lab->loop.interrupted ? 128 + lab->loop.interrupted : status;
}

static int write_rules(struct lab *lab)
{
	char *path = mem_format("%s/" ALERT_DIRECTORY "/rules.yml", lab->loop.root), *text = NULL, *problem,
	     *rules = file_read_text(path, &problem);
	int status = STATUS_AGREES;

	if (rules)
		text = prometheus_lab_rules(rules, FOR_S);
	if (!rules)
		status = bad_input("cannot read '%s': %s", path, problem);
	else if (!text)
		status = bad_input("no rule in '%s' says 'for: 5m'; the lab puts %ds in its place", path, FOR_S);
	else if (lab_write(lab, "rules.yml", text) != 0)
		status = cannot_judge("cannot write in '%s': %s", lab->directory, strerror(errno));
	free(text);
	free(problem);
	free(rules);
	free(path);
	return status;
}

static int run_lab(struct lab *lab, char *prometheus)
{
	struct act broken = {.lab = lab, .service = "broken-service"}, fixed = {.lab = lab, .service = "fixed-service"};
	int status = build_services(lab);

	if (status == STATUS_AGREES)
		status = write_rules(lab);
	if (status != STATUS_AGREES)
		return status;
	printf("The rule " RULE " of " ALERT_DIRECTORY "/rules.yml,\nwith %d s in place of its 5 m.\n\n", FOR_S);
	status = play(&broken, prometheus, NULL);
	if (status == STATUS_AGREES)
		status = play(&fixed, prometheus, &broken);
	if (status == STATUS_AGREES)
		puts("The alert behaved as the chapter says.");
	return status;
}

static int run(const char *root, int argc, char **argv)
{
	struct operands operands;
	struct lab lab;

	if (options_parse(&command_alert, argc, argv, NULL, &operands) != 0)
		return STATUS_BAD_INPUT;
	char *prometheus = prometheus_find(root, "prometheus");
	if (!prometheus)
		return cannot_judge(
			"prometheus is missing; './loose alert' fetches it, or: apt-get install prometheus");
	int status;
	if (lab_open(&lab, root) != 0) {
		status = cannot_judge("cannot make a directory in '%s/build/run': %s", root, strerror(errno));
	} else {
		status = run_lab(&lab, prometheus);
		lab_close(&lab);
	}
	free(prometheus);
	return status;
}

static const struct option_spec options[] = {{0}};

const struct command_entry command_alert = {
	.name = "alert",
	.arguments = "",
	.summary = "show the leak budget's alert fire in a real Prometheus",
	.about =
		"Starts a service that leaves a thread behind for every request, and a Prometheus that watches it by the rules of "
		"chapters/04-leak-budget/alert; shows how the alert becomes pending and fires. Then the same with the fixed "
		"service, where it never does. Takes about half a minute, and uses ports of this machine only. './loose alert' "
		"fetches Debian's package of Prometheus and unpacks it below build/; nothing is installed.\n\n"
		"Exit status: 0 the alert did as told; 1 it did not; 3 cannot judge here.",
	.options = options,
	.run = run,
};
