/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Headers of LUKS: which cipher, which key slots, how a passphrase becomes a key. */
#include "triage/parse/luks.h"

#include <stdio.h>
#include <stdlib.h>

#include "lib/base/hex.h"
#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/reader.h"
#include "lib/crypto/sha256.h"
#include "triage/parse/luks_json.h"

#define MAGIC "LUKS\xba\xbe"
#define MAGIC_SECOND "SKUL\xba\xbe"
#define MAGIC_BYTES 6
#define BINARY_BYTES 4096u /* version 2: before the JSON */
#define CHECKSUM_AT 448u
#define CHECKSUM_BYTES 64u
#define SLOTS_OF_1 8u
#define SLOT_ENABLED 0x00ac71f3u
#define SLOT_FREE 0x0000deadu
#define SECTOR_BYTES 512u

/* A name with zeros behind it; what is longer is cut. */
static void take_name(struct reader *r, size_t bytes, char *to, size_t size)
{
	const uint8_t *p = reader_take(r, bytes);
	size_t n = 0;

	for (; p && n < bytes && n + 1 < size && p[n]; n++)
		to[n] = (char)p[n];
	to[n] = '\0';
}

static void copy_span(char *to, size_t size, struct span s)
{
	snprintf(to, size, "%.*s", (int)(s.len < size ? s.len : size), s.s ? s.s : "");
}

/* Version 1. */

static bool read_1(struct reader *r, struct luks *l)
{
	char name[33], mode[33], hash[33];

	take_name(r, 32, name, sizeof(name));
	take_name(r, 32, mode, sizeof(mode));
	take_name(r, 32, hash, sizeof(hash));
	snprintf(l->cipher, sizeof(l->cipher), "%s-%s", name, mode);
	l->payload_offset = (uint64_t)reader_be32(r) * SECTOR_BYTES;
	l->key_bits = reader_be32(r) * 8;
	reader_skip(r, 20 + 32); /* digest and salt */
	snprintf(l->digest, sizeof(l->digest), "pbkdf2");
	snprintf(l->digest_hash, sizeof(l->digest_hash), "%s", hash);
	l->digest_iterations = reader_be32(r);
	take_name(r, 40, l->uuid, sizeof(l->uuid));
	for (unsigned i = 0; i < SLOTS_OF_1; i++) {
		uint32_t state = reader_be32(r), iterations = reader_be32(r);

		reader_skip(r, 32 + 8); /* salt, where the key is, in how many stripes */
		l->odd_slot |= state != SLOT_ENABLED && state != SLOT_FREE;
		if (state != SLOT_ENABLED || r->bad)
			continue;
		struct luks_slot *slot = &l->slots[l->count++];
		*slot = (struct luks_slot){ .number = i,
					    .key_bits = l->key_bits,
					    .cost = iterations };
		snprintf(slot->kdf, sizeof(slot->kdf), "pbkdf2");
		snprintf(slot->hash, sizeof(slot->hash), "%s", hash);
	}
	return !r->bad;
}

/* Version 2. */

struct metadata {
	struct luks *l;
	struct span digest; /* its name; what it says stands in l */
	bool is_of_data;    /* of segment 0 */
};

static struct luks_slot *slot_of(struct luks *l, struct span key)
{
	uint64_t number;
	size_t at = 0;

	if (!span_number(key, &number) || number >= LUKS_SLOTS_MAX)
		return NULL;
	while (at < l->count && l->slots[at].number < number)
		at++;
	if (at < l->count && l->slots[at].number == number)
		return &l->slots[at];
	memmove(&l->slots[at + 1], &l->slots[at], (l->count - at) * sizeof(*l->slots));
	l->count++;
	l->slots[at] = (struct luks_slot){ .number = (unsigned)number };
	return &l->slots[at];
}

static void slot_value(struct luks *l, const struct json_value *v)
{
	struct luks_slot *slot = slot_of(l, v->keys[1]);
	struct span key = v->keys[v->depth - 1];
	uint64_t n;

	l->odd_slot |= !slot;
	if (!slot)
		return;
	bool is_number = span_number(v->value, &n);
	if (v->depth == 3 && span_is(key, "type"))
		slot->is_record = span_is(v->value, "reencrypt");
	if (v->depth == 3 && span_is(key, "key_size") && is_number && n < UINT32_MAX / 8)
		slot->key_bits = (uint32_t)n * 8;
	if (v->depth != 4 || !span_is(v->keys[2], "kdf"))
		return;
	if (span_is(key, "type"))
		copy_span(slot->kdf, sizeof(slot->kdf), v->value);
	else if (span_is(key, "hash"))
		copy_span(slot->hash, sizeof(slot->hash), v->value);
	else if ((span_is(key, "iterations") || span_is(key, "time")) && is_number)
		slot->cost = n;
	else if (span_is(key, "memory") && is_number)
		slot->memory_kib = n;
}

/* Not all have a slot's key: one that keeps where a reencryption is has none. */
static void drop_records(struct luks *l)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->count; i++) {
		l->reencryption |= l->slots[i].is_record;
		if (!l->slots[i].is_record)
			l->slots[kept++] = l->slots[i];
	}
	l->count = kept;
}

/* The digest that the data have: the first is gone when they were reencrypted, and there are more meanwhile. */
static void digest_value(struct metadata *m, const struct json_value *v)
{
	const struct span name = v->keys[1], key = v->keys[2];
	struct luks *l = m->l;

	if (!m->digest.s || m->digest.len != name.len ||
	    memcmp(m->digest.s, name.s, name.len) != 0) {
		if (m->is_of_data)
			return;
		m->digest = name;
		*l->digest = *l->digest_hash = '\0';
		l->digest_iterations = 0;
	}
	if (v->depth == 4)
		m->is_of_data |= span_is(key, "segments") && span_is(v->value, "0");
	else if (span_is(key, "type"))
		copy_span(l->digest, sizeof(l->digest), v->value);
	else if (span_is(key, "hash"))
		copy_span(l->digest_hash, sizeof(l->digest_hash), v->value);
	else if (span_is(key, "iterations"))
		(void)span_number(v->value, &l->digest_iterations);
}

static void metadata(void *ctx, const struct json_value *v)
{
	struct metadata *m = ctx;
	struct luks *l = m->l;

	if (v->depth < 3)
		return;
	struct span group = v->keys[0], key = v->keys[2];
	if (span_is(group, "keyslots")) {
		slot_value(l, v);
	} else if (span_is(group, "digests") && v->depth <= 4) {
		digest_value(m, v);
	} else if (v->depth != 3) {
		return;
	} else if (span_is(group, "segments")) {
		/* While a volume is encrypted where it lies, those in front are not. */
		if (span_is(key, "encryption") && !*l->cipher)
			copy_span(l->cipher, sizeof(l->cipher), v->value);
		else if (span_is(key, "offset") && span_is(v->keys[1], "0"))
			(void)span_number(v->value, &l->payload_offset);
	} else if (span_is(group, "tokens") && span_is(key, "type")) {
		if (!l->token_count++)
			copy_span(l->token, sizeof(l->token), v->value);
	}
}

static bool checksum_is_right(uint8_t *header, size_t size)
{
	uint8_t stated[CHECKSUM_BYTES], sum[32];
	char hex[SHA256_HEX];

	memcpy(stated, header + CHECKSUM_AT, sizeof(stated));
	memset(header + CHECKSUM_AT, 0, CHECKSUM_BYTES);
	return hex_decode(sum, sizeof(sum), sha256_hex(hex, header, size)) &&
	       memcmp(sum, stated, sizeof(sum)) == 0;
}

/* One copy of the header, at `at` from the beginning of the volume; its number is *sequence. NULL, or what is wrong. */
static const char *read_copy(const struct partition_source *s, uint64_t first, uint64_t left,
			     uint64_t at, struct luks *l, uint64_t *sequence)
{
	uint8_t head[BINARY_BYTES];
	char algorithm[33];
	struct error e = { 0 };
	struct metadata m = { .l = l };

	*l = (struct luks){ .version = 2, .second_copy = at > 0 };
	if (at > left || left - at < BINARY_BYTES ||
	    !partition_source_read(s, first + at, head, sizeof(head), &e))
		return N_("a header of LUKS cannot be read");
	struct reader r = reader_of(head, sizeof(head));
	const uint8_t *magic = reader_take(&r, MAGIC_BYTES);
	if (memcmp(magic, at ? MAGIC_SECOND : MAGIC, MAGIC_BYTES) != 0 || reader_be16(&r) != 2)
		return N_("a header of LUKS is not there");
	uint32_t high = reader_be32(&r);
	uint64_t size = (uint64_t)high << 32 | reader_be32(&r);
	high = reader_be32(&r);
	*sequence = (uint64_t)high << 32 | reader_be32(&r);
	take_name(&r, 48, l->label, sizeof(l->label));
	take_name(&r, 32, algorithm, sizeof(algorithm));
	reader_skip(&r, 64); /* salt */
	take_name(&r, 40, l->uuid, sizeof(l->uuid));
	take_name(&r, 48, l->subsystem, sizeof(l->subsystem));
	if (size <= BINARY_BYTES || size > LUKS_HEADER_MAX || size > left - at)
		return N_("a header of LUKS is larger than it can be");
	uint8_t *whole = mem_alloc((size_t)size);
	const char *why = NULL;
	if (!partition_source_read(s, first + at, whole, (size_t)size, &e))
		why = N_("a header of LUKS cannot be read");
	else if (strcmp(algorithm, "sha256") == 0 && !checksum_is_right(whole, (size_t)size))
		why = N_("the checksum of a header of LUKS is wrong");
	else if (!json_values((struct span){ (char *)whole + BINARY_BYTES,
					     (size_t)size - BINARY_BYTES },
			      metadata, &m))
		why = N_("the metadata of LUKS cannot be read");
	free(whole);
	drop_records(l);
	return why;
}

/* Where the second copy may begin: behind a first one of any size that there is. */
static const uint32_t sizes[] = { 0x4000,  0x8000,   0x10000,  0x20000, 0x40000,
				  0x80000, 0x100000, 0x200000, 0x400000 };

static bool read_2(const struct partition_source *s, uint64_t first, uint64_t left,
		   const struct parse_problems *problems, struct luks *l, struct error *e)
{
	uint64_t sequence = 0, other_sequence = 0;
	const char *why = read_copy(s, first, left, 0, l, &sequence);
	bool other_is_whole = false;

	if (why)
		parse_problem(problems, first, why);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes) && !other_is_whole; i++) {
		struct luks other;

		other_is_whole = !read_copy(s, first, left, sizes[i], &other, &other_sequence);
		if (other_is_whole && (why || other_sequence > sequence))
			*l = other;
	}
	if (!why && !other_is_whole)
		parse_problem(problems, first,
			      N_("the second header of LUKS is damaged or not there"));
	if (why && !other_is_whole)
		return error_set(e, ERROR_UNTRUSTED, _("both headers of LUKS are damaged"));
	return true;
}

bool luks_read(const struct partition_source *s, uint64_t first_byte, uint64_t size_bytes,
	       const struct parse_problems *problems, struct luks *l, struct error *e)
{
	uint8_t head[592];
	struct reader r = reader_of(head, sizeof(head));

	*l = (struct luks){ 0 };
	if (first_byte > s->size_bytes || size_bytes > s->size_bytes - first_byte)
		size_bytes = first_byte > s->size_bytes ? 0 : s->size_bytes - first_byte;
	if (size_bytes < sizeof(head))
		return error_set(e, ERROR_UNTRUSTED, _("it is too small for LUKS"));
	if (!partition_source_read(s, first_byte, head, sizeof(head), e))
		return false;
	if (memcmp(reader_take(&r, MAGIC_BYTES), MAGIC, MAGIC_BYTES) != 0)
		return error_set(e, ERROR_UNTRUSTED, _("it is no LUKS volume"));
	l->version = reader_be16(&r);
	if (l->version == 1 || l->version == 2) {
		bool good = l->version == 1 ? read_1(&r, l)
					    : read_2(s, first_byte, size_bytes, problems, l, e);

		if (good && l->odd_slot)
			parse_problem(
				problems, first_byte,
				N_("a key slot of LUKS has a state or a number that none has"));
		return good;
	}
	return error_set(e, ERROR_UNTRUSTED, _("LUKS of version %u is not known"), l->version);
}
