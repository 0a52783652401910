/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes of what is captured, however they come, and where in a file data lies. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../folder.h"
#include "sysimage/capture.h"

#define MIB (1u << 20)
#define NO_END UINT64_MAX

int __real_stat(const char *path, struct stat *st);
int __wrap_stat(const char *path, struct stat *st);
ssize_t __real_pread(int fd, void *buf, size_t len, off_t offset);
ssize_t __wrap_pread(int fd, void *buf, size_t len, off_t offset);
off_t __real_lseek(int fd, off_t offset, int whence);
off_t __wrap_lseek(int fd, off_t offset, int whence);

static struct {
	int before[4]; /* what reads give before all is well: so many bytes, or -errno */
	size_t count, at;
	unsigned seeks;
	bool no_holes; /* nobody knows of any, as with a disk */
	bool was_disk; /* what is a file now was one when it was looked at */
} fake;

int __wrap_stat(const char *path, struct stat *st)
{
	int result = __real_stat(path, st);

	if (fake.was_disk)
		st->st_mode = S_IFBLK;
	return result;
}

ssize_t __wrap_pread(int fd, void *buf, size_t len, off_t offset)
{
	if (fake.at == fake.count)
		return __real_pread(fd, buf, len, offset);
	int give = fake.before[fake.at++];

	if (give > 0)
		return __real_pread(fd, buf, (size_t)give, offset);
	errno = -give;
	return give ? -1 : 0;
}

off_t __wrap_lseek(int fd, off_t offset, int whence)
{
	if (whence != SEEK_DATA && whence != SEEK_HOLE)
		return __real_lseek(fd, offset, whence);
	fake.seeks++;
	if (!fake.no_holes)
		return __real_lseek(fd, offset, whence);
	errno = EINVAL;
	return -1;
}

/* At 1 and at 3 MiB 4096 bytes of data, in a file of 4 MiB. */
static int make(void **state)
{
	folder_enter(state);
	folder_run(
		"truncate -s 4M file; seq -w 99999 | head -c 4096 > data\n"
		"for at in 1 3; do dd if=data of=file bs=1M seek=$at conv=notrunc status=none; done");
	return 0;
}

static void reads_to_the_end(void **state)
{
	static const struct {
		int before[4];
		size_t count;
		const char *want; /* NULL: it succeeds */
	} rows[] = {
		{ { 0 }, 0, NULL },
		{ { 7, -EINTR, 1, -EINTR }, 4, NULL },
		{ { 7, -EIO }, 2, "cannot read file at byte 1048583" },
		{ { 7, 0 }, 2, "file ends at byte 1048583, before its end" },
	};
	struct capture_source s;
	struct error e = { 0 };

	(void)state;
	assert_true(capture_source_open(&s, "file", 0, &e));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char got[30] = "", want[30];

		print_message("row %zu\n", i);
		e = (struct error){ 0 };
		memcpy(fake.before, rows[i].before, sizeof(fake.before));
		fake.count = rows[i].count;
		fake.at = 0;
		assert_int_equal(s.bytes.read(s.bytes.ctx, MIB, got, 24, &e), !rows[i].want);
		fake.count = fake.at = 0;
		if (rows[i].want)
			assert_non_null(strstr(e.text, rows[i].want));
		assert_int_equal(__real_pread(s.fd, want, 24, MIB), 24);
		if (!rows[i].want)
			assert_memory_equal(got, want, 24);
	}
	capture_source_close(&s);
}

/* In this order: what was asked before must not answer for what it does not know. */
static void tells_where_data_lies(void **state)
{
	static const struct {
		uint64_t from, to, start, end; /* NO_END: none */
	} rows[] = {
		{ 2 * MIB, 3 * MIB, 0, NO_END },
		{ 0, 3 * MIB, MIB, MIB + 4096 },
		{ 0, MIB, 0, NO_END },
		{ 7, 7, 0, NO_END },
		{ MIB + 10, MIB + 20, MIB + 10, MIB + 20 },
		{ MIB + 10, 4 * MIB, MIB + 10, MIB + 4096 },
		{ MIB + 4096, 4 * MIB, 3 * MIB, 3 * MIB + 4096 },
		{ 3 * MIB + 4096, 4 * MIB, 0, NO_END },
		{ MIB - 10, MIB + 10, MIB, MIB + 10 },
	};
	struct capture_source s;
	struct error e = { 0 };
	uint64_t start, end;

	(void)state;
	assert_true(capture_source_open(&s, "file", 0, &e));
	if (lseek(s.fd, 0, SEEK_DATA) != MIB) {
		capture_source_close(&s);
		skip(); /* a file system that does not know */
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool any = capture_source_data(&s, rows[i].from, rows[i].to, &start, &end);

		print_message("row %zu\n", i);
		assert_int_equal(any, rows[i].end != NO_END);
		if (any) {
			assert_int_equal(start, rows[i].start);
			assert_int_equal(end, rows[i].end);
		}
	}
	/* In a hole it asks once: some file systems take long to tell. */
	fake.seeks = 0;
	for (uint64_t at = 0; at < MIB; at += 4096)
		assert_false(capture_source_data(&s, at, at + 4096, &start, &end));
	assert_true(fake.seeks <= 2);
	capture_source_close(&s);
}

static void without_holes_all_is_data(void **state)
{
	struct capture_source s;
	struct error e = { 0 };
	uint64_t start, end;

	(void)state;
	assert_true(capture_source_open(&s, "file", 0, &e));
	fake.no_holes = true;
	assert_true(capture_source_data(&s, 5, 2 * MIB, &start, &end));
	fake.no_holes = false;
	assert_int_equal(start, 5);
	assert_int_equal(end, 2 * MIB);
	capture_source_close(&s);
}

static void imports_know_it_themselves(void **state)
{
	struct capture_source s = CAPTURE_SOURCE_NONE;
	struct used_map used;
	struct error e = { 0 };
	uint64_t start, end;

	(void)state;
	assert_true(used_map_init(&used, 4096, 0, 10, &e));
	used_map_set(&used, 3, 2);
	s.used = &used;
	assert_true(capture_source_data(&s, 0, 40960, &start, &end));
	assert_int_equal(start, 3 * 4096);
	assert_int_equal(end, 5 * 4096);
	assert_false(capture_source_data(&s, end, 40960, &start, &end));
	used_map_release(&used);
}

/* What is opened as a file could be in use. */
static void replaced_disks_are_refused(void **state)
{
	struct capture_source s;
	struct error e = { 0 };

	(void)state;
	fake.was_disk = true;
	assert_false(capture_source_open(&s, "file", 0, &e));
	fake.was_disk = false;
	assert_non_null(strstr(e.text, "was replaced while it was opened"));
	assert_int_equal(s.fd, -1);
}

static void takes_all_of_another(void **state)
{
	struct capture_source from, s;
	struct error e = { 0 };

	(void)state;
	assert_true(capture_source_open(&from, "file", 4096, &e));
	const int fd = from.fd;
	capture_source_take(&s, &from);
	assert_int_equal(from.fd, -1);
	assert_int_equal(s.fd, fd);
	assert_int_equal(s.bytes.size_bytes, 4 * MIB);
	assert_int_equal(s.bytes.sector_bytes, 4096);
	capture_source_close(&s);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_to_the_end),
		cmocka_unit_test(tells_where_data_lies),
		cmocka_unit_test(without_holes_all_is_data),
		cmocka_unit_test(imports_know_it_themselves),
		cmocka_unit_test(replaced_disks_are_refused),
		cmocka_unit_test(takes_all_of_another),
	};

	return cmocka_run_group_tests(tests, make, folder_leave);
}
