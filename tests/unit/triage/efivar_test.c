/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stores of variables, signature lists, boot entries and device paths: whole and damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <fcntl.h>

#include "bytes.h"
#include "lib/base/memory.h"
#include "triage/parse/efivar.h"

extern const struct format format_efivars;

static const uint8_t guid[16] = { 0x61, 0xdf, 0xe4, 0x8b, 0xca, 0x93, 0xd2, 0x11,
				  0xaa, 0x0d, 0x00, 0xe0, 0x98, 0x03, 0x2b, 0x8c };
static const uint8_t with_time[16] = { 0x78, 0x2c, 0xf3, 0xaa, 0x7b, 0x94, 0x9a, 0x43,
				       0xa1, 0x80, 0x2e, 0x14, 0x4e, 0xc3, 0x77, 0x92 };
static const uint8_t without[16] = { 0x16, 0x36, 0xcf, 0xdd, 0x75, 0x32, 0x64, 0x41,
				     0x98, 0xb6, 0xfe, 0x85, 0x70, 0x7f, 0xfe, 0x7d };

static void put(uint8_t *p, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

/* A variable "A" of n bytes of data; returns its bytes, padded to 4. */
static size_t add(uint8_t *p, bool authenticated, uint8_t state, size_t n)
{
	size_t head = authenticated ? 60 : 32;

	memset(p, 0, head + 4 + n);
	put(p, 0x55aa, 2);
	p[2] = state;
	put(p + 4, 7, 4);
	put(p + head - 24, 4, 4);
	put(p + head - 20, n, 4);
	memcpy(p + head - 16, guid, 16);
	put(p + head, 'A', 2);
	memset(p + head + 4, 'd', n);
	return (head + 4 + n + 3) / 4 * 4;
}

/* A store at p of 512 bytes: two variables, the first of them deleted. */
static void store(uint8_t *p, bool authenticated)
{
	size_t at = 28;

	memset(p, 0xff, 512);
	memcpy(p, authenticated ? with_time : without, 16);
	put(p + 16, 512, 4);
	put(p + 20, 0xfe5a, 2);
	at += add(p + at, authenticated, 0x3d, 5);
	add(p + at, authenticated, 0x3f, 6);
}

struct seen {
	size_t count, deleted, bytes, problems;
};

static bool take(void *ctx, const struct efivar *v, struct error *e)
{
	struct seen *s = ctx;
	(void)e;

	s->count++;
	s->deleted += v->is_deleted;
	s->bytes += v->data.left;
	assert_int_equal(v->name.left, 2);
	assert_memory_equal(v->vendor, guid, 16);
	assert_int_equal(v->attributes, 7);
	for (size_t i = 0; i < v->data.left; i++)
		assert_int_equal(v->data.at[i], 'd');
	return true;
}

static bool pass(void *ctx, const struct efivar *v, struct error *e)
{
	(void)ctx;
	(void)v;
	(void)e;
	return true;
}

static void problem(void *ctx, uint64_t offset, const char *what)
{
	struct seen *s = ctx;
	(void)offset;
	(void)what;

	s->problems++;
}

static struct seen dump(const uint8_t *p, size_t len, size_t want_stores)
{
	struct seen s = { 0 };
	const struct parse_problems problems = { problem, &s };
	struct error e = { 0 };
	size_t stores;

	assert_true(efivar_dump(p, len, &problems, take, &s, &stores, &e));
	assert_int_equal(stores, want_stores);
	return s;
}

static void stores(void **state)
{
	uint8_t p[2048] = { 0 };
	(void)state;

	store(p + 72, true);
	store(p + 1024, false);
	struct seen s = dump(p, sizeof(p), 2);
	assert_int_equal(s.count, 4);
	assert_int_equal(s.deleted, 2);
	assert_int_equal(s.bytes, 22);
	assert_int_equal(s.problems, 0);
	p[72 + 20] = 0;   /* not formatted: a problem */
	p[1024 + 21] = 0; /* not healthy */
	s = dump(p, sizeof(p), 2);
	assert_int_equal(s.count, 4);
	assert_int_equal(s.problems, 2);
	put(p + 72 + 28, 0, 2); /* nor does a variable follow: the identifier in a program */
	put(p + 1024 + 28, 0, 2);
	assert_int_equal(dump(p, sizeof(p), 0).problems, 0);
	store(p + 1024, false);
	/* A store within another one's data is data. */
	store(p + 72, true);
	memset(p + 1024, 0, 512);
	add(p + 72 + 28, true, 0x3f, 300);
	memcpy(p + 72 + 256, without, 16);
	put(p + 72 + 256 + 16, 64, 4);
	put(p + 72 + 256 + 20, 0xfe5a, 2);
	struct error e = { 0 };
	size_t count;
	assert_true(efivar_dump(p, sizeof(p), NULL, pass, NULL, &count, &e));
	assert_int_equal(count, 1);
}

/* The first of two variables is damaged. */
static void one_is_left(const uint8_t *p, size_t len)
{
	struct seen s = dump(p, len, 1);

	assert_int_equal(s.problems, 1);
	assert_int_equal(s.count, 1);
	assert_int_equal(s.deleted, 0);
}

static void damaged_stores(void **state)
{
	uint8_t p[512];
	(void)state;

	for (size_t len = 0; len <= sizeof(p); len++) {
		uint8_t *copy = mem_alloc(len + 1);

		store(p, true);
		memcpy(copy + 1, p, len);
		struct seen s = dump(copy + 1, len, len >= 28);
		assert_int_equal(s.problems > 0, len >= 28 && len < 512);
		assert_int_equal(s.count, len >= 28 + 72 + 70 ? 2 : len >= 28 + 69 ? 1 : 0);
		free(copy);
	}
	store(p, false);
	put(p + 28 + 8, 0x7fffffff, 4); /* the name's length */
	one_is_left(p, sizeof(p));
	store(p, false);
	put(p + 28 + 12, 0xffffffff, 4); /* the data's */
	one_is_left(p, sizeof(p));
	store(p, false);
	p[28] = 0; /* its mark */
	one_is_left(p, sizeof(p));
	/* What was written behind the last one. */
	store(p, false);
	p[500] = 1;
	assert_int_equal(dump(p, sizeof(p), 1).problems, 1);
	store(p, false);
	put(p + 16, 0xffffffff, 4); /* the store's */
	assert_int_equal(dump(p, sizeof(p), 1).count, 2);
	store(p, false);
	put(p + 16, 27, 4);
	struct seen s = dump(p, sizeof(p), 1);
	assert_int_equal(s.problems, 1);
	assert_int_equal(s.count, 2);
}

/* A store whose length says that it has another one within: where it is damaged, that one is another. */
static void damaged_length(void **state)
{
	uint8_t p[1024];
	(void)state;

	store(p, true);
	store(p + 512, false);
	put(p + 16, 1024, 4);
	struct seen s = dump(p, sizeof(p), 2);
	assert_int_equal(s.count, 4);
	assert_int_equal(s.problems, 1);
}

static void files(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		bool good;
	} cases[] = {
		{ "\7\0\0\0x", 5, true },  { "\7\0\0\0", 4, true },   { "\7\0\0", 3, false },
		{ "\0\0\0\0x", 5, false }, { "\7\1\0\0x", 5, false }, { "\xff\0\0\0", 4, true },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct efivar v;

		assert_int_equal(efivar_file(reader_of(cases[i].bytes, cases[i].len), &v),
				 cases[i].good);
		if (cases[i].good)
			assert_int_equal(v.data.left, cases[i].len - 4);
	}
}

static void signature_lists(void **state)
{
	const struct {
		const char *name;
		size_t at;
		uint32_t value;
		int signatures; /* -1: no list */
	} cases[] = {
		{ "as it is", 24, 48, 2 },
		{ "one of both", 24, 96, 1 },
		{ "half of one", 24, 64, -1 },
		{ "signatures of nothing", 24, 15, -1 },
		{ "a size that is short", 16, 27, -1 },
		{ "a size beyond the end", 16, 4000, -1 },
		{ "a head beyond the end", 20, 97, -1 },
		{ "a head that is all", 20, 96, 0 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t p[28 + 96] = { 0x26, 0x16, 0xc4, 0xc1, 0x4c, 0x50, 0x92, 0x40,
				       0xac, 0xa9, 0x41, 0xf9, 0x36, 0x93, 0x43, 0x28 };
		struct reader r = reader_of(p, sizeof(p)), data;
		struct efi_siglist l;
		const uint8_t *owner;
		int n = 0;

		put(p + 16, sizeof(p), 4);
		put(p + 24, 48, 4);
		put(p + cases[i].at, cases[i].value, 4);
		if (!efi_siglist_next(&r, &l)) {
			n = -1;
			assert_int_equal(r.left, 0);
			assert_int_equal(l.whole.left, sizeof(p));
		} else {
			assert_string_equal(efi_siglist_type(l.type), "sha256");
			assert_int_equal(r.left, 0);
			for (; efi_signature_next(&l, &owner, &data); n++)
				assert_int_equal(data.left, l.signature_bytes - 16);
		}
		if (n != cases[i].signatures)
			fail_msg("%s: %d", cases[i].name, n);
	}
}

#define END "\x7f\xff\4\0"
#define GUID "\x61\xdf\xe4\x8b\xca\x93\xd2\x11\xaa\x0d\x00\xe0\x98\x03\x2b\x8c"
#define GUID_IN_TEXT "8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define CASE(bytes, good, want)                                                                    \
	{                                                                                          \
		bytes, sizeof(bytes) - 1, good, want                                               \
	}

static void paths(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		bool good;
		const char *want;
	} cases[] = {
		CASE("\2\1\x0c\0\xd0\x41\3\x0a\0\0\0\0"
		     "\1\1\6\0\2\x1f" END,
		     true, "PciRoot(0x0)/Pci(0x1f,0x2)"),
		CASE("\2\1\x0c\0\xd0\x41\x08\x0a\1\0\0\0" END, true, "PcieRoot(0x1)"),
		CASE("\2\1\x0c\0\xd0\x41\x01\x05\0\0\0\0" END, true, "Acpi(PNP0501,0x0)"),
		CASE("\3\x12\x0a\0\1\0\xff\xff\0\0" END, true, "Sata(0x1,0xffff,0x0)"),
		CASE("\3\2\x08\0\1\0\2\0" END, true, "Scsi(0x1,0x2)"),
		CASE("\3\5\6\0\1\2" END, true, "USB(0x1,0x2)"),
		CASE("\3\x17\x10\0\1\0\0\0\1\2\3\4\5\6\7\x08" END, true,
		     "NVMe(0x1,08-07-06-05-04-03-02-01)"),
		CASE("\4\1\x2a\0\1\0\0\0\0\x08\0\0\0\0\0\0\0\x40\6\0\0\0\0\0" GUID "\2\2" END, true,
		     "HD(1,GPT," GUID_IN_TEXT ",0x800,0x64000)"),
		CASE("\4\1\x2a\0\2\0\0\0\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0"
		     "\x78\x56\x34\x12\0\0\0\0\0\0\0\0\0\0\0\0\1\1" END,
		     true, "HD(2,MBR,0x12345678,0x1,0x2)"),
		CASE("\4\4\x0c\0\\\0E\0F\0\0\0" END, true, "File(\\EF)"),
		CASE("\4\7\x14\0" GUID "\4\6\x14\0" GUID END, true,
		     "Fv(" GUID_IN_TEXT ")/FvFile(" GUID_IN_TEXT ")"),
		CASE("\1\4\x16\0" GUID "\1\2" END, true, "VenHw(" GUID_IN_TEXT ",0102)"),
		CASE("\3\x18\x08\0http" END, true, "Uri(http)"),
		CASE("\3\x0b\x25\0\x52\x54\0\x12\x34\x56\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
		     "\0\0\0\0\1"
		     "\3\x0c\x1b\0\0\0\0\0\x0a\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" END,
		     true, "MAC(525400123456,0x1)/IPv4(10.0.0.1,0.0.0.0)"),
		CASE("\5\1\x0b\0\2\0\0\0hd\0" END, true, "BBS(0x2,(hd))"),
		CASE("\3\x63\6\0\1\2" END, true, "Path(3,99,0102)"),
		CASE("\4\1\6\0\1\2" END, true, "Path(4,1,0102)"), /* too short for an HD */
		CASE("\3\5\6\0\1\2\x7f\1\4\0\3\5\6\0\3\4" END, true, "USB(0x1,0x2),USB(0x3,0x4)"),
		CASE("\3\5\6\0\1\2" END "\3\5\6\0\3\4" END, true, "USB(0x1,0x2);USB(0x3,0x4)"),
		CASE("\3\5\6\0\1\2" END "\3", false, "USB(0x1,0x2);"),
		CASE("\3\5\6\0\1\2", true, "USB(0x1,0x2)"),
		CASE("", true, ""),
		CASE("\3\5\3\0\1\2", false, ""),
		CASE("\3\5\7\0\1\2", false, ""),
		CASE("\3\5\6\0\1\2\3", false, "USB(0x1,0x2)"),
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct text out = { 0 };

		assert_int_equal(efi_path_text(reader_of(cases[i].bytes, cases[i].len), &out),
				 cases[i].good);
		assert_string_equal(text_end(&out), cases[i].want);
		text_release(&out);
	}
}

static void options(void **state)
{
	static const char bytes[] = "\1\0\0\0\4\0A\0B\0\0\0" END "more";
	struct efi_load_option o;
	(void)state;

	for (size_t len = 0; len < sizeof(bytes); len++) {
		bool good = efi_load_option(reader_of(bytes, len), &o);

		assert_int_equal(good, len >= 16);
		if (good) {
			assert_int_equal(o.description.left, 4);
			assert_int_equal(o.path.left, 4);
			assert_int_equal(o.optional.left, len - 16);
			assert_int_equal(o.attributes, 1);
		}
	}
}

/* By their lengths: 5 and 6. */
static bool note_deleted(void *ctx, const struct efivar *v, struct error *e)
{
	(void)e;
	((bool *)ctx)[v->data.left - 5] = v->is_deleted;
	return true;
}

/* Power was cut while a variable was overwritten: the older one is in use unless the newer one is whole. */
static void overwritten(void **state)
{
	static const struct {
		uint8_t newer, name;
	} cases[] = { { 0x3f, 'A' }, { 0x7f, 'A' }, { 0x3d, 'A' }, { 0x3f, 'B' } };
	(void)state;

	for (int authenticated = 0; authenticated < 2; authenticated++) {
		for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
			uint8_t bytes[512];
			size_t at = 28, stores;
			bool deleted[2] = { true, true };
			struct error e = { 0 };

			store(bytes, authenticated);
			memset(bytes + 28, 0xff, sizeof(bytes) - 28);
			at += add(bytes + at, authenticated, 0x3e, 5);
			add(bytes + at, authenticated, cases[i].newer, 6);
			bytes[at + (authenticated ? 60 : 32)] = cases[i].name;
			assert_true(efivar_dump(bytes, sizeof(bytes), NULL, note_deleted, deleted,
						&stores, &e));
			assert_int_equal(deleted[0],
					 cases[i].newer == 0x3f && cases[i].name == 'A');
			assert_int_equal(deleted[1], cases[i].newer != 0x3f);
		}
	}
}

/* What a list of trust is, by its name: nothing of it may be cut as other data are. */
static void names_of_lists(void **state)
{
	static const struct {
		const char *name;
		bool is_list;
	} cases[] = {
		{ "dbx", true },        { "dbrDefault", true },   { "MokXNew", true },
		{ "MokXDel", true },    { "MokListRT", true },    { "MokListXRT", true },
		{ "MokListRT2", true }, { "MokListXRT17", true }, { "MokListXRTa", false },
		{ "MokListX1", false }, { "MokAuth", false },
	};
	struct bytes b = { 0 };
	(void)state;

	put_le(&b, 6, 4);
	put_n(&b, "\x26\x16\xc4\xc1\x4c\x50\x92\x40\xac\xa9\x41\xf9\x36\x93\x43\x28", 16);
	put_le(&b, 28 + 48, 4);
	put_le(&b, 0, 4);
	put_le(&b, 48, 4);
	put_zeros(&b, 48);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *name = mem_format("%s-605dab50-e046-4300-abb6-3dd810dd8b23", cases[i].name);
		struct outcome x = outcome_of(&format_efivars, &b, name, EMIT_JSONL);

		if (!x.ok || !strstr(x.lines.s, "\"signature_lists\":[{\"type\":\"sha256\"") ==
				     cases[i].is_list)
			fail_msg("%s: %s", name, text_end(&x.lines));
		outcome_release(&x);
		free(name);
	}
	bytes_release(&b);
}

/* An entry that the firmware's menu does not show is known by its attributes. */
static void hidden_entries(void **state)
{
	struct bytes b = { 0 };
	(void)state;

	put_le(&b, 7, 4);
	put_le(&b, 9, 4);
	put_le(&b, 4, 2);
	put_16(&b, "x");
	put_zeros(&b, 2);
	put_le(&b, 0x4ff7f, 4);
	struct outcome x = outcome_of(&format_efivars, &b, "Boot0001", EMIT_JSONL);
	assert_true(x.ok);
	assert_non_null(strstr(x.lines.s, "\"description\":\"x\",\"is_active\":true,"
					  "\"option_attributes\":\"0x00000009\","));
	outcome_release(&x);
	bytes_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stores),          cmocka_unit_test(damaged_stores),
		cmocka_unit_test(damaged_length),  cmocka_unit_test(files),
		cmocka_unit_test(signature_lists), cmocka_unit_test(paths),
		cmocka_unit_test(options),         cmocka_unit_test(overwritten),
		cmocka_unit_test(names_of_lists),  cmocka_unit_test(hidden_entries),
	};

	return cmocka_run_group_tests_name("efivar", tests, NULL, NULL);
}
