/*
 * `run --plot FILE.svg`: what the budget measured of a pair, drawn by gnuplot.
 * The file is written whole or not at all.
 */
#ifndef LOOSE_PICTURE_H
#define LOOSE_PICTURE_H

#include "command.h"
#include "report/plot.h"

/* Before anything runs: sees to it that the file can be written, and that gnuplot is there. 0, or a status after a line. */
int picture_open(struct output *output, struct loop *loop, const char *path);
/* Draws, and puts the file in its place. 0, or a status after a line; output_discard() then takes away what is left. */
int picture_draw(struct output *output, struct loop *loop, const char *title, const struct plot *broken,
		 const struct plot *fixed);
/* The same as text in *picture, for the caller to free; NULL with a status. */
int picture_text(struct loop *loop, const char *title, const struct plot *broken, const struct plot *fixed,
		 char **picture);

#endif
