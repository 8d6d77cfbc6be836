#include "cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "exec/build.h"
#include "verdict/detector.h"
#include "workbook/catalogue.h"

/* Changes when older entries must not be read any more, though their keys look the same. */
enum { FORMAT = 2 };

/* The key of a line, for the caller to free; NULL: it is not an entry. What cache_record() writes begins with it. */
static char *key_of(const char *line)
{
	static const char start[] = "{\"key\":\"";
	size_t before = strlen(start), length = strncmp(line, start, before) == 0 ? strcspn(line + before, "\"\\") : 0;

	if (length && line[before + length] == '"' && line[strlen(line) - 1] == '}')
		return mem_copy_n(line + before, length);
	json_t *entry = json_loads(line, 0, NULL);
	const char *key = json_string_value(json_object_get(entry, "key"));
	char *copy = key ? mem_copy(key) : NULL;
	json_decref(entry);
	return copy;
}

/* Takes in the lines of `text`, which it takes apart. */
static void read_lines(struct cache *cache, char *text)
{
	char *rest = NULL;

	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		cache->lines++;
		if (!strstr(line, cache->common))
			continue;
		char *key = key_of(line);
		if (key)
			json_object_set_new(cache->entries, key, json_string(line));
		free(key);
	}
}

/* The first one is told: those that follow have the same reason. Takes the line over. */
static void note_problem(struct cache *cache, char *problem)
{
	if (cache->problem)
		free(problem);
	else
		cache->problem = problem;
}

static int open_for_appending(const struct cache *cache)
{
	return open(cache->path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
}

/* What judges besides the detector itself: the harness, the supervisor, the monitor, the runner of tests and the suppressions. */
static const struct {
	const char *path;
	char *(*read)(const char *path);
} judges[] = {{"build/loose", build_id},
	      {"build/supervisor", build_id},
	      {"build/monitor.so", build_id},
	      {"build/closes.so", build_id},
	      {"build/runner/runner.so", build_id},
	      {"harness/detectors/valgrind/valgrind.supp", file_read},
	      {"harness/detectors/valgrind/libc.supp", file_read},
	      {"harness/detectors/valgrind/valgrind-3.21.supp", file_read}};

static char *judged_by(const char *root)
{
	struct text all;
	FILE *out = text_open(&all);

	for (size_t i = 0; i < sizeof judges / sizeof *judges; i++) {
		char *path = mem_format("%s/%s", root, judges[i].path), *what = judges[i].read(path);
		fprintf(out, "%s ", what ? what : "");
		free(what);
		free(path);
	}
	return text_close(&all);
}

/* Another when one of these files has been written or replaced: cheap enough to be asked for each record. */
static char *judges_as_files(const char *root)
{
	struct text all;
	FILE *out = text_open(&all);

	for (size_t i = 0; i < sizeof judges / sizeof *judges; i++) {
		char *path = mem_format("%s/%s", root, judges[i].path);
		struct stat file;
		if (stat(path, &file) == 0)
			fprintf(out, "%llu %lld.%09ld", (unsigned long long)file.st_ino, (long long)file.st_mtim.tv_sec,
				file.st_mtim.tv_nsec);
		fputc('\n', out);
		free(path);
	}
	return text_close(&all);
}

/* FNV-1a: keys only have to differ when their text does, and nobody attacks them. */
static unsigned long long digest(const char *text)
{
	unsigned long long hash = 14695981039346656037ULL;

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 1099511628211ULL;
	return hash;
}

int cache_open(struct cache *cache, const char *root, const struct toolchain *toolchain)
{
	char *judged = judged_by(root);

	*cache = (struct cache){.entries = json_object(),
				.root = mem_copy(root),
				.judges = judges_as_files(root),
				.path = mem_format("%s/build/cache", root)};
	char *all = mem_format("%d %s %s %s %s %s %s", FORMAT, toolchain->clang, toolchain->valgrind, toolchain->glibc,
			       toolchain->kernel, toolchain->files ? toolchain->files : "", judged);
	cache->common = mem_format("%016llx", digest(all));
	free(all);
	free(judged);
	char *text = file_read(cache->path);
	if (text)
		read_lines(cache, text);
	else if (errno == EFBIG)
		cache->too_long = true;
	free(text);
	cache->file = open_for_appending(cache);
	return cache->file < 0 ? -1 : 0;
}

/* All of it, or -1 with errno. */
static int write_all(int file, const char *bytes, size_t length)
{
	while (length) {
		ssize_t written = write(file, bytes, length);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -1;
		bytes += written;
		length -= (size_t)written;
	}
	return 0;
}

/* Whether the name still means the file that is open. */
static bool is_current(const struct cache *cache)
{
	struct stat named, opened;

	return stat(cache->path, &named) == 0 && fstat(cache->file, &opened) == 0 && named.st_ino == opened.st_ino &&
	       named.st_dev == opened.st_dev;
}

/* See the head of cache.h. 0, or -1 with errno. */
static int append(struct cache *cache, const char *line)
{
	for (;;) {
		if (write_all(cache->file, line, strlen(line)) != 0)
			return -1;
		if (is_current(cache))
			return 0;
		int file = open_for_appending(cache);
		if (file < 0)
			return -1;
		close(cache->file);
		cache->file = file;
	}
}

/* What the open file holds from this byte on, for the caller to free; NULL when it cannot be read. */
static char *read_from(int file, size_t start)
{
	char *text = mem_zeroed(1, 1);
	size_t length = 0;

	for (ssize_t got = 1; got > 0; length += (size_t)got) {
		text = mem_resize(text, length + 65537, 1);
		got = pread(file, text + length, 65536, (off_t)(start + length));
		if (got < 0) {
			free(text);
			return NULL;
		}
	}
	text[length] = '\0';
	return text;
}

/* False when they are not all in the file. */
static bool write_entries(const struct cache *cache, const char *path)
{
	FILE *file = fopen(path, "we");
	const char *key;
	json_t *entry;

	if (!file)
		return false;
	json_object_foreach(cache->entries, key, entry) {
		fputs(json_string_value(entry), file);
		fputc('\n', file);
	}
	bool good = !ferror(file);
	return fclose(file) == 0 && good;
}

/* Holding the lock. The file may have grown, and may be another than was read at first. */
static void rewrite(struct cache *cache)
{
	char *path = mem_format("%s.new", cache->path), *text = NULL, *late = NULL;
	int old = open(cache->path, O_RDONLY | O_CLOEXEC);
	size_t known = 0;

	if (old >= 0)
		text = read_from(old, 0);
	if (text) {
		known = strlen(text);
		json_object_clear(cache->entries);
		read_lines(cache, text);
	}
	if (!text || !write_entries(cache, path) || rename(path, cache->path) != 0)
		unlink(path);
	else if ((late = read_from(old, known)) && *late)
		append(cache, late);
	if (old >= 0)
		close(old);
	free(late);
	free(text);
	free(path);
}

void cache_close(struct cache *cache)
{
	bool is_old = cache->too_long || cache->lines > 2 * json_object_size(cache->entries) + 1000;

	if (cache->file >= 0 && is_old) {
		char *path = mem_format("%s.lock", cache->path);
		int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);

		/* Where another command is at it there is nothing left to do. */
		if (lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0)
			rewrite(cache);
		if (lock >= 0)
			close(lock);
		free(path);
	}
	if (cache->file >= 0)
		close(cache->file);
	json_decref(cache->entries);
	free(cache->last_id);
	free(cache->problem);
	free(cache->path);
	free(cache->root);
	free(cache->judges);
	free(cache->common);
	*cache = (struct cache){.file = -1};
}

static bool is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* The detectors of a program ask for it one after the other: it is read once. */
static const char *id_of(struct cache *cache, const char *executable)
{
	struct stat file;

	if (stat(executable, &file) != 0)
		return NULL;
	if (!cache->last_id || !is_same_file(&file, &cache->last)) {
		free(cache->last_id);
		cache->last_id = build_id(executable);
		cache->last = file;
	}
	return cache->last_id;
}

char *cache_key(struct cache *cache, const char *executable, const struct detector *detector, const char *bounds)
{
	const char *id = id_of(cache, executable);
	char *key = NULL;

	if (id)
		key = mem_format("%s %s %s %s", id, detector->name, cache->common, bounds ? bounds : "");
	return key;
}

static bool is_error(const struct result *result)
{
	struct verdict verdict = verdict_of(result->program->declared ? &result->program->declaration : NULL,
					    result->expected, result->detector, &result->seen);
	bool error = verdict.observed == OBSERVED_ERROR;

	verdict_release(&verdict);
	return error;
}

static bool recall(const json_t *entry, unsigned runs, struct result *result)
{
	json_int_t known = json_integer_value(json_object_get(entry, "runs"));

	if (!entry || known < (json_int_t)runs || !observation_from_json(json_object_get(entry, "seen"), &result->seen))
		return false;
	if (is_error(result)) {
		observation_release(&result->seen);
		return false;
	}
	result->runs = (unsigned)known;
	result->fired = (unsigned)json_integer_value(json_object_get(entry, "fired"));
	result->cpu_ms = (long)json_integer_value(json_object_get(entry, "cpu_ms"));
	result->wall_ms = (long)json_integer_value(json_object_get(entry, "wall_ms"));
	result->peak_kib = (long)json_integer_value(json_object_get(entry, "peak_kib"));
	result->cached = true;
	return true;
}

bool cache_recall(const struct cache *cache, const char *key, unsigned runs, struct result *result)
{
	const char *line = json_string_value(json_object_get(cache->entries, key));
	json_t *entry = line ? json_loads(line, 0, NULL) : NULL;
	bool known = recall(entry, runs, result);

	json_decref(entry);
	return known;
}

/* Another command has built the harness: what was seen is of the new parts too, and the key is of the old ones. */
static bool has_other_judges(const struct cache *cache)
{
	char *now = judges_as_files(cache->root);
	bool other = strcmp(now, cache->judges) != 0;

	free(now);
	return other;
}

void cache_record(struct cache *cache, const char *key, const struct result *result)
{
	if (result->verdict.observed == OBSERVED_ERROR)
		return;
	if (has_other_judges(cache)) {
		note_problem(cache,
			     mem_copy("the harness was built anew meanwhile; what is judged now will be judged again"));
		return;
	}
	json_t *entry = json_pack("{s:s, s:i, s:i, s:I, s:I, s:I, s:o}", "key", key, "runs", (int)result->runs, "fired",
				  (int)result->fired, "cpu_ms", (json_int_t)result->cpu_ms, "wall_ms",
				  (json_int_t)result->wall_ms, "peak_kib", (json_int_t)result->peak_kib, "seen",
				  observation_to_json(&result->seen));
	char *text = json_dumps(entry, JSON_COMPACT);
	/* The line end in front ends what somebody else could not. */
	char *line = mem_format("\n%s\n", text ? text : "");

	if (append(cache, line) == 0)
		json_object_set_new(cache->entries, key, json_string(text ? text : ""));
	else
		note_problem(cache, mem_format("cannot write '%s': %s; what is judged now will be judged again",
					       cache->path, strerror(errno)));
	cache->lines++;
	json_decref(entry);
	free(text);
	free(line);
}
