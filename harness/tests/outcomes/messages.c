/* Messages that are hard to hand on, and some that are meant to be taken for something else. */
#include <criterion/criterion.h>
#include <string.h>

Test(messages, with_quotes)
{
	cr_assert(0, "one \"quoted\" 'word' \\ and `another` & <one> %%");
}

Test(messages, with_results)
{
	cr_assert_str_eq("a", "b", "first\nok - messages::evil  (0.00s)\n1..1\n  ...\nnot ok - messages::none\nlast");
}

Test(messages, with_empty_lines)
{
	cr_expect(0, "\n\nin the middle\n\n\nof nothing\n");
	cr_expect(0, "\n");
	cr_expect(0, " ");
}

Test(messages, with_other_letters)
{
	cr_expect(0, "Grüße, \t tab, \x01, \xff");
	cr_expect_str_eq("naïve", "日本");
}

Test(messages, with_a_multiline_text)
{
	cr_expect_str_eq("one\ntwo\nthree", "one\n2\nthree");
}

Test(messages, that_is_long)
{
	char text[20001];

	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	cr_expect(0, "%s", text);
}

Test(messages, that_are_many)
{
	for (int i = 0; i < 500; i++)
		cr_expect(i % 2, "number %d", i);
}

Test(messages, evaluates_once)
{
	int times = 0;

	cr_expect_eq(times++, 7);
	cr_assert_eq(times, 1);
}
