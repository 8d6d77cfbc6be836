/*
 * Outcome: tampered
 * Body: racy
 * The directive begins with three characters.
 */
??=include "/etc/passwd"
