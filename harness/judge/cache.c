#include "cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "exec/build.h"
#include "verdict/detector.h"

static void read_lines(struct cache *cache)
{
	char *text = file_read(cache->path), *rest = NULL;

	for (char *line = text ? strtok_r(text, "\n", &rest) : NULL; line; line = strtok_r(NULL, "\n", &rest)) {
		json_t *entry = json_loads(line, 0, NULL);
		const char *key = json_string_value(json_object_get(entry, "key"));

		cache->lines++;
		if (key)
			json_object_set(cache->entries, key, entry);
		json_decref(entry);
	}
	free(text);
}

/* What judges besides the detector itself: the harness, the supervisor, the monitor, the runner of tests and the suppressions. */
static char *judges(const char *root)
{
	static const struct {
		const char *path;
		char *(*read)(const char *path);
	} files[] = {{"build/loose", build_id},
		     {"build/supervisor", build_id},
		     {"build/monitor.so", build_id},
		     {"build/runner/runner.so", build_id},
		     {"harness/detectors/valgrind/valgrind.supp", file_read},
		     {"harness/detectors/valgrind/valgrind-3.21.supp", file_read}};
	struct text all;
	FILE *out = text_open(&all);

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		char *path = mem_format("%s/%s", root, files[i].path), *what = files[i].read(path);
		fprintf(out, "%s ", what ? what : "");
		free(what);
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
	char *judged_by = judges(root);

	*cache = (struct cache){.entries = json_object(), .path = mem_format("%s/build/cache", root)};
	char *all = mem_format("%s %s %s %s %s", toolchain->clang, toolchain->valgrind, toolchain->glibc,
			       toolchain->kernel, judged_by);
	cache->common = mem_format("%016llx", digest(all));
	free(all);
	free(judged_by);
	read_lines(cache);
	cache->file = open(cache->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	return cache->file < 0 ? -1 : 0;
}

/* Keys of an older harness or toolchain are never asked for again. */
static void rewrite(struct cache *cache)
{
	char *path = mem_format("%s.new", cache->path);
	FILE *file = fopen(path, "w");
	const char *key;
	json_t *entry;

	if (file) {
		json_object_foreach(cache->entries, key, entry) {
			if (!strstr(key, cache->common))
				continue;
			json_dumpf(entry, file, JSON_COMPACT);
			fputc('\n', file);
		}
		bool good = !ferror(file);
		if (fclose(file) != 0 || !good || rename(path, cache->path) != 0)
			unlink(path);
	}
	free(path);
}

void cache_close(struct cache *cache)
{
	if (cache->file >= 0)
		close(cache->file);
	if (cache->lines > 2 * json_object_size(cache->entries) + 1000)
		rewrite(cache);
	json_decref(cache->entries);
	free(cache->path);
	free(cache->common);
}

char *cache_key(const struct cache *cache, const char *executable, const struct detector *detector, const char *bounds)
{
	char *id = build_id(executable), *key = NULL;

	if (id)
		key = mem_format("%s %s %s %s", id, detector->name, cache->common, bounds ? bounds : "");
	free(id);
	return key;
}

bool cache_recall(const struct cache *cache, const char *key, unsigned runs, struct result *result)
{
	const json_t *entry = json_object_get(cache->entries, key);
	json_int_t known = json_integer_value(json_object_get(entry, "runs"));

	if (!entry || known < (json_int_t)runs || !observation_from_json(json_object_get(entry, "seen"), &result->seen))
		return false;
	result->runs = (unsigned)known;
	result->fired = (unsigned)json_integer_value(json_object_get(entry, "fired"));
	result->cpu_ms = (long)json_integer_value(json_object_get(entry, "cpu_ms"));
	result->wall_ms = (long)json_integer_value(json_object_get(entry, "wall_ms"));
	result->peak_kib = (long)json_integer_value(json_object_get(entry, "peak_kib"));
	result->cached = true;
	return true;
}

int cache_record(struct cache *cache, const char *key, const struct result *result)
{
	json_t *entry = json_pack("{s:s, s:i, s:i, s:I, s:I, s:I, s:o}", "key", key, "runs", (int)result->runs, "fired",
				  (int)result->fired, "cpu_ms", (json_int_t)result->cpu_ms, "wall_ms",
				  (json_int_t)result->wall_ms, "peak_kib", (json_int_t)result->peak_kib, "seen",
				  observation_to_json(&result->seen));
	char *text = json_dumps(entry, JSON_COMPACT), *line = mem_format("%s\n", text);
	/* One write to a file opened for appending: whole, or not there. */
	ssize_t written = write(cache->file, line, strlen(line));
	bool whole = written == (ssize_t)strlen(line);

	if (whole)
		json_object_set(cache->entries, key, entry);
	cache->lines++;
	json_decref(entry);
	free(text);
	free(line);
	return whole ? 0 : -1;
}
