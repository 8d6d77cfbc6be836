/*
 * Outcome: tampered
 * Body: racy
 * The directive is Objective-C's.
 */
#import "/etc/passwd"
