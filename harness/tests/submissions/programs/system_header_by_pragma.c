/*
 * Outcome: tampered
 * Body: racy
 * It says that it is a header of the system's.
 */
#pragma GCC system_header
