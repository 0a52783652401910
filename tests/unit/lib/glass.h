/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_UNIT_LIB_GLASS_H
#define TESTS_UNIT_LIB_GLASS_H

#include <assert.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/memory.h"
#include "lib/base/text.h"

/*
 * A terminal for tests: runs a page on a pseudo terminal, types keys, and keeps what
 * a person would see, cell by cell. It knows what ncurses sends to linux, vt220 and
 * xterm (ECMA-48, DEC VT220 programmer reference), and ends the test at the rest.
 */
#define GLASS_ROWS 70
#define GLASS_COLUMNS 250

struct cell {
	uint32_t c;
	bool reverse, white_paper; /* the background is lit: by reverse video, by colour */
	bool black_ink;
};

struct glass {
	unsigned rows, columns, y, x, top, end; /* rows from top to before end scroll */
	bool to_end; /* set it before: what stands there after the last key counts */
	bool wraps;  /* the next letter goes to the next row */
	struct cell now, cells[GLASS_ROWS][GLASS_COLUMNS];
	char sequence[32]; /* after Esc, or "" */
	char raw[1 << 20]; /* all that came */
	size_t raw_bytes, taken;
};

static void glass_erase(struct glass *g, unsigned y, unsigned from, unsigned to)
{
	for (unsigned x = from; x < to && x < g->columns; x++)
		g->cells[y][x] = (struct cell){ .c = ' ', .white_paper = g->now.white_paper };
}

/* The rows from `from` on move up by n, or down if n is negative. */
static void glass_scroll(struct glass *g, unsigned from, int n)
{
	size_t moved = (g->end - from - 1) * sizeof(g->cells[0]);

	for (; n > 0; n--) {
		memmove(g->cells[from], g->cells[from + 1], moved);
		glass_erase(g, g->end - 1, 0, g->columns);
	}
	for (; n < 0; n++) {
		memmove(g->cells[from + 1], g->cells[from], moved);
		glass_erase(g, from, 0, g->columns);
	}
}

static void glass_down(struct glass *g)
{
	if (g->y + 1 == g->end)
		glass_scroll(g, g->top, 1);
	else
		g->y += g->y + 1 < g->rows;
}

static void glass_put(struct glass *g, uint32_t c)
{
	if (g->wraps) {
		g->x = 0;
		glass_down(g);
	}
	g->cells[g->y][g->x] = g->now;
	g->cells[g->y][g->x].c = c;
	g->wraps = g->x + 1 == g->columns;
	g->x += !g->wraps;
}

static void glass_look(struct glass *g, int n)
{
	switch (n) {
	case 0:
		g->now = (struct cell){ 0 };
		break;
	case 7:
	case 27:
		g->now.reverse = n == 7;
		break;
	case 30:
		g->now.black_ink = true;
		break;
	case 40:
	case 49:
		g->now.white_paper = false;
		break;
	case 46: /* cyan is lit, too */
	case 47:
		g->now.white_paper = true;
		break;
	default:
		if (n > 30 && n < 40)
			g->now.black_ink = false;
	}
}

/* A control sequence is complete. */
static void glass_obey(struct glass *g, char end, const int *n, size_t count)
{
	int one = n[0] ? n[0] : 1;
	struct cell *row = g->cells[g->y];

	g->wraps = false;
	switch (end) {
	case 'H':
		g->y = (unsigned)one - 1;
		g->x = n[1] ? (unsigned)n[1] - 1 : 0;
		break;
	case 'd':
		g->y = (unsigned)one - 1;
		break;
	case 'G':
		g->x = (unsigned)one - 1;
		break;
	case 'A':
		g->y -= (unsigned)one;
		break;
	case 'B':
		g->y += (unsigned)one;
		break;
	case 'C':
		g->x += (unsigned)one;
		break;
	case 'D':
		g->x -= (unsigned)one;
		break;
	case 'J':
		assert(n[0] == 0 || n[0] == 2);
		glass_erase(g, g->y, n[0] ? 0 : g->x, g->columns);
		for (unsigned y = n[0] ? 0 : g->y + 1; y < g->rows; y++)
			glass_erase(g, y, 0, g->columns);
		break;
	case 'K':
		glass_erase(g, g->y, n[0] ? 0 : g->x, n[0] == 1 ? g->x + 1 : g->columns);
		break;
	case 'X':
		glass_erase(g, g->y, g->x, g->x + (unsigned)one);
		break;
	case '@':
		memmove(row + g->x + one, row + g->x,
			(g->columns - g->x - (unsigned)one) * sizeof(*row));
		glass_erase(g, g->y, g->x, g->x + (unsigned)one);
		break;
	case 'P':
		memmove(row + g->x, row + g->x + one,
			(g->columns - g->x - (unsigned)one) * sizeof(*row));
		glass_erase(g, g->y, g->columns - (unsigned)one, g->columns);
		break;
	case 'L':
		glass_scroll(g, g->y, -one);
		break;
	case 'M':
		glass_scroll(g, g->y, one);
		break;
	case 'b':
		for (int i = 0; i < one; i++)
			glass_put(g, g->cells[g->y][g->x - 1].c);
		break;
	case 'm':
		for (size_t i = 0; i < count; i++)
			glass_look(g, n[i]);
		break;
	case 'r':
		g->top = (unsigned)one - 1;
		g->end = n[1] ? (unsigned)n[1] : g->rows;
		g->y = g->x = 0;
		break;
	case 'h':
	case 'l':
	case 'c':
	case 't':
		break;
	default:
		fprintf(stderr, "glass: unknown sequence ...%c\n", end);
		abort();
	}
	assert(g->y < g->rows && g->x < g->columns);
}

static void glass_sequence(struct glass *g, char c)
{
	size_t len = strlen(g->sequence), count = 1;
	int n[16] = { 0 };

	assert(len < sizeof(g->sequence) - 1);
	g->sequence[len] = c;
	g->sequence[len + 1] = '\0';
	if (g->sequence[1] != '[') {
		/* A character set, a mode; Esc M moves up. */
		bool more = len == 1 && strchr("()", c);

		if (c == 'M' && g->y == g->top)
			glass_scroll(g, g->top, -1);
		else if (c == 'M')
			g->y -= g->y > 0;
		g->sequence[more ? len + 1 : 0] = '\0';
		return;
	}
	if (len < 2 || c < 0x40)
		return;
	for (const char *s = g->sequence + 2; *s && count < 16; s++) {
		if (*s >= '0' && *s <= '9')
			n[count - 1] = n[count - 1] * 10 + *s - '0';
		else if (*s == ';')
			count++;
	}
	glass_obey(g, c, n, count);
	g->sequence[0] = '\0';
}

static void glass_control(struct glass *g, uint32_t c)
{
	if (c == 27) {
		g->sequence[0] = 27;
		g->sequence[1] = '\0';
		return;
	}
	g->wraps = false;
	if (c == '\r')
		g->x = 0;
	else if (c == '\n')
		glass_down(g);
	else if (c == '\b')
		g->x -= g->x > 0;
}

/* Take in what came since the last time; a character that is cut waits. */
static void glass_take(struct glass *g)
{
	while (g->taken < g->raw_bytes) {
		const char *s = g->raw + g->taken, *end = g->raw + g->raw_bytes;

		if ((unsigned char)*s >= 0xc0 && end - s < 4 && !text_is_utf8(s, (size_t)(end - s)))
			return;
		uint32_t c = text_next(&s, end);

		g->taken = (size_t)(s - g->raw);
		if (g->sequence[0])
			glass_sequence(g, (char)c);
		else if (c >= ' ')
			glass_put(g, c);
		else
			glass_control(g, c);
	}
}

#define GLASS_QUIET_MS 25
#define GLASS_PATIENCE_MS 150 /* for a key that may change nothing */

/* Read what the terminal gets: wait for it, then until nothing came for a while. */
static void glass_read(struct glass *g, int fd, int wait_ms, int quiet_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	for (; poll(&p, 1, wait_ms) > 0; wait_ms = quiet_ms) {
		ssize_t n = read(fd, g->raw + g->raw_bytes, sizeof(g->raw) - 1 - g->raw_bytes);

		if (n <= 0)
			break;
		g->raw_bytes += (size_t)n;
		assert(g->raw_bytes < sizeof(g->raw) - 1);
	}
	g->raw[g->raw_bytes] = '\0';
}

/* Is it asleep, and how often did it go to sleep by itself till now? */
static bool glass_sleeps(pid_t pid, unsigned long *times)
{
	char path[40], line[256];
	bool asleep = false;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	FILE *status = fopen(path, "r");
	while (status && fgets(line, sizeof(line), status)) {
		asleep = asleep || strncmp(line, "State:\tS", 8) == 0;
		sscanf(line, "voluntary_ctxt_switches: %lu", times);
	}
	if (status)
		fclose(status);
	return asleep;
}

#define GLASS_LOOKS 3 /* a millisecond apart */

/* Until the page has taken what was typed and waits for more: it has gone to sleep more often
 * than the `before` times until then, and says nothing. */
static void glass_rest(struct glass *g, int fd, pid_t pid, unsigned long before)
{
	unsigned long times = before;

	for (int looks = 0, left_ms = GLASS_PATIENCE_MS; looks < GLASS_LOOKS && left_ms;
	     left_ms--) {
		size_t had = g->raw_bytes;

		glass_read(g, fd, 1, 0);
		bool rests = glass_sleeps(pid, &times) && times > before && g->raw_bytes == had;
		looks = rests ? looks + 1 : 0;
	}
}

#define GLASS_HANG_UP "HANG UP" /* instead of keys: close the terminal */
#define GLASS_WAIT "WAIT"       /* instead of keys: longer than a second */

/* Show a page of `rows` x `columns` on a terminal of this name, and type: one string
 * after the other, each after the screen has come to rest. Returns what page() did.
 * *g is what stood there before the last string, for a full screen is cleared at its
 * end, or with to_end after it. The page must then end by itself. */
static int glass_run(struct glass *g, const char *term, unsigned rows, unsigned columns,
		     const char *const keys[], int (*page)(const char *term))
{
	struct winsize size = { .ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns };
	unsigned long before = 0;
	int terminal, status = 0;

	*g = (struct glass){ .rows = rows, .columns = columns, .end = rows, .to_end = g->to_end };
	for (unsigned y = 0; y < rows; y++)
		glass_erase(g, y, 0, columns);
	fflush(stdout);
	pid_t pid = forkpty(&terminal, NULL, NULL, &size);
	assert(pid >= 0);
	if (pid == 0)
		_exit(page(term));
	for (size_t i = 0; keys[i]; i++) {
		/* Esc may be the beginning of a key: the page waits a while. */
		if (i > 0 && strchr(keys[i - 1], 27) && !strrchr(keys[i - 1], 27)[1])
			glass_read(g, terminal, GLASS_PATIENCE_MS, GLASS_QUIET_MS);
		else if (i == 0)
			glass_read(g, terminal, 3000, 1);
		glass_rest(g, terminal, pid, before);
		glass_take(g);
		if (strcmp(keys[i], GLASS_HANG_UP) == 0)
			break;
		if (!glass_sleeps(pid, &before) || strcmp(keys[i], GLASS_WAIT) == 0 || !*keys[i])
			before = 0;
		if (strcmp(keys[i], GLASS_WAIT) == 0)
			usleep(1100000);
		else
			assert(write(terminal, keys[i], strlen(keys[i])) ==
			       (ssize_t)strlen(keys[i]));
	}
	if (keys[0] && strcmp(keys[0], GLASS_HANG_UP) == 0)
		close(terminal), terminal = -1;
	for (int i = 0; waitpid(pid, &status, WNOHANG) == 0; i++) {
		if (terminal >= 0)
			glass_read(g, terminal, 0, 0);
		usleep(1000);
		if (i == 5000)
			kill(pid, SIGKILL); /* and then it has a status that no test wants */
	}
	if (terminal >= 0) {
		glass_read(g, terminal, GLASS_QUIET_MS, GLASS_QUIET_MS);
		close(terminal);
	}
	if (g->to_end)
		glass_take(g);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* The letters of a row, without spaces at its end. */
static inline const char *glass_row(const struct glass *g, unsigned y)
{
	static struct text row;

	text_clear(&row);
	for (unsigned x = 0; x < g->columns; x++)
		text_add_char(&row, g->cells[y][x].c);
	while (row.len > 0 && row.s[row.len - 1] == ' ')
		row.s[--row.len] = '\0';
	return text_end(&row);
}

/* Does it stand anywhere, on one row? */
static inline bool glass_shows(const struct glass *g, const char *words)
{
	for (unsigned y = 0; y < g->rows; y++)
		if (strstr(glass_row(g, y), words))
			return true;
	return false;
}

/* Is the upper (0) or lower (1) half of a cell lit? White on black where nothing is said. */
static inline bool glass_lit(const struct glass *g, unsigned y, unsigned x, unsigned half)
{
	const struct cell *c = &g->cells[y][x];
	bool ink = c->c == 0x2588 || c->c == (half ? 0x2584 : 0x2580);
	bool paper_lit = c->white_paper != c->reverse, ink_lit = c->black_ink == c->reverse;

	return ink ? ink_lit : paper_lit;
}
#endif
