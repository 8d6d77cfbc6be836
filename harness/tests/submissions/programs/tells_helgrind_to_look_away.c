/*
 * Outcome: tampered
 * Body: racy
 * A request of Helgrind's.
 */
#define AWAY(at) VALGRIND_HG_DISABLE_CHECKING(at, 8)
