/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hives: their first bytes, their bins and cells, and what a cell can be. */
#include "triage/parse/regf_inside.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"

#define BIN_HEAD 32u
#define RESIDENT 0x80000000u
#define VALUE_NARROW 0x0001u

bool regf_base_parse(struct regf_bytes b, struct regf_base *base)
{
	struct reader r = reader_of(b.bytes, b.len);
	uint32_t sum = 0;

	*base = (struct regf_base){ 0 };
	if (b.len < REGF_BASE_READ || memcmp(b.bytes, "regf", 4) != 0)
		return false;
	for (size_t i = 0; i < 508; i += 4)
		sum ^= le32(b.bytes + i);
	if (sum == 0)
		sum = 1; /* as Windows has it: neither 0 nor -1 is a checksum */
	if (sum == UINT32_MAX)
		sum = UINT32_MAX - 1;
	reader_skip(&r, 4);
	base->primary_sequence = reader_le32(&r);
	base->secondary_sequence = reader_le32(&r);
	base->last_written = reader_le64(&r);
	base->major = reader_le32(&r);
	base->minor = reader_le32(&r);
	base->type = reader_le32(&r);
	reader_skip(&r, 4); /* the format: always 1 */
	base->root = reader_le32(&r);
	base->bins_bytes = reader_le32(&r);
	uint32_t factor = reader_le32(&r);
	base->sector_bytes = factor >= 1 && factor <= 8 ? factor * 512 : 512;
	base->checksum_good = le32(b.bytes + 508) == sum;
	return !r.bad;
}

/* The bytes of a bin that begins at `at`; 0: none does. */
static size_t bin_at(const struct regf *r, size_t at)
{
	const uint8_t *p = r->bins + at;

	if (r->bins_bytes - at < BIN_HEAD || memcmp(p, "hbin", 4) != 0 || le32(p + 4) != at)
		return 0;
	size_t size = le32(p + 8);
	return size >= REGF_PAGE_BYTES && size % REGF_PAGE_BYTES == 0 ? size : 0;
}

/* How far the pages from `at` on have no header that is one. */
static size_t headless(const struct regf *r, size_t at, size_t end)
{
	size_t from = at;

	while (at < end && !bin_at(r, at))
		at += REGF_PAGE_BYTES;
	return (at < end ? at : end) - from;
}

/* Find where each bin ends. One that goes too far ends where the next good one begins. Pages whose header
 * is lost still have their cells, as long as they lie within the hive. */
static void find_bins(struct regf *r)
{
	size_t pages = (r->bins_bytes + REGF_PAGE_BYTES - 1) / REGF_PAGE_BYTES;
	size_t stated = r->base.bins_bytes < r->bins_bytes ? r->base.bins_bytes : r->bins_bytes;

	r->bin_ends = mem_array(pages + 1, sizeof(*r->bin_ends));
	for (size_t at = 0; at < r->bins_bytes;) {
		size_t size = bin_at(r, at), left = r->bins_bytes - at;

		if (!size && at >= stated) {
			at += REGF_PAGE_BYTES; /* what lies behind the hive may be anything */
			continue;
		}
		if (!size) {
			regf_problem(r, (uint32_t)at, N_("the header of a hive bin is damaged"));
			size = headless(r, at, stated);
		}
		if (size > left) {
			regf_problem(r, (uint32_t)at,
				     N_("a hive bin goes past the end of the file"));
			size = left;
		}
		for (size_t next = REGF_PAGE_BYTES; next < size; next += REGF_PAGE_BYTES)
			if (bin_at(r, at + next)) {
				regf_problem(r, (uint32_t)at, N_("a hive bin covers the next one"));
				size = next;
			}
		for (size_t page = 0; page < size; page += REGF_PAGE_BYTES)
			r->bin_ends[(at + page) / REGF_PAGE_BYTES] = (uint32_t)(at + size);
		at += size;
	}
}

struct regf_cell regf_cell_at(const struct regf *r, uint32_t offset)
{
	struct regf_cell none = { 0 };

	if (offset % 8 || offset >= r->bins_bytes)
		return none;
	size_t end = r->bin_ends[offset / REGF_PAGE_BYTES];
	if (offset + r->cell_head > end)
		return none;
	uint32_t size = le32(r->bins + offset);
	bool is_free = size < 0x80000000u;
	size_t bytes = is_free ? size : (size_t)(UINT32_MAX - size) + 1;
	if (bytes <= r->cell_head || bytes > end - offset)
		return none;
	return (struct regf_cell){ r->bins + offset + r->cell_head, bytes - r->cell_head, is_free };
}

bool regf_key_parse(struct regf_cell c, uint32_t offset, struct regf_key *k)
{
	struct reader r = reader_of(c.bytes, c.bytes ? c.len : 0);

	*k = (struct regf_key){ .offset = offset, .is_free = c.is_free };
	const uint8_t *mark = reader_take(&r, 2);
	if (!mark || memcmp(mark, "nk", 2) != 0)
		return false;
	k->flags = reader_le16(&r);
	k->last_written = reader_le64(&r);
	reader_skip(&r, 4);
	k->parent = reader_le32(&r);
	k->subkey_count = reader_le32(&r);
	reader_skip(&r, 4); /* volatile subkeys are not on disk */
	k->subkey_list = reader_le32(&r);
	reader_skip(&r, 4);
	k->value_count = reader_le32(&r);
	k->value_list = reader_le32(&r);
	k->security = reader_le32(&r);
	k->class_cell = reader_le32(&r);
	reader_skip(&r, 20);
	size_t len = reader_le16(&r);
	k->class_bytes = reader_le16(&r);
	if (r.bad)
		return false;
	if (len > r.left) /* cut short: the rest of the key is good all the same */
		len = r.left;
	k->used_bytes = REGF_KEY_BYTES + len;
	k->name = (struct regf_text){ r.at, len, k->flags & REGF_KEY_NARROW };
	if (!k->name.narrow)
		k->name.len &= ~(size_t)1;
	return true;
}

bool regf_value_parse(struct regf_cell c, uint32_t offset, struct regf_value *v)
{
	struct reader r = reader_of(c.bytes, c.bytes ? c.len : 0);

	*v = (struct regf_value){ .offset = offset, .is_free = c.is_free };
	const uint8_t *mark = reader_take(&r, 2);
	if (!mark || memcmp(mark, "vk", 2) != 0)
		return false;
	size_t len = reader_le16(&r);
	uint32_t size = reader_le32(&r);
	v->inside = r.at;
	v->data_cell = reader_le32(&r);
	v->type = reader_le32(&r);
	uint16_t flags = reader_le16(&r);
	reader_skip(&r, 2);
	if (r.bad)
		return false;
	v->resident = size & RESIDENT;
	v->data_bytes = size & ~RESIDENT;
	if (len > r.left)
		len = r.left;
	v->used_bytes = REGF_VALUE_BYTES + len;
	v->name = (struct regf_text){ r.at, len, flags & VALUE_NARROW };
	if (!v->name.narrow)
		v->name.len &= ~(size_t)1;
	return true;
}

bool regf_key_at(const struct regf *r, uint32_t offset, struct regf_key *k)
{
	return regf_key_parse(regf_cell_at(r, offset), offset, k);
}

/* The root, where the first bytes do not lead to it: the first key that says it is the root. */
static uint32_t search_root(const struct regf *r)
{
	struct regf_key k;

	for (size_t at = 0; at + 8 <= r->bins_bytes; at += 8)
		if (regf_key_at(r, (uint32_t)at, &k) && !k.is_free && k.flags & REGF_KEY_ROOT)
			return (uint32_t)at;
	return REGF_NONE;
}

bool regf_root(const struct regf *r, struct regf_key *k)
{
	return regf_key_at(r, r->base.root, k);
}

bool regf_open(struct regf *r, struct regf_bytes hive, const struct regf_bytes *logs,
	       size_t log_count, const struct parse_problems *problems, struct error *e)
{
	*r = (struct regf){ .problems = problems };
	bool good = regf_base_parse(hive, &r->base) && r->base.checksum_good;
	bool bins = hive.len >= REGF_BASE_BYTES + BIN_HEAD &&
		    memcmp(hive.bytes + REGF_BASE_BYTES, "hbin", 4) == 0;

	if (!bins && !(good && hive.len > REGF_BASE_BYTES))
		return error_set(e, ERROR_UNTRUSTED, _("this is no hive of a registry"));
	if (!good)
		parse_problem(problems, 0, N_("the first block of the hive is damaged"));
	r->dirty = !good || r->base.primary_sequence != r->base.secondary_sequence;
	r->bins = hive.bytes + REGF_BASE_BYTES;
	r->bins_bytes = hive.len - REGF_BASE_BYTES;
	if (r->bins_bytes > REGF_BYTES_MAX)
		r->bins_bytes = REGF_BYTES_MAX;
	if (r->dirty)
		regf_replay(r, hive, logs, log_count);
	if (r->base.bins_bytes > r->bins_bytes)
		parse_problem(problems, hive.len, N_("the hive is cut short"));
	r->cell_head = r->base.major == 1 && r->base.minor <= 1 ? 8 : 4;
	find_bins(r);
	struct regf_key root;
	if (!regf_root(r, &root) || !(root.flags & REGF_KEY_ROOT)) {
		const uint32_t found = search_root(r);

		regf_problem(r, 0, N_("the root key is not where it should be"));
		/* Better one that does not say so than none. */
		if (found != REGF_NONE || !regf_root(r, &root))
			r->base.root = found;
	}
	return true;
}

void regf_close(struct regf *r)
{
	free(r->bin_ends);
	free(r->own);
	*r = (struct regf){ 0 };
}
