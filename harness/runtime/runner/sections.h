/* The tests and suites of a program, as Criterion's macros register them. Both pointers of a pair are NULL: there are none. */
#ifndef LOOSE_SECTIONS_H
#define LOOSE_SECTIONS_H

struct test_sections {
	struct criterion_test **tests, **tests_end;
	struct criterion_suite **suites, **suites_end;
};

extern const struct test_sections loose_test_sections;

#endif
