/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parsers of lib/ntfs that take bytes: boot sector, records, runs, LZNT1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "lib/disk/utf16.h"
#include "lib/ntfs/lznt1.h"
#include "ntfs_builder.h"

static void boot_sectors(void **state)
{
	const struct {
		const char *name;
		unsigned sector, per_cluster, record, index;
		uint64_t sectors, mft;
		uint32_t cluster_bytes, record_bytes; /* 0: refused */
	} cases[] = {
		{ "as Windows makes it", 512, 8, 0xf6, 1, 8000, 4, 4096, 1024 },
		{ "smallest cluster", 512, 1, 2, 8, 8000, 4, 512, 1024 },
		{ "64 KiB", 512, 128, 0xf6, 0xf4, 80000, 4, 65536, 1024 },
		{ "128 KiB by its power", 512, 0xf8, 0xf6, 0xf4, 80000, 4, 131072, 1024 },
		{ "2 MiB", 512, 0xf4, 0xf6, 0xf4, 80000, 4, 2097152, 1024 },
		{ "4Kn", 4096, 1, 1, 1, 80000, 4, 4096, 4096 },
		{ "4Kn, 2 MiB", 4096, 0xf7, 0xf4, 0xf4, 80000, 4, 2097152, 4096 },
		{ "record of 64 KiB", 512, 8, 0xf0, 1, 80000, 4, 4096, 65536 },
		{ "4 MiB", 512, 0xf3, 0xf6, 0xf4, 80000, 4, 0, 0 },
		{ "4 MiB, 4Kn", 4096, 0xf6, 0xf6, 0xf4, 80000, 4, 0, 0 },
		{ "no cluster", 512, 0, 0xf6, 1, 8000, 4, 0, 0 },
		{ "cluster no power", 512, 3, 0xf6, 1, 8000, 4, 0, 0 },
		{ "sector of 256", 256, 8, 0xf6, 1, 8000, 4, 0, 0 },
		{ "sector no power", 768, 8, 0xf6, 1, 8000, 4, 0, 0 },
		{ "sector of 8192", 8192, 1, 0xf6, 1, 8000, 4, 0, 0 },
		{ "record of 256", 512, 8, 0xf8, 1, 8000, 4, 0, 0 },
		{ "record of 128 KiB", 512, 8, 0xef, 1, 8000, 4, 0, 0 },
		{ "record of 2^-1", 512, 8, 0x80, 1, 8000, 4, 0, 0 },
		{ "record of 128 clusters", 512, 1, 0x80, 1, 8000, 4, 0, 0 },
		{ "no record", 512, 8, 0, 1, 8000, 4, 0, 0 },
		{ "no index block", 512, 8, 0xf6, 0, 8000, 4, 0, 0 },
		{ "no sectors", 512, 8, 0xf6, 1, 0, 0, 0, 0 },
		{ "less than a cluster", 512, 8, 0xf6, 1, 7, 0, 0, 0 },
		{ "MFT behind the end", 512, 8, 0xf6, 1, 8000, 1000, 0, 0 },
		{ "2^32 clusters", 512, 1, 0xf6, 1, UINT64_C(1) << 32, 4, 0, 0 },
		{ "one less", 512, 1, 0xf6, 1, UINT32_MAX, 4, 512, 1024 },
		{ "sectors overflow", 512, 128, 0xf6, 1, UINT64_MAX, 4, 0, 0 },
		{ "bytes overflow", 4096, 128, 0xf6, 1, INT64_MAX, 4, 0, 0 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint8_t s[512] = "\xeb\x52\x90NTFS    ";
		struct ntfs_boot b;

		put(s + 11, cases[i].sector, 2);
		s[13] = (uint8_t)cases[i].per_cluster;
		put(s + 40, cases[i].sectors, 8);
		put(s + 48, cases[i].mft, 8);
		s[64] = (uint8_t)cases[i].record;
		s[68] = (uint8_t)cases[i].index;
		put(s + 510, 0xaa55, 2);
		enum ntfs_boot_result result = ntfs_boot_parse(s, &b);
		if (!cases[i].cluster_bytes) {
			if (result != NTFS_BOOT_BAD)
				fail_msg("%s was taken", cases[i].name);
			continue;
		}
		if (result != NTFS_BOOT_GOOD || b.cluster_bytes != cases[i].cluster_bytes ||
		    b.record_bytes != cases[i].record_bytes || b.mft_cluster != cases[i].mft ||
		    b.clusters != cases[i].sectors * cases[i].sector / cases[i].cluster_bytes)
			fail_msg("%s: %d, clusters of %u", cases[i].name, result, b.cluster_bytes);
		s[3] = 'M';
		assert_int_equal(ntfs_boot_parse(s, &b), NTFS_BOOT_ABSENT);
	}
}

#define PAIRS(...) (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ })
#define VOLUME 0x10000u

static void run_lists(void **state)
{
	const struct {
		const char *name;
		const uint8_t *pairs;
		size_t bytes;
		uint64_t first, last;
		const char *want; /* NULL: refused */
	} cases[] = {
		{ "one run", PAIRS(0x21, 0x18, 0x34, 0x56, 0), 0, 23, "0+24@5634" },
		{ "back and forth",
		  PAIRS(0x21, 0x38, 0x73, 0x25, 0x32, 0x14, 0x01, 0xe5, 0x11, 0x00, 0x31, 0x02,
			0x8d, 0xed, 0xff, 0),
		  0, 0x14d, "0+56@2573 56+276@3758 332+2@24e5" },
		{ "a hole", PAIRS(0x11, 0x04, 0x10, 0x01, 0x08, 0x11, 0x02, 0x04, 0), 0, 13,
		  "0+4@10 4+8@- 12+2@14" },
		{ "holes are joined", PAIRS(0x01, 4, 0x01, 4, 0), 0, 7, "0+8@-" },
		{ "neighbours are joined", PAIRS(0x11, 4, 16, 0x11, 4, 4, 0), 0, 7, "0+8@10" },
		{ "empty", PAIRS(0), 0, UINT64_MAX, "" },
		{ "a leading zero byte", PAIRS(0x12, 0x80, 0x00, 0x10, 0), 0, 127, "0+128@10" },
		{ "count below zero", PAIRS(0x11, 0x80, 0x10, 0), 0, 127, NULL },
		{ "count of zero", PAIRS(0x11, 0, 0x10, 0), 0, UINT64_MAX, NULL },
		{ "count of no bytes", PAIRS(0x10, 0x10, 0), 0, UINT64_MAX, NULL },
		{ "count of nine bytes", PAIRS(0x19, 1, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0), 0, 0, NULL },
		{ "cluster of nine bytes", PAIRS(0x91, 1, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0), 0, 0,
		  NULL },
		{ "before the volume", PAIRS(0x11, 1, 0xff, 0), 0, 0, NULL },
		{ "behind the volume", PAIRS(0x31, 1, 0, 0, 1, 0), 0, 0, NULL },
		{ "far behind the volume", PAIRS(0x31, 1, 0, 0, 2, 0), 0, 0, NULL },
		{ "its last cluster", PAIRS(0x31, 1, 0xff, 0xff, 0, 0), 0, 0, "0+1@ffff" },
		{ "out of the volume", PAIRS(0x31, 2, 0xff, 0xff, 0, 0), 0, 1, NULL },
		{ "all of it twice", PAIRS(0x13, 0, 0, 1, 0, 0x13, 0, 0, 1, 0, 0), 0, 0x1ffff,
		  NULL },
		{ "largest count",
		  PAIRS(0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0, 0), 0,
		  INT64_MAX - 1, NULL },
		{ "largest hole", PAIRS(0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0), 0,
		  INT64_MAX - 1, NULL },
		{ "holes up to the limit", PAIRS(0x07, 0, 0, 0, 0, 0, 0, 0x40, 0), 0,
		  NTFS_VCN_MAX - 1, "0+18014398509481984@-" },
		{ "holes above it", PAIRS(0x07, 0, 0, 0, 0, 0, 0, 0x40, 0x01, 1, 0), 0,
		  NTFS_VCN_MAX, NULL },
		{ "clusters overflow",
		  PAIRS(0x81, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x81, 1, 0xff,
			0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0),
		  0, 1, NULL },
		{ "no end", PAIRS(0x11, 4, 0x10), 0, 3, NULL },
		{ "cut in a number", PAIRS(0x31, 4, 0x10), 0, 3, NULL },
		{ "fewer than it says", PAIRS(0x11, 4, 0x10, 0), 0, 4, NULL },
		{ "more than it says", PAIRS(0x11, 4, 0x10, 0), 0, 2, NULL },
		{ "begins later, ends right", PAIRS(0x11, 4, 0x10, 0), 1, 3, NULL },
		{ "begins elsewhere", PAIRS(0x11, 4, 0x10, 0), 4, 7, NULL },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct ntfs_runs runs = { 0 };
		struct text got = { 0 };
		bool ok = ntfs_runs_add(&runs, reader_of(cases[i].pairs, cases[i].bytes),
					cases[i].first, cases[i].last, VOLUME);

		for (size_t k = 0; k < runs.count; k++) {
			text_addf(&got, "%s%llu+%llu@", k ? " " : "", runs.list[k].first + 0ULL,
				  runs.list[k].count + 0ULL);
			if (runs.list[k].cluster == NTFS_HOLE)
				text_add(&got, "-");
			else
				text_addf(&got, "%llx", runs.list[k].cluster + 0ULL);
		}
		if (ok != !!cases[i].want || (ok && strcmp(text_end(&got), cases[i].want) != 0))
			fail_msg("%s: %s %s", cases[i].name, ok ? "taken" : "refused",
				 text_end(&got));
		text_release(&got);
		ntfs_runs_release(&runs);
	}
}

static void runs_are_found(void **state)
{
	struct ntfs_runs runs = { 0 };
	(void)state;

	for (uint64_t i = 0; i < 1000; i++) {
		const uint8_t pairs[] = { 0x31, 3, (uint8_t)(i * 8), (uint8_t)(i * 8 >> 8), 0, 0 };

		assert_true(ntfs_runs_add(&runs, reader_of(pairs, sizeof(pairs)), 3 * i, 3 * i + 2,
					  VOLUME));
	}
	assert_int_equal(runs.count, 1000);
	for (uint64_t vcn = 0; vcn < 3000; vcn++)
		for (size_t hint = 0; hint < 1100; hint += 99)
			assert_int_equal(ntfs_runs_find(&runs, vcn, hint), vcn / 3);
	ntfs_runs_release(&runs);
}

/* As many runs as there may be, and one more. */
static void too_many_runs(void **state)
{
	const size_t bytes = 3 * ((size_t)NTFS_RUNS_MAX + 1) + 1;
	uint8_t *pairs = mem_alloc(bytes);
	(void)state;

	for (size_t i = 0; i + 1 < bytes; i += 3)
		memcpy(pairs + i, "\x11\x01\x02", 3);
	for (unsigned more = 0; more < 2; more++) {
		struct ntfs_runs runs = { 0 };
		size_t skipped = 3 * (1 - more);

		assert_int_equal(ntfs_runs_add(&runs, reader_of(pairs + skipped, bytes - skipped),
					       0, NTFS_RUNS_MAX - 1 + more, UINT32_MAX),
				 !more);
		assert_int_equal(runs.count, NTFS_RUNS_MAX);
		ntfs_runs_release(&runs);
	}
	free(pairs);
}

/* Compress, as simply as can be: the first match of at least 3 bytes. */
static size_t pack(const uint8_t *in, size_t bytes, uint8_t *out)
{
	size_t n = 0;

	for (size_t from = 0; from < bytes; from += 4096) {
		size_t end = bytes - from < 4096 ? bytes : from + 4096, head = n, flags = 0;
		unsigned bit = 8;

		n += 2;
		for (size_t at = from; at < end;) {
			unsigned back_bits = 4;
			size_t best = 0, back = 0;

			if (bit == 8) {
				flags = n++;
				out[flags] = 0;
				bit = 0;
			}
			while (at - from > (size_t)1 << back_bits)
				back_bits++;
			for (size_t b = 1; b <= at - from && !best; b += 1 + b / 7) {
				size_t len = 0, most = (0xffffu >> back_bits) + 3u;

				while (at + len < end && len < most &&
				       in[at + len] == in[at + len - b])
					len++;
				if (len >= 3) {
					best = len;
					back = b;
				}
			}
			if (best) {
				put(out + n, (back - 1) << (16 - back_bits) | (best - 3), 2);
				n += 2;
				out[flags] |= (uint8_t)(1u << bit);
				at += best;
			} else {
				out[n++] = in[at++];
			}
			bit++;
		}
		if (n - head - 2 > 4096) { /* not worth it: a chunk as it is */
			memcpy(out + head + 2, in + from, end - from);
			n = head + 2 + end - from;
			put(out + head, 0x3000 | (end - from - 1), 2);
		} else {
			put(out + head, 0xb000 | (n - head - 3), 2);
		}
	}
	return n;
}

static void lznt1_unpacks_what_was_packed(void **state)
{
	static uint8_t in[65536], packed[80000], out[65536];
	(void)state;

	srand(1);
	for (unsigned round = 0; round < 60; round++) {
		size_t bytes = (size_t)rand() % sizeof(in) + 1;
		unsigned letters = (unsigned)rand() % 5 ? 1 + (unsigned)rand() % 6 : 256;

		for (size_t i = 0; i < bytes; i++)
			in[i] = (uint8_t)((unsigned)rand() % letters);
		size_t n = pack(in, bytes, packed);
		memset(out, 0x55, sizeof(out));
		assert_true(ntfs_lznt1(packed, n, out, bytes));
		assert_memory_equal(in, out, bytes);
		/* The rest of the unit is zero. */
		if (bytes % 4096 == 0 || bytes + 5 > sizeof(out))
			continue;
		assert_true(ntfs_lznt1(packed, n, out, bytes + 5));
		assert_memory_equal(in, out, bytes);
		assert_memory_equal("\0\0\0\0\0", out + bytes, 5);
	}
}

static void lznt1_refuses(void **state)
{
	const struct {
		const char *name;
		const uint8_t *bytes;
		size_t count, room;
		bool ok;
		const char *want;
	} cases[] = {
		{ "literals", PAIRS(3, 0xb0, 0, 'a', 'b', 'c'), 3, true, "abc" },
		{ "a copy of itself", PAIRS(3, 0xb0, 2, 'a', 0x05, 0x00), 9, true, "aaaaaaaaa" },
		{ "back by two", PAIRS(4, 0xb0, 4, 'a', 'b', 0x03, 0x10), 8, true, "abababab" },
		{ "before the beginning", PAIRS(3, 0xb0, 2, 'a', 0x05, 0x10), 9, false, NULL },
		{ "a copy of nothing", PAIRS(2, 0xb0, 1, 0, 0), 9, false, NULL },
		{ "more than there is room", PAIRS(3, 0xb0, 2, 'a', 0x06, 0x00), 9, false, NULL },
		{ "a literal too many", PAIRS(3, 0xb0, 0, 'a', 'b', 'c'), 2, false, NULL },
		{ "half a reference", PAIRS(2, 0xb0, 2, 'a', 0x05), 9, false, NULL },
		{ "chunk behind the end", PAIRS(4, 0xb0, 0, 'a', 'b', 'c'), 9, false, NULL },
		{ "stored", PAIRS(2, 0x30, 'a', 'b', 'c'), 3, true, "abc" },
		{ "stored, too many", PAIRS(2, 0x30, 'a', 'b', 'c'), 2, false, NULL },
		{ "ended by zero", PAIRS(2, 0xb0, 0, 'a', 'b', 0, 0, 1, 2, 3), 4, true, "ab" },
		{ "empty", PAIRS(0, 0), 4, true, "" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint8_t out[64];
		char want[64] = { 0 };

		if (cases[i].want)
			memcpy(want, cases[i].want, strlen(cases[i].want));
		bool ok = ntfs_lznt1(cases[i].bytes, cases[i].count, out, cases[i].room);
		if (ok != cases[i].ok || (ok && memcmp(out, want, cases[i].room) != 0))
			fail_msg("%s: %s", cases[i].name, ok ? "taken" : "refused");
	}
}

static void fixups(void **state)
{
	const struct {
		const char *name;
		size_t at;
		unsigned value, len;
		bool ok;
	} cases[] = {
		{ "whole", 0, 'F', 1024, true },
		{ "first stride torn", 510, 0x9999, 1024, false },
		{ "second stride torn", 1022, 0x9999, 1024, false },
		{ "list too short", 6, 2, 1024, false },
		{ "list too long", 6, 4, 1024, false },
		{ "list at an odd byte", 4, 49, 1024, false },
		{ "list over what it mends", 4, 508, 1024, false },
		{ "list behind it all", 4, 0xfffe, 1024, false },
		{ "list in the magic", 4, 2, 1024, false },
		{ "no whole strides", 0, 'F', 1000, false },
		{ "nothing", 0, 'F', 0, false },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint8_t r[1024], before[1024];

		for (size_t k = 0; k < sizeof(r); k++)
			r[k] = (uint8_t)(k * 7);
		put(r + 4, 48, 2);
		put(r + 6, 3, 2);
		memcpy(before, r, sizeof(r));
		build_fixup(r, sizeof(r));
		put(r + cases[i].at, cases[i].value, cases[i].at ? 2 : 0);
		bool ok = ntfs_fixup(r, cases[i].len);
		if (ok != cases[i].ok)
			fail_msg("%s: %s", cases[i].name, ok ? "taken" : "refused");
		if (ok)
			assert_memory_equal(r + 54, before + 54, sizeof(r) - 54);
	}
}

/* A list of fixups that lies over one of the places which it mends. */
static void fixups_that_mend_themselves(void **state)
{
	uint8_t r[1024] = { 0 };
	(void)state;

	put(r + 4, 506, 2);
	put(r + 6, 3, 2);
	put(r + 506, 0x1234, 2);
	put(r + 510, 0x1234, 2);
	put(r + 1022, 0x1234, 2);
	assert_false(ntfs_fixup(r, sizeof(r)));
}

static void records(void **state)
{
	const struct {
		const char *name;
		size_t at, bytes;
		uint64_t value;
		enum ntfs_record_state want;
	} cases[] = {
		{ "whole", 0, 0, 0, NTFS_RECORD_GOOD },
		{ "never written", 0, 8, 0, NTFS_RECORD_EMPTY },
		{ "without its signature", 0, 4, 0, NTFS_RECORD_BAD },
		{ "known to be damaged", 0, 4, 0x44414142, NTFS_RECORD_BAD },
		{ "all of it used", 24, 4, 1024, NTFS_RECORD_GOOD },
		{ "more used than there is", 24, 4, 1025, NTFS_RECORD_BAD },
		{ "attributes in the header", 20, 2, 39, NTFS_RECORD_BAD },
		{ "attributes behind what is used", 20, 2, 1000, NTFS_RECORD_BAD },
	};
	struct builder b;
	(void)state;

	build_init(&b, 512, 4096, 1024, 64);
	build_file(&b, 20, REF(5), "x", NTFS_FOLDER);
	build_seal(&b);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct ntfs_record got;
		uint8_t r[1024];

		memcpy(r, build_record(&b, 20), sizeof(r));
		put(r + cases[i].at, cases[i].value, cases[i].bytes);
		if (ntfs_record_parse(r, sizeof(r), &got) != cases[i].want)
			fail_msg("%s", cases[i].name);
		if (cases[i].want != NTFS_RECORD_EMPTY)
			assert_int_equal(got.flags, NTFS_IN_USE | NTFS_FOLDER);
		if (cases[i].want == NTFS_RECORD_GOOD)
			assert_int_equal(got.sequence, 1);
	}
	build_release(&b);
}

static void attributes(void **state)
{
	const struct {
		const char *name;
		size_t at, bytes;
		uint64_t value;
		enum ntfs_next want;
	} cases[] = {
		{ "whole", 0, 0, 0, NTFS_NEXT_ONE },
		{ "the end", 0, 4, 0xffffffff, NTFS_NEXT_END },
		{ "no length", 4, 4, 0, NTFS_NEXT_BAD },
		{ "less than its header", 4, 4, 16, NTFS_NEXT_BAD },
		{ "no multiple of 8", 4, 4, 36, NTFS_NEXT_BAD },
		{ "longer than the record", 4, 4, 48, NTFS_NEXT_BAD },
		{ "a value up to its end", 16, 4, 16, NTFS_NEXT_ONE },
		{ "a value behind it", 16, 4, 17, NTFS_NEXT_BAD },
		{ "a value of 4 GiB", 16, 4, 0xffffffff, NTFS_NEXT_BAD },
		{ "a value far away", 20, 2, 41, NTFS_NEXT_BAD },
		{ "a name up to its end", 9, 3, 0x001808, NTFS_NEXT_ONE },
		{ "a name behind it", 9, 3, 0x001809, NTFS_NEXT_BAD },
		{ "in clusters, too short", 8, 1, 1, NTFS_NEXT_BAD },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint8_t *bytes = mem_alloc(40); /* exactly, so that a sanitizer sees the end */
		struct reader r = reader_of(bytes, 40);
		struct ntfs_attribute a;

		put(bytes, NTFS_DATA, 4);
		put(bytes + 4, 40, 4);
		put(bytes + 16, 16, 4);
		put(bytes + 20, 24, 2);
		put(bytes + cases[i].at, cases[i].value, cases[i].bytes);
		if (ntfs_attribute_next(&r, &a) != cases[i].want)
			fail_msg("%s", cases[i].name);
		free(bytes);
	}
}

/* Where nothing else is wrong than the multiple of 8, or the place of the run list. */
static void places_of_attributes(void **state)
{
	uint8_t bytes[72] = { NTFS_DATA };
	struct ntfs_attribute a;
	(void)state;

	put(bytes + 16, 8, 4);
	put(bytes + 20, 24, 2);
	for (unsigned len = 32; len <= 40; len++) {
		struct reader r = reader_of(bytes, sizeof(bytes));

		put(bytes + 4, len, 4);
		assert_int_equal(ntfs_attribute_next(&r, &a),
				 len % 8 ? NTFS_NEXT_BAD : NTFS_NEXT_ONE);
	}
	put(bytes + 4, sizeof(bytes), 4);
	bytes[8] = 1;
	for (unsigned at = 56; at <= sizeof(bytes) + 1; at++) {
		struct reader r = reader_of(bytes, sizeof(bytes));

		put(bytes + 32, at, 2);
		assert_int_equal(ntfs_attribute_next(&r, &a),
				 at < 64 || at > sizeof(bytes) ? NTFS_NEXT_BAD : NTFS_NEXT_ONE);
	}
}

static void names_of_records(void **state)
{
	uint8_t value[600];
	struct ntfs_name n;
	(void)state;

	size_t len = build_name_value(value, REF(7), "name", NTFS_DOS);
	assert_true(ntfs_name_parse(reader_of(value, len), &n));
	assert_int_equal(n.parent, REF(7));
	assert_int_equal(n.space, NTFS_DOS);
	assert_int_equal(n.units.left, 8);
	assert_false(ntfs_name_parse(reader_of(value, len - 1), &n));
	assert_false(ntfs_name_parse(reader_of(value, 65), &n));
	value[64] = 0;
	assert_false(ntfs_name_parse(reader_of(value, len), &n));
}

static void names_in_wtf8(void **state)
{
	const struct {
		const char *units, *want;
		size_t bytes;
	} cases[] = {
		{ "a\0\xe4\0\xac\x20", "a\xc3\xa4\xe2\x82\xac", 6 },
		{ "\x3d\xd8\x00\xde", "\xf0\x9f\x98\x80", 4 },
		{ "\x3d\xd8", "\xed\xa0\xbd", 2 },
		{ "\x00\xde\x3d\xd8", "\xed\xb8\x80\xed\xa0\xbd", 4 },
		{ "\x3d\xd8z\0", "\xed\xa0\xbdz", 4 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char out[UTF16_TEXT(8)];
		size_t n = utf16_wtf8(out, reader_of(cases[i].units, cases[i].bytes));

		assert_int_equal(n, strlen(cases[i].want));
		assert_memory_equal(out, cases[i].want, n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(boot_sectors),
		cmocka_unit_test(run_lists),
		cmocka_unit_test(runs_are_found),
		cmocka_unit_test(too_many_runs),
		cmocka_unit_test(lznt1_unpacks_what_was_packed),
		cmocka_unit_test(lznt1_refuses),
		cmocka_unit_test(fixups),
		cmocka_unit_test(fixups_that_mend_themselves),
		cmocka_unit_test(records),
		cmocka_unit_test(attributes),
		cmocka_unit_test(places_of_attributes),
		cmocka_unit_test(names_of_records),
		cmocka_unit_test(names_in_wtf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
