/*
 * What LeakSanitizer is told in build/asan/tests. It looks at the end of each
 * test's own process, and of Criterion's that starts them.
 */
#include <stdlib.h>

const char *__asan_default_options(void);
const char *__lsan_default_suppressions(void);

/* Where it cannot look it says so, and does not take that for silence. */
const char *__asan_default_options(void)
{
	return "detect_leaks=1";
}

/*
 * Criterion 2.4.1 never frees 48 bytes of its own when it runs many tests. Its library's functions call every test, so
 * that they stand in each leak's stack: nothing is left out in a test's process, which BXFI_MAP tells.
 */
const char *__lsan_default_suppressions(void)
{
	return getenv("BXFI_MAP") ? "" : "leak:libcriterion.so\n";
}
