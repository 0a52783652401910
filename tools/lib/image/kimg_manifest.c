/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The manifest of an image, read: records one after another, each held to its form. */
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/reader.h"
#include "lib/base/zeros.h"
#include "lib/image/kimg_inside.h"

#define SHORT N_("it has another length than the format gives it")
#define NOT_ZERO N_("bytes that must be zero are not")
#define NOT_KNOWN N_("it has a value that the format does not know")
#define NOT_TEXT                                                                                   \
	N_("its text is empty, too long, not UTF-8, or has characters that nobody could see")

struct parse {
	struct kimg_manifest *m;
	struct arena *memory;
};

/* The next n bytes; false if they are not there. */
static bool copy(struct reader *r, void *to, size_t n)
{
	const uint8_t *p = reader_take(r, n);

	if (p)
		memcpy(to, p, n);
	return p;
}

static bool zeros(struct reader *r, size_t n)
{
	const uint8_t *p = reader_take(r, n);

	return !p || only_zeros(p, n); /* too short is told by the length */
}

/* All that is left as text of 1 to max bytes, or NULL. */
static const char *take_text(struct parse *p, struct reader *r, size_t n, size_t max)
{
	const char *s = (const char *)reader_take(r, n);

	if (!s || n == 0 || n > max || s[0] == ' ' || s[n - 1] == ' ')
		return NULL;
	for (const char *at = s, *end = s + n; at < end;) {
		uint32_t c = text_next(&at, end);

		if (c == TEXT_BAD || text_is_unsafe(c))
			return NULL;
	}
	return arena_string_n(p->memory, s, n);
}

static const char *take_format(struct parse *p, struct reader *r)
{
	(void)p;
	return reader_le32(r) == KIMG_VERSION ? NULL : NOT_KNOWN;
}

static const char *take_product(struct parse *p, struct reader *r)
{
	size_t n = r->left;
	const char *s = (const char *)reader_take(r, n);

	if (n == 0 || n > 64 || s[0] == '-')
		return NOT_KNOWN;
	for (size_t i = 0; i < n; i++)
		if (!(s[i] >= 'a' && s[i] <= 'z') && !(s[i] >= '0' && s[i] <= '9') && s[i] != '-')
			return NOT_KNOWN;
	p->m->product = arena_string_n(p->memory, s, n);
	return NULL;
}

static const char *take_label(struct parse *p, struct reader *r)
{
	p->m->label = take_text(p, r, r->left, 200);
	return p->m->label ? NULL : NOT_TEXT;
}

static const char *take_maker(struct parse *p, struct reader *r)
{
	p->m->maker = take_text(p, r, r->left, 64);
	return p->m->maker ? NULL : NOT_TEXT;
}

static const char *take_note(struct parse *p, struct reader *r)
{
	p->m->note = take_text(p, r, r->left, 1000);
	return p->m->note ? NULL : NOT_TEXT;
}

static const char *take_counter(struct parse *p, struct reader *r)
{
	p->m->counter = reader_le64(r);
	return p->m->counter >= 1 && p->m->counter <= KIMG_COUNTER_MAX ? NULL : NOT_KNOWN;
}

static const char *take_created(struct parse *p, struct reader *r)
{
	p->m->created_s = reader_le64(r);
	return NULL;
}

static const char *take_min_root(struct parse *p, struct reader *r)
{
	p->m->min_root = reader_le64(r);
	return NULL;
}

static const char *take_system(struct parse *p, struct reader *r)
{
	struct kimg_manifest *m = p->m;

	m->os = reader_u8(r);
	m->generalised = reader_u8(r);
	m->boot = reader_le16(r);
	m->signers = reader_le16(r);
	m->taken = reader_le16(r);
	m->left_out = reader_le16(r);
	if (reader_le16(r))
		return NOT_ZERO;
	return m->os > KIMG_OS_LINUX || m->generalised > KIMG_GENERALISED_NONE || m->boot > 3 ||
			       m->signers > 31 || m->taken > 15 || m->left_out > 7
		       ? NOT_KNOWN
		       : NULL;
}

static const char *take_disk(struct parse *p, struct reader *r)
{
	struct kimg_manifest *m = p->m;

	m->disk_bytes = reader_le64(r);
	m->sector_bytes = reader_le32(r);
	m->table = reader_u8(r);
	if (!zeros(r, 3))
		return NOT_ZERO;
	if ((m->sector_bytes != 512 && m->sector_bytes != 4096) || m->table > KIMG_TABLE_GPT)
		return NOT_KNOWN;
	if (!m->disk_bytes || m->disk_bytes % m->sector_bytes)
		return N_("its size is no multiple of its sector");
	if (copy(r, m->disk_id, sizeof(m->disk_id)) && m->table != KIMG_TABLE_GPT &&
	    !only_zeros(m->disk_id, sizeof(m->disk_id)))
		return NOT_ZERO;
	return NULL;
}

static const char *take_sector(struct parse *p, struct reader *r)
{
	struct kimg_manifest *m = p->m;
	struct kimg_sector *s = &m->sectors[m->sector_count];

	s->first_byte = reader_le64(r);
	if (!m->sector_bytes || r->left != m->sector_bytes)
		return SHORT;
	s->bytes = (const uint8_t *)arena_string_n(
		p->memory, (const char *)reader_take(r, m->sector_bytes), m->sector_bytes);
	m->sector_count++;
	return NULL;
}

static const char *take_boot_code(struct parse *p, struct reader *r)
{
	struct kimg_manifest *m = p->m;

	m->has_boot_code = copy(r, m->boot_code, sizeof(m->boot_code));
	return m->has_boot_code && only_zeros(m->boot_code, sizeof(m->boot_code))
		       ? N_("it is only written if it is not zero")
		       : NULL;
}

static const char *take_active(struct parse *p, struct reader *r)
{
	p->m->active = reader_u8(r) == KIMG_ACTIVE;
	return p->m->active ? NULL : NOT_KNOWN;
}

static const char *take_partition(struct parse *p, struct reader *r)
{
	struct kimg_manifest *m = p->m;
	struct kimg_partition *q = &m->partitions[m->partition_count++];

	q->number = reader_le32(r);
	q->flags = reader_le32(r);
	q->first_byte = reader_le64(r);
	q->size_bytes = reader_le64(r);
	q->smallest_bytes = reader_le64(r);
	q->attributes = reader_le64(r);
	if (!copy(r, q->type, sizeof(q->type)) || !copy(r, q->id, sizeof(q->id)) ||
	    !copy(r, q->name, sizeof(q->name)))
		return SHORT;
	q->content = reader_u8(r);
	q->role = reader_u8(r);
	if (reader_le16(r))
		return NOT_ZERO;
	q->block_bytes = reader_le32(r);
	if (!zeros(r, 16))
		return NOT_ZERO;
	return q->flags > 3 || q->content > KIMG_CONTENT_SWAP || q->role > KIMG_ROLE_DATA
		       ? NOT_KNOWN
		       : NULL;
}

static const char *take_payload(struct parse *p, struct reader *r)
{
	struct kimg_manifest *m = p->m;
	struct kimg_payload *q = &m->payloads[m->payload_count++];

	q->kind = reader_u8(r);
	q->used_only = reader_u8(r);
	if (reader_le16(r))
		return NOT_ZERO;
	q->partition = reader_le32(r);
	q->first_byte = reader_le64(r);
	q->size_bytes = reader_le64(r);
	q->first_chunk = reader_le32(r);
	q->chunks = reader_le32(r);
	return q->kind < KIMG_PAYLOAD_PARTITION || q->kind > KIMG_PAYLOAD_CATALOGUE ||
			       q->used_only > 1
		       ? NOT_KNOWN
		       : NULL;
}

static const char *take_index(struct parse *p, struct reader *r)
{
	struct kimg_manifest *m = p->m;

	m->index_at = reader_le64(r);
	m->index_bytes = reader_le32(r);
	m->frames = reader_le32(r);
	m->pieces = reader_le32(r);
	m->chunks = reader_le32(r);
	if (reader_le32(r) != KIMG_CHUNK_BYTES)
		return NOT_KNOWN;
	if (!zeros(r, 4))
		return NOT_ZERO;
	m->data_at = reader_le64(r);
	m->data_bytes = reader_le64(r);
	(void)copy(r, m->index_digest.bytes, DIGEST_BYTES);
	return NULL;
}

static const char *take_catalogue(struct parse *p, struct reader *r)
{
	struct kimg_manifest *m = p->m;

	m->catalogue_lines = reader_le64(r);
	m->catalogue_bytes = reader_le64(r);
	m->has_catalogue = copy(r, m->catalogue_digest.bytes, DIGEST_BYTES);
	return m->catalogue_lines > KIMG_CATALOGUE_LINES_MAX ||
			       m->catalogue_bytes > KIMG_CATALOGUE_BYTES_MAX
		       ? N_("it is larger than the format allows")
		       : NULL;
}

static const char *take_driver_pack(struct parse *p, struct reader *r)
{
	struct kimg_manifest *m = p->m;
	struct kimg_pack *q = &m->packs[m->pack_count++];

	q->size_bytes = reader_le64(r);
	(void)copy(r, q->digest.bytes, DIGEST_BYTES);
	q->name = take_text(p, r, reader_le16(r), 255);
	/* It lies beside the image and nowhere else. */
	if (!q->name || strchr(q->name, '/') || q->name[0] == '.')
		return NOT_TEXT;
	q->match = take_text(p, r, reader_le16(r), 255);
	return q->match ? NULL : NOT_TEXT;
}

/* Ascending by tag; what is known without being needed may be missing. */
static const struct record {
	uint16_t tag;
	bool needed;
	unsigned most;
	const char *name;
	const char *(*take)(struct parse *p, struct reader *r); /* why not, or NULL */
} records[] = {
	{ KIMG_TAG_FORMAT, true, 1, "format", take_format },
	{ KIMG_TAG_PRODUCT, true, 1, "product", take_product },
	{ KIMG_TAG_LABEL, true, 1, "label", take_label },
	{ KIMG_TAG_COUNTER, true, 1, "counter", take_counter },
	{ KIMG_TAG_CREATED, true, 1, "created", take_created },
	{ KIMG_TAG_MAKER, true, 1, "maker", take_maker },
	{ KIMG_TAG_MIN_ROOT, true, 1, "min_root", take_min_root },
	{ KIMG_TAG_SYSTEM, true, 1, "system", take_system },
	{ KIMG_TAG_DISK, true, 1, "disk", take_disk },
	{ KIMG_TAG_SECTOR, false, KIMG_SECTORS_MAX, "sector", take_sector },
	{ KIMG_TAG_BOOT_CODE, false, 1, "boot_code", take_boot_code },
	{ KIMG_TAG_ACTIVE, false, 1, "active", take_active },
	{ KIMG_TAG_PARTITION, false, KIMG_PARTITIONS_MAX, "partition", take_partition },
	{ KIMG_TAG_PAYLOAD, true, KIMG_PAYLOADS_MAX, "payload", take_payload },
	{ KIMG_TAG_INDEX, true, 1, "index", take_index },
	{ KIMG_TAG_CATALOGUE, false, 1, "catalogue", take_catalogue },
	{ KIMG_TAG_DRIVER_PACK, false, KIMG_PACKS_MAX, "driver_pack", take_driver_pack },
	{ KIMG_TAG_NOTE, false, 1, "note", take_note },
};
#define RECORDS (sizeof(records) / sizeof(records[0]))

static const struct record *find(uint16_t tag)
{
	for (size_t i = 0; i < RECORDS; i++)
		if (records[i].tag == tag)
			return &records[i];
	return NULL;
}

static bool refuse(const char *record, const char *why, struct error *e)
{
	return error_set(e, ERROR_UNTRUSTED, _("the image's manifest, record %s: %s"), record,
			 _(why));
}

/* One record. *last and *times: the tag before, and how often it came. */
static bool take_record(struct parse *p, struct reader *r, uint16_t *last, unsigned *times,
			struct error *e)
{
	uint16_t tag = reader_le16(r), zero = reader_le16(r);
	struct reader value = reader_sub(r, reader_le32(r));
	const struct record *known = find(tag);
	const char *why;
	char name[16];

	snprintf(name, sizeof(name), "0x%04X", tag);
	if (r->bad)
		return error_set(e, ERROR_UNTRUSTED, _("the image's manifest is cut short"));
	if (known)
		snprintf(name, sizeof(name), "%s", known->name);
	if (zero)
		return refuse(name, NOT_ZERO, e);
	*times = tag == *last ? *times + 1 : 1;
	if (tag < *last)
		return refuse(name, N_("it is not in its place"), e);
	if (*times > (known ? known->most : 1))
		return refuse(name, N_("it is there too often"), e);
	*last = tag;
	if (!known)
		return tag & KIMG_ANCILLARY ||
		       refuse(name,
			      N_("it is unknown here and may not be passed over; a newer version "
				 "of this program may know it"),
			      e);
	why = known->take(p, &value);
	if (!why || value.bad)
		why = reader_done(&value) ? NULL : SHORT;
	return !why || refuse(name, why, e);
}

bool kimg_manifest_parse(const void *bytes, size_t len, struct arena *a, struct kimg_manifest *m,
			 struct error *e)
{
	struct reader r = reader_of(bytes, len);
	struct parse p = { .memory = a };
	const char *record, *why;
	bool there[RECORDS] = { false };
	uint16_t last = 0;
	unsigned times = 0;

	*m = (struct kimg_manifest){ 0 };
	p.m = m;
	if (len == 0 || len > KIMG_MANIFEST_MAX)
		return error_set(e, ERROR_UNTRUSTED,
				 _("the image's manifest is empty or larger than 1 MiB"));
	/* The limits of the format, not numbers of the input. */
	m->sectors = arena_alloc(a, KIMG_SECTORS_MAX * sizeof(*m->sectors));
	m->partitions = arena_alloc(a, KIMG_PARTITIONS_MAX * sizeof(*m->partitions));
	m->payloads = arena_alloc(a, KIMG_PAYLOADS_MAX * sizeof(*m->payloads));
	m->packs = arena_alloc(a, KIMG_PACKS_MAX * sizeof(*m->packs));
	while (r.left) {
		if (!take_record(&p, &r, &last, &times, e))
			return false;
		for (size_t i = 0; i < RECORDS; i++)
			there[i] = there[i] || records[i].tag == last;
	}
	for (size_t i = 0; i < RECORDS; i++)
		if (records[i].needed && !there[i])
			return refuse(records[i].name, N_("it is missing"), e);
	kimg_judge(m, len, &record, &why);
	return !record || refuse(record, why, e);
}
