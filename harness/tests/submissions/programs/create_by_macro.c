/*
 * Outcome: tampered
 * Body: racy
 * The same by a macro.
 */
#include <pthread.h>
#define pthread_create(id, how, run, arg) (*(id) = pthread_self(), (run)(arg), 0)
