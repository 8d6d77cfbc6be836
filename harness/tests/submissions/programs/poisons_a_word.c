/*
 * Outcome: tampered
 * Body: racy
 * From here on nobody may lock.
 */
#pragma GCC poison pthread_mutex_lock
