/*
 * A histogram with OpenMP: a reduction, a critical section, a lock, and a second region that reads what the first wrote. Right.
 *
 * After the questions about Helgrind and OpenMP, which are as many as those about the race itself: it sees races all over.
 */
#include <omp.h>
#include <stdio.h>

enum { VALUES = 300, SLOTS = 4 };

int main(void)
{
	long slots[SLOTS] = {0}, sum = 0, most = 0;
	omp_lock_t lock;

	omp_init_lock(&lock);
#pragma omp parallel for num_threads(3) reduction(+ : sum)
	for (int i = 0; i < VALUES; i++) {
		sum += i;
		omp_set_lock(&lock);
		slots[i % SLOTS]++;
		omp_unset_lock(&lock);
	}
#pragma omp parallel for num_threads(3)
	for (int i = 0; i < SLOTS; i++)
#pragma omp critical
		most = slots[i] > most ? slots[i] : most;
	omp_destroy_lock(&lock);
	printf("%ld, at most %ld\n", sum, most);
	return sum != VALUES * (VALUES - 1) / 2 || most != VALUES / SLOTS;
}
