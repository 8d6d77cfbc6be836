/* What is to be done about a detector that cannot be trusted. */
#define _GNU_SOURCE /* SYS_personality */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <criterion/criterion.h>

#include "judge/trust.h"
#include "verdict/detector.h"

/* From here on personality(2) only tells, as in a container of the usual kind. */
static void forbid_fixed_addresses(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_personality, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0xffffffff, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = sizeof code / sizeof *code, .filter = code};

	cr_assert_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	cr_assert_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0, "%s", strerror(errno));
}

static const struct detector sanitizer = {.name = "tsan", .flavour = "tsan"},
			     other = {.name = "drd", .flavour = "plain"};

static const char *fix_for(const struct detector *detector, enum observed observed)
{
	struct result wrong = {.detector = detector, .verdict = {.observed = observed}};

	return trust_fix(&wrong);
}

Test(trust, knows_the_fix_where_addresses_must_be_random)
{
	forbid_fixed_addresses();
	const char *fix = fix_for(&sanitizer, OBSERVED_ERROR);
	cr_assert_not_null(fix);
	cr_expect(strstr(fix, "fix: start it with --security-opt seccomp=unconfined"), "%s", fix);
	cr_expect_null(fix_for(&sanitizer, OBSERVED_SILENT));
	cr_expect_null(fix_for(&other, OBSERVED_ERROR));
}

Test(trust, leaves_the_harness_as_it_was)
{
	int before = personality(0xffffffff);

	if (personality((unsigned long)before | ADDR_NO_RANDOMIZE) == -1)
		cr_skip_test("fixed addresses are forbidden here");
	personality((unsigned long)before);
	cr_expect_null(fix_for(&sanitizer, OBSERVED_ERROR));
	cr_expect_eq(personality(0xffffffff), before);
}
