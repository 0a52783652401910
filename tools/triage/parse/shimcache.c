/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The application compatibility cache, in all of its forms. */
#include "triage/parse/shimcache.h"

#include <string.h>

#include "lib/base/language.h"
#include "lib/base/reader.h"

#define XP_HEAD 400u
#define XP_ENTRY 552u
#define XP_PATH 528u
#define FLAG_EXECUTED 2u /* among the insertion flags, up to 7 */
#define LARGEST_FLAGS 0xffffu

/* What stands in a table of fixed entries. */
struct row {
	uint16_t path_len;
	uint64_t path_at, last_modified, data_len, data_at;
	uint32_t low, high; /* flags, or the size of the file */
};

const char *shimcache_kind_name(enum shimcache_kind kind)
{
	static const char *const names[] = { "XP", "2003", "Vista", "7", "8", "8.1", "10" };

	return names[kind];
}

static struct reader from(const struct shimcache *s, size_t at)
{
	return at < s->b.len ? reader_of(s->b.bytes + at, s->b.len - at) : reader_of("", 0);
}

static size_t row_bytes(const struct shimcache *s)
{
	if (s->kind == SHIMCACHE_7)
		return s->wide ? 48 : 32;
	return s->wide ? 32 : 24;
}

static size_t head_bytes(const struct shimcache *s)
{
	return s->kind == SHIMCACHE_7 ? 128 : 8;
}

static bool row_at(const struct shimcache *s, uint32_t nr, struct row *row)
{
	struct reader r = from(s, head_bytes(s) + (size_t)nr * row_bytes(s));

	*row = (struct row){ .path_len = reader_le16(&r) };
	reader_skip(&r, s->wide ? 6 : 2);
	row->path_at = s->wide ? reader_le64(&r) : reader_le32(&r);
	row->last_modified = reader_le64(&r);
	row->low = reader_le32(&r);
	row->high = reader_le32(&r);
	if (s->kind == SHIMCACHE_7) {
		row->data_len = s->wide ? reader_le64(&r) : reader_le32(&r);
		row->data_at = s->wide ? reader_le64(&r) : reader_le32(&r);
	}
	return !r.bad;
}

/* 2003 and Vista begin alike: with sizes of files where Vista has flags, which are small numbers. */
static enum shimcache_kind tell_apart(const struct shimcache *s)
{
	struct row row;

	for (uint32_t i = 0; i < s->count && row_at(s, i, &row); i++)
		if (row.low > LARGEST_FLAGS && !row.high)
			return SHIMCACHE_2003;
	return SHIMCACHE_VISTA;
}

bool shimcache_open(struct shimcache *s, struct regf_bytes b, const struct parse_problems *problems)
{
	*s = (struct shimcache){ .b = b, .problems = problems, .first = b.len };
	struct reader r = from(s, 0);
	uint32_t mark = reader_le32(&r);

	s->count = reader_le32(&r);
	if (r.bad)
		return false;
	switch (mark) {
	case 0xdeadbeef:
		s->kind = SHIMCACHE_XP;
		s->used = reader_le32(&r);
		return true;
	case 0xbadc0ffe:
	case 0xbadc0fee:
		s->kind = mark == 0xbadc0fee ? SHIMCACHE_7 : SHIMCACHE_VISTA;
		/* The first path lies behind the table: where its offset would be, 64-bit Windows has zeros. */
		r = from(s, head_bytes(s) + 4);
		s->wide = reader_le32(&r) == 0;
		if (s->kind == SHIMCACHE_VISTA)
			s->kind = tell_apart(s);
		return true;
	case 48:
	case 52:
	case 128:
		s->at = mark;
		r = from(s, mark);
		const uint8_t *ts = reader_take(&r, 4);
		/* An empty cache is only a header. */
		bool empty = !ts && s->b.len == mark;
		if (!empty && (!ts || (memcmp(ts, "10ts", 4) != 0 && memcmp(ts, "00ts", 4) != 0)))
			return false;
		s->kind = mark != 128                        ? SHIMCACHE_10
			  : ts && memcmp(ts, "00ts", 4) == 0 ? SHIMCACHE_8
							     : SHIMCACHE_8_1;
		return true;
	default:
		return false;
	}
}

/* The table has room for `count`, of which `used` were ever written: behind them it may end, or be zeros. */
static bool next_xp(struct shimcache *s, struct shimcache_entry *entry)
{
	while (s->nr < s->count) {
		struct reader r = from(s, XP_HEAD + (size_t)s->nr * XP_ENTRY);
		struct regf_bytes behind;

		if (!r.left && s->nr >= s->used)
			break;
		struct reader path = reader_sub(&r, XP_PATH);
		entry->path = regf_text_of((struct regf_bytes){ path.at, path.left }, &behind);
		entry->last_modified = reader_le64(&r);
		entry->file_size = reader_le64(&r);
		entry->last_update = reader_le64(&r);
		if (r.bad) {
			parse_problem(s->problems, s->b.len,
				      N_("the list of programs is cut short"));
			s->nr = s->count;
			return false;
		}
		s->nr++;
		if (entry->path.len || entry->last_modified || entry->file_size ||
		    entry->last_update)
			return true;
	}
	if (s->nr == s->count && from(s, XP_HEAD + (size_t)s->nr * XP_ENTRY).left >= XP_ENTRY)
		parse_problem(s->problems, XP_HEAD,
			      N_("the list of programs is longer than it says"));
	s->nr = s->count;
	return false;
}

/* Paths lie behind the table. Where there is room before them, and what stands in it leads to a path, is a row
 * that was not counted. */
static void check_count(struct shimcache *s)
{
	size_t end = head_bytes(s) + (size_t)s->count * row_bytes(s);
	struct row row;

	if (end <= s->first && s->first - end >= row_bytes(s) && row_at(s, s->count, &row) &&
	    row.path_len && row.path_at >= end && row.path_at < s->b.len &&
	    row.path_len <= s->b.len - row.path_at)
		parse_problem(s->problems, end, N_("the list of programs is longer than it says"));
	s->first = 0;
}

static bool next_row(struct shimcache *s, struct shimcache_entry *entry)
{
	struct row row;

	while (s->nr < s->count) {
		size_t at = head_bytes(s) + (size_t)s->nr * row_bytes(s);

		if (!row_at(s, s->nr++, &row)) {
			parse_problem(s->problems, s->b.len,
				      N_("the list of programs is cut short"));
			s->nr = s->count;
			return false;
		}
		if (row.path_at > s->b.len || row.path_len > s->b.len - row.path_at) {
			parse_problem(s->problems, at,
				      N_("an entry of the list of programs is damaged"));
			continue;
		}
		if (row.path_at < s->first)
			s->first = row.path_at;
		if (row.data_len && row.data_at < s->first)
			s->first = row.data_at;
		s->spent += row.path_len;
		if (s->spent > s->b.len) {
			parse_problem(s->problems, at,
				      N_("entries of the list of programs share their paths"));
			s->nr = s->count;
			return false;
		}
		entry->path =
			(struct regf_text){ s->b.bytes + row.path_at, row.path_len & ~1u, false };
		entry->last_modified = row.last_modified;
		if (s->kind == SHIMCACHE_2003) {
			entry->file_size = row.low | (uint64_t)row.high << 32;
			return true;
		}
		entry->insertion_flags = row.low;
		entry->shim_flags = row.high;
		entry->executed = row.low & FLAG_EXECUTED ? SHIMCACHE_YES : SHIMCACHE_NO;
		if (row.data_len && row.data_at <= s->b.len &&
		    row.data_len <= s->b.len - row.data_at)
			entry->data = (struct regf_bytes){ s->b.bytes + row.data_at,
							   (size_t)row.data_len };
		return true;
	}
	check_count(s);
	return false;
}

/* Do the fields make up an entry of Windows 8 and 8.1 to the byte? */
static bool fits(struct reader r, bool has_package)
{
	reader_skip(&r, reader_le16(&r));
	if (has_package)
		reader_skip(&r, reader_le16(&r));
	reader_skip(&r, 16);
	size_t data_bytes = reader_le32(&r);
	return !r.bad && data_bytes == r.left;
}

/* The content of an entry that has its own length. False: it is damaged. */
static bool parse_ts(const struct shimcache *s, struct reader r, struct shimcache_entry *entry)
{
	/* The first Windows 8 to be handed out had no packages; nothing else tells it from those that were sold. */
	bool has_package = s->kind != SHIMCACHE_10 && (fits(r, true) || !fits(r, false));
	struct reader path = reader_sub(&r, reader_le16(&r));

	entry->path = (struct regf_text){ path.at, path.left & ~(size_t)1, false };
	if (has_package)
		reader_skip(&r, reader_le16(&r)); /* its name */
	if (s->kind != SHIMCACHE_10) {
		entry->insertion_flags = reader_le32(&r);
		entry->shim_flags = reader_le32(&r);
	}
	entry->last_modified = reader_le64(&r);
	struct reader data = reader_sub(&r, reader_le32(&r));
	if (r.bad || data.bad)
		return false;
	entry->data = (struct regf_bytes){ data.at, data.left };
	if (s->kind == SHIMCACHE_10 && data.left >= 4) {
		struct reader last = reader_of(data.at + data.left - 4, 4);
		entry->executed = reader_le32(&last) == 1 ? SHIMCACHE_YES : SHIMCACHE_NO;
	}
	return true;
}

static bool next_ts(struct shimcache *s, struct shimcache_entry *entry)
{
	const char *mark = s->kind == SHIMCACHE_8 ? "00ts" : "10ts";
	bool searching = false;

	while (s->at + 12 <= s->b.len) {
		struct reader r = from(s, s->at);
		const uint8_t *p = reader_take(&r, 4);

		reader_skip(&r, 4);
		struct reader content = reader_sub(&r, reader_le32(&r));
		*entry = (struct shimcache_entry){ 0 };
		if (memcmp(p, mark, 4) == 0 && !content.bad && parse_ts(s, content, entry)) {
			s->at += 12 + content.left;
			return true;
		}
		if (!searching)
			parse_problem(s->problems, s->at,
				      N_("an entry of the list of programs is damaged"));
		searching = true; /* for the next mark */
		s->at++;
		const uint8_t *next = memmem(s->b.bytes + s->at, s->b.len - s->at, mark, 4);
		s->at = next ? (size_t)(next - s->b.bytes) : s->b.len;
	}
	if (s->at < s->b.len)
		parse_problem(s->problems, s->at,
			      N_("an entry of the list of programs is damaged"));
	s->at = s->b.len;
	return false;
}

bool shimcache_next(struct shimcache *s, struct shimcache_entry *entry)
{
	*entry = (struct shimcache_entry){ 0 };
	switch (s->kind) {
	case SHIMCACHE_XP:
		return next_xp(s, entry);
	case SHIMCACHE_2003:
	case SHIMCACHE_VISTA:
	case SHIMCACHE_7:
		return next_row(s, entry);
	default:
		return next_ts(s, entry);
	}
}
