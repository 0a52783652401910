/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads lines in plain mode, and puts notices where they disturb nobody. */
#include "lib/ui/typing.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/ui/edit.h"

#define CTRL_D 4
#define CTRL_U 21
#define ESCAPE 27

/* The terminal while a line is typed: keys come one by one, and no signal ends the
 * program before it is as it was. */
struct held {
	bool terminal;
	struct termios before;
	sigset_t signals;
	int fd; /* of the signals, or -1 */
};

static void hold(struct held *h, bool hidden)
{
	struct termios quiet;
	sigset_t end;

	*h = (struct held){ .fd = -1 };
	if (!isatty(STDIN_FILENO) || !(isatty(STDOUT_FILENO) || hidden) ||
	    tcgetattr(STDIN_FILENO, &h->before) < 0)
		return;
	sigemptyset(&end);
	sigaddset(&end, SIGINT);
	sigaddset(&end, SIGQUIT);
	sigaddset(&end, SIGTERM);
	sigaddset(&end, SIGHUP);
	sigaddset(&end, SIGTSTP);
	sigprocmask(SIG_BLOCK, &end, &h->signals);
	h->fd = signalfd(-1, &end, SFD_CLOEXEC);
	if (h->fd < 0)
		sigprocmask(SIG_SETMASK, &h->signals, NULL);
	quiet = h->before;
	quiet.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ECHONL);
	quiet.c_cc[VMIN] = 1;
	quiet.c_cc[VTIME] = 0;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &quiet);
	h->terminal = true;
}

static void give_back(struct held *h)
{
	if (!h->terminal)
		return;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &h->before);
	if (h->fd >= 0)
		close(h->fd);
	sigprocmask(SIG_SETMASK, &h->signals, NULL);
	h->terminal = false;
}

/* Is this line, of n bytes, among those of `lines`? */
static bool is_line_of(const char *lines, const char *line, size_t n)
{
	for (const char *s = lines; *s;) {
		size_t len = strcspn(s, "\n");

		if (len == n && memcmp(s, line, n) == 0)
			return true;
		s += len + (s[len] == '\n');
	}
	return false;
}

/* Print what is new in the notice. True if anything was. `prompted`: the cursor stands
 * behind the prompt. */
static bool say_notice(struct ui *ui, bool prompted)
{
	const char *before = ui->said ? ui->said : "";
	bool any = false;

	for (const char *s = ui->notice; *s;) {
		size_t n = strcspn(s, "\n");

		if (n > 0 && !is_line_of(before, s, n)) {
			const char *words = s;
			size_t length = n;

			ui_warns(&words, &length);
			char *line = mem_string_n(words, length);
			size_t size = 3 * n + 1; /* masking makes three bytes of one at most */
			char *masked = mem_alloc(size);

			printf("%s! %s\n", prompted && !any ? "\n" : "",
			       text_mask(masked, size, line));
			free(masked);
			free(line);
			any = true;
		}
		s += n + (s[n] == '\n');
	}
	free(ui->said);
	ui->said = mem_string(ui->notice);
	return any;
}

/* Wait until there is a byte to read. False: the time is over. */
static bool wait_byte(struct ui *ui, const struct typing *t, struct held *h, bool empty)
{
	unsigned left = t->timeout_ms;

	for (;;) {
		struct pollfd on[] = { { .fd = STDIN_FILENO, .events = POLLIN },
				       { .fd = h->fd, .events = POLLIN } };
		unsigned tick_ms, wait_ms = empty ? left : 0;

		if (ui_tick(ui, &tick_ms) && empty && say_notice(ui, true)) {
			fputs(t->prompt, stdout);
			fflush(stdout);
		}
		if (tick_ms && (wait_ms == 0 || tick_ms < wait_ms))
			wait_ms = tick_ms;
		int ready = poll(on, 2, wait_ms ? (int)wait_ms : -1);

		if (ready > 0 && on[1].revents) {
			/* It does its work now; if that is not the end, we go on. */
			give_back(h);
			hold(h, t->hidden);
		} else if (ready > 0) {
			ui_touched(ui);
			return true;
		}
		if (ready == 0 && empty && t->timeout_ms && (left -= wait_ms) == 0)
			return false;
	}
}

/* What was typed so far, and how much of a sequence of the terminal was skipped. */
struct half {
	char *line;
	size_t size, len;
	bool echo;
	char escape; /* ESCAPE, or '[' or 'O': within a sequence; else 0 */
};

/* A key that writes nothing sends Esc and more: arrows, function keys. */
static bool is_of_sequence(struct half *h, char c)
{
	if (h->escape == 0 || (h->escape == ESCAPE && c != '[' && c != 'O')) {
		h->escape = c == ESCAPE ? c : 0;
		return c == ESCAPE;
	}
	/* Its last byte is 0x40 to 0x7e (ECMA-48 5.4); '[' and 'O' begin it. */
	h->escape = h->escape != ESCAPE && c >= 0x40 && c != '[' ? 0 : c;
	return true;
}

static void rub_out(struct half *h, size_t to)
{
	size_t columns = text_width(h->line + to);

	explicit_bzero(h->line + to, h->len - to);
	h->len = to;
	while (h->echo && columns-- > 0)
		fputs("\b \b", stdout);
}

/* One byte from a terminal. False: the line is complete. */
static bool take_key(struct half *h, char c)
{
	size_t at = h->len;

	if (is_of_sequence(h, c))
		return true;
	if (c == '\n' || c == '\r')
		return false;
	if (c == '\b' || c == 127) {
		while (at > 0 && ((unsigned char)h->line[--at] & 0xc0) == 0x80)
			;
		rub_out(h, at);
	} else if (c == CTRL_U) {
		rub_out(h, 0);
	} else if ((unsigned char)c >= ' ' && h->len < h->size - 1) {
		h->line[h->len++] = c;
		h->line[h->len] = '\0';
		if (h->echo)
			fputc(c, stdout);
	}
	fflush(stdout);
	return true;
}

static enum line_end read_line(struct ui *ui, const struct typing *t, struct held *held,
			       struct half *h)
{
	for (;;) {
		char c;

		if (!wait_byte(ui, t, held, h->len == 0))
			return LINE_TIME_OVER;
		ssize_t n = read(STDIN_FILENO, &c, 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 || (held->terminal && c == CTRL_D && h->len == 0))
			return h->len ? LINE_READ : LINE_CLOSED;
		if (held->terminal) {
			if (!take_key(h, c))
				return LINE_READ;
		} else if (c == '\n' || c == '\r') {
			return LINE_READ;
		} else if (h->len < h->size - 1) {
			h->line[h->len++] = c;
			h->line[h->len] = '\0';
		}
	}
}

enum line_end typing_line(struct ui *ui, const struct typing *t, char *line, size_t size)
{
	struct half h = { .line = line, .size = size, .echo = !t->hidden };
	struct held held;
	enum line_end end;

	memset(line, 0, size);
	hold(&held, t->hidden);
	end = read_line(ui, t, &held, &h);
	if (held.terminal && end != LINE_TIME_OVER)
		fputs("\n", stdout);
	if (end == LINE_READ)
		say_notice(ui, !held.terminal);
	give_back(&held);
	edit_trim(line);
	fflush(stdout);
	return end;
}
