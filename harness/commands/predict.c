/*
 * The first step of a pitfall: what do you expect? Asks before the event loop is started, so that Ctrl-C ends the command
 * as it ends any other, and notes the whole prediction at once when its result is there: what is broken off leaves nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "command.h"
#include "exercise.h"
#include "grading/predicted.h"
#include "guess.h"
#include "reader/answers.h"
#include "reader/question.h"
#include "verdict/detector.h"

struct predict {
	const char *guess, *answer; /* of the command line; NULL: to be asked */
	long confidence;
	const struct program *program;
	struct cell *cells;
	const struct detector **detectors; /* of the cells */
	size_t count;
	int sure;
	struct question question;
	bool has_question;
	size_t answered; /* index of the option */
};

/* --- what is shown -------------------------------------------------------------------------------------------------*/

static void append_files(FILE *out, const char *root, char *directory)
{
	char **files = files_in(root, directory, "[ch]");

	for (char **file = files; *file; file++) {
		char *full = mem_format("%s/%s", root, *file), *text = file_read(full);
		fprintf(out, "\n==== %s ====\n\n%s", *file, text ? text : "");
		free(text);
		free(full);
	}
	files_free(files);
	free(directory);
}

/* The broken program without its declaration; a program of several files with all of them. */
static void show_program(const struct predict *predict, const char *root)
{
	char *source = answers_hide(predict->program->source);
	struct text pages;
	FILE *out = text_open(&pages);

	fprintf(out, "==== %s ====\n\n%s", predict->program->path, source);
	append_files(out, root, program_own_directory(predict->program->path));
	append_files(out, root, program_shared_directory(predict->program->path));
	char *text = text_close(&pages);
	page(text);
	free(text);
	free(source);
}

/* What a reader must know to answer, and what is not an answer: the promise, and what the budget is held against. */
static void show_promise(const struct predict *predict)
{
	const struct declaration *declaration = &predict->program->declaration;
	struct style style = style_of(stdout);

	fputc('\n', stdout);
	if (declaration->promise) {
		char *line = mem_format("It promises: %s", declaration->promise);
		report_prose(stdout, style, 0, line);
		free(line);
	}
	for (size_t i = 0; i < declaration->count; i++)
		if (declaration->items[i].bounds) {
			char *line = mem_format("Its %s: %s", declaration->items[i].detector->name,
						declaration->items[i].bounds);
			report_prose(stdout, style, 0, line);
			free(line);
		}
	fputc('\n', stdout);
}

/* --- asking --------------------------------------------------------------------------------------------------------*/

/* One line of the reader's; NULL at the end of the input. The caller frees it. */
static char *read_line(const char *prompt)
{
	char *line = NULL;
	size_t room = 0;

	fputs(prompt, stdout);
	fflush(stdout);
	if (getline(&line, &room, stdin) >= 0)
		return line;
	free(line);
	if (isatty(STDIN_FILENO))
		fputc('\n', stdout);
	return NULL;
}

/* Takes an answer apart; a line for the reader when it is none. */
typedef char *take_answer(struct predict *predict, const char *text);

static char *take_guess(struct predict *predict, const char *text)
{
	return guess_read(text, predict->cells, predict->count);
}

static char *take_confidence(struct predict *predict, const char *text)
{
	return guess_confidence(text, &predict->sure);
}

static char *take_choice(struct predict *predict, const char *text)
{
	return guess_answer(text, predict->question.options, predict->question.count, &predict->answered);
}

/* Who meets their names here for the first time can ask what they are. */
static void tell_what_they_look_at(const struct predict *predict)
{
	for (size_t i = 0; i < predict->count; i++) {
		const struct detector *detector = detector_named(predict->cells[i].detector);
		printf("  %-9s %s\n", detector->name, detector->looks_at ? detector->looks_at : "");
	}
}

static bool is_question_mark(const char *line)
{
	const char *text = line + strspn(line, " \t");

	return text[0] == '?' && !text[1 + strspn(text + 1, " \t\r\n")];
}

/* From the command line, or asked for: on a terminal until it is an answer, from elsewhere once. 0, or a status. */
static int ask(struct predict *predict, const char *given, const char *prompt, take_answer *take)
{
	for (;;) {
		char *line = given ? mem_copy(given) : read_line(prompt);
		if (!line)
			return bad_input("the prediction was broken off; nothing is remembered of it");
		if (!given && take == take_guess && is_question_mark(line)) {
			tell_what_they_look_at(predict);
			free(line);
			continue;
		}
		char *error = take(predict, line);
		bool again = error && !given && isatty(STDIN_FILENO);
		if (again)
			printf("%s\n", error);
		else if (error)
			bad_input("%s", error);
		bool good = !error;
		free(error);
		free(line);
		if (!again)
			return good ? 0 : STATUS_BAD_INPUT;
	}
}

static char *guess_prompt(const struct predict *predict)
{
	struct text text;
	FILE *out = text_open(&text);

	fputs("Which of them fire", out);
	for (size_t i = 0; i < predict->count; i++)
		fprintf(out, "%s%s", i ? ", " : ": ", predict->cells[i].detector);
	fputs("?\nNames or first letters, or none; or y or n for each in turn, as in 'y n n y n';\n"
	      "? says what each looks at: ",
	      out);
	return text_close(&text);
}

static int ask_question(struct predict *predict)
{
	if (!predict->answer) {
		printf("\n%s\n", predict->question.text);
		for (size_t i = 0; i < predict->question.count; i++)
			printf("  %c) %s\n", 'a' + (int)i, predict->question.options[i]);
	}
	return ask(predict, predict->answer, "Your answer: ", take_choice);
}

static int ask_all(struct predict *predict)
{
	char *prompt = guess_prompt(predict), *sure = NULL;
	int status = ask(predict, predict->guess, prompt, take_guess);

	if (predict->confidence)
		sure = mem_format("%ld", predict->confidence);
	if (status == 0)
		status = ask(predict, sure, "How sure are you of them, from 50 to 100 %? ", take_confidence);
	if (status == 0 && predict->has_question)
		status = ask_question(predict);
	free(sure);
	free(prompt);
	return status;
}

/* --- the result ----------------------------------------------------------------------------------------------------*/

static const char *fires(bool it_does)
{
	return it_does ? "fires" : "silent";
}

/* The table, cell by cell. How many were right, the question included. */
static size_t tell_cells(const struct predict *predict)
{
	size_t right = 0;

	printf("\n%-10s %-8s %s\n", "", "you", "seen");
	for (size_t i = 0; i < predict->count; i++) {
		const struct cell *cell = &predict->cells[i];
		bool same = cell->guessed == cell->seen;
		right += same;
		printf("%-10s %-8s %-8s %s\n", cell->detector, fires(cell->guessed), fires(cell->seen),
		       same ? "right" : "WRONG");
	}
	if (predict->has_question) {
		const struct question *question = &predict->question;
		bool same = predict->answered == question->right;
		right += same;
		printf("\n%s\n  you: %s; it is: %s: %s\n", question->text, question->options[predict->answered],
		       question->options[question->right], same ? "right" : "WRONG");
	}
	return right;
}

/* The first that was wrong; with all of them right, the detector of a question that was answered wrongly; or NULL. */
static const struct detector *first_wrong(const struct predict *predict)
{
	for (size_t i = 0; i < predict->count; i++)
		if (predict->cells[i].guessed != predict->cells[i].seen)
			return predict->detectors[i];
	for (size_t i = 0; i < predict->count; i++)
		if (predict->has_question && predict->answered != predict->question.right && predict->cells[i].seen)
			return predict->detectors[i];
	return NULL;
}

static void tell_passage(const struct predict *predict, const struct catalogue *catalogue)
{
	const struct detector *wrong = first_wrong(predict);
	const char *pitfall = predict->program->pitfall;

	/* A kit without answers. */
	if (!predict->program->declared) {
		puts("\nWhy it is so is told by the person who gave you this workbook, once all have predicted.");
		return;
	}
	if (!wrong) {
		printf("\nAll of it right. What the detectors say:\n  chapters/%s/README.md\n", pitfall);
		return;
	}
	const struct expectation *expected = declaration_of(&predict->program->declaration, wrong);
	char *text = text_of_pitfall(catalogue, "chapters", pitfall);
	char *passage = text ? answers_passage(text, wrong) : NULL;
	printf("\nWhy %s %s (chapters/%s/README.md, 'What the detectors say'):\n\n", wrong->name,
	       expected && expected->word == WORD_FIRES ? "fires" : "is silent", pitfall);
	if (expected && expected->why) {
		report_prose(stdout, style_of(stdout), 2, expected->why);
		fputc('\n', stdout);
	}
	if (passage)
		report_prose(stdout, style_of(stdout), 2, passage);
	free(passage);
	free(text);
}

/* What a course may ask for (grading/predicted.h), beside the reader's copy of the exercise. Without it nothing else fails. */
static void write_for_hand_in(const struct predict *predict, const char *root)
{
	char *path = mem_format("%s/work/%s/" PREDICTED_FILE, root, predict->program->pitfall);
	const char **fires = mem_zeroed(predict->count + 1, sizeof *fires);
	size_t count = 0;

	for (size_t i = 0; i < predict->count; i++)
		if (predict->cells[i].guessed)
			fires[count++] = predict->cells[i].detector;
	FILE *out = file_make_folders(path) == 0 ? fopen(path, "wxe") : NULL;
	if (out) {
		predicted_write(out, predict->program->pitfall, fires);
		/* A half of one would stand in the way of the next. */
		if (fclose(out) != 0)
			unlink(path);
	}
	free(fires);
	free(path);
}

static void tell(const struct predict *predict, struct desk *desk)
{
	const char *pitfall = predict->program->pitfall, *name = short_name(pitfall);
	const struct prediction prediction = {
		.cells = predict->cells,
		.count = predict->count,
		.confidence = predict->sure,
		.question = predict->has_question ? predict->question.text : NULL,
		.answer = predict->has_question ? predict->question.options[predict->answered] : NULL,
		.right = predict->has_question ? predict->question.options[predict->question.right] : NULL};
	bool before = reader_standing(&desk->reader, pitfall).predictions > 0;
	size_t all = predict->count + predict->has_question, right = tell_cells(predict);

	printf("\n%zu of %zu right, at %d %%.%s\n", right, all, predict->sure,
	       before ? " You have predicted it before: only the first time counts." : "");
	tell_passage(predict, &desk->catalogue);
	/* Each in a line of its own, which no terminal of 80 columns breaks. */
	printf("\nSee what they found:\n  ./loose run %s\nThen fix another one:\n  ./loose watch %s\n", name, name);
	fflush(stdout);
	reader_note_prediction(&desk->reader, pitfall, &prediction);
	if (!before)
		write_for_hand_in(predict, desk->catalogue.root);
}

/* Where nothing is declared, what was seen is the answer: a detector that could not work has shown nothing. */
static int status_undeclared(const struct results *results)
{
	for (size_t i = 0; i < results->count; i++) {
		const struct observation *seen = &results->items[i].seen;
		if (seen->fault == FAULT_DETECTOR || seen->fault == FAULT_UNFIT || results->items[i].bad_input)
			return STATUS_CANNOT_JUDGE;
	}
	return 0;
}

/* Every cell has a verdict that agrees with the declaration; else that is told, and nothing is scored. */
static int fill_cells(struct predict *predict, const char *root, const struct results *results)
{
	int status = predict->program->declared ? status_of(results) : status_undeclared(results);

	if (status) {
		report_disagreements(stdout, style_of(stdout), root, results);
		fprintf(stderr, "loose: the prediction is not scored: this machine does not show what the book says\n");
		return status;
	}
	for (size_t i = 0; i < predict->count && i < results->count; i++)
		predict->cells[i].seen = results->items[i].verdict.observed == OBSERVED_FIRES;
	return 0;
}

static int judge(struct predict *predict, struct desk *desk)
{
	const struct judging_options options = {.repeat = 1};
	struct workbook workbook;
	struct tasks tasks = {0};
	struct results results;
	struct follow follow = {.verdicts = false};
	char *error;
	int status = open_workbook(&workbook, desk->catalogue.root);

	if (status)
		return status;
	for (size_t i = 0; i < predict->count; i++)
		tasks_add(&tasks, predict->program, predict->detectors[i]);
	follow_start(&follow, &tasks);
	judge_all(&workbook, &tasks, &options, &follow_events, &follow, &results, &error);
	follow_end(&follow);
	if (workbook.loop.interrupted)
		status = 128 + workbook.loop.interrupted;
	else if (error)
		status = cannot_judge("%s", error);
	else
		status = fill_cells(predict, workbook.loop.root, &results);
	if (status == 0)
		tell(predict, desk);
	free(error);
	results_release(&results);
	tasks_release(&tasks);
	workbook_close(&workbook);
	return status;
}

/* --- the command ---------------------------------------------------------------------------------------------------*/

/* As in a kit without answers, whose programs declare nothing. */
static bool has_bounds(const struct program *program, const char *root)
{
	char *path = mem_format("%s/chapters/%s/budget", root, program->pitfall), *text = file_read(path);
	bool has = text;

	free(text);
	free(path);
	return has;
}

/* A cell for each detector that the program declares; for each, when it declares nothing. */
static void lay_out_cells(struct predict *predict)
{
	const struct declaration *declaration = &predict->program->declaration;

	for (size_t i = 0; detectors[i]; i++) {
		if (predict->program->declared ? !declaration_of(declaration, detectors[i]) : detectors[i]->optional)
			continue;
		predict->cells = mem_resize(predict->cells, predict->count + 1, sizeof *predict->cells);
		predict->detectors = mem_resize(predict->detectors, predict->count + 1, sizeof *predict->detectors);
		predict->detectors[predict->count] = detectors[i];
		predict->cells[predict->count++] = (struct cell){.detector = detectors[i]->name};
	}
}

static int find(struct predict *predict, const struct desk *desk, const char *word)
{
	struct named named = {.pitfall = reader_position(&desk->reader)};

	if (word && find_named(&desk->catalogue, word, false, &named) != 0)
		return STATUS_BAD_INPUT;
	if (!named.pitfall)
		return bad_input("no exercise is in hand yet; say which pitfall: ./loose predict %s",
				 desk->catalogue.pitfall_count ? short_name(desk->catalogue.pitfalls[0]) : "PITFALL");
	if (pitfall_is_alone(desk->catalogue.root, named.pitfall))
		return bad_input("%s is an exercise alone, with no program to predict; './loose watch %s' opens it",
				 named.pitfall, short_name(named.pitfall));
	predict->program = catalogue_program(&desk->catalogue, named.pitfall, "broken");
	if (!predict->program || (!predict->program->declared && !has_bounds(predict->program, desk->catalogue.root)))
		return bad_input(
			"%s has no broken program that declares anything; './loose verify' says what is missing",
			named.pitfall);
	if (predict->confidence && (predict->confidence < 50 || predict->confidence > 100))
		return bad_input("--confidence takes a number from 50 to 100, not %ld", predict->confidence);
	lay_out_cells(predict);
	predict->has_question =
		predict->program->declared && question_make(&predict->question, &desk->catalogue, predict->program);
	if (predict->answer && !predict->has_question)
		return bad_input("%s is seen by several detectors, and nothing more is asked; leave out --answer",
				 named.pitfall);
	return 0;
}

static int run(const char *root, int argc, char **argv)
{
	struct predict predict = {0};
	struct operands operands;
	struct desk desk;

	if (options_parse(&command_predict, argc, argv, &predict, &operands) != 0)
		return STATUS_BAD_INPUT;
	desk_open(&desk, root);
	int status = find(&predict, &desk, operands.items[0]);
	if (status == 0 && !predict.guess) {
		show_program(&predict, root);
		show_promise(&predict);
	}
	if (status == 0)
		status = ask_all(&predict);
	if (status == 0)
		status = judge(&predict, &desk);
	question_release(&predict.question);
	free(predict.cells);
	free(predict.detectors);
	desk_close(&desk);
	return status;
}

static const struct option_spec options[] = {
	{"guess", OPTION_TEXT, "LIST", "those that fire, instead of being asked: 'tsan,helgrind', 'th', 'none'",
	 offsetof(struct predict, guess)},
	{"confidence", OPTION_NUMBER, "P", "how sure you are of each, from 50 to 100 %",
	 offsetof(struct predict, confidence)},
	{"answer", OPTION_TEXT, "A", "to the question that is asked where only one detector fires",
	 offsetof(struct predict, answer)},
	{0},
};

const struct command_entry command_predict = {
	.name = "predict",
	.arguments = "[PITFALL]",
	.summary = "say what the detectors will find, and see",
	.about =
		"Shows the broken program without what it declares, and asks which detectors fire and how sure you are; where "
		"only one does, also what it reports. Then it is run, your guesses are compared with what was seen, and the "
		"passage of the book is shown that explains the first one that was wrong. Your first prediction of each pitfall "
		"counts in './loose progress', and its answers are hidden until then.\n\n"
		"Answers may come from a pipe, a line for each question. What is broken off, by Ctrl-C or Ctrl-D, is not "
		"remembered.",
	.options = options,
	.operands = {OPERAND_PITFALL},
	.most = 1,
	.run = run,
};
