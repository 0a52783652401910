/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Images that partclone makes, read as partclone restores them; and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "../folder.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/base/wholefile.h"
#include "lib/image/partclone.h"

struct file {
	struct text bytes;
	struct partition_source source;
};

static bool read_file(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	struct file *f = ctx;

	(void)e;
	assert_true(offset <= f->bytes.len && len <= f->bytes.len - offset);
	memcpy(buf, f->bytes.s + offset, len);
	return true;
}

static void sized(struct file *f)
{
	f->source = (struct partition_source){ read_file, f, f->bytes.len, 512 };
}

static struct text load(const char *name)
{
	struct text t = { 0 };
	struct error e = { 0 };

	assert_true(wholefile_read(AT_FDCWD, name, 0, 64 << 20, &t, &e));
	return t;
}

/* An image made by hand: 21 blocks of 512 bytes, of which every one is used but those whose
 * number divides by three or is 10 to 12; block n is filled with 'A' + n. */
#define BLOCKS 21u
#define BLOCK 512u
#define DEVICE (BLOCKS * BLOCK + 1024)
#define DATA_AT (PARTCLONE_HEADER_BYTES + 3 + 4)

static bool is_used(unsigned block)
{
	return block % 3 != 0 && (block < 10 || block > 12);
}

static uint32_t crc(uint32_t seed, const void *bytes, size_t n)
{
	return ~gpt_crc32(~seed, bytes, n);
}

static void put(struct text *t, size_t at, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		t->s[at + i] = (char)(value >> 8 * i);
}

static void add(struct text *t, uint64_t value, size_t bytes)
{
	text_add_n(t, "12345678", bytes);
	put(t, t->len - bytes, value, bytes);
}

static void seal_header(struct text *t)
{
	put(t, 106, crc(0xffffffff, t->s, 106), 4);
}

struct shape {
	uint32_t strip_blocks; /* 0: no checksums */
	bool continued;
};

static void make_image(struct file *f, struct shape shape)
{
	struct text *t = &f->bytes;
	uint32_t sum = 0xffffffff;
	unsigned used = 0, in_strip = 0;
	uint8_t bitmap[3] = { 0 }, block[BLOCK];

	for (unsigned i = 0; i < BLOCKS; i++)
		if (is_used(i)) {
			bitmap[i / 8] |= (uint8_t)(1u << i % 8);
			used++;
		}
	bitmap[2] |= 0xc0; /* behind the last block, as partclone may leave them */
	text_clear(t);
	text_add_n(t,
		   "partclone-image\0"
		   "0.3.23\0\0\0\0\0\0\0\0"
		   "0002"
		   "\xde\xc0"
		   "EXTFS\0\0\0\0\0\0\0\0\0\0\0",
		   52);
	add(t, DEVICE, 8);
	add(t, BLOCKS, 8);
	add(t, 4711, 8);
	add(t, used, 8);
	add(t, BLOCK, 4);
	add(t, 18, 4);
	add(t, 2, 2);
	add(t, 64, 2);
	add(t, shape.strip_blocks ? 0x20 : 0, 2);
	add(t, shape.strip_blocks ? 4 : 0, 2);
	add(t, shape.strip_blocks, 4);
	add(t, !shape.continued, 1);
	add(t, 1, 1);
	add(t, 0, 4);
	seal_header(t);
	text_add_n(t, (const char *)bitmap, 3);
	add(t, crc(0xffffffff, bitmap, 3), 4);
	for (unsigned i = 0; i < BLOCKS; i++) {
		if (!is_used(i))
			continue;
		memset(block, 'A' + (int)i, BLOCK);
		text_add_n(t, (const char *)block, BLOCK);
		sum = crc(sum, block, BLOCK);
		used--;
		if (shape.strip_blocks && (++in_strip == shape.strip_blocks || used == 0)) {
			add(t, sum, 4);
			in_strip = 0;
			if (!shape.continued)
				sum = 0xffffffff;
		}
	}
	sized(f);
}

static void expected(char *device)
{
	memset(device, 0, DEVICE);
	for (unsigned i = 0; i < BLOCKS; i++)
		if (is_used(i))
			memset(device + i * BLOCK, 'A' + (int)i, BLOCK);
}

static void every_part_of_it_is_right(struct partclone *p)
{
	char buf[DEVICE], want[DEVICE];
	struct error e = { 0 };

	expected(want);
	for (size_t from = 0; from < DEVICE; from += 97)
		for (size_t len = 1; from + len <= DEVICE; len += 331) {
			memset(buf, 'x', len);
			assert_true(p->source.read(&*p, from, buf, len, &e));
			assert_memory_equal(buf, want + from, len);
		}
}

static const struct shape shapes[] = { { 0, false },  { 1, false },   { 4, false }, { 5, true },
				       { 12, false }, { 100, false }, { 1, true },  { 100, true } };

static void any_part_reads_as_restored(void **state)
{
	struct file f = { 0 };
	struct partclone p;

	(void)state;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		struct error e = { 0 };
		make_image(&f, shapes[i]);
		assert_true(partclone_open(&p, &f.source, &e));
		assert_int_equal(p.source.size_bytes, DEVICE);
		assert_string_equal(p.header.content, "EXTFS");
		assert_string_equal(p.header.made_by, "0.3.23");
		for (unsigned b = 0; b < BLOCKS; b++)
			assert_int_equal(used_map_get(&p.used, b), is_used(b));
		assert_int_equal(p.used.units, BLOCKS);
		every_part_of_it_is_right(&p);
		partclone_release(&p);
	}
	text_release(&f.bytes);
}

static bool opens_and_reads(struct file *f, struct error *e)
{
	struct partclone p;
	char buf[DEVICE];
	bool good = partclone_open(&p, &f->source, e);

	if (good) {
		good = p.source.read(p.source.ctx, 0, buf, DEVICE, e);
		partclone_release(&p);
	}
	return good;
}

/* With checksums, no bit of the file can change but in what nobody reads. */
static void any_changed_bit_is_refused(void **state)
{
	struct file f = { 0 };

	(void)state;
	for (size_t i = 1; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		make_image(&f, shapes[i]);
		for (size_t at = 0; at < f.bytes.len; at += at < DATA_AT + 16 ? 1 : 61)
			for (int bit = 0; bit < 8; bit++) {
				struct error e = { 0 };
				f.bytes.s[at] = (char)(f.bytes.s[at] ^ 1 << bit);
				assert_false(opens_and_reads(&f, &e));
				assert_true(e.kind == ERROR_UNTRUSTED || e.kind == ERROR_USAGE);
				f.bytes.s[at] = (char)(f.bytes.s[at] ^ 1 << bit);
			}
	}
	text_release(&f.bytes);
}

static void damage_names_its_place(void **state)
{
	struct file f = { 0 };
	struct error e = { 0 };
	struct partclone p;
	char buf[BLOCK];

	(void)state;
	make_image(&f, (struct shape){ 4, false });
	f.bytes.s[DATA_AT + 4 * BLOCK + 4 + 7] ^= 1; /* in the second strip */
	assert_true(partclone_open(&p, &f.source, &e));
	assert_true(p.source.read(&p, BLOCK, buf, BLOCK, &e)); /* the first is whole */
	assert_false(p.source.read(&p, 7 * BLOCK, buf, 1, &e));
	assert_int_equal(e.kind, ERROR_UNTRUSTED);
	assert_non_null(strstr(e.text, "damaged between its bytes 2169 and 4217"));
	assert_false(p.source.read(&p, 7 * BLOCK, buf, 1, &e)); /* not the second time either */
	partclone_release(&p);
	text_release(&f.bytes);
}

/* Fields that a new checksum covers. */
static void nonsense_is_refused(void **state)
{
	static const struct {
		const char *name;
		size_t at, bytes;
		uint64_t value;
		enum error_kind kind;
		const char *words;
	} table[] = {
		{ "another magic", 0, 1, 'P', ERROR_UNTRUSTED, "not a partclone image" },
		{ "magic without its end", 15, 1, 'x', ERROR_UNTRUSTED, "not a partclone image" },
		{ "version 0003", 33, 1, '3', ERROR_UNTRUSTED, "not a partclone image" },
		{ "version 0001", 33, 1, '1', ERROR_USAGE, "old format" },
		{ "gzip", 0, 2, 0x8b1f, ERROR_USAGE, "gzip -dc" },
		{ "zstd", 0, 4, 0xfd2fb528, ERROR_USAGE, "zstd -dc" },
		{ "xz", 0, 6, 0x005a587a37fd, ERROR_USAGE, "xz -dc" },
		{ "big-endian", 34, 2, 0xdec0, ERROR_USAGE, "big-endian" },
		{ "no endian", 34, 2, 0, ERROR_UNTRUSTED, "endianess" },
		{ "device too small", 52, 8, DEVICE - 1536, ERROR_UNTRUSTED, "totalblock" },
		{ "device of no sectors", 52, 8, DEVICE + 1, ERROR_UNTRUSTED, "device_size" },
		{ "no device", 52, 8, 0, ERROR_UNTRUSTED, "device_size" },
		{ "device of 2^63", 52, 8, UINT64_C(1) << 63, ERROR_UNTRUSTED, "device_size" },
		{ "two blocks more", 60, 8, BLOCKS + 2, ERROR_UNTRUSTED, "contradicts itself" },
		{ "too many blocks", 60, 8, BLOCKS + 8, ERROR_UNTRUSTED, "totalblock" },
		{ "2^64 bytes of blocks", 60, 8, UINT64_C(1) << 55, ERROR_UNTRUSTED, "totalblock" },
		{ "2^64 blocks", 60, 8, UINT64_MAX, ERROR_UNTRUSTED, "totalblock" },
		{ "no block", 60, 8, 0, ERROR_UNTRUSTED, "used_bitmap" },
		{ "one used less", 76, 8, 11, ERROR_UNTRUSTED, "contradicts itself" },
		{ "one used more", 76, 8, 13, ERROR_UNTRUSTED, "contradicts itself" },
		{ "more than all used", 76, 8, 22, ERROR_UNTRUSTED, "used_bitmap" },
		{ "blocks of 0", 84, 4, 0, ERROR_UNTRUSTED, "block_size" },
		{ "blocks of 100", 84, 4, 100, ERROR_UNTRUSTED, "block_size" },
		{ "blocks of 32 MiB", 84, 4, 1 << 25, ERROR_UNTRUSTED, "block_size" },
		{ "blocks of -512", 84, 4, 0xfffffe00, ERROR_UNTRUSTED, "block_size" },
		{ "blocks of 1024", 84, 4, 1024, ERROR_UNTRUSTED, "totalblock" },
		{ "more features", 88, 4, 19, ERROR_UNTRUSTED, "feature_size" },
		{ "binary version 3", 92, 2, 3, ERROR_UNTRUSTED, "image_version" },
		{ "128 bits", 94, 2, 128, ERROR_UNTRUSTED, "cpu_bits" },
		{ "XXH64", 96, 2, 0x30, ERROR_USAGE, "kind 0x30" },
		{ "no checksum of 4 bytes", 96, 2, 0, ERROR_UNTRUSTED, "checksum_size" },
		{ "checksum of 8 bytes", 98, 2, 8, ERROR_UNTRUSTED, "checksum_size" },
		{ "strips of nothing", 100, 4, 0, ERROR_UNTRUSTED, "blocks_per_checksum" },
		{ "strips of 2 TiB", 100, 4, UINT32_MAX, ERROR_UNTRUSTED, "partclone.restore" },
		{ "strips of 16.5 MiB", 100, 4, 33 << 10, ERROR_UNTRUSTED, "16 MiB" },
		{ "longer strips", 100, 4, 11, ERROR_UNTRUSTED, "do not belong" },
		{ "shorter strips", 100, 4, 1, ERROR_UNTRUSTED, "cut off" },
		{ "reseed 2", 104, 1, 2, ERROR_UNTRUSTED, "reseed_checksum" },
		{ "no map", 105, 1, 0, ERROR_UNTRUSTED, "bitmap_mode" },
		{ "map of bytes", 105, 1, 8, ERROR_UNTRUSTED, "bitmap_mode" },
	};
	struct file f = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct error e = { 0 };
		make_image(&f, (struct shape){ 4, false });
		put(&f.bytes, table[i].at, table[i].value, table[i].bytes);
		seal_header(&f.bytes);
		if (opens_and_reads(&f, &e) || e.kind != table[i].kind ||
		    !strstr(e.text, table[i].words))
			fail_msg("%s: %u \"%s\"", table[i].name, e.kind, e.text);
	}
	text_release(&f.bytes);
}

static void any_other_length_is_refused(void **state)
{
	struct file f = { 0 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		make_image(&f, shapes[i]);
		size_t whole = f.bytes.len;
		for (size_t len = 0; len < whole; len++) {
			struct error e = { 0 };
			f.bytes.len = len;
			sized(&f);
			assert_false(opens_and_reads(&f, &e));
			assert_int_equal(e.kind, ERROR_UNTRUSTED);
		}
		f.bytes.len = whole;
		text_add_n(&f.bytes, "\0", 1);
		sized(&f);
		struct error e = { 0 };
		assert_false(opens_and_reads(&f, &e));
		assert_non_null(strstr(e.text, "has 1 bytes that do not belong"));
	}
	text_release(&f.bytes);
}

/* What partclone itself makes and restores. */

/* The volumes, each in several ways, and how partclone.restore puts them back. It sleeps for
 * two seconds whatever it does: so all at once. */
static const char making[] =
	"mke2fs -q -t ext4 -d /usr/share/common-licenses ext4 6M >log\n"
	"mke2fs -q -t ext2 -b 4096 -d /usr/share/common-licenses ext2 6M >log\n"
	"truncate -s 6M ntfs; mkntfs -qFf ntfs >log 2>&1; ntfscp -q ntfs /usr/bin/env a >/dev/null\n"
	"mkfs.vfat -C vfat 6000 >/dev/null; mcopy -i vfat /usr/bin/env ::a\n"
	"head -c 3000320 /dev/urandom >imager\n"
	"clone() { v=$1; n=$2; shift 2; partclone.$v -c -s $v -o $v.$n -L $v.$n.log \"$@\"; }\n"
	"both() { clone \"$@\" && partclone.restore -s $1.$2 -o $1.restored -W -L $1.$2.log; }\n"
	"{ for v in ext4 ext2 ntfs vfat imager; do both $v 0 -a1 & done\n"
	"for v in ext4 ntfs; do clone $v 1 -a0 & clone $v 2 -a1 -k7 & clone $v 3 -a1 -k1 -K &\n"
	"clone $v 4 -a1 -K & clone $v 5 -a1 -z 10485760 & done; wait; } >log 2>&1\n";
static const struct {
	const char *name;
	unsigned images;
} volumes[] = { { "ext4", 6 }, { "ntfs", 6 }, { "ext2", 1 }, { "vfat", 1 }, { "imager", 1 } };

struct reading {
	const struct partclone *p;
	const struct text *want;
	size_t from;
};

static void *read_all(void *ctx)
{
	const struct reading *r = ctx;
	char buf[7000];

	for (size_t round = 0; round < r->want->len; round += sizeof(buf)) {
		struct error e = { 0 };
		size_t at = (r->from + round) % r->want->len;
		size_t n = r->want->len - at < sizeof(buf) ? r->want->len - at : sizeof(buf);
		if (!r->p->source.read(r->p->source.ctx, at, buf, n, &e) ||
		    memcmp(buf, r->want->s + at, n) != 0)
			return ctx;
	}
	return NULL;
}

/* By four threads, each from another place on. */
static void same_for_everybody(const struct partclone *p, const struct text *want)
{
	pthread_t threads[4];
	struct reading r[4];
	void *bad;

	for (size_t i = 0; i < 4; i++) {
		r[i] = (struct reading){ p, want, want->len / 4 * i };
		assert_int_equal(pthread_create(&threads[i], NULL, read_all, &r[i]), 0);
	}
	for (size_t i = 0; i < 4; i++) {
		pthread_join(threads[i], &bad);
		assert_null(bad);
	}
}

/* What is used is as in the volume itself. */
static void same_as_original(const struct partclone *p, const struct text *want, const char *name)
{
	uint64_t from, to, end = p->header.blocks * p->header.block_bytes;
	struct text v = load(name);

	assert_int_equal(v.len, want->len);
	for (uint64_t at = 0; used_map_next(&p->used, at, end, &from, &to); at = to)
		assert_memory_equal(v.s + from, want->s + from, to - from);
	text_release(&v);
}

static void as_partclone_restores(void **state)
{
	struct partclone p;

	(void)state;
	if (system("command -v partclone.ext4 mkntfs mkfs.vfat mcopy >/dev/null") != 0)
		skip();
	folder_run(making);
	for (size_t v = 0; v < sizeof(volumes) / sizeof(volumes[0]); v++) {
		char *restored = mem_format("%s.restored", volumes[v].name);
		struct text want = load(restored);
		for (unsigned i = 0; i < volumes[v].images; i++) {
			struct error e = { 0 };
			struct file f = { 0 };
			char *name = mem_format("%s.%u", volumes[v].name, i);
			f.bytes = load(name);
			sized(&f);
			if (!partclone_open(&p, &f.source, &e))
				fail_msg("%s: %s", name, e.text);
			assert_int_equal(want.len, p.source.size_bytes);
			same_for_everybody(&p, &want);
			same_as_original(&p, &want, volumes[v].name);
			partclone_release(&p);
			text_release(&f.bytes);
			free(name);
		}
		text_release(&want);
		free(restored);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_part_reads_as_restored),
		cmocka_unit_test(any_changed_bit_is_refused),
		cmocka_unit_test(damage_names_its_place),
		cmocka_unit_test(nonsense_is_refused),
		cmocka_unit_test(any_other_length_is_refused),
		cmocka_unit_test(as_partclone_restores),
	};

	return cmocka_run_group_tests(tests, folder_enter, folder_leave);
}
