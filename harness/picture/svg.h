/*
 * SVG as text: the one module that writes it. What is drawn is readable in light and in dark, since a picture carries its
 * own card to lie on, whose colours follow the reader's; and what it says in colours it says in words and shapes as well.
 * Text is of the system's own fonts, and not smaller than SVG_TEXT. Any bytes may be drawn: what XML forbids becomes '?'.
 *
 *     svg_begin(out, 800, 200, "lanes of main", "main starts evict_loop. ...");
 *     svg_text(out, 20, 40, "strong", "broken");
 *     svg_end(out);
 */
#ifndef LOOSE_PICTURE_SVG_H
#define LOOSE_PICTURE_SVG_H

#include <stdio.h>

enum { SVG_TEXT = 13, SVG_HEADING = 15 };

/* Opens the picture, on its card. `title` and `description` are what a screen reader says of it. */
void svg_begin(FILE *out, int width, int height, const char *title, const char *description);
void svg_end(FILE *out);

/*
 * The classes: "text", "strong", "name", "faint" and "fault" of text; "lane", "waits", "arrow", "head" (of an arrow, filled),
 * "dot", "ring", "between" (what nothing orders), "box" (around a fault), "rule", "mark" (on a fault) of shapes.
 */
void svg_text(FILE *out, int x, int y, const char *class, const char *words);
/* The same, ending at x. */
void svg_text_before(FILE *out, int x, int y, const char *class, const char *words);
void svg_line(FILE *out, int x1, int y1, int x2, int y2, const char *class);
void svg_circle(FILE *out, int x, int y, int radius, const char *class);
void svg_rectangle(FILE *out, int x, int y, int width, int height, const char *class);
/* The data of a path, as SVG has it. */
void svg_path(FILE *out, const char *data, const char *class);

/* About how wide the text is: never less than what a usual sans-serif font of SVG_TEXT needs for most texts. */
int svg_width(const char *text);
/* The same of a class that is bold. */
int svg_width_bold(const char *text);

#endif
