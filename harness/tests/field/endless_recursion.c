/* A tree that was to be walked has a cycle: the recursion ends with the stack. The commonest crash of a first term. */
#include <stdio.h>
#include <string.h>

struct node {
	struct node *left, *right;
	char name[1000];
};

static int depth_of(const struct node *node)
{
	char name[sizeof node->name];

	memcpy(name, node->name, sizeof name);
	return node->left ? 1 + depth_of(node->left) + (name[0] != '\0') : 1;
}

int main(void)
{
	struct node root = {&root, NULL, "root"};

	printf("%d\n", depth_of(&root));
	return 0;
}
