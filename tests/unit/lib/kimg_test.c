/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The manifest of an image: one form, and every other one refused in words of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "image_samples.h"
#include "lib/image/kimg_inside.h"

static struct sample sample;

static int make(void **state)
{
	(void)state;
	sample_make(&sample, NULL);
	return 0;
}

static int release(void **state)
{
	(void)state;
	sample_release(&sample);
	return 0;
}

/* The nth record of a tag in a manifest. */
static uint8_t *record_of(struct text *manifest, unsigned tag, int nth, size_t *len)
{
	for (size_t at = 0; at < manifest->len;) {
		uint8_t *p = (uint8_t *)manifest->s + at;
		size_t n = p[4] | (size_t)p[5] << 8 | (size_t)p[6] << 16;

		if ((unsigned)(p[0] | p[1] << 8) == tag && nth-- == 0) {
			*len = 8 + n;
			return p;
		}
		at += 8 + n;
	}
	fail_msg("no record 0x%x", tag);
	return NULL;
}

static void want_refused(const char *name, const struct text *manifest, const char *words)
{
	/* Exactly as large as it is: the sanitizer sees what reads on. */
	char *exact = mem_alloc(manifest->len);
	struct kimg_manifest m;
	struct arena a = { 0 };
	struct error e = { 0 };

	memcpy(exact, manifest->s, manifest->len);
	if (kimg_manifest_parse(exact, manifest->len, &a, &m, &e))
		fail_msg("%s: accepted", name);
	if (e.kind != ERROR_UNTRUSTED || !strstr(e.text, words))
		fail_msg("%s: %d, %s", name, e.kind, e.text);
	arena_release(&a);
	free(exact);
}

static void same_after_reading(void **state)
{
	struct text again = { 0 };
	struct kimg_manifest m;
	struct arena a = { 0 };
	struct error e = { 0 };
	size_t at, note;

	(void)state;
	if (!kimg_manifest_parse(sample.manifest.s, sample.manifest.len, &a, &m, &e))
		fail_msg("%s", e.text);
	assert_string_equal(m.product, "office-pc");
	assert_string_equal(m.label, sample.m.label);
	assert_string_equal(m.note, "for tests");
	assert_int_equal(m.partitions[1].flags, KIMG_GROWS);
	assert_memory_equal(m.partitions, sample.partitions, sizeof(sample.partitions));
	assert_int_equal(m.payloads[1].first_chunk, 5);
	assert_int_equal(m.data_at, sample.m.data_at);
	assert_ptr_equal(kimg_partition(&m, 2), &m.partitions[1]);
	assert_null(kimg_partition(&m, 3));
	assert_int_equal(kimg_manifest_bytes(&m), sample.manifest.len);
	assert_true(kimg_manifest_write(&m, &again, &e));
	assert_int_equal(again.len, sample.manifest.len);
	assert_memory_equal(again.s, sample.manifest.s, again.len);
	/* Cut anywhere it is refused, and never read past its end. */
	note = (size_t)(record_of(&again, KIMG_TAG_NOTE, 0, &at) - (uint8_t *)again.s);
	for (at = 0; at < sample.manifest.len; at++) {
		if (at == note) /* which may be missing */
			continue;
		again.len = at;
		want_refused("cut", &again, "manifest");
		again.len = sample.manifest.len;
	}
	text_release(&again);
	arena_release(&a);
}

/* A number of `bytes` bytes at an offset of a record's value, and the words of the refusal. */
#define NOT_KNOWN "a value that the format does not know"
#define NOT_ZERO "bytes that must be zero"
#define NOT_TEXT "its text is"
static const struct {
	const char *name;
	unsigned tag;
	int nth;
	size_t offset, bytes;
	uint64_t value;
	const char *words;
} patches[] = {
	{ "format", KIMG_TAG_FORMAT, 0, 0, 4, 2, "record format: it has " NOT_KNOWN },
	{ "product -", KIMG_TAG_PRODUCT, 0, 0, 1, '-', "record product: it has " NOT_KNOWN },
	{ "product O", KIMG_TAG_PRODUCT, 0, 0, 1, 'O', "record product: it has " NOT_KNOWN },
	{ "label UTF-8", KIMG_TAG_LABEL, 0, 2, 1, 0xff, "record label: " NOT_TEXT },
	{ "label space", KIMG_TAG_LABEL, 0, 0, 1, ' ', "record label: " NOT_TEXT },
	{ "label NUL", KIMG_TAG_LABEL, 0, 0, 1, 0, "record label: " NOT_TEXT },
	{ "label RLO", KIMG_TAG_LABEL, 0, 5, 3, 0xae80e2, "record label: " NOT_TEXT },
	{ "counter 0", KIMG_TAG_COUNTER, 0, 0, 8, 0, "record counter: it has " NOT_KNOWN },
	{ "counter 10^15", KIMG_TAG_COUNTER, 0, 0, 8, KIMG_COUNTER_MAX + 1, "record counter" },
	{ "maker", KIMG_TAG_MAKER, 0, 0, 1, '\n', "record maker: " NOT_TEXT },
	{ "os", KIMG_TAG_SYSTEM, 0, 0, 1, 3, "record system: it has " NOT_KNOWN },
	{ "generalised", KIMG_TAG_SYSTEM, 0, 1, 1, 3, "record system: it has " NOT_KNOWN },
	{ "boot", KIMG_TAG_SYSTEM, 0, 2, 2, 4, "record system: it has " NOT_KNOWN },
	{ "signers", KIMG_TAG_SYSTEM, 0, 4, 2, 32, "record system: it has " NOT_KNOWN },
	{ "taken", KIMG_TAG_SYSTEM, 0, 6, 2, 16, "record system: it has " NOT_KNOWN },
	{ "left out", KIMG_TAG_SYSTEM, 0, 8, 2, 8, "record system: it has " NOT_KNOWN },
	{ "system zero", KIMG_TAG_SYSTEM, 0, 10, 2, 1, "record system: " NOT_ZERO },
	{ "disk size", KIMG_TAG_DISK, 0, 0, 8, SAMPLE_DISK_BYTES + 1, "no multiple of its sector" },
	{ "disk of 0", KIMG_TAG_DISK, 0, 0, 8, 0, "no multiple of its sector" },
	{ "small disk", KIMG_TAG_DISK, 0, 0, 8, 4u << 20, "does not lie within the disk" },
	{ "sector", KIMG_TAG_DISK, 0, 8, 4, 1024, "record disk: it has " NOT_KNOWN },
	{ "table", KIMG_TAG_DISK, 0, 12, 1, 3, "record disk: it has " NOT_KNOWN },
	{ "no table", KIMG_TAG_DISK, 0, 12, 1, 0, "record disk: " NOT_ZERO },
	{ "disk zero", KIMG_TAG_DISK, 0, 13, 1, 1, "record disk: " NOT_ZERO },
	{ "number 0", KIMG_TAG_PARTITION, 0, 0, 4, 0, "there can be no such number" },
	{ "number 129", KIMG_TAG_PARTITION, 1, 0, 4, 129, "there can be no such number" },
	{ "number twice", KIMG_TAG_PARTITION, 1, 0, 4, 1, "the numbers do not ascend" },
	{ "flags", KIMG_TAG_PARTITION, 0, 4, 4, 4, "record partition: it has " NOT_KNOWN },
	{ "two grow", KIMG_TAG_PARTITION, 0, 4, 4, 1, "more than one may grow" },
	{ "odd place", KIMG_TAG_PARTITION, 0, 8, 8, SAMPLE_ESP_AT + 1,
	  "no multiple of the sector" },
	{ "in the table", KIMG_TAG_PARTITION, 0, 8, 8, 33 * 512, "outside of its tables" },
	{ "place 2^64", KIMG_TAG_PARTITION, 0, 8, 8, ~UINT64_C(511), "outside of its tables" },
	{ "overlap", KIMG_TAG_PARTITION, 0, 16, 8, SAMPLE_ESP_BYTES + 512, "overlaps" },
	{ "size 0", KIMG_TAG_PARTITION, 1, 16, 8, 0, "makes no sense" },
	{ "odd size", KIMG_TAG_PARTITION, 1, 16, 8, 513, "no multiple of the sector" },
	{ "to the end", KIMG_TAG_PARTITION, 1, 16, 8, 6u << 20, "outside of its tables" },
	{ "smallest", KIMG_TAG_PARTITION, 1, 24, 8, 6u << 20, "makes no sense" },
	{ "odd smallest", KIMG_TAG_PARTITION, 1, 24, 8, 1, "no multiple of the sector" },
	{ "content", KIMG_TAG_PARTITION, 0, 144, 1, 7, "record partition: it has " NOT_KNOWN },
	{ "role", KIMG_TAG_PARTITION, 0, 145, 1, 7, "record partition: it has " NOT_KNOWN },
	{ "zero", KIMG_TAG_PARTITION, 0, 146, 2, 1, "record partition: " NOT_ZERO },
	{ "zeros", KIMG_TAG_PARTITION, 0, 167, 1, 1, "record partition: " NOT_ZERO },
	{ "kind 0", KIMG_TAG_PAYLOAD, 0, 0, 1, 0, "record payload: it has " NOT_KNOWN },
	{ "kind 4", KIMG_TAG_PAYLOAD, 0, 0, 1, 4, "record payload: it has " NOT_KNOWN },
	{ "gap of a GPT", KIMG_TAG_PAYLOAD, 2, 0, 1, 2, "not the gap" },
	{ "how", KIMG_TAG_PAYLOAD, 0, 1, 1, 2, "record payload: it has " NOT_KNOWN },
	{ "holes in a list", KIMG_TAG_PAYLOAD, 2, 1, 1, 1, "only a partition has a number" },
	{ "payload zero", KIMG_TAG_PAYLOAD, 0, 2, 2, 1, "record payload: " NOT_ZERO },
	{ "of no partition", KIMG_TAG_PAYLOAD, 0, 4, 4, 3, "there is no partition of its number" },
	{ "another place", KIMG_TAG_PAYLOAD, 0, 8, 8, SAMPLE_ESP_AT, "not where its partition is" },
	{ "another size", KIMG_TAG_PAYLOAD, 0, 16, 8, SAMPLE_MIB, "not where its partition is" },
	{ "place of a list", KIMG_TAG_PAYLOAD, 2, 8, 8, 512, "not as large as the catalogue" },
	{ "size of a list", KIMG_TAG_PAYLOAD, 2, 16, 8, 1, "not as large as the catalogue" },
	{ "first chunk", KIMG_TAG_PAYLOAD, 1, 24, 4, 4, "its chunks are counted wrongly" },
	{ "chunks", KIMG_TAG_PAYLOAD, 1, 28, 4, 2, "its chunks are counted wrongly" },
	{ "index at", KIMG_TAG_INDEX, 0, 0, 8, 4096, "does not lie behind the manifest" },
	{ "index bytes", KIMG_TAG_INDEX, 0, 8, 4, 1, "do not fit its size" },
	{ "index 256 MiB", KIMG_TAG_INDEX, 0, 8, 4, KIMG_INDEX_MAX + 1, "larger than the format" },
	{ "frames", KIMG_TAG_INDEX, 0, 12, 4, 5, "do not fit its size" },
	{ "pieces", KIMG_TAG_INDEX, 0, 16, 4, 5, "do not fit its size" },
	{ "all chunks", KIMG_TAG_INDEX, 0, 20, 4, 8, "do not fit its size" },
	{ "index zero", KIMG_TAG_INDEX, 0, 28, 4, 1, "record index: " NOT_ZERO },
	{ "chunk bytes", KIMG_TAG_INDEX, 0, 24, 4, 4096, "record index: it has " NOT_KNOWN },
	{ "odd data", KIMG_TAG_INDEX, 0, 32, 8, 81921, "does not lie behind the index" },
	{ "data early", KIMG_TAG_INDEX, 0, 32, 8, 69632, "does not lie behind the index" },
	{ "data late", KIMG_TAG_INDEX, 0, 32, 8, KIMG_DATA_AT_MAX + 4096, "behind the index" },
	{ "data bytes", KIMG_TAG_INDEX, 0, 40, 8, 2, "cannot be of this size" },
	{ "much data", KIMG_TAG_INDEX, 0, 40, 8, 13 * (UINT64_C(1) << 20), "cannot be of this" },
	{ "lines", KIMG_TAG_CATALOGUE, 0, 0, 8, 16777217, "larger than the format allows" },
	{ "list bytes", KIMG_TAG_CATALOGUE, 0, 8, 8, (UINT64_C(4) << 30) + 1, "larger than the f" },
	{ "other bytes", KIMG_TAG_CATALOGUE, 0, 8, 8, 22, "not as large as the catalogue" },
	{ "note", KIMG_TAG_NOTE, 0, 0, 1, 0x7f, "record note: " NOT_TEXT },
};

static void every_field(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(patches) / sizeof(patches[0]); i++) {
		struct text m = { 0 };
		size_t len;
		uint8_t *p;

		text_add_n(&m, sample.manifest.s, sample.manifest.len);
		p = record_of(&m, patches[i].tag, patches[i].nth, &len) + 8 + patches[i].offset;
		for (size_t k = 0; k < patches[i].bytes; k++)
			p[k] = (uint8_t)(patches[i].value >> 8 * k);
		want_refused(patches[i].name, &m, patches[i].words);
		text_release(&m);
	}
}

static void add_record(struct text *m, unsigned tag, const char *value, size_t len)
{
	const char head[8] = { (char)tag, (char)(tag >> 8), 0, 0, (char)len, (char)(len >> 8) };

	text_add_n(m, head, sizeof(head));
	text_add_n(m, value, len);
}

/* Missing, twice, too short, too long, out of place, each of them. */
static void every_record(void **state)
{
	static const unsigned tags[] = { 1,    0x10, 0x11, 0x12, 0x13, 0x14,   0x15,  0x20,
					 0x30, 0x40, 0x50, 0x60, 0x70, 0x8090, 0x8080 };
	const struct text *whole = &sample.manifest;

	(void)state;
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]) - 1; i++) {
		size_t len, at, behind;
		struct text m = { 0 };
		struct text copy = { whole->s, whole->len, 0 };
		bool many = tags[i] == 0x40 || tags[i] == 0x50;

		at = (size_t)(record_of(&copy, tags[i], 0, &len) - (uint8_t *)whole->s);
		behind = at + len;
		text_add_n(&m, whole->s, at);
		text_add_n(&m, whole->s + behind, whole->len - behind);
		if (tags[i] != 0x8090)
			want_refused("missing", &m,
				     many              ? "record"
				     : tags[i] == 0x70 ? "there is no record of the catalogue"
						       : "it is missing");
		text_clear(&m);
		text_add_n(&m, whole->s, behind);
		text_add_n(&m, whole->s + at, whole->len - at);
		want_refused("twice", &m, many ? "record" : "it is there too often");
		text_clear(&m);
		text_add_n(&m, whole->s, whole->len);
		m.s[at + 2] = 1;
		want_refused("zero", &m, NOT_ZERO);
		m.s[at + 2] = 0;
		m.s[at + 4]++;
		want_refused("longer", &m, "manifest");
		text_release(&m);
	}
}

/* A value has exactly its length; none of these is a text. */
static void every_length(void **state)
{
	static const unsigned tags[] = { 1, 0x12, 0x13, 0x15, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70 };
	const struct text *whole = &sample.manifest;

	(void)state;
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		for (int more = -1; more <= 1; more += 2) {
			struct text m = { 0 };
			struct text copy = { whole->s, whole->len, 0 };
			size_t len, at, behind;

			at = (size_t)(record_of(&copy, tags[i], 0, &len) - (uint8_t *)whole->s);
			behind = at + len;
			text_add_n(&m, whole->s, behind - (more < 0));
			m.s[at + 4] = (char)(m.s[at + 4] + more);
			text_add_n(&m, "", more > 0);
			text_add_n(&m, whole->s + behind, whole->len - behind);
			want_refused("length", &m, "it has another length than the format");
			text_release(&m);
		}
}

static void forms(void **state)
{
	const struct text *whole = &sample.manifest;
	struct kimg_manifest parsed;
	struct arena a = { 0 };
	struct error e = { 0 };
	struct text m = { 0 };

	(void)state;
	text_add_n(&m, whole->s, whole->len);
	add_record(&m, 0x8091, "later", 5);
	assert_true(kimg_manifest_parse(m.s, m.len, &a, &parsed, &e));
	add_record(&m, 0x8091, "later", 5);
	want_refused("unknown twice", &m, "record 0x8091: it is there too often");
	text_clear(&m);
	add_record(&m, 0x0001, "\1\0\0", 4);
	add_record(&m, 0x0002, "x", 1);
	text_add_n(&m, whole->s + 12, whole->len - 12);
	want_refused("unknown", &m, "record 0x0002: it is unknown here");
	text_clear(&m);
	text_add_n(&m, whole->s, whole->len);
	add_record(&m, 0x8085, "late", 4);
	want_refused("late", &m, "record 0x8085: it is not in its place");
	text_clear(&m);
	add_record(&m, 0x0001, "\1\0\0", 4);
	add_record(&m, 0x0011, "label", 5);
	add_record(&m, 0x0010, "product", 7);
	want_refused("one too late", &m, "record product: it is not in its place");
	text_clear(&m);
	text_add_n(&m, whole->s, whole->len);
	text_add_n(&m, "\0", 1);
	want_refused("a byte behind", &m, "cut short");
	text_clear(&m);
	text_add_n(&m, whole->s, whole->len);
	for (size_t i = 0; i < 20; i++)
		add_record(&m, (unsigned)(0x8091 + i), sample.file.s, 60000);
	assert_true(m.len > KIMG_MANIFEST_MAX);
	want_refused("1 MiB", &m, "larger than 1 MiB");
	text_release(&m);
	arena_release(&a);
}

/* What a writer is refused; the words are the reader's. */
static uint8_t sector[512];
static struct kimg_sector sectors[2];
static struct kimg_pack pack;

static void to_mbr(struct kimg_manifest *m)
{
	m->table = KIMG_TABLE_MBR;
	memset(m->disk_id, 0, sizeof(m->disk_id));
	for (uint32_t i = 0; i < m->partition_count; i++) {
		struct kimg_partition *q = &m->partitions[i];

		memset(q->id, 0, sizeof(q->id));
		memset(q->name, 0, sizeof(q->name));
		memset(q->type, 0, sizeof(q->type));
		q->type[0] = 0x83;
	}
	sectors[0] = (struct kimg_sector){ 0, sector };
	sectors[1] = (struct kimg_sector){ 512, sector };
	m->sectors = sectors;
	m->sector_count = 1;
}

static void mbr_without_sector(struct kimg_manifest *m)
{
	to_mbr(m);
	m->sector_count = 0;
}

static void mbr_with_guid(struct kimg_manifest *m)
{
	to_mbr(m);
	m->partitions[0].id[0] = 1;
}

static void mbr_with_long_type(struct kimg_manifest *m)
{
	to_mbr(m);
	m->partitions[0].type[1] = 1;
}

static void mbr_empty_type(struct kimg_manifest *m)
{
	to_mbr(m);
	m->partitions[0].type[0] = 0;
}

static void mbr_sector_late(struct kimg_manifest *m)
{
	to_mbr(m);
	sectors[0].first_byte = 512;
}

static void mbr_sector_twice(struct kimg_manifest *m)
{
	to_mbr(m);
	m->sector_count = 2;
	sectors[1].first_byte = 0;
}

static void mbr_sector_inside(struct kimg_manifest *m)
{
	to_mbr(m);
	m->sector_count = 2;
	sectors[1].first_byte = SAMPLE_ESP_AT + 512;
}

static void mbr_sector_beyond(struct kimg_manifest *m)
{
	to_mbr(m);
	m->sector_count = 2;
	sectors[1].first_byte = SAMPLE_DISK_BYTES;
}

static void mbr_boot_code(struct kimg_manifest *m)
{
	to_mbr(m);
	m->has_boot_code = true;
	m->boot_code[0] = 0xeb;
}

static void gpt_sector(struct kimg_manifest *m)
{
	sectors[0] = (struct kimg_sector){ 0, sector };
	m->sectors = sectors;
	m->sector_count = 1;
}

static void gpt_empty_boot_code(struct kimg_manifest *m)
{
	m->has_boot_code = true;
}

static void gpt_boot_code(struct kimg_manifest *m)
{
	m->has_boot_code = true;
	m->boot_code[0] = 0xeb;
}

static void gpt_active(struct kimg_manifest *m)
{
	m->active = true;
}

static void mbr_active(struct kimg_manifest *m)
{
	to_mbr(m);
	m->active = true;
}

static void gpt_empty_type(struct kimg_manifest *m)
{
	memset(m->partitions[0].type, 0, 16);
}

static void no_table_two(struct kimg_manifest *m)
{
	to_mbr(m);
	m->table = KIMG_TABLE_NONE;
	m->sector_count = 0;
	m->partitions[0].type[0] = m->partitions[1].type[0] = 0;
}

static void overlap_before(struct kimg_manifest *m)
{
	struct kimg_partition *q = &m->partitions[1];

	q->first_byte = 64 * 512;
	q->size_bytes = q->smallest_bytes = SAMPLE_ESP_AT + 512 - q->first_byte;
}

static void one_chunk_more(struct kimg_manifest *m)
{
	m->chunks++;
	m->index_bytes += 4;
}

static void too_many_frames(struct kimg_manifest *m)
{
	m->frames = m->pieces + 1;
	m->index_bytes = (uint32_t)kimg_index_bytes(m);
}

static void too_many_pieces(struct kimg_manifest *m)
{
	m->pieces = m->chunks + 1;
	m->index_bytes = (uint32_t)kimg_index_bytes(m);
}

static void too_few_frames(struct kimg_manifest *m)
{
	m->frames = 1;
	m->pieces = KIMG_PIECES_IN_FRAME + 1;
	m->index_bytes = (uint32_t)kimg_index_bytes(m);
}

static void swap_payloads(struct kimg_manifest *m)
{
	struct kimg_payload first = m->payloads[0];

	m->payloads[0] = m->payloads[1];
	m->payloads[1] = first;
	m->payloads[0].first_chunk = 0;
	m->payloads[1].first_chunk = 1;
}

static void catalogue_first(struct kimg_manifest *m)
{
	struct kimg_payload last = m->payloads[2];

	m->payloads[2] = m->payloads[1];
	m->payloads[1] = last;
	m->payloads[1].first_chunk = 5;
	m->payloads[2].first_chunk = 6;
}

static void payload_twice(struct kimg_manifest *m)
{
	m->payloads[1] = m->payloads[0];
	m->payloads[1].first_chunk = 5;
}

static void no_catalogue_payload(struct kimg_manifest *m)
{
	m->payload_count = 2;
	m->chunks = 6;
	m->index_bytes -= 4;
}

static void no_payload(struct kimg_manifest *m)
{
	m->payload_count = 0;
}

static void good_pack(struct kimg_manifest *m)
{
	pack = (struct kimg_pack){ .size_bytes = 1, .name = "treiber.zip", .match = "Optiplex *" };
	m->packs = &pack;
	m->pack_count = 1;
}

static void pack_elsewhere(struct kimg_manifest *m)
{
	good_pack(m);
	pack.name = "../treiber.zip";
}

static void pack_in_a_folder(struct kimg_manifest *m)
{
	good_pack(m);
	pack.name = "a/treiber.zip";
}

static void pack_hidden(struct kimg_manifest *m)
{
	good_pack(m);
	pack.name = ".treiber.zip";
}

static void pack_without_match(struct kimg_manifest *m)
{
	good_pack(m);
	pack.match = "";
}

static void long_product(struct kimg_manifest *m)
{
	m->product = "a123456789b123456789c123456789d123456789e123456789f123456789g1234";
}

static void no_label(struct kimg_manifest *m)
{
	m->label = NULL;
}

static const struct {
	const char *name;
	void (*change)(struct kimg_manifest *m);
	const char *words; /* NULL: good */
} changes[] = {
	{ "MBR", to_mbr, NULL },
	{ "boot code", gpt_boot_code, NULL },
	{ "active", gpt_active, NULL },
	{ "MBR, active", mbr_active, "record active: only the image of a GPT disk has it" },
	{ "pack", good_pack, NULL },
	{ "MBR without sector", mbr_without_sector, "record sector: it is missing" },
	{ "MBR with a GUID", mbr_with_guid, "what only a GPT can hold" },
	{ "MBR, long type", mbr_with_long_type, "what only a GPT can hold" },
	{ "MBR, no type", mbr_empty_type, "the type of an empty entry" },
	{ "MBR, not sector 0", mbr_sector_late, "they begin with sector 0 and ascend" },
	{ "MBR, sector twice", mbr_sector_twice, "they begin with sector 0 and ascend" },
	{ "sector in a partition", mbr_sector_inside, "it lies within a partition" },
	{ "sector behind the disk", mbr_sector_beyond, "it does not lie on the disk" },
	{ "MBR with boot code", mbr_boot_code, "only the image of a GPT disk has it" },
	{ "GPT with a sector", gpt_sector, "only the image of an MBR disk has it" },
	{ "empty boot code", gpt_empty_boot_code, "only written if it is not zero" },
	{ "GPT, no type", gpt_empty_type, "the type of an empty entry" },
	{ "two without a table", no_table_two, "without a table there is one" },
	{ "overlap by a sector", overlap_before, "it overlaps another one" },
	{ "one chunk more", one_chunk_more, "frames, pieces and chunks do not fit its size" },
	{ "more frames than pieces", too_many_frames, "frames, pieces and chunks do not fit" },
	{ "more pieces than chunks", too_many_pieces, "frames, pieces and chunks do not fit" },
	{ "five pieces, one frame", too_few_frames, "frames, pieces and chunks do not fit" },
	{ "EFI system first", swap_payloads, "not in the order" },
	{ "catalogue first", catalogue_first, "not in the order" },
	{ "payload twice", payload_twice, "it is there twice" },
	{ "catalogue nowhere", no_catalogue_payload, "there is no payload that holds it" },
	{ "no payload", no_payload, "record payload: it is missing" },
	{ "pack elsewhere", pack_elsewhere, "record driver_pack: its text" },
	{ "pack in a folder", pack_in_a_folder, "record driver_pack: its text" },
	{ "pack hidden", pack_hidden, "record driver_pack: its text" },
	{ "pack without match", pack_without_match, "record driver_pack: its text" },
	{ "product of 65", long_product, "record product" },
	{ "no label", no_label, "an image needs" },
};

static void writers_are_refused(void **state)
{
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct text out = { 0 };
		struct error e = { 0 };
		size_t slack;
		bool ok;

		make(state);
		slack = sample.m.data_at - sample.m.index_at;
		changes[i].change(&sample.m);
		if (sample.m.label)
			sample.m.index_at = kimg_index_at(kimg_manifest_bytes(&sample.m));
		sample.m.data_at = sample.m.index_at + slack;
		ok = kimg_manifest_write(&sample.m, &out, &e);
		if (ok != !changes[i].words)
			fail_msg("%s: %s", changes[i].name, ok ? "accepted" : e.text);
		if (!ok && (e.kind != ERROR_USAGE || !strstr(e.text, changes[i].words)))
			fail_msg("%s: %d, %s", changes[i].name, e.kind, e.text);
		assert_true(ok || out.len == 0);
		text_release(&out);
		release(state);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(same_after_reading, make, release),
		cmocka_unit_test_setup_teardown(every_field, make, release),
		cmocka_unit_test_setup_teardown(every_record, make, release),
		cmocka_unit_test_setup_teardown(every_length, make, release),
		cmocka_unit_test_setup_teardown(forms, make, release),
		cmocka_unit_test(writers_are_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
