/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Deleted keys and values: in free cells, in the rest of cells, in cells that nothing leads to. */
#include <string.h>

#include "triage/parse/regf_walk.h"

#define NAME_UNITS_MAX 256u
#define VALUE_NAME_UNITS_MAX 16384u
#define FLAGS_NONE_HAS                                                                             \
	0x0c00u /* the upper four are the user's in XP; one of them is often set in Vista and 7 */
#define YEAR_1990 UINT64_C(122747616000000000) /* FILETIME */
#define YEAR_2100 UINT64_C(157469184000000000)
static const uint8_t orphans[] = "$Orphans";

/* The cell that may have been at `at`, as far as its bin goes: of no size that can be relied on. */
static struct regf_cell old_cell(const struct regf *r, size_t at)
{
	size_t end = r->bin_ends[at / REGF_PAGE_BYTES];

	if (at + r->cell_head >= end)
		return (struct regf_cell){ 0 };
	return (struct regf_cell){ r->bins + at + r->cell_head, end - at - r->cell_head, true };
}

static bool key_likely(const struct regf *r, struct regf_cell c, const struct regf_key *k)
{
	size_t units = k->name.len / (k->name.narrow ? 1 : 2);

	return k->used_bytes == REGF_KEY_BYTES + le16(c.bytes + 72) && units > 0 &&
	       units <= NAME_UNITS_MAX && !(k->flags & FLAGS_NONE_HAS) &&
	       k->last_written > YEAR_1990 && k->last_written < YEAR_2100 &&
	       k->value_count <= r->bins_bytes / 8 && k->subkey_count <= r->bins_bytes / 8;
}

static bool value_likely(const struct regf *r, struct regf_cell c, const struct regf_value *v)
{
	size_t units = v->name.len / (v->name.narrow ? 1 : 2);

	return v->used_bytes == REGF_VALUE_BYTES + le16(c.bytes + 2) &&
	       units <= VALUE_NAME_UNITS_MAX && v->type < REGF_TYPES && le16(c.bytes + 16) <= 1 &&
	       v->data_bytes <= r->bins_bytes && (!v->resident || v->data_bytes <= 4);
}

/* The path of a deleted key, by its parents as far as there are any. */
static void find_path(struct regf_walk *w, const struct regf_key *k)
{
	uint32_t above[REGF_DEPTH_MAX];
	struct regf_key p = *k;
	unsigned n = 0;
	bool known = false;

	w->path_len = 0;
	while (n < REGF_DEPTH_MAX && !(p.flags & REGF_KEY_ROOT)) {
		if (!regf_key_at(&w->quiet, p.parent, &p))
			break;
		known = p.flags & REGF_KEY_ROOT || p.offset == w->r->base.root;
		if (known)
			break;
		above[n++] = p.offset;
	}
	if (!known)
		(void)regf_path_add(w, (struct regf_text){ orphans, sizeof(orphans) - 1, true });
	while (n)
		if (regf_key_at(&w->quiet, above[--n], &p))
			(void)regf_path_add(w, p.name);
	(void)regf_path_add(w, k->name);
}

static bool carve_key(struct regf_walk *w, size_t at, struct regf_item *item)
{
	struct regf_cell c = old_cell(w->r, at);
	struct regf_key k;

	if (!c.bytes || !regf_key_parse(c, (uint32_t)at, &k) || !key_likely(w->r, c, &k) ||
	    !regf_claim(&w->claims, (uint32_t)at, k.used_bytes))
		return false;
	find_path(w, &k);
	regf_take_key(w, &w->quiet, &k, item);
	item->path = (struct regf_text){ w->path, w->path_len, false };
	item->recovered = true;
	return true;
}

static bool carve_value(struct regf_walk *w, size_t at, struct regf_item *item)
{
	struct regf_cell c = old_cell(w->r, at);
	struct regf_value v;

	if (!c.bytes || !regf_value_parse(c, (uint32_t)at, &v) || !value_likely(w->r, c, &v) ||
	    !regf_claim(&w->claims, (uint32_t)at, v.used_bytes))
		return false;
	*item = (struct regf_item){ .key.offset = REGF_NONE, .recovered = true };
	w->values = (struct regf_values){ 0 };
	w->values_of = &w->quiet;
	w->lone = true;
	w->lone_value = v;
	return true;
}

/* Where the next unit is that nothing has claimed; the end, if there is none. */
static size_t next_free(const struct regf_claims *c, size_t at)
{
	while (at < c->bytes) {
		uint8_t bits = c->bits[at / 64];

		if (bits == 0xff && at % 64 == 0)
			at += 64;
		else if (bits >> at / 8 % 8 & 1)
			at += 8;
		else
			break;
	}
	return at;
}

bool regf_carve_next(struct regf_walk *w, struct regf_item *item)
{
	size_t head = w->r->cell_head;

	for (;;) {
		size_t at = next_free(&w->claims, w->carve_at);

		if (at + head + 2 > w->r->bins_bytes) {
			if (w->keys_done)
				return false;
			w->keys_done = true;
			w->carve_at = 0;
			continue;
		}
		w->carve_at = at + 8;
		const uint8_t *p = w->r->bins + at + head;
		if (p[1] != 'k' || *p != (w->keys_done ? 'v' : 'n'))
			continue;
		if (w->keys_done ? carve_value(w, at, item) : carve_key(w, at, item))
			return true;
	}
}
