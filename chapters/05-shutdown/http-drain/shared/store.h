/* What the shop's handlers use: the orders. It has no lock, and one thread may use it at a time. */
#ifndef STORE_H
#define STORE_H

struct store {
	char address[512]; /* free() writes into the beginning and the end of a block: not onto the number */
	long orders;
	char pages[64 * 1024];
};

struct store *store_open(void);
/* Writes everything out and frees it. Returns how many orders there were. */
long store_close(struct store *store);

#endif
