/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The settings block: parsed strictly, rewritten whole. */
#include "broker/settings.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/reader.h"

#define KEY_MAX 32
#define VALUE_MAX 200
#define LINES_MAX 64
static const char head[] = "# GRUB Environment Block\n";

static bool in_list(const char *const *list, const char *s)
{
	for (; *list; list++)
		if (strcmp(*list, s) == 0)
			return true;
	return false;
}

bool settings_is_language(const char *code)
{
	static const char *const known[] = { "de", "en", NULL };

	return in_list(known, code);
}

bool settings_is_keyboard(const char *layout)
{
	static const char *const known[] = { "de", "us", "fr", "ch", "gb", NULL };

	return in_list(known, layout);
}

struct line {
	const char *key, *value; /* not ended */
	size_t key_len, value_len;
};

static bool parse_line(struct reader *r, struct line *out)
{
	const uint8_t *end = memchr(r->at, '\n', r->left);

	if (!end)
		return false;
	size_t n = (size_t)(end - r->at);
	const char *s = (const char *)reader_take(r, n);
	reader_skip(r, 1);
	const char *equals = memchr(s, '=', n);
	if (!equals)
		return false;
	*out = (struct line){ s, equals + 1, (size_t)(equals - s), n - 1 - (size_t)(equals - s) };
	if (out->key_len == 0 || out->key_len > KEY_MAX || out->value_len > VALUE_MAX)
		return false;
	for (size_t i = 0; i < out->key_len; i++) {
		char c = s[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == '_'))
			return false;
	}
	for (size_t i = 0; i < out->value_len; i++)
		if (out->value[i] < ' ' || out->value[i] > '~' || out->value[i] == '\\')
			return false;
	return true;
}

static bool is_key(const struct line *l, const char *key)
{
	return l->key_len == strlen(key) && memcmp(l->key, key, l->key_len) == 0;
}

static bool parse(const uint8_t old[SETTINGS_BYTES], struct line lines[LINES_MAX], size_t *count)
{
	struct reader r = reader_of(old, SETTINGS_BYTES);
	const uint8_t *start = reader_take(&r, sizeof(head) - 1);

	*count = 0;
	if (!start || memcmp(start, head, sizeof(head) - 1) != 0)
		return false;
	while (r.left && r.at[0] != '#') {
		if (*count == LINES_MAX || !parse_line(&r, &lines[*count]))
			return false;
		for (size_t i = 0; i < *count; i++)
			if (lines[i].key_len == lines[*count].key_len &&
			    memcmp(lines[i].key, lines[*count].key, lines[i].key_len) == 0)
				return false;
		++*count;
	}
	while (r.left)
		if (reader_u8(&r) != '#')
			return false;
	return true;
}

struct writer {
	uint8_t *to;
	size_t len;
	bool full;
};

static void put(struct writer *w, const char *key, size_t key_len, const char *value,
		size_t value_len)
{
	if (key_len + value_len + 2 > SETTINGS_BYTES - w->len) {
		w->full = true;
		return;
	}
	memcpy(w->to + w->len, key, key_len);
	w->to[w->len + key_len] = '=';
	memcpy(w->to + w->len + key_len + 1, value, value_len);
	w->to[w->len + key_len + 1 + value_len] = '\n';
	w->len += key_len + value_len + 2;
}

bool settings_update(const uint8_t old[SETTINGS_BYTES], const char *language, const char *keyboard,
		     uint8_t new[SETTINGS_BYTES], struct error *e)
{
	struct line lines[LINES_MAX];
	struct writer w = { .to = new, .len = sizeof(head) - 1 };
	bool have_language = false, have_keyboard = false;
	size_t count;

	if (!parse(old, lines, &count))
		return error_set(e, ERROR_UNTRUSTED,
				 N_("the stick has no settings block, or a damaged one"));
	memset(new, '#', SETTINGS_BYTES);
	memcpy(new, head, sizeof(head) - 1);
	for (size_t i = 0; i < count; i++) {
		const struct line *l = &lines[i];

		if (is_key(l, "language")) {
			put(&w, "language", 8, language, strlen(language));
			have_language = true;
		} else if (is_key(l, "keyboard")) {
			put(&w, "keyboard", 8, keyboard, strlen(keyboard));
			have_keyboard = true;
		} else {
			put(&w, l->key, l->key_len, l->value, l->value_len);
		}
	}
	if (!have_language)
		put(&w, "language", 8, language, strlen(language));
	if (!have_keyboard)
		put(&w, "keyboard", 8, keyboard, strlen(keyboard));
	if (w.full)
		return error_set(e, ERROR_FAILED, N_("the stick's settings block is full"));
	return true;
}
