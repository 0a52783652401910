/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a file is: times, flags, and what a reparse point makes of it. */
#include "lib/ntfs/content.h"

#include "lib/base/language.h"
#include "lib/disk/utf16.h"

#define SECONDS_1601_TO_1970 INT64_C(11644473600)
#define TICKS 10000000u /* of 100 ns in a second */

enum {
	TAG_SURROGATE = 0x20000000, /* the bit of tags that stand for another name */
};
#define TAG_MOUNT_POINT 0xa0000003u
#define TAG_SYMLINK 0xa000000cu
#define TAG_LINUX_SYMLINK 0xa000001du
#define TAG_WOF 0x80000017u
#define TAG_SOCKET 0x80000023u
#define TAG_FIFO 0x80000024u
#define TAG_CHARACTER 0x80000025u
#define TAG_BLOCK 0x80000026u
#define NO_TIME 255

static struct filesystem_time time_of(struct reader *r)
{
	uint64_t ticks = reader_le64(r);

	if (ticks == 0) /* was never set: no moment of 1601 */
		return (struct filesystem_time){ .digits = NO_TIME };
	return (struct filesystem_time){ .s = (int64_t)(ticks / TICKS) - SECONDS_1601_TO_1970,
					 .ns = (uint32_t)(ticks % TICKS) * 100,
					 .digits = 7 };
}

static void read_times(const struct ntfs_file *f, struct ntfs_kind *k)
{
	size_t i = ntfs_file_find(f, NTFS_STANDARD_INFORMATION);
	const struct filesystem_time none = { .digits = NO_TIME };

	k->created = k->modified = k->changed = k->accessed = none;
	if (i == SIZE_MAX || !f->list[i].resident || f->list[i].value.left < 32)
		return;
	struct reader r = f->list[i].value;
	k->created = time_of(&r);
	k->modified = time_of(&r);
	k->changed = time_of(&r);
	k->accessed = time_of(&r);
}

unsigned ntfs_attribute_flags(const struct ntfs_attribute *a, const char **refusal)
{
	unsigned flags = 0;

	if (a->flags & NTFS_METHOD)
		flags |= FILESYSTEM_COMPRESSED;
	if (a->flags & NTFS_SPARSE)
		flags |= FILESYSTEM_SPARSE;
	if (a->flags & NTFS_EFS) {
		flags |= FILESYSTEM_ENCRYPTED;
		*refusal = N_("it is encrypted by Windows (EFS)");
	}
	if (a->size_bytes > (uint64_t)INT64_MAX || (!a->resident && a->first_vcn != 0)) {
		flags |= FILESYSTEM_UNREADABLE;
		*refusal = N_("it is damaged");
	}
	return flags;
}

/* Symbolic links and junctions: the name that the system follows. */
static bool read_names(struct reader data, bool has_flags, struct text *text)
{
	char name[UTF16_TEXT(NTFS_REPARSE_BYTES / 2)];
	size_t at = reader_le16(&data), len = reader_le16(&data);

	reader_skip(&data, has_flags ? 8 : 4);
	reader_skip(&data, at);
	struct reader target = reader_sub(&data, len);
	if (data.bad || len % 2)
		return false;
	text_add_n(text, name, utf16_wtf8(name, target));
	return true;
}

static bool read_target(uint32_t tag, struct reader data, struct text *text)
{
	if (tag == TAG_SYMLINK || tag == TAG_MOUNT_POINT)
		return read_names(data, tag == TAG_SYMLINK, text);
	if (tag == TAG_LINUX_SYMLINK)
		reader_skip(&data, 4);
	if (data.bad)
		return false;
	text_add_n(text, (const char *)data.at, data.left);
	return true;
}

static void unreadable(struct ntfs_kind *k, const char *refusal)
{
	k->flags |= FILESYSTEM_UNREADABLE;
	k->refusal = refusal;
}

static void look_at_tag(uint32_t tag, struct reader data, bool is_folder, struct text *text,
			struct ntfs_kind *k)
{
	if (tag & TAG_SURROGATE || tag == TAG_LINUX_SYMLINK) {
		k->type = 'l';
		k->attribute = SIZE_MAX;
		k->flags &= ~(unsigned)(FILESYSTEM_SPARSE | FILESYSTEM_COMPRESSED);
		k->size_bytes = 0;
		if (read_target(tag, data, text)) {
			k->target = text_end(text);
			k->size_bytes = text->len;
			k->refusal = NULL;
		} else {
			unreadable(k, N_("it is damaged"));
		}
	} else if (tag == TAG_WOF) {
		k->flags |= FILESYSTEM_WOF;
		k->packing = k->attribute == SIZE_MAX ? NTFS_PACKING_NONE : ntfs_wof_packing(data);
		if (!k->packing && !k->refusal)
			k->refusal = N_("it is compressed by Windows (WOF)");
	} else if (tag >= TAG_SOCKET && tag <= TAG_BLOCK) {
		k->type = 'o';
		k->attribute = SIZE_MAX;
		k->size_bytes = 0;
	} else if (!is_folder) {
		unreadable(k, N_("another program of that PC keeps its content"));
	}
}

static void look_at_reparse(struct ntfs *v, const struct ntfs_file *f, struct text *text,
			    struct ntfs_kind *k)
{
	size_t i = ntfs_file_find(f, NTFS_REPARSE_POINT), got;
	uint8_t bytes[NTFS_REPARSE_BYTES];
	struct ntfs_stream s = { 0 };
	struct error e = { 0 };

	if (i == SIZE_MAX)
		return;
	if (!ntfs_file_stream(v, f, i, &s, &e) || s.size_bytes > sizeof(bytes) ||
	    !ntfs_stream_read(&s, 0, bytes, sizeof(bytes), &got, &e))
		got = 0;
	ntfs_stream_release(&s);
	struct reader r = reader_of(bytes, got);
	uint32_t tag = reader_le32(&r);
	size_t len = reader_le16(&r);
	reader_skip(&r, tag & 0x80000000u ? 2 : 2 + 16); /* others than Microsoft: a GUID */
	struct reader data = reader_sub(&r, len);
	if (r.bad)
		unreadable(k, N_("it is damaged"));
	else
		look_at_tag(tag, data, f->record.flags & NTFS_FOLDER, text, k);
}

void ntfs_kind(struct ntfs *v, const struct ntfs_file *f, struct text *text, struct ntfs_kind *k)
{
	*k = (struct ntfs_kind){ .type = 'f', .attribute = SIZE_MAX };
	read_times(f, k);
	if (f->record.flags & NTFS_FOLDER) {
		k->type = 'd';
	} else {
		k->attribute = ntfs_file_find(f, NTFS_DATA);
		if (k->attribute != SIZE_MAX) {
			k->size_bytes = f->list[k->attribute].size_bytes;
			k->flags = ntfs_attribute_flags(&f->list[k->attribute], &k->refusal);
		}
	}
	text_clear(text);
	look_at_reparse(v, f, text, k);
}
