/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logs of Windows 7 and 10, where the samples are there (../shared/data): what others say of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/memory.h"
#include "lib/ntfs/record.h"
#include "samples.h"
#include "triage/parse/logfile.h"

#define DFIR "msuhanov_dfir_ntfs/test_data/"
#define CREATE_ATTRIBUTE 5
#define ADD_ENTRY_ROOT 12

static const uint8_t find_me[] = "f\0i\0n\0d\0_\0m\0e\0.\0t\0x\0t";

struct seen {
	unsigned restarts, clients, major, minor;
	uint64_t restart_lsn, last_lsn, highest;
	size_t records, descending;
	bool found_restart, found_in_place;
	/* Of those whose undo data hold the name. */
	size_t cut;
	size_t undo, on_record, in_index, other, added_to_root, created;
	uint64_t target;
	bool block_of_8;
};

static bool on_restart(void *ctx, const struct logfile_restart *r, struct error *e)
{
	struct seen *s = ctx;
	(void)e;

	s->restarts++;
	s->major = r->major;
	s->minor = r->minor;
	s->clients += r->has_client && r->client_name.left == 8 &&
		      memcmp(r->client_name.at, "N\0T\0F\0S", 8) == 0;
	if (r->client_restart_lsn > s->restart_lsn)
		s->restart_lsn = r->client_restart_lsn;
	return true;
}

static bool on_record(void *ctx, const struct logfile_record *r, struct error *e)
{
	struct seen *s = ctx;
	(void)e;

	s->records++;
	s->cut += r->is_cut;
	s->descending += r->lsn <= s->last_lsn;
	s->last_lsn = r->lsn;
	if (!r->is_copy && r->lsn > s->highest)
		s->highest = r->lsn;
	if (r->lsn == s->restart_lsn) {
		s->found_restart = true;
		s->found_in_place = !r->is_copy;
	}
	if (!r->undo_data.left || !memmem(r->undo_data.at, r->undo_data.left, find_me, 21))
		return true;
	s->undo++;
	s->block_of_8 |= r->block_sectors == 8;
	s->added_to_root += r->undo == ADD_ENTRY_ROOT && r->target_record == 5;
	s->created += r->undo == CREATE_ATTRIBUTE;
	if (r->undo == CREATE_ATTRIBUTE)
		s->target = r->target_record;
	if (r->has_target_record)
		s->on_record++;
	else if (NTFS_NUMBER(r->target_file) == 5 && r->target_name.left == 8 &&
		 memcmp(r->target_name.at, "$\0I\0003\0000", 8) == 0)
		s->in_index++;
	else
		s->other++;
	return true;
}

static struct seen parse(const char *path)
{
	struct text t = sample_load(path);
	const struct partition_source source = { sample_read, &t, t.len, 512 };
	struct seen s = { 0 };
	const struct logfile_to to = { on_restart, on_record, &s };
	struct error e = { 0 };

	assert_true(logfile_parse(&source, NULL, &to, &e));
	text_release(&t);
	return s;
}

static void windows_7(void **state)
{
	struct seen s = parse(DFIR "LogFile_7.bin");
	(void)state;

	assert_int_equal(s.records, 779); /* as counted in all their pages by another decoder */
	assert_int_equal(s.cut, 0);
	assert_int_equal(s.restarts, 2);
	assert_int_equal(s.clients, 2);
	assert_int_equal(s.major, 1);
	assert_int_equal(s.minor, 1);
	assert_int_equal(s.descending, 0);
	assert_true(s.restart_lsn > 0 && s.found_restart && !s.found_in_place);
	assert_int_equal(s.undo, 2);
	assert_int_equal(s.on_record, 1);
	assert_int_equal(s.in_index, 1);
	assert_int_equal(s.target, 40);
}

static void windows_10(void **state)
{
	struct seen s = parse(DFIR "LogFile_10.bin");
	(void)state;

	assert_int_equal(s.records, 535); /* as counted in all their pages by another decoder */
	assert_int_equal(s.cut, 0);
	assert_int_equal(s.clients, 2);
	assert_int_equal(s.major, 2);
	assert_int_equal(s.minor, 0);
	assert_int_equal(s.descending, 0);
	assert_true(s.restart_lsn > s.highest && s.found_restart && !s.found_in_place);
	assert_int_equal(s.undo, 2);
	assert_int_equal(s.other, 0);
	assert_int_equal(s.target, 43);
}

static void records_of_4_kib(void **state)
{
	struct seen s = parse(DFIR "LogFile_10_large.bin");
	(void)state;

	assert_int_equal(s.records, 405); /* as counted in all their pages by another decoder */
	assert_int_equal(s.cut, 0);
	assert_int_equal(s.clients, 2);
	assert_int_equal(s.major, 2);
	assert_true(s.restart_lsn > s.highest && s.found_restart && !s.found_in_place);
	assert_int_equal(s.undo, 2);
	assert_int_equal(s.added_to_root, 1);
	assert_int_equal(s.created, 1);
	assert_int_equal(s.target, 39);
	assert_true(s.block_of_8);
}

static void emptied(void **state)
{
	struct text t = sample_lines("logfile", DFIR "LogFile_empty.bin", NULL, EMIT_JSONL);
	(void)state;

	assert_int_equal(t.len, 0);
	text_release(&t);
}

/* The lines that come out of it. */
static void fields(void **state)
{
	static const char *const pieces[] = {
		"{\"record_type\":\"restart_page\",\"offset\":0,\"major_version\":1,\"minor_version\":1,",
		"\"client_name\":\"NTFS\"",
		"\"redo_operation\":\"DeleteIndexEntryAllocation\",\"undo_operation\":"
		"\"AddIndexEntryAllocation\",\"file_name\":\"find_me.txt\",\"record_number\":40,"
		"\"sequence_number\":1,\"parent_record_number\":5,\"parent_sequence_number\":5,",
		"\"target_attribute_name\":\"$I30\"",
	};
	struct text t = sample_lines("logfile", DFIR "LogFile_7.bin", NULL, EMIT_JSONL);
	(void)state;

	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++)
		if (!strstr(t.s, pieces[i]))
			fail_msg("not found: %s", pieces[i]);
	text_release(&t);
}

/* $Secure was opened before the log begins: it is known by the table of the first checkpoint. */
static void opened_before(void **state)
{
	struct text t = sample_lines("logfile", DFIR "LogFile_10_large.bin", NULL, EMIT_JSONL);
	(void)state;

	if (!strstr(t.s, "\"lsn\":4220383,\"previous_lsn\":4220366,\"undo_next_lsn\":4220366,"
			 "\"transaction_id\":24,\"redo_operation\":\"UpdateNonresidentValue\","
			 "\"undo_operation\":\"UpdateNonresidentValue\",\"target_attribute\":384,"
			 "\"target_record_number\":9,\"target_sequence_number\":9,"
			 "\"target_attribute_type\":\"0x00000080\","
			 "\"target_attribute_name\":\"$SDS\","))
		fail_msg("not known: $SDS");
	text_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(windows_7),        cmocka_unit_test(windows_10),
		cmocka_unit_test(records_of_4_kib), cmocka_unit_test(emptied),
		cmocka_unit_test(fields),           cmocka_unit_test(opened_before),
	};

	if (access(SAMPLES, R_OK) != 0) {
		puts("1..0 # SKIP there are no samples in ../shared/data");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
