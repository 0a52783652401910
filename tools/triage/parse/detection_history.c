/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Detections of Microsoft Defender: docs/formats/detection_history.md. */
#include "triage/parse/detection_history.h"

#include <string.h>

#include "lib/base/language.h"

enum value_type {
	VALUE_NONE = 0x00,
	VALUE_INT32 = 0x05,
	VALUE_UINT32 = 0x06,
	VALUE_UINT64 = 0x08,
	VALUE_FILETIME = 0x0a,
	VALUE_STRING = 0x15,
	VALUE_GUID = 0x1e,
	VALUE_BLOB = 0x28,
};
#define EXTRA_FLAG 4u /* with this first number four more strings precede user and process */
#define EXTRA_STRINGS 4u

/* UTF-16 without the zero at its end. */
static struct reader string(struct reader r)
{
	size_t len = r.left / 2 * 2;

	while (len >= 2 && !r.at[len - 2] && !r.at[len - 1])
		len -= 2;
	return reader_of(r.at, len);
}

static bool is_magic(struct reader s)
{
	static const char magic[] = "Magic.Version:";

	for (size_t i = 0; i < sizeof(magic) - 1; i++)
		if (2 * i + 1 >= s.left || s.at[2 * i] != (uint8_t)magic[i] || s.at[2 * i + 1])
			return false;
	return true;
}

struct work {
	const struct parse_problems *problems;
	struct detection *d;
	bool has_name;
	unsigned strings; /* of the resource: its type and place; behind them */
	struct detection_resource *current;
	bool full; /* so many resources that no more are kept */
	bool said; /* that something is not kept */
};

static void too_many(struct work *w, uint64_t offset)
{
	if (!w->said)
		parse_problem(w->problems, offset, N_("there is more than can be kept"));
	w->said = true;
}

static void text(struct work *w, struct reader s, uint64_t offset)
{
	struct detection *d = w->d;

	if (is_magic(s)) {
		if (!w->has_name)
			return;
		w->strings = 0;
		w->current = NULL;
		if (d->resource_count < DETECTION_RESOURCES_MAX) {
			w->current = &d->resources[d->resource_count++];
			*w->current = (struct detection_resource){ .offset = offset };
		} else {
			w->full = true;
			too_many(w, offset);
		}
		return;
	}
	if (!w->has_name) {
		w->has_name = true;
		d->threat = s;
		return;
	}
	if (w->strings < 2 && (w->current || w->full)) {
		if (w->current && w->strings == 0)
			w->current->type = s;
		else if (w->current)
			w->current->location = s;
		w->strings++;
		return;
	}
	const unsigned skipped = d->number_count && d->numbers[0] == EXTRA_FLAG ? EXTRA_STRINGS : 0;
	if (d->string_count == DETECTION_STRINGS_MAX) {
		too_many(w, offset);
		return;
	}
	if (d->string_count == skipped)
		d->user = s;
	else if (d->string_count == skipped + 1)
		d->process = s;
	d->strings[d->string_count++] = s;
}

static void value(struct work *w, uint32_t type, struct reader data, uint64_t offset)
{
	struct detection *d = w->d;

	switch (type) {
	case VALUE_STRING:
		text(w, string(data), offset);
		break;
	case VALUE_GUID:
		if (!d->id)
			d->id = reader_take(&data, 16);
		break;
	/* Which of them a number has differs; its place among them says what it is. */
	case VALUE_NONE:
	case VALUE_INT32:
	case VALUE_UINT32:
		if (data.left == 4 && w->has_name && !d->resource_count &&
		    d->number_count < DETECTION_NUMBERS_MAX)
			d->numbers[d->number_count++] = reader_le32(&data);
		break;
	case VALUE_FILETIME:
		if (d->time_count < DETECTION_TIMES_MAX)
			d->times[d->time_count++] = reader_le64(&data);
		else
			too_many(w, offset);
		break;
	case VALUE_BLOB:
		if (w->current)
			w->current->tracking = data;
		break;
	default:
		break;
	}
}

bool detection_read(const void *bytes, size_t len, const struct parse_problems *problems,
		    struct detection *d, struct error *e)
{
	struct work w = { .problems = problems, .d = d };
	struct reader r = reader_of(bytes, len);

	memset(d, 0, sizeof(*d));
	if (reader_le32(&r) != 8 || reader_le32(&r) != VALUE_UINT64)
		return error_set(e, ERROR_UNTRUSTED, _("is no detection of Defender's history"));
	d->threat_id = reader_le64(&r);
	if (r.bad)
		return error_set(e, ERROR_UNTRUSTED, _("is no detection of Defender's history"));
	while (r.left) {
		const uint64_t offset = len - r.left;
		size_t size = reader_le32(&r);
		uint32_t type = reader_le32(&r);
		struct reader data = reader_sub(&r, size);

		if (r.bad) {
			parse_problem(problems, offset, N_("a value goes beyond the end"));
			break;
		}
		size_t pad = (8 - size % 8) % 8;
		reader_skip(&r, pad < r.left ? pad : r.left);
		value(&w, type, data, offset);
	}
	return true;
}

struct reader detection_tracking(const struct detection_resource *q)
{
	struct reader r = q->tracking, look = r;
	uint32_t first = reader_le32(&look);

	/* Its own length; or 1 and four numbers more, then a length; or nothing before the first name. */
	if (r.left >= 4 && (first == r.left || (uint64_t)first + 4 == r.left))
		reader_skip(&r, 4);
	else if (first == 1)
		reader_skip(&r, r.left < 24 ? r.left : 24);
	return r;
}

bool detection_tracking_next(struct reader *r, struct tracking *t)
{
	*t = (struct tracking){ 0 };
	if (!r->left)
		return false;
	t->name = string(reader_sub(r, reader_le32(r)));
	t->type = (enum tracking_type)reader_le32(r);
	switch (t->type) {
	case TRACKING_UINT32:
		t->number = reader_le32(r);
		break;
	case TRACKING_UINT64:
		t->number = reader_le64(r);
		break;
	case TRACKING_BYTE:
		t->number = reader_u8(r);
		break;
	case TRACKING_STRING:
		t->text = string(reader_sub(r, reader_le32(r)));
		break;
	case TRACKING_ASCII:
		t->text = reader_sub(r, reader_le32(r));
		break;
	default:
		r->bad = true;
	}
	return !r->bad;
}
