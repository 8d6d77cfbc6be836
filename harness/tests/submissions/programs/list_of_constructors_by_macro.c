/*
 * Outcome: tampered
 * Body: racy
 * The same, where no word of it stands together.
 */
#define PASTE(a, b) a##b
#define S PASTE(sec, tion)
static void early(void) { }
__attribute__((S(".ctors"))) static void (*const begins)(void) = early;
