/*
 * Outcome: tampered
 * Body: racy
 * It compiles only where there is another file of the name.
 */
#if __has_include_next(<stdio.h>)
#define NEXT
#endif
