/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shell items: what kinds are known, and the long names of file entries. */
#include "triage/parse/shellitem.h"

#include <string.h>

#define EXTENSION_FILE 0xbeef0004u
#define EXTENSION_TIMES 0xbeef0026u
#define TIMES_BYTES 38u
#define IS_FOLDER 0x10u /* FILE_ATTRIBUTE_DIRECTORY */
#define FILE_HEAD 14u   /* before the name of a file entry */
#define DELEGATE_AT 10u
#define DELEGATE_DRIVE 0xf5a6b710u /* what stands before the item within: it is a drive */
#define WEB_FOLDER 0x4cu           /* of the class of networks, and nothing like them */
#define VIEW_FOLDER 0x23febbeeu
#define VOLUME_NAME 20u
#define VOLUME_REST 2u    /* behind its name, nobody knows what for */
#define REST_BYTES_MIN 8u /* fewer hold no block: numbers that nobody knows */
#define BLOCKS_BYTES_MIN                                                                           \
	24u /* the shortest of XP; up to ME a short name may stand in their place */

/* The block that the last two bytes of an item point to, and those that follow it; `behind` bytes are
 * behind its name. */
static void read_extension(struct shell_item *item, size_t behind)
{
	struct reader tail = item->bytes, r = item->bytes;

	if (item->bytes.left < 4)
		return;
	bool others = false;
	item->is_rest_unread = behind >= BLOCKS_BYTES_MIN;
	reader_skip(&tail, item->bytes.left - 2);
	reader_skip(&r, reader_le16(&tail));
	item->bad = item->is_rest_unread && (r.bad || r.left < 8);
	while (!r.bad && r.left >= 8) {
		struct reader peek = r;
		size_t size = reader_le16(&peek);

		item->bad = item->is_rest_unread && (size < 8 || size > r.left);
		if (size < 8)
			return;
		struct reader block = reader_sub(&r, size);
		struct reader whole = block;
		reader_skip(&block, 2);
		unsigned version = reader_le16(&block);
		if (reader_le32(&block) != EXTENSION_FILE || block.bad) {
			others = true;
			continue;
		}
		item->created = reader_le32(&block);
		item->accessed = reader_le32(&block);
		reader_skip(&block, 2);
		if (version >= 7) {
			reader_skip(&block, 2);
			item->reference = reader_le64(&block);
			reader_skip(&block, 8);
		}
		size_t localized = reader_le16(&block);
		reader_skip(&block, (version >= 9 ? 4u : 0) + (version >= 8 ? 4u : 0));
		item->bad = item->is_rest_unread && block.bad;
		if (block.bad)
			return;
		item->is_rest_unread = others || (r.left >= REST_BYTES_MIN && !words_is_zero(r));
		/* The block ends with the offset of the first one. */
		block.left -= whole.left >= 2 && block.left >= 2 ? 2 : 0;
		item->has_extension = true;
		item->extension_version = (uint16_t)version;
		item->long_name = words_ended(&block, true);
		if (localized && block.left)
			item->localized_name = words_ended(&block, version >= 7);
		return;
	}
}

/* `r` is a file entry from its size on. */
static void read_file(struct shell_item *item, struct reader r)
{
	struct reader head = r;

	reader_skip(&head, 2);
	unsigned type = reader_u8(&head);
	reader_skip(&head, 1);
	item->size_bytes = reader_le32(&head);
	item->modified = reader_le32(&head);
	item->attributes = reader_le16(&head);
	if (head.bad)
		return;
	item->kind = SHELL_ITEM_FILE;
	item->is_folder = type & 1;
	item->name = words_ended(&head, type & 4);
	read_extension(item, head.left);
}

/* What is left of an item behind the fields that are known. */
static void leave(struct shell_item *item, struct reader rest)
{
	item->is_rest_unread = rest.left >= REST_BYTES_MIN && !words_is_zero(rest);
}

static void read_network(struct shell_item *item, struct reader r)
{
	reader_skip(&r, 4);
	unsigned flags = reader_u8(&r);

	if (r.bad)
		return;
	item->kind = SHELL_ITEM_NETWORK;
	item->name = words_ended(&r, false);
	if (flags & 0x80)
		item->description = words_ended(&r, false);
	if (flags & 0x40)
		item->comments = words_ended(&r, false);
	leave(item, r);
}

/* Before the address may be data: of FTP when, where and as whom. */
static void read_uri(struct shell_item *item, struct reader r)
{
	reader_skip(&r, 3);
	unsigned flags = reader_u8(&r);
	size_t data = reader_le16(&r);

	reader_skip(&r, data);
	if (r.bad || r.left == 0)
		return;
	item->kind = SHELL_ITEM_URI;
	item->name = words_ended(&r, flags & 0x80);
	leave(item, r);
	item->is_rest_unread |= data > 0;
}

/* Whether nothing follows, or a block of those that the shell adds to its items. */
static bool can_follow(struct reader r)
{
	struct reader block = r;
	size_t size = reader_le16(&block);

	reader_skip(&block, 2);
	return words_is_zero(r) ||
	       (reader_le32(&block) >> 16 == 0xbeef && size >= REST_BYTES_MIN && size <= r.left);
}

/* What Windows 10 adds to a folder of the user's: its attributes and times. */
static bool read_times(struct shell_item *item, struct reader *r)
{
	struct reader peek = *r, block = reader_sub(&peek, TIMES_BYTES);
	size_t size = reader_le16(&block);

	reader_skip(&block, 2);
	if (size != TIMES_BYTES || reader_le32(&block) != EXTENSION_TIMES)
		return false;
	item->folder_attributes = reader_le32(&block);
	item->folder_created = reader_le64(&block);
	item->folder_modified = reader_le64(&block);
	item->folder_accessed = reader_le64(&block);
	item->has_times = !block.bad && item->folder_attributes & IS_FOLDER;
	if (item->has_times)
		*r = peek;
	return item->has_times;
}

/* A folder by its GUID. What has something else behind that is none: its bytes are no GUID either. */
static void read_root(struct shell_item *item)
{
	struct reader r = item->bytes;

	reader_skip(&r, 4);
	const uint8_t *guid = reader_take(&r, 16);
	if (!guid || !can_follow(r))
		return;
	item->kind = SHELL_ITEM_ROOT;
	item->guid = guid;
	(void)read_times(item, &r);
	leave(item, r);
}

/* `r` is a volume from its size on; newer ones have a GUID behind. */
static void read_volume(struct shell_item *item, struct reader r)
{
	reader_skip(&r, 3);
	struct reader name = reader_sub(&r, r.left < VOLUME_NAME ? r.left : VOLUME_NAME);

	item->kind = SHELL_ITEM_VOLUME;
	item->name = words_ended(&name, false);
	reader_skip(&r, r.left < VOLUME_REST ? r.left : VOLUME_REST);
	if (r.left >= 16)
		item->guid = reader_take(&r, 16);
	leave(item, r);
}

/* An item that one part of the shell keeps for another: a size, its data, these bytes, the GUID of the other one.
 * Of those the drives are read that Explorer shows beside the PC, as removable ones are. */
static bool read_delegate(struct shell_item *item)
{
	static const uint8_t mark[16] = { 0x74, 0x1a, 0x59, 0x5e, 0x96, 0xdf, 0xd3, 0x48,
					  0x8d, 0x67, 0x17, 0x33, 0xbc, 0xee, 0x28, 0xba };
	struct reader r = item->bytes;

	reader_skip(&r, 4);
	struct reader data = reader_sub(&r, reader_le16(&r));
	const uint8_t *found = reader_take(&r, sizeof(mark)), *guid = reader_take(&r, 16);
	if (!guid || memcmp(found, mark, sizeof(mark)) != 0)
		return false;
	bool is_drive = reader_le32(&data) == DELEGATE_DRIVE;
	struct reader peek = data, drive = reader_sub(&data, reader_le16(&peek));
	if (!is_drive || drive.left < 3 || (drive.at[2] & 0x70) != 0x20)
		return true;
	read_volume(item, drive);
	item->guid = guid;
	item->is_rest_unread |= r.left >= REST_BYTES_MIN || !words_is_zero(data);
	return true;
}

/* Of the two kinds of volumes those with a name, though some that have one do not say so. */
static bool is_named_volume(const struct shell_item *item)
{
	return item->class_type & 1 ||
	       (item->bytes.left >= 6 && memcmp(item->bytes.at + 4, ":\\", 2) == 0);
}

/* A view of properties, which has a kind of its own for folders that each user has. */
static void read_view(struct shell_item *item)
{
	struct reader r = item->bytes;

	reader_skip(&r, 6);
	bool is_folder = reader_le32(&r) == VIEW_FOLDER;
	reader_skip(&r, 2);
	size_t bytes = reader_le16(&r);
	const uint8_t *guid = reader_take(&r, 16);
	if (!guid || !is_folder || bytes != 16)
		return;
	item->kind = SHELL_ITEM_KNOWN_FOLDER;
	item->guid = guid;
	leave(item, r);
}

static void look(struct shell_item *item)
{
	struct reader r = item->bytes, delegate = r;

	switch (item->class_type & 0x70) {
	case 0x00:
		if (item->class_type == 0)
			read_view(item);
		break;
	case 0x10:
		if (item->class_type == 0x1f && !read_delegate(item))
			read_root(item);
		break;
	case 0x20:
		if (is_named_volume(item))
			read_volume(item, r);
		else if (!read_delegate(item))
			read_root(item);
		break;
	case 0x30:
		read_file(item, r);
		break;
	case 0x40:
		if (item->class_type != WEB_FOLDER)
			read_network(item, r);
		break;
	case 0x60:
		if (item->class_type == 0x61)
			read_uri(item, r);
		break;
	case 0x70:
		/* A folder of the user's: a file entry within, for another part of the shell. */
		reader_skip(&delegate, 6);
		if (item->class_type == 0x74 && delegate.left > 4 + FILE_HEAD &&
		    memcmp(delegate.at, "CFSF", 4) == 0) {
			reader_skip(&r, DELEGATE_AT);
			read_file(item, r);
		} else if (item->class_type == 0x71) {
			reader_skip(&r, 14);
			item->guid = reader_take(&r, 16);
			if (item->guid)
				item->kind = SHELL_ITEM_CONTROL_PANEL;
			leave(item, r);
		}
		break;
	default:
		break;
	}
}

bool shell_item_next(struct reader *r, struct shell_item *item)
{
	struct reader peek = *r;
	size_t size = reader_le16(&peek);

	*item = (struct shell_item){ 0 };
	if (r->bad || r->left == 0)
		return false;
	r->bad = r->left < 2 || size == 1 || size == 2 || size > r->left;
	if (r->bad || size == 0)
		return false;
	item->bytes = reader_sub(r, size);
	item->class_type = item->bytes.at[2];
	look(item);
	return true;
}

bool fat_time(uint32_t time, int64_t *seconds)
{
	static const unsigned before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
	unsigned date = time & 0xffff, clock = time >> 16;
	unsigned day = date & 31, month = date >> 5 & 15, year = 1980 + (date >> 9);

	if (day < 1 || month < 1 || month > 12 || clock >> 11 > 23 || (clock >> 5 & 63) > 59 ||
	    (clock & 31) > 29)
		return false;
	bool is_leap = year % 4 == 0 && year != 2100;
	if (day > (month == 12 ? 31 : before[month] - before[month - 1]) + (month == 2 && is_leap))
		return false;
	/* No year is left out between 1980 and 2107 but 2100. */
	int64_t days = (int64_t)(year - 1970) * 365 + (year - 1969) / 4 - (year > 2100) +
		       before[month - 1] + day - 1;
	days += month > 2 && is_leap;
	*seconds = days * 86400 + (clock >> 11) * 3600 + (clock >> 5 & 63) * 60 + (clock & 31) * 2;
	return true;
}
