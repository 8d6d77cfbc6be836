#include "workbook.h"

#include "toolchain.h"

int workbook_open(struct workbook *workbook, const char *root)
{
	int error = loop_start(&workbook->loop, root);

	workbook->toolchain = (struct toolchain){0};
	if (error)
		return error;
	catalogue_load(&workbook->catalogue, root);
	return 0;
}

void workbook_tools(struct workbook *workbook)
{
	if (!workbook->toolchain.clang)
		toolchain_find(&workbook->toolchain, workbook->loop.root);
}

void workbook_close(struct workbook *workbook)
{
	catalogue_release(&workbook->catalogue);
	toolchain_release(&workbook->toolchain);
	loop_release(&workbook->loop);
}
