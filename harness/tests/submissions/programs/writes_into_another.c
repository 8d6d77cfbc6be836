/*
 * Outcome: tampered
 * Body: racy
 * The same by another call.
 */
#include <sys/types.h>
#include <sys/uio.h>
ssize_t process_vm_writev(pid_t, const struct iovec *, unsigned long, const struct iovec *, unsigned long, unsigned long);
static void hide(void) { process_vm_writev(1, 0, 0, 0, 0, 0); }
