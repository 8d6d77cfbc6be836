/* The functional tests. The build server runs them on each change, compiled as it is shipped. */
#ifndef TESTS_H
#define TESTS_H

/* Pays with the accounts that belong to nobody, and prints how many tests have passed. */
void run_tests(void);

#endif
