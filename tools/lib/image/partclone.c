/* SPDX-License-Identifier: GPL-3.0-or-later */
/* partclone's images: the header, the bitmap, and where a block lies by counting it. */
#include "lib/image/partclone.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/checked.h"
#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/reader.h"

#define CRC_BYTES 4u
#define RANK_UNITS 4096u
#define PLAIN_STRIP_BYTES (1u << 20) /* read at once where nothing is checked */
#define CACHE_BYTES (64u << 20)
#define SLOTS_MAX 16u

enum { CHECKSUM_NONE = 0x00, CHECKSUM_CRC32 = 0x20 };
enum { BITMAP_BITS = 1 };

static void make_crc_table(uint32_t table[8][256])
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t crc = i;

		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (0xedb88320u & -(crc & 1));
		table[0][i] = crc;
	}
	for (uint32_t i = 0; i < 256; i++)
		for (int t = 1; t < 8; t++)
			table[t][i] = table[t - 1][i] >> 8 ^ table[0][table[t - 1][i] & 0xff];
}

/* Eight bytes a step; the bytes are this PC's only by reader_le64(). */
static uint32_t crc_more(const uint32_t t[8][256], uint32_t crc, const uint8_t *bytes, size_t n)
{
	struct reader r = reader_of(bytes, n);

	while (r.left >= 8) {
		uint64_t eight = reader_le64(&r) ^ crc;

		crc = 0;
		for (int i = 0; i < 8; i++)
			crc ^= t[7 - i][eight >> 8 * i & 0xff];
	}
	while (r.left > 0)
		crc = crc >> 8 ^ t[0][(crc ^ reader_u8(&r)) & 0xff];
	return crc;
}

#define CRC_SEED 0xffffffffu

static uint32_t crc_plainly(const uint8_t *bytes, size_t n)
{
	return ~gpt_crc32(0, bytes, n);
}

/* What people have instead of an image that can be read, with what to do. */
static bool refuse_other(const uint8_t *bytes, struct error *e)
{
	static const struct {
		const char *magic, *unpack;
	} packed[] = {
		{ "\x1f\x8b", "gzip -dc" },
		{ "\x28\xb5\x2f\xfd", "zstd -dc" },
		{ "\xfd"
		  "7zXZ",
		  "xz -dc" },
		{ "BZh", "bzip2 -dc" },
		{ "\x04\x22\x4d\x18", "lz4 -dc" },
		{ "\x89LZO", "lzop -dc" },
	};

	for (size_t i = 0; i < sizeof(packed) / sizeof(packed[0]); i++)
		if (memcmp(bytes, packed[i].magic, strlen(packed[i].magic)) == 0)
			return error_set(
				e, ERROR_USAGE,
				_("this is compressed. Unpack it first: %s FILE >UNPACKED"),
				packed[i].unpack);
	if (memcmp(bytes, "partclone-image", 15) == 0 && memcmp(bytes + 30, "0001", 4) == 0)
		return error_set(e, ERROR_USAGE,
				 _("this is a partclone image of the old format 0001, whose "
				   "checksums check nothing. Restore it with partclone.restore and "
				   "capture what comes out"));
	return error_set(e, ERROR_UNTRUSTED, _("this is not a partclone image"));
}

static bool bad_header(const char *field, struct error *e)
{
	return error_set(e, ERROR_UNTRUSTED,
			 _("the header of this partclone image says nonsense: %s"), field);
}

/* What depends on a checksum being there. */
static bool parse_checksum(struct reader *r, struct partclone_header *h, struct error *e)
{
	uint16_t mode = reader_le16(r), size = reader_le16(r);
	uint64_t strip_bytes;

	h->strip_blocks = reader_le32(r);
	uint8_t reseed = reader_u8(r);
	h->has_crc = mode == CHECKSUM_CRC32;
	h->reseeded = reseed == 1;
	if (mode != CHECKSUM_NONE && mode != CHECKSUM_CRC32)
		return error_set(e, ERROR_USAGE,
				 _("this partclone image has checksums of kind 0x%x; only CRC-32 "
				   "(-a 1) and none (-a 0) can be read. Restore it with "
				   "partclone.restore and capture what comes out"),
				 mode);
	if (size != (h->has_crc ? CRC_BYTES : 0))
		return bad_header("checksum_size", e);
	if (reseed > 1)
		return bad_header("reseed_checksum", e);
	if (!h->has_crc)
		h->strip_blocks = 0;
	else if (h->strip_blocks == 0)
		return bad_header("blocks_per_checksum", e);
	if (!u64_mul(h->strip_blocks, h->block_bytes, &strip_bytes) ||
	    strip_bytes > PARTCLONE_STRIP_MAX)
		return error_set(
			e, ERROR_UNTRUSTED,
			_("one checksum of this partclone image covers more than %u MiB, "
			  "which is not read. Make it with a smaller -k, or restore it with "
			  "partclone.restore and capture what comes out"),
			PARTCLONE_STRIP_MAX >> 20);
	return true;
}

bool partclone_header_parse(const uint8_t bytes[PARTCLONE_HEADER_BYTES], struct partclone_header *h,
			    struct error *e)
{
	struct reader r = reader_of(bytes, PARTCLONE_HEADER_BYTES);
	uint64_t covered;

	*h = (struct partclone_header){ 0 };
	if (memcmp(bytes, "partclone-image", 16) != 0 || memcmp(bytes + 30, "0002", 4) != 0)
		return refuse_other(bytes, e);
	reader_skip(&r, 16);
	memcpy(h->made_by, bytes + 16, sizeof(h->made_by) - 1);
	memcpy(h->content, bytes + 36, sizeof(h->content) - 1);
	reader_skip(&r, 18);
	uint16_t endian = reader_le16(&r);
	if (endian == 0xdec0)
		return error_set(e, ERROR_USAGE,
				 _("this partclone image was made on a big-endian computer; such "
				   "images are not read"));
	struct reader last = reader_of(bytes + PARTCLONE_HEADER_BYTES - CRC_BYTES, CRC_BYTES);
	if (reader_le32(&last) != crc_plainly(bytes, PARTCLONE_HEADER_BYTES - CRC_BYTES))
		return error_set(e, ERROR_UNTRUSTED,
				 _("the header of this partclone image is damaged: its checksum is "
				   "another"));
	reader_skip(&r, 16);
	h->device_bytes = reader_le64(&r);
	h->blocks = reader_le64(&r);
	reader_skip(&r, 8); /* what the superblock says is used: the bitmap decides */
	h->used_blocks = reader_le64(&r);
	h->block_bytes = reader_le32(&r);
	uint32_t features = reader_le32(&r);
	uint16_t version = reader_le16(&r), cpu_bits = reader_le16(&r);
	if (endian != 0xc0de)
		return bad_header("endianess", e);
	if (h->block_bytes == 0 || h->block_bytes % 512 != 0 ||
	    h->block_bytes > PARTCLONE_STRIP_MAX)
		return bad_header("block_size", e);
	if (h->device_bytes == 0 || h->device_bytes % 512 != 0 || h->device_bytes > INT64_MAX)
		return bad_header("device_size", e);
	if (!u64_mul(h->blocks, h->block_bytes, &covered) || covered > h->device_bytes)
		return bad_header("totalblock", e);
	if (h->used_blocks > h->blocks)
		return bad_header("used_bitmap", e);
	if (features != 18 || version != 2 || (cpu_bits != 32 && cpu_bits != 64))
		return bad_header("feature_size, image_version, cpu_bits", e);
	if (!parse_checksum(&r, h, e))
		return false;
	if (reader_u8(&r) != BITMAP_BITS)
		return bad_header("bitmap_mode", e);
	return true;
}

/* Block by its rank among the used ones -> byte of the file. Cannot overflow: check_size()
 * knows the end. */
static uint64_t place_of(const struct partclone *p, uint64_t rank)
{
	uint64_t crcs = p->header.has_crc ? rank / p->strip_blocks : 0;

	return p->data_at + rank * p->header.block_bytes + crcs * CRC_BYTES;
}

static bool check_size(const struct partclone *p, struct error *e)
{
	const struct partclone_header *h = &p->header;
	uint64_t crcs = h->has_crc ? (h->used_blocks + h->strip_blocks - 1) / h->strip_blocks : 0;
	/* used_blocks * block_bytes is at most device_bytes, which is at most INT64_MAX; the
	 * others are at most 2^32 blocks of a bitmap. */
	uint64_t size = p->data_at + h->used_blocks * h->block_bytes + crcs * CRC_BYTES;

	if (p->file->size_bytes < size)
		return error_set(
			e, ERROR_UNTRUSTED,
			_("this partclone image was cut off: it should have %llu bytes and "
			  "has %llu"),
			size + 0ULL, p->file->size_bytes + 0ULL);
	if (p->file->size_bytes > size)
		return error_set(e, ERROR_UNTRUSTED,
				 _("this partclone image has %llu bytes that do not belong to it"),
				 p->file->size_bytes - size + 0ULL);
	return true;
}

static bool read_bitmap(struct partclone *p, struct error *e)
{
	const struct partclone_header *h = &p->header;
	uint8_t stored[CRC_BYTES];

	if (!used_map_init(&p->used, h->block_bytes, 0, h->blocks, e))
		return false;
	size_t bytes = (size_t)((h->blocks + 7) / 8);
	p->data_at = PARTCLONE_HEADER_BYTES + bytes + CRC_BYTES;
	if (p->file->size_bytes < p->data_at)
		return error_set(
			e, ERROR_UNTRUSTED,
			_("this partclone image was cut off within its map of used blocks"));
	if (!partition_source_read(p->file, PARTCLONE_HEADER_BYTES, p->used.bits, bytes, e) ||
	    !partition_source_read(p->file, p->data_at - CRC_BYTES, stored, CRC_BYTES, e))
		return false;
	struct reader r = reader_of(stored, CRC_BYTES);
	if (reader_le32(&r) != crc_more(p->crc_table, CRC_SEED, p->used.bits, bytes))
		return error_set(e, ERROR_UNTRUSTED,
				 _("the map of used blocks in this partclone image is damaged: its "
				   "checksum is another"));
	/* partclone leaves the last bits as they came. */
	if (h->blocks % 8 != 0)
		p->used.bits[bytes - 1] &= (uint8_t)((1u << h->blocks % 8) - 1);
	uint64_t used = used_map_count(&p->used);
	if (used != h->used_blocks)
		return error_set(
			e, ERROR_UNTRUSTED,
			_("this partclone image contradicts itself: %llu blocks are used by "
			  "its header, %llu by its map"),
			h->used_blocks + 0ULL, used + 0ULL);
	return true;
}

static unsigned ones(const uint8_t *bits, size_t bytes)
{
	unsigned n = 0;

	for (size_t i = 0; i < bytes; i++)
		n += (unsigned)__builtin_popcount(bits[i]);
	return n;
}

static void count_ranks(struct partclone *p)
{
	size_t bytes = (size_t)((p->header.blocks + 7) / 8), step = RANK_UNITS / 8;
	uint64_t before = 0;

	p->ranks = mem_array(bytes / step + 1, sizeof(*p->ranks));
	for (size_t at = 0; at < bytes; at += step) {
		p->ranks[at / step] = before;
		before += ones(p->used.bits + at, bytes - at < step ? bytes - at : step);
	}
}

/* Used blocks before this one. */
static uint64_t rank_of(const struct partclone *p, uint64_t block)
{
	const uint8_t *bits = p->used.bits + block / RANK_UNITS * (RANK_UNITS / 8);
	size_t whole = block % RANK_UNITS / 8;
	unsigned rest = bits[whole] & ((1u << block % 8) - 1);

	return p->ranks[block / RANK_UNITS] + ones(bits, whole) +
	       (unsigned)__builtin_popcount(rest);
}

static bool load_strip(void *ctx, uint64_t nr, uint8_t *buf, struct error *e)
{
	const struct partclone *p = ctx;
	uint64_t first = nr * p->strip_blocks, left = p->header.used_blocks - first;
	size_t blocks = left < p->strip_blocks ? (size_t)left : p->strip_blocks;
	size_t bytes = blocks * p->header.block_bytes;
	uint64_t at = place_of(p, first);
	uint8_t crc[CRC_BYTES];
	uint32_t seed = CRC_SEED;

	if (!partition_source_read(p->file, at, buf, bytes, e))
		return false;
	if (!p->header.has_crc)
		return true;
	if (!p->header.reseeded && nr > 0) {
		if (!partition_source_read(p->file, at - CRC_BYTES, crc, CRC_BYTES, e))
			return false;
		struct reader before = reader_of(crc, CRC_BYTES);
		seed = reader_le32(&before);
	}
	if (!partition_source_read(p->file, at + bytes, crc, CRC_BYTES, e))
		return false;
	struct reader r = reader_of(crc, CRC_BYTES);
	if (reader_le32(&r) != crc_more(p->crc_table, seed, buf, bytes))
		return error_set(e, ERROR_UNTRUSTED,
				 _("this partclone image is damaged between its bytes %llu and "
				   "%llu: their checksum is another"),
				 at + 0ULL, at + bytes + 0ULL);
	return true;
}

/* A run of used blocks, or the part of it that was asked for. */
static bool read_used(struct partclone *p, uint64_t offset, uint8_t *buf, size_t len,
		      struct error *e)
{
	uint32_t block_bytes = p->header.block_bytes;
	uint64_t rank = rank_of(p, offset / block_bytes);
	size_t strip_bytes = (size_t)p->strip_blocks * block_bytes;
	uint64_t strip = rank / p->strip_blocks;
	size_t from = (size_t)(rank % p->strip_blocks) * block_bytes + offset % block_bytes;

	while (len > 0) {
		size_t n = strip_bytes - from < len ? strip_bytes - from : len;

		if (!strips_copy(p->strips, strip, from, buf, n, e))
			return false;
		buf += n;
		len -= n;
		strip++;
		from = 0;
	}
	return true;
}

static bool read_partition(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	struct partclone *p = ctx;
	/* What lies behind the last block counts as used in a map, and is not in the file. */
	uint64_t covered = p->header.blocks * p->header.block_bytes;
	uint64_t end = offset + len < covered ? offset + len : covered, at = offset, from, to;

	memset(buf, 0, len);
	while (at < end && used_map_next(&p->used, at, end, &from, &to)) {
		if (!read_used(p, from, (uint8_t *)buf + (from - offset), (size_t)(to - from), e))
			return false;
		at = to;
	}
	return true;
}

bool partclone_open(struct partclone *p, const struct partition_source *file, struct error *e)
{
	uint8_t bytes[PARTCLONE_HEADER_BYTES];
	struct partclone_header *h = &p->header;

	*p = (struct partclone){ .file = file };
	if (file->size_bytes < sizeof(bytes))
		return error_set(e, ERROR_UNTRUSTED, _("this is not a partclone image"));
	make_crc_table(p->crc_table);
	if (!partition_source_read(file, 0, bytes, sizeof(bytes), e) ||
	    !partclone_header_parse(bytes, h, e) || !read_bitmap(p, e) || !check_size(p, e)) {
		partclone_release(p);
		return false;
	}
	count_ranks(p);
	p->strip_blocks = h->strip_blocks;
	if (!h->has_crc)
		p->strip_blocks =
			h->block_bytes < PLAIN_STRIP_BYTES ? PLAIN_STRIP_BYTES / h->block_bytes : 1;
	size_t strip_bytes = (size_t)p->strip_blocks * h->block_bytes;
	unsigned slots = (unsigned)(CACHE_BYTES / strip_bytes);
	p->strips = strips_new(load_strip, p, strip_bytes, slots < SLOTS_MAX ? slots : SLOTS_MAX);
	p->source = (struct partition_source){ read_partition, p, h->device_bytes, 512 };
	return true;
}

void partclone_release(struct partclone *p)
{
	strips_free(p->strips);
	free(p->ranks);
	used_map_release(&p->used);
	*p = (struct partclone){ 0 };
}
