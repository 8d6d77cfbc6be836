/* What detectors have found, and where in the program's own code its accesses are. */
#ifndef LOOSE_RECORDER_SIGHTINGS_H
#define LOOSE_RECORDER_SIGHTINGS_H

#include "verdict/detector.h"

/* The innermost own frames of a finding's accesses: the later one first, in the words of most detectors. */
struct sighted {
	const struct frame *places[2]; /* NULL: there is none */
};

/* They are the finding's, and live as long. */
struct sighted sighted_of(const struct finding *finding);

#endif
