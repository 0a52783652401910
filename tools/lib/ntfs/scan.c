/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All records of an MFT, in the order in which they lie on the disk, twice. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/le.h"
#include "lib/base/zeros.h"
#include "lib/ntfs/scan_inside.h"

#define BLOCK_BYTES (256u << 10) /* stays in the processor's cache while it is read and parsed */
#define CACHE_LINE 64u
#define FETCH_BYTES 384u
#define PROBE_BYTES (1u << 20) /* of a file, in which records are looked for */
#define PROBE_STEP 4096u
#define PROBE_NUMBERS 16u /* records that must agree on which part of an MFT it is */

/* Bytes of a record by its fixups, if there is one at p; else 0. */
static size_t record_at(const uint8_t *p, size_t left)
{
	if (left < NTFS_STRIDE || (memcmp(p, "FILE", 4) != 0 && memcmp(p, "BAAD", 4) != 0))
		return 0;
	size_t strides = le16(p + 6), len = (strides - 1) * NTFS_STRIDE;

	return strides >= 2 && len <= 65536 && !(len & (len - 1)) ? len : 0;
}

/* The size that most of the records say that they have. */
static uint32_t find_record_bytes(const uint8_t *bytes, size_t len)
{
	size_t votes[8] = { 0 }, best = 0;

	for (size_t at = 0; at + NTFS_STRIDE <= len; at += NTFS_STRIDE) {
		size_t n = record_at(bytes + at, len - at);
		unsigned power = 0;

		if (!n || at % n)
			continue;
		while ((size_t)NTFS_STRIDE << power < n)
			power++;
		votes[power]++;
	}
	for (size_t i = 1; i < 8; i++)
		if (votes[i] > votes[best])
			best = i;
	return votes[best] ? NTFS_STRIDE << best : 0;
}

/* A piece of an MFT begins with another number than 0, if its records agree on that. */
static uint64_t find_first_number(const uint8_t *bytes, size_t len, uint32_t record_bytes)
{
	uint64_t first = 0;
	unsigned seen = 0;

	for (size_t i = 0; (i + 1) * record_bytes <= len && seen < PROBE_NUMBERS; i++) {
		struct scan_head h;

		if (!scan_head_parse(bytes + i * record_bytes, record_bytes, &h) || !h.has_number ||
		    h.problems & NTFS_SCAN_BAAD)
			continue;
		if (h.own_number < i || (seen && h.own_number - i != first))
			return 0;
		first = h.own_number - i;
		seen++;
	}
	return first;
}

static struct ntfs_scan *scan_new(uint32_t record_bytes)
{
	struct ntfs_scan *s = mem_alloc(sizeof(*s));

	s->record_bytes = record_bytes;
	s->kept_max = NTFS_SCAN_KEPT_BYTES;
	s->path_left = NTFS_SCAN_PATHS_BYTES;
	return s;
}

/* How many there are is known: what is kept of each. */
static void make_room(struct ntfs_scan *s)
{
	s->cut = s->records > NTFS_SCAN_RECORDS_MAX;
	if (s->cut)
		s->records = NTFS_SCAN_RECORDS_MAX;
	s->nodes = mem_array((size_t)s->records, sizeof(*s->nodes));
	s->per_block = BLOCK_BYTES / s->record_bytes;
	if (s->per_block > s->records)
		s->per_block = (size_t)s->records;
	s->block = mem_alloc(s->per_block * s->record_bytes);
}

/* The first bytes of a file, with zeros where it cannot be read. */
static bool probe(const struct partition_source *source, uint8_t *bytes, size_t len,
		  struct error *e)
{
	bool any = false;

	for (size_t at = 0; at < len; at += PROBE_STEP) {
		struct error own = { 0 };
		size_t n = len - at < PROBE_STEP ? len - at : PROBE_STEP;

		if (partition_source_read(source, at, bytes + at, n, &own))
			any = true;
		else if (!e->kind)
			*e = own;
	}
	if (any)
		*e = (struct error){ 0 };
	return any || !len;
}

struct ntfs_scan *ntfs_scan_mft(const struct partition_source *source, struct error *e)
{
	size_t len = source->size_bytes < PROBE_BYTES ? (size_t)source->size_bytes : PROBE_BYTES;
	uint8_t *bytes = mem_alloc(len);
	struct ntfs_scan *s = NULL;

	if (!probe(source, bytes, len, e))
		goto out;
	uint32_t record_bytes = find_record_bytes(bytes, len);
	if (!record_bytes) {
		error_set(e, ERROR_UNTRUSTED, _("this is no list of files ($MFT) of NTFS"));
		goto out;
	}
	s = scan_new(record_bytes);
	s->source = *source;
	s->records = source->size_bytes / record_bytes;
	make_room(s);
	s->first_number = find_first_number(bytes, len, record_bytes);
	s->spans = mem_array(1, sizeof(*s->spans));
	s->spans[s->span_count++] = (struct scan_span){ 0, 0, s->records };
out:
	free(bytes);
	return s;
}

static void add_span(struct ntfs_scan *s, uint64_t disk, uint64_t first, uint64_t end)
{
	if (end > s->records)
		end = s->records;
	if (first >= end)
		return;
	if (s->span_count == s->span_capacity)
		mem_grow(&s->spans, &s->span_capacity, s->span_count + 1, sizeof(*s->spans));
	s->spans[s->span_count++] = (struct scan_span){ disk, first, end - first };
}

static int by_place(const void *a, const void *b)
{
	const struct scan_span *one = a, *other = b;

	return one->disk < other->disk ? -1 : one->disk > other->disk;
}

struct ntfs_scan *ntfs_scan_volume(struct filesystem *f)
{
	struct ntfs *v = (struct ntfs *)f;
	const uint64_t cluster = v->boot.cluster_bytes, record = v->boot.record_bytes;
	struct ntfs_scan *s = scan_new(v->boot.record_bytes);
	uint64_t next = 0;

	s->volume = v;
	s->source = v->source;
	s->records = v->records;
	make_room(s);
	/* No product overflows: the MFT has no more clusters than the volume. */
	for (size_t i = 0; i < v->mft.runs.count; i++) {
		const struct ntfs_run *run = &v->mft.runs.list[i];
		uint64_t from = run->first * cluster, to = from + run->count * cluster;
		uint64_t first = (from + record - 1) / record, end = to / record;

		/* Those that lie in two runs or more. */
		add_span(s, UINT64_MAX, next, first < end ? first : end);
		/* A hole is what was lost of a damaged MFT. */
		if (first < end && run->cluster != NTFS_HOLE)
			add_span(s, v->first_byte + run->cluster * cluster + first * record - from,
				 first, end);
		next = end;
	}
	qsort(s->spans, s->span_count, sizeof(*s->spans), by_place);
	return s;
}

void ntfs_scan_free(struct ntfs_scan *s)
{
	if (!s)
		return;
	free(s->spans);
	free(s->block);
	free(s->nodes);
	scan_store_release(&s->names);
	scan_store_release(&s->kept);
	free(s->extensions);
	free(s->file_names);
	free(s->file_list);
	arena_release(&s->again);
	text_release(&s->path);
	free(s->way);
	free(s);
}

uint32_t ntfs_scan_record_bytes(const struct ntfs_scan *s)
{
	return s->record_bytes;
}

static void problem(const struct ntfs_scan_report *report, uint64_t offset, const char *what)
{
	if (report && report->problem)
		report->problem(report->ctx, offset, what);
}

/* Records of a span into `to`. */
static bool read_records(struct ntfs_scan *s, const struct scan_span *span, uint64_t first,
			 size_t count, uint8_t *to, struct error *e)
{
	size_t len = count * s->record_bytes;

	if (span->disk == UINT64_MAX)
		return ntfs_stream_exact(&s->volume->mft, first * s->record_bytes, to, len, e);
	return partition_source_read(
		&s->source, span->disk + (first - span->first) * s->record_bytes, to, len, e);
}

struct pass {
	struct ntfs_scan *s;
	const struct ntfs_scan_report *report;
	bool (*each)(void *ctx, const struct ntfs_scan_record *r, struct error *e);
	void *ctx;
	uint64_t rubbish_end; /* behind what was reported */
};

/* Have the processor bring a record near while the one before it is looked at: what most use of it, and the
 * ends of its first sectors, where fixups are. Always in line: GCC takes a function that does nothing but this
 * for one that does nothing, and leaves out its calls. */
static inline __attribute__((always_inline)) void fetch(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len && i < FETCH_BYTES; i += CACHE_LINE)
		__builtin_prefetch(bytes + i);
	for (size_t i = NTFS_STRIDE; i <= len && i <= 2 * NTFS_STRIDE; i += NTFS_STRIDE)
		__builtin_prefetch(bytes + i - 1);
}

/* Every record once; what cannot be read is left out, record by record. */
static bool over_all(struct pass *p,
		     bool (*each)(struct pass *p, uint64_t index, uint8_t *bytes, struct error *e),
		     struct error *e)
{
	struct ntfs_scan *s = p->s;

	for (size_t i = 0; i < s->span_count; i++) {
		const struct scan_span *span = &s->spans[i];
		uint64_t end = span->first + span->count, at = span->first;
		size_t count = s->per_block;

		while (at < end) {
			struct error own = { 0 };

			count = count < end - at ? count : (size_t)(end - at);
			if (!read_records(s, span, at, count, s->block, &own)) {
				if (count > 1) {
					count = 1;
					continue;
				}
				problem(p->report, at * s->record_bytes,
					N_("a record of the MFT cannot be read"));
				at++;
				continue;
			}
			for (size_t k = 0; k < count; k++) {
				uint8_t *bytes = s->block + k * s->record_bytes;

				/* The first reading needs little more than heads. */
				if (p->each && k + 1 < count)
					fetch(bytes + s->record_bytes, s->record_bytes);
				if (!each(p, at + k, bytes, e))
					return false;
			}
			at += count;
			if (p->report && p->report->alive)
				p->report->alive(p->report->ctx, at * s->record_bytes);
			/* Behind a bad place in larger steps again. */
			count = 2 * count < s->per_block ? 2 * count : s->per_block;
		}
	}
	return true;
}

static void note_extension(struct ntfs_scan *s, uint64_t number, const uint8_t *bytes,
			   const struct scan_head *h)
{
	uint64_t base = NTFS_NUMBER(h->base);

	if (!scan_node_of(s, base) || base > UINT32_MAX || base == number)
		return;
	scan_node_of(s, base)->flags |= SCAN_EXTENDED;
	if (s->extension_count == s->extension_capacity)
		mem_grow(&s->extensions, &s->extension_capacity, s->extension_count + 1,
			 sizeof(*s->extensions));
	s->extensions[s->extension_count++] = (struct scan_extension){
		.base = (uint32_t)base,
		.number = (uint32_t)number,
		.at = scan_store_add(&s->kept, s->kept_max, bytes, h->used),
		.len = (uint32_t)h->used,
		.base_sequence = NTFS_SEQUENCE(h->base),
		.in_use = h->flags & NTFS_IN_USE,
	};
}

/* What is no record, and not empty: once for all that lies between two records. */
static void note_rubbish(struct pass *p, uint64_t index, const uint8_t *bytes)
{
	if (only_zeros(bytes, p->s->record_bytes))
		return;
	if (index != p->rubbish_end || !index)
		problem(p->report, index * p->s->record_bytes,
			N_("what lies here is no record of the MFT"));
	p->rubbish_end = index + 1;
}

static bool note(struct pass *p, uint64_t index, uint8_t *bytes, struct error *e)
{
	struct ntfs_scan *s = p->s;
	struct scan_node *n = &s->nodes[index];
	struct scan_head h;
	(void)e;

	if (!scan_head_parse(bytes, s->record_bytes, &h)) {
		note_rubbish(p, index, bytes);
		return true;
	}
	n->sequence = h.sequence;
	n->flags |= (uint8_t)(SCAN_THERE | (h.flags & NTFS_IN_USE ? SCAN_IN_USE : 0));
	/* Of most nothing behind their heads is needed yet. */
	if (h.base || h.flags & NTFS_FOLDER)
		(void)scan_fixup_each(bytes, s->record_bytes);
	if (h.base && !h.is_file) {
		note_extension(s, s->first_number + index, bytes, &h);
		return true;
	}
	n->flags |= SCAN_IS_BASE;
	if (h.flags & NTFS_FOLDER) {
		n->flags |= SCAN_FOLDER;
		scan_note_folder(s, n, h.attributes);
	}
	return true;
}

static int by_base(const void *a, const void *b)
{
	const struct scan_extension *one = a, *other = b;

	if (one->base != other->base)
		return one->base < other->base ? -1 : 1;
	return one->number < other->number ? -1 : one->number > other->number;
}

/* Does an extension belong to that base as it is now: both in use, or both deleted together? */
static bool belongs(const struct scan_node *base, const struct scan_extension *x)
{
	return base->flags & SCAN_IS_BASE && scan_same_use(base, x->base_sequence) &&
	       x->in_use == !!(base->flags & SCAN_IN_USE);
}

/* The attributes of an extension, which was kept or is read again. */
static struct reader extension_attributes(struct ntfs_scan *s, const struct scan_extension *x)
{
	uint8_t *bytes;
	struct scan_head h;
	struct error e = { 0 };

	if (x->at != SCAN_STORE_FULL) {
		const uint8_t *kept = scan_store_at(&s->kept, x->at);
		size_t from = x->len >= 40 ? le16(kept + 20) : SIZE_MAX; /* as much as it says */

		return from <= x->len ? reader_of(kept + from, x->len - from)
				      : (struct reader){ 0 };
	}
	bytes = arena_alloc(&s->again, s->record_bytes);
	uint64_t offset = (x->number - s->first_number) * s->record_bytes;
	bool ok = s->volume ? ntfs_stream_exact(&s->volume->mft, offset, bytes, s->record_bytes, &e)
			    : partition_source_read(&s->source, offset, bytes, s->record_bytes, &e);
	if (!ok || !scan_head_parse(bytes, s->record_bytes, &h))
		return (struct reader){ 0 };
	(void)scan_fixup_each(bytes, s->record_bytes);
	return h.attributes;
}

bool ntfs_scan_folders(struct ntfs_scan *s, const struct ntfs_scan_report *report, struct error *e)
{
	struct pass p = { .s = s, .report = report };

	if (!over_all(&p, note, e))
		return false;
	if (s->extension_count)
		qsort(s->extensions, s->extension_count, sizeof(*s->extensions), by_base);
	/* Folders whose name stands in an extension. */
	for (size_t i = 0; i < s->extension_count; i++) {
		struct scan_node *n = scan_node_of(s, s->extensions[i].base);

		if (n->flags & SCAN_FOLDER && (!n->len || n->flags & SCAN_SHORT_NAME) &&
		    belongs(n, &s->extensions[i])) {
			scan_note_folder(s, n, extension_attributes(s, &s->extensions[i]));
			arena_release(&s->again);
		}
	}
	if (s->cut)
		problem(report, s->records * s->record_bytes,
			N_("the MFT has more records than are read"));
	if (s->names_full)
		problem(report, 0, N_("there are more names of folders than can be kept"));
	return true;
}

/* The first extension of a base. */
static size_t find_extensions(const struct ntfs_scan *s, uint32_t base)
{
	size_t from = 0, to = s->extension_count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (s->extensions[middle].base < base)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static void join(struct ntfs_scan *s, const struct scan_node *n, struct ntfs_scan_record *r)
{
	size_t again = 0;

	for (size_t i = find_extensions(s, (uint32_t)r->number);
	     i < s->extension_count && s->extensions[i].base == r->number; i++) {
		const struct scan_extension *x = &s->extensions[i];

		if (!belongs(n, x))
			continue;
		again += x->at == SCAN_STORE_FULL ? s->record_bytes : 0;
		if (again > NTFS_EXTENSIONS_BYTES) {
			r->problems |= NTFS_SCAN_CUT;
			return;
		}
		r->extensions++;
		scan_add(s, r, extension_attributes(s, x));
	}
}

static bool pass_on(struct pass *p, uint64_t index, uint8_t *bytes, struct error *e)
{
	struct ntfs_scan *s = p->s;
	const struct scan_node *n = &s->nodes[index];
	struct scan_head h;

	if (!scan_head_parse(bytes, s->record_bytes, &h))
		return true;
	if (!scan_fixup_each(bytes, s->record_bytes))
		h.problems |= NTFS_SCAN_TORN;
	struct ntfs_scan_record r = {
		.number = s->first_number + index,
		.offset = index * s->record_bytes,
		.lsn = h.lsn,
		.base = h.base,
		.sequence = h.sequence,
		.links = h.links,
		.flags = h.flags,
		.problems = h.problems,
		.slack = reader_of(bytes + h.used, s->record_bytes - h.used),
	};
	if (h.base) {
		const struct scan_node *base = scan_node_of(s, NTFS_NUMBER(h.base));
		const struct scan_extension x = {
			.base_sequence = NTFS_SEQUENCE(h.base),
			.in_use = h.flags & NTFS_IN_USE,
		};

		if (!h.is_file && base && base != n && belongs(base, &x))
			return true;
		r.problems |= NTFS_SCAN_EXTENSION;
	}
	scan_add(s, &r, h.attributes);
	if (n->flags & SCAN_EXTENDED && (!h.base || h.is_file))
		join(s, n, &r);
	bool ok = p->each(p->ctx, &r, e);
	if (s->again.first)
		arena_release(&s->again);
	return ok;
}

bool ntfs_scan_each(struct ntfs_scan *s, const struct ntfs_scan_report *report,
		    bool (*each)(void *ctx, const struct ntfs_scan_record *r, struct error *e),
		    void *ctx, struct error *e)
{
	struct pass p = { .s = s, .report = report, .each = each, .ctx = ctx };

	return over_all(&p, pass_on, e);
}
