/*
 * A detector's reports come as data, so nothing that a program prints can pass
 * for one. But who reads the program's standard error by eye must not be fooled
 * either: a report there that no detector wrote makes the run one that cannot
 * be judged.
 */
#ifndef LOOSE_FORGERY_H
#define LOOSE_FORGERY_H

#include "verdict/detector.h"

/* Fails the observation if the run's standard error holds more reports than the `reports` that the detector printed. */
void spoofed_check(const struct run *run, size_t reports, struct observation *seen);

#endif
