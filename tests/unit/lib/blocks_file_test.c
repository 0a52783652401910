/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file as blocks: at odd places, without O_DIRECT, and where the system says no. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../folder.h"
#include "lib/disk/blocks_file.h"

#define SIZE (3u << 20)

/* What the system refuses. */
static struct {
	int direct, punch, sync; /* errno, or 0 */
	bool unaligned;          /* O_DIRECT wants multiples of 4096 */
	off_t broken;            /* a byte that can be neither read nor written; 0: none */
	int direct_fd;
	unsigned dropped; /* calls that threw the cache away */
} system_says;

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
	if (flags & O_DIRECT && system_says.direct) {
		errno = system_says.direct;
		return -1;
	}
	int fd = __real_open(path, flags, 0600);

	if (flags & O_DIRECT)
		system_says.direct_fd = fd;
	return fd;
}

int __real_fallocate(int fd, int mode, off_t offset, off_t len);
int __wrap_fallocate(int fd, int mode, off_t offset, off_t len)
{
	errno = system_says.punch;
	return system_says.punch ? -1 : __real_fallocate(fd, mode, offset, len);
}

int __real_fsync(int fd);
int __wrap_fsync(int fd)
{
	errno = system_says.sync;
	return system_says.sync ? -1 : __real_fsync(fd);
}

int __real_posix_fadvise(int fd, off_t offset, off_t len, int advice);
int __wrap_posix_fadvise(int fd, off_t offset, off_t len, int advice)
{
	system_says.dropped += advice == POSIX_FADV_DONTNEED;
	return __real_posix_fadvise(fd, offset, len, advice);
}

static bool refuses(int fd, off_t offset, size_t len)
{
	if (fd == system_says.direct_fd && system_says.unaligned && (offset % 4096 || len % 4096)) {
		errno = EINVAL;
		return true;
	}
	errno = EIO;
	return offset <= system_says.broken && system_says.broken < offset + (off_t)len &&
	       system_says.broken;
}

ssize_t __real_pwrite(int fd, const void *buf, size_t len, off_t offset);
ssize_t __wrap_pwrite(int fd, const void *buf, size_t len, off_t offset)
{
	return refuses(fd, offset, len) ? -1 : __real_pwrite(fd, buf, len, offset);
}

ssize_t __real_pread(int fd, void *buf, size_t len, off_t offset);
ssize_t __wrap_pread(int fd, void *buf, size_t len, off_t offset)
{
	return refuses(fd, offset, len) ? -1 : __real_pread(fd, buf, len, offset);
}

static void opened(struct target *t, struct blocks_file *f)
{
	struct error e = { 0 };

	folder_run("yes old | head -c 3M > file; printf x >> file");
	assert_true(target_open(t, "file", "/sys", false, false, 0, &e));
	assert_true(blocks_file_open(f, t, 512, &e));
	assert_int_equal(f->blocks.size_bytes, SIZE);
	assert_int_equal(f->blocks.sector_bytes, 512);
}

static void read_and_write(void **state)
{
	static const struct {
		const char *name;
		int direct, punch;
		bool unaligned;
	} tests[] = {
		{ "O_DIRECT", 0, 0, false },
		{ "O_DIRECT, not at odd sectors", 0, 0, true },
		{ "no O_DIRECT", EINVAL, 0, false },
		{ "no holes", 0, EOPNOTSUPP, false },
		{ "neither", EINVAL, EOPNOTSUPP, false },
	};
	uint8_t *buf = aligned_alloc(BLOCKS_ALIGN, 2u << 20), *want = malloc(SIZE);

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		struct target t;
		struct blocks_file f;
		struct error e = { 0 };
		const struct blocks *b = &f.blocks;

		memset(&system_says, 0, sizeof(system_says));
		system_says.direct = tests[i].direct;
		system_says.punch = tests[i].punch;
		system_says.unaligned = tests[i].unaligned;
		opened(&t, &f);
		assert_int_equal(f.direct >= 0, !tests[i].direct);
		for (size_t k = 0; k < SIZE; k++)
			want[k] = (uint8_t) "old\n"[k % 4];
		/* Two MiB from an odd sector on, zeros from another one over their end. */
		memset(buf, 7, 2u << 20);
		memset(want + 512 * 3, 7, 1u << 20);
		memset(want + (1u << 20), 0, (1u << 20) + 512 * 5);
		assert_true(b->write(b->ctx, 512 * 3, buf, 1u << 20, &e));
		assert_true(b->zero(b->ctx, 1u << 20, (1u << 20) + 512 * 5, &e));
		assert_true(b->flush(b->ctx, &e));
		for (size_t at = 0; at < SIZE; at += 512 * 9) {
			size_t len = SIZE - at < 512 * 9 ? SIZE - at : 512 * 9;

			assert_true(b->read(b->ctx, at, buf, len, &e));
			if (memcmp(buf, want + at, len) != 0)
				fail_msg("%s: at %zu", tests[i].name, at);
		}
		/* Whatever did not go past the cache was thrown out of it. */
		assert_int_equal(system_says.dropped > 0, tests[i].direct || tests[i].unaligned);
		assert_true(b->discard(b->ctx, 0, 1u << 20, &e));
		assert_true(b->read(b->ctx, 0, buf, 4096, &e));
		assert_int_equal(buf[0], tests[i].punch ? 'o' : 0);
		/* Behind the last sector nothing is ours. */
		assert_false(b->read(b->ctx, SIZE, buf, 4096, &e));
		blocks_file_close(&f);
		target_close(&t);
	}
	free(buf);
	free(want);
}

static void refused(void **state)
{
	struct target t, other;
	struct blocks_file f;
	struct error e = { 0 };

	(void)state;
	memset(&system_says, 0, sizeof(system_says));
	opened(&t, &f);
	system_says.sync = EIO;
	assert_false(f.blocks.flush(f.blocks.ctx, &e));
	assert_non_null(strstr(e.text, "may not have arrived"));
	system_says.punch = EIO;
	e = (struct error){ 0 };
	assert_false(f.blocks.discard(f.blocks.ctx, 0, 4096, &e));
	blocks_file_close(&f);
	/* A name that means something else by now is not written to. */
	folder_run("mv file moved; yes new | head -c 3M > file");
	e = (struct error){ 0 };
	assert_true(blocks_file_open(&f, &t, 512, &e));
	assert_int_equal(f.direct, -1);
	blocks_file_close(&f);
	blocks_file_close(&f); /* empty by now */
	other = t;
	other.disk = true;
	assert_false(blocks_file_open(&f, &other, 4096, &e));
	assert_non_null(strstr(e.text, "sectors of 512 bytes, not 4096"));
	target_close(&t);
}

/* A large request that fails names the MiB with the place that is broken, not all of its own. */
static void broken_place(void **state)
{
	static const int direct[] = { 0, EINVAL };
	uint8_t *buf = aligned_alloc(BLOCKS_ALIGN, SIZE);

	(void)state;
	memset(buf, 7, SIZE);
	for (size_t i = 0; i < 2; i++) {
		struct error read = { 0 }, written = { 0 }, e = { 0 };
		struct target t;
		struct blocks_file f;
		const struct blocks *b = &f.blocks;

		memset(&system_says, 0, sizeof(system_says));
		system_says.direct = direct[i];
		opened(&t, &f);
		assert_true(b->flush(b->ctx, &e));
		system_says.broken = 1500000;
		assert_false(b->write(b->ctx, 0, buf, SIZE, &written));
		assert_false(b->read(b->ctx, 0, buf, SIZE, &read));
		assert_non_null(strstr(written.text, "cannot write at byte 1048576"));
		assert_non_null(strstr(read.text, "cannot read at byte 1048576"));
		assert_true(b->write(b->ctx, 2u << 20, buf, 1u << 20, &e));
		blocks_file_close(&f);
		target_close(&t);
	}
	free(buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read_and_write),
		cmocka_unit_test(refused),
		cmocka_unit_test(broken_place),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, folder_enter, folder_leave);
}
