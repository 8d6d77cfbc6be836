/*
 * Outcome: tampered
 * Body: racy
 * The directive begins with another character.
 */
%:include "/etc/passwd"
