/* The version of the workbook and its harness, said here and nowhere else. */
#ifndef LOOSE_VERSION_H
#define LOOSE_VERSION_H

#define LOOSE_VERSION "0.9"

#endif
