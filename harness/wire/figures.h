/*
 * The figures that the budget's monitor has of every program, by name, and the
 * limits of a budget: for the monitor, for who reads its report, and for who
 * reads what people write.
 */
#ifndef LOOSE_FIGURES_H
#define LOOSE_FIGURES_H

/* verdict/budget.h says what each counts. Every other name is a gauge of the program's. */
#define FIGURE_THREADS "threads"
#define FIGURE_STARTED "started"
#define FIGURE_JOINED "joined"
#define FIGURE_DETACHED "detached"
#define FIGURE_UNJOINED "unjoined"
#define FIGURE_MEMORY "memory"
#define FIGURE_DESCRIPTORS "descriptors"
#define FIGURE_CPU "cpu"

/* Their order in the monitor's report, and the initialiser of an array with their names. */
enum figure_index { THREADS, STARTED, JOINED, DETACHED, UNJOINED, MEMORY, DESCRIPTORS, CPU, FIGURES };
#define FIGURE_NAMES                                                                                                   \
	{                                                                                                              \
		[THREADS] = FIGURE_THREADS, [STARTED] = FIGURE_STARTED, [JOINED] = FIGURE_JOINED,                      \
		[DETACHED] = FIGURE_DETACHED, [UNJOINED] = FIGURE_UNJOINED, [MEMORY] = FIGURE_MEMORY,                  \
		[DESCRIPTORS] = FIGURE_DESCRIPTORS, [CPU] = FIGURE_CPU                                                 \
	}

enum {
	FIGURE_NAME_SIZE = 32, /* of a gauge's name, its NUL included */
	GAUGES_MOST = 32,      /* of one program */
	BUDGET_BOUNDS = 32,
	BOUND_TERMS = 4, /* with a figure, of one bound */
};

#endif
