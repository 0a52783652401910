/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is the volume at rest: its dirty flag, its log, a system that hibernates on it. */
#include <stdio.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/disk/utf16.h"
#include "lib/ntfs/ntfs_inside.h"

#define DIRTY 0x0001u
#define CHKDSK_UNDERWAY 0x4000u
#define LOG_PAGE 4096u /* where the second restart page lies, whatever the first one says */
#define LOG_PAGE_MAX 65536u
#define NO_CLIENT 0xffffu
#define LOG_IS_CLEAN 0x0002u

static void note(struct ntfs *v, unsigned state, const char *words)
{
	char *all = v->fs.state_words;
	size_t n = strlen(all), room = sizeof(v->fs.state_words) - n;

	v->fs.state |= state;
	if (strlen(words) + 3 <= room) /* whole or not at all: no letter is cut in two */
		snprintf(all + n, room, "%s%s", n ? "; " : "", words);
}

/* Open the unnamed $DATA of a file. */
static bool open_data(struct ntfs *v, struct ntfs_file *f, uint64_t number, struct ntfs_stream *s,
		      struct error *e)
{
	if (!ntfs_file_load(v, f, number, e))
		return false;
	size_t i = ntfs_file_find(f, NTFS_DATA);
	return i != SIZE_MAX && ntfs_file_stream(v, f, i, s, e);
}

static void take_label(struct ntfs *v, struct reader units)
{
	if (UTF16_TEXT(units.left / 2) <= sizeof(v->fs.label))
		(void)utf16_text(v->fs.label, units);
}

/* $Volume: its flags, its version and its name. */
static void look_at_flags(struct ntfs *v)
{
	struct ntfs_file f = { 0 };
	struct error e = { 0 };
	size_t i = SIZE_MAX;

	if (ntfs_file_load(v, &f, NTFS_FILE_VOLUME, &e))
		i = ntfs_file_find(&f, NTFS_VOLUME_INFORMATION);
	struct reader r = i != SIZE_MAX ? f.list[i].value : (struct reader){ .bad = true };
	reader_skip(&r, 8);
	unsigned major = reader_u8(&r), minor = reader_u8(&r), flags = reader_le16(&r);
	if (r.bad)
		note(v, FILESYSTEM_DIRTY, _("its state cannot be read"));
	else if (flags & (DIRTY | CHKDSK_UNDERWAY))
		note(v, FILESYSTEM_DIRTY, _("its dirty flag is set"));
	if (!r.bad)
		snprintf(v->fs.version, sizeof(v->fs.version), "%u.%u", major, minor);
	i = f.count ? ntfs_file_find(&f, NTFS_VOLUME_NAME) : SIZE_MAX;
	if (i != SIZE_MAX && f.list[i].resident)
		take_label(v, f.list[i].value);
	ntfs_file_release(&f);
}

/* A restart page of the log. */
struct restart {
	uint64_t lsn;
	unsigned major, client, flags;
};

static bool read_restart(struct ntfs_stream *s, uint64_t at, struct restart *out)
{
	uint8_t bytes[LOG_PAGE_MAX];
	struct error e = { 0 };

	if (!ntfs_stream_exact(s, at, bytes, LOG_PAGE, &e) ||
	    (memcmp(bytes, "RSTR", 4) != 0 && memcmp(bytes, "CHKD", 4) != 0))
		return false;
	struct reader r = reader_of(bytes + 16, LOG_PAGE - 16);
	uint32_t page = reader_le32(&r);
	if (page < NTFS_STRIDE || page > LOG_PAGE_MAX || page % NTFS_STRIDE ||
	    !ntfs_stream_exact(s, at, bytes, page, &e) || !ntfs_fixup(bytes, page))
		return false;
	r = reader_of(bytes, page);
	reader_skip(&r, 24);
	size_t area = reader_le16(&r);
	reader_skip(&r, 2);
	out->major = reader_le16(&r);
	r = reader_of(bytes, page);
	reader_skip(&r, area);
	out->lsn = reader_le64(&r);
	reader_skip(&r, 4);
	out->client = reader_le16(&r);
	out->flags = reader_le16(&r);
	return !r.bad;
}

/* docs/formats/ntfs.md#at-rest: the rule of the Linux drivers. */
static void look_at_log(struct ntfs *v)
{
	struct ntfs_stream s = { 0 };
	struct ntfs_file f = { 0 };
	struct error e = { 0 };
	struct restart one, other;
	uint8_t first[4];

	if (!open_data(v, &f, NTFS_FILE_LOG, &s, &e) ||
	    !ntfs_stream_exact(&s, 0, first, sizeof(first), &e)) {
		note(v, FILESYSTEM_DIRTY, _("its log cannot be read"));
		goto out;
	}
	bool has_one = read_restart(&s, 0, &one), has_other = read_restart(&s, LOG_PAGE, &other);
	if (has_other && (!has_one || other.lsn > one.lsn))
		one = other;
	if (!has_one && !has_other) {
		/* A log that was emptied is all FF, as mkntfs and chkdsk leave it. */
		if (memcmp(first, "\xff\xff\xff\xff", 4) != 0)
			note(v, FILESYSTEM_DIRTY, _("its log cannot be read"));
	} else if (one.client != NO_CLIENT && !(one.flags & LOG_IS_CLEAN)) {
		note(v, FILESYSTEM_DIRTY, _("its log is not closed"));
	} else if (one.major >= 2) {
		note(v, FILESYSTEM_HIBERNATED, _("Windows was not shut down fully"));
	}
out:
	ntfs_stream_release(&s);
	ntfs_file_release(&f);
}

static void look_at_hibernation(struct ntfs *v)
{
	uint8_t mark[4] = { 0 };
	struct error e = { 0 };
	size_t got;
	bool there;

	if (!ntfs_load(&v->fs, "hiberfil.sys", mark, sizeof(mark), &got, &there, &e)) {
		note(v, FILESYSTEM_DIRTY, _("it cannot be seen whether Windows hibernates"));
		return;
	}
	if (!there || memcmp(mark, "\0\0\0\0", 4) == 0 || memcmp(mark, "wake", 4) == 0 ||
	    memcmp(mark, "WAKE", 4) == 0)
		return;
	if (memcmp(mark, "hibr", 4) == 0 || memcmp(mark, "HIBR", 4) == 0)
		note(v, FILESYSTEM_HIBERNATED, _("Windows hibernates (also by its fast start-up)"));
	else
		note(v, FILESYSTEM_HIBERNATED, _("Windows may hibernate"));
}

void ntfs_state(struct ntfs *v)
{
	v->fs.state = 0;
	v->fs.state_words[0] = '\0';
	if (v->is_backup)
		note(v, FILESYSTEM_DIRTY, _("its boot sector is damaged"));
	look_at_flags(v);
	look_at_log(v);
	look_at_hibernation(v);
}
