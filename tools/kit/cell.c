/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks single cells and brings them into the form they are stored in. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/source.h"
#include "lib/base/language.h"
#include "lib/base/text.h"
#include "lib/data/date.h"
#include "lib/data/namefold.h"
#include "lib/data/phone.h"
#include "lib/data/recovery_key.h"

static const char yes_words[] = "1=yes|ja|j|y|x|true|wahr;0=no|nein|n|false|falsch";
static const char tier_words[] = "0=open|offen;1=protected|geschuetzt;2=strict|streng";

/* The canonical word that `value` stands for in "a=b|c;d=e", copied to out. */
static bool find_word(const char *list, const char *value, char *out, size_t size)
{
	char word[64];

	name_fold(word, sizeof(word), value, FOLD_GERMAN);
	for (char *p = word; *p; p++)
		if (*p == ' ')
			*p = '_';
	size_t len = strlen(word);

	while (*list) {
		size_t entry = strcspn(list, ";"), first = strcspn(list, "=;");

		for (size_t at = 0; at < entry;) {
			size_t n = strcspn(list + at, "=|;");

			if (n == len && memcmp(list + at, word, n) == 0) {
				snprintf(out, size, "%.*s", (int)first, list);
				return true;
			}
			at += n + 1;
		}
		list += entry + (list[entry] == ';');
	}
	return false;
}

/* The canonical words of a list, for a message. */
static void list_words(const char *list, struct text *out)
{
	while (*list) {
		size_t entry = strcspn(list, ";");

		if (out->len)
			text_add(out, ", ");
		text_add_n(out, list, strcspn(list, "=;"));
		list += entry + (list[entry] == ';');
	}
}

/* "5m", "2h", "1d" as minutes, at most a year. */
static bool parse_minutes(const char *s, char *out, size_t size)
{
	size_t n = strspn(s, "0123456789");
	unsigned long value;
	const char *unit = s + n;

	if (n == 0 || n > 6)
		return false;
	value = strtoul(s, NULL, 10);
	if (strcmp(unit, "h") == 0)
		value *= 60;
	else if (strcmp(unit, "d") == 0 || strcmp(unit, "t") == 0)
		value *= 24 * 60;
	else if (strcmp(unit, "m") != 0 && strcmp(unit, "min") != 0)
		return false;
	snprintf(out, size, "%lu", value);
	return value <= 366 * 24 * 60;
}

static bool is_mail(const char *s)
{
	const char *at = strchr(s, '@');

	return at && at > s && at[1] && !strchr(at + 1, '@') && !strchr(s, ' ') && strchr(at, '.');
}

/* False: *out names the first group that cannot be right (from 1). */
static bool parse_recovery_key(const char *s, char *out, size_t size)
{
	char key[RECOVERY_KEY_TEXT];
	unsigned wrong = recovery_key_read(s, key);

	if (wrong)
		snprintf(out, size, "%u", wrong);
	else
		snprintf(out, size, "%s", key);
	return !wrong;
}

static bool parse_guid(const char *s, char *out)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	size_t n = strlen(s);

	if (n == sizeof(form) + 1 && s[0] == '{' && s[n - 1] == '}')
		s++, n -= 2;
	if (n != sizeof(form) - 1)
		return false;
	for (size_t i = 0; i < n; i++) {
		char c = s[i] >= 'a' && s[i] <= 'z' ? (char)(s[i] - 'a' + 'A') : s[i];

		if (form[i] == '-' ? c != '-' : !c || !strchr("0123456789ABCDEF", c))
			return false;
		out[i] = c;
	}
	out[n] = '\0';
	return true;
}

static bool parse_hex64(const char *s, char *out)
{
	for (size_t i = 0; i < 64; i++) {
		if (!s[i] || !strchr("0123456789abcdefABCDEF", s[i]))
			return false;
		out[i] = s[i] >= 'A' && s[i] <= 'F' ? (char)(s[i] - 'A' + 'a') : s[i];
	}
	out[64] = '\0';
	return s[64] == '\0';
}

/* A file of the kind that a stick can show, and no path. */
static bool is_document(const char *s)
{
	static const char *const endings[] = { ".pdf", ".svg", ".png", ".jpg", ".txt" };
	size_t n = strlen(s);

	if (*s == '.' || strchr(s, '/') || n > 200)
		return false;
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (n > 4 && strcmp(s + n - 4, endings[i]) == 0)
			return true;
	return false;
}

/* Why a cell is not what it should be, or NULL; `out` is its stored form. */
static const char *convert(const struct column *c, const char *value, char *out, size_t size)
{
	switch (c->type) {
	case CELL_ID:
		return kit_id_valid(value, strlen(value))
			       ? NULL
			       : _("'%s' is no id: use letters a to z, digits, and - _ . (at most 40)");
	case CELL_DATE:
		return date_canonical(value, false, out)
			       ? NULL
			       : _("'%s' is not a date; write it like 2026-11-01 or 01.11.2026");
	case CELL_TIME:
		return date_canonical(value, true, out)
			       ? NULL
			       : _("'%s' is not a date with time; write it like 2026-11-20 16:00");
	case CELL_NUMBER:
		return strspn(value, "0123456789") == strlen(value) && strlen(value) < 10
			       ? NULL
			       : _("'%s' is not a whole number");
	case CELL_YES:
		return find_word(yes_words, value, out, size) ? NULL
							      : _("'%s' is neither yes nor no");
	case CELL_TIER:
		return find_word(tier_words, value, out, size)
			       ? NULL
			       : _("'%s' is no tier; use 0 (open), 1 (protected) or 2 (strict)");
	case CELL_PHONE:
		if (phone_normal(value, out))
			return NULL;
		if (strstr(value, "E+"))
			return _("'%s' was made a number by the spreadsheet; format the column as "
				 "text and type it again");
		return _("'%s' is no telephone number; write it like +49 69 90009101");
	case CELL_MAIL:
		return is_mail(value) ? NULL : _("'%s' is no mail address");
	case CELL_MINUTES:
		return parse_minutes(value, out, size)
			       ? NULL
			       : _("'%s' is no time; write it like 15m, 2h or 1d");
	case CELL_HEX64:
		return parse_hex64(value, out)
			       ? NULL
			       : _("'%s' is no SHA-256 sum: it has 64 digits 0-9 and a-f");
	case CELL_GUID:
		return parse_guid(value, out) ? NULL
					      : _("'%s' is no GUID; copy it like "
						  "{1A2B3C4D-0000-1111-2222-333344445555}");
	case CELL_RECOVERY_KEY:
		return parse_recovery_key(value, out, size)
			       ? NULL
			       : _("is no recovery key: the group of six digits number %s cannot "
				   "be right; compare it with the print-out");
	case CELL_FILE:
		return is_document(value)
			       ? NULL
			       : _("'%s' is no name of a document: a file in documents/ that ends "
				   "in .pdf, .svg, .png, .jpg or .txt");
	case CELL_TEXT:
	case CELL_REF:
	case CELL_REFS:
	case CELL_CHOICE:
	case CELL_MADE:
		break;
	}
	return NULL;
}

void cell_check(struct source *s, const struct table *t, struct record *r, size_t column)
{
	const struct column *c = &t->layout->columns[column];
	const char *value = r->cells[column], *fault;
	char out[128] = "", words[256];

	if (!*value) {
		if (c->required)
			findings_add(&s->findings, FAULT, r->file, r->line,
				     _("%s is empty; it must be filled in"), c->key);
		return;
	}
	if (c->type == CELL_CHOICE) {
		if (find_word(c->of, value, out, sizeof(out))) {
			r->cells[column] = arena_string(&s->memory, out);
			return;
		}
		struct text list = { 0 };

		list_words(c->of, &list);
		findings_add(&s->findings, FAULT, r->file, r->line,
			     _("%s: '%s' is not known; use one of: %s"), c->key, value,
			     text_end(&list));
		text_release(&list);
		r->cells[column] = "";
		return;
	}
	fault = convert(c, value, out, sizeof(out));
	if (fault) {
		/* A recovery key is never shown, not even a wrong one. */
		snprintf(words, sizeof(words), fault, c->type == CELL_RECOVERY_KEY ? out : value);
		findings_add(&s->findings, FAULT, r->file, r->line, "%s: %s", c->key, words);
		r->cells[column] = "";
	} else if (*out) {
		r->cells[column] = arena_string(&s->memory, out);
	}
}
