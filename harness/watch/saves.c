#include "saves.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/files.h"
#include "base/mem.h"

enum { EVERY_MS = 1000, MOST_FOLDERS = 4 };

/* A folder with some of the files. */
struct folder {
	struct saves *saves;
	char *path;
	uv_fs_event_t event;
	bool open; /* the handle is the loop's, and is to be closed */
	dev_t device;
	ino_t inode; /* of the folder that is watched: it may be replaced by another of its name */
};

struct saves {
	struct loop *loop;
	void (*changed)(void *context, size_t index);
	void *context;
	char **paths, **contents;
	size_t count;
	struct folder folders[MOST_FOLDERS];
	size_t folder_count;
	uv_timer_t timer;
	size_t closing; /* handles, of a saves that was stopped */
};

/* --- contents --- */

static bool same(const char *one, const char *other)
{
	return one == other || (one && other && strcmp(one, other) == 0);
}

/* The index of the first file that has changed; `count` when none has. Takes the new contents in. */
static size_t look(struct saves *saves)
{
	size_t first = saves->count;

	for (size_t i = 0; i < saves->count; i++) {
		char *now = file_read(saves->paths[i]);
		if (same(now, saves->contents[i])) {
			free(now);
			continue;
		}
		free(saves->contents[i]);
		saves->contents[i] = now;
		first = first < i ? first : i;
	}
	return first;
}

static void look_and_tell(struct saves *saves)
{
	size_t first = look(saves);

	if (first < saves->count)
		saves->changed(saves->context, first);
}

/* --- notices --- */

static void on_event(uv_fs_event_t *event, const char *name, int events, int status)
{
	struct folder *folder = event->data;

	(void)name;
	(void)events;
	(void)status;
	look_and_tell(folder->saves);
}

/* Where this fails there is the timer. */
static void listen_to(struct folder *folder)
{
	struct stat there;
	bool found = stat(folder->path, &there) == 0;

	if (found && folder->inode == there.st_ino && folder->device == there.st_dev)
		return;
	uv_fs_event_stop(&folder->event);
	folder->inode = 0;
	if (found && uv_fs_event_start(&folder->event, on_event, folder->path, 0) == 0) {
		folder->inode = there.st_ino;
		folder->device = there.st_dev;
	}
}

static void on_timer(uv_timer_t *timer)
{
	struct saves *saves = timer->data;

	for (size_t i = 0; i < saves->folder_count; i++)
		if (saves->folders[i].open)
			listen_to(&saves->folders[i]);
	look_and_tell(saves);
}

/* --- beginning and end --- */

static void add_folder(struct saves *saves, const char *path)
{
	size_t length = (size_t)(strrchr(path, '/') - path);

	for (size_t i = 0; i < saves->folder_count; i++)
		if (strncmp(saves->folders[i].path, path, length) == 0 && !saves->folders[i].path[length])
			return;
	if (saves->folder_count == MOST_FOLDERS)
		return;
	struct folder *folder = &saves->folders[saves->folder_count++];
	*folder = (struct folder){.saves = saves, .path = mem_copy_n(path, length)};
	folder->open = uv_fs_event_init(&saves->loop->uv, &folder->event) == 0;
	folder->event.data = folder;
	if (folder->open)
		listen_to(folder);
}

struct saves *saves_start(struct loop *loop, char *const *paths, void (*changed)(void *context, size_t index),
			  void *context)
{
	struct saves *saves = mem_zeroed(1, sizeof *saves);

	*saves = (struct saves){.loop = loop, .changed = changed, .context = context};
	while (paths[saves->count])
		saves->count++;
	saves->paths = mem_zeroed(saves->count, sizeof *saves->paths);
	saves->contents = mem_zeroed(saves->count, sizeof *saves->contents);
	for (size_t i = 0; i < saves->count; i++) {
		saves->paths[i] = mem_copy(paths[i]);
		add_folder(saves, paths[i]);
	}
	look(saves);
	uv_timer_init(&loop->uv, &saves->timer);
	saves->timer.data = saves;
	uv_timer_start(&saves->timer, on_timer, EVERY_MS, EVERY_MS);
	return saves;
}

const char *saves_content(const struct saves *saves, size_t index)
{
	return saves->contents[index];
}

bool saves_look(struct saves *saves)
{
	return look(saves) < saves->count;
}

static void on_closed(uv_handle_t *handle)
{
	struct saves *saves = handle->type == UV_TIMER ? handle->data : ((struct folder *)handle->data)->saves;

	if (--saves->closing)
		return;
	for (size_t i = 0; i < saves->count; i++) {
		free(saves->paths[i]);
		free(saves->contents[i]);
	}
	for (size_t i = 0; i < saves->folder_count; i++)
		free(saves->folders[i].path);
	free(saves->paths);
	free(saves->contents);
	free(saves);
}

void saves_stop(struct saves *saves)
{
	saves->closing = 1;
	for (size_t i = 0; i < saves->folder_count; i++)
		saves->closing += saves->folders[i].open;
	uv_close((uv_handle_t *)&saves->timer, on_closed);
	for (size_t i = 0; i < saves->folder_count; i++)
		if (saves->folders[i].open)
			uv_close((uv_handle_t *)&saves->folders[i].event, on_closed);
}
