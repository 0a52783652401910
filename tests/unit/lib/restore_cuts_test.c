/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The power goes while an image is restored: RESTORE_CUTS times (40), at any moment, with what was
 * not flushed kept or lost by chance, down to single sectors. The next run ends with the same
 * content, and before that nobody takes the disk for one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "restore_samples.h"

#define ROUNDS 6 /* cuts of one disk, one after another */

/* Somebody else's disk. */
static void fresh(struct simdisk *d)
{
	struct text backup = { 0 };
	uint64_t backup_at = 0;
	struct text table = made_table(d->size_bytes, d->sector_bytes, &backup, &backup_at);

	memset(d->now, 0xa5, d->size_bytes);
	memcpy(d->now, table.s, table.len);
	memcpy(d->now + backup_at, backup.s, backup.len);
	text_release(&table);
	text_release(&backup);
}

/* Before operation `cut`, or in it: whatever can be read as a table or a volume is whole. */
static void check_cut(const struct made *s, struct simdisk *d, size_t cut, size_t first_flush,
		      const char *name)
{
	struct partition_table *t = mem_alloc(sizeof(*t));

	simdisk_table(d, t);
	if (cut > first_flush && (t->kind == TABLE_GPT || t->kind == TABLE_MBR || t->count) &&
	    made_missing(s, d->now) != UINT64_MAX)
		fail_msg("%s: cut at %zu of %zu: a %s with %zu partitions", name, cut, d->count,
			 partition_table_name(t->kind), t->count);
	free(t);
}

/* Up to there an older table may still be read: so nothing but both ends is touched. And what is
 * called done cannot be lost any more. */
static size_t first_flush_of(const struct simdisk *d, const char *name)
{
	size_t i = 0;

	for (; d->log[i].op != SIM_FLUSH; i++)
		if (d->log[i].offset + d->log[i].len > MIB &&
		    d->log[i].offset < d->size_bytes - MIB)
			fail_msg("%s: byte %llu was written first", name, d->log[i].offset + 0ULL);
	if (i == 0 || d->log[d->count - 1].op != SIM_FLUSH)
		fail_msg("%s: flushed too early, or not at the end", name);
	return i;
}

/* Restore to the end, check it, then take the disk as a cut left it (`before` NULL: leave it
 * whole). */
static void cut_once(const struct made *s, struct simdisk *d, uint8_t *before,
		     enum restore_resume resume, const char *name, unsigned *resumed)
{
	/* The map is written after each chunk, so that a cut hits every state of it. */
	const struct restore_options o = {
		.jobs = 3,
		.checkpoint_bytes = 1,
		.resume = resume,
	};
	struct restore_report r;
	struct error e = { 0 };

	if (before)
		memcpy(before, d->now, d->size_bytes);
	simdisk_forget_log(d);
	d->logging = true;
	if (!made_restore(s, d, &o, &r, &e))
		fail_msg("%s: %s", name, e.text);
	made_check(s, d, name);
	*resumed += r.kept_bytes > 0;
	if (!before)
		return;

	size_t cut = (size_t)rand() % d->count;
	if (rand() % 4 == 0) /* the last steps are few */
		cut = d->count - 1 - (size_t)rand() % 8;
	simdisk_cut(d, cut, (unsigned)rand() % 5, before);
	memcpy(d->now, before, d->size_bytes);
	check_cut(s, d, cut, first_flush_of(d, name), name);
}

static void cuts(void **state)
{
	static const struct {
		const char *name;
		enum kimg_table table;
		unsigned image_mib, target_mib;
	} tests[] = {
		{ "GPT", KIMG_TABLE_GPT, 8, 25 },
		{ "GPT, the map lies on the payload", KIMG_TABLE_GPT, 18, 18 },
		{ "MBR", KIMG_TABLE_MBR, 18, 18 },
		{ "one volume", KIMG_TABLE_NONE, 18, 18 },
		{ "too small for a map", KIMG_TABLE_GPT, 8, 8 },
	};
	const size_t n = sizeof(tests) / sizeof(tests[0]);
	const char *wanted = getenv("RESTORE_CUTS");
	unsigned count = wanted ? (unsigned)strtoul(wanted, NULL, 10) : 40, done = 0, resumed = 0;

	(void)state;
	srand(20261126);
	for (unsigned i = 0; done < count; i++) {
		struct simdisk d;
		struct made s;

		made_make(&s, tests[i % n].table, tests[i % n].image_mib);
		simdisk_init(&d, tests[i % n].target_mib * MIB, 512);
		uint8_t *before = mem_alloc(d.size_bytes);
		fresh(&d);
		/* Every other one was restored before, and lost a part of it. */
		enum restore_resume resume = i % 2 ? RESTORE_RESUME_FULL : RESTORE_RESUME_AUTO;
		if (resume == RESTORE_RESUME_FULL) {
			cut_once(&s, &d, before, RESTORE_RESUME_NO, tests[i % n].name, &resumed);
			cut_once(&s, &d, NULL, resume, tests[i % n].name, &resumed);
			memset(d.now + 2 * MIB, 0xa5, MIB);
		}
		for (unsigned k = 0; k < ROUNDS && done < count; k++, done++) {
			cut_once(&s, &d, before, resume, tests[i % n].name, &resumed);
			resume = RESTORE_RESUME_AUTO;
		}
		/* And what the last one left. */
		cut_once(&s, &d, NULL, RESTORE_RESUME_AUTO, tests[i % n].name, &resumed);
		free(before);
		simdisk_release(&d);
		made_release(&s);
	}
	print_message("# %u cuts, %u of the runs after them found something to keep\n", done,
		      resumed);
	assert_true(resumed > done / 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cuts),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
