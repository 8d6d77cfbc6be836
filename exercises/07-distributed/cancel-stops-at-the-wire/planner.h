/*
 * A planner for a sawmill. A saw sends the trunk that lies before it and says
 * until when it can use a plan; the planner tries the ways to cut the trunk,
 * one after another, and answers with the best. Saws and planner talk over TCP:
 *
 *     struct planner *planner = planner_start(try_way);
 *     ...
 *     saw:  int wire = loopback_connect(planner_port(planner));
 *           send(wire, &order, sizeof order, 0);
 *           recv(wire, &plan, sizeof plan, MSG_WAITALL);  // or it has waited for long enough, and hangs up
 *           close(wire);
 *     ...
 *     planner_stop(planner);
 */
#ifndef PLANNER_H
#define PLANNER_H

#include <time.h>

struct order {
	int trunk, ways;
	struct timespec until; /* by CLOCK_MONOTONIC: saws and planner have one clock */
};

enum plan_result { PLAN_DONE, PLAN_TOO_LATE };

struct plan {
	enum plan_result result;
	int best; /* PLAN_DONE: the way that is worth most */
};

/*
 * What the trunk is worth, cut in this way: 1, 2, up to the order's number of ways.
 * Less than 0 where the cutting costs more. Takes as long as it takes.
 */
typedef int planner_try(int trunk, int way);

struct planner;

/*
 * Starts a planner. It takes one order from each connection, in the pieces in
 * which it comes, makes one plan at a time, in the order in which the saws came,
 * and calls try_way() for it from a thread of its own. Then it closes the
 * connection.
 *
 *   - A saw that waits gets its plan when all ways have been tried.
 *   - When a saw has hung up, or says that it will send no more, no try begins
 *     for it. To crash is to hang up, too. Whenever a saw leaves, those after it
 *     get their plans.
 *   - When `until` has passed, no try begins either, and the answer is
 *     PLAN_TOO_LATE.
 *
 * A try that is under way is not interrupted.
 */
struct planner *planner_start(planner_try *try_way);
/* The port, on this machine, at which the saws find it. */
int planner_port(const struct planner *planner);
/*
 * Takes no more orders, and waits for the one that is under way, which ends as
 * above. When it returns, nothing of the planner runs. No descriptor is open
 * that it has opened. Saws that are still in line find that the planner has
 * hung up.
 */
void planner_stop(struct planner *planner);

#endif
