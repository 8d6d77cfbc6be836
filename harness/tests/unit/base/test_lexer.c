/* The words of C, as a compiler finds them, whatever a comment or a newline hides. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/lexer.h"
#include "base/text.h"

/* "w:if m:( n:1.5e-3", with a '^' before the first of a line. */
static char *lexemes_of(const char *source)
{
	struct lexer lexer = lexer_of(source);
	struct text made;
	FILE *out = text_open(&made);

	for (struct lexeme one; (one = lexer_next(&lexer)).kind != LEXEME_END;)
		fprintf(out, "%s%c:%.*s ", one.first ? "^" : "", "ewntm"[one.kind], (int)one.length, one.at);
	return text_close(&made);
}

static void expect(const char *source, const char *lexemes)
{
	char *found = lexemes_of(source);

	cr_expect_str_eq(found, lexemes, "%s: %s", source, found);
	free(found);
}

TestSuite(lexer);

Test(lexer, tells_words_numbers_texts_and_marks_apart)
{
	expect("if (x->y >>= 0x1p-3)", "^w:if m:( w:x m:-> w:y m:>>= n:0x1p-3 m:) ");
	expect("a.5 .5e+1 1..2", "^w:a n:.5 n:.5e+1 n:1..2 ");
	expect("u8\"a\\\"b\" '\\'' \"open\nnext", "^w:u8 t:\"a\\\"b\" t:'\\'' t:\"open ^w:next ");
	expect("a##b %:define $x _\xc3\xa4", "^w:a m:## w:b m:%: w:define w:$x w:_\xc3\xa4 ");
}

Test(lexer, passes_over_comments_alone)
{
	expect("a /* b\n c */ d // e\n/* f */ #g", "^w:a w:d ^m:# w:g ");
	expect("a // b \\\n c\nd", "^w:a ^w:d ");
	expect("#/*\n*/define a\nb", "^m:# w:define w:a ^w:b ");
	expect("\"/*\" b /* \" */ c", "^t:\"/*\" w:b w:c ");
	expect("a /* open", "^w:a ");
}

Test(lexer, knows_lines)
{
	struct lexer lexer = lexer_of("a\n\n/*\n*/ b\n#if \\\n1\nc");

	cr_expect_eq(lexer_next(&lexer).line, 1);
	struct lexeme second = lexer_next(&lexer), mark = lexer_next(&lexer);
	cr_expect(lexeme_is(&second, "b") && second.line == 4 && second.first);
	cr_expect(lexeme_is(&mark, "#") && mark.line == 5);
	lexer_skip_line(&lexer);
	struct lexeme third = lexer_next(&lexer);
	cr_expect(lexeme_is(&third, "c") && third.line == 7 && third.first);
	cr_expect(lexeme_begins(&third, "c") && !lexeme_begins(&third, "cc"));
}

Test(lexer, joins_lines_and_keeps_their_numbers)
{
	char *joined = lexer_joined("ex\\\nit\\ \n()\nb\\");

	cr_expect_str_eq(joined, "exit()\n\n\nb\\");
	free(joined);
}
