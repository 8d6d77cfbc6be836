/*
 * No threads: the masts are asked one after the other for what they have sent,
 * and a third of the patience is for each.
 *
 * Tempting  nothing can be left over, three thirds are a whole, and when all masts are iced up it is exactly what was
 *           promised.
 * Refused   the test: two masts answer at once, and what they leave of their thirds is lost. The third one has a
 *           third, and the try ends early. What all wait for together has one end, which is a point in time.
 * test      fails an_answer_ends_with_its_try
 */
#include "wind.h"

#include <stdbool.h>
#include <unistd.h>

#include "kit/loopback.h"

static bool ask_all(const int ports[WIND_MASTS], long patience, int knots[WIND_MASTS])
{
	long share = (patience + WIND_MASTS - 1) / WIND_MASTS;
	int wires[WIND_MASTS], answers = 0;

	for (int i = 0; i < WIND_MASTS; i++)
		wires[i] = loopback_connect(ports[i]);
	for (int i = 0; i < WIND_MASTS; i++) {
		answers += loopback_receive(wires[i], &knots[i], sizeof knots[i], share);
		close(wires[i]);
	}
	return answers == WIND_MASTS;
}

int wind_ask(const int ports[WIND_MASTS], const long patience[WIND_TRIES], int knots[WIND_MASTS])
{
	for (int i = 0; i < WIND_TRIES; i++)
		if (ask_all(ports, patience[i], knots))
			return i + 1;
	return 0;
}
