/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The MBR and its chain of extended partitions. */
#include <stdio.h>
#include <string.h>

#include "lib/base/reader.h"
#include "lib/disk/partition.h"

#define ENTRIES_AT 446
#define MBR_FIRST_LOGICAL 5u

struct entry {
	uint8_t status, type;
	uint32_t first, sectors;
};

static void parse_entries(const uint8_t sector[512], struct entry out[4])
{
	struct reader r = reader_of(sector + ENTRIES_AT, 64);

	for (int i = 0; i < 4; i++) {
		out[i].status = reader_u8(&r);
		reader_skip(&r, 3); /* CHS */
		out[i].type = reader_u8(&r);
		reader_skip(&r, 3);
		out[i].first = reader_le32(&r);
		out[i].sectors = reader_le32(&r);
	}
}

static bool is_used(const struct entry *n)
{
	return n->type != 0 && n->sectors != 0;
}

static bool is_extended(const struct entry *n)
{
	return n->type == 0x05 || n->type == 0x0f || n->type == 0x85;
}

bool mbr_load(const struct partition_source *s, struct mbr *m, struct error *e)
{
	struct entry entries[4];

	memset(m, 0, sizeof(*m));
	if (!partition_source_read(s, 0, m->sector, sizeof(m->sector), e))
		return false;
	m->present = m->sector[510] == 0x55 && m->sector[511] == 0xaa;
	if (!m->present)
		return true;
	parse_entries(m->sector, entries);
	m->plausible = m->empty = true;
	bool possible = true, one_begins = false;
	for (int i = 0; i < 4; i++) {
		const struct entry *n = &entries[i];

		if (n->status != 0x00 && n->status != 0x80)
			possible = false;
		if (!is_used(n))
			continue;
		m->empty = false;
		if (n->first == 0)
			possible = false;
		if ((uint64_t)n->first * s->sector_bytes >= s->size_bytes)
			m->plausible = false;
		else
			one_begins = true;
		m->protective = m->protective || n->type == 0xee;
	}
	m->cut_off = possible && !m->plausible && one_begins;
	m->plausible = m->plausible && possible;
	m->protective = m->protective && (m->plausible || entries[0].type == 0xee);
	return true;
}

static void add(const struct partition_source *s, struct partition_table *t, unsigned number,
		const struct entry *n, uint64_t base)
{
	struct partition *p = partition_next(t);

	if (!p)
		return;
	p->number = number;
	p->first_byte = (base + n->first) * s->sector_bytes;
	p->size_bytes = (uint64_t)n->sectors * s->sector_bytes;
	p->raw_type[0] = n->type;
	snprintf(p->type_id, sizeof(p->type_id), "0x%02x", (unsigned)n->type);
	p->type = p->type_id;
}

/* Each link of the chain has one logical partition, counted from the link, and
 * the next link, counted from the extended partition. One may be empty, and some have two: as Linux
 * numbers them, by what is there and not by links. */
static void logical(const struct partition_source *s, struct partition_table *t,
		    const struct entry *extended)
{
	uint64_t base = extended->first, at = base;
	unsigned number = MBR_FIRST_LOGICAL;

	for (unsigned i = 0; i < PARTITION_CHAIN_MAX; i++) {
		uint8_t sector[512];
		struct entry entries[4];
		struct error e = { 0 };
		const struct entry *next = NULL;

		for (unsigned j = 0; j < i; j++)
			if (t->chain[j] == at * s->sector_bytes) {
				t->flags |= TABLE_CHAIN_BROKEN;
				return;
			}
		if (!partition_source_read(s, at * s->sector_bytes, sector, sizeof(sector), &e) ||
		    sector[510] != 0x55 || sector[511] != 0xaa) {
			t->flags |= TABLE_CHAIN_BROKEN;
			return;
		}
		t->chain[t->chain_count++] = at * s->sector_bytes;
		parse_entries(sector, entries);
		for (int j = 0; j < 4; j++) {
			if (!is_used(&entries[j]))
				continue;
			if (is_extended(&entries[j]))
				next = next ? next : &entries[j];
			else if (j < 2) /* 3 and 4 are not used; junk stands there */
				add(s, t, number++, &entries[j], at);
		}
		if (!next)
			return;
		at = base + next->first;
	}
	t->flags |= TABLE_MORE;
}

void mbr_partitions(const struct partition_source *s, const struct mbr *m,
		    struct partition_table *t)
{
	struct entry entries[4];
	struct reader r = reader_of(m->sector + 440, 4);

	snprintf(t->id, sizeof(t->id), "0x%08x", (unsigned)reader_le32(&r));
	parse_entries(m->sector, entries);
	for (unsigned i = 0; i < 4; i++)
		if (is_used(&entries[i]))
			add(s, t, i + 1, &entries[i], 0);
	for (unsigned i = 0; i < 4; i++)
		if (is_used(&entries[i]) && is_extended(&entries[i])) {
			logical(s, t, &entries[i]);
			return; /* only the first one counts, as everywhere */
		}
}
