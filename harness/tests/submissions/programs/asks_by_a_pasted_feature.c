/*
 * Outcome: failed
 * Body: racy
 * The question is pasted together.
 */
#define ASK(a, b) a##b
#if ASK(__has_, feature)(ASK(thread_, sanitizer))
int watched;
#endif
