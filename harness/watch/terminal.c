/*
 * See terminal.h. TIOCGWINSZ and struct winsize are not POSIX; like report/style.c
 * this file asks for them. The escape sequences are those that every terminal of
 * today knows; what knows none has TERM=dumb.
 */
#define _DEFAULT_SOURCE
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "keys.h"

/* A screen of its own, no cursor, and pasted text between marks; and back. */
static const char take[] = "\033[?1049h\033[?25l\033[?2004h";
static const char give_back[] = "\033[?2004l\033[?25h\033[0m\033[?1049l";

/* For the handler of crashes, which can ask nobody. */
static struct termios found;
static volatile sig_atomic_t taken;

/* --- the state of the terminal --- */

/* Safe in a handler of signals. Nothing is left to do if it fails. */
void terminal_restore(void)
{
	if (!taken)
		return;
	taken = 0;
	ssize_t done = write(STDOUT_FILENO, give_back, sizeof give_back - 1);
	(void)done;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &found);
}

static void on_crash(int number)
{
	terminal_restore();
	/* By its default now, once this has returned. */
	raise(number);
}

static void catch_crashes(void)
{
	static const int numbers[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGQUIT};
	struct sigaction action = {.sa_handler = on_crash, .sa_flags = SA_RESETHAND};

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		sigaction(numbers[i], &action, NULL);
}

/* Single keys; the keys that send signals still do. */
static void take_terminal(void)
{
	struct termios wanted = found;

	wanted.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	wanted.c_cc[VMIN] = 1;
	wanted.c_cc[VTIME] = 0;
	taken = 1;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &wanted);
	ssize_t done = write(STDOUT_FILENO, take, sizeof take - 1);
	(void)done;
}

static void measure(struct terminal *terminal)
{
	struct winsize size;

	terminal->style = style_of(stdout);
	terminal->rows = 24;
	terminal->columns = terminal->style.width;
	if (!terminal->plain && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row && size.ws_col) {
		terminal->rows = size.ws_row;
		terminal->columns = size.ws_col;
	}
	if (terminal->plain)
		terminal->style.terminal = terminal->style.colour = false;
}

bool terminal_is_dumb(void)
{
	const char *term = getenv("TERM");

	return !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || !term || !*term || strcmp(term, "dumb") == 0;
}

/* --- reading --- */

static void stop_reading(struct terminal *terminal)
{
	if (terminal->polls)
		uv_poll_stop(&terminal->poll);
	if (terminal->reads_file)
		uv_idle_stop(&terminal->idle);
}

/* No input will come any more. A terminal that has gone sends SIGHUP besides. */
static void end_input(struct terminal *terminal)
{
	stop_reading(terminal);
	terminal->ended = true;
	if (terminal->line.length)
		keys_take_line(terminal, "\n", 1);
	if (terminal->events)
		terminal->events->closed(terminal->context);
}

static void read_some(struct terminal *terminal)
{
	char bytes[4096];
	ssize_t got = read(terminal->input, bytes, sizeof bytes);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0)
		end_input(terminal);
	else if (terminal->plain)
		keys_take_line(terminal, bytes, (size_t)got);
	else
		keys_take(terminal, bytes, (size_t)got);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
	(void)events;
	if (status != 0)
		end_input(poll->data);
	else
		read_some(poll->data);
}

static void on_idle(uv_idle_t *idle)
{
	read_some(idle->data);
}

static void start_reading(struct terminal *terminal)
{
	if (terminal->ended)
		return;
	if (terminal->polls)
		uv_poll_start(&terminal->poll, UV_READABLE, on_readable);
	if (terminal->reads_file)
		uv_idle_start(&terminal->idle, on_idle);
}

/* Opened anew it does not share its mode with the shell, nor with standard output. */
static int open_input(void)
{
	int input = open("/proc/self/fd/0", O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);

	return input >= 0 ? input : fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
}

static void prepare_input(struct terminal *terminal)
{
	uv_loop_t *uv = &terminal->loop->uv;

	terminal->polls = uv_poll_init(uv, &terminal->poll, terminal->input) == 0;
	terminal->reads_file = !terminal->polls;
	if (terminal->reads_file)
		uv_idle_init(uv, &terminal->idle);
	terminal->poll.data = terminal->idle.data = terminal;
}

/* --- signals --- */

static void redraw(struct terminal *terminal)
{
	measure(terminal);
	if (terminal->events)
		terminal->events->redraw(terminal->context);
}

static void on_resized(uv_signal_t *handle, int number)
{
	struct terminal *terminal = handle->data;

	(void)number;
	if (!terminal->borrower && !terminal->plain)
		redraw(terminal);
}

static void come_back(struct terminal *terminal)
{
	if (terminal->plain || terminal->borrower)
		return;
	if (!taken)
		take_terminal();
	redraw(terminal);
}

/* By the signal's own action: a group without a shell, which nobody could let go on, is not stopped. */
static void stop_here(struct terminal *terminal);

static void on_stopped(uv_signal_t *handle, int number)
{
	(void)number;
	stop_here(handle->data);
}

static void stop_here(struct terminal *terminal)
{
	terminal_restore();
	uv_signal_stop(&terminal->stopped);
	raise(SIGTSTP);
	uv_signal_start(&terminal->stopped, on_stopped, SIGTSTP);
	come_back(terminal);
}

static void on_continued(uv_signal_t *handle, int number)
{
	struct terminal *terminal = handle->data;

	(void)number;
	/* A shell has had the terminal meanwhile, whatever stopped this process. */
	taken = 0;
	come_back(terminal);
}

/* --- a child that has the terminal --- */

/* The group of a process in the foreground. From the background this would stop who asks; without a terminal it fails. */
static void give_foreground(pid_t group)
{
	sigset_t output, before;

	sigemptyset(&output);
	sigaddset(&output, SIGTTOU);
	pthread_sigmask(SIG_BLOCK, &output, &before);
	tcsetpgrp(STDIN_FILENO, group);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* In the child: as a shell would have started it. */
static _Noreturn void become(char *const *argv)
{
	static const int numbers[] = {SIGINT,  SIGQUIT, SIGTERM, SIGHUP,  SIGTSTP, SIGTTIN,
				      SIGTTOU, SIGCHLD, SIGPIPE, SIGCONT, SIGXFSZ, SIGWINCH};
	sigset_t none;

	setpgid(0, 0);
	give_foreground(getpid());
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		signal(numbers[i], SIG_DFL);
	sigemptyset(&none);
	pthread_sigmask(SIG_SETMASK, &none, NULL);
	execvp(argv[0], argv);
	_exit(127);
}

static void take_back(struct terminal *terminal, int status)
{
	terminal->borrower = 0;
	give_foreground(getpgrp());
	uv_signal_stop(&terminal->children);
	start_reading(terminal);
	come_back(terminal);
	terminal->returned(terminal->context, status);
}

/* The whole job stops with the child, as it does when a shell starts one that starts another. */
static void stop_with_child(struct terminal *terminal)
{
	give_foreground(getpgrp());
	uv_signal_stop(&terminal->stopped);
	raise(SIGTSTP);
	uv_signal_start(&terminal->stopped, on_stopped, SIGTSTP);
	give_foreground(terminal->borrower);
	kill(-terminal->borrower, SIGCONT);
}

static void on_child(uv_signal_t *handle, int number)
{
	struct terminal *terminal = handle->data;
	int status;

	(void)number;
	if (!terminal->borrower || waitpid(terminal->borrower, &status, WNOHANG | WUNTRACED) != terminal->borrower)
		return;
	if (WIFSTOPPED(status))
		stop_with_child(terminal);
	else
		take_back(terminal, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

bool terminal_lend(struct terminal *terminal, char *const *argv, void (*returned)(void *context, int status))
{
	fflush(stdout);
	terminal_restore();
	stop_reading(terminal);
	terminal->returned = returned;
	uv_signal_start(&terminal->children, on_child, SIGCHLD);
	pid_t child = fork();
	if (child == 0)
		become(argv);
	if (child < 0) {
		int error = errno;
		uv_signal_stop(&terminal->children);
		start_reading(terminal);
		come_back(terminal);
		errno = error;
		return false;
	}
	/* Parent and child both do this, since either may be first: the child must have the terminal before it reads from it. */
	setpgid(child, child);
	give_foreground(child);
	terminal->borrower = child;
	return true;
}

/* --- beginning and end --- */

static void start_signals(struct terminal *terminal)
{
	uv_signal_t *handles[] = {&terminal->resized, &terminal->stopped, &terminal->continued, &terminal->children};

	for (size_t i = 0; i < sizeof handles / sizeof *handles; i++) {
		uv_signal_init(&terminal->loop->uv, handles[i]);
		handles[i]->data = terminal;
		uv_unref((uv_handle_t *)handles[i]);
	}
	if (terminal->plain)
		return;
	uv_signal_start(&terminal->resized, on_resized, SIGWINCH);
	uv_signal_start(&terminal->stopped, on_stopped, SIGTSTP);
	uv_signal_start(&terminal->continued, on_continued, SIGCONT);
}

int terminal_open(struct terminal *terminal, struct loop *loop, bool plain, const struct terminal_events *events,
		  void *context)
{
	*terminal = (struct terminal){.loop = loop, .events = events, .context = context, .plain = plain};
	if (!plain && tcgetattr(STDIN_FILENO, &found) != 0)
		return -1;
	terminal->input = open_input();
	if (terminal->input < 0)
		return -1;
	prepare_input(terminal);
	start_signals(terminal);
	measure(terminal);
	if (!plain) {
		catch_crashes();
		take_terminal();
	}
	start_reading(terminal);
	return 0;
}

static void on_closed(uv_handle_t *handle)
{
	struct terminal *terminal = handle->data;

	terminal->closing--;
}

void terminal_close(struct terminal *terminal)
{
	uv_handle_t *input = terminal->polls ? (uv_handle_t *)&terminal->poll : (uv_handle_t *)&terminal->idle;
	uv_handle_t *handles[] = {input, (uv_handle_t *)&terminal->resized, (uv_handle_t *)&terminal->stopped,
				  (uv_handle_t *)&terminal->continued, (uv_handle_t *)&terminal->children};
	struct loop *loop = terminal->loop;

	terminal->events = NULL;
	if (terminal->borrower) {
		kill(-terminal->borrower, SIGHUP);
		kill(-terminal->borrower, SIGCONT);
		give_foreground(getpgrp());
	}
	terminal_restore();
	stop_reading(terminal);
	terminal->loop = NULL;
	for (size_t i = 0; i < sizeof handles / sizeof *handles; i++, terminal->closing++)
		uv_close(handles[i], on_closed);
	while (terminal->closing)
		uv_run(&loop->uv, UV_RUN_ONCE);
	close(terminal->input);
	free(terminal->line.bytes);
}

/* --- painting --- */

int terminal_room(const struct terminal *terminal)
{
	return terminal->rows > 1 ? terminal->rows - 1 : 1;
}

static void write_all(const char *bytes, size_t length)
{
	while (length) {
		ssize_t written = write(STDOUT_FILENO, bytes, length);
		if (written < 0 && errno != EINTR)
			return;
		bytes += written < 0 ? 0 : written;
		length -= written < 0 ? 0 : (size_t)written;
	}
}

void terminal_paint(struct terminal *terminal, const struct lines *lines, size_t top, const char *last)
{
	struct text text;
	FILE *out = text_open(&text);
	int room = terminal_room(terminal);
	struct lines one = {0};

	fputs("\033[H", out);
	/* A row is emptied before it is written: afterwards a full one would lose its last character. */
	for (int row = 0; row < room; row++)
		fprintf(out, "\033[2K%s\033[0m\r\n",
			top + (size_t)row < lines->count ? lines->items[top + (size_t)row] : "");
	/* The last column of the last row stays free: some terminals scroll when it is written. */
	lines_add(&one, last, terminal->columns - 1);
	fprintf(out, "\033[2K%s\033[0m", one.count ? one.items[0] : "");
	char *screen = text_close(&text);
	write_all(screen, text.length);
	lines_release(&one);
	free(screen);
}
