/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making a catalogue: what is in each file, and where it stands. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/checked.h"
#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/crypto/sha256.h"
#include "lib/image/catalogue_inside.h"

#define PIECE_BYTES (1u << 20)
#define FIRST_LINE_BYTES (sizeof(CATALOGUE_FIRST_LINE) - 1)

/* May so much be hashed of this file system? Then it is spent. */
static bool spend(struct catalogue_writer *w, uint32_t partition, const struct filesystem *f,
		  uint64_t bytes)
{
	uint64_t all;

	if (w->left.partition != partition) {
		if (!u64_mul(f->size_bytes, CATALOGUE_HASH_FACTOR, &all) ||
		    !u64_add(all, CATALOGUE_HASH_FIRST, &all))
			all = UINT64_MAX;
		w->left.partition = partition;
		w->left.bytes = all;
	}
	if (bytes > w->left.bytes)
		return false;
	w->left.bytes -= bytes;
	return true;
}

/* The sum of an entry's content, or "-" with FILESYSTEM_UNREADABLE if it is damaged. */
static bool sum(struct catalogue_writer *w, struct filesystem *f,
		const struct filesystem_entry *entry, unsigned *flags, char out[SHA256_HEX],
		struct error *e)
{
	const uint64_t size = entry->size_bytes;
	struct error why = { 0 };
	struct sha256_state s;
	uint64_t at = 0;

	if (!w->buffer)
		w->buffer = mem_alloc(PIECE_BYTES);
	sha256_init(&s);
	while (at < size) {
		size_t want = size - at < PIECE_BYTES ? (size_t)(size - at) : PIECE_BYTES, got = 0;

		if (!f->read(f, entry, at, w->buffer, want, &got, &why) || got != want)
			break;
		sha256_update(&s, w->buffer, got);
		at += got;
	}
	sha256_final(&s, out);
	if (why.kind && why.kind != ERROR_UNTRUSTED)
		return error_set(e, why.kind, "%s", why.text);
	if (at < size) {
		*flags |= FILESYSTEM_UNREADABLE;
		memcpy(out, "-", 2);
	}
	return true;
}

/* The same, but a file that was read under another of its names just before is not read again. */
static bool sum_once(struct catalogue_writer *w, uint32_t partition, struct filesystem *f,
		     const struct filesystem_entry *entry, unsigned *flags, char out[SHA256_HEX],
		     struct error *e)
{
	bool linked = entry->flags & FILESYSTEM_ONE_OF_SEVERAL && entry->type == 'f';

	if (linked && w->linked.sha256[0] && w->linked.partition == partition &&
	    w->linked.id == entry->id && w->linked.size_bytes == entry->size_bytes) {
		memcpy(out, w->linked.sha256, SHA256_HEX);
		if (*out == '-')
			*flags |= FILESYSTEM_UNREADABLE;
		return true;
	}
	if (!spend(w, partition, f, entry->size_bytes)) {
		*flags |= FILESYSTEM_UNREADABLE;
		memcpy(out, "-", 2);
	} else if (!sum(w, f, entry, flags, out, e)) {
		return false;
	}
	if (linked) {
		w->linked.partition = partition;
		w->linked.id = entry->id;
		w->linked.size_bytes = entry->size_bytes;
		memcpy(w->linked.sha256, out, SHA256_HEX);
	}
	return true;
}

static void put_flags(struct text *out, unsigned flags)
{
	for (unsigned i = 0; CATALOGUE_FLAGS[i]; i++)
		if (flags & 1u << i)
			text_add_n(out, &CATALOGUE_FLAGS[i], 1);
	if (!flags)
		text_add(out, "-");
}

/* The fields before the path. */
static bool put_line(struct catalogue_writer *w, uint32_t partition, struct filesystem *f,
		     const struct filesystem_entry *entry, struct error *e)
{
	const unsigned unread = FILESYSTEM_ENCRYPTED | FILESYSTEM_WOF | FILESYSTEM_LEFT_OUT |
				FILESYSTEM_UNREADABLE;
	const struct filesystem_time *times[] = { &entry->modified, &entry->created,
						  &entry->changed };
	bool has_content = entry->type != 'd' && entry->type != 'o';
	unsigned flags = entry->flags & ~(unsigned)FILESYSTEM_DAMAGED;
	char hash[SHA256_HEX] = "-", time[CATALOGUE_TIME];

	if (entry->flags & FILESYSTEM_DAMAGED)
		flags |= FILESYSTEM_UNREADABLE;
	if (has_content && !(flags & unread) && !sum_once(w, partition, f, entry, &flags, hash, e))
		return false;
	text_addf(&w->lines, "%u\t%c\t%llu\t%s\t", partition, entry->type,
		  has_content ? entry->size_bytes + 0ULL : 0ULL, hash);
	put_flags(&w->lines, flags);
	for (size_t i = 0; i < 3; i++) {
		catalogue_time_put(time, times[i]);
		text_add(&w->lines, "\t");
		text_add(&w->lines, time);
	}
	text_add(&w->lines, "\t");
	return true;
}

bool catalogue_add(struct catalogue_writer *w, uint32_t partition, struct filesystem *f,
		   const struct filesystem_entry *entry, struct error *e)
{
	bool halves = f->kind == FILESYSTEM_NTFS;
	size_t begin = w->lines.len;
	struct catalogue_line line;

	if (w->count == CATALOGUE_LINES_MAX || begin > CATALOGUE_BYTES_MAX - CATALOGUE_LINE_MAX)
		return error_set(
			e, ERROR_FAILED,
			_("there are too many files for a catalogue; capture without one"));
	if (!put_line(w, partition, f, entry, e))
		return false;
	size_t path = w->lines.len;
	catalogue_escape(&w->lines, entry->path, strlen(entry->path), halves);
	if (entry->stream) {
		text_add(&w->lines, ":");
		catalogue_escape(&w->lines, entry->stream, strlen(entry->stream), halves);
	}
	/* What a reader would refuse is not written. */
	if (!catalogue_parse(w->lines.s + begin, w->lines.len - begin, &line, e))
		return error_prefix(e, "\"%.100s\": ", w->lines.s + path);
	mem_grow(&w->places, &w->capacity, w->count + 1, sizeof(*w->places));
	w->places[w->count++] = (struct catalogue_place){
		.at = begin,
		.partition = partition,
		.len = (uint32_t)(w->lines.len - begin),
		.path = (uint32_t)(path - begin),
	};
	text_add(&w->lines, "\n");
	return true;
}

/* The line of a place, as far as the order needs it. */
static struct catalogue_line line_of(const struct catalogue_writer *w,
				     const struct catalogue_place *p)
{
	return (struct catalogue_line){ .partition = p->partition,
					.path = w->lines.s + p->at + p->path,
					.path_len = p->len - p->path };
}

static int by_path(const void *a, const void *b, void *ctx)
{
	struct catalogue_line x = line_of(ctx, a), y = line_of(ctx, b);

	return catalogue_order(&x, &y);
}

bool catalogue_sort(struct catalogue_writer *w, uint64_t *bytes, struct error *e)
{
	uint64_t byte = FIRST_LINE_BYTES;

	if (w->count)
		qsort_r(w->places, w->count, sizeof(*w->places), by_path, w);
	for (size_t i = 0; i < w->count; i++) {
		struct catalogue_place *p = &w->places[i];

		if (i && by_path(p - 1, p, w) == 0)
			return error_set(e, ERROR_UNTRUSTED,
					 _("the file system of partition %u is damaged: \"%.*s\" "
					   "stands in it twice"),
					 p->partition,
					 p->len - p->path < 200 ? (int)(p->len - p->path) : 200,
					 w->lines.s + p->at + p->path);
		p->byte = byte;
		byte += p->len + 1ULL;
	}
	*bytes = byte;
	return true;
}

/* The last line that begins at `offset` or before, which lies behind the first line. */
static size_t find_place(const struct catalogue_writer *w, uint64_t offset)
{
	size_t low = 0, high = w->count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (w->places[middle].byte <= offset)
			low = middle;
		else
			high = middle;
	}
	return low;
}

void catalogue_bytes(const struct catalogue_writer *w, uint64_t offset, void *buf, size_t len)
{
	uint8_t *to = buf;
	size_t i = offset < FIRST_LINE_BYTES ? 0 : find_place(w, offset);

	while (len) {
		const struct catalogue_place *p = &w->places[i];
		bool first = offset < FIRST_LINE_BYTES;
		const char *line = first ? CATALOGUE_FIRST_LINE : w->lines.s + p->at;
		size_t skip = (size_t)(first ? offset : offset - p->byte);
		size_t n = (first ? FIRST_LINE_BYTES : p->len + (size_t)1) - skip;

		n = n < len ? n : len;
		memcpy(to, line + skip, n);
		to += n;
		offset += n;
		len -= n;
		i += !first;
	}
}

void catalogue_release(struct catalogue_writer *w)
{
	text_release(&w->lines);
	free(w->places);
	free(w->buffer);
	*w = (struct catalogue_writer){ 0 };
}
