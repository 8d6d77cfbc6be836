/*
 * Outcome: failed
 * Body: racy
 * The question is pasted together.
 */
#define ASK(a, b) a##b
#if ASK(__has_, include)("/etc/passwd")
int there;
#endif
