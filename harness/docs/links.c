/* Links of the texts to files of the workbook. */
#include "docs.h"

#include <cmark-gfm.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

/* To a page elsewhere, or to a heading of the same text. */
static bool leads_elsewhere(const char *url)
{
	size_t scheme = strspn(url, "abcdefghijklmnopqrstuvwxyz");

	return url[0] == '#' || url[scheme] == ':';
}

/* The file that a link in the text at `path` names, for the caller to free. */
static char *target_of(const char *root, const char *path, const char *url)
{
	const char *slash = strrchr(path, '/');
	int directory = slash ? (int)(slash - path + 1) : 0, name = (int)strcspn(url, "#");

	return mem_format("%s/%.*s%.*s", root, directory, path, name, url);
}

/* A node that does not know its line is on that of what it stands in, or after it. */
static int line_of(cmark_node *node)
{
	while (node && cmark_node_get_start_line(node) == 0)
		node = cmark_node_parent(node);
	return node ? cmark_node_get_start_line(node) : 0;
}

static bool is_dead(const char *root, const char *path, cmark_node *node)
{
	cmark_node_type type = cmark_node_get_type(node);
	const char *url = type == CMARK_NODE_LINK || type == CMARK_NODE_IMAGE ? cmark_node_get_url(node) : NULL;

	if (!url || leads_elsewhere(url))
		return false;
	char *target = target_of(root, path, url);
	bool dead = access(target, F_OK) != 0;
	free(target);
	return dead;
}

size_t docs_dead_links(FILE *out, const char *root, const char *path, const char *text)
{
	cmark_node *document = cmark_parse_document(text, strlen(text), CMARK_OPT_DEFAULT);
	cmark_iter *walk = cmark_iter_new(document);
	size_t count = 0;

	while (cmark_iter_next(walk) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(walk);
		/* A link comes twice: when it is entered, and when it is left. */
		if (cmark_iter_get_event_type(walk) != CMARK_EVENT_ENTER || !is_dead(root, path, node))
			continue;
		fprintf(out, "%s:%d: the link '%s' leads nowhere; fix it, or add the file\n", path, line_of(node),
			cmark_node_get_url(node));
		count++;
	}
	cmark_iter_free(walk);
	cmark_node_free(document);
	return count;
}
