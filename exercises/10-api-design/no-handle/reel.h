/*
 * A film archive digitises its reels. Each runs through a scanner of its own,
 * frame by frame, in a thread of its own.
 *
 *     struct scan *scan = scan_start(next_frame, &reel);
 *     ...                                             // other work; the reel is the scan's
 *     int frames;
 *     if (scan_wait(scan, &frames) == SCAN_WHOLE)
 *             throw_away(&reel);
 */
#ifndef REEL_H
#define REEL_H

enum frame {
	FRAME_SCANNED, /* and there may be another */
	FRAME_NONE,    /* the reel has run through */
	FRAME_TORN     /* the film has torn; the rest of the reel is lost unless somebody splices it */
};

/* Scans the next frame of the reel. It may take its time, and uses the reel without a lock. */
typedef enum frame reel_next(void *reel);

enum scan_result { SCAN_WHOLE, SCAN_TORN };

struct scan;

/*
 * Starts a thread that calls `next` until it has another answer than
 * FRAME_SCANNED, and then no more. Returns at once: it does not wait for a
 * frame. There may be any number of scans at a time; none of them waits for
 * another.
 *
 * The handle is the caller's, who calls scan_wait() with it, once. Until then
 * no other thread may use the reel.
 */
struct scan *scan_start(reel_next *next, void *reel) __attribute__((warn_unused_result));

/*
 * Waits for this scan, and for no other. When it returns, the scan's thread has
 * ended and its memory is free: the caller may look at the reel without a lock,
 * and throw it away. Returns how it went, and stores how many frames were
 * scanned.
 *
 * Scans may be waited for in any order, and by any thread.
 */
enum scan_result scan_wait(struct scan *scan, int *frames) __attribute__((warn_unused_result));

#endif
