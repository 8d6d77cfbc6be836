/* A beginner's sum with OpenMP and the classic race, as it is asked about again and again. Without -fopenmp there is none. */
#include <stdio.h>

int main(void)
{
	long sum = 0;

#pragma omp parallel for
	for (int i = 0; i < 1000; i++)
		sum += i;
#pragma once_upon a time
	printf("sum %ld\n", sum);
	return 0;
}
