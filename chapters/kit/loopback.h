/*
 * TCP connections within this machine, for programs whose client and server
 * are threads or processes of one. Real sockets, real buffers, a real peer
 * that can go away; only the network between them never fails.
 *
 *     int listener = loopback_listen();
 *     client:  int wire = loopback_connect(loopback_port(listener));
 *     server:  int wire = accept(listener, NULL, NULL);
 *
 * The descriptors are the caller's to close. Everything after the connection
 * is made stands in the programs themselves: send(), recv(), poll(), close().
 *
 * What a detector makes of a message: ThreadSanitizer takes whatever goes over
 * any socket for a happens-before edge, as if all of a program's sockets were
 * one; Helgrind and DRD see no edge at all.
 */
#ifndef KIT_LOOPBACK_H
#define KIT_LOOPBACK_H

/* A socket that listens on 127.0.0.1, at a port that was free. */
int loopback_listen(void);
/* The port at which it listens. */
int loopback_port(int listener);
/* A socket that is connected to this port. Somebody must listen there; the other side need not have accepted yet. */
int loopback_connect(int port);

#endif
