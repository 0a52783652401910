/* SPDX-License-Identifier: GPL-3.0-or-later */
/* E01 images: from sections and chunks back to the bytes of a medium. */
#include "triage/parse/e01_inside.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/checked.h"
#include "lib/base/language.h"

struct e01_chunk {
	uint64_t nr; /* UINT64_MAX: none */
	uint8_t *bytes;
};

/* --- tables --- */

/* Does what one of the two copies says hold together? Reads it into x->entries. */
static bool load_copy(struct e01 *x, const struct e01_table *t, uint64_t at, uint8_t *raw)
{
	const struct partition_source *s = &x->inputs[t->segment];
	const size_t bytes = (size_t)t->count * 4;
	struct error quiet = { 0 };
	uint64_t before = 0;
	bool wide = false; /* behind 2 GiB there was no bit left to say "packed" */

	if (!at || !partition_source_read(s, at, raw, bytes, &quiet))
		return false;
	struct reader sum = reader_of(raw + bytes, 4), r = reader_of(raw, bytes);
	/* SMART writes none: there the first chunk begins right behind the entries. */
	bool has_sum = t->has_sum && t->base + (reader_le32(&r) & 0x7fffffff) != at + bytes;
	if (has_sum && (!partition_source_read(s, at + bytes, raw + bytes, 4, &quiet) ||
			reader_le32(&sum) != e01_adler(1, raw, bytes)))
		return false;
	r = reader_of(raw, bytes);
	for (uint32_t i = 0; i < t->count; i++) {
		uint32_t entry = reader_le32(&r);
		uint64_t place = t->base + (wide ? entry : entry & 0x7fffffff);

		if (!wide && i && place < before) {
			wide = true;
			place = t->base + entry;
		}
		if (place < before || place >= t->end)
			return false;
		x->entries[i] = before = place;
		x->packed_flags[i] = !wide && entry >> 31;
	}
	x->entries[t->count] = t->end;
	return true;
}

/* False: its chunks cannot be found, which is told once. */
static bool load_table(struct e01 *x, size_t nr)
{
	struct e01_table *t = &x->tables[nr];

	if (x->loaded == nr || t->lost)
		return !t->lost;
	x->loaded = SIZE_MAX;
	uint8_t *raw = mem_alloc((size_t)t->count * 4 + 4);
	bool good = load_copy(x, t, t->first, raw);
	if (!good) {
		good = load_copy(x, t, t->second, raw);
		parse_problem(
			&x->problems, t->first_chunk * x->chunk_bytes,
			good ? N_("a table of chunks is damaged; its copy is read")
			     : N_("a table of chunks and its copy are damaged: its chunks read as zeros"));
	}
	free(raw);
	if (good)
		x->loaded = nr;
	t->lost = !good;
	return good;
}

/* The table that has a chunk, or SIZE_MAX. */
static size_t table_of(const struct e01 *x, uint64_t chunk)
{
	size_t low = 0, high = x->table_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct e01_table *t = &x->tables[middle];

		if (chunk < t->first_chunk)
			high = middle;
		else if (chunk - t->first_chunk >= t->count)
			low = middle + 1;
		else
			return middle;
	}
	return SIZE_MAX;
}

/* --- chunks --- */

static size_t bytes_of(const struct e01 *x, uint64_t chunk)
{
	uint64_t left = x->media_bytes - chunk * x->chunk_bytes;

	return left < x->chunk_bytes ? (size_t)left : x->chunk_bytes;
}

/* Why what is stored of a chunk is not what it was; NULL: it is. */
static const char *unpack(struct e01 *x, bool packed, size_t stored, uint8_t *out, size_t want)
{
	size_t got = 0;

	if (packed) {
		/* The last chunk may be as long as the others. */
		if (libdeflate_zlib_decompress(x->inflater, x->packed, stored, out, x->chunk_bytes,
					       &got) == LIBDEFLATE_SUCCESS &&
		    got >= want)
			return NULL;
		memset(out, 0, x->chunk_bytes);
		return N_("a chunk cannot be unpacked: it reads as zeros");
	}
	if (stored < want) {
		memset(out, 0, x->chunk_bytes);
		return N_("a chunk is shorter than it must be: it reads as zeros");
	}
	/* The sum stands behind the bytes, of which the last chunk may have more than the medium. */
	size_t bytes = stored - 4 < x->chunk_bytes ? stored - 4 : x->chunk_bytes;
	if (stored < 4 || bytes < want)
		bytes = want;
	memcpy(out, x->packed, want);
	struct reader sum = reader_of(x->packed + bytes, stored - bytes);
	if (stored - bytes < 4 || reader_le32(&sum) != e01_adler(1, x->packed, bytes))
		return N_("the checksum of a chunk is wrong: it is read as it is stored");
	return NULL;
}

static bool fill(struct e01 *x, uint64_t nr, struct e01_chunk *c, struct error *e)
{
	size_t table = table_of(x, nr);
	const size_t most = e01_packed_max(x->chunk_bytes);

	c->nr = UINT64_MAX;
	if (table == SIZE_MAX && nr >= x->placed)
		return error_set(
			e, ERROR_UNTRUSTED,
			_("the image ends before byte %llu of the medium: a segment is missing"),
			(unsigned long long)(nr * x->chunk_bytes));
	if (table == SIZE_MAX || !load_table(x, table)) {
		memset(c->bytes, 0, x->chunk_bytes);
		c->nr = nr;
		return true;
	}
	const struct e01_table *t = &x->tables[table];
	size_t i = (size_t)(nr - t->first_chunk);
	uint64_t stored = x->entries[i + 1] - x->entries[i];
	const struct partition_source *s = &x->inputs[t->segment];
	/* Behind the last chunk of a table there may be other things. */
	if (stored > most)
		stored = most;
	if (!s->read(s->ctx, x->entries[i], x->packed, (size_t)stored, e))
		return false;
	const char *wrong =
		unpack(x, x->packed_flags[i], (size_t)stored, c->bytes, bytes_of(x, nr));
	if (wrong)
		parse_problem(&x->problems, nr * x->chunk_bytes, wrong);
	c->nr = nr;
	return true;
}

static bool read_medium(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	struct e01 *x = ctx;
	uint8_t *to = buf;

	if (offset > x->media_bytes || len > x->media_bytes - offset)
		return error_set(e, ERROR_UNTRUSTED, _("it ends before byte %llu"),
				 (unsigned long long)offset + len);
	while (len) {
		uint64_t nr = offset / x->chunk_bytes;
		size_t within = (size_t)(offset % x->chunk_bytes);
		struct e01_chunk *c = &x->cache[nr % E01_CACHE];

		if (nr >= x->chunks)
			return error_set(e, ERROR_UNTRUSTED, _("it ends before byte %llu"),
					 (unsigned long long)offset + len);
		if (c->nr != nr && !fill(x, nr, c, e))
			return false;
		size_t n = bytes_of(x, nr) - within;
		if (n > len)
			n = len;
		memcpy(to, c->bytes + within, n);
		to += n;
		offset += n;
		len -= n;
	}
	return true;
}

struct partition_source e01_source(struct e01 *x)
{
	return (struct partition_source){ .read = read_medium,
					  .ctx = x,
					  .size_bytes = x->media_bytes,
					  .sector_bytes = x->sector_bytes == 4096 ? 4096 : 512 };
}

/* --- the whole --- */

static void make_room(struct e01 *x)
{
	uint32_t most = 0;

	for (size_t i = 0; i < x->table_count; i++)
		if (x->tables[i].count > most)
			most = x->tables[i].count;
	x->entries = mem_array((size_t)most + 1, sizeof(*x->entries));
	x->packed_flags = mem_alloc((size_t)most + 1);
	x->packed = mem_alloc(e01_packed_max(x->chunk_bytes));
	x->cache = mem_array(E01_CACHE, sizeof(*x->cache));
	for (size_t i = 0; i < E01_CACHE; i++)
		x->cache[i] = (struct e01_chunk){ UINT64_MAX, mem_alloc(x->chunk_bytes) };
}

bool e01_open(struct e01 *x, const struct partition_source *inputs, size_t count,
	      const struct parse_problems *problems, struct error *e)
{
	*x = (struct e01){ .inputs = inputs, .count = count, .loaded = SIZE_MAX };
	if (problems)
		x->problems = *problems;
	for (size_t i = 0; i < E01_TEXTS; i++)
		x->texts[i] = "";
	x->inflater = libdeflate_alloc_decompressor();
	if (!x->inflater)
		return error_set(e, ERROR_FAILED, _("there is not enough memory"));
	if (!e01_sections(x, e))
		return false;
	make_room(x);
	return true;
}

bool e01_inflate(struct e01 *x, const uint8_t *in, size_t len, uint8_t *out, size_t room,
		 size_t *got)
{
	return libdeflate_zlib_decompress(x->inflater, in, len, out, room, got) ==
	       LIBDEFLATE_SUCCESS;
}

uint32_t e01_adler(uint32_t start, const uint8_t *bytes, size_t len)
{
	return libdeflate_adler32(start, bytes, len);
}

void e01_release(struct e01 *x)
{
	for (size_t i = 0; x->cache && i < E01_CACHE; i++)
		free(x->cache[i].bytes);
	free(x->cache);
	free(x->packed);
	free(x->entries);
	free(x->packed_flags);
	free(x->tables);
	arena_release(&x->memory);
	libdeflate_free_decompressor(x->inflater);
	*x = (struct e01){ 0 };
}
