/*
 * That nothing is missing or stray in the tree: each program says what its role asks
 * for, each pitfall has its parts. For catalogue.c, which reads the tree; what is
 * wrong becomes a line among catalogue->problems.
 */
#ifndef LOOSE_CATALOGUE_CHECKS_H
#define LOOSE_CATALOGUE_CHECKS_H

#include "catalogue.h"

/* Adds the line, which it takes over. In catalogue.c. */
void catalogue_problem(struct catalogue *catalogue, char *line);
/* What a program that is incomplete says does not count: it declares nothing then. */
void catalogue_check_roles(struct catalogue *catalogue);
/* Once the pitfalls are listed. */
void catalogue_check_whole(struct catalogue *catalogue);

#endif
