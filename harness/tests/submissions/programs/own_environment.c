/*
 * Outcome: cannot-judge
 * Body: racy
 * The environment by its inner name.
 */
extern char **__environ;
int watched(void) { return __environ && __environ[0]; }
