/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_TEST_CFB_BUILD_H
#define TRIAGE_TEST_CFB_BUILD_H

/* Compound files of streams, each chain backwards through the file so that it must be followed. */
#include "bytes.h"

struct cfb_stream {
	const char *name;
	const void *bytes;
	size_t len;
};

struct cfb_build {
	struct bytes b;
	uint32_t sector; /* bytes */
	uint32_t *fat;   /* of `sectors` */
	uint32_t sectors;
};

static inline void cfb_sector_bytes(struct cfb_build *c, uint32_t n, const void *p, size_t len)
{
	size_t at = ((size_t)n + 1) * c->sector;

	if (c->b.len < at + c->sector)
		put_zeros(&c->b, at + c->sector - c->b.len);
	memcpy(c->b.at + at, p, len);
}

/* Store bytes in sectors from `first` on, the last part first; returns where the chain begins. */
static inline uint32_t cfb_store(struct cfb_build *c, uint32_t first, const uint8_t *p, size_t len)
{
	uint32_t n = (uint32_t)((len + c->sector - 1) / c->sector);

	for (uint32_t i = 0; i < n; i++) {
		size_t at = (size_t)i * c->sector;

		cfb_sector_bytes(c, first + n - 1 - i, p + at,
				 len - at < c->sector ? len - at : c->sector);
		c->fat[first + n - 1 - i] = i + 1 < n ? first + n - 2 - i : 0xfffffffe;
	}
	return first + n - 1;
}

static inline void cfb_entry_put(struct bytes *d, const char *name, unsigned type, uint32_t start,
				 uint64_t size)
{
	size_t at = d->len;

	put_zeros(d, 128);
	for (size_t i = 0; name[i]; i++)
		d->at[at + 2 * i] = (uint8_t)name[i];
	set_le(d, at + 64, 2 * strlen(name) + 2, 2);
	d->at[at + 66] = (uint8_t)type;
	set_le(d, at + 108, 132000000001234567u, 8);
	set_le(d, at + 116, start, 4);
	set_le(d, at + 120, size, 8);
}

/* Sectors: the table, then what the directory and the streams need. Small streams lie in the root's. */
static inline struct bytes cfb_build(unsigned version, const struct cfb_stream *s, size_t count)
{
	struct cfb_build c = { .sector = version == 3 ? 512 : 4096, .sectors = 100 };
	struct bytes directory = { 0 }, mini = { 0 }, mini_fat = { 0 };
	uint32_t next = 1;

	c.fat = mem_array(1024, sizeof(*c.fat));
	put_zeros(&c.b, c.sector);
	memset(c.fat, 0xff, 1024 * sizeof(*c.fat));
	c.fat[0] = 0xfffffffd;
	cfb_entry_put(&directory, "Root Entry", 5, 0, 0);
	for (size_t i = 0; i < count; i++) {
		uint32_t start;

		if (s[i].len < 4096) {
			start = (uint32_t)(mini.len / 64);
			put_n(&mini, s[i].bytes, s[i].len);
			put_zeros(&mini, (64 - mini.len % 64) % 64);
			for (size_t n = start; n < mini.len / 64; n++)
				put_le(&mini_fat, n + 1 < mini.len / 64 ? n + 1 : 0xfffffffe, 4);
		} else {
			start = cfb_store(&c, next, s[i].bytes, s[i].len);
			next = start + 1;
		}
		cfb_entry_put(&directory, s[i].name, 2, start, s[i].len);
		if (version == 3) /* rubbish, as some writers leave it there */
			set_le(&directory, directory.len - 4, 0xabcd, 4);
	}
	if (mini.len) {
		uint32_t start = cfb_store(&c, next, mini.at, mini.len);

		set_le(&directory, 116, start, 4);
		set_le(&directory, 120, mini.len, 8);
		next = start + 1;
	}
	uint32_t mini_start = mini.len ? cfb_store(&c, next, mini_fat.at, mini_fat.len)
				       : 0xfffffffe;
	next = mini.len ? mini_start + 1 : next;
	uint32_t start = cfb_store(&c, next, directory.at, directory.len);
	memcpy(c.b.at, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8);
	set_le(&c.b, 24, 0x3e, 2);
	set_le(&c.b, 26, version, 2);
	set_le(&c.b, 28, 0xfffe, 2);
	set_le(&c.b, 30, version == 3 ? 9 : 12, 2);
	set_le(&c.b, 32, 6, 2);
	set_le(&c.b, 44, 1, 4);
	set_le(&c.b, 48, start, 4);
	set_le(&c.b, 56, 4096, 4);
	set_le(&c.b, 60, mini_start, 4);
	set_le(&c.b, 68, 0xfffffffe, 4);
	memset(c.b.at + 76, 0xff, 436);
	set_le(&c.b, 76, 0, 4);
	struct bytes table = { 0 };
	for (uint32_t i = 0; i < c.sector / 4; i++)
		put_le(&table, i < 1024 ? c.fat[i] : 0xffffffff, 4);
	cfb_sector_bytes(&c, 0, table.at, table.len);
	free(c.fat);
	bytes_release(&table);
	bytes_release(&directory);
	bytes_release(&mini);
	bytes_release(&mini_fat);
	return c.b;
}

#endif
