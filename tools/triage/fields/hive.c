/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hives as input, and what is in them as fields. */
#include "triage/fields/hive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/reader.h"

bool hive_open(struct hive *h, const struct format_job *job, struct error *e)
{
	struct regf_bytes all[HIVE_INPUTS_MAX] = { 0 };
	size_t count = job->count < HIVE_INPUTS_MAX ? job->count : HIVE_INPUTS_MAX;

	*h = (struct hive){ 0 };
	for (size_t i = 0; i < count; i++) {
		h->inputs[i] = format_whole(&job->inputs[i], HIVE_BYTES_MAX, &all[i].len, e);
		if (!h->inputs[i])
			goto out;
		all[i].bytes = h->inputs[i];
		if (!i || regf_is_log(all[i]))
			continue;
		/* A second hive, most likely: nobody shall think that it was read. */
		struct error other = { 0 };
		error_set(&other, ERROR_UNTRUSTED,
			  _("'%s' is no transaction log: nothing of it is read"), job->names[i]);
		parse_problem(&job->problems, 0, other.text);
	}
	if (!regf_open(&h->r, all[0], all + 1, count - 1, &job->problems, e))
		goto out;
	if (h->r.dirty && !h->r.replay.pages)
		parse_problem(
			&job->problems, 0,
			N_("the hive was being written, and no transaction log was given that fits: "
			   "what is newest is missing"));
	return true;
out:
	hive_close(h);
	return false;
}

void hive_close(struct hive *h)
{
	regf_close(&h->r);
	for (size_t i = 0; i < HIVE_INPUTS_MAX; i++)
		free(h->inputs[i]);
	*h = (struct hive){ 0 };
}

void hive_is_another(const struct format_job *job)
{
	parse_problem(&job->problems, 0,
		      N_("nothing of this kind can be in this hive: it is another one, or the way "
			 "there is damaged"));
}

bool hive_run(const struct format_job *job, const char *place, struct emit *o, struct error *e,
	      bool (*key)(void *ctx, struct regf_walk *w, const struct regf_item *item,
			  struct emit *o, struct error *e),
	      void *ctx)
{
	struct regf_item item;
	struct hive h;
	bool ok = true, found = false;

	if (!hive_open(&h, job, e))
		return false;
	struct regf_walk *w = regf_walk_new(&h.r, job->recovered);
	while (ok && regf_walk_next(w, &item)) {
		found = found || hive_path_is(item.path, place);
		ok = key(ctx, w, &item, o, e);
	}
	if (ok && !found)
		hive_is_another(job);
	regf_walk_free(w);
	hive_close(&h);
	return ok;
}

/* How many bytes the name has that begins at `p`, behind a backslash. */
static size_t part_bytes(const uint8_t *p, const uint8_t *end)
{
	size_t n = 0;

	while (p + n + 2 <= end && !(p[n] == '\\' && !p[n + 1]))
		n += 2;
	return n;
}

/* A name of a path, n bytes, against one of a pattern: ASCII, one unit is one byte. */
static bool part_is(const uint8_t *p, size_t n, const char *name, size_t len)
{
	if (n != 2 * len)
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = name[i];

		if (p[2 * i + 1])
			return false;
		if (p[2 * i] == (uint8_t)c)
			continue;
		c |= 32;
		if (c < 'a' || c > 'z' || (p[2 * i] | 32) != c)
			return false;
	}
	return true;
}

bool hive_path_is(struct regf_text path, const char *pattern)
{
	const uint8_t *p = path.bytes, *end = p ? p + path.len : NULL;

	while (p && end - p >= 2) {
		size_t len = strcspn(pattern, "\\");
		bool last = !pattern[len], star = len == 1 && *pattern == '*';

		p += 2; /* the backslash */
		if (last && strcmp(pattern, "**") == 0)
			return p < end;
		size_t n = part_bytes(p, end);
		if (!star && !part_is(p, n, pattern, len))
			return false;
		p += n;
		if (last)
			return p == end;
		pattern += len + 1;
	}
	return false;
}

struct regf_text hive_path_behind(struct regf_text path, unsigned skip)
{
	const uint8_t *p = path.bytes, *end = p ? p + path.len : NULL;

	while (skip-- && end - p >= 2)
		p += 2 + part_bytes(p + 2, end);
	return (struct regf_text){ p, p ? (size_t)(end - p) : 0, false };
}

struct regf_text hive_path_part(struct regf_text path, unsigned nr)
{
	struct regf_text t = hive_path_behind(path, nr);

	if (t.len < 2)
		return (struct regf_text){ t.bytes, 0, false };
	t.bytes += 2;
	t.len = part_bytes(t.bytes, t.bytes + t.len - 2);
	return t;
}

static bool is_ascii(struct regf_text t)
{
	uint8_t all = 0;

	for (size_t i = 0; i < t.len; i++)
		all |= t.bytes[i];
	return all < 0x80;
}

/* One byte for each unit: Latin-1, which text_put() makes UTF-8 of. */
static struct text widen(struct regf_text t)
{
	struct text u = { 0 };

	regf_text_add(&u, t);
	return u;
}

void hive_text(struct emit *o, const char *key, struct regf_text t)
{
	if (!t.bytes) {
		emit_null(o, key);
	} else if (!t.narrow) {
		emit_utf16(o, key, t.bytes, t.len / 2);
	} else if (is_ascii(t)) {
		emit_text(o, key, (const char *)t.bytes, t.len);
	} else {
		struct text u = widen(t);

		emit_text(o, key, text_end(&u), u.len);
		text_release(&u);
	}
}

void hive_says(struct emit *o, struct regf_text t)
{
	if (emit_form(o) == EMIT_JSONL || emit_form(o) == EMIT_CSV || !t.bytes)
		return;
	if (!t.narrow) {
		emit_says16(o, t.bytes, t.len / 2);
	} else {
		struct text u = widen(t);

		emit_says(o, text_end(&u), u.len);
		text_release(&u);
	}
}

void hive_string(struct emit *o, const char *key, struct regf_bytes data)
{
	struct regf_bytes behind;

	if (!data.bytes)
		emit_null(o, key);
	else
		hive_text(o, key, regf_text_of(data, &behind));
}

/* Strings, each ended by a zero. Empty ones count, but not at the end. */
static void strings(struct emit *o, const char *key, struct regf_bytes data)
{
	size_t len = data.len & ~(size_t)1, at = 0;

	while (len && !data.bytes[len - 1] && !data.bytes[len - 2])
		len -= 2;
	emit_array(o, key);
	while (at < len) {
		size_t n = 0;

		while (at + n < len && (data.bytes[at + n] || data.bytes[at + n + 1]))
			n += 2;
		emit_utf16(o, NULL, data.bytes + at, n / 2);
		at += n + 2;
	}
	emit_close(o);
}

void hive_data(struct emit *o, const char *key, uint32_t type, struct regf_bytes data)
{
	struct reader r = reader_of(data.bytes, data.len);
	struct regf_bytes behind;

	if (!data.bytes) {
		emit_null(o, key);
		return;
	}
	switch (type) {
	case REGF_SZ:
	case REGF_EXPAND_SZ:
	case REGF_LINK:
		hive_text(o, key, regf_text_of(data, &behind));
		return;
	case REGF_MULTI_SZ:
		strings(o, key, data);
		return;
	case REGF_DWORD:
	case REGF_DWORD_BIG_ENDIAN:
		if (data.len != 4)
			break;
		emit_number(o, key, type == REGF_DWORD ? reader_le32(&r) : reader_be32(&r));
		return;
	case REGF_QWORD:
		if (data.len != 8)
			break;
		emit_number(o, key, reader_le64(&r));
		return;
	default:
		break;
	}
	emit_hex(o, key, data.bytes, data.len);
}

void hive_type(struct emit *o, const char *key, uint32_t type)
{
	const char *name = regf_type_name(type);

	if (name)
		emit_text(o, key, name, strlen(name));
	else
		emit_flags(o, key, type);
}

void hive_recovered(struct emit *o, const struct regf_item *item)
{
	if (item->recovered)
		emit_bool(o, "recovered", true);
}
