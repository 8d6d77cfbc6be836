#include "measured.h"

#include <stddef.h>
#include <string.h>

#include "base/mem.h"
#include "wire/figures.h"

const struct measured_key measured_keys[] = {
	{"threads_started", FIGURE_STARTED, MOMENT_EXIT},
	{"threads_peak", FIGURE_THREADS, MOMENT_PEAK},
	{"threads_at_exit", FIGURE_THREADS, MOMENT_EXIT},
	{"threads_joined", FIGURE_JOINED, MOMENT_EXIT},
	{"threads_detached", FIGURE_DETACHED, MOMENT_EXIT},
	{"threads_unjoined_at_exit", FIGURE_UNJOINED, MOMENT_EXIT},
	{"memory_start", FIGURE_MEMORY, MOMENT_START},
	{"memory_peak", FIGURE_MEMORY, MOMENT_PEAK},
	{"memory_at_exit", FIGURE_MEMORY, MOMENT_EXIT},
	{"descriptors_start", FIGURE_DESCRIPTORS, MOMENT_START},
	{"descriptors_peak", FIGURE_DESCRIPTORS, MOMENT_PEAK},
	{"descriptors_at_exit", FIGURE_DESCRIPTORS, MOMENT_EXIT},
	{"cpu_us", FIGURE_CPU, MOMENT_END},
	{NULL, NULL, MOMENT_END},
};

const char *measured_key_of(const char *figure, enum moment moment)
{
	for (const struct measured_key *at = measured_keys; at->key; at++)
		if (at->moment == moment && strcmp(at->figure, figure) == 0)
			return at->key;
	return NULL;
}

char *measured_gauge_key(const char *gauge, enum moment moment)
{
	return mem_format("%s%s", gauge, moment == MOMENT_PEAK ? "_peak" : "_at_exit");
}
