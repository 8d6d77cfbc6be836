#include "crew.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

/*
 * Runs at once in a lane, for each core. What waits is 40 minutes of the workbook's runs and one minute of their CPU time:
 * four at once would still wait when all has been computed. EVER: on processors that are idle all the same.
 */
enum { WAITING_EACH = 8, COMPUTING_EACH = 2, EVER = 4 };

/* In so many milliseconds a processor has about ten of the kernel's ticks to show what it did. */
enum { LOOK_MS = 100 };

/* --- idle processors --- */

/* False: this machine does not say. */
static bool read_ticks(unsigned long long *idle, unsigned long long *all)
{
	unsigned long long part[8];
	FILE *file = fopen("/proc/stat", "re");
	bool known = file && fscanf(file, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &part[0], &part[1], &part[2],
				    &part[3], &part[4], &part[5], &part[6], &part[7]) == 8;

	if (file)
		fclose(file);
	if (!known)
		return false;
	*all = 0;
	for (int i = 0; i < 8; i++)
		*all += part[i];
	*idle = part[3]; /* what waits for a disk is about to compute */
	return true;
}

/* A run beside those that are always allowed takes memory that somebody else may need. */
static bool has_memory(void)
{
	return uv_get_free_memory() > uv_get_total_memory() / 2;
}

/* Processors that had nothing to do since the last look, to the nearest. */
static int idle_processors(struct crew *crew)
{
	unsigned long long idle, all;

	if (!read_ticks(&idle, &all) || all <= crew->all)
		return 0;
	double share = (double)(idle - crew->idle) / (double)(all - crew->all);
	crew->idle = idle;
	crew->all = all;
	return (int)(share * uv_available_parallelism() + 0.5);
}

static void on_look(uv_timer_t *timer)
{
	struct crew *crew = timer->data;

	crew->spare = idle_processors(crew);
	if (crew->spare && has_memory())
		crew_offer(crew);
	crew->spare = 0;
}

static void on_closed(uv_handle_t *timer)
{
	free(timer);
}

/* --- members --- */

void crew_init(struct crew *crew, struct loop *loop, int jobs, int builds)
{
	int cores = (int)uv_available_parallelism(), waiting = WAITING_EACH * cores, computing = COMPUTING_EACH * cores;

	*crew = (struct crew){.loop = loop, .most_builds = builds};
	crew->limit = jobs ? jobs : EVER * (waiting + computing);
	crew->most[WAITING] = jobs ? jobs : waiting;
	crew->most[COMPUTING] = jobs ? jobs : computing;
	for (int i = 0; i < LANES; i++)
		crew->ever[i] = jobs ? jobs : EVER * crew->most[i];
}

void crew_release(struct crew *crew)
{
	if (crew->looks)
		uv_close((uv_handle_t *)crew->looks, on_closed);
	crew->looks = NULL;
}

/* With a number of jobs nothing is ever spare. The looks alone hold no loop up. */
static void begin_looks(struct crew *crew)
{
	if (crew->ever[COMPUTING] == crew->most[COMPUTING])
		return;
	if (!crew->looks) {
		crew->looks = mem_zeroed(1, sizeof *crew->looks);
		uv_timer_init(&crew->loop->uv, crew->looks);
		uv_unref((uv_handle_t *)crew->looks);
		crew->looks->data = crew;
	}
	read_ticks(&crew->idle, &crew->all);
	uv_timer_start(crew->looks, on_look, LOOK_MS, LOOK_MS);
}

void crew_join(struct crew *crew, struct crew_member *member)
{
	struct crew_member **end = &crew->members;

	if (!crew->members)
		begin_looks(crew);
	while (*end)
		end = &(*end)->next;
	member->next = NULL;
	*end = member;
}

void crew_leave(struct crew *crew, struct crew_member *member)
{
	struct crew_member **link = &crew->members;

	while (*link != member)
		link = &(*link)->next;
	*link = member->next;
	if (!crew->members && crew->looks)
		uv_timer_stop(crew->looks);
	crew_offer(crew);
}

void crew_offer(struct crew *crew)
{
	for (struct crew_member *member = crew->members; member; member = member->next)
		member->room(member->context);
}

/* --- room --- */

bool crew_take_run(struct crew *crew, enum crew_lane lane)
{
	bool usual = crew->running[lane] < crew->most[lane];

	if (crew->running[WAITING] + crew->running[COMPUTING] >= crew->limit ||
	    (!usual && (!crew->spare || crew->running[lane] >= crew->ever[lane])))
		return false;
	crew->spare -= !usual;
	crew->running[lane]++;
	return true;
}

bool crew_take_build(struct crew *crew)
{
	if (crew->builds >= crew->most_builds)
		return false;
	crew->builds++;
	return true;
}

void crew_give_run(struct crew *crew, enum crew_lane lane)
{
	crew->running[lane]--;
}

void crew_give_build(struct crew *crew)
{
	crew->builds--;
}
