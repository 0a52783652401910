/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Jump lists: the order that Windows keeps, and links in files that are just a row of them. */
#include "triage/parse/jumplist.h"

#include <string.h>

#define NEW_VERSION 2u /* from here on with a count of accesses */
#define HOST_AT 72u
#define HOST_BYTES 16u
#define PIN_AT 108u
#define PIN_MAX 65535u
#define PATH_AT 128u
#define PATH_AT_OLD 112u
#define CLASS_BYTES 16u
#define GROUP_END 0xbabffbabu
#define FILE_HEAD_BYTES 12u
#define YEAR_1980 UINT64_C(119600064000000000) /* FILETIME */
#define YEAR_2100 UINT64_C(157469184000000000)

bool destlist_begin(const uint8_t *bytes, size_t len, struct destlist *d)
{
	struct reader r = reader_of(bytes, len);

	*d = (struct destlist){ .version = reader_le32(&r), .bytes = len };
	d->count = reader_le32(&r);
	d->pinned = reader_le32(&r);
	reader_skip(&r, 4);
	d->last_entry = reader_le64(&r);
	d->actions = reader_le64(&r);
	d->rest = r;
	return !r.bad && d->version > 0;
}

/* Whether an entry can begin here. */
static bool entry_fits(uint32_t version, struct reader r)
{
	const size_t path_at = version >= NEW_VERSION ? PATH_AT : PATH_AT_OLD;

	reader_skip(&r, HOST_AT);
	const uint8_t *host = reader_take(&r, HOST_BYTES);
	size_t n = 0;

	reader_skip(&r, 4);
	uint32_t none = reader_le32(&r);
	reader_skip(&r, 4);
	uint64_t accessed = reader_le64(&r);
	uint32_t pin = reader_le32(&r);
	reader_skip(&r, path_at - PIN_AT - 4);
	size_t units = reader_le16(&r);
	if (r.bad || none || (pin > PIN_MAX && pin != UINT32_MAX) || units == 0 ||
	    2 * units > r.left || (accessed && (accessed < YEAR_1980 || accessed > YEAR_2100)))
		return false;
	while (n < HOST_BYTES && host[n] > ' ' && host[n] != 0x7f) /* names have umlauts, too */
		n++;
	while (n < HOST_BYTES && host[n] == 0)
		n++;
	return n == HOST_BYTES;
}

/* Of newer versions not all is known that may stand behind a path, and any length may be damaged: look for
 * where the next entry can begin, so that none is lost. */
static void find_entry(struct destlist *d)
{
	struct reader r = d->rest;

	while (r.left && !entry_fits(d->version, r))
		reader_skip(&r, 1);
	d->passed_over += d->rest.left - r.left;
	d->rest = r;
}

bool destlist_next(struct destlist *d, struct destlist_entry *entry)
{
	struct reader *r = &d->rest;

	if (r->left == 0)
		return false;
	find_entry(d);
	*entry = (struct destlist_entry){ 0 };
	reader_skip(r, 8); /* a checksum of the entry */
	entry->droids = reader_take(r, 64);
	struct reader host = reader_sub(r, 16);
	entry->hostname = words_ended(&host, false);
	entry->number = reader_le32(r);
	reader_skip(r, 4);
	entry->score = reader_le32(r);
	entry->accessed = reader_le64(r);
	entry->pin_status = (int32_t)reader_le32(r);
	entry->has_access_count = d->version >= NEW_VERSION;
	if (entry->has_access_count) {
		reader_skip(r, 4);
		entry->access_count = reader_le32(r);
		reader_skip(r, 8);
	}
	size_t units = reader_le16(r);
	struct reader path = reader_sub(r, 2 * units);
	entry->path = words_all(path, true);
	if (entry->has_access_count) {
		size_t more = reader_le32(r);

		/* Rubbish in its place, as older ones have it, is not believed. */
		if (more >= 8 && more <= r->left && memcmp(r->at + 4, "1SPS", 4) == 0)
			entry->properties = reader_sub(r, more);
	}
	return !r->bad;
}

bool jumplist_stream_number(struct words name, uint32_t *number)
{
	*number = 0;
	if (!name.at || name.bytes < 2 || name.bytes > 16)
		return false;
	for (size_t i = 0; i < name.bytes; i += 2) {
		unsigned c = name.at[i];
		unsigned digit = c >= '0' && c <= '9' ? c - '0' : (c | 32) - 'a' + 10;

		if (name.at[i + 1] || digit > 15 || (c > '9' && (c | 32) < 'a'))
			return false;
		*number = *number << 4 | digit;
	}
	return true;
}

/* How a link begins: its size, and its class, which stands before each link, too. */
static const uint8_t link_head[4 + CLASS_BYTES] = {
	0x4c, 0, 0, 0, 0x01, 0x14, 0x02, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46
};

bool jumplist_find_link(const uint8_t *bytes, size_t len, size_t *at, size_t *end)
{
	const size_t n = sizeof(link_head);
	const uint8_t *found = *at < len ? memmem(bytes + *at, len - *at, link_head, n) : NULL;

	if (!found)
		return false;
	*at = (size_t)(found - bytes);
	const uint8_t *next = memmem(found + 1, len - *at - 1, link_head, n);
	*end = next ? (size_t)(next - bytes) : len;
	return true;
}

/* The head of a group: of one with a name, of a known one, of tasks. False: it is none. */
static bool skip_group_head(struct reader *r)
{
	switch (reader_le32(r)) {
	case 0:
		reader_skip(r, 2 * (size_t)reader_le16(r));
		reader_skip(r, 4);
		return true;
	case 1:
	case 2:
		reader_skip(r, 4);
		return true;
	default:
		return false;
	}
}

bool jumplist_is_frame(struct reader r, bool is_first, bool is_last)
{
	bool has_ended = false;

	if (is_first)
		reader_skip(&r, FILE_HEAD_BYTES);
	while (!r.bad && r.left) {
		struct reader peek = r;

		if (!is_last && r.left == CLASS_BYTES)
			return memcmp(r.at, link_head + 4, CLASS_BYTES) == 0;
		has_ended = reader_le32(&peek) == GROUP_END;
		if (has_ended)
			r = peek;
		else if (!skip_group_head(&r))
			return false;
	}
	return !r.bad && is_last && has_ended;
}
