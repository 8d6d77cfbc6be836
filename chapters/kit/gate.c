#include "gate.h"

#include "check.h"

void gate_init(struct gate *gate)
{
	CHECK(pthread_mutex_init(&gate->lock, NULL));
	CHECK(pthread_cond_init(&gate->opened, NULL));
	gate->open = false;
}

void gate_destroy(struct gate *gate)
{
	CHECK(pthread_cond_destroy(&gate->opened));
	CHECK(pthread_mutex_destroy(&gate->lock));
}

void gate_open(struct gate *gate)
{
	CHECK(pthread_mutex_lock(&gate->lock));
	gate->open = true;
	CHECK(pthread_cond_broadcast(&gate->opened));
	CHECK(pthread_mutex_unlock(&gate->lock));
}

void gate_wait(struct gate *gate)
{
	CHECK(pthread_mutex_lock(&gate->lock));
	while (!gate->open)
		CHECK(pthread_cond_wait(&gate->opened, &gate->lock));
	CHECK(pthread_mutex_unlock(&gate->lock));
}
