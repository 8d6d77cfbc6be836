/*
 * The wind on a mountain. Before a ski lift starts in the morning it asks three
 * masts for the wind, all at once, over a connection each. To each connection a
 * mast sends one int, the wind in knots, as soon as it has measured
 * that. The int may come in pieces: TCP carries bytes, not messages. A mast that
 * is iced up sends nothing, or half of it, for as long as it likes; or it hangs
 * up. Then it has not answered.
 *
 *     static const long patience[WIND_TRIES] = {500, 1000, 2000, 4000};
 *     int knots[WIND_MASTS];
 *
 *     if (wind_ask(ports, patience, knots) == 0)
 *             stay_shut();
 *
 * What a call may cost, beside the caller's own thread, however often it tries:
 *
 *     WIND_MASTS threads at a time,     joined == started
 */
#ifndef WIND_H
#define WIND_H

enum { WIND_MASTS = 3, WIND_TRIES = 4 };

/*
 * Asks all masts at these ports of this machine, and all of them again if not
 * all have answered in time. Returns the number of the try in which all have
 * answered, from 1, or 0 if there was none.
 *
 *   - Each try connects to every mast once, and waits until all have answered,
 *     but no longer than its patience, in ms: with 0 not at all. It waits for
 *     nothing else.
 *   - When the next try begins, nothing is left of the last one: its threads have
 *     ended and are joined, and its connections are closed.
 *   - The same holds when wind_ask() returns. `knots` then has the answers of the
 *     try that it names, and no thread uses it: the caller reads it without a
 *     lock, and may release it.
 */
int wind_ask(const int ports[WIND_MASTS], const long patience[WIND_TRIES], int knots[WIND_MASTS]);

#endif
