/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Histories of shells, line by line. */
#include "triage/parse/history.h"

#include <string.h>

#define DIGITS_MAX 15u
#define META 0x83u /* zsh writes bytes that it uses itself as this and the byte with bit 5 turned */

struct line {
	const char *s;
	size_t len;
};

/* Digits at s; how many, 0 if none or too many. */
static size_t number(const char *s, size_t len, uint64_t *value)
{
	size_t n = 0;

	for (*value = 0; n < len && s[n] >= '0' && s[n] <= '9'; n++) {
		if (n == DIGITS_MAX)
			return 0;
		*value = *value * 10 + (uint64_t)(s[n] - '0');
	}
	return n;
}

/* "#1380630977" */
static bool is_bash_time(struct line line, int64_t *seconds)
{
	uint64_t value;

	if (line.len < 2 || line.s[0] != '#' ||
	    number(line.s + 1, line.len - 1, &value) != line.len - 1)
		return false;
	*seconds = (int64_t)value;
	return true;
}

/* ": 1457771210:0;cd plaso"; *line becomes what is behind it. */
static bool is_zsh(struct line *line, struct history_entry *entry)
{
	uint64_t began, elapsed;

	if (line->len < 6 || memcmp(line->s, ": ", 2) != 0)
		return false;
	size_t a = number(line->s + 2, line->len - 2, &began);
	if (!a || 2 + a >= line->len || line->s[2 + a] != ':')
		return false;
	size_t b = number(line->s + 3 + a, line->len - 3 - a, &elapsed);
	if (!b || 3 + a + b >= line->len || line->s[3 + a + b] != ';')
		return false;
	entry->seconds = (int64_t)began;
	entry->elapsed_seconds = elapsed;
	*line = (struct line){ line->s + 4 + a + b, line->len - 4 - a - b };
	return true;
}

/* Where the power failed within a line, zeros stand behind what was written of it, and behind these the next one.
 * There it ends, if that begins with a time, and elsewhere not: whoever typed may have put a zero in. */
static struct line before_zeros(struct line line)
{
	const char *end = line.s + line.len, *zero = line.s;
	struct history_entry entry;
	int64_t seconds;

	while ((zero = memchr(zero, 0, (size_t)(end - zero)))) {
		const char *behind = zero;

		while (behind < end && !*behind)
			behind++;
		struct line next = { behind, (size_t)(end - behind) };
		if (is_bash_time(next, &seconds) || is_zsh(&next, &entry))
			return (struct line){ line.s, (size_t)(zero - line.s) };
		zero = behind;
	}
	return line;
}

static bool next_line(struct history *h, struct line *line)
{
	while (h->rest.left && !*h->rest.at)
		reader_skip(&h->rest, 1);
	const char *s = (const char *)h->rest.at;
	if (!h->rest.left)
		return false;
	if (!h->line_end || h->line_end < s) {
		const char *lf = memchr(s, '\n', h->rest.left);

		h->line_end = lf ? lf : s + h->rest.left;
	}
	const size_t whole = (size_t)(h->line_end - s);
	*line = before_zeros((struct line){ s, whole });
	const bool ends = line->len == whole && whole < h->rest.left;
	reader_skip(&h->rest, line->len + ends);
	h->line += ends;
	return true;
}

static void add_zsh(struct text *out, struct line line)
{
	for (size_t i = 0; i < line.len; i++) {
		char c = line.s[i];

		if ((unsigned char)c == META && i + 1 < line.len)
			c = (char)(line.s[++i] ^ 32);
		text_add_n(out, &c, 1);
	}
}

/* A line of zsh goes on behind a backslash, however many stand before it: it writes one more for
 * each line feed of the command, and a space behind a command that ends with one. */
static bool goes_on(struct line line)
{
	return line.len && line.s[line.len - 1] == '\\';
}

static void zsh_command(struct history *h, struct line line)
{
	while (goes_on(line) && h->rest.left) {
		line.len--;
		add_zsh(&h->command, line);
		text_add_n(&h->command, "\n", 1);
		if (!next_line(h, &line))
			return;
	}
	add_zsh(&h->command, line);
}

/* Everything until the next time is one command. */
static void bash_command(struct history *h)
{
	struct history ahead = *h;
	struct line line;
	int64_t seconds;
	bool first = true;

	while (next_line(&ahead, &line) && !is_bash_time(line, &seconds)) {
		if (!first)
			text_add_n(&h->command, "\n", 1);
		text_add_n(&h->command, line.s, line.len);
		first = false;
		h->rest = ahead.rest;
		h->line = ahead.line;
		h->line_end = ahead.line_end;
	}
}

/* zsh without times writes its bytes all the same: they are told by it that nothing else makes UTF-8 of them, since
 * each is one more byte of the kind that goes on. */
static void plain_command(struct history *h, struct line line)
{
	if (memchr(line.s, META, line.len) && !text_is_utf8(line.s, line.len)) {
		add_zsh(&h->command, line);
		if (text_is_utf8(h->command.s, h->command.len))
			return;
		text_clear(&h->command);
	}
	text_add_n(&h->command, line.s, line.len);
}

struct history history_begin(const uint8_t *bytes, size_t len)
{
	return (struct history){ .rest = reader_of(bytes, len), .line = 1 };
}

bool history_next(struct history *h, struct history_entry *entry)
{
	struct line line;

	do {
		*entry = (struct history_entry){ .line = h->line };
		text_clear(&h->command);
		if (!next_line(h, &line))
			return false;
		if (is_bash_time(line, &entry->seconds)) {
			entry->shell = HISTORY_BASH;
			bash_command(h);
		} else if (is_zsh(&line, entry)) {
			entry->shell = HISTORY_ZSH;
			zsh_command(h, line);
		} else {
			plain_command(h, line);
		}
	} while (!h->command.len);
	entry->command = text_end(&h->command);
	entry->len = h->command.len;
	return true;
}
