/*
 * Outcome: tampered
 * Body: racy
 * An integer of 24 bits has a size of which ThreadSanitizer is not told.
 */
static unsigned _ExtInt(24) hidden;
