/*
 * A bank with the threads of C11: each access under the mutex, both threads joined. Right.
 *
 * After google/sanitizers issues 1195 and 1603: ThreadSanitizer and DRD know no <threads.h>, and crash.
 */
#include <stdio.h>
#include <threads.h>

static mtx_t lock;
static long balance = 1000;

static int deposit(void *amount)
{
	for (int i = 0; i < 50; i++) {
		mtx_lock(&lock);
		balance += *(int *)amount;
		mtx_unlock(&lock);
	}
	return 0;
}

int main(void)
{
	thrd_t giver, taker;
	int plus = 1, minus = -1;

	mtx_init(&lock, mtx_plain);
	thrd_create(&giver, deposit, &plus);
	thrd_create(&taker, deposit, &minus);
	thrd_join(giver, NULL);
	thrd_join(taker, NULL);
	mtx_destroy(&lock);
	printf("balance %ld\n", balance);
	return 0;
}
