/*
 * Outcome: tampered
 * Body: racy
 * A pragma that gives a function another's name.
 */
int mine(void *a, void *b, void *c, void *d);
#pragma weak pthread_create = mine
