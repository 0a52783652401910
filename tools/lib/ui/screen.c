/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The wrapper of ncurses: a screen of styled text, and keys. */
#include "lib/ui/screen.h"

#include <errno.h>
#include <limits.h>
#include <linux/kd.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#define NCURSES_NOMACROS 1
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <termcap.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"

#define ESCAPE_MS 25      /* a lone Esc is one after this long */
#define LOOK_ROUND_MS 500 /* how long a hang-up may stay unnoticed */

struct screen {
	SCREEN *curses;
	attr_t looks[SCREEN_STYLES];
	short pairs[SCREEN_STYLES];
	struct sigaction old_hangup;
};

/* Only there to interrupt a wait: a hang-up is seen on the terminal itself, and
 * the pages end in order. An ignored signal would be passed on to programs
 * started from here; a handler is not. */
static void on_hangup(int signal)
{
	(void)signal;
}

static SCREEN *open_terminal(void)
{
	static const char *const others[] = { "vt220", "vt100", "linux" };
	const char *term = getenv("TERM");
	size_t next = 0;

	/* Asked first, because newterm() loses memory over a name it does not know. */
	while (!term || !*term || tgetent(NULL, term) <= 0) {
		if (next == sizeof(others) / sizeof(others[0]))
			return NULL;
		term = others[next++];
	}
	return newterm(term, stdout, stdin);
}

static void choose_looks(struct screen *s)
{
	s->looks[SCREEN_NORMAL] = A_NORMAL;
	s->looks[SCREEN_STRONG] = A_BOLD;
	s->looks[SCREEN_ACCENT] = A_BOLD;
	s->looks[SCREEN_DIAL] = A_BOLD;
	s->looks[SCREEN_FAINT] = A_NORMAL;
	s->looks[SCREEN_BAR] = A_REVERSE;
	s->looks[SCREEN_STRIP] = A_REVERSE | A_BOLD;
	s->looks[SCREEN_WARN] = A_REVERSE | A_BOLD;
	s->looks[SCREEN_PAPER] = A_REVERSE;
	if (!has_colors() || start_color() == ERR)
		return;
	/* White on black throughout: the best contrast, and the same on every
	 * console. Colour only repeats what words and reverse video say. */
	init_pair(1, COLOR_WHITE, COLOR_BLACK);
	init_pair(2, COLOR_CYAN, COLOR_BLACK);
	init_pair(3, COLOR_BLACK, COLOR_WHITE);
	init_pair(4, COLOR_BLACK, COLOR_CYAN);
	init_pair(5, COLOR_GREEN, COLOR_BLACK);
	init_pair(6, COLOR_WHITE, COLOR_RED);
	for (size_t i = 0; i < SCREEN_STYLES; i++)
		s->pairs[i] = 1;
	s->pairs[SCREEN_ACCENT] = 2;
	s->pairs[SCREEN_DIAL] = 5;
	s->pairs[SCREEN_FAINT] = 2;
	s->pairs[SCREEN_BAR] = 3;
	s->pairs[SCREEN_STRIP] = 4;
	s->pairs[SCREEN_WARN] = 6;
	s->pairs[SCREEN_PAPER] = 3;
	s->looks[SCREEN_BAR] = s->looks[SCREEN_PAPER] = A_NORMAL;
	s->looks[SCREEN_STRIP] = A_NORMAL; /* bold would brighten the black letters */
	s->looks[SCREEN_WARN] = A_BOLD;
}

struct screen *screen_open(struct error *e)
{
	struct sigaction hangup = { .sa_handler = on_hangup };
	struct screen *s;
	SCREEN *curses;

	if (MB_CUR_MAX == 1)
		setlocale(LC_CTYPE, "C.UTF-8");
	curses = open_terminal();
	if (!curses) {
		error_set(e, ERROR_FAILED,
			  _("this terminal cannot show full screens; "
			    "plain mode works everywhere"));
		return NULL;
	}
	s = mem_alloc(sizeof(*s));
	s->curses = curses;
	set_term(curses);
	set_escdelay(ESCAPE_MS);
	raw(); /* Ctrl-C and Ctrl-Z are keys: no one falls out of the menu by accident */
	noecho();
	nonl();
	intrflush(stdscr, FALSE);
	keypad(stdscr, TRUE);
	choose_looks(s);
	sigemptyset(&hangup.sa_mask);
	sigaction(SIGHUP, &hangup, &s->old_hangup);
	return s;
}

void screen_close(struct screen *s)
{
	if (!s)
		return;
	curs_set(1);
	endwin();
	delscreen(s->curses);
	sigaction(SIGHUP, &s->old_hangup, NULL);
	free(s);
}

void screen_suspend(struct screen *s)
{
	(void)s;
	clear();
	refresh();
	curs_set(1);
	endwin();
}

void screen_resume(struct screen *s)
{
	(void)s;
	clearok(curscr, TRUE);
	refresh();
}

/* Follow the terminal if it has another size than we believe. True if it had. */
static bool follow_size(void)
{
	struct winsize w;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) != 0 || w.ws_row == 0 || w.ws_col == 0)
		return false; /* a serial line does not know its size */
	if (!is_term_resized(w.ws_row, w.ws_col))
		return false;
	resizeterm(w.ws_row, w.ws_col);
	clearok(curscr, TRUE);
	return true;
}

void screen_size(struct screen *s, unsigned *rows, unsigned *columns)
{
	int r, c;

	(void)s;
	follow_size();
	r = getmaxy(stdscr);
	c = getmaxx(stdscr);
	*rows = r > 0 ? (unsigned)r : 24;
	*columns = c > 0 ? (unsigned)c : 80;
}

void screen_clear(struct screen *s)
{
	bkgdset((chtype)' ' | (s->pairs[SCREEN_NORMAL] ? (chtype)COLOR_PAIR(1) : 0u));
	erase();
}

static void use(struct screen *s, enum screen_style style)
{
	attr_set(s->looks[style], s->pairs[style], NULL);
}

/* Write one character if the C library takes it to be as wide as we do; else
 * everything after it would stand in the wrong place. */
static void put(uint32_t c)
{
	wchar_t w[2] = { (wchar_t)c, 0 };

	if (text_is_unsafe(c) || wcwidth((wchar_t)c) != text_columns(c)) {
		int columns = text_columns(c);

		w[0] = TEXT_BAD;
		while (columns-- > 0)
			addwstr(w);
		return;
	}
	addwstr(w);
}

void screen_write(struct screen *s, unsigned row, unsigned column, unsigned columns,
		  enum screen_style style, const char *text)
{
	const char *end = text + text_fit(text, columns);

	use(s, style);
	if (move((int)row, (int)column) == ERR)
		return;
	while (text < end)
		put(text_next(&text, end));
}

void screen_fill(struct screen *s, unsigned row, unsigned column, unsigned columns,
		 enum screen_style style, uint32_t c)
{
	use(s, style);
	if (move((int)row, (int)column) == ERR)
		return;
	while (columns-- > 0)
		put(c);
}

void screen_show(struct screen *s, int cursor_row, int cursor_column)
{
	(void)s;
	if (cursor_row >= 0) {
		move(cursor_row, cursor_column);
		curs_set(1);
	} else {
		/* A hidden cursor is parked where no letter is. */
		move(getmaxy(stdscr) - 1, getmaxx(stdscr) - 1);
		curs_set(0);
	}
	refresh();
}

void screen_forget(struct screen *s)
{
	static const char harmless[] = "\033[m"; /* letters as usual, which they are */
	unsigned rows, columns, limit;

	screen_size(s, &rows, &columns);
	screen_clear(s);
	/* ncurses collects at most this much before it writes (newterm()). */
	limit = (rows + 2) * (columns + 6);
	for (unsigned sent = 0; sent < limit; sent += sizeof(harmless) - 1)
		putp(harmless);
	clearok(curscr, TRUE);
	refresh();
}

bool screen_caps_lock(struct screen *s)
{
	char locks = 0;

	(void)s;
	return ioctl(STDIN_FILENO, KDGKBLED, &locks) == 0 && (locks & K_CAPSLOCK);
}

/* Is the other end of the terminal gone? Readable with nothing to read is how
 * the end of a terminal looks. */
static bool gone(void)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
	int waiting = 0;

	if (poll(&p, 1, 0) <= 0)
		return false;
	if (p.revents & (POLLHUP | POLLERR | POLLNVAL))
		return true;
	return ioctl(STDIN_FILENO, FIONREAD, &waiting) == 0 && waiting == 0;
}

static uint32_t function_key(wint_t code)
{
	static const struct {
		int code;
		uint32_t key;
	} keys[] = {
		{ KEY_UP, PRESS_UP },         { KEY_DOWN, PRESS_DOWN },
		{ KEY_LEFT, PRESS_LEFT },     { KEY_RIGHT, PRESS_RIGHT },
		{ KEY_PPAGE, PRESS_PAGE_UP }, { KEY_NPAGE, PRESS_PAGE_DOWN },
		{ KEY_HOME, PRESS_HOME },     { KEY_FIND, PRESS_HOME },
		{ KEY_END, PRESS_END },       { KEY_SELECT, PRESS_END },
		{ KEY_A1, PRESS_HOME },       { KEY_C1, PRESS_END },
		{ KEY_A3, PRESS_PAGE_UP },    { KEY_C3, PRESS_PAGE_DOWN },
		{ KEY_ENTER, PRESS_ACCEPT },  { KEY_BACKSPACE, PRESS_ERASE },
		{ KEY_F(1), PRESS_HELP },     { KEY_F(2), PRESS_LANGUAGE },
		{ KEY_F(3), PRESS_KEYBOARD }, { KEY_F(4), PRESS_LARGER },
		{ KEY_F(5), PRESS_SMALLER },  { KEY_F(6), PRESS_SHOW },
		{ KEY_F(7), PRESS_OFFER },    { KEY_F(8), PRESS_FACE },
		{ KEY_DC, PRESS_DELETE },
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if ((wint_t)keys[i].code == code)
			return keys[i].key;
	return PRESS_OTHER;
}

/* Sequences that the terminal sends although its TERM does not list them: the
 * wrong TERM is common on serial lines, and the tail of a sequence taken for
 * digits would choose entries. */
static uint32_t known_sequence(const char *tail)
{
	static const struct {
		const char *tail;
		uint32_t key;
	} known[] = {
		{ "[A", PRESS_UP },       { "[B", PRESS_DOWN },      { "[C", PRESS_RIGHT },
		{ "[D", PRESS_LEFT },     { "OA", PRESS_UP },        { "OB", PRESS_DOWN },
		{ "OC", PRESS_RIGHT },    { "OD", PRESS_LEFT },      { "[H", PRESS_HOME },
		{ "[F", PRESS_END },      { "OH", PRESS_HOME },      { "OF", PRESS_END },
		{ "[1~", PRESS_HOME },    { "[4~", PRESS_END },      { "[7~", PRESS_HOME },
		{ "[8~", PRESS_END },     { "[5~", PRESS_PAGE_UP },  { "[6~", PRESS_PAGE_DOWN },
		{ "OP", PRESS_HELP },     { "[[A", PRESS_HELP },     { "[11~", PRESS_HELP },
		{ "OQ", PRESS_LANGUAGE }, { "[[B", PRESS_LANGUAGE }, { "[12~", PRESS_LANGUAGE },
		{ "OR", PRESS_KEYBOARD }, { "[[C", PRESS_KEYBOARD }, { "[13~", PRESS_KEYBOARD },
		{ "OS", PRESS_LARGER },   { "[[D", PRESS_LARGER },   { "[14~", PRESS_LARGER },
		{ "[[E", PRESS_SMALLER }, { "[15~", PRESS_SMALLER }, { "[19~", PRESS_FACE },
		{ "OM", PRESS_ACCEPT },   { "[17~", PRESS_SHOW },    { "[3~", PRESS_DELETE },
		{ "[18~", PRESS_OFFER },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].tail, tail) == 0)
			return known[i].key;
	return PRESS_OTHER;
}

/* After an Esc that ncurses could not place: alone, or the start of a sequence? */
static uint32_t after_escape(void)
{
	char tail[16] = { 0 };
	size_t n = 0;
	wint_t w;

	timeout(ESCAPE_MS);
	while (get_wch(&w) == OK) {
		if (w > 0x7e || (n == 0 && w != '[' && w != 'O')) {
			unget_wch((wchar_t)w); /* a key of its own, pressed quickly */
			break;
		}
		if (n < sizeof(tail) - 1)
			tail[n++] = (char)w;
		/* The last byte of a control sequence is 0x40 to 0x7e (ECMA-48
		 * 5.4); "[" and "O" begin one. */
		if (w >= 0x40 && !(n == 1 && (w == '[' || w == 'O')) &&
		    !(n == 2 && w == '[' && tail[0] == '['))
			break;
	}
	return n ? known_sequence(tail) : PRESS_ESCAPE;
}

static uint32_t plain_key(wint_t w)
{
	switch (w) {
	case '\r':
	case '\n':
		return PRESS_ACCEPT;
	case 3: /* Ctrl-C */
		return PRESS_ESCAPE;
	case 8:
	case 127:
		return PRESS_ERASE;
	case 21: /* Ctrl-U */
		return PRESS_ERASE_LINE;
	case 12: /* Ctrl-L: someone wrote over the screen */
		clearok(curscr, TRUE);
		return PRESS_OTHER;
	case 27:
		return after_escape();
	default:
		return w < ' ' || text_is_unsafe((uint32_t)w) ? PRESS_OTHER : (uint32_t)w;
	}
}

uint32_t screen_key(struct screen *s, unsigned timeout_ms)
{
	unsigned left = timeout_ms;

	(void)s;
	for (;;) {
		unsigned wait = timeout_ms && left < LOOK_ROUND_MS ? left : LOOK_ROUND_MS;
		wint_t w = 0;

		timeout((int)wait);
		int r = get_wch(&w);
		if (r == KEY_CODE_YES)
			return function_key(w);
		if (r == OK)
			return plain_key(w);
		if (gone())
			return PRESS_GONE;
		if (follow_size())
			return PRESS_OTHER;
		if (timeout_ms && (left -= wait) == 0)
			return PRESS_NOTHING;
	}
}
