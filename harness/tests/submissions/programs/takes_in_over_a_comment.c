/*
 * Outcome: tampered
 * Body: racy
 * A comment is a blank to the compiler, even when it goes over two lines.
 */
#/*
*/include "test.c"
