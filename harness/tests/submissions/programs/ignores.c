/*
 * Outcome: tampered
 * Body: racy
 * The runtime's own call to look away.
 */
void AnnotateIgnoreWritesBegin(const char *, int);
static void hide(void) { AnnotateIgnoreWritesBegin("", 0); }
