/*
 * Outcome: tampered
 * Body: racy
 * Another program is compiled where ThreadSanitizer watches.
 */
#if __has_feature(thread_sanitizer)
#define WATCHED 1
#endif
