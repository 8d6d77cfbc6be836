/*
 * Outcome: tampered
 * Body: racy
 * The same by a macro.
 */
#define PLACE "/etc/passwd"
#line 1 PLACE
