#include "autograder.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "exec/runner.h"
#include "grader.h"
#include "kit.h"

/* --- what Gradescope starts --- */

/* Once, as root, when the image is made. The launcher installs what is missing, and builds; then what never changes. */
static const char setup[] = "#!/usr/bin/env bash\n"
			    "# Gradescope runs this once, as root: it installs what judges, and builds it.\n"
			    "set -e\n"
			    "cd \"${AUTOGRADER:-/autograder}/source/workbook\"\n"
			    "export CI=1\n"
			    "./loose grade --rubric $exercises >/dev/null\n"
			    "./loose doctor || true\n"
			    "chmod -R a+rX .\n";

/*
 * The workbook's own solution has to pass hidden tests before anybody is graded: once, and not again with each submission. Where
 * the image is made without a sandbox that is left to the first look at each.
 */
static const char setup_hidden[] =
	"chmod -R go= ../hidden\n"
	"mkdir -p ../tried/class/nobody\n"
	"chmod 700 ../tried\n"
	"build/loose grade \"${exercises[@]}\" --submissions ../tried/class --out ../tried/grades \"${options[@]}\" ||\n"
	"	[ $? -ne 2 ]\n";

/*
 * For each submission. A file may lie where work/ has it, or by itself under its own name. What is not graded leaves a result
 * that says so: without one Gradescope shows no reason.
 */
static const char run[] =
	"#!/usr/bin/env bash\n"
	"# Gradescope runs this for each submission, in /autograder, and reads results/results.json.\n"
	"top=${AUTOGRADER:-/autograder}\n"
	"workbook=$top/source/workbook results=$top/results/results.json\n"
	"place=$(mktemp -d) || exit 1\n"
	"chmod 755 \"$place\"\n"
	"trap 'rm -rf \"$place\"' EXIT\n"
	"mkdir -p \"$place/class/submission\" \"$place/grades\" \"$top/results\"\n"
	"for file in \"${files[@]}\"; do\n"
	"	mkdir -p \"$place/class/submission/${file%/*}\"\n"
	"	for from in \"$top/submission/$file\" \"$top/submission/${file##*/}\"; do\n"
	"		if [ -e \"$from\" ] || [ -L \"$from\" ]; then\n"
	"			cp -P -- \"$from\" \"$place/class/submission/$file\"\n"
	"			break\n"
	"		fi\n"
	"	done\n"
	"done\n"
	"chmod 700 \"$place/grades\"\n"
	"cp \"$top/source/tried/grades/state.db\" \"$place/grades/\" 2>/dev/null\n"
	"cd \"$workbook\" || exit 1\n"
	"grade=(build/loose grade \"${exercises[@]}\" --submissions \"$place/class\" --out \"$place/grades\" \"${options[@]}\")\n"
	"if [ \"$sandboxed\" = no ] && [ \"$(id -u)\" -eq 0 ]; then\n"
	"	chown -R nobody \"$place\" build\n"
	"	chmod 700 \"$top/results\"\n"
	"	grade=(setpriv --reuid=nobody --regid=nogroup --clear-groups --no-new-privs \"${grade[@]}\")\n"
	"fi\n"
	"\"${grade[@]}\"\n"
	"status=$?\n"
	"cp \"$place/grades/submissions/submission/gradescope.json\" \"$results\" 2>/dev/null && exit\n"
	"echo '{\"score\": 0, \"output\": \"This is not a grade: the grader could not begin (status '$status'). Its own words are in the "
	"output that the instructor sees.\"}' >\"$results\"\n";

/* A list of a shell's: exercises, files. Names of pitfalls and files have nothing that a shell would read. */
static void put_list(FILE *out, const struct autograder *autograder, const char *name, bool files)
{
	fprintf(out, "%s=(", name);
	for (size_t i = 0; i < autograder->count; i++)
		fprintf(out, "%s%s", i ? " " : "",
			files ? grader_file(autograder->starters[i]) : autograder->starters[i]->pitfall);
	fputs(")\n", out);
}

/* Those of each grading. What they are counts: a solution that was tried with others is tried anew. */
static void put_options(FILE *out, const struct autograder *autograder)
{
	fprintf(out, "options=(--repeat %ld --timeout %ld%s%s)\n", autograder->repeat, autograder->timeout,
		autograder->sandboxed ? "" : " --no-sandbox", autograder->hidden ? " --hidden ../hidden" : "");
}

static char *setup_of(const struct autograder *autograder)
{
	const char *at = strstr(setup, "$exercises");
	struct text text;
	FILE *out = text_open(&text);

	fwrite(setup, 1, (size_t)(at - setup), out);
	for (size_t i = 0; i < autograder->count; i++)
		fprintf(out, "%s%s", i ? " " : "", autograder->starters[i]->pitfall);
	fputs(at + strlen("$exercises"), out);
	if (autograder->hidden) {
		put_list(out, autograder, "exercises", false);
		put_options(out, autograder);
		fputs(setup_hidden, out);
	}
	return text_close(&text);
}

static char *run_of(const struct autograder *autograder)
{
	const char *at = strchr(run, '\n') + 1;
	struct text text;
	FILE *out = text_open(&text);

	at = strchr(at, '\n') + 1;
	fwrite(run, 1, (size_t)(at - run), out);
	put_list(out, autograder, "exercises", false);
	put_list(out, autograder, "files", true);
	put_options(out, autograder);
	fprintf(out, "sandboxed=%s\n", autograder->sandboxed ? "yes" : "no");
	fputs(at, out);
	return text_close(&text);
}

/* --- the archive --- */

/* nftw() hands no context on. */
static struct {
	struct archive *archive;
	const char *folder; /* what is walked, of whose names this is cut off */
	char *error;
} walked;

static bool add_bytes(struct archive *archive, const char *name, unsigned mode, const char *bytes, size_t length)
{
	struct archive_entry *entry = archive_entry_new();

	archive_entry_set_pathname(entry, name);
	archive_entry_set_size(entry, (la_int64_t)length);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, (mode_t)mode);
	bool good = archive_write_header(archive, entry) == ARCHIVE_OK &&
		    archive_write_data(archive, bytes, length) == (la_ssize_t)length;
	archive_entry_free(entry);
	return good;
}

static int add_file(const char *path, const struct stat *file, int kind, struct FTW *where)
{
	(void)where;
	if (kind != FTW_F)
		return 0;
	FILE *in = fopen(path, "re");
	char *bytes = mem_zeroed((size_t)file->st_size + 1, 1);
	bool good = in && fread(bytes, 1, (size_t)file->st_size, in) == (size_t)file->st_size;
	if (!good)
		walked.error = mem_format("cannot read '%s': %s", path, strerror(errno));
	else if (!add_bytes(walked.archive, path + strlen(walked.folder) + 1, file->st_mode & 0777, bytes,
			    (size_t)file->st_size))
		walked.error = mem_format("cannot write the archive: %s", archive_error_string(walked.archive));
	if (in)
		fclose(in);
	free(bytes);
	return walked.error ? -1 : 0;
}

static int write_archive(const struct autograder *autograder, const char *folder, const char *out, char **error)
{
	char *first = setup_of(autograder), *second = run_of(autograder);

	walked.archive = archive_write_new();
	walked.folder = folder;
	walked.error = NULL;
	archive_write_set_format_zip(walked.archive);
	if (archive_write_open_filename(walked.archive, out) != ARCHIVE_OK ||
	    !add_bytes(walked.archive, "setup.sh", 0755, first, strlen(first)) ||
	    !add_bytes(walked.archive, "run_autograder", 0755, second, strlen(second)))
		walked.error = mem_format("cannot write '%s': %s", out, archive_error_string(walked.archive));
	else if (nftw(folder, add_file, 32, FTW_PHYS) != 0 && !walked.error)
		walked.error = mem_format("cannot read '%s': %s", folder, strerror(errno));
	if (archive_write_close(walked.archive) != ARCHIVE_OK && !walked.error)
		walked.error = mem_format("cannot write '%s': %s", out, archive_error_string(walked.archive));
	archive_write_free(walked.archive);
	free(first);
	free(second);
	*error = walked.error;
	if (*error)
		unlink(out);
	return *error ? -1 : 0;
}

/* --- what is in it --- */

static int copy_right_program(const struct program *program, const char *root, const char *workbook, char **error)
{
	char *from = mem_format("%s/%s", root, program->path), *to = mem_format("%s/%s", workbook, program->path);
	char *text = file_read(from);

	for (char *slash = to + strlen(workbook) + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
		*slash = '\0';
		mkdir(to, 0777);
	}
	FILE *file = text ? fopen(to, "we") : NULL;
	bool good = file && fputs(text, file) >= 0;
	if (file && fclose(file) != 0)
		good = false;
	if (!good)
		*error = mem_format("cannot copy '%s': %s", from, strerror(errno));
	free(text);
	free(to);
	free(from);
	return good ? 0 : -1;
}

static int copy_right_programs(const struct autograder *autograder, const char *workbook, char **error)
{
	const struct catalogue *all = autograder->catalogue;
	int status = 0;

	for (size_t i = 0; i < all->count && status == 0; i++) {
		const struct program *program = &all->programs[i];
		if (program->role != ROLE_SOLUTION && program->role != ROLE_ALSO_RIGHT)
			continue;
		for (size_t j = 0; j < autograder->count && status == 0; j++)
			if (strcmp(autograder->starters[j]->pitfall, program->pitfall) == 0)
				status = copy_right_program(program, all->root, workbook, error);
	}
	return status;
}

static int write_private(const char *folder, const char *name, const char *text, char **error)
{
	char *path = mem_format("%s/%s", folder, name);
	FILE *file = file_make_folders(path) == 0 ? fopen(path, "we") : NULL;
	bool good = file && fchmod(fileno(file), 0600) == 0 && fputs(text, file) >= 0;

	if (file && fclose(file) != 0)
		good = false;
	if (!good)
		*error = mem_format("cannot write '%s': %s", path, strerror(errno));
	free(path);
	return good ? 0 : -1;
}

static int copy_hidden(const struct hidden *hidden, const char *folder, char **error)
{
	char *own = mem_format("%s/hidden/%s", folder, hidden->pitfall);
	char *rubric = mem_format("%s/rubric", hidden->folder), *text = file_read(rubric);
	int status = text ? write_private(own, "rubric", text, error) : 0;

	for (size_t i = 0; hidden->sources[i] && status == 0; i++)
		status = write_private(own, hidden->sources[i], hidden->texts[i], error);
	free(text);
	free(rubric);
	free(own);
	return status;
}

int autograder_make(const struct autograder *autograder, const char *out, char **error)
{
	char *folder = mem_format("%s.making.XXXXXX", out);

	*error = NULL;
	if (!mkdtemp(folder)) {
		*error = mem_format("cannot make '%s': %s", folder, strerror(errno));
		free(folder);
		return -1;
	}
	char *workbook = mem_format("%s/workbook", folder);
	int status = kit_make(autograder->catalogue, autograder->toolchain, true, workbook, error);
	if (status == 0)
		status = copy_right_programs(autograder, workbook, error);
	for (size_t i = 0; autograder->hidden && i < autograder->count && status == 0; i++)
		if (autograder->hidden[i].folder)
			status = copy_hidden(&autograder->hidden[i], folder, error);
	if (status == 0)
		status = write_archive(autograder, folder, out, error);
	run_remove(folder);
	free(workbook);
	free(folder);
	return status;
}
