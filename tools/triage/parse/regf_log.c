/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Transaction logs of hives, old and new: what was written there, but not yet into the hive. */
#include "triage/parse/regf_inside.h"

#include <string.h>

#include "lib/base/language.h"
#include "lib/base/checked.h"
#include "lib/base/memory.h"

#define SECTOR 512u
#define ENTRY_HEAD 40u
#define MARVIN_SEED UINT64_C(0x82ef4d887a4e55c5)
enum { LOG_OLD = 1, LOG_OLD_TOO = 2, LOG_NEW = 6 };

/* One log, and where in it the next entry is. */
struct log {
	struct regf_bytes b;
	struct regf_base base;
	size_t at;
	size_t judged, size; /* the entry whose sums were taken last, by its place; 0: none */
	bool said;           /* that an entry of it is damaged */
};

static uint32_t rotl(uint32_t x, unsigned n)
{
	return x << n | x >> (32 - n);
}

static void mix(uint32_t *lo, uint32_t *hi, uint32_t v)
{
	*lo += v;
	*hi ^= *lo;
	*lo = rotl(*lo, 20) + *hi;
	*hi = rotl(*hi, 9) ^ *lo;
	*lo = rotl(*lo, 27) + *hi;
	*hi = rotl(*hi, 19);
}

uint64_t regf_marvin32(const uint8_t *p, size_t len)
{
	uint32_t lo = (uint32_t)MARVIN_SEED, hi = (uint32_t)(MARVIN_SEED >> 32), last = 0x80;

	for (; len >= 4; p += 4, len -= 4)
		mix(&lo, &hi, le32(p));
	while (len)
		last = last << 8 | p[--len];
	mix(&lo, &hi, last);
	mix(&lo, &hi, 0);
	return (uint64_t)hi << 32 | lo;
}

/* Make the copy, with room for all that the logs can add to the hive. */
static void make_own(struct regf *r, struct regf_bytes hive, size_t room)
{
	if (r->own)
		return;
	r->own = mem_alloc(room);
	memcpy(r->own, hive.bytes + REGF_BASE_BYTES, r->bins_bytes);
	r->bins = r->own;
}

static void put(struct regf *r, size_t at, const uint8_t *bytes, size_t len)
{
	memcpy(r->own + at, bytes, len);
	if (at + len > r->bins_bytes)
		r->bins_bytes = at + len;
	r->replay.pages++;
}

static bool is_marked(const uint8_t *p)
{
	return memcmp(p, "HvLE", 4) == 0;
}

/* Of what has 40 bytes. */
static bool is_head_good(const uint8_t *p)
{
	return is_marked(p) && le64(p + 32) == regf_marvin32(p, 32);
}

/* Its size, if what follows the head at `at` is whole; else 0. */
static size_t body_at(const struct log *l, size_t at)
{
	if (at > l->b.len || l->b.len - at < ENTRY_HEAD)
		return 0;
	const uint8_t *p = l->b.bytes + at;
	size_t size = le32(p + 4);

	if (size < ENTRY_HEAD || size % SECTOR || size > l->b.len - at)
		return 0;
	return le64(p + 24) == regf_marvin32(p + ENTRY_HEAD, size - ENTRY_HEAD) ? size : 0;
}

/* Is there a whole entry at l->at, with both sums right? Its size, or 0. */
static size_t judge_entry(const struct log *l)
{
	if (l->at > l->b.len || l->b.len - l->at < ENTRY_HEAD || !is_head_good(l->b.bytes + l->at))
		return 0;
	return body_at(l, l->at);
}

/* The same; an entry waits while those of other logs are applied, and its sums are taken once. */
static size_t entry_size(struct log *l)
{
	if (l->judged != l->at) {
		l->judged = l->at;
		l->size = judge_entry(l);
	}
	return l->size;
}

static uint32_t entry_sequence(const struct log *l)
{
	return le32(l->b.bytes + l->at + 12);
}

/* Apply an entry, all of it or nothing. False: what it says is impossible. */
static bool apply_entry(struct regf *r, struct regf_bytes hive, size_t room, const struct log *l,
			size_t size)
{
	const uint8_t *p = l->b.bytes + l->at;
	uint32_t bins = le32(p + 16), count = le32(p + 20);
	size_t left = size - ENTRY_HEAD;

	if (bins % REGF_PAGE_BYTES || bins > room || count > left / 8)
		return false;
	left -= (size_t)count * 8;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t at = le32(p + ENTRY_HEAD + i * 8), len = le32(p + ENTRY_HEAD + i * 8 + 4);

		if (at > bins || len > bins - at || len > left)
			return false;
		left -= len;
	}
	make_own(r, hive, room);
	const uint8_t *page = p + ENTRY_HEAD + (size_t)count * 8;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t at = le32(p + ENTRY_HEAD + i * 8), len = le32(p + ENTRY_HEAD + i * 8 + 4);

		put(r, at, page, len);
		page += len;
	}
	if (bins > r->bins_bytes)
		r->bins_bytes = bins;
	r->base.bins_bytes = bins;
	r->base.primary_sequence = r->base.secondary_sequence = le32(p + 12);
	r->replay.entries++;
	return true;
}

/* Rewriting a log leaves old entries cut: no damage, unless this one was due, or is whole behind its head. */
static bool is_damaged(const struct log *l, uint32_t wanted)
{
	if (l->at > l->b.len || l->b.len - l->at < ENTRY_HEAD)
		return false;
	const uint8_t *p = l->b.bytes + l->at;
	if (is_marked(p) && entry_sequence(l) == wanted)
		return true;
	return !is_head_good(p) && body_at(l, l->at);
}

/* Is there an entry that is newer than all that were applied? */
static bool has_newer(const struct log *l, uint32_t wanted)
{
	for (size_t at = SECTOR; at < l->b.len && l->b.len - at >= ENTRY_HEAD; at += SECTOR) {
		const uint8_t *p = l->b.bytes + at;

		if (is_marked(p) && (int32_t)(le32(p + 12) - wanted) >= 0 && is_head_good(p))
			return true;
	}
	return false;
}

/* The log whose next entry has the lowest number from `wanted` on; NULL: none has. What
 * is older was applied long ago. */
static struct log *lowest(const struct regf *r, struct log *logs, size_t count, uint32_t wanted,
			  size_t *size)
{
	struct log *best = NULL;

	for (size_t i = 0; i < count; i++) {
		struct log *l = &logs[i];
		size_t n = entry_size(l);

		while (n && (int32_t)(entry_sequence(l) - wanted) < 0) {
			uint32_t before = entry_sequence(l);
			l->at += n;
			n = entry_size(l);
			/* Numbers rise; then what is left of former rounds begins. */
			if (n && entry_sequence(l) != before + 1)
				n = 0;
		}
		if (!n) {
			if (is_damaged(l, wanted)) {
				parse_problem(r->problems, 0,
					      N_("an entry of a transaction log is damaged"));
				l->said = true;
			}
			l->at = l->b.len;
			continue;
		}
		if (!best || (int32_t)(entry_sequence(l) - entry_sequence(best)) < 0) {
			best = l;
			*size = n;
		}
	}
	return best;
}

static void replay_new(struct regf *r, struct regf_bytes hive, size_t room, struct log *logs,
		       size_t count)
{
	uint32_t wanted = r->base.secondary_sequence;
	const struct log *used[REGF_LOGS_MAX] = { 0 };
	struct log *l;
	size_t size = 0;
	bool newer = false, said = false;

	for (bool first = true; (l = lowest(r, logs, count, wanted, &size)); first = false) {
		uint32_t sequence = entry_sequence(l);

		if (!first && sequence != wanted) {
			parse_problem(r->problems, 0,
				      N_("entries are missing between transaction logs"));
			said = true;
			break;
		}
		if (!apply_entry(r, hive, room, l, size)) {
			parse_problem(r->problems, 0,
				      N_("an entry of a transaction log is damaged"));
			said = true;
			break;
		}
		used[l - logs] = l;
		l->at += size;
		wanted = sequence + 1;
	}
	for (size_t i = 0; i < count; i++) {
		r->replay.logs += used[i] != NULL;
		said = said || logs[i].said;
		newer = newer || (!said && has_newer(&logs[i], wanted));
	}
	if (newer && !said)
		parse_problem(r->problems, 0, N_("entries are missing between transaction logs"));
}

/* A bit for each 512 bytes of the hive, then those whose bit is set. */
static void replay_old(struct regf *r, struct regf_bytes hive, size_t room, const struct log *l)
{
	size_t bits = l->base.bins_bytes / SECTOR, sector = l->base.sector_bytes;
	struct reader map = reader_of(l->b.bytes, l->b.len);

	reader_skip(&map, sector);
	const uint8_t *mark = reader_take(&map, 4);
	const uint8_t *bitmap = reader_take(&map, (bits + 7) / 8);
	size_t at = (sector + 4 + (bits + 7) / 8 + sector - 1) / sector * sector;
	if (!mark || memcmp(mark, "DIRT", 4) != 0 || !bitmap || l->base.bins_bytes > room) {
		parse_problem(r->problems, 0, N_("a transaction log is damaged"));
		return;
	}
	size_t count = 0;
	for (size_t i = 0; i < bits; i++)
		count += bitmap[i / 8] >> i % 8 & 1;
	if (at > l->b.len || count > (l->b.len - at) / SECTOR) {
		parse_problem(r->problems, 0, N_("a transaction log is cut short"));
		return;
	}
	make_own(r, hive, room);
	for (size_t i = 0; i < bits; i++) {
		if (!(bitmap[i / 8] >> i % 8 & 1))
			continue;
		put(r, i * SECTOR, l->b.bytes + at, SECTOR);
		at += SECTOR;
	}
	if (l->base.bins_bytes > r->bins_bytes)
		r->bins_bytes = l->base.bins_bytes;
	r->replay.logs++;
	r->base.bins_bytes = l->base.bins_bytes;
	r->base.primary_sequence = r->base.secondary_sequence;
}

/* The first block of a log is damaged: its entries are not, as they have sums of their own. False: of the new
 * format there are none. */
static bool find_entries(struct log *l)
{
	for (l->at = SECTOR; l->at <= 8 * SECTOR; l->at += SECTOR)
		if (l->at < l->b.len && l->b.len - l->at >= ENTRY_HEAD &&
		    is_marked(l->b.bytes + l->at)) {
			l->base.type = LOG_NEW;
			return true;
		}
	return false;
}

bool regf_is_log(struct regf_bytes b)
{
	struct log l = { .b = b };
	const bool has_block = regf_base_parse(b, &l.base);

	if (has_block && l.base.type != 0) /* 0: a hive, or a log of which this is damaged */
		return true;
	if (!l.base.checksum_good && find_entries(&l))
		return true;
	if (has_block)
		return false;
	for (size_t i = 0; i < b.len; i++)
		if (b.bytes[i])
			return false;
	return true;
}

void regf_replay(struct regf *r, struct regf_bytes hive, const struct regf_bytes *bytes,
		 size_t log_count)
{
	struct log news[REGF_LOGS_MAX] = { 0 }, old = { 0 };
	const struct log *base = NULL;
	size_t room = r->bins_bytes, count = 0;
	bool good = r->base.checksum_good;
	/* Where the first block is damaged, the first bin tells the same time. */
	struct regf_bytes time = { hive.bytes + REGF_BASE_BYTES + 20, 8 };
	struct reader first = reader_of(time.bytes, r->bins_bytes >= 28 ? 8 : 0);
	uint64_t written = good ? r->base.last_written : reader_le64(&first);

	for (size_t i = 0; i < log_count; i++) {
		struct log l = { .b = bytes[i] };

		const bool whole = regf_base_parse(l.b, &l.base) && l.base.checksum_good;
		l.at = l.base.sector_bytes;
		if (!whole && !find_entries(&l))
			continue;
		if (!whole)
			parse_problem(r->problems, 0,
				      N_("the first block of a transaction log is damaged"));
		if (!size_add(room, l.b.len, &room) || room > REGF_BYTES_MAX)
			room = REGF_BYTES_MAX;
		if (l.base.type == LOG_NEW && count < REGF_LOGS_MAX)
			news[count++] = l;
		else if ((l.base.type == LOG_OLD || l.base.type == LOG_OLD_TOO) &&
			 l.base.primary_sequence == l.base.secondary_sequence &&
			 l.base.last_written == written)
			old = l;
	}
	for (size_t i = 0; i < count; i++)
		if (news[i].base.checksum_good &&
		    (!base ||
		     (int32_t)(news[i].base.primary_sequence - base->base.primary_sequence) < 0))
			base = &news[i];
	if (!base && old.b.len)
		base = &old;
	if (!good && base)
		r->base = base->base;
	/* Without any first block nothing says which entries are new. */
	if (good || base)
		replay_new(r, hive, room, news, count);
	if (!r->replay.pages && old.b.len)
		replay_old(r, hive, room, &old);
}
