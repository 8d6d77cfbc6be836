/* Sends on every socket: the header of a message without a tag, as another, twice, and without any. */
#define _GNU_SOURCE /* the system calls of a hostile program */
#include "../../wire/channel.h"
#include "hostile.h"

static void forge(int descriptor, int kind, unsigned sequence)
{
	struct channel_message message = {.header = {.tag = 1,
						     .magic = CHANNEL_MAGIC,
						     .kind = (unsigned short)kind,
						     .type = CHANNEL_TEXT,
						     .process = (unsigned)getpid(),
						     .sequence = sequence}};

	strcpy(message.text, "closed\n");
	send(descriptor, &message, sizeof message.header + 7, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void forge_each(int descriptor)
{
	for (int kind = CHANNEL_NONE + 1; kind < CHANNEL_KINDS; kind++) {
		forge(descriptor, kind, 0);
		forge(descriptor, kind, 0);
		forge(descriptor, kind, 1000);
	}
}

int main(void)
{
	misbehave();
	for_each_descriptor(forge_each);
	return 0;
}
