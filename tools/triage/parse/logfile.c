/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log of NTFS: its pages, and the records in them by their LSN. docs/formats/logfile.md. */
#include "triage/parse/logfile.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/le.h"
#include "lib/base/memory.h"
#include "lib/ntfs/record.h"

#define PAGE_MIN 512u
#define PAGE_MAX 65536u
#define PAGE_USUAL 4096u
#define DATA_USUAL 64u   /* where the records of a page begin */
#define HEADER_BYTES 48u /* of a record */
#define BITS_MIN 10u     /* of the sequence in an LSN, so that the rest is a place */
#define BITS_MAX 60u
#define AHEAD_1 2u  /* pages written ahead, behind the two for restart: version 1 */
#define AHEAD_2 32u /* version 2 */
#define ALIGN 8u
#define CHECKPOINT_CLUSTER 80u /* where in the data of a checkpoint */

struct page {
	uint64_t place;   /* in the log; of one written ahead: where it will be */
	uint64_t end_lsn; /* of the last record that ends in it */
	uint64_t newest; /* of the last record that has bytes in it, where the page says so; else end_lsn */
	uint32_t index; /* which page of the file */
	uint32_t used;  /* bytes, where the last record that ends in it does */
	bool ahead;
};

struct found {
	uint64_t lsn;
	uint32_t page; /* in struct log.pages */
	uint32_t at;
};

struct log {
	uint8_t *bytes;
	size_t size;
	uint64_t file_bytes; /* of the input, which may have more than is read */
	const struct parse_problems *problems;
	uint32_t page_bytes, data_at;
	unsigned sequence_bits;
	uint64_t first_place, end_place; /* of the ring */
	unsigned major;
	struct page *pages; /* by place; those in their place before those written ahead */
	size_t page_count, page_capacity;
	struct found *found;
	size_t found_count, found_capacity;
	uint8_t *data;      /* of the record at hand */
	uint64_t highest;   /* LSN of what is in its place */
	uint64_t data_left; /* bytes of data that may still be put together */
	struct logfile_table table;
};

static bool has_restart_mark(const struct log *l, uint64_t at)
{
	return at + PAGE_MIN <= l->size &&
	       (memcmp(l->bytes + at, "RSTR", 4) == 0 || memcmp(l->bytes + at, "CHKD", 4) == 0);
}

/* One that has the mark. False: it cannot be used, which was reported. */
static bool restart_page(struct log *l, uint64_t at, struct logfile_restart *r)
{
	uint8_t *p = l->bytes + at;
	struct reader in = reader_of(p, l->size - at);
	*r = (struct logfile_restart){ .offset = at, .is_checked = memcmp(p, "CHKD", 4) == 0 };

	reader_skip(&in, 16);
	r->system_page_bytes = reader_le32(&in);
	r->log_page_bytes = reader_le32(&in);
	size_t area_at = reader_le16(&in);
	r->minor = reader_le16(&in);
	r->major = reader_le16(&in);
	size_t page = r->system_page_bytes;
	if (page < PAGE_MIN || page > PAGE_MAX || page & (page - 1) || page > l->size - at ||
	    r->log_page_bytes < PAGE_MIN || r->log_page_bytes > PAGE_MAX ||
	    r->log_page_bytes & (r->log_page_bytes - 1)) {
		parse_problem(l->problems, at, N_("a restart page of the log is damaged"));
		return false;
	}
	r->is_torn = !ntfs_fixup(p, page);
	if (r->is_torn)
		parse_problem(l->problems, at, N_("a restart page of the log is damaged"));

	struct reader area = reader_of(p, page);
	reader_skip(&area, area_at);
	struct reader clients = area;
	r->current_lsn = reader_le64(&area);
	r->clients = reader_le16(&area);
	reader_skip(&area, 4);
	r->flags = reader_le16(&area);
	r->sequence_bits = reader_le32(&area);
	reader_skip(&area, 2);
	reader_skip(&clients, reader_le16(&area));
	r->file_bytes = reader_le64(&area);
	reader_skip(&area, 6);
	size_t data_at = reader_le16(&area);
	if (area.bad || r->sequence_bits < BITS_MIN || r->sequence_bits > BITS_MAX ||
	    data_at < HEADER_BYTES || data_at >= r->log_page_bytes || data_at % ALIGN) {
		parse_problem(l->problems, at, N_("a restart page of the log is damaged"));
		return false;
	}
	r->data_at = (uint32_t)data_at;

	r->oldest_lsn = reader_le64(&clients);
	r->client_restart_lsn = reader_le64(&clients);
	reader_skip(&clients, 12);
	size_t name_bytes = reader_le32(&clients);
	r->client_name = reader_sub(&clients, name_bytes <= 128 ? name_bytes : 0);
	r->has_client = r->clients && !clients.bad;
	return true;
}

/* The restart pages. False: there is none that can be used. */
static bool restarts(struct log *l, const struct logfile_to *to, struct error *e, bool *any)
{
	struct logfile_restart one, best = { 0 };
	uint64_t second = PAGE_USUAL, lost_at = 0;
	bool lost = false;

	*any = false;
	for (int i = 0; i < 2; i++) {
		uint64_t at = i ? second : 0;

		if (!has_restart_mark(l, at)) {
			lost = true;
			lost_at = at;
			continue;
		}
		if (!restart_page(l, at, &one))
			continue;
		if (!i)
			second = one.system_page_bytes;
		if (!*any || (one.is_torn == best.is_torn ? one.current_lsn > best.current_lsn
							  : best.is_torn))
			best = one;
		*any = true;
		if (to->restart && !to->restart(to->ctx, &one, e))
			return false;
	}
	if (*any && lost)
		parse_problem(l->problems, lost_at, N_("a restart page of the log is damaged"));
	if (best.file_bytes > l->file_bytes)
		parse_problem(l->problems, l->file_bytes, N_("the log is cut off"));
	l->page_bytes = *any ? best.log_page_bytes : PAGE_USUAL;
	l->data_at = *any ? best.data_at : DATA_USUAL;
	l->end_place = best.file_bytes / l->page_bytes * l->page_bytes;
	l->sequence_bits = best.sequence_bits;
	l->major = best.major;
	if (*any && (l->major < 1 || l->major > 2))
		parse_problem(l->problems, best.offset, N_("the version of the log is not known"));
	return true;
}

static bool is_record_page(const struct log *l, size_t number)
{
	return (number + 1) * PAGE_USUAL <= l->size &&
	       memcmp(l->bytes + number * PAGE_USUAL, "RCRD", 4) == 0;
}

/* Without any restart page: NTFS makes the sequence of what an LSN has left above a place in the log, and what
 * version 1 has in its ring version 2 has for pages that are written ahead, which say their place. */
static bool guess(struct log *l)
{
	size_t count = l->size / PAGE_USUAL, i = 2;

	while (i < count && !is_record_page(l, i))
		i++;
	if (i >= count)
		return false;
	parse_problem(l->problems, 0,
		      N_("the log has no restart page: it is read as its size and pages suggest"));
	l->sequence_bits = 3 + (unsigned)__builtin_clzll(l->size);
	l->end_place = count * PAGE_USUAL;
	l->major = 2;
	for (i = 2 + AHEAD_1; i < 2 + AHEAD_2; i++) {
		if (!is_record_page(l, i))
			continue;
		const uint64_t place = le32(l->bytes + i * PAGE_USUAL + 60);
		if (!place || place % PAGE_USUAL || place >= l->end_place)
			l->major = 1;
	}
	return true;
}

/* Where a record of that LSN begins in the log. */
static uint64_t place_of(const struct log *l, uint64_t lsn)
{
	return lsn << l->sequence_bits >> (l->sequence_bits - 3);
}

static int by_place(const void *a, const void *b)
{
	const struct page *one = a, *other = b;

	if (one->place != other->place)
		return one->place < other->place ? -1 : 1;
	if (one->ahead != other->ahead)
		return one->ahead ? 1 : -1;
	return one->end_lsn < other->end_lsn ? -1 : one->end_lsn > other->end_lsn;
}

static void pages(struct log *l)
{
	const size_t page = l->page_bytes;
	const size_t ahead = l->major >= 2 ? AHEAD_2 : AHEAD_1;

	l->first_place = (2 + ahead) * page;
	for (size_t i = 2; (i + 1) * page <= l->size; i++) {
		uint8_t *p = l->bytes + i * page;

		if (memcmp(p, "RCRD", 4) != 0) {
			if (memcmp(p, "\xff\xff\xff\xff", 4) != 0 && memcmp(p, "\0\0\0\0", 4) != 0)
				parse_problem(l->problems, i * page,
					      N_("a page of the log is damaged"));
			continue;
		}
		if (!ntfs_fixup(p, page)) {
			parse_problem(l->problems, i * page, N_("a page of the log is torn"));
			continue;
		}
		struct reader r = reader_of(p, page);
		struct page one = { .place = i * page,
				    .index = (uint32_t)i,
				    .ahead = i < 2 + ahead };
		reader_skip(&r, 8);
		uint64_t last_or_place = reader_le64(&r);
		reader_skip(&r, 8);
		one.used = reader_le16(&r);
		reader_skip(&r, 6);
		one.end_lsn = reader_le64(&r);
		reader_skip(&r, 20);
		one.newest = one.end_lsn;
		if (one.ahead)
			one.place = l->major >= 2 ? reader_le32(&r) : last_or_place;
		if ((!one.ahead || l->major >= 2) && last_or_place > one.newest)
			one.newest = last_or_place;
		if (one.used > page)
			one.used = (uint32_t)page;
		if (one.place % page || (one.ahead && one.place >= l->end_place)) {
			parse_problem(l->problems, i * page, N_("a page of the log is damaged"));
			continue;
		}
		mem_grow(&l->pages, &l->page_capacity, l->page_count + 1, sizeof(*l->pages));
		l->pages[l->page_count++] = one;
		if (!one.ahead && one.place + page > l->end_place)
			l->end_place = one.place + page;
	}
	if (l->page_count)
		qsort(l->pages, l->page_count, sizeof(*l->pages), by_place);
}

/* Is this what stands at the head of a record? */
static bool head_at(const struct log *l, const struct page *p, size_t at, uint64_t *lsn,
		    size_t *data_len)
{
	struct reader r =
		reader_of(l->bytes + (size_t)p->index * l->page_bytes + at, l->page_bytes - at);

	*lsn = reader_le64(&r);
	reader_skip(&r, 16);
	*data_len = reader_le32(&r);
	reader_skip(&r, 4);
	uint32_t kind = reader_le32(&r);
	return !r.bad && *lsn && place_of(l, *lsn) == p->place + at &&
	       (kind == LOGFILE_OPERATION || kind == LOGFILE_CHECKPOINT) &&
	       *data_len <= LOGFILE_DATA_MAX;
}

/* Of what stands where the last record ended: one that goes on in the next page, or is it of a former round? */
static bool goes_on(const struct log *l, const struct page *p, size_t at, uint64_t lsn, size_t len)
{
	return lsn > p->end_lsn && at + HEADER_BYTES + len > l->page_bytes;
}

/* The records that begin in a page: each says by its LSN where it is. */
static void find_records(struct log *l, uint32_t number)
{
	const struct page *p = &l->pages[number];
	size_t at = l->data_at;
	bool any = false, in_gap = false;

	while (at + HEADER_BYTES <= l->page_bytes && at <= p->used) {
		uint64_t lsn;
		size_t len;

		if (!head_at(l, p, at, &lsn, &len) ||
		    (at == p->used && !goes_on(l, p, at, lsn, len))) {
			/* The rest of one that began before, or damage: behind a record of this page lies the next one. */
			if (any && !in_gap && at < p->used)
				parse_problem(l->problems, (uint64_t)p->index * l->page_bytes + at,
					      N_("what lies here is no record of the log"));
			in_gap = any;
			at += ALIGN;
			continue;
		}
		any = true;
		in_gap = false;
		mem_grow(&l->found, &l->found_capacity, l->found_count + 1, sizeof(*l->found));
		l->found[l->found_count++] =
			(struct found){ .lsn = lsn, .page = number, .at = (uint32_t)at };
		at += HEADER_BYTES + (len + ALIGN - 1) / ALIGN * ALIGN;
	}
}

/* A checkpoint says how large a cluster is, which the places of operations are counted in. */
static void find_cluster_bytes(struct log *l, const struct page *p, size_t at)
{
	struct reader r =
		reader_of(l->bytes + (size_t)p->index * l->page_bytes + at, l->page_bytes - at);

	reader_skip(&r, 32);
	if (reader_le32(&r) != LOGFILE_CHECKPOINT)
		return;
	reader_skip(&r, HEADER_BYTES - 36 + CHECKPOINT_CLUSTER);
	uint32_t bytes = reader_le32(&r);
	if (!r.bad && bytes >= 512 && bytes <= 2u << 20 && !(bytes & (bytes - 1)))
		l->table.cluster_bytes = bytes;
}

static int by_lsn(const void *a, const void *b)
{
	const struct found *one = a, *other = b;

	if (one->lsn != other->lsn)
		return one->lsn < other->lsn ? -1 : 1;
	return one->page < other->page ? -1 : one->page > other->page;
}

/* The page of a place that holds what follows a record of that LSN: in its place, if it was
 * written there, else ahead. */
static const struct page *page_after(const struct log *l, uint64_t place, uint64_t lsn)
{
	size_t from = 0, to = l->page_count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (l->pages[middle].place < place)
			from = middle + 1;
		else
			to = middle;
	}
	for (; from < l->page_count && l->pages[from].place == place; from++)
		if (l->pages[from].newest >= lsn)
			return &l->pages[from];
	return NULL;
}

/* Put the data of a record together, over as many pages as it has. Returns what was there. */
static size_t collect(struct log *l, const struct found *f, size_t len)
{
	const struct page *p = &l->pages[f->page];
	size_t at = f->at + HEADER_BYTES, got = 0;
	uint64_t place = p->place;

	while (p && got < len) {
		size_t n = l->page_bytes - at < len - got ? l->page_bytes - at : len - got;

		/* Each byte of a log belongs to one record, or its records are made up. */
		if (n > l->data_left)
			break;
		l->data_left -= n;
		memcpy(l->data + got, l->bytes + (size_t)p->index * l->page_bytes + at, n);
		got += n;
		at = l->data_at;
		place += l->page_bytes;
		if (place >= l->end_place)
			place = l->first_place;
		p = got < len ? page_after(l, place, f->lsn) : NULL;
	}
	return got;
}

static bool pass(struct log *l, const struct found *f, const struct logfile_to *to, struct error *e)
{
	const struct page *p = &l->pages[f->page];
	size_t offset = (size_t)p->index * l->page_bytes + f->at;
	struct reader r = reader_of(l->bytes + offset, l->page_bytes - f->at);
	struct logfile_record out = { .offset = offset, .is_copy = p->ahead };

	out.lsn = reader_le64(&r);
	out.previous_lsn = reader_le64(&r);
	out.undo_next_lsn = reader_le64(&r);
	size_t len = reader_le32(&r);
	reader_skip(&r, 4);
	out.kind = reader_le32(&r);
	out.transaction = reader_le32(&r);
	size_t got = collect(l, f, len);
	out.is_cut = got < len;
	out.is_old = p->ahead && out.lsn < l->highest;
	out.data = reader_of(l->data, got);
	if (out.kind == LOGFILE_OPERATION)
		logfile_operation(&l->table, &out);
	return !to->record || to->record(to->ctx, &out, e);
}

static bool records(struct log *l, const struct logfile_to *to, struct error *e)
{
	pages(l);
	for (size_t i = 0; i < l->page_count; i++)
		find_records(l, (uint32_t)i);
	if (l->found_count)
		qsort(l->found, l->found_count, sizeof(*l->found), by_lsn);
	for (size_t i = 0; i < l->found_count; i++) {
		const struct page *p = &l->pages[l->found[i].page];

		if (!p->ahead)
			l->highest = l->found[i].lsn;
		find_cluster_bytes(l, p, l->found[i].at);
	}
	l->data = mem_alloc(LOGFILE_DATA_MAX);
	l->data_left = 2 * (uint64_t)l->size;
	for (size_t i = 0; i < l->found_count; i++) {
		/* A page that was written ahead and then in its place holds the same. */
		if (i && l->found[i].lsn == l->found[i - 1].lsn)
			continue;
		if (!pass(l, &l->found[i], to, e))
			return false;
	}
	return true;
}

/* A log that was emptied: by chkdsk, or by a system that does not keep one. */
static bool is_empty(const struct log *l)
{
	for (size_t i = 0; i < l->size; i++)
		if (l->bytes[i] != 0xff)
			return false;
	return l->size > 0;
}

bool logfile_parse(const struct partition_source *s, const struct parse_problems *problems,
		   const struct logfile_to *to, struct error *e)
{
	struct log l = { .problems = problems, .file_bytes = s->size_bytes };
	bool any, ok = false;

	l.size = s->size_bytes < LOGFILE_BYTES_MAX ? (size_t)s->size_bytes : LOGFILE_BYTES_MAX;
	if (s->size_bytes > l.size)
		parse_problem(problems, l.size, N_("the log is larger than what is read of it"));
	l.bytes = mem_alloc(l.size);
	for (size_t at = 0; at < l.size; at += PAGE_MAX) {
		size_t n = l.size - at < PAGE_MAX ? l.size - at : PAGE_MAX;
		struct error own = { 0 };

		if (!s->read(s->ctx, at, l.bytes + at, n, &own))
			parse_problem(problems, at, N_("a part of the log cannot be read"));
	}
	if (!restarts(&l, to, e, &any))
		goto out;
	any = any || guess(&l);
	if (!any && !is_empty(&l)) {
		error_set(e, ERROR_UNTRUSTED, _("this is no log of NTFS ($LogFile)"));
		goto out;
	}
	ok = !any || records(&l, to, e);
out:
	logfile_table_release(&l.table);
	free(l.data);
	free(l.found);
	free(l.pages);
	free(l.bytes);
	return ok;
}
