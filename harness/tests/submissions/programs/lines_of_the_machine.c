/*
 * Outcome: tampered
 * Body: racy
 * Its lines say that they are those of a file of the machine's.
 */
#line 1 "/etc/passwd"
