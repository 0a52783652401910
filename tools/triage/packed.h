/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PACKED_H
#define TRIAGE_PACKED_H

/* Files that somebody packed, by their first bytes: what is read as it stands would be nothing at all. */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "lib/base/language.h"

#define PACKED_HEAD_BYTES 6u

static inline bool is_packed(const char head[PACKED_HEAD_BYTES])
{
	static const struct {
		const char *bytes;
		size_t len;
	} begins[] = {
		{ "\x1f\x8b\x08", 3 },     /* gzip */
		{ "BZh", 3 },              /* bzip2 */
		{ "\xfd\x37zXZ", 6 },      /* xz, with its zero */
		{ "\x28\xb5\x2f\xfd", 4 }, /* zstd */
		{ "7z\xbc\xaf\x27\x1c", 6 },
		{ "PK\x03\x04", 4 },
	};

	for (size_t i = 0; i < sizeof(begins) / sizeof(*begins); i++)
		if (memcmp(head, begins[i].bytes, begins[i].len) == 0)
			return true;
	return false;
}

/* What is told then: a message id. */
#define PACKED_WORDS N_("it begins as a packed file does: it must be unpacked before")

#endif
