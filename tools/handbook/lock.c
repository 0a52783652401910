/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Unlocking on the screen, and locking: the end of the process that knew. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "handbook/lock.h"
#include "lib/base/language.h"
#include "lib/base/private.h"
#include "lib/base/secret.h"

#define IDLE_SECONDS 600    /* BLACKSTART_LOCK_SECONDS names another time */
#define TERMINAL_BYTES 4096 /* what the kernel keeps of a line, in either direction */
#define ANSWER_MS 500
#define DISCIPLINE_NULL 27    /* N_NULL of linux/tty.h: keeps nothing */
#define DISCIPLINE_TERMINAL 0 /* N_TTY */

bool pages_are_open(const struct pages *p)
{
	return p->book.tiers[TIER_PROTECTED].open || p->book.tiers[TIER_STRICT].open;
}

static void note_access(struct pages *p, enum tier tier, const char *action)
{
	struct error ignored = { 0 }; /* then the frame says that nothing is recorded */
	struct message m;

	access_event(&m, tier, action);
	(void)!pages_note(p, &m, &ignored);
}

/* Type over what was typed: the console answers each of these questions with four bytes, as if
 * somebody had typed them. Ends early where nobody answers. */
static void type_over(void)
{
	static const char questions[] = "\033[5n\033[5n\033[5n\033[5n\033[5n\033[5n\033[5n\033[5n";
	struct pollfd on = { .fd = STDIN_FILENO, .events = POLLIN };
	struct termios before, raw;
	char answers[256];
	ssize_t n = 1;

	if (tcgetattr(STDIN_FILENO, &before) < 0)
		return;
	raw = before;
	cfmakeraw(&raw);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
	for (ssize_t left = TERMINAL_BYTES; left > 0 && n > 0; left -= n) {
		fputs(questions, stdout);
		fflush(stdout);
		n = poll(&on, 1, ANSWER_MS) > 0 ? read(STDIN_FILENO, answers, sizeof(answers)) : 0;
	}
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
}

/* The kernel keeps the last bytes that were typed (a passphrase, a name) until others come, and
 * of a line also those shown. A terminal ignores NUL bytes; a change of the line discipline gives
 * its memory back. Linux's own consoles allow no other one, but they answer. */
static void forget_terminal(void)
{
	static const char nothing[TERMINAL_BYTES];
	int discipline = DISCIPLINE_NULL, usual = DISCIPLINE_TERMINAL;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return;
	if (ioctl(STDIN_FILENO, TIOCSETD, &discipline) == 0)
		ioctl(STDIN_FILENO, TIOCSETD, &usual);
	else
		type_over();
	fwrite(nothing, sizeof(nothing), 1, stdout);
	fflush(stdout);
}

void pages_keep_terminal(struct pages *p)
{
	p->before.terminal = tcgetattr(STDIN_FILENO, &p->before.settings) == 0;
	sigprocmask(SIG_SETMASK, NULL, &p->before.signals);
}

static void give_terminal_back(const struct pages_before *b)
{
	if (b->terminal)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &b->settings);
	sigprocmask(SIG_SETMASK, &b->signals, NULL);
}

static void forget(struct pages *p)
{
	struct pages_before before = p->before;

	for (enum tier t = TIER_PROTECTED; t <= TIER_STRICT; t++)
		if (p->book.tiers[t].open)
			note_access(p, t, "lock");
	ui_suspend(p->ui);
	pages_close(p);
	give_terminal_back(&before);
	forget_terminal();
}

void pages_lock(struct pages *p)
{
	static const char *const anew[] = { "handbook", "pages", "--locked", NULL };

	forget(p);
	execv("/proc/self/exe", (char *const *)anew);
	/* Without itself, at least without what it knew: the menu comes back. */
	_exit(1);
}

void pages_leave(struct pages *p)
{
	if (pages_are_open(p))
		forget(p);
	pages_close(p);
}

void pages_lock_if_idle(struct pages *p)
{
	const char *set = getenv("BLACKSTART_LOCK_SECONDS");
	long long seconds = set && *set ? strtoll(set, NULL, 10) : IDLE_SECONDS;

	if (pages_are_open(p) && ui_idle_ms(p->ui) >= seconds * 1000)
		pages_lock(p);
}

/* What is being unlocked, for the check of the line that is typed. */
struct attempt {
	struct pages *pages;
	enum tier tier;
};

static bool try_entry(void *context, const char *typed, struct error *e)
{
	struct attempt *a = context;

	if (book_unlock(&a->pages->book, NULL, typed, a->tier, e))
		return true;
	note_access(a->pages, a->tier, "wrong");
	return false;
}

/* What was read before it was open is read anew. */
static bool open_pages(struct pages *p, struct error *e)
{
	finder_close(p->finder);
	p->finder = NULL;
	p->key = p->book.keys.has[TIER_PROTECTED] ? &p->book.keys.pair[TIER_PROTECTED] : NULL;
	return pages_open_view(p, e);
}

static bool unlock(struct pages *p, enum tier tier, const char *title, const char *intro)
{
	struct attempt attempt = { p, tier };
	char typed[SECRET_MAX] = "";
	struct error e = { 0 };
	enum ui_result r;

	private_process();
	do {
		const struct ui_line line = {
			.title = _(title),
			.intro = _(intro),
			.prompt = _("Passphrase or words"),
			.context = &attempt,
			.check = try_entry,
		};

		pages_frame(p);
		r = ui_secret(p->ui, &line, typed, sizeof(typed));
	} while (r == UI_REDRAW || r == UI_REFRESH);
	explicit_bzero(typed, sizeof(typed));
	if (r != UI_CHOSEN)
		return r != UI_CLOSED;
	note_access(p, tier, "unlock");
	if (!open_pages(p, &e))
		pages_error(p, _("Unlock"), &e);
	return true;
}

bool page_unlock(struct pages *p)
{
	return unlock(
		p, TIER_PROTECTED, N_("Unlock people"),
		N_("A passphrase, or the seven words from a sealed envelope. Capital letters, "
		   "hyphens and the keyboard's language do not matter."));
}

bool page_unlock_strict(struct pages *p)
{
	return unlock(p, TIER_STRICT, N_("Unlock private numbers and contracts"),
		      N_("They are asked for once more, also if people are open: a passphrase, or "
			 "the seven words from a sealed envelope, that open this part too."));
}

bool page_lock(struct pages *p)
{
	pages_lock(p);
}

bool can_unlock(struct pages *p)
{
	return book_has_tier(TIER_PROTECTED) && !p->book.tiers[TIER_PROTECTED].open;
}

bool can_unlock_strict(struct pages *p)
{
	return book_has_tier(TIER_STRICT) && !p->book.tiers[TIER_STRICT].open;
}

bool can_lock(struct pages *p)
{
	return pages_are_open(p);
}
