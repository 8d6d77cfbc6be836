/*
 * Outcome: tampered
 * Body: racy
 * Who calls one calls the other.
 */
#pragma redefine_extname pthread_create line_create
