/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of subkeys and of values, and finding a key or a value in them by name. */
#include "triage/parse/regf_inside.h"

#include <string.h>

#include "lib/base/language.h"

#define LIST_HEAD 4u
#define PREDEFINED_FIRST 0x80000000u /* HKEY_CLASSES_ROOT */
#define KEY_CELL_LEAST 80u /* the smallest cell of a key: what bounds how many there can be */

/* Is the cell at `offset` a list? Sets *elements to its first element. */
static bool list_at(struct regf_subkeys *s, uint32_t offset, char mark[2], const uint8_t **elements,
		    uint32_t *count)
{
	struct regf_cell c = regf_cell_at(s->r, offset);
	struct reader r = reader_of(c.bytes, c.bytes ? c.len : 0);
	const uint8_t *p = reader_take(&r, 2);

	*count = reader_le16(&r);
	*elements = r.at;
	if (r.bad)
		return false;
	memcpy(mark, p, 2);
	bool wide = memcmp(mark, "lf", 2) == 0 || memcmp(mark, "lh", 2) == 0;
	if (!wide && memcmp(mark, "li", 2) != 0 && memcmp(mark, "ri", 2) != 0)
		return false;
	size_t step = wide ? 8 : 4;
	if (*count > r.left / step) {
		regf_problem(s->r, offset, N_("a list of keys is cut short"));
		*count = (uint32_t)(r.left / step);
		s->damaged = true;
	}
	if (s->claims && !regf_claim(s->claims, offset, LIST_HEAD + *count * step)) {
		regf_problem(s->r, offset, N_("a list of keys belongs to something else, too"));
		return false;
	}
	return true;
}

/* Take the list at `offset` in hand. `top`: it may be one of lists. */
static bool open_list(struct regf_subkeys *s, uint32_t offset, bool top)
{
	const uint8_t *elements;
	uint32_t count;
	char mark[2];

	s->list = offset;
	if (!list_at(s, offset, mark, &elements, &count))
		return false;
	if (top && memcmp(mark, "ri", 2) == 0) {
		s->lists = elements;
		s->list_count = count;
		return true;
	}
	if (mark[0] != 'l')
		return false;
	s->leaf = elements;
	s->leaf_count = count;
	s->leaf_at = 0;
	s->leaf_kind = mark[1];
	s->leaf_step = mark[1] == 'i' ? 4 : 8;
	return true;
}

void regf_subkeys_claim(const struct regf *r, struct regf_claims *claims, const struct regf_key *k,
			struct regf_subkeys *s)
{
	*s = (struct regf_subkeys){ .r = r,
				    .claims = claims,
				    .left = r->bins_bytes / KEY_CELL_LEAST + 1,
				    .key = k->offset,
				    .stated = k->subkey_count };
	/* A key that says it has none, and has a list: Windows does not see those below it. */
	const bool hidden = !k->subkey_count && !regf_cell_at(r, k->subkey_list).is_free;
	if ((k->subkey_count || hidden) && !open_list(s, k->subkey_list, true) && !hidden) {
		regf_problem(r, k->offset, N_("the list of subkeys is missing or damaged"));
		s->damaged = true;
	}
}

/* The lists of a walk are at their end. */
static void check_count(struct regf_subkeys *s)
{
	if (s->claims && !s->damaged && s->seen != s->stated)
		regf_problem(s->r, s->key, N_("a key does not have as many subkeys as it says"));
	s->damaged = true; /* once is enough */
}

void regf_subkeys(const struct regf *r, const struct regf_key *k, struct regf_subkeys *s)
{
	regf_subkeys_claim(r, NULL, k, s);
}

uint32_t regf_subkeys_next(struct regf_subkeys *s)
{
	while (s->leaf_at == s->leaf_count) {
		if (s->list_at == s->list_count) {
			check_count(s);
			return REGF_NONE;
		}
		uint32_t offset = le32(s->lists + (size_t)s->list_at++ * 4);
		s->leaf_at = s->leaf_count = 0;
		if (!open_list(s, offset, false)) {
			regf_problem(s->r, s->list, N_("a list of subkeys is missing or damaged"));
			s->damaged = true;
		}
	}
	if (!s->left)
		return REGF_NONE;
	s->left--;
	s->seen++;
	const uint8_t *element = s->leaf + (size_t)s->leaf_at++ * s->leaf_step;
	s->hint = s->leaf_kind == 'i' ? NULL : element + 4;
	return le32(element);
}

/* The next unit of a text as a character; half surrogates as they are. */
static uint32_t next_character(struct regf_text *t)
{
	uint32_t c;

	if (t->narrow) {
		t->len--;
		return *t->bytes++;
	}
	c = le16(t->bytes);
	t->bytes += 2;
	t->len -= 2;
	if (c >= 0xd800 && c < 0xdc00 && t->len >= 2) {
		uint32_t low = le16(t->bytes);

		if (low >= 0xdc00 && low < 0xe000) {
			t->bytes += 2;
			t->len -= 2;
			return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
		}
	}
	return c;
}

bool regf_hint_fits(const struct regf_subkeys *s, struct regf_text name)
{
	uint8_t first[4] = { 0 };
	uint32_t hash = 0;
	size_t n = 0;

	if (!s->hint)
		return true;
	while (name.len >= (name.narrow ? 1u : 2u)) {
		uint32_t c = next_character(&name);

		if (c >= 0x80)
			return true; /* capitals of these are Windows' own */
		if (n < sizeof(first))
			first[n++] = (uint8_t)c;
		hash = 37 * hash + (c >= 'a' && c <= 'z' ? c - 32 : c);
	}
	return s->leaf_kind == 'h' ? hash == le32(s->hint) : memcmp(first, s->hint, 4) == 0;
}

bool regf_subkey(struct regf_subkeys *s, struct regf_key *k)
{
	uint32_t offset;

	while ((offset = regf_subkeys_next(s)) != REGF_NONE)
		if (regf_key_at(s->r, offset, k))
			return true;
	return false;
}

void regf_values(const struct regf *r, const struct regf_key *k, struct regf_values *s)
{
	*s = (struct regf_values){ .r = r };
	/* Another key stands for this one; where the count would be is its handle. */
	if (k->flags & REGF_KEY_PREDEFINED && k->value_count >= PREDEFINED_FIRST)
		return;
	if (!k->value_count) {
		if (!k->is_free && k->value_list != REGF_NONE &&
		    regf_cell_at(r, k->value_list).bytes && !regf_cell_at(r, k->value_list).is_free)
			regf_problem(
				r, k->offset,
				N_("a key says that it has no values, and has a list of them"));
		return;
	}
	struct regf_cell c = regf_cell_at(r, k->value_list);
	s->list = c.bytes;
	s->count = k->value_count;
	if (!c.bytes || s->count > c.len / 4) {
		regf_problem(r, k->offset, N_("the list of values is missing or cut short"));
		s->count = c.bytes ? (uint32_t)(c.len / 4) : 0;
	}
}

bool regf_value(struct regf_values *s, struct regf_value *v)
{
	while (s->at < s->count) {
		uint32_t offset = le32(s->list + (size_t)s->at++ * 4);

		if (regf_value_parse(regf_cell_at(s->r, offset), offset, v))
			return true;
	}
	return false;
}

static bool names_equal(struct regf_text t, const char *name, size_t len)
{
	const char *end = name + len;

	while (t.len >= (t.narrow ? 1u : 2u)) {
		if (name == end ||
		    text_lower(next_character(&t)) != text_lower(text_next(&name, end)))
			return false;
	}
	return name == end;
}

bool regf_text_is(struct regf_text t, const char *name)
{
	return t.bytes && names_equal(t, name, strlen(name));
}

void regf_text_add(struct text *out, struct regf_text t)
{
	char buf[4];

	if (!t.bytes)
		return;
	while (t.len >= (t.narrow ? 1u : 2u))
		text_add_n(out, buf, text_put(buf, next_character(&t)));
}

bool regf_find(const struct regf *r, const struct regf_key *from, const char *path,
	       struct regf_key *k)
{
	if (from)
		*k = *from;
	else if (!regf_root(r, k))
		return false;
	while (*path) {
		size_t len = strcspn(path, "\\");
		struct regf_subkeys s;
		bool found = false;

		regf_subkeys(r, k, &s);
		while (!found && regf_subkey(&s, k))
			found = names_equal(k->name, path, len);
		if (!found)
			return false;
		path += len;
		path += *path == '\\';
	}
	return true;
}

bool regf_value_find(const struct regf *r, const struct regf_key *k, const char *name,
		     struct regf_value *v)
{
	struct regf_values s;

	regf_values(r, k, &s);
	while (regf_value(&s, v))
		if (names_equal(v->name, name, strlen(name)))
			return true;
	return false;
}
