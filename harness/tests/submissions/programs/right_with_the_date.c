/*
 * Outcome: passed
 * Body: right
 * It says when it was compiled.
 */
const char *made(void)
{
	return __DATE__ " " __TIME__;
}
