/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading what nobody may see, from a file or from the terminal. */
#include "lib/base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "lib/base/language.h"

void secret_wipe(struct secret *s)
{
	explicit_bzero(s, sizeof(*s));
}

/* Take one byte of a line: byte by byte, so that what follows the line is left for
 * whoever reads the descriptor next. */
static bool take_byte(int fd, char *c, bool *end, struct error *e)
{
	for (;;) {
		ssize_t n = read(fd, c, 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(e, _("cannot read the passphrase"));
		*end = n == 0 || *c == '\n';
		return true;
	}
}

/* The line may end with the file. */
static bool read_line(int fd, struct secret *s, struct error *e)
{
	size_t len = 0;
	bool end = false;
	char c = 0;

	while (take_byte(fd, &c, &end, e)) {
		if (end) {
			len -= len > 0 && s->s[len - 1] == '\r';
			s->s[len] = '\0';
			if (len == 0)
				return error_set(e, ERROR_USAGE, _("the passphrase is empty"));
			return true;
		}
		if (c == '\0')
			return error_set(e, ERROR_USAGE, _("the passphrase has a NUL byte"));
		if (len == SECRET_MAX - 1)
			return error_set(e, ERROR_USAGE,
					 _("the passphrase is longer than %d bytes"),
					 SECRET_MAX - 1);
		s->s[len++] = c;
	}
	return false;
}

static bool read_file(struct secret *s, const char *file, struct error *e)
{
	int fd = strcmp(file, "-") == 0 ? dup(STDIN_FILENO) : open(file, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(e, _("cannot open the passphrase file %s"), file);
	bool ok = read_line(fd, s, e);
	close(fd);
	return ok;
}

static void say(int tty, const char *words)
{
	size_t len = strlen(words);

	/* A terminal that takes no output takes no answer either: that is seen there. */
	while (len > 0) {
		ssize_t n = write(tty, words, len);

		if (n <= 0)
			return;
		words += n;
		len -= (size_t)n;
	}
}

/* Wait for a line. False if a signal came first: it is held back, so that the
 * terminal echoes again before the signal does its work. */
static bool wait_line(int tty, int signals)
{
	struct pollfd on[] = { { .fd = tty, .events = POLLIN },
			       { .fd = signals, .events = POLLIN } };

	while (poll(on, 2, -1) < 0 && errno == EINTR)
		;
	return on[1].revents == 0;
}

/* One line without echo. The terminal is as before when this returns. */
static bool ask(int tty, const char *prompt, struct secret *s, struct error *e)
{
	struct termios before, quiet;
	sigset_t held, old;
	bool ok = false;

	if (tcgetattr(tty, &before) < 0)
		return error_errno(e, _("cannot read the terminal's settings"));
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	quiet.c_lflag |= ICANON | ECHONL;
	sigemptyset(&held);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGQUIT);
	sigaddset(&held, SIGTERM);
	sigaddset(&held, SIGHUP);
	sigaddset(&held, SIGTSTP);
	sigprocmask(SIG_BLOCK, &held, &old);
	int signals = signalfd(-1, &held, SFD_CLOEXEC);

	if (signals < 0 || tcsetattr(tty, TCSAFLUSH, &quiet) < 0) {
		error_errno(e, _("cannot make the terminal hide the passphrase"));
	} else {
		say(tty, prompt);
		if (wait_line(tty, signals))
			ok = read_line(tty, s, e);
		else
			error_set(e, ERROR_FAILED, _("interrupted; nothing was entered"));
		tcsetattr(tty, TCSAFLUSH, &before);
	}
	if (signals >= 0)
		close(signals);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return ok;
}

static bool read_terminal(struct secret *s, const char *prompt, const char *again, struct error *e)
{
	int tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct secret second = { 0 };
	bool ok;

	if (tty < 0)
		return error_set(e, ERROR_USAGE,
				 _("there is no terminal to ask for the passphrase; "
				   "name a file with --passphrase-file FILE"));
	for (;;) {
		ok = ask(tty, prompt, s, e) && (!again || ask(tty, again, &second, e));
		if (!ok || !again || strcmp(s->s, second.s) == 0)
			break;
		say(tty, _("These were not the same. Once more, please.\n"));
	}
	secret_wipe(&second);
	close(tty);
	return ok;
}

bool secret_read(struct secret *s, const char *file, const char *prompt, const char *again,
		 struct error *e)
{
	bool ok = file ? read_file(s, file, e) : read_terminal(s, prompt, again, e);

	if (!ok)
		secret_wipe(s);
	return ok;
}

void secret_normalise(struct secret *s)
{
	size_t to = 0;

	for (size_t i = 0; s->s[i] != '\0'; i++) {
		char c = s->s[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (c == '-' || c == '\t')
			c = ' ';
		if (c == ' ' && (to == 0 || s->s[to - 1] == ' '))
			continue;
		s->s[to++] = c;
	}
	if (to > 0 && s->s[to - 1] == ' ')
		to--;
	explicit_bzero(s->s + to, sizeof(s->s) - to);
}

bool secret_is_layout_safe(const struct secret *s, char *bad)
{
	for (const char *c = s->s; *c != '\0'; c++) {
		if ((*c >= 'a' && *c <= 'x') || (*c >= '0' && *c <= '9') || *c == ' ' ||
		    *c == ',' || *c == '.')
			continue;
		*bad = *c;
		return false;
	}
	return true;
}
