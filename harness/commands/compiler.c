#include "compiler.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"

static bool begins(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

static bool ends(const char *text, const char *end)
{
	size_t length = strlen(text), tail = strlen(end);

	return length > tail && strcmp(text + length - tail, end) == 0;
}

bool compiler_takes_next(const char *flag)
{
	static const char *const flags[] = {"-I",	 "-D",	     "-U",	    "-L",	  "-l",
					    "-include",	 "-isystem", "-iquote",	    "-idirafter", "-imacros",
					    "-isysroot", "-Xlinker", "-Xassembler", "-Xclang",	  "-Xpreprocessor",
					    "-mllvm",	 "-x",	     "-u",	    "-T",	  "-MF",
					    "-MT",	 "-MQ",	     "-target",	    "-z"};

	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		if (strcmp(flags[i], flag) == 0)
			return true;
	return false;
}

char *compiler_refuses(const char *flag)
{
	static const char *const exact[] = {"-c", "-S", "-E", "-M", "-MM", "-shared", "-static", "-fsyntax-only"};

	for (size_t i = 0; i < sizeof exact / sizeof *exact; i++)
		if (strcmp(exact[i], flag) == 0)
			return mem_format("check makes a program that it can run under every detector; leave out '%s'",
					  flag);
	if (begins(flag, "-o"))
		return mem_format("check keeps nothing of what it compiles; leave out '%s'", flag);
	if (begins(flag, "-fsanitize"))
		return mem_format("check chooses the sanitizers; leave out '%s'", flag);
	return NULL;
}

bool compiler_links(const char *file)
{
	return ends(file, ".o") || ends(file, ".a") || ends(file, ".so") || strstr(file, ".so.");
}

const char *compiler_folder(const char *flag, const char *next)
{
	if (!begins(flag, "-I"))
		return NULL;
	return flag[2] ? flag + 2 : next;
}

void compiler_quote(FILE *out, const char *word)
{
	fputs(" '", out);
	for (; *word; word++) {
		if (*word == '\'')
			fputs("'\\''", out);
		else
			fprintf(out, *word == '$' ? "$$" : "%c", *word);
	}
	fputc('\'', out);
}

/* The line after the one that begins here; its end when it is the last. */
static const char *next_line(const char *line)
{
	line += strcspn(line, "\n");
	return *line ? line + 1 : line;
}

/* A line of the source as the compiler shows it: clang 17 and newer put its number and a bar before it. */
static const char *shown_source(const char *line)
{
	line += strspn(line, " \t");
	size_t number = strspn(line, "0123456789");
	if (number && begins(line + number, " | "))
		line += number + 3;
	return line + strspn(line, " \t");
}

/* "dir/x.c:9:1: warning: ... [-Wunknown-pragmas]", and below it the line of the source. */
void compiler_tell_pragmas(FILE *out, const char *log)
{
	for (; *log; log = next_line(log)) {
		size_t length = strcspn(log, "\n");
		const char *source = next_line(log), *place = strchr(log, ':'), *mark = strstr(log, "[-W");
		bool omp = mark && begins(mark, "[-Wsource-uses-openmp");
		if (!mark || mark > log + length || !place || (!omp && !begins(mark, "[-Wunknown-pragmas")))
			continue;
		size_t number = strspn(place + 1, "0123456789");
		source = shown_source(source);
		fprintf(out, "loose: ignored: %.*s (%.*s)%s\n", (int)strcspn(source, "\n"), source,
			(int)((size_t)(place - log) + 1 + number), log, omp ? "; add -fopenmp" : "");
	}
}

/* "undefined reference to `main'": each linker has quotes of its own. */
static bool is_undefined(const char *log, const char *name)
{
	static const char words[] = "undefined reference to ";

	for (const char *at = log; (at = strstr(at, words)); at++)
		if (begins(at + sizeof words, name))
			return true;
	return false;
}

/* "fatal error: 'vector' file not found": the headers of C have a dot in their names. */
static bool asks_for_cpp(const char *log)
{
	static const char words[] = "fatal error: '", after[] = "' file not found";
	const char *at = strstr(log, words);
	size_t length = at ? strcspn(at + sizeof words - 1, ".'") : 0;

	return length && begins(at + sizeof words - 1 + length, after);
}

const char *compiler_hint(const char *log)
{
	if (asks_for_cpp(log))
		return "; this is C++, and only C is judged here";
	if (strstr(log, "file not found"))
		return "; '-I FOLDER' says where a header is";
	if (strstr(log, "multiple definition of 'main'") || strstr(log, "multiple definition of `main'"))
		return "; these are several programs: name the files of one";
	if (is_undefined(log, "main"))
		return "; name the file with main() too";
	if (strstr(log, "[-Wsource-uses-openmp") || is_undefined(log, "omp_"))
		return "; it uses OpenMP: add -fopenmp";
	if (strstr(log, "undefined reference"))
		return "; name the other C files too, or the library: '-lNAME'";
	if (strstr(log, "cannot find -lomp"))
		return "; OpenMP needs the package 'libomp-dev'";
	return "";
}

/* The length of the folder's name at `at`, with its slash, where a file's name may begin; 0 when it is not there. */
static size_t folder_at(const char *words, const char *at, const char *folder)
{
	size_t length = strlen(folder);
	bool begins = at == words || strchr(" \n'\"(:", at[-1]);

	return begins && length && strncmp(at, folder, length) == 0 && at[length] == '/' ? length + 1 : 0;
}

char *compiler_words(const char *root, const char *words)
{
	static const char *const ours[] = {"exercises", "solutions", "chapters", "work"};
	char here[PATH_MAX];
	size_t length = strlen(root);
	struct text text;
	FILE *out = text_open(&text);

	if (!getcwd(here, sizeof here))
		*here = '\0';
	bool below = strncmp(here, root, length) == 0 && (here[length] == '/' || !here[length]);
	const char *from_root = below && here[length] ? here + length + 1 : "";
	for (const char *at = words; *at;) {
		size_t skip = folder_at(words, at, here);
		skip = skip ? skip : folder_at(words, at, from_root);
		for (size_t i = 0; i < sizeof ours / sizeof *ours && !skip; i++)
			if (strcmp(here, root) != 0 && folder_at(words, at, ours[i]))
				fprintf(out, "%s/", root);
		at += skip;
		if (!skip)
			putc(*at++, out);
	}
	return text_close(&text);
}
