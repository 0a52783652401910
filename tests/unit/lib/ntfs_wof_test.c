/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that Windows packed (WOF), on volumes that were built for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../xpress_pack.h"
#include "lib/ntfs/wof.h"
#include "ntfs_list.h"

#define FILE_NUMBER 20u

struct packed {
	uint8_t bytes[100000];
	size_t len;
};

static uint8_t plain[40000];

/* The stream: where each chunk but the first begins, then all of them. The second is kept as it is. */
static void pack(struct packed *p, size_t chunk, size_t len)
{
	size_t chunks = (len + chunk - 1) / chunk, table = (chunks - 1) * 4;

	*p = (struct packed){ .len = table };
	for (size_t i = 0; i < chunks; i++) {
		size_t bytes = len - i * chunk < chunk ? len - i * chunk : chunk, n = bytes;
		uint8_t *packed = xpress_pack(plain + i * chunk, bytes, &n, false);

		if (i)
			put(p->bytes + (i - 1) * 4, p->len - table, 4);
		if (i == 1)
			n = bytes;
		assert_true(i == 1 || n < bytes);
		memcpy(p->bytes + p->len, i == 1 ? plain + i * chunk : packed, n);
		p->len += n;
		free(packed);
	}
}

/* A volume with that file in it. */
static void build(struct builder *b, const struct packed *p, uint32_t provider, uint32_t algorithm,
		  size_t len)
{
	uint8_t reparse[24] = { 0 };

	build_init(b, 512, 4096, 1024, 200);
	build_file(b, FILE_NUMBER, ROOT_REF, "packed.exe", 0);
	const struct build_entry entries[] = { { REF(FILE_NUMBER), "packed.exe" }, { 0 } };
	build_root(b, entries);
	struct build_run runs[] = { { HOLE, (len + 4095) / 4096 }, { 0 } };
	build_mapped(b, FILE_NUMBER, NTFS_DATA, "", NTFS_SPARSE, runs, 0, len);
	struct build_run stored[] = { { build_store(b, p->bytes, p->len), (p->len + 4095) / 4096 },
				      { 0 } };
	build_mapped(b, FILE_NUMBER, NTFS_DATA, "WofCompressedData", 0, stored, 0, p->len);
	put(reparse, 0x80000017, 4);
	put(reparse + 4, 16, 2);
	put(reparse + 8, 1, 4);
	put(reparse + 12, provider, 4);
	put(reparse + 16, 1, 4);
	put(reparse + 20, algorithm, 4);
	build_resident(b, FILE_NUMBER, NTFS_REPARSE_POINT, "", reparse, sizeof(reparse));
}

struct content {
	struct filesystem *f;
	uint8_t bytes[sizeof(plain)];
	size_t len, step;
	bool refused, backwards;
};

static bool take(void *ctx, const struct filesystem_entry *entry, struct error *e)
{
	struct content *c = ctx;
	struct error own = { 0 };
	size_t got;
	(void)e;

	if (entry->stream)
		return true;
	assert_true(entry->flags & FILESYSTEM_WOF);
	size_t steps = (size_t)(entry->size_bytes + c->step - 1) / c->step;
	for (size_t i = 0; i < steps; i++) {
		size_t at = (c->backwards ? steps - 1 - i : i) * c->step;

		c->refused = !c->f->read(c->f, entry, at, c->bytes + at, c->step, &got, &own);
		if (c->refused)
			return true;
		c->len += got;
	}
	assert_true(c->f->read(c->f, entry, c->len, c->bytes, 1, &got, &own));
	assert_int_equal(got, 0);
	return true;
}

/* Read it by walking and by its path. True: both gave all of it. */
static bool reads(struct builder *b, size_t len, size_t step, bool backwards)
{
	struct error e = { 0 };
	struct content c = { .f = build_open(b, &e), .step = step, .backwards = backwards };
	uint8_t *loaded = mem_alloc(len + 1);
	bool there;
	size_t got;

	assert_non_null(c.f);
	assert_true(c.f->walk(c.f, take, &c, &e));
	bool ok = c.f->load(c.f, "Packed.EXE", loaded, len + 1, &got, &there, &e);
	assert_true(!ok || there);
	assert_int_equal(ok, !c.refused);
	if (ok) {
		assert_int_equal(c.len, len);
		assert_memory_equal(c.bytes, plain, len);
		assert_int_equal(got, len);
		assert_memory_equal(loaded, plain, len);
	} else {
		assert_int_equal(e.kind, ERROR_UNTRUSTED);
	}
	free(loaded);
	c.f->close(c.f);
	return ok;
}

static void make_plain(void)
{
	for (size_t i = 0; i < sizeof(plain); i++)
		plain[i] = (uint8_t)(i / 7 % 64 + i / 3000);
}

static void xpress_of_three_sizes(void **state)
{
	const struct {
		uint32_t algorithm;
		size_t chunk;
	} cases[] = { { 0, 4096 }, { 2, 8192 }, { 3, 16384 } };
	static struct packed p;
	struct builder b;
	(void)state;

	make_plain();
	for (size_t i = 0; i < 3; i++) {
		for (size_t len = 35000; len < 35003; len++) {
			pack(&p, cases[i].chunk, len);
			build(&b, &p, 2, cases[i].algorithm, len);
			assert_true(reads(&b, len, 1000 + 5000 * (len % 3), len % 2));
			build_release(&b);
		}
		/* By another of them it is not that file. */
		build(&b, &p, 2, cases[(i + 1) % 3].algorithm, 35002);
		assert_false(reads(&b, 35002, 35002, false));
		build_release(&b);
	}
}

/* LZX is met as a chunk that was kept as it is; its codes are tried in ntfs_xpress_test. */
static void lzx_in_chunks_of_32_kib(void **state)
{
	static struct packed p;
	struct builder b;
	(void)state;

	make_plain();
	put(p.bytes, 32768, 4);
	memcpy(p.bytes + 4, plain, sizeof(plain));
	p.len = 4 + sizeof(plain);
	build(&b, &p, 2, 1, sizeof(plain));
	assert_true(reads(&b, sizeof(plain), 999, false));
	build_release(&b);
	p.bytes[p.len - 1] = 0;
	p.len--; /* now the last would have to be unpacked */
	build(&b, &p, 2, 1, sizeof(plain));
	assert_false(reads(&b, sizeof(plain), sizeof(plain), false));
	build_release(&b);
}

static void what_is_refused(void **state)
{
	const struct {
		const char *what;
		uint32_t provider, algorithm;
		size_t at;
		uint32_t value; /* into the table */
		size_t len;     /* of the stream; 0: all */
	} cases[] = {
		{ "in an image file", 1, 0, 0, 0, 0 },
		{ "an unknown way", 2, 4, 0, 0, 0 },
		{ "a chunk before its table", 2, 0, 4, 0, 0 },
		{ "a chunk behind the end", 2, 0, 4, 0xfffffff0, 0 },
		{ "a chunk of nothing", 2, 0, 0, 0, 0 },
		{ "a chunk longer than its content", 2, 0, 0, 4097, 0 },
		{ "shorter than the table", 2, 0, 0, 0, 20 },
		{ "shorter than its chunks", 2, 0, 0, 0, 5000 },
	};
	static struct packed p;
	struct builder b;
	(void)state;

	make_plain();
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		pack(&p, 4096, 35000);
		if (i >= 2 && !cases[i].len)
			put(p.bytes + cases[i].at, cases[i].value, 4);
		if (cases[i].len)
			p.len = cases[i].len;
		build(&b, &p, cases[i].provider, cases[i].algorithm, 35000);
		if (reads(&b, 35000, 35000, false))
			fail_msg("%s: was read", cases[i].what);
		build_release(&b);
	}
}

static void ways_of_packing(void **state)
{
	const struct {
		uint32_t numbers[4];
		enum ntfs_packing want;
	} cases[] = {
		{ { 1, 2, 1, 0 }, NTFS_PACKING_XPRESS4K },
		{ { 1, 2, 1, 1 }, NTFS_PACKING_LZX },
		{ { 1, 2, 1, 2 }, NTFS_PACKING_XPRESS8K },
		{ { 1, 2, 1, 3 }, NTFS_PACKING_XPRESS16K },
		{ { 1, 2, 1, 4 }, NTFS_PACKING_NONE },
		{ { 2, 2, 1, 0 }, NTFS_PACKING_NONE },
		{ { 1, 1, 1, 0 }, NTFS_PACKING_NONE },
		{ { 1, 2, 2, 0 }, NTFS_PACKING_NONE },
	};
	uint8_t data[16];
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		for (size_t k = 0; k < 4; k++)
			put(data + 4 * k, cases[i].numbers[k], 4);
		assert_int_equal(ntfs_wof_packing(reader_of(data, 16)), cases[i].want);
		assert_int_equal(ntfs_wof_packing(reader_of(data, 15)), NTFS_PACKING_NONE);
	}
}

/* A size that only a table of terabytes could be for costs nothing. */
static void a_claim_of_terabytes(void **state)
{
	static struct packed p;
	struct builder b;
	struct error e = { 0 };
	struct content c = { .step = 4096 };
	(void)state;

	make_plain();
	pack(&p, 4096, 35000);
	build(&b, &p, 2, 0, 35000);
	uint8_t *r = build_record(&b, FILE_NUMBER);
	for (size_t at = 0; at + 8 < 1024; at++)
		if (r[at] == (35000 & 0xff) && r[at + 1] == 35000 >> 8 && !r[at + 2] && !r[at + 6])
			put(r + at + 5, 16, 1); /* 2^44 more */
	c.f = build_open(&b, &e);
	assert_non_null(c.f);
	assert_true(c.f->walk(c.f, take, &c, &e));
	assert_true(c.refused);
	c.f->close(c.f);
	build_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(xpress_of_three_sizes), cmocka_unit_test(lzx_in_chunks_of_32_kib),
		cmocka_unit_test(what_is_refused),       cmocka_unit_test(ways_of_packing),
		cmocka_unit_test(a_claim_of_terabytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
