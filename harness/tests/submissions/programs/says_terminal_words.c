/*
 * Outcome: failed
 * Body: calls
 * What a terminal takes for commands, zeroes, and what is no text.
 */
#include <stdio.h>
static void trick(void)
{
	static const char words[] = "\033[2J\033]0;passed\007\033[31m\0<script>alert(1)</script>]]>&\xff\xfe=1+1\r\n";
	for (int i = 0; i < 100; i++) {
		fwrite(words, 1, sizeof words, stdout);
		fwrite(words, 1, sizeof words, stderr);
	}
}
