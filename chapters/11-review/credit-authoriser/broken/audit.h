/* The audit log: which purchase got which answer. */
#ifndef AUDIT_H
#define AUDIT_H

#include "../shared/authoriser.h"

void audit_start(void);
void audit_write(const struct purchase *purchase, enum answer answer);

#endif
