/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef USN_BUILDER_H
#define USN_BUILDER_H

/* Records of a change journal in memory, and the source that they are read from. */
#include <string.h>

#include "triage/parse/usn.h"

#define USN_TIME UINT64_C(131928861709243619)
#define USN_REF(number, sequence) ((uint64_t)(number) | (uint64_t)(sequence) << 48)
#define USN_ROOT USN_REF(5, 5)

struct journal {
	uint8_t bytes[1 << 16];
	size_t len;
	uint64_t usn;
	uint64_t bad_from, bad_to; /* cannot be read */
	uint64_t read;             /* bytes that were */
};

static inline void usn_put(uint8_t *p, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

/* A record of version 2 or 3; returns where it lies. */
static inline uint8_t *usn_add(struct journal *j, unsigned version, uint64_t file, uint64_t parent,
			       const char *name, uint32_t reason, uint32_t attributes)
{
	size_t units = strlen(name), head = version == 2 ? 60 : 76;
	size_t len = (head + 2 * units + 7) / 8 * 8;
	uint8_t *p = j->bytes + j->len, *at = p + 8;

	memset(p, 0, len);
	usn_put(p, len, 4);
	usn_put(p + 4, version, 2);
	usn_put(at, file, 8);
	at += version == 2 ? 8 : 16;
	usn_put(at, parent, 8);
	at += version == 2 ? 8 : 16;
	usn_put(at, j->usn + j->len, 8);
	usn_put(at + 8, USN_TIME, 8);
	usn_put(at + 16, reason, 4);
	usn_put(at + 28, attributes, 4);
	usn_put(at + 32, 2 * units, 2);
	usn_put(at + 34, head, 2);
	for (size_t i = 0; i < units; i++)
		p[head + 2 * i] = (uint8_t)name[i];
	j->len += len;
	return p;
}

static inline uint8_t *usn_add_extents(struct journal *j, uint64_t file, unsigned count)
{
	uint8_t *p = j->bytes + j->len;

	memset(p, 0, 64 + 16 * count);
	usn_put(p, 64 + 16 * count, 4);
	usn_put(p + 4, 4, 2);
	usn_put(p + 8, file, 8);
	usn_put(p + 24, USN_ROOT, 8);
	usn_put(p + 40, j->usn + j->len, 8);
	usn_put(p + 48, 0x80000001, 4);
	usn_put(p + 60, count, 2);
	usn_put(p + 62, 16, 2);
	for (unsigned i = 0; i < count; i++) {
		usn_put(p + 64 + 16 * i, 4096 * i, 8);
		usn_put(p + 72 + 16 * i, 100 + i, 8);
	}
	j->len += 64 + 16 * count;
	return p;
}

static inline bool usn_read(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	struct journal *j = ctx;

	if (offset > j->len || len > j->len - offset)
		return error_set(e, ERROR_FAILED, "past the end");
	if (offset < j->bad_to && offset + len > j->bad_from)
		return error_set(e, ERROR_FAILED, "a bad sector");
	j->read += len;
	memcpy(buf, j->bytes + offset, len);
	return true;
}

static inline struct partition_source usn_source_of(struct journal *j)
{
	return (struct partition_source){ usn_read, j, j->len, 512 };
}

#endif
