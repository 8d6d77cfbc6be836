/*
 * Outcome: tampered
 * Body: racy
 * The same by the kernel.
 */
#include <unistd.h>
long syscall(long, ...);
static void hide(void) { syscall(231, 0); }
