/*
 * TCP connections within this machine, for programs whose client and server
 * are threads or processes of one. Real sockets, real buffers, a real peer
 * that can go away; only the network between them never fails.
 *
 *     int listener = loopback_listen();
 *     client:  int wire = loopback_connect(loopback_port(listener));
 *     server:  while ((wire = loopback_accept(listener, stop)) >= 0) serve(wire);
 *
 * The descriptors are the caller's to close. What is particular about a
 * program's talk stands in the program itself: send(), recv(), poll(), close().
 * Where the machine has no descriptor for a listener or a client, the process
 * ends (HAVE in check.h).
 *
 * What a detector makes of a message: ThreadSanitizer takes whatever goes over
 * any socket for a happens-before edge, as if all of a program's sockets were
 * one; Helgrind and DRD see no edge at all.
 */
#ifndef KIT_LOOPBACK_H
#define KIT_LOOPBACK_H

#include <stdbool.h>
#include <stddef.h>

/* A socket that listens on 127.0.0.1, at a port that was free. */
int loopback_listen(void);
/* The port at which it listens. */
int loopback_port(int listener);
/* A socket that is connected to this port. Somebody must listen there; the other side need not have accepted yet. */
int loopback_connect(int port);
/*
 * Waits for the next connection, and returns it. What concerns one connection
 * does not end a server: a peer that has hung up again is passed over; where
 * descriptors have run out it looks again a moment later, for some may have
 * come back. -1 once `stop` is readable or at its end: the read end of a pipe,
 * whose other end the owner closes to ask the server to stop. -1 for `stop`
 * means that nobody will. From now on accept() of this listener does not wait.
 */
int loopback_accept(int listener, int stop);
/*
 * Receives exactly `size` bytes, in as many pieces as they come. False, if the
 * other side has ended or broken off before that, or this many milliseconds
 * have passed: only the other side decides whether anything comes, so a server
 * waits for it no longer than that.
 */
__attribute__((warn_unused_result)) bool loopback_receive(int wire, void *bytes, size_t size, long milliseconds);
/* Closes the connection, and returns when the kernel of the other side knows. */
void loopback_hang_up(int wire);
/* Sends all of it, waiting for room. False, with errno, if the other side does not take it any more. */
__attribute__((warn_unused_result)) bool loopback_send(int wire, const void *bytes, size_t size);

#endif
