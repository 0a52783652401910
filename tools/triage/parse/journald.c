/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal of systemd: header, chain of entry arrays, entries and their data. */
#include "triage/parse/journald.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/checked.h"
#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/reader.h"
#include "lib/image/frame.h"
#include "triage/parse/lz4.h"

#define HEADER_MIN 208u /* to tail_entry_monotonic; what later versions added is not needed */
#define OBJECT_BYTES 16u
#define DATA_BYTES 64u
#define DATA_COMPACT_BYTES 72u
#define ENTRY_BYTES 64u
#define ARRAY_BYTES 24u
#define LAST_TYPE 7u
#define TIME_MAX (UINT64_C(1) << 55) /* us; as systemd holds for possible */
/* All fields of all entries together: what is shared by many is copied for each. */
#define OUTPUT_TIMES 64u
#define OUTPUT_MORE ((uint64_t)64 << 20)

enum { DATA = 1, ENTRY = 3, ENTRY_ARRAY = 6 };
enum { XZ = 1, LZ4 = 2, ZSTD = 4 }; /* flags of an object, and 1, 2, 8 of the file */
enum { FILE_KNOWN = 0x1f, FILE_COMPACT = 0x10 };

struct object {
	uint64_t offset;
	uint8_t type, flags;
	struct reader body; /* behind the 16 bytes that all have */
};

struct journal {
	const uint8_t *bytes;
	size_t len;
	bool compact;
	size_t item_bytes, first_object; /* of an item of an array, and of an entry when compact */
	const struct parse_problems *problems;
	const struct journald_to *to;
	struct frame_unpacker *unpacker;
	uint8_t *unpacked; /* of one entry */
	size_t unpacked_len;
	uint64_t output_left;
	uint64_t *seen; /* offsets of the entries that arrays have, ascending */
	size_t seen_count, seen_capacity;
	struct journald_field fields[JOURNALD_FIELDS_MAX];
};

static bool object_at(const struct journal *j, uint64_t offset, struct object *o)
{
	if (offset % 8 || offset < j->first_object || offset > j->len)
		return false;
	struct reader r = reader_of(j->bytes + offset, j->len - (size_t)offset);
	*o = (struct object){ .offset = offset };
	o->type = reader_u8(&r);
	o->flags = reader_u8(&r);
	reader_skip(&r, 6);
	uint64_t size = reader_le64(&r);
	if (r.bad || size < OBJECT_BYTES || size - OBJECT_BYTES > r.left)
		return false;
	o->body = reader_sub(&r, (size_t)size - OBJECT_BYTES);
	return o->type && o->type <= LAST_TYPE;
}

/* Fields. */

/* What many entries share costs for each of them, also where it turns out to be no good. */
static bool spend(struct journal *j, uint64_t bytes)
{
	if (bytes > j->output_left)
		return false;
	j->output_left -= bytes;
	return true;
}

static bool unpack(struct journal *j, uint8_t flags, struct reader *payload)
{
	uint64_t plain = 0;

	if (flags == LZ4)
		plain = reader_le64(payload);
	else if (flags != ZSTD || !frame_foreign_bytes(payload->at, payload->left, &plain))
		return false;
	if (payload->bad || plain > JOURNALD_UNPACKED_MAX - j->unpacked_len ||
	    !spend(j, plain + payload->left))
		return false;
	if (!j->unpacked)
		j->unpacked = mem_alloc(JOURNALD_UNPACKED_MAX);
	if (!j->unpacker)
		j->unpacker = frame_unpacker_new();
	uint8_t *to = j->unpacked + j->unpacked_len;
	bool good = flags == LZ4 ? lz4_unpack(payload->at, payload->left, to, (size_t)plain)
				 : frame_foreign_unpack(j->unpacker, payload->at, payload->left, to,
							(size_t)plain);
	*payload = reader_of(to, (size_t)plain);
	j->unpacked_len += good ? (size_t)plain : 0;
	return good;
}

/* "NAME=value" */
static bool split(struct reader payload, struct journald_field *f)
{
	size_t most = payload.left < JOURNALD_NAME_MAX + 1 ? payload.left : JOURNALD_NAME_MAX + 1;
	const uint8_t *equals = memchr(payload.at, '=', most);

	if (!equals || equals == payload.at)
		return false;
	f->name = (const char *)payload.at;
	f->name_len = (size_t)(equals - payload.at);
	f->value = equals + 1;
	f->len = payload.left - f->name_len - 1;
	for (size_t i = 0; i < f->name_len; i++) {
		char c = f->name[i];

		if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '_')
			return false;
	}
	return true;
}

static const char *read_field(struct journal *j, uint64_t offset, struct journald_field *f)
{
	struct object o;

	if (!object_at(j, offset, &o) || o.type != DATA)
		return N_("a field of an entry is not where it should be");
	struct reader payload = o.body;
	reader_skip(&payload, (j->compact ? DATA_COMPACT_BYTES : DATA_BYTES) - OBJECT_BYTES);
	if (payload.bad)
		return N_("a field of an entry is cut short");
	if (o.flags & XZ)
		return N_("a field is packed with xz, which is not read");
	if (o.flags && !unpack(j, o.flags, &payload))
		return N_("a packed field of an entry cannot be unpacked, or is too large");
	if (!o.flags && !spend(j, payload.left))
		return N_("there is far more in its entries than in the file: this is left out");
	return split(payload, f) ? NULL : N_("a field of an entry has no name");
}

static int by_name(const void *one, const void *other)
{
	const struct journald_field *a = one, *b = other;
	size_t shared = a->name_len < b->name_len ? a->name_len : b->name_len;
	int order = memcmp(a->name, b->name, shared);

	if (order || a->name_len != b->name_len)
		return order ? order : (a->name_len < b->name_len ? -1 : 1);
	return a->place < b->place ? -1 : a->place > b->place;
}

/* Where the data of the next item of an entry lie. */
static uint64_t next_item(const struct journal *j, struct reader *items)
{
	if (j->compact)
		return reader_le32(items);
	uint64_t offset = reader_le64(items);
	reader_skip(items, 8); /* the hash again */
	return offset;
}

static void read_fields(struct journal *j, struct reader items, struct journald_entry *r)
{
	const char *first = NULL;

	j->unpacked_len = 0;
	while (items.left) {
		uint64_t offset = next_item(j, &items);
		const char *why = N_("an entry has more than 1024 fields");
		if (r->count < JOURNALD_FIELDS_MAX)
			why = read_field(j, offset, &j->fields[r->count]);
		if (!why) {
			j->fields[r->count].place = r->count;
			r->count++;
			continue;
		}
		r->missing++;
		if (!first)
			first = why;
	}
	if (first)
		parse_problem(j->problems, r->offset, first);
	qsort(j->fields, r->count, sizeof(*j->fields), by_name);
	r->fields = j->fields;
}

/* Entries. */

static size_t entry_item(const struct journal *j)
{
	return j->compact ? 4 : 16;
}

static bool entry_head(const struct journal *j, uint64_t offset, struct journald_entry *r,
		       struct reader *items)
{
	struct object o;

	if (!object_at(j, offset, &o) || o.type != ENTRY || o.flags)
		return false;
	*r = (struct journald_entry){ .offset = offset };
	r->seqnum = reader_le64(&o.body);
	r->realtime = reader_le64(&o.body);
	r->monotonic = reader_le64(&o.body);
	const uint8_t *boot = reader_take(&o.body, sizeof(r->boot_id));
	reader_skip(&o.body, 8); /* the hash of all hashes */
	if (o.body.bad)
		return false;
	memcpy(r->boot_id, boot, sizeof(r->boot_id));
	*items = o.body;
	return items->left >= entry_item(j) && r->seqnum && r->realtime && r->realtime < TIME_MAX &&
	       r->monotonic < TIME_MAX;
}

static uint64_t entry_end(uint64_t offset, struct reader items)
{
	return (offset + ENTRY_BYTES + items.left + 7) & ~UINT64_C(7);
}

/* More zeros than the head of an object can have, or the end. */
static bool is_unused(const struct journal *j, uint64_t at)
{
	static const uint8_t none[DATA_BYTES];
	const size_t left = at < j->len ? j->len - (size_t)at : 0;

	return left < OBJECT_BYTES ||
	       memcmp(j->bytes + at, none, left < sizeof(none) ? left : sizeof(none)) == 0;
}

/* Is the length of an entry right: does another object, or nothing yet, follow it, and does it end before the
 * `next` one (0: not known)? If not, it has the items that lead to data: one wrong length would hide all entries
 * that seem to lie within it. */
static bool entry_fits(const struct journal *j, uint64_t offset, uint64_t next,
		       struct reader *items)
{
	const uint64_t end = entry_end(offset, *items);
	struct reader r = *items;
	struct object o;

	if ((!next || end <= next) && (is_unused(j, end) || object_at(j, end, &o)))
		return true;
	items->left = 0;
	while (r.left && (!next || entry_end(offset, *items) + entry_item(j) <= next) &&
	       object_at(j, next_item(j, &r), &o) && o.type == DATA)
		items->left += entry_item(j);
	if (!items->left) /* the first is missing, then */
		items->left = entry_item(j);
	return false;
}

static bool hand_over(struct journal *j, struct journald_entry *r, struct reader items, bool fits,
		      struct error *e)
{
	if (!fits)
		parse_problem(j->problems, r->offset,
			      N_("the length of an entry is damaged, or what lies behind it"));
	read_fields(j, items, r);
	return j->to->entry(j->to->ctx, r, e);
}

/* The entry that an array has behind one, or 0. */
static uint64_t next_entry(const struct journal *j, uint64_t offset, struct reader items)
{
	uint64_t next = j->compact ? reader_le32(&items) : reader_le64(&items);
	struct journald_entry r;
	struct reader fields;

	return next > offset && entry_head(j, next, &r, &fields) ? next : 0;
}

/* Those of one array. Entries are written one behind another, so each lies behind the end of that before. */
static bool array_entries(struct journal *j, struct reader items, uint64_t *end, bool *whole,
			  struct error *e)
{
	while (items.left >= j->item_bytes) {
		uint64_t offset = j->compact ? reader_le32(&items) : reader_le64(&items);
		struct journald_entry r;
		struct reader fields;

		if (!offset) /* room for later ones */
			return true;
		if (offset < *end || !entry_head(j, offset, &r, &fields)) {
			if (*whole)
				parse_problem(j->problems, offset,
					      N_("an array names an entry that is not there"));
			*whole = false;
			continue;
		}
		fields.left -= fields.left % entry_item(j);
		bool fits = entry_fits(j, offset, next_entry(j, offset, items), &fields);
		*end = entry_end(offset, fields);
		mem_grow(&j->seen, &j->seen_capacity, j->seen_count + 1, sizeof(*j->seen));
		j->seen[j->seen_count++] = offset;
		if (!hand_over(j, &r, fields, fits, e))
			return false;
	}
	return true;
}

/* False: ended. *whole: every entry that the header counts was there. */
static bool walk(struct journal *j, uint64_t first, uint64_t entries, bool *whole, struct error *e)
{
	uint64_t end = 0, before = 0;

	*whole = true;
	for (uint64_t at = first; at;) {
		struct object o;

		/* The next one is always written later: no loop. */
		if (at <= before || !object_at(j, at, &o) || o.type != ENTRY_ARRAY ||
		    o.body.left < ARRAY_BYTES - OBJECT_BYTES) {
			parse_problem(
				j->problems, at,
				N_("the chain of entries is broken: the rest is searched for"));
			*whole = false;
			return true;
		}
		before = at;
		at = reader_le64(&o.body);
		if (!array_entries(j, o.body, &end, whole, e))
			return false;
	}
	if (*whole && j->seen_count < entries) {
		parse_problem(j->problems, first,
			      N_("it has fewer entries than it says: the others are searched for"));
		*whole = false;
	}
	return true;
}

/* Where to look on, where no entry is: behind the object there, if another one follows. */
static uint64_t behind(const struct journal *j, uint64_t offset)
{
	struct object o, next;

	if (object_at(j, offset, &o)) {
		uint64_t end = offset + ((OBJECT_BYTES + o.body.left + 7) & ~UINT64_C(7));

		if (end + OBJECT_BYTES > j->len || object_at(j, end, &next))
			return end;
	}
	return offset + 8;
}

/* The entries that no array has. */
static bool search(struct journal *j, struct error *e)
{
	size_t known = 0;
	uint64_t at = (j->first_object + 7) & ~(size_t)7, after;

	for (; at + ENTRY_BYTES <= j->len; at = after) {
		struct journald_entry r;
		struct reader items;

		while (known < j->seen_count && j->seen[known] < at)
			known++;
		if (!entry_head(j, at, &r, &items) || items.left % entry_item(j)) {
			after = behind(j, at);
			continue;
		}
		bool fits = entry_fits(j, at, 0, &items);
		after = entry_end(at, items);
		if (known < j->seen_count && j->seen[known] == at)
			continue;
		r.recovered = true;
		if (!hand_over(j, &r, items, fits, e))
			return false;
	}
	return true;
}

static void take_id(struct reader *r, uint8_t id[16])
{
	const uint8_t *p = reader_take(r, 16);

	if (p)
		memcpy(id, p, 16);
}

static bool read_header(struct reader *r, struct journald_header *h, uint64_t *arrays,
			struct error *e)
{
	const uint8_t *magic = reader_take(r, 8);

	if (!magic || memcmp(magic, "LPKSHHRH", 8) != 0)
		return error_set(e, ERROR_UNTRUSTED, _("it is no file of systemd's journal"));
	h->compatible = reader_le32(r);
	h->incompatible = reader_le32(r);
	h->state = reader_u8(r);
	reader_skip(r, 7);
	take_id(r, h->file_id);
	take_id(r, h->machine_id);
	take_id(r, h->boot_id);
	take_id(r, h->seqnum_id);
	h->header_bytes = reader_le64(r);
	h->arena_bytes = reader_le64(r);
	reader_skip(r, 32 + 8); /* two hash tables, and the last object */
	h->objects = reader_le64(r);
	h->entries = reader_le64(r);
	h->tail_seqnum = reader_le64(r);
	h->head_seqnum = reader_le64(r);
	*arrays = reader_le64(r);
	h->head_realtime = reader_le64(r);
	h->tail_realtime = reader_le64(r);
	reader_skip(r, 8);
	if (r->bad || h->header_bytes < HEADER_MIN)
		return error_set(e, ERROR_UNTRUSTED, _("the head of the journal is cut short"));
	if (h->incompatible & ~(uint32_t)FILE_KNOWN)
		return error_set(e, ERROR_UNTRUSTED,
				 _("this journal is of a later kind than is known (flags 0x%x)"),
				 h->incompatible);
	return true;
}

bool journald_parse(const uint8_t *bytes, size_t len, bool recover,
		    const struct parse_problems *problems, const struct journald_to *to,
		    struct error *e)
{
	struct reader r = reader_of(bytes, len);
	struct journald_header h = { 0 };
	uint64_t arrays = 0, end;
	bool whole;

	if (!read_header(&r, &h, &arrays, e) || !to->header(to->ctx, &h, e))
		return false;
	if (!u64_add(h.header_bytes, h.arena_bytes, &end) || end > len)
		parse_problem(problems, len, N_("the journal is cut short"));
	struct journal *j = mem_alloc(sizeof(*j));
	j->bytes = bytes;
	j->len = len;
	j->compact = h.incompatible & FILE_COMPACT;
	j->item_bytes = j->compact ? 4 : 8;
	j->first_object = h.header_bytes < len ? (size_t)h.header_bytes : len;
	j->problems = problems;
	j->to = to;
	j->output_left = OUTPUT_TIMES * (uint64_t)len + OUTPUT_MORE;
	bool good = walk(j, arrays, h.entries, &whole, e) && ((whole && !recover) || search(j, e));
	frame_unpacker_free(j->unpacker);
	free(j->unpacked);
	free(j->seen);
	free(j);
	return good;
}
