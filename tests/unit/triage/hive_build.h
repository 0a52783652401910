/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HIVE_BUILD_H
#define HIVE_BUILD_H

/*
 * Small hives in memory, cell by cell, and their transaction logs. Offsets are those of cells, as in the
 * hive. hive_finish() makes the rest a free cell and writes the checksum; the bytes may be changed
 * after that, hive_sum() puts the checksum right again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "triage/parse/regf_inside.h"

#define HIVE_TIME UINT64_C(132000000001234567) /* 2019-04-17T18:40:00.1234567Z */
#define HIVE_NONE UINT32_MAX

struct hive_build {
	uint8_t *bytes;
	size_t len, at; /* of the file; of the next cell, behind the first block */
	uint32_t root, security;
	unsigned minor;
};

static inline void put_le(uint8_t *p, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

static inline void hive_sum(uint8_t *base)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < 508; i += 4)
		sum ^= le32(base + i);
	put_le(base + 508, sum, 4);
}

static inline uint8_t *hive_content(struct hive_build *h, uint32_t offset)
{
	return h->bytes + 4096 + offset + (h->minor <= 1 ? 8 : 4);
}

/* A cell in use with room for len bytes. */
static inline uint32_t hive_cell(struct hive_build *h, size_t len)
{
	size_t align = h->minor <= 1 ? 16 : 8, head = h->minor <= 1 ? 8 : 4;
	size_t size = (len + head + align - 1) / align * align;
	uint32_t offset = (uint32_t)h->at;

	if (4096 + h->at + size > h->len)
		abort();
	put_le(h->bytes + 4096 + h->at, (uint64_t) - (int64_t)size, 4);
	h->at += size;
	return offset;
}

/* A hive of one bin. */
static inline void hive_begin(struct hive_build *h, unsigned minor, size_t bins_bytes)
{
	*h = (struct hive_build){ .len = 4096 + bins_bytes, .at = 32, .minor = minor };
	h->bytes = mem_alloc(h->len);
	uint8_t *b = h->bytes;
	memcpy(b, "regf", 4);
	put_le(b + 4, 7, 4);
	put_le(b + 8, 7, 4);
	put_le(b + 12, HIVE_TIME, 8);
	put_le(b + 20, 1, 4);
	put_le(b + 24, minor, 4);
	put_le(b + 32, 1, 4);
	put_le(b + 36, 32, 4);
	put_le(b + 40, bins_bytes, 4);
	put_le(b + 44, 1, 4);
	b += 4096;
	memcpy(b, "hbin", 4);
	put_le(b + 8, bins_bytes, 4);
	put_le(b + 20, HIVE_TIME, 8);
	h->root = 32;
	h->security = HIVE_NONE;
}

/* A security descriptor whose owner is S-1-5-32-544. */
static inline uint32_t hive_owner(struct hive_build *h)
{
	static const uint8_t admins[] = { 1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0 };
	uint32_t offset = hive_cell(h, 20 + 20 + sizeof(admins));
	uint8_t *c = hive_content(h, offset);

	memcpy(c, "sk", 2);
	put_le(c + 4, offset, 4);
	put_le(c + 8, offset, 4);
	put_le(c + 12, 1, 4);
	put_le(c + 16, 20 + sizeof(admins), 4);
	c[20] = 1;
	put_le(c + 24, 20, 4);
	memcpy(c + 40, admins, sizeof(admins));
	return offset;
}

/* Text of ASCII as UTF-16. Returns the bytes. */
static inline size_t put_wide(uint8_t *to, const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++)
		put_le(to + 2 * i, (uint8_t)s[i], 2);
	return 2 * n;
}

/* A key of that name, one byte a unit. The first one is the root. */
static inline uint32_t hive_key_n(struct hive_build *h, uint32_t parent, const void *name,
				  size_t len, bool narrow)
{
	uint32_t offset = hive_cell(h, 76 + len);
	uint8_t *c = hive_content(h, offset);

	memcpy(c, "nk", 2);
	put_le(c + 2, (narrow ? 0x20u : 0) | (offset == h->root ? 0x0cu : 0), 2);
	put_le(c + 4, HIVE_TIME, 8);
	put_le(c + 16, parent, 4);
	for (size_t i = 28; i < 52; i += 4)
		put_le(c + i, HIVE_NONE, 4);
	put_le(c + 36, 0, 4);
	put_le(c + 44, h->security, 4);
	put_le(c + 72, len, 2);
	memcpy(c + 76, name, len);
	return offset;
}

static inline uint32_t hive_key(struct hive_build *h, uint32_t parent, const char *name)
{
	return hive_key_n(h, parent, name, strlen(name), true);
}

/* What a list says of the name of a key (of ASCII): its first letters, or, `sum`, what they make. */
static inline uint32_t hive_hint(struct hive_build *h, uint32_t key, bool sum)
{
	const uint8_t *c = hive_content(h, key);
	size_t step = le16(c + 2) & 0x20 ? 1 : 2, n = le16(c + 72) / step;
	uint32_t hint = 0;

	if (memcmp(c, "nk", 2) != 0)
		return 0;
	for (size_t i = 0; i < n && (sum || i < 4); i++) {
		uint32_t letter = c[76 + i * step];

		if (!sum)
			hint |= letter << 8 * i;
		else
			hint = 37 * hint + (letter >= 'a' && letter <= 'z' ? letter - 32 : letter);
	}
	return hint;
}

/* A list: "lf", "lh", "li", or "ri" of lists. */
static inline uint32_t hive_list(struct hive_build *h, const char *mark, const uint32_t *of,
				 size_t count)
{
	size_t step = mark[0] == 'l' && mark[1] != 'i' ? 8 : 4;
	uint32_t offset = hive_cell(h, 4 + count * step);
	uint8_t *c = hive_content(h, offset);

	memcpy(c, mark, 2);
	put_le(c + 2, count, 2);
	for (size_t i = 0; i < count; i++) {
		put_le(c + 4 + i * step, of[i], 4);
		if (step == 8)
			put_le(c + 8 + i * step, hive_hint(h, of[i], mark[1] == 'h'), 4);
	}
	return offset;
}

static inline void hive_subkeys(struct hive_build *h, uint32_t key, uint32_t list, size_t count)
{
	put_le(hive_content(h, key) + 20, count, 4);
	put_le(hive_content(h, key) + 28, list, 4);
}

/* A key that is the only one below its parent. */
static inline uint32_t hive_child(struct hive_build *h, uint32_t parent, const char *name)
{
	uint32_t key = hive_key(h, parent, name);

	hive_subkeys(h, parent, hive_list(h, "lh", &key, 1), 1);
	return key;
}

/* A value; up to four bytes lie within it. */
static inline uint32_t hive_value(struct hive_build *h, const char *name, uint32_t type,
				  const void *data, size_t len)
{
	uint32_t cell = HIVE_NONE;

	if (len > 4) {
		cell = hive_cell(h, len);
		memcpy(hive_content(h, cell), data, len);
	}
	uint32_t offset = hive_cell(h, 20 + strlen(name));
	uint8_t *c = hive_content(h, offset);
	memcpy(c, "vk", 2);
	put_le(c + 2, strlen(name), 2);
	put_le(c + 4, len | (len <= 4 ? 0x80000000u : 0), 4);
	put_le(c + 8, cell, 4);
	if (len <= 4 && len)
		memcpy(c + 8, data, len);
	put_le(c + 12, type, 4);
	put_le(c + 16, 1, 2);
	memcpy(c + 20, name, strlen(name));
	return offset;
}

/* A string in UTF-16 with its end. */
static inline uint32_t hive_string_value(struct hive_build *h, const char *name, uint32_t type,
					 const char *text)
{
	uint8_t wide[512] = { 0 };

	return hive_value(h, name, type, wide, put_wide(wide, text) + 2);
}

/* A value of len bytes in segments, the first of them of "a", then "b"; `twice`: all are the first. */
static inline uint32_t hive_big(struct hive_build *h, const char *name, uint32_t type, size_t len,
				bool twice)
{
	size_t count = (len + REGF_SEGMENT_BYTES - 1) / REGF_SEGMENT_BYTES;
	uint32_t list = hive_cell(h, count * 4), head = hive_cell(h, 8), first = HIVE_NONE;

	for (size_t i = 0; i < count; i++) {
		uint32_t part = i && twice ? first : hive_cell(h, REGF_SEGMENT_BYTES);

		if (!i)
			first = part;
		memset(hive_content(h, part), 'a' + (int)i, REGF_SEGMENT_BYTES);
		put_le(hive_content(h, list) + 4 * i, part, 4);
	}
	memcpy(hive_content(h, head), "db", 2);
	put_le(hive_content(h, head) + 2, count, 2);
	put_le(hive_content(h, head) + 4, list, 4);
	uint32_t value = hive_value(h, name, type, "", 0);
	put_le(hive_content(h, value) + 4, len, 4);
	put_le(hive_content(h, value) + 8, head, 4);
	return value;
}

static inline void hive_values(struct hive_build *h, uint32_t key, const uint32_t *of, size_t count)
{
	uint32_t list = hive_cell(h, count * 4);

	for (size_t i = 0; i < count; i++)
		put_le(hive_content(h, list) + i * 4, of[i], 4);
	put_le(hive_content(h, key) + 36, count, 4);
	put_le(hive_content(h, key) + 40, list, 4);
}

static inline void hive_finish(struct hive_build *h)
{
	if (4096 + h->at < h->len)
		put_le(h->bytes + 4096 + h->at, h->len - 4096 - h->at, 4);
	hive_sum(h->bytes);
}

static inline struct regf_bytes hive_bytes(const struct hive_build *h)
{
	return (struct regf_bytes){ h->bytes, h->len };
}

/* The sums of an entry of a log. */
static inline void hive_log_seal(uint8_t *entry)
{
	size_t size = le32(entry + 4);

	put_le(entry + 24, regf_marvin32(entry + 40, size - 40), 8);
	put_le(entry + 32, regf_marvin32(entry, 32), 8);
}

/* What an open hive holds, one line for each key and value; problems are counted. */
struct hive_said {
	struct text text;
	unsigned problems;
	char last[128];
};

static inline void hive_problem(void *ctx, uint64_t offset, const char *what)
{
	struct hive_said *s = ctx;

	(void)offset;
	s->problems++;
	snprintf(s->last, sizeof(s->last), "%s", what);
}

static inline void hive_dump(const struct regf *r, bool recover, struct text *t)
{
	struct regf_walk *w = regf_walk_new(r, recover);
	struct regf_item item;
	struct regf_value v;
	struct regf_bytes d, behind;

	while (regf_walk_next(w, &item)) {
		text_add(t, item.recovered ? "deleted " : "");
		regf_text_add(t, item.path);
		if (item.class_name.bytes) {
			text_add(t, " class ");
			regf_text_add(t, item.class_name);
		}
		text_add(t, "\n");
		while (regf_walk_value(w, &v, &d)) {
			text_add(t, "  ");
			regf_text_add(t, v.name);
			text_addf(t, " %u ", v.type);
			if (!d.bytes)
				text_add(t, "?");
			else if (v.type == REGF_SZ)
				regf_text_add(t, regf_text_of(d, &behind));
			else if (d.len > 16)
				text_addf(t, "%zu bytes", d.len);
			else
				for (size_t i = 0; i < d.len; i++)
					text_addf(t, "%02x", d.bytes[i]);
			text_add(t, "\n");
		}
	}
	regf_walk_free(w);
}

#endif
