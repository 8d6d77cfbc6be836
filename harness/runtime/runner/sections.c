/*
 * Linked into every test program, for the runner that it may load: where its
 * tests stand. The linker makes the bounds of a section where an object that it
 * links asks for them, and for no library.
 */
#include "sections.h"

extern struct criterion_test *__start_cr_tst[] __attribute__((weak)), *__stop_cr_tst[] __attribute__((weak));
extern struct criterion_suite *__start_cr_sts[] __attribute__((weak)), *__stop_cr_sts[] __attribute__((weak));

const struct test_sections loose_test_sections = {__start_cr_tst, __stop_cr_tst, __start_cr_sts, __stop_cr_sts};
