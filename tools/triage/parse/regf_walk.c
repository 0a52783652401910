/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way through a whole hive: every key and value once, then what was deleted. */
#include "triage/parse/regf_walk.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"

/* Many keys far below long names: their paths are whole up to so many bytes of all long ones, and some for each key. */
#define PATH_LONG 8192u
#define PATHS_BYTES (32u << 20)
#define PATHS_EACH 1024u

/* How many of the units from `first` on lie in one byte of the map, and their mask. */
static size_t in_byte(size_t first, size_t end, uint8_t *mask)
{
	size_t from = first % 8, n = 8 - from < end - first ? 8 - from : end - first;

	*mask = (uint8_t)(((1u << n) - 1) << from);
	return n;
}

/* Many may claim the same long piece, of which the end is taken: in vain, and so each pays for the way there. */
static bool is_taken(const struct regf_claims *c, size_t first, size_t end)
{
	uint8_t mask;

	for (size_t at = first; at < end;) {
		const size_t byte = at / 8;

		if (at % REGF_CLAIMS_AT_ONCE == 0 && end - at >= REGF_CLAIMS_AT_ONCE) {
			if (c->some[at / REGF_CLAIMS_AT_ONCE])
				return true;
			at += REGF_CLAIMS_AT_ONCE;
			continue;
		}
		at += in_byte(at, end, &mask);
		if (c->bits[byte] & mask)
			return true;
	}
	return false;
}

bool regf_claim(struct regf_claims *c, uint32_t offset, size_t used)
{
	size_t first = offset / 8, end = (offset + c->head + used + 7) / 8,
	       all = (c->bytes + 7) / 8;
	uint8_t mask;

	if (end > all)
		end = all;
	if (is_taken(c, first, end))
		return false;
	for (size_t at = first; at < end;) {
		size_t n = in_byte(at, end, &mask);

		c->bits[at / 8] |= mask;
		c->some[at / REGF_CLAIMS_AT_ONCE] = true;
		at += n;
	}
	return true;
}

/* Put a name behind the path, cut off where the path becomes too long: then false. */
bool regf_path_add(struct regf_walk *w, struct regf_text name)
{
	size_t step = name.narrow ? 1 : 2, units = name.len / step;
	size_t have = w->path_len / 2,
	       room = REGF_PATH_MAX - (have < REGF_PATH_MAX ? have : REGF_PATH_MAX);
	bool fits = units + 1 <= room;

	if (!room)
		return false;
	if (!fits)
		units = room - 1;
	mem_grow(&w->path, &w->path_capacity, w->path_len + 2 * (units + 1), 1);
	uint8_t *to = w->path + w->path_len;
	*to++ = '\\';
	*to++ = 0;
	if (!name.narrow)
		memcpy(to, name.bytes, 2 * units);
	for (size_t i = 0; name.narrow && i < units; i++) {
		to[2 * i] = name.bytes[i];
		to[2 * i + 1] = 0;
	}
	w->path_len += 2 * (units + 1);
	return fits;
}

/* What a key leads to, but for its subkeys. */
void regf_take_key(struct regf_walk *w, const struct regf *r, const struct regf_key *k,
		   struct regf_item *item)
{
	*item = (struct regf_item){ .key = *k };
	if (k->class_bytes && k->class_cell != REGF_NONE) {
		struct regf_cell c = regf_cell_at(r, k->class_cell);
		size_t len = k->class_bytes & ~1u;

		if (c.bytes && c.len >= len && regf_claim(&w->claims, k->class_cell, len))
			item->class_name = (struct regf_text){ c.bytes, len, false };
		else
			regf_problem(r, k->offset, N_("the class name of a key is damaged"));
	}
	regf_values(r, k, &w->values);
	if (w->values.count &&
	    !regf_claim(&w->claims, k->value_list, (size_t)w->values.count * 4)) {
		regf_problem(r, k->offset, N_("a list of values belongs to something else, too"));
		w->values.count = 0;
	}
	w->values_of = r;
}

/* Of a key that something was done to not all fits that Windows keeps twice. */
static void check_place(const struct regf *r, const struct regf_subkeys *list,
			const struct regf_key *k)
{
	if (!k->name.len)
		regf_problem(r, k->offset, N_("a key has no name"));
	else if (!regf_hint_fits(list, k->name))
		regf_problem(r, k->offset,
			     N_("the name of a key is not the one that the list has of it"));
	if (k->parent != list->key)
		regf_problem(r, k->offset, N_("a key says that it lies below another one"));
}

/* The key at `offset`, below the frames in hand. False: none, or it was passed already. */
static bool visit(struct regf_walk *w, uint32_t offset, struct regf_item *item)
{
	const struct regf *r = w->r;
	struct regf_key k;

	if (!regf_key_at(r, offset, &k)) {
		regf_problem(r, offset, N_("a key is missing or damaged"));
		return false;
	}
	if (!regf_claim(&w->claims, offset, k.used_bytes)) {
		regf_problem(r, offset, N_("a key belongs to something else, too"));
		return false;
	}
	if (k.is_free)
		regf_problem(r, offset, N_("a key is marked as free"));
	if (w->depth)
		check_place(r, &w->frames[w->depth - 1].subkeys, &k);
	bool deep = w->depth > REGF_DEPTH_MAX;
	w->path_len = w->depth ? w->frames[w->depth - 1].path_len : 0;
	if (w->depth && !regf_path_add(w, k.name))
		deep = true;
	regf_take_key(w, r, &k, item);
	item->path = (struct regf_text){ w->path, w->path_len, false };
	if (!w->depth)
		item->path = (struct regf_text){ (const uint8_t *)"\\", 2, false };
	if (deep) {
		if (k.subkey_count)
			regf_problem(r, offset, N_("keys are too many below one another"));
		return true;
	}
	struct regf_frame *f = &w->frames[w->depth++];
	f->path_len = w->path_len;
	regf_subkeys_claim(r, &w->claims, &k, &f->subkeys);
	return true;
}

static bool next_of_tree(struct regf_walk *w, struct regf_item *item)
{
	if (!w->begun) {
		w->begun = true;
		if (visit(w, w->r->base.root, item))
			return true;
	}
	while (w->depth) {
		uint32_t offset = regf_subkeys_next(&w->frames[w->depth - 1].subkeys);

		if (offset == REGF_NONE)
			w->depth--;
		else if (visit(w, offset, item))
			return true;
	}
	return false;
}

bool regf_walk_value(struct regf_walk *w, struct regf_value *v, struct regf_bytes *data)
{
	const struct regf *r = w->values_of;

	*data = (struct regf_bytes){ 0 };
	if (w->lone) {
		w->lone = false;
		*v = w->lone_value;
	} else {
		struct regf_values *s = &w->values;
		bool good = false;

		while (!good && s->at < s->count) {
			uint32_t offset = le32(s->list + (size_t)s->at++ * 4);

			good = regf_value_parse(regf_cell_at(r, offset), offset, v) &&
			       regf_claim(&w->claims, offset, v->used_bytes);
			if (!good)
				regf_problem(
					r, offset,
					N_("a value is damaged, or belongs to something else, too"));
		}
		if (!good)
			return false;
		if (v->is_free)
			regf_problem(r, v->offset, N_("a value is marked as free"));
	}
	if (!regf_data_claim(r, &w->claims, v, &w->room, data))
		*data = (struct regf_bytes){ 0 };
	return true;
}

/* Of a path that is too much the end, below "$Orphans". */
static void bound_path(struct regf_walk *w, struct regf_item *item)
{
	static const char front[] = "\\\0$\0O\0r\0p\0h\0a\0n\0s";

	w->paths_left += PATHS_EACH;
	if (item->path.len <= PATH_LONG)
		return;
	if (item->path.len <= w->paths_left) {
		w->paths_left -= item->path.len;
		return;
	}
	const uint8_t *end = item->path.bytes + item->path.len, *p = end - PATH_LONG;
	while (p < end && !(p[0] == '\\' && !p[1]))
		p += 2;
	text_clear(&w->near);
	text_add_n(&w->near, front, sizeof(front));
	text_add_n(&w->near, (const char *)p, (size_t)(end - p));
	item->path = (struct regf_text){ (const uint8_t *)w->near.s, w->near.len, false };
	if (!w->paths_cut)
		regf_problem(
			w->r, item->key.offset,
			N_("there are very many keys with very long paths: of these the end is given"));
	w->paths_cut = true;
}

bool regf_walk_next(struct regf_walk *w, struct regf_item *item)
{
	struct regf_bytes data;
	struct regf_value v;

	/* What was not asked for is claimed all the same, lest it be found again as deleted. */
	while (w->values_of && regf_walk_value(w, &v, &data))
		;
	if (!w->tree_done) {
		if (next_of_tree(w, item)) {
			bound_path(w, item);
			return true;
		}
		w->tree_done = true;
	}
	if (!w->recover || !regf_carve_next(w, item))
		return false;
	bound_path(w, item);
	return true;
}

struct regf_walk *regf_walk_new(const struct regf *r, bool recover)
{
	struct regf_walk *w = mem_alloc(sizeof(*w));

	w->r = r;
	w->quiet = *r;
	w->quiet.problems = NULL;
	w->recover = recover;
	w->paths_left = PATHS_BYTES;
	w->claims = (struct regf_claims){ .bits = mem_alloc(r->bins_bytes / 64 + 1),
					  .some = mem_alloc(r->bins_bytes / 4096 + 1),
					  .bytes = r->bins_bytes,
					  .head = r->cell_head };
	return w;
}

void regf_walk_free(struct regf_walk *w)
{
	if (!w)
		return;
	free(w->claims.bits);
	free(w->claims.some);
	free(w->path);
	text_release(&w->room);
	text_release(&w->near);
	free(w);
}
