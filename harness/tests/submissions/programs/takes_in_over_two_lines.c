/*
 * Outcome: tampered
 * Body: racy
 * The directive is written over two lines.
 */
#inc\
lude "/etc/passwd"
