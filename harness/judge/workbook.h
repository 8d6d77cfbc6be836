/*
 * A workbook that is open: what it holds, the tools that judge it here, and the
 * event loop that everything runs on.
 */
#ifndef LOOSE_WORKBOOK_H
#define LOOSE_WORKBOOK_H

#include "exec/loop.h"
#include "verdict/result.h"
#include "workbook/catalogue.h"

struct workbook {
	struct loop loop; /* and the root */
	struct catalogue catalogue;
	struct toolchain toolchain; /* empty until workbook_tools() */
};

/* 0, or an error number when there can be no event loop. Reads the tree. */
int workbook_open(struct workbook *workbook, const char *root);
/* Asks for the tools' versions, once. */
void workbook_tools(struct workbook *workbook);
void workbook_close(struct workbook *workbook);

#endif
