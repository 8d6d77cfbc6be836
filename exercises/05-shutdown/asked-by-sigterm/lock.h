/*
 * The service of a canal lock: two keepers move ships, until the process is asked
 * to stop.
 *
 *     int main(void)
 *     {
 *             lock_prepare();          // first of all, before any thread
 *             ... start other threads, read the settings ...
 *             long moved = lock_run(move_a_ship, &canal);
 *             printf("%ld ships\n", moved);
 *     }
 *
 * It is asked by SIGTERM, as systemd, Docker and Kubernetes ask: the signal is
 * sent to the process, and not to any of its threads.
 */
#ifndef LOCK_H
#define LOCK_H

enum { LOCK_KEEPERS = 2 };

/* Moves one ship. It may take its time. */
typedef void lock_move(void *canal);

/*
 * To be called once, before any thread is started. From here on SIGTERM does not
 * end the process any more: whenever it comes, before lock_run() too, it is not
 * lost. Any thread that does not block it may be the one it reaches, in the middle
 * of whatever that thread is doing, and with any lock held.
 */
void lock_prepare(void);

/*
 * Starts the keepers, each of which calls move() again and again, and waits for
 * SIGTERM, and for no other signal: one that the process handles may interrupt it.
 * It may be called by any thread. When it returns,
 *
 *   - every call of move() that had begun has ended, and none was cut short;
 *   - no keeper is left: the caller may look at the canal without a lock, and
 *     free it;
 *   - nothing that lock_prepare() has opened is open.
 *
 * Returns how many ships were moved.
 */
long lock_run(lock_move *move, void *canal);

#endif
