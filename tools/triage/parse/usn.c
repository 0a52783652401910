/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The change journal of NTFS: docs/formats/usn.md. */
#include "triage/parse/usn.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/le.h"
#include "lib/base/memory.h"

#define BLOCK_BYTES (4u << 20)
#define STEP 8u /* records begin at multiples of it */
#define EXTENT_BYTES 16u
#define PAGE_BYTES 4096u                      /* which no record crosses: its end is zeros */
#define EARLIEST UINT64_C(122730000000000000) /* 1989; NTFS is of 1993 */
#define LATEST UINT64_C(158500000000000000)   /* 2103 */

static bool is_name(struct reader name)
{
	if (!name.left)
		return false;
	for (size_t i = 0; i < name.left; i += 2)
		if (name.at[i] < 0x20 && !name.at[i + 1])
			return false;
	return true;
}

static bool names(struct reader whole, struct reader *r, size_t len, bool strict,
		  struct usn_record *out)
{
	size_t header = out->major == 2 ? 60 : 76;

	out->time = reader_le64(r);
	out->reason = reader_le32(r);
	out->source = reader_le32(r);
	out->security = reader_le32(r);
	out->attributes = reader_le32(r);
	size_t name_bytes = reader_le16(r), name_at = reader_le16(r);
	if (r->bad || name_at < header || name_at % 2 || name_bytes % 2 ||
	    name_at + name_bytes > len || len - name_at - name_bytes >= STEP)
		return false;
	reader_skip(&whole, name_at);
	out->name = reader_sub(&whole, name_bytes);
	return !strict || (name_at == header && name_bytes <= 510 && is_name(out->name) &&
			   out->time > EARLIEST && out->time < LATEST);
}

static bool extents(struct reader *r, size_t len, bool strict, struct usn_record *out)
{
	out->reason = reader_le32(r);
	out->source = reader_le32(r);
	out->remaining_extents = reader_le32(r);
	out->extent_count = reader_le16(r);
	size_t each = reader_le16(r), all = (size_t)out->extent_count * EXTENT_BYTES;
	if (r->bad || (out->extent_count && each != EXTENT_BYTES) || all > r->left)
		return false;
	out->extents = reader_sub(r, all);
	return len - 64 - all < STEP && (!strict || out->extent_count);
}

size_t usn_record_parse(const uint8_t *p, size_t left, bool strict, struct usn_record *out)
{
	if (left < STEP)
		return 0;
	/* Most places are none: length, version and its second half (0) at once. */
	uint64_t head = le64(p);
	size_t len = (uint32_t)head;
	uint32_t version = (uint32_t)(head >> 32);
	if (version < 2 || version > 4 || len % STEP || len < USN_RECORD_MIN ||
	    len > USN_RECORD_MAX || len > left)
		return 0;

	struct reader whole = reader_of(p, len), r = whole;
	*out = (struct usn_record){ .major = (uint16_t)version };
	reader_skip(&r, STEP);
	out->file = reader_le64(&r);
	if (version > 2)
		out->file_high = reader_le64(&r);
	out->parent = reader_le64(&r);
	if (version > 2)
		out->parent_high = reader_le64(&r);
	out->usn = reader_le64(&r);
	if (version < 4 ? !names(whole, &r, len, strict, out) : !extents(&r, len, strict, out))
		return 0;
	if (strict && (!out->reason || !out->file || !out->parent || out->usn % STEP ||
		       out->usn >> 62 || out->file_high || out->parent_high))
		return 0;
	return len;
}

/* Zeros at the front of `len` bytes, in whole steps. */
static size_t zeros(const uint8_t *p, size_t len)
{
	static const uint8_t none[512];
	size_t n = 0;

	while (n + sizeof(none) <= len && memcmp(p + n, none, sizeof(none)) == 0)
		n += sizeof(none);
	while (n + STEP <= len && memcmp(p + n, none, STEP) == 0)
		n += STEP;
	return n;
}

struct work {
	const struct usn_source *s;
	const struct parse_problems *problems;
	bool (*each)(void *ctx, const struct usn_record *r, struct error *e);
	void *ctx;
	bool in_garbage; /* which was reported */
	bool any;
	uint64_t next_usn; /* behind the record before */
};

/* A USN is the place in the journal, so whoever wiped records, or cut them out, left a gap. */
static void look_before(struct work *w, const struct usn_record *r, size_t len)
{
	const uint64_t gap = r->usn - w->next_usn;
	const bool is_page = r->usn % PAGE_BYTES == 0 && gap < PAGE_BYTES;

	if (w->any && gap && !is_page && !w->in_garbage && !w->s->carve)
		parse_problem(w->problems, r->offset,
			      N_("records of the journal are missing before here: their numbers "
				 "do not go on"));
	w->any = true;
	w->in_garbage = false;
	w->next_usn = r->usn + len;
}

/* The records of a block. *used are its bytes that are done with; fewer than all, unless it is the last one,
 * where a record could go on behind it. */
static bool block(struct work *w, uint64_t offset, const uint8_t *p, size_t len, bool last,
		  size_t *used, struct error *e)
{
	const size_t end = last ? len : len - USN_RECORD_MAX;
	struct usn_record r;
	size_t at = 0;

	while (at < end) {
		size_t n = usn_record_parse(p + at, len - at, w->s->carve, &r);

		if (n) {
			r.offset = offset + at;
			look_before(w, &r, n);
			if (!w->each(w->ctx, &r, e))
				return false;
			at += n;
			continue;
		}
		n = zeros(p + at, len - at);
		/* Once for all that lies between two records. */
		if (!n && len - at >= STEP && !w->in_garbage && !w->s->carve) {
			w->in_garbage = true;
			parse_problem(w->problems, offset + at,
				      N_("what lies here is no record of the journal"));
		}
		at += n ? n : STEP;
	}
	*used = at < len ? at : len;
	return true;
}

/* Like partition_source.read, sector by sector where that fails; what cannot be read is zero. */
static void read_around(const struct work *w, uint64_t offset, uint8_t *to, size_t len)
{
	const struct partition_source *s = w->s->bytes;
	const size_t sector = s->sector_bytes ? s->sector_bytes : 512;
	struct error e = { 0 };

	if (s->read(s->ctx, offset, to, len, &e))
		return;
	parse_problem(w->problems, offset, N_("a part of the journal cannot be read"));
	for (size_t at = 0; at < len; at += sector) {
		size_t n = len - at < sector ? len - at : sector;

		if (!s->read(s->ctx, offset + at, to + at, n, &e))
			memset(to + at, 0, n);
	}
}

bool usn_parse(const struct usn_source *s, const struct parse_problems *problems,
	       bool (*each)(void *ctx, const struct usn_record *r, struct error *e), void *ctx,
	       struct error *e)
{
	struct work w = { .s = s, .problems = problems, .each = each, .ctx = ctx };
	const uint64_t size = s->bytes->size_bytes;
	const size_t room = size < BLOCK_BYTES ? (size_t)size : BLOCK_BYTES;
	uint8_t *bytes = mem_alloc(room);
	uint64_t at = 0;
	size_t held = 0; /* bytes of the block before */
	bool ok = true;

	while (ok && at + held < size) {
		if (s->next_stored && !held) {
			uint64_t next = s->next_stored(s->ctx, at);

			if (next >= size)
				break;
			at = next > at ? next / STEP * STEP : at;
		}
		uint64_t left = size - at - held;
		size_t n = left < room - held ? (size_t)left : room - held, used = 0;

		read_around(&w, at + held, bytes + held, n);
		ok = block(&w, at, bytes, held + n, n == left, &used, e);
		held = held + n - used;
		memmove(bytes, bytes + used, held);
		at += used;
		/* Nothing is held over a hole. */
		if (held && zeros(bytes, held) == held) {
			at += held;
			held = 0;
		}
	}
	free(bytes);
	return ok;
}

const char *usn_reason_name(uint32_t bit)
{
	static const char *const reasons[32] = {
		[0] = "USN_REASON_DATA_OVERWRITE",
		[1] = "USN_REASON_DATA_EXTEND",
		[2] = "USN_REASON_DATA_TRUNCATION",
		[4] = "USN_REASON_NAMED_DATA_OVERWRITE",
		[5] = "USN_REASON_NAMED_DATA_EXTEND",
		[6] = "USN_REASON_NAMED_DATA_TRUNCATION",
		[8] = "USN_REASON_FILE_CREATE",
		[9] = "USN_REASON_FILE_DELETE",
		[10] = "USN_REASON_EA_CHANGE",
		[11] = "USN_REASON_SECURITY_CHANGE",
		[12] = "USN_REASON_RENAME_OLD_NAME",
		[13] = "USN_REASON_RENAME_NEW_NAME",
		[14] = "USN_REASON_INDEXABLE_CHANGE",
		[15] = "USN_REASON_BASIC_INFO_CHANGE",
		[16] = "USN_REASON_HARD_LINK_CHANGE",
		[17] = "USN_REASON_COMPRESSION_CHANGE",
		[18] = "USN_REASON_ENCRYPTION_CHANGE",
		[19] = "USN_REASON_OBJECT_ID_CHANGE",
		[20] = "USN_REASON_REPARSE_POINT_CHANGE",
		[21] = "USN_REASON_STREAM_CHANGE",
		[22] = "USN_REASON_TRANSACTED_CHANGE",
		[23] = "USN_REASON_INTEGRITY_CHANGE",
		[24] = "USN_REASON_DESIRED_STORAGE_CLASS_CHANGE",
		[31] = "USN_REASON_CLOSE",
	};

	return bit && !(bit & (bit - 1)) ? reasons[__builtin_ctz(bit)] : NULL;
}
