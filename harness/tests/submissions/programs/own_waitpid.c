/*
 * Outcome: cannot-judge
 * Body: racy
 * The judge of the tests would call it.
 */
#include <sys/types.h>
pid_t waitpid(pid_t pid, int *status, int how) { (void)how; *status = 0; return pid; }
