/*
 * Outcome: tampered
 * Body: racy
 * A process by another door.
 */
#include <spawn.h>
static void hide(void) { posix_spawn(0, "/bin/sh", 0, 0, 0, 0); }
