/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sections of an E01 image, from segment to segment. */
#include "triage/parse/e01_inside.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/checked.h"
#include "lib/base/language.h"
#include "lib/base/text.h"
#include "lib/data/charset.h"
#include "lib/disk/utf16.h"

#define FILE_HEADER_BYTES 13
#define DESCRIPTOR_BYTES 76
#define TABLE_HEADER_BYTES 24
#define VOLUME_BYTES 94 /* of the shortest kind, of SMART; EnCase's has 1052 and begins alike */
#define VOLUME_LONG_BYTES 1052
#define PACKED_TEXT_MAX (256u << 10)

struct walk {
	struct e01 *x;
	uint32_t segment;
	const struct partition_source *s;
	uint64_t at, size,
		end;       /* of the section: its descriptor, its bytes with that, where it ends */
	uint64_t data_end; /* of the last section of chunks */
	bool ended, table_open; /* table_open: the copy of the last table may come */
	bool gap;               /* tables may be missing before the next one */
	bool maybe_gap;         /* so, if its copy is not the next section */
	unsigned volume_rank;   /* 0: not seen; 1: with a wrong sum; 2: with the right one */
	unsigned text_rank;     /* header2 before header */
	size_t sections;
};

/* There is no place on the medium for it: the place is that in the segment. */
static void problem(const struct walk *w, const char *what)
{
	char *words = mem_format(_("in segment %u: %s"), w->segment + 1, _(what));

	parse_problem(&w->x->problems, w->at, words);
	free(words);
}

/* The bytes of a section behind its descriptor, at most `max` and at least `min` of them. */
static uint8_t *body(struct walk *w, size_t min, size_t max, size_t *len)
{
	uint64_t left = w->size - DESCRIPTOR_BYTES;
	struct error quiet = { 0 };

	*len = left < max ? (size_t)left : max;
	if (*len < min) {
		problem(w, N_("a section is shorter than it must be"));
		return NULL;
	}
	uint8_t *bytes = mem_alloc(*len + 1);
	if (w->s->read(w->s->ctx, w->at + DESCRIPTOR_BYTES, bytes, *len, &quiet))
		return bytes;
	free(bytes);
	problem(w, N_("a section cannot be read"));
	return NULL;
}

/* Is the sum right that stands behind the first `len` bytes? It is told if not. */
static bool sum_is_right(const struct walk *w, const uint8_t *bytes, size_t len)
{
	struct reader r = reader_of(bytes + len, 4);

	if (reader_le32(&r) == e01_adler(1, bytes, len))
		return true;
	problem(w, N_("the checksum of a section is wrong"));
	return false;
}

/* --- the medium --- */

static void take_volume(struct walk *w)
{
	struct e01 *x = w->x;
	size_t len;
	uint8_t *bytes = body(w, VOLUME_BYTES, VOLUME_LONG_BYTES, &len);

	if (!bytes)
		return;
	const size_t bytes_of_kind = len >= VOLUME_LONG_BYTES ? VOLUME_LONG_BYTES : VOLUME_BYTES;
	const unsigned rank = sum_is_right(w, bytes, bytes_of_kind - 4) ? 2 : 1;
	struct reader r = reader_of(bytes, len);
	uint8_t type = reader_u8(&r);
	reader_skip(&r, 3);
	uint64_t chunks = reader_le32(&r);
	uint32_t per_chunk = reader_le32(&r), sector = reader_le32(&r);
	uint64_t sectors = len >= VOLUME_LONG_BYTES ? reader_le64(&r) : reader_le32(&r), media = 0;
	bool can_be = sector >= 512 && sector <= 65536 && !(sector & (sector - 1)) && per_chunk &&
		      per_chunk <= E01_CHUNK_MAX / sector && u64_mul(sectors, sector, &media) &&
		      media <= INT64_MAX && sectors;

	if (!can_be) {
		problem(w, N_("what is said of the medium cannot be"));
	} else if (w->volume_rank < rank) {
		w->volume_rank = rank;
		x->media_type = len >= VOLUME_LONG_BYTES ? type : E01_UNTOLD;
		x->sectors_per_chunk = per_chunk;
		x->sector_bytes = sector;
		x->chunk_bytes = per_chunk * sector;
		x->sectors = sectors;
		x->media_bytes = media;
		x->chunks = (media + x->chunk_bytes - 1) / x->chunk_bytes;
		if (len >= VOLUME_LONG_BYTES) {
			x->physical = bytes[36] & 2;
			x->compression = bytes[52];
			memcpy(x->set_id, bytes + 64, sizeof(x->set_id));
		}
		if (chunks != x->chunks && chunks)
			problem(w, N_("the number of chunks does not fit the size of the medium"));
	} else if (sectors != x->sectors || sector != x->sector_bytes ||
		   per_chunk != x->sectors_per_chunk) {
		problem(w, N_("two sections say different things of the medium"));
	}
	free(bytes);
}

/* --- the texts about the case --- */

static const struct {
	const char *key;
	enum e01_text what;
} text_keys[] = {
	{ "c", E01_CASE_NUMBER }, { "n", E01_EVIDENCE_NUMBER }, { "a", E01_DESCRIPTION },
	{ "e", E01_EXAMINER },    { "t", E01_NOTES },           { "m", E01_ACQUIRED },
	{ "u", E01_SYSTEM_DATE }, { "av", E01_SOFTWARE },       { "ov", E01_SYSTEM },
};

static void take_value(struct e01 *x, const char *key, size_t key_len, const char *value,
		       size_t len)
{
	for (size_t i = 0; i < sizeof(text_keys) / sizeof(*text_keys); i++)
		if (strlen(text_keys[i].key) == key_len &&
		    memcmp(text_keys[i].key, key, key_len) == 0)
			x->texts[text_keys[i].what] = arena_string_n(&x->memory, value, len);
}

/* A line as far as its end, which is moved behind. */
static const char *next_line(const char **s, size_t *len)
{
	const char *line = *s, *end = strchr(line, '\n');

	*len = end ? (size_t)(end - line) : strlen(line);
	*s = end ? end + 1 : line + *len;
	if (*len && line[*len - 1] == '\r')
		--*len;
	return line;
}

static const char *next_cell(const char **s, const char *end, size_t *len)
{
	const char *cell = *s, *tab = memchr(cell, '\t', (size_t)(end - cell));

	*len = (size_t)((tab ? tab : end) - cell);
	*s = tab ? tab + 1 : end;
	return cell;
}

/* The lines below "main": keys, then values, both between tabs. */
static void take_lines(struct e01 *x, const char *text)
{
	size_t len = 0, keys_len = 0, values_len = 0, key_len, value_len;

	while (*text) {
		const char *line = next_line(&text, &len);

		if (len == 4 && memcmp(line, "main", 4) == 0)
			break;
	}
	const char *key = next_line(&text, &keys_len), *keys_end = key + keys_len;
	const char *value = next_line(&text, &values_len), *values_end = value + values_len;
	while (key < keys_end) {
		const char *k = next_cell(&key, keys_end, &key_len);
		const char *v = next_cell(&value, values_end, &value_len);

		take_value(x, k, key_len, v, value_len);
	}
}

static void to_utf8(struct text *out, const uint8_t *bytes, size_t len, bool wide)
{
	if (wide) {
		size_t skip = len >= 2 && bytes[0] == 0xff && bytes[1] == 0xfe ? 2 : 0;
		char *s = mem_alloc(UTF16_TEXT(len / 2));

		(void)utf16_text(s, reader_of(bytes + skip, len - skip));
		text_add(out, s);
		free(s);
		return;
	}
	for (size_t i = 0; i < len && bytes[i]; i++) {
		uint32_t c = bytes[i] < 0x80 ? bytes[i] : charset_1252(bytes[i]);

		text_add_char(out, c ? c : TEXT_BAD);
	}
}

static void take_text(struct walk *w, bool wide)
{
	const unsigned rank = wide ? 2 : 1;
	size_t len, got = 0;
	uint8_t *packed;

	/* Each stands there twice, and the wide one says the same better. */
	if (w->text_rank >= rank || !(packed = body(w, 1, PACKED_TEXT_MAX, &len)))
		return;
	uint8_t *plain = mem_alloc(E01_TEXT_MAX);
	if (e01_inflate(w->x, packed, len, plain, E01_TEXT_MAX, &got)) {
		struct text text = { 0 };

		to_utf8(&text, plain, got, wide);
		take_lines(w->x, text_end(&text));
		text_release(&text);
		w->text_rank = rank;
	} else {
		problem(w, N_("the texts about the case cannot be unpacked"));
	}
	free(plain);
	free(packed);
}

/* --- tables --- */

static void add_table(struct walk *w, const struct e01_table *t)
{
	struct e01 *x = w->x;

	mem_grow(&x->tables, &x->table_room, x->table_count + 1, sizeof(*x->tables));
	x->tables[x->table_count] = *t;
	x->tables[x->table_count++].after_gap = w->gap;
	w->gap = false;
	w->table_open = true;
}

static void take_table(struct walk *w, bool copy)
{
	size_t len;
	uint8_t *bytes = body(w, TABLE_HEADER_BYTES, TABLE_HEADER_BYTES, &len);

	if (!bytes)
		return;
	struct reader r = reader_of(bytes, len);
	uint32_t count = reader_le32(&r);
	reader_skip(&r, 4);
	uint64_t base = reader_le64(&r), room = w->size - DESCRIPTOR_BYTES - TABLE_HEADER_BYTES;
	reader_skip(&r, 4);
	bool right = reader_le32(&r) == e01_adler(1, bytes, TABLE_HEADER_BYTES - 4);
	struct e01_table t = { .segment = w->segment,
			       .count = count,
			       .has_sum = room >= (uint64_t)count * 4 + 4,
			       .base = base,
			       .end = w->data_end ? w->data_end : w->end };
	uint64_t entries = w->at + DESCRIPTOR_BYTES + TABLE_HEADER_BYTES;

	free(bytes);
	if (!right || !count || count > E01_TABLE_MAX || room < (uint64_t)count * 4) {
		problem(w, N_("the head of a table of chunks is damaged"));
		/* Then its copy is the first that can be read; without that nobody knows how many chunks it had. */
		w->gap |= w->maybe_gap;
		w->maybe_gap = !copy || !w->table_open;
		w->table_open = false;
	} else if (!copy || !w->table_open) {
		w->gap |= !copy && w->maybe_gap;
		w->maybe_gap = false;
		*(copy ? &t.second : &t.first) = entries;
		add_table(w, &t);
	} else {
		struct e01_table *last = &w->x->tables[w->x->table_count - 1];

		if (last->count == count && last->base == base)
			last->second = entries;
		w->table_open = false;
	}
}

/* --- what is known of the whole --- */

static void take_digests(struct walk *w, bool both)
{
	size_t len;
	uint8_t *bytes = body(w, 16, both ? 80 : 36, &len);
	static const uint8_t none[20];

	if (!bytes)
		return;
	if (len == (both ? 80 : 36))
		(void)sum_is_right(w, bytes, len - 4);
	if (memcmp(bytes, none, 16) != 0) {
		memcpy(w->x->md5, bytes, 16);
		w->x->has_md5 = true;
	}
	if (both && len >= 36 && memcmp(bytes + 16, none, 20) != 0) {
		memcpy(w->x->sha1, bytes + 16, 20);
		w->x->has_sha1 = true;
	}
	free(bytes);
}

/* Ranges of sectors that could not be read: pairs of first and count, behind a head. */
static void take_errors(struct walk *w)
{
	size_t len;
	uint8_t *bytes = body(w, 520, 520 + (1u << 20), &len);

	if (!bytes)
		return;
	(void)sum_is_right(w, bytes, 516);
	struct reader r = reader_of(bytes, len);
	uint32_t count = reader_le32(&r);
	reader_skip(&r, 516);
	for (uint32_t i = 0; i < count && r.left >= 8; i++) {
		reader_skip(&r, 4);
		w->x->read_errors += reader_le32(&r);
	}
	free(bytes);
}

/* False: nothing is known of such a section. */
static bool take_section(struct walk *w, const char *type)
{
	if (strcmp(type, "volume") == 0 || strcmp(type, "disk") == 0 || strcmp(type, "data") == 0)
		take_volume(w);
	else if (strcmp(type, "header2") == 0)
		take_text(w, true);
	else if (strcmp(type, "header") == 0)
		take_text(w, false);
	else if (strcmp(type, "sectors") == 0)
		w->data_end = w->end;
	else if (strcmp(type, "table") == 0)
		take_table(w, false);
	else if (strcmp(type, "table2") == 0)
		take_table(w, true);
	else if (strcmp(type, "hash") == 0)
		take_digests(w, false);
	else if (strcmp(type, "digest") == 0)
		take_digests(w, true);
	else if (strcmp(type, "error2") == 0)
		take_errors(w);
	else if (strcmp(type, "done") == 0)
		w->ended = true;
	else
		return false;
	return true;
}

/* What stands in a descriptor, and is its sum right? Without one, *r is bad. */
static bool descriptor_at(const struct walk *w, uint64_t at, uint8_t bytes[DESCRIPTOR_BYTES],
			  struct reader *r)
{
	struct error quiet = { 0 };

	*r = reader_of(bytes, 0);
	if (at > w->s->size_bytes || w->s->size_bytes - at < DESCRIPTOR_BYTES ||
	    !w->s->read(w->s->ctx, at, bytes, DESCRIPTOR_BYTES, &quiet)) {
		reader_skip(r, 1);
		return false;
	}
	struct reader sum = reader_of(bytes + DESCRIPTOR_BYTES - 4, 4);
	*r = reader_of(bytes, DESCRIPTOR_BYTES);
	return reader_le32(&sum) == e01_adler(1, bytes, DESCRIPTOR_BYTES - 4);
}

/* Does a section that is whole begin there? */
static bool goes_on_at(const struct walk *w, uint64_t at)
{
	uint8_t bytes[DESCRIPTOR_BYTES];
	struct reader r;

	return at >= w->at + DESCRIPTOR_BYTES && descriptor_at(w, at, bytes, &r);
}

/* False: behind this one there is nothing more to be found. */
static bool section(struct walk *w)
{
	uint8_t bytes[DESCRIPTOR_BYTES];
	struct reader r;
	char type[17] = "";
	const bool whole = descriptor_at(w, w->at, bytes, &r);

	if (r.bad) {
		problem(w, N_("the segment ends without its last section: it was cut off"));
		w->gap = true;
		return false;
	}
	memcpy(type, reader_take(&r, 16), 16);
	uint64_t next = reader_le64(&r);
	w->size = reader_le64(&r);
	/* Two numbers say where the next one is: a damaged one hides nothing behind it. */
	if (!whole && !goes_on_at(w, next) && w->size <= w->s->size_bytes &&
	    goes_on_at(w, w->at + w->size))
		next = w->at + w->size;
	if (!whole && !goes_on_at(w, next)) {
		problem(w, N_("the head of a section is damaged: what follows it cannot be found"));
		w->gap = true;
		return false;
	}
	if (!whole)
		problem(w, N_("the head of a section is damaged: it is read as far as it can be"));
	bool last = whole && (strcmp(type, "done") == 0 || strcmp(type, "next") == 0);
	/* Some writers leave the size of the last one empty. */
	if (last || w->size < DESCRIPTOR_BYTES)
		w->size = DESCRIPTOR_BYTES;
	if (!last && (next < w->at + DESCRIPTOR_BYTES || next > w->s->size_bytes)) {
		problem(w, N_("a section leads nowhere: the segment was cut off"));
		w->gap = true;
		return false;
	}
	if (!last && (!whole || w->size > next - w->at))
		w->size = next - w->at;
	w->end = w->at + w->size;
	if (!take_section(w, type) && !whole) { /* it may have been of chunks or a table */
		w->data_end = 0;
		w->gap |= w->maybe_gap;
		w->maybe_gap = true;
	}
	w->at = next;
	return !last && ++w->sections < E01_SECTIONS_MAX;
}

static bool segment(struct walk *w, struct error *e)
{
	static const uint8_t magic[8] = { 'E', 'V', 'F', 9, 13, 10, 255, 0 };
	uint8_t head[FILE_HEADER_BYTES];

	if (w->s->size_bytes < sizeof(head))
		return error_set(e, ERROR_UNTRUSTED, _("segment %u is no E01 image"),
				 w->segment + 1);
	if (!w->s->read(w->s->ctx, 0, head, sizeof(head), e))
		return false;
	struct reader r = reader_of(head + 9, 2);
	unsigned number = reader_le16(&r);
	if (memcmp(head, magic, sizeof(magic)) != 0)
		return error_set(e, ERROR_UNTRUSTED, _("segment %u is no E01 image"),
				 w->segment + 1);
	if (number != w->segment + 1)
		return error_set(e, ERROR_UNTRUSTED, _("segment %u says that it is number %u"),
				 w->segment + 1, number);
	w->at = FILE_HEADER_BYTES;
	w->data_end = 0;
	w->table_open = false;
	while (section(w))
		;
	return true;
}

/*
 * Which chunks each table has: those behind the ones of the table before. Where some are missing it is counted from
 * the end, if that is there, and all between two such places is left out: bytes are never given at another's place.
 * Returns how many chunks there are without a gap.
 */
static uint64_t place_tables(struct e01 *x, bool to_the_end)
{
	size_t whole = 0, behind = x->table_count;
	uint64_t there = 0, at = x->chunks;

	for (; whole < x->table_count && !x->tables[whole].after_gap; whole++) {
		x->tables[whole].first_chunk = there;
		there += x->tables[whole].count;
	}
	x->placed = there;
	if (whole == x->table_count)
		return there;
	for (size_t i = x->table_count; to_the_end && there <= at && i > whole; i--) {
		if (x->tables[i - 1].count > at - there)
			break; /* it says more than there is room for */
		at -= x->tables[i - 1].count;
		x->tables[i - 1].first_chunk = at;
		if (x->tables[i - 1].after_gap) {
			behind = i - 1;
			break;
		}
	}
	if (behind < x->table_count) {
		x->placed = x->chunks;
		there = x->tables[behind].first_chunk > there ? there : x->chunks;
	}
	if (behind > whole)
		parse_problem(
			&x->problems, there * x->chunk_bytes,
			N_("it is not known where a part of the image belongs: it is left out"));
	memmove(x->tables + whole, x->tables + behind,
		(x->table_count - behind) * sizeof(*x->tables));
	x->table_count -= behind - whole;
	return there;
}

bool e01_sections(struct e01 *x, struct error *e)
{
	struct walk w = { .x = x };

	for (size_t i = 0; i < x->count; i++) {
		w.segment = (uint32_t)i;
		w.s = &x->inputs[i];
		if (!segment(&w, e))
			return false;
	}
	if (!w.volume_rank)
		return error_set(e, ERROR_UNTRUSTED,
				 _("the image does not say how large its medium is"));
	uint64_t there = place_tables(x, w.ended && !w.gap && !w.maybe_gap);
	x->complete = w.ended && there >= x->chunks;
	if (!x->complete)
		parse_problem(&x->problems, there * x->chunk_bytes,
			      N_("the image is not complete: a segment is missing or was cut off"));
	return true;
}
