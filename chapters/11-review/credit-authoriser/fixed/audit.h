/* The audit log: which purchase got which answer. A thread writes it, from audit_start() to audit_stop(). */
#ifndef AUDIT_H
#define AUDIT_H

#include "../shared/authoriser.h"

void audit_start(void);
/* Any thread may call it, until audit_stop() is called. Waits for room: no answer goes out without its entry. */
void audit_write(const struct purchase *purchase, enum answer answer);
/* When it returns all entries are in the log, and the thread is gone. */
void audit_stop(void);

#endif
