/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What values hold, in one piece or in segments; owners of keys. */
#include "triage/parse/regf_inside.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/language.h"

#define SECURITY_HEAD 20u /* before the descriptor */
#define SID_NUMBERS_MAX 15u

const char *regf_type_name(uint32_t type)
{
	static const char *const names[REGF_TYPES] = {
		"REG_NONE",
		"REG_SZ",
		"REG_EXPAND_SZ",
		"REG_BINARY",
		"REG_DWORD",
		"REG_DWORD_BIG_ENDIAN",
		"REG_LINK",
		"REG_MULTI_SZ",
		"REG_RESOURCE_LIST",
		"REG_FULL_RESOURCE_DESCRIPTOR",
		"REG_RESOURCE_REQUIREMENTS_LIST",
		"REG_QWORD",
	};

	return type < REGF_TYPES ? names[type] : NULL;
}

static bool claim(const struct regf *r, struct regf_claims *c, uint32_t offset, size_t used)
{
	if (!c || regf_claim(c, offset, used))
		return true;
	regf_problem(r, offset, N_("data belong to something else, too"));
	return false;
}

/* Data in segments, whose list the cell `head` names. */
static bool segments(const struct regf *r, struct regf_claims *claims, const struct regf_value *v,
		     struct regf_cell head, struct text *room, struct regf_bytes *data)
{
	struct reader h = reader_of(head.bytes, head.len);

	reader_skip(&h, 2);
	size_t count = reader_le16(&h), left = v->data_bytes;
	uint32_t offset = reader_le32(&h);
	struct regf_cell list = regf_cell_at(r, offset);
	if (h.bad || !list.bytes || !claim(r, claims, v->data_cell, 8) ||
	    !claim(r, claims, offset, count * 4 < list.len ? count * 4 : list.len))
		return false;
	text_clear(room);
	for (size_t i = 0; i < count && i < list.len / 4 && left; i++) {
		uint32_t at = le32(list.bytes + i * 4);
		struct regf_cell c = regf_cell_at(r, at);
		size_t n = left < REGF_SEGMENT_BYTES ? left : REGF_SEGMENT_BYTES;

		if (!c.bytes || c.len < n || !claim(r, claims, at, n))
			break;
		text_add_n(room, (const char *)c.bytes, n);
		left -= n;
	}
	if (left)
		regf_problem(r, v->offset, N_("data are cut short"));
	*data = (struct regf_bytes){ (const uint8_t *)text_end(room), room->len };
	return true;
}

bool regf_data_claim(const struct regf *r, struct regf_claims *claims, const struct regf_value *v,
		     struct text *room, struct regf_bytes *data)
{
	size_t n = v->data_bytes;

	*data = (struct regf_bytes){ (const uint8_t *)"", 0 };
	if (v->resident) {
		if (n > 4)
			regf_problem(r, v->offset, N_("data are cut short"));
		*data = (struct regf_bytes){ v->inside, n < 4 ? n : 4 };
		return true;
	}
	if (!n)
		return true;
	struct regf_cell c = regf_cell_at(r, v->data_cell);
	if (!c.bytes) {
		regf_problem(r, v->offset, N_("the data of a value are missing"));
		return false;
	}
	if (n > REGF_SEGMENT_BYTES && n > c.len && c.len >= 8 && memcmp(c.bytes, "db", 2) == 0)
		return segments(r, claims, v, c, room, data);
	if (n > c.len) {
		regf_problem(r, v->offset, N_("data are cut short"));
		n = c.len;
	}
	if (!claim(r, claims, v->data_cell, n))
		return false;
	*data = (struct regf_bytes){ c.bytes, n };
	return true;
}

bool regf_data(const struct regf *r, const struct regf_value *v, struct text *room,
	       struct regf_bytes *data)
{
	return regf_data_claim(r, NULL, v, room, data);
}

struct regf_text regf_text_of(struct regf_bytes data, struct regf_bytes *behind)
{
	size_t len = data.len & ~(size_t)1, n = 0, rest;

	while (n < len && (data.bytes[n] || data.bytes[n + 1]))
		n += 2;
	for (rest = n; rest < data.len && !data.bytes[rest];)
		rest++;
	*behind = (struct regf_bytes){ 0 };
	if (rest < data.len) {
		size_t from = n + 2 <= len ? n + 2 : n;
		*behind = (struct regf_bytes){ data.bytes + from, data.len - from };
	}
	return (struct regf_text){ data.bytes, n, false };
}

bool regf_string(const struct regf *r, const struct regf_key *k, const char *name, struct text *out)
{
	struct text room = { 0 };
	struct regf_bytes data, behind;
	struct regf_value v;
	bool ok = regf_value_find(r, k, name, &v) &&
		  (v.type == REGF_SZ || v.type == REGF_EXPAND_SZ || v.type == REGF_LINK) &&
		  regf_data(r, &v, &room, &data);

	if (ok)
		regf_text_add(out, regf_text_of(data, &behind));
	text_release(&room);
	return ok;
}

bool regf_number(const struct regf *r, const struct regf_key *k, const char *name, uint64_t *n)
{
	struct text room = { 0 };
	struct regf_bytes data = { 0 };
	struct regf_value v;
	bool ok = regf_value_find(r, k, name, &v) && regf_data(r, &v, &room, &data) &&
		  ((v.type == REGF_DWORD && data.len == 4) ||
		   (v.type == REGF_QWORD && data.len == 8));

	if (ok) {
		struct reader b = reader_of(data.bytes, data.len);
		*n = data.len == 4 ? reader_le32(&b) : reader_le64(&b);
	}
	text_release(&room);
	return ok;
}

bool regf_sid(struct regf_bytes b, char sid[REGF_SID_MAX])
{
	struct reader r = reader_of(b.bytes, b.len);
	uint8_t revision = reader_u8(&r), count = reader_u8(&r);
	uint64_t authority = (uint64_t)reader_be16(&r) << 32;

	authority |= reader_be32(&r);
	if (revision != 1 || count > SID_NUMBERS_MAX || r.left / 4 < count)
		return false;
	int n = snprintf(sid, REGF_SID_MAX, "S-1-%llu", (unsigned long long)authority);
	for (unsigned i = 0; i < count; i++)
		n += snprintf(sid + n, REGF_SID_MAX - (size_t)n, "-%u", reader_le32(&r));
	return !r.bad;
}

bool regf_owner(const struct regf *r, const struct regf_key *k, char sid[REGF_SID_MAX])
{
	struct regf_cell c = regf_cell_at(r, k->security);
	struct reader s = reader_of(c.bytes, c.bytes ? c.len : 0);
	const uint8_t *mark = reader_take(&s, 2);

	reader_skip(&s, 14);
	size_t size = reader_le32(&s);
	if (!mark || memcmp(mark, "sk", 2) != 0 || s.bad)
		return false;
	struct reader all = reader_sub(&s, size < s.left ? size : s.left), d = all;
	reader_skip(&d, 4);
	uint32_t owner = reader_le32(&d);
	if (d.bad || !owner)
		return false;
	reader_skip(&all, owner);
	return !all.bad && regf_sid((struct regf_bytes){ all.at, all.left }, sid);
}
