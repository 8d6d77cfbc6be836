/*
 * Outcome: tampered
 * Body: racy
 * The file becomes an array.
 */
static const char theirs[] = {
#embed "/etc/passwd"
};
