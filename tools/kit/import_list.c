/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the readers of an import share: items, and the list of what found no place. */
#include <stdlib.h>
#include <string.h>

#include "kit/import.h"
#include "lib/base/language.h"
#include "lib/data/charset.h"

#define TALLIES_MAX 1000 /* kinds of fields that were not taken */

#define SHOWN_BYTES 80 /* of a value that is listed */

void import_release(struct import *im)
{
	free(im->items);
	free(im->unmapped);
	free(im->tallies);
	free(im->changes);
	arena_release(&im->memory);
	*im = (struct import){ 0 };
}

bool import_add(struct import *im, enum import_table table, const char *file, size_t line,
		struct import_item *item, struct error *e)
{
	if (im->item_count == IMPORT_ENTRIES_MAX)
		return error_set(e, ERROR_UNTRUSTED,
				 _("more than %d entries; import them in parts"),
				 IMPORT_ENTRIES_MAX);
	mem_grow(&im->items, &im->item_capacity, im->item_count + 1, sizeof(*im->items));
	im->items[im->item_count] = *item;
	im->items[im->item_count].table = table;
	im->items[im->item_count].file = file;
	im->items[im->item_count++].line = line;
	return true;
}

void import_unmapped(struct import *im, const char *file, size_t line, const char *field,
		     const char *value, const char *why)
{
	char masked[SHOWN_BYTES], name[64];

	if (im->unmapped_count == IMPORT_UNMAPPED_MAX) {
		import_tally(im, file, line, _("further fields"), _("too many to list one by one"));
		return;
	}
	text_mask(masked, sizeof(masked), value);
	for (char *p = masked; (p = strpbrk(p, "\n\t"));)
		*p = ' ';
	if (strlen(value) >= SHOWN_BYTES - 4) {
		masked[SHOWN_BYTES - 4] = '\0';
		masked[text_fit(masked, SHOWN_BYTES - 8)] = '\0';
		memcpy(masked + strlen(masked), "…", sizeof("…"));
	}
	text_mask(name, sizeof(name), field);
	mem_grow(&im->unmapped, &im->unmapped_capacity, im->unmapped_count + 1,
		 sizeof(*im->unmapped));
	im->unmapped[im->unmapped_count++] = (struct import_unmapped){
		.file = file,
		.line = line,
		.field = arena_string(&im->memory, name),
		.value = arena_string(&im->memory, masked),
		.why = why,
	};
}

void import_tally(struct import *im, const char *file, size_t line, const char *what,
		  const char *why)
{
	struct import_tally *t;
	char masked[64];

	text_mask(masked, sizeof(masked), what);
	/* Few and mostly the same again: the last that came is the likeliest. */
	for (size_t i = 0; i < im->tally_count; i++) {
		t = &im->tallies[i];
		if (t->why == why && strcmp(t->what, masked) == 0 && t->file == file) {
			t->count++;
			return;
		}
	}
	if (im->tally_count == TALLIES_MAX) { /* names without end: the last stands for all */
		im->tallies[im->tally_count - 1].count++;
		return;
	}
	mem_grow(&im->tallies, &im->tally_capacity, im->tally_count + 1, sizeof(*im->tallies));
	bool last = im->tally_count + 1 == TALLIES_MAX;

	im->tallies[im->tally_count++] = (struct import_tally){
		.file = file,
		.line = line,
		.what = arena_string(&im->memory, last ? _("others") : masked),
		.why = why,
		.count = 1,
	};
}

/* CR LF and CR as LF, in place. */
static const char *unix_lines(char *s)
{
	char *to = s;

	for (const char *from = s; *from; from++)
		if (*from != '\r')
			*to++ = *from;
		else if (from[1] != '\n')
			*to++ = '\n';
	*to = '\0';
	return s;
}

const char *import_text(struct import *im, const char *bytes, size_t len, bool latin,
			const char **why)
{
	struct text out = { 0 };
	struct error e = { 0 };
	const char *copy;
	size_t line;

	while (len && strchr(" \t\r\n", bytes[0])) {
		if (!bytes[0])
			break;
		bytes++, len--;
	}
	while (len && bytes[len - 1] && strchr(" \t\r\n", bytes[len - 1]))
		len--;
	if (memchr(bytes, '\0', len)) {
		*why = N_("holds a NUL byte");
		return NULL;
	}
	if (!latin && text_is_utf8(bytes, len))
		return unix_lines(arena_string_n(&im->memory, bytes, len));
	if (latin && text_is_utf8(bytes, len))
		for (size_t i = 0; i < len; i++) /* no guessing: it is said what it is */
			text_add_char(&out, (unsigned char)bytes[i]);
	else if (!charset_to_utf8(bytes, len, &out, &line, &e)) {
		text_release(&out);
		*why = N_("is neither UTF-8 nor Windows-1252");
		return NULL;
	}
	copy = unix_lines(arena_string(&im->memory, text_end(&out)));
	text_release(&out);
	return copy;
}

bool import_clean(const char *s)
{
	const char *end = s + strlen(s);

	while (s < end) {
		uint32_t c = text_next(&s, end);

		if (c != '\n' && c != '\t' && (c == TEXT_BAD || text_is_unsafe(c)))
			return false;
	}
	return true;
}

/* Text for a cell: clean, line breaks and tabs as spaces. */
static const char *cell_text(struct import *im, const char *name, const char *value,
			     struct error *e)
{
	char shown[SHOWN_BYTES];
	char *copy;

	if (!import_clean(value)) {
		error_set(e, ERROR_UNTRUSTED,
			  _("%s holds an escape, an invisible or a bidi character: %s; delete it "
			    "there and export again"),
			  name, text_mask(shown, sizeof(shown), value));
		return NULL;
	}
	copy = arena_string(&im->memory, value);
	for (char *p = copy; (p = strpbrk(p, "\n\t"));)
		*p = ' ';
	return copy;
}

bool import_set(struct import *im, struct import_item *item, int field, const char *name,
		size_t line, const char *value, struct error *e)
{
	if (!*value)
		return true;
	value = cell_text(im, name, value, e);
	if (!value)
		return false;
	if (!*item->values[field])
		item->values[field] = value;
	else if (strcmp(item->values[field], value) != 0)
		import_unmapped(im, item->file, line, name, value,
				_("there is one already, and only one column for it"));
	return true;
}

/* A number without the marks and the "tel:" around it. */
static void strip_number(const char *value, struct text *out)
{
	const char *end = value + strlen(value);

	if (strncmp(value, "tel:", 4) == 0 || strncmp(value, "TEL:", 4) == 0)
		value += 4;
	while (value < end) {
		uint32_t c = text_next(&value, end);

		/* U+200B.. zero width, U+202A.. and U+2066.. bidi, U+00AD soft hyphen */
		if ((c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
		    (c >= 0x2066 && c <= 0x2069) || c == 0xad)
			continue;
		text_add_char(out, c == 0x2010 || c == 0x2011 ? '-' : c);
	}
	/* RFC 3966: visual parameters behind the number say nothing more. */
	char *parameter = strchr(text_end(out), ';');
	if (parameter && !strstr(parameter, ";ext="))
		*parameter = '\0';
}

static bool is_mobile_number(const char *normal)
{
	return strncmp(normal, "+4915", 5) == 0 || strncmp(normal, "+4916", 5) == 0 ||
	       strncmp(normal, "+4917", 5) == 0;
}

/* Who has only a stick reaches nobody by "4711"; 110, 112, 115, 116117 are the same
 * everywhere. */
static bool is_bare_line(const char *normal)
{
	return *normal != '+' && !(strncmp(normal, "11", 2) == 0 && strlen(normal) == 3) &&
	       !(strncmp(normal, "116", 3) == 0 && strlen(normal) == 6);
}

void import_phone(struct import *im, struct import_item *item, const char *name, size_t line,
		  const char *value, struct import_number kind)
{
	char normal[PHONE_MAX], readable[PHONE_MAX], held[PHONE_MAX];
	struct text number = { 0 };
	int field;
	bool is_number;

	if (!*value)
		return;
	strip_number(value, &number);
	is_number = phone_normal(text_end(&number), normal) && !is_bare_line(normal);
	text_release(&number);
	if (kind.other || !is_number) {
		import_unmapped(im, item->file, line, name, value,
				kind.other ? _("there is no column for it")
					   : _("is no telephone number with its area code"));
		return;
	}
	if (kind.mobile || (is_mobile_number(normal) && !kind.work))
		field = kind.private ? PERSON_MOBILE_PRIVATE : PERSON_MOBILE_WORK;
	else if (is_mobile_number(normal) && !*item->values[PERSON_MOBILE_WORK] && !kind.private)
		field = PERSON_MOBILE_WORK;
	else
		field = kind.private ? PERSON_LANDLINE_PRIVATE : PERSON_LANDLINE_WORK;
	if (!*item->values[field])
		item->values[field] = arena_string(&im->memory, phone_readable(normal, readable));
	else if (!phone_normal(item->values[field], held) || strcmp(held, normal) != 0)
		import_unmapped(im, item->file, line, name, value,
				_("there is one already, and only one column for it"));
}

bool import_mail(struct import *im, struct import_item *item, const char *name, size_t line,
		 const char *value, bool private, struct error *e)
{
	const char *at = strchr(value, '@');

	if (!*value)
		return true;
	if (private || !at || at == value || !strchr(at, '.') || strpbrk(value, " \n\t,;")) {
		import_unmapped(im, item->file, line, name, value,
				private ? _("there is no column for a private address")
					: _("is no mail address"));
		return true;
	}
	return import_set(im, item, PERSON_EMAIL, name, line, value, e);
}

static bool is_title(const char *s, size_t n)
{
	return (n > 1 && s[n - 1] == '.') || (n == 4 && memcmp(s, "Herr", 4) == 0) ||
	       (n == 4 && memcmp(s, "Frau", 4) == 0);
}

/* Where the last name begins: at the particles before the last word ("von der"). */
static const char *last_name(const char *s)
{
	static const char particles[] = " von van de der den dem del della di da do dos du la le "
					"ten ter zu zum zur und ";
	const char *last = strrchr(s, ' ') ? strrchr(s, ' ') + 1 : s;

	while (last > s) {
		const char *before = last - 1;
		char word[16];

		while (before > s && before[-1] != ' ')
			before--;
		if (last - before > 10)
			break;
		snprintf(word, sizeof(word), " %.*s ", (int)(last - 1 - before), before);
		if (!strstr(particles, word))
			break;
		last = before;
	}
	return last;
}

bool import_split_name(struct import *im, struct import_item *item, const char *name, size_t line,
		       const char *value, struct error *e)
{
	const char *comma = strchr(value, ','), *from = value, *last;
	char *first;

	if (comma) {
		last = arena_string_n(&im->memory, value, (size_t)(comma - value));
		return import_set(im, item, PERSON_LAST, name, line, last, e) &&
		       import_set(im, item, PERSON_FIRST, name, line,
				  comma + 1 + strspn(comma + 1, " "), e);
	}
	while (is_title(from, strcspn(from, " ")) && strchr(from, ' '))
		from += strcspn(from, " "), from += strspn(from, " ");
	if (from > value) {
		first = arena_string_n(&im->memory, value, (size_t)(from - value - 1));
		if (!*item->values[PERSON_SALUTATION] &&
		    !import_set(im, item, PERSON_SALUTATION, name, line, first, e))
			return false;
	}
	last = last_name(from);
	first = arena_string_n(&im->memory, from, (size_t)(last - from) - (last > from ? 1 : 0));
	return import_set(im, item, PERSON_LAST, name, line, last, e) &&
	       import_set(im, item, PERSON_FIRST, name, line, first, e);
}

bool import_function(struct import *im, struct import_item *item, size_t line, const char *title,
		     const char *department, struct error *e)
{
	struct text both = { 0 };
	bool ok;

	text_add(&both, title);
	if (*department && !strstr(title, department)) {
		if (*title)
			text_add(&both, ", ");
		text_add(&both, department);
	}
	ok = import_set(im, item, PERSON_FUNCTION, "title", line, text_end(&both), e);
	text_release(&both);
	return ok;
}
