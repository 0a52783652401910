/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_FUZZ_VOLUME_H
#define TESTS_FUZZ_VOLUME_H

/* A volume of any bytes, by any reader of file systems: what is used, and the middle of every
 * file. Whatever it is, the source is never asked for what lies outside, what is read fits, and a
 * refusal has a reason. */
#include "../bytes.h"
#include "lib/disk/filesystem.h"

static bool fuzz_look(void *ctx, const struct filesystem_entry *entry, struct error *e)
{
	struct filesystem *f = ctx;
	struct error why = { 0 };
	uint8_t bytes[1000];
	size_t got = 0;

	(void)e;
	if (!f->read(f, entry, 700, bytes, sizeof(bytes), &got, &why) && !why.kind)
		abort();
	if (got > sizeof(bytes) || !*entry->path)
		abort();
	return true;
}

static void fuzz_volume(struct filesystem *(*open)(const struct partition_source *s, uint64_t first,
						   uint64_t size, struct error *e),
			const uint8_t *data, size_t size)
{
	struct bytes b = { data, size };
	const struct partition_source s = source_of(&b);
	struct error e = { 0 }, more = { 0 };
	struct filesystem *f = open(&s, 0, size, &e);
	struct used_map m = { 0 };

	if (!f && !e.kind)
		abort();
	if (!f)
		return;
	if (f->used(f, &m, &e))
		used_map_release(&m);
	if (!f->walk(f, fuzz_look, f, &more) && !more.kind)
		abort();
	f->close(f);
}

#endif
