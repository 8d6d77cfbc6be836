/*
 * Outcome: passed
 * Body: right
 * The mark of its encoding, line ends of two characters, and letters that are none of ASCII.
 */
static int größe;

int wert(void)
{
	return größe;
}
