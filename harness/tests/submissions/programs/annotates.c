/*
 * Outcome: tampered
 * Body: racy
 * An annotation says that the race is meant.
 */
void AnnotateBenignRaceSized(const char *, int, const volatile void *, long, const char *);
static void hide(long *at) { AnnotateBenignRaceSized("", 0, at, 8, ""); }
