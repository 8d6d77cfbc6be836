/*
 * Outcome: tampered
 * Body: racy
 * Even the word that begins it is pasted together.
 */
#define PASTE(a, b) a##b
PASTE(__attr, ibute__)((PASTE(no_sani, tize_thread))) void line_count(void);
