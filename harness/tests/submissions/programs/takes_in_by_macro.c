/*
 * Outcome: tampered
 * Body: racy
 * The name of the file is made by a macro.
 */
#define FILE_OF(name) <../../../solutions/02-ownership/name/line.c>
#include FILE_OF(implicit-contract)
