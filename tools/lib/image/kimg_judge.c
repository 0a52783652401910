/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Do the records of a manifest fit together: places, sums and order. */
#include <string.h>

#include "lib/base/checked.h"
#include "lib/base/language.h"
#include "lib/image/kimg_inside.h"

const struct kimg_partition *kimg_partition(const struct kimg_manifest *m, uint32_t number)
{
	for (uint32_t i = 0; i < m->partition_count; i++)
		if (m->partitions[i].number == number)
			return &m->partitions[i];
	return NULL;
}

uint64_t kimg_index_at(size_t manifest_bytes)
{
	uint64_t end = (uint64_t)KIMG_MANIFEST_AT + manifest_bytes;

	return (end + KIMG_BLOCK - 1) / KIMG_BLOCK * KIMG_BLOCK;
}

uint32_t kimg_chunk_bytes(const struct kimg_payload *p, uint32_t i)
{
	uint64_t left = p->size_bytes - (uint64_t)i * KIMG_CHUNK_BYTES;

	return left < KIMG_CHUNK_BYTES ? (uint32_t)left : KIMG_CHUNK_BYTES;
}

const char *kimg_judge_places(size_t manifest_bytes, uint64_t index_at, uint64_t index_bytes,
			      uint64_t data_at)
{
	if (index_at != kimg_index_at(manifest_bytes))
		return N_("the index does not lie behind the manifest");
	if (index_bytes > KIMG_INDEX_MAX)
		return N_("the index is larger than the format allows");
	if (data_at % KIMG_BLOCK || data_at > KIMG_DATA_AT_MAX || data_at < index_at + index_bytes)
		return N_("the data does not lie behind the index");
	return NULL;
}

static bool zero_bytes(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i])
			return false;
	return true;
}

/* Where partitions may lie: behind the first and before the last table of the disk. */
static void room(const struct kimg_manifest *m, uint64_t *from, uint64_t *to)
{
	uint64_t entries = 16384, sector = m->sector_bytes;

	*from = m->table == KIMG_TABLE_GPT   ? 2 * sector + entries
		: m->table == KIMG_TABLE_MBR ? sector
					     : 0;
	*to = m->disk_bytes;
	if (m->table == KIMG_TABLE_GPT)
		*to = *to < sector + entries ? 0 : *to - sector - entries;
}

/* What the kind of table leaves open in a partition. */
static const char *judge_identity(const struct kimg_manifest *m, const struct kimg_partition *q)
{
	bool gpt = m->table == KIMG_TABLE_GPT, mbr = m->table == KIMG_TABLE_MBR;

	if (q->number < 1 || (gpt && q->number > KIMG_PARTITIONS_MAX))
		return N_("there can be no such number");
	if (!gpt && (q->attributes || !zero_bytes(q->id, sizeof(q->id)) ||
		     !zero_bytes(q->name, sizeof(q->name)) ||
		     !zero_bytes(q->type + mbr, sizeof(q->type) - mbr)))
		return N_("it has what only a GPT can hold");
	if ((gpt && zero_bytes(q->type, sizeof(q->type))) || (mbr && !q->type[0]))
		return N_("it has the type of an empty entry");
	if (m->table == KIMG_TABLE_NONE && (q->number != 1 || q->first_byte))
		return N_("without a table there is one, and it begins with the disk");
	return NULL;
}

static const char *judge_partition(const struct kimg_manifest *m, uint32_t i)
{
	const struct kimg_partition *q = &m->partitions[i];
	const char *why = judge_identity(m, q);
	uint64_t from, to, end;

	if (why)
		return why;
	if (i && q->number <= m->partitions[i - 1].number)
		return N_("the numbers do not ascend");
	if (q->first_byte % m->sector_bytes || q->size_bytes % m->sector_bytes ||
	    q->smallest_bytes % m->sector_bytes || !q->size_bytes ||
	    q->smallest_bytes > q->size_bytes)
		return N_("its place or size is no multiple of the sector, or makes no sense");
	room(m, &from, &to);
	if (!u64_add(q->first_byte, q->size_bytes, &end) || q->first_byte < from || end > to)
		return N_("it does not lie within the disk and outside of its tables");
	for (uint32_t k = 0; k < i; k++) {
		const struct kimg_partition *other = &m->partitions[k];

		if (q->first_byte < other->first_byte + other->size_bytes &&
		    other->first_byte < end)
			return N_("it overlaps another one");
		if (q->flags & other->flags & KIMG_GROWS)
			return N_("more than one may grow");
	}
	return NULL;
}

static const char *judge_sector(const struct kimg_manifest *m, uint32_t i)
{
	const struct kimg_sector *s = &m->sectors[i];

	if (m->table != KIMG_TABLE_MBR)
		return N_("only the image of an MBR disk has it");
	if (i == 0 ? s->first_byte != 0 : s->first_byte <= m->sectors[i - 1].first_byte)
		return N_("they begin with sector 0 and ascend");
	if (s->first_byte % m->sector_bytes || s->first_byte >= m->disk_bytes)
		return N_("it does not lie on the disk");
	for (uint32_t k = 0; k < m->partition_count; k++)
		if (s->first_byte >= m->partitions[k].first_byte &&
		    s->first_byte - m->partitions[k].first_byte < m->partitions[k].size_bytes)
			return N_("it lies within a partition");
	return NULL;
}

/* Its place and size, by its kind. */
static const char *judge_place(const struct kimg_manifest *m, const struct kimg_payload *p)
{
	const struct kimg_partition *q = kimg_partition(m, p->partition);
	uint64_t first = m->disk_bytes;

	if (p->kind != KIMG_PAYLOAD_PARTITION && (p->partition || p->used_only))
		return N_("only a partition has a number and unused blocks");
	switch (p->kind) {
	case KIMG_PAYLOAD_PARTITION:
		return !q ? N_("there is no partition of its number")
		       : p->first_byte != q->first_byte || p->size_bytes != q->size_bytes
			       ? N_("it is not where its partition is")
			       : NULL;
	case KIMG_PAYLOAD_GAP:
		for (uint32_t i = 0; i < m->partition_count; i++)
			if (m->partitions[i].first_byte < first)
				first = m->partitions[i].first_byte;
		return m->table != KIMG_TABLE_MBR || p->first_byte != m->sector_bytes ||
				       first <= m->sector_bytes ||
				       p->size_bytes != first - m->sector_bytes
			       ? N_("it is not the gap before the first partition of an MBR disk")
			       : NULL;
	default:
		return !m->has_catalogue ? N_("there is no record of the catalogue")
		       : p->first_byte || !p->size_bytes || p->size_bytes != m->catalogue_bytes
			       ? N_("it is not as large as the catalogue")
			       : NULL;
	}
}

/* 0 anything, 1 the EFI system, 2 the catalogue: payloads may only rise. */
static int rank(const struct kimg_manifest *m, const struct kimg_payload *p)
{
	const struct kimg_partition *q = kimg_partition(m, p->partition);

	if (p->kind == KIMG_PAYLOAD_CATALOGUE)
		return 2;
	return p->kind == KIMG_PAYLOAD_PARTITION && q && q->role == KIMG_ROLE_ESP;
}

static const char *judge_payload(const struct kimg_manifest *m, uint32_t i, uint64_t *chunks)
{
	const struct kimg_payload *p = &m->payloads[i];
	const char *why = judge_place(m, p);
	uint64_t n = p->size_bytes / KIMG_CHUNK_BYTES + (p->size_bytes % KIMG_CHUNK_BYTES != 0);

	if (why)
		return why;
	for (uint32_t k = 0; k < i; k++)
		if (m->payloads[k].kind == p->kind && m->payloads[k].partition == p->partition)
			return N_("it is there twice");
	if (i && rank(m, p) < rank(m, &m->payloads[i - 1]))
		return N_("it is not in the order in which they are restored");
	/* KIMG_INDEX_MAX keeps the sum far from its end. */
	if (p->first_chunk != *chunks || p->chunks != n || n > KIMG_INDEX_MAX / 4)
		return N_("its chunks are counted wrongly");
	*chunks += n;
	return NULL;
}

static const char *judge_index(const struct kimg_manifest *m, size_t manifest_bytes,
			       uint64_t chunks)
{
	const char *why =
		kimg_judge_places(manifest_bytes, m->index_at, m->index_bytes, m->data_at);

	if (why)
		return why;
	if (m->chunks != chunks || m->pieces > m->chunks || m->frames > m->pieces ||
	    m->pieces > (uint64_t)m->frames * KIMG_PIECES_IN_FRAME ||
	    m->index_bytes != kimg_index_bytes(m))
		return N_("frames, pieces and chunks do not fit its size");
	if (m->data_bytes < m->frames || m->data_bytes > (uint64_t)m->frames * KIMG_STORED_MAX)
		return N_("the data cannot be of this size");
	return NULL;
}

static const char *judge_rest(const struct kimg_manifest *m, const char **record)
{
	*record = "sector";
	if (m->table == KIMG_TABLE_MBR && !m->sector_count)
		return N_("it is missing");
	*record = "boot_code";
	if (m->has_boot_code && m->table != KIMG_TABLE_GPT)
		return N_("only the image of a GPT disk has it");
	*record = "active";
	if (m->active && m->table != KIMG_TABLE_GPT)
		return N_("only the image of a GPT disk has it");
	*record = "catalogue";
	if (m->has_catalogue && m->payloads[m->payload_count - 1].kind != KIMG_PAYLOAD_CATALOGUE)
		return N_("there is no payload that holds it");
	return NULL;
}

void kimg_judge(const struct kimg_manifest *m, size_t manifest_bytes, const char **record,
		const char **why)
{
	uint64_t chunks = 0;

	*why = NULL;
	*record = "partition";
	for (uint32_t i = 0; i < m->partition_count && !*why; i++)
		*why = judge_partition(m, i);
	if (*why)
		return;
	*record = "sector";
	for (uint32_t i = 0; i < m->sector_count && !*why; i++)
		*why = judge_sector(m, i);
	if (*why)
		return;
	*record = "payload";
	for (uint32_t i = 0; i < m->payload_count && !*why; i++)
		*why = judge_payload(m, i, &chunks);
	if (*why)
		return;
	*record = "index";
	*why = judge_index(m, manifest_bytes, chunks);
	if (*why)
		return;
	*why = judge_rest(m, record);
	if (!*why)
		*record = NULL;
}
