/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shell items: what kinds are known, and the long names of file entries. */
#include "triage/parse/shellitem.h"

#include <string.h>

#define EXTENSION_FILE 0xbeef0004u
#define FILE_HEAD 14u /* before the name of a file entry */
#define DELEGATE_AT 10u
#define BLOCKS_BYTES_MIN                                                                           \
	24u /* the shortest of XP; up to ME a short name may stand in their place */

/* The block that the last two bytes of an item point to, and those that follow it; `behind` bytes are
 * behind its name. */
static void read_extension(struct shell_item *item, size_t behind)
{
	struct reader tail = item->bytes, r = item->bytes;

	if (item->bytes.left < 4)
		return;
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
		if (reader_le32(&block) != EXTENSION_FILE || block.bad)
			continue;
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
		item->is_rest_unread = false;
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
}

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
}

static const uint8_t *guid_at(struct reader r, size_t at)
{
	reader_skip(&r, at);
	return reader_take(&r, 16);
}

static void look(struct shell_item *item)
{
	struct reader r = item->bytes, delegate = r;

	switch (item->class_type & 0x70) {
	case 0x10:
		item->guid = guid_at(r, 4);
		if (item->class_type == 0x1f && item->guid)
			item->kind = SHELL_ITEM_ROOT;
		break;
	case 0x20:
		item->kind = SHELL_ITEM_VOLUME;
		if (item->class_type & 1) {
			reader_skip(&r, 3);
			item->name = words_ended(&r, false);
		} else {
			item->guid = guid_at(r, 4);
			item->kind = item->guid ? SHELL_ITEM_ROOT : SHELL_ITEM_UNKNOWN;
		}
		break;
	case 0x30:
		read_file(item, r);
		break;
	case 0x40:
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
		} else if (item->class_type == 0x71 && (item->guid = guid_at(r, 14))) {
			item->kind = SHELL_ITEM_CONTROL_PANEL;
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
