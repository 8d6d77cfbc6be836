/*
 * The audit log: which purchase got which answer. A thread writes it, from
 * audit_start() to audit_stop(); the caller of the one owes the other.
 */
#ifndef AUDIT_H
#define AUDIT_H

#include "../shared/authoriser.h"

struct audit;

struct audit *audit_start(void) __attribute__((warn_unused_result));
/* Any thread may call it, until audit_stop() is called. Waits for room: no answer goes out without its entry. */
void audit_write(struct audit *audit, const struct purchase *purchase, enum answer answer);
/* When it returns all entries are in the log, the thread is gone, and so is the handle. */
void audit_stop(struct audit *audit);

#endif
