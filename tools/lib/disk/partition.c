/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which partition table a disk has, and what its parts hold. */
#include "lib/disk/partition.h"

#include <string.h>

#include "lib/base/language.h"

bool partition_source_read(const struct partition_source *s, uint64_t offset, void *buf, size_t len,
			   struct error *e)
{
	if (offset > s->size_bytes || len > s->size_bytes - offset)
		return error_set(e, ERROR_UNTRUSTED, _("the disk ends before byte %llu"),
				 (unsigned long long)offset + len);
	return s->read(s->ctx, offset, buf, len, e);
}

struct partition *partition_next(struct partition_table *t)
{
	if (t->count == PARTITIONS_MAX) {
		t->flags |= TABLE_MORE;
		return NULL;
	}
	struct partition *p = &t->list[t->count++];
	memset(p, 0, sizeof(*p));
	p->content = "";
	return p;
}

const char *partition_table_name(enum partition_table_kind kind)
{
	static const char *const names[] = { "none", "mbr", "gpt", "damaged" };

	return names[kind];
}

static void look_inside(const struct partition_source *s, struct partition_table *t)
{
	for (size_t i = 0; i < t->count; i++) {
		struct partition *p = &t->list[i];
		struct error e = { 0 };

		if (p->first_byte > s->size_bytes || p->size_bytes > s->size_bytes - p->first_byte)
			t->flags |= TABLE_BEYOND_END;
		p->content = content_probe(s, p->first_byte, p->size_bytes, &e);
		if (!p->content) {
			/* Past the end is said already, and is no fault of the medium. */
			if (e.kind != ERROR_UNTRUSTED)
				t->flags |= TABLE_PART_UNREADABLE;
			p->content = "";
		}
	}
}

/* A disk without a table may still be one volume. */
static void whole_disk(const struct partition_source *s, struct partition_table *t,
		       const char *content)
{
	struct partition *p = *content ? partition_next(t) : NULL;

	if (!p)
		return;
	p->size_bytes = s->size_bytes;
	p->type = "";
	p->content = content;
}

/* A boot sector of FAT, NTFS or BitLocker ends in 55 AA as an MBR does; it is
 * one if nothing that could be entries stands in it. */
static bool is_volume(const struct mbr *m, const char *content)
{
	return *content && (m->empty || !m->plausible);
}

bool partition_table_read(const struct partition_source *s, struct partition_table *t,
			  struct error *e)
{
	struct mbr mbr;

	memset(t, 0, sizeof(*t));
	if (!mbr_load(s, &mbr, e))
		return false;
	enum gpt_result gpt = gpt_read(s, t);
	struct error quiet = { 0 };
	const char *content = content_probe(s, 0, s->size_bytes, &quiet);

	if (!content)
		content = "";
	/* Somebody made a volume of a disk that had a GPT: of that the end is left. */
	if (gpt == GPT_GOOD && t->flags & TABLE_BACKUP_USED && !mbr.protective &&
	    is_volume(&mbr, content)) {
		memset(t, 0, sizeof(*t));
		t->flags = TABLE_GPT_IGNORED;
		whole_disk(s, t, content);
		return true;
	}
	if (gpt == GPT_GOOD && (mbr.protective || !mbr.present || !mbr.plausible || mbr.empty)) {
		t->kind = TABLE_GPT;
		if (!mbr.protective)
			t->flags |= TABLE_NOT_PROTECTED;
		look_inside(s, t);
		return true;
	}
	/* A valid GPT under an MBR with other entries is a leftover, or hides what is in it. */
	memset(t, 0, sizeof(*t));
	if (mbr.present && mbr.protective) {
		t->kind = TABLE_DAMAGED;
		return true;
	}
	if (mbr.present && (mbr.cut_off ? !*content : mbr.plausible && !is_volume(&mbr, content))) {
		t->kind = TABLE_MBR;
		if (gpt == GPT_GOOD)
			t->flags |= TABLE_GPT_IGNORED;
		mbr_partitions(s, &mbr, t);
		look_inside(s, t);
		return true;
	}
	if (gpt == GPT_BAD || (mbr.present && !*content)) {
		t->kind = TABLE_DAMAGED;
		return true;
	}
	whole_disk(s, t, content);
	return true;
}
