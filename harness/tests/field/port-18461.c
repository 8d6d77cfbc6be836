/*
 * A classroom's server with a fixed port: two visitors, counted without a lock.
 * It closes first and sets no SO_REUSEADDR, so that the port stays taken for a
 * minute after each run.
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

static struct sockaddr_in place;
static long visitors;

static void *serve(void *arg)
{
	int peer = (int)(intptr_t)arg;

	visitors++;
	close(peer);
	return NULL;
}

static void *visit(void *arg)
{
	int peer = socket(AF_INET, SOCK_STREAM, 0);
	char byte;

	if (connect(peer, (struct sockaddr *)&place, sizeof place) == 0 && read(peer, &byte, 1) > 0)
		perror("read");
	close(peer);
	return arg;
}

int main(void)
{
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	pthread_t guests[2], servants[2];

	place = (struct sockaddr_in){
		.sin_family = AF_INET, .sin_port = htons(18461), .sin_addr = {htonl(INADDR_LOOPBACK)}};
	if (bind(listener, (struct sockaddr *)&place, sizeof place) != 0) {
		perror("bind");
		return 1;
	}
	listen(listener, 2);
	for (int i = 0; i < 2; i++)
		pthread_create(&guests[i], NULL, visit, NULL);
	for (int i = 0; i < 2; i++)
		pthread_create(&servants[i], NULL, serve, (void *)(intptr_t)accept(listener, NULL, NULL));
	for (int i = 0; i < 2; i++) {
		pthread_join(servants[i], NULL);
		pthread_join(guests[i], NULL);
	}
	return 0;
}
