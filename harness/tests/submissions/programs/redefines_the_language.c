/*
 * Outcome: failed
 * Body: racy
 * Words of C that mean something else in what comes after.
 */
#define volatile
#define _Atomic
#define const
