/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Not a test by itself: lists the volume NTFS_VOLUME into the file NTFS_LIST for
 * tests/cli/sysimage/ntfs_*; with NTFS_BITS its map of used clusters into that file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "lib/base/text.h"
#include "lib/crypto/sha256.h"
#include "ntfs_volume.h"

#define CONTENT_MAX (64u << 20)

struct listing {
	struct filesystem *f;
	FILE *out;
	bool hash;
};

static void put_flags(FILE *out, unsigned flags)
{
	static const char letters[] = "cehpwxu";

	for (unsigned i = 0; letters[i]; i++)
		if (flags & 1u << i)
			fputc(letters[i], out);
	fputs(flags ? "\t" : "-\t", out);
}

static bool list(void *ctx, const struct filesystem_entry *entry, struct error *e)
{
	char digits[SHA256_HEX] = "-";
	struct listing *l = ctx;
	struct error own = { 0 };
	struct text content = { 0 };
	uint8_t piece[60000]; /* no multiple of anything */
	size_t got = sizeof(piece);
	(void)e;

	if (l->hash && entry->type != 'd' && entry->type != 'o') {
		while (got == sizeof(piece) && content.len < CONTENT_MAX &&
		       l->f->read(l->f, entry, content.len, piece, sizeof(piece), &got, &own))
			text_add_n(&content, (const char *)piece, got);
		if (!own.kind && content.len == entry->size_bytes)
			sha256_hex(digits, text_end(&content), content.len);
		text_release(&content);
	}
	fprintf(l->out, "%c\t%llu\t%s\t", entry->type, entry->size_bytes + 0ULL, digits);
	put_flags(l->out, entry->flags);
	fprintf(l->out, "%lld.%09u\t%s%s%s\n", entry->modified.s + 0LL, entry->modified.ns,
		entry->path, entry->stream ? ":" : "", entry->stream ? entry->stream : "");
	return true;
}

static void lists_a_volume(void **state)
{
	const char *path = getenv("NTFS_VOLUME"), *to = getenv("NTFS_LIST"),
		   *bits = getenv("NTFS_BITS"), *first = getenv("NTFS_FIRST_BYTE");
	struct error e = { 0 };
	struct volume v;
	(void)state;

	assert_non_null(path);
	struct listing l = { .f = volume_open(&v, path, first ? strtoull(first, NULL, 10) : 0, &e),
			     .hash = !getenv("NTFS_QUICK") };
	if (!l.f || !(l.out = fopen(to ? to : "/dev/null", "w")))
		fail_msg("%s", e.text);
	fprintf(l.out, "# state %u %s\n", l.f->state, l.f->state_words);
	if (!l.f->walk(l.f, list, &l, &e))
		fail_msg("%s", e.text);
	assert_int_equal(fclose(l.out), 0);
	if (bits) {
		struct used_map m = { 0 };
		FILE *out = fopen(bits, "w");

		if (!out || !l.f->used(l.f, &m, &e))
			fail_msg("%s", e.text);
		assert_int_equal(fwrite(m.bits, 1, (m.units + 7) / 8, out), (m.units + 7) / 8);
		assert_int_equal(fclose(out), 0);
		used_map_release(&m);
	}
	volume_close(&v, l.f);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(lists_a_volume) };

	if (!getenv("NTFS_VOLUME")) {
		puts("1..0 # SKIP NTFS_VOLUME names no volume");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
