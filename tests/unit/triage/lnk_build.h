/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_TEST_LNK_BUILD_H
#define TRIAGE_TEST_LNK_BUILD_H

/* Shell links, part by part. */
#include "bytes.h"

#define LNK_TIME UINT64_C(132000000001234567) /* 2019-04-17T18:40:00.1234567Z */
#define LNK_FAT_TIME 0x9d014e91u              /* 2019-04-17T19:40:02Z */

static inline void lnk_head(struct bytes *b, uint32_t flags)
{
	put_le(b, 76, 4);
	put_n(b, "\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46", 16);
	put_le(b, flags, 4);
	put_le(b, 0x20, 4);
	put_le(b, LNK_TIME, 8);
	put_le(b, LNK_TIME + 1, 8);
	put_le(b, LNK_TIME + 2, 8);
	put_le(b, 4711, 4);
	put_le(b, 0xffffffff, 4);
	put_le(b, 3, 4);
	put_le(b, 0x0641, 2);
	put_zeros(b, 10);
}

#define LNK_HEAD_JSON                                                                              \
	"\"creation_time\":\"2019-04-17T18:40:00.1234567Z\","                                      \
	"\"modification_time\":\"2019-04-17T18:40:00.1234569Z\","                                  \
	"\"access_time\":\"2019-04-17T18:40:00.1234568Z\",\"file_size\":4711,"                     \
	"\"file_attributes\":\"0x00000020\","

/* Begin something whose size of `width` bytes stands before it; end it. */
static inline size_t lnk_open(struct bytes *b, size_t width)
{
	put_zeros(b, width);
	return b->len - width;
}

static inline void lnk_close(struct bytes *b, size_t at, size_t width, bool counts_itself)
{
	set_le(b, at, b->len - at - (counts_itself ? 0 : width), width);
}

/* A file entry with its long name; as Windows 8.1 and later (9) or XP (3) write it. */
static inline void lnk_file_item(struct bytes *b, unsigned type, const char *name,
				 const char *long_name, unsigned version)
{
	size_t item = lnk_open(b, 2);

	put_le(b, type, 2);
	put_le(b, 77, 4);
	put_le(b, LNK_FAT_TIME, 4);
	put_le(b, 0x10, 2);
	put_n(b, name, strlen(name) + 1);
	if ((b->len - item) % 2)
		put_zeros(b, 1);
	size_t block = b->len;
	put_le(b, 0, 2);
	put_le(b, version, 2);
	put_le(b, 0xbeef0004, 4);
	put_le(b, LNK_FAT_TIME, 4);
	put_le(b, LNK_FAT_TIME, 4);
	put_le(b, 0, 2);
	if (version >= 7) {
		put_le(b, 0, 2);
		put_le(b, 1234 | UINT64_C(5) << 48, 8);
		put_le(b, 0, 8);
	}
	put_le(b, version >= 7 ? 0 : 4, 2);
	put_zeros(b, (version >= 9 ? 4u : 0u) + (version >= 8 ? 4u : 0u));
	put_16(b, long_name);
	put_zeros(b, 2);
	if (version < 7)
		put_n(b, "loc", 4);
	put_le(b, block - item, 2);
	set_le(b, block, b->len - block, 2);
	lnk_close(b, item, 2, true);
}

#define LNK_FILE_JSON(name, long_name)                                                               \
	"{\"item_type\":\"file_entry\",\"name\":\"" name "\",\"long_name\":\"" long_name "\","       \
	"\"is_directory\":false,\"file_size\":77,\"file_attributes\":\"0x00000010\","                \
	"\"modification_time\":\"2019-04-17T19:40:02Z\",\"creation_time\":\"2019-04-17T19:40:02Z\"," \
	"\"access_time\":\"2019-04-17T19:40:02Z\",\"mft_record_number\":1234,"                       \
	"\"mft_sequence_number\":5}"

/* Local and network place in one. */
static inline void lnk_info(struct bytes *b, bool unicode)
{
	size_t info = lnk_open(b, 4), head = unicode ? 0x24 : 0x1c;

	put_le(b, head, 4);
	put_le(b, 3, 4);
	put_zeros(b, head - 12);
	set_le(b, info + 12, b->len - info, 4);
	size_t volume = lnk_open(b, 4);
	put_le(b, 3, 4);
	put_le(b, 0xcafe0002, 4);
	put_le(b, 16, 4);
	put_n(b, "DATEN", 6);
	lnk_close(b, volume, 4, true);
	set_le(b, info + 16, b->len - info, 4);
	put_n(b,
	      "C:\\Gr\xfc\xdf"
	      "e",
	      9);
	set_le(b, info + 20, b->len - info, 4);
	size_t share = lnk_open(b, 4);
	put_le(b, 3, 4);
	put_le(b, 20, 4);
	put_le(b, 34, 4);
	put_le(b, 0x20000, 4);
	put_n(b, "\\\\srv\\freigab", 14);
	put_n(b, "Z:", 3);
	lnk_close(b, share, 4, true);
	set_le(b, info + 24, b->len - info, 4);
	put_n(b, "a.txt", 6);
	if (unicode) {
		set_le(b, info + 28, b->len - info, 4);
		put_16(b, "D:\\X");
		put_le(b, 0xd800, 2); /* half a surrogate */
		put_zeros(b, 2);
		set_le(b, info + 32, b->len - info, 4);
		put_16(b, "b.txt");
		put_zeros(b, 2);
	}
	lnk_close(b, info, 4, true);
}

static inline void lnk_block(struct bytes *b, uint32_t signature, const void *data, size_t len)
{
	put_le(b, 8 + len, 4);
	put_le(b, signature, 4);
	put_n(b, data, len);
}

static inline void lnk_tracker(struct bytes *b)
{
	put_le(b, 0x60, 4);
	put_le(b, 0xa0000003, 4);
	put_le(b, 0x58, 4);
	put_le(b, 0, 4);
	put_n(b, "pc-17\0\0\0\0\0\0\0\0\0\0", 16);
	for (unsigned i = 0; i < 4; i++) {
		put_le(b, 0x63206bc4u + i, 4);
		put_le(b, 0x1ed5, 2);
		put_le(b, 0x11ee, 2);
		put_n(b, "\xa2\xf7\x52\x54\x00\xee\xb6\x05", 8);
	}
}

#define LNK_TRACKER_JSON                                                                           \
	"\"machine_identifier\":\"pc-17\","                                                        \
	"\"droid_volume_identifier\":\"63206bc4-1ed5-11ee-a2f7-525400eeb605\","                    \
	"\"droid_file_identifier\":\"63206bc5-1ed5-11ee-a2f7-525400eeb605\","                      \
	"\"birth_droid_volume_identifier\":\"63206bc6-1ed5-11ee-a2f7-525400eeb605\","              \
	"\"birth_droid_file_identifier\":\"63206bc7-1ed5-11ee-a2f7-525400eeb605\","                \
	"\"droid_file_time\":\"2023-07-10T03:53:53.5000517Z\",\"mac_address\":\"52:54:00:ee:b6:05\","

#endif
