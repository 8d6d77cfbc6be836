/*
 * What a measuring detector found, as JSON (observation.h: `measured`): by which
 * keys the figures of every program (wire/figures.h) and gauges stand in it.
 */
#ifndef LOOSE_MEASURED_H
#define LOOSE_MEASURED_H

enum moment { MOMENT_START, MOMENT_PEAK, MOMENT_EXIT, MOMENT_END };

struct measured_key {
	const char *key, *figure;
	enum moment moment; /* whose value it is; a counter that only grows has its last one at exit */
};

/* All of them; the last has no key. */
extern const struct measured_key measured_keys[];
/* The key of a figure of every program; NULL: it has none for that moment. */
const char *measured_key_of(const char *figure, enum moment moment);
/* The key of a gauge, at its peak or at exit; for the caller to free. */
char *measured_gauge_key(const char *gauge, enum moment moment);

#endif
