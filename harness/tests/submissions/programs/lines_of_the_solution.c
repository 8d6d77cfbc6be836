/*
 * Outcome: tampered
 * Body: racy
 * Its lines say that they are those of a file of ours: a finding would show its reader what stands there.
 */
#line 1 "exercises/02-ownership/implicit-contract/../../../solutions/02-ownership/implicit-contract/line.c"
