/*
 * The channel: how reports leave a judged process. A socket of messages
 * (AF_UNIX, SOCK_SEQPACKET), one for each run. The kernel says which process
 * sent a message; a tag says that it was the runtime in that process and not
 * the program.
 *
 * LOOSE_CHANNEL names the descriptor, in CHANNEL_DIGITS digits, so that code that
 * moves the descriptor can write its new number in place of the old. The
 * variable and the descriptor go on to programs that the program starts, where
 * only our runtime makes use of them. Where LOOSE_CHANNEL_CLOSE is set nothing in
 * the program reports, and it gets no descriptor: what is loaded before its first
 * line closes it.
 *
 * A runtime begins with a HELLO, and hands over one end of a socket pair of its
 * own. Through that, and so to nobody else, comes a grant: a secret, which
 * appears neither in the environment nor on a command line nor in a file. From
 * then on it sends TEXT, in pieces numbered from 0, each with a tag that only
 * who knows the secret can make. What is said again, changed, left out or said
 * by somebody else does not fit. A forked child inherits the secret and numbers
 * from 0 again; its process is another, and a tag covers that too. An image
 * that replaces the process's program asks anew.
 */
#ifndef LOOSE_WIRE_CHANNEL_H
#define LOOSE_WIRE_CHANNEL_H

#include <stdint.h>

#define CHANNEL_VARIABLE "LOOSE_CHANNEL"
#define CHANNEL_CLOSE_VARIABLE "LOOSE_CHANNEL_CLOSE"

enum {
	CHANNEL_DIGITS = 10,
	CHANNEL_DESCRIPTOR = 3, /* as the program is started */
	CHANNEL_SECRET = 16,
	/* In bytes, of one message. The kernel would cut one that is longer than 32 KiB in two. */
	CHANNEL_MESSAGE = 8192,
};

#define CHANNEL_MAGIC 0x4c6f6f73u

/*
 * Who sends. A process may have a stream of each kind; of the results of tests
 * there is one in a run. Valgrind knows nothing of all this and sends its report
 * as it is; a forked child of it goes on where its parent was.
 */
enum channel_kind { CHANNEL_NONE, CHANNEL_TSAN, CHANNEL_BUDGET, CHANNEL_TESTS, CHANNEL_VALGRIND, CHANNEL_KINDS };

enum channel_type { CHANNEL_HELLO = 1, CHANNEL_TEXT };

/* Both sides run on one machine: numbers are as that has them. The text follows. */
struct channel_header {
	uint64_t tag; /* of all that follows it, by siphash(); 0 in a HELLO */
	uint32_t magic;
	uint16_t kind, type;
	uint32_t process; /* as the sender knows it */
	uint32_t grant;
	uint64_t sequence;
};

struct channel_grant {
	uint32_t magic, number;
	unsigned char secret[CHANNEL_SECRET];
};

enum { CHANNEL_TEXT_SIZE = CHANNEL_MESSAGE - sizeof(struct channel_header) };

struct channel_message {
	struct channel_header header;
	char text[CHANNEL_TEXT_SIZE];
};

#endif
