/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Editing the line that a person types. */
#include "lib/ui/edit.h"

#include <string.h>

#include "lib/base/text.h"
#include "lib/ui/screen.h"

/* The place before this one, or after it; bytes that continue a character are none. */
static size_t before(const char *typed, size_t at)
{
	while (at > 0 && ((unsigned char)typed[--at] & 0xc0) == 0x80)
		;
	return at;
}

static size_t after(const char *typed, size_t at)
{
	if (typed[at])
		at++;
	while (((unsigned char)typed[at] & 0xc0) == 0x80)
		at++;
	return at;
}

static enum edit take_out(char *typed, size_t from, size_t to)
{
	size_t len = strlen(typed);

	if (from == to)
		return EDIT_NOTHING;
	memmove(typed + from, typed + to, len - to);
	explicit_bzero(typed + len - (to - from), to - from);
	return EDIT_CHANGED;
}

static enum edit put_in(char *typed, size_t size, size_t *at, uint32_t c)
{
	char bytes[4];
	size_t n = text_put(bytes, c), len = strlen(typed);

	if (len + n >= size)
		return EDIT_NOTHING;
	memmove(typed + *at + n, typed + *at, len - *at + 1);
	memcpy(typed + *at, bytes, n);
	*at += n;
	return EDIT_CHANGED;
}

static enum edit move_to(size_t *at, size_t to)
{
	enum edit done = *at == to ? EDIT_NOTHING : EDIT_MOVED;

	*at = to;
	return done;
}

enum edit edit_line(char *typed, size_t size, size_t *at, uint32_t key)
{
	size_t from;

	switch (key) {
	case PRESS_ERASE:
		from = *at;
		*at = before(typed, *at);
		return take_out(typed, *at, from);
	case PRESS_DELETE:
		return take_out(typed, *at, after(typed, *at));
	case PRESS_ERASE_LINE:
		*at = 0;
		return take_out(typed, 0, strlen(typed));
	case PRESS_LEFT:
		return move_to(at, before(typed, *at));
	case PRESS_RIGHT:
		return move_to(at, after(typed, *at));
	case PRESS_HOME:
		return move_to(at, 0);
	case PRESS_END:
		return move_to(at, strlen(typed));
	default:
		return key < PRESS_FIRST ? put_in(typed, size, at, key) : EDIT_NOTHING;
	}
}

void edit_trim(char *typed)
{
	size_t len = strlen(typed), end = len;

	while (end > 0 && typed[end - 1] == ' ')
		end--;
	take_out(typed, end, len);
	take_out(typed, 0, strspn(typed, " "));
}

size_t edit_row(const char *typed, size_t from, size_t columns)
{
	const char *s = typed + from;
	size_t fit = text_fit(s, columns);

	if (s[fit] == '\0')
		return fit;
	if (s[fit] == ' ')
		return fit + 1;
	for (size_t n = fit; n > 0; n--)
		if (s[n - 1] == ' ')
			return n;
	return fit ? fit : after(s, 0);
}
