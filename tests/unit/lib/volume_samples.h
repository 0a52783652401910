/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_VOLUME_SAMPLES_H
#define TESTS_VOLUME_SAMPLES_H

/* Volumes in files, and the catalogue of one held against the folder that was put into it.
 * Include it behind cmocka.h. */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/crypto/sha256.h"
#include "lib/disk/filesystem.h"
#include "lib/image/catalogue.h"

struct volume {
	int fd;
	uint64_t at, size_bytes;   /* within the file */
	uint64_t reads;            /* calls */
	uint64_t bad_from, bad_to; /* cannot be read */
	struct partition_source source;
	struct filesystem *fs;
};

static inline bool volume_read(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	struct volume *v = ctx;

	v->reads++;
	if (offset < v->bad_to && offset + len > v->bad_from)
		return error_set(e, ERROR_FAILED, "a bad sector");
	assert_true(offset >= v->at && offset + len <= v->at + v->size_bytes);
	assert_int_equal(pread(v->fd, buf, len, (off_t)offset), (ssize_t)len);
	return true;
}

typedef struct filesystem *volume_opener(const struct partition_source *s, uint64_t first,
					 uint64_t size, struct error *e);

/* The volume from byte `at` of a file to its end. */
static inline bool volume_begin(struct volume *v, const char *file, uint64_t at,
				volume_opener *opener, struct error *e)
{
	struct stat st;

	*v = (struct volume){ .fd = open(file, O_RDONLY | O_CLOEXEC), .at = at };
	assert_true(v->fd >= 0);
	assert_int_equal(fstat(v->fd, &st), 0);
	v->size_bytes = (uint64_t)st.st_size - at;
	v->source = (struct partition_source){ volume_read, v, (uint64_t)st.st_size, 512 };
	v->fs = opener(&v->source, at, v->size_bytes, e);
	return v->fs != NULL;
}

static inline void volume_end(struct volume *v)
{
	if (v->fs)
		v->fs->close(v->fs);
	close(v->fd);
}

struct listing {
	struct catalogue_writer writer;
	struct filesystem *fs;
};

static inline bool volume_line(void *ctx, const struct filesystem_entry *entry, struct error *e)
{
	struct listing *l = ctx;

	return catalogue_add(&l->writer, 7, l->fs, entry, e);
}

static inline struct text volume_catalogue(struct volume *v)
{
	struct listing l = { .fs = v->fs };
	struct text out = { 0 };
	struct error e = { 0 };
	uint64_t bytes = 0;

	if (!v->fs->walk(v->fs, volume_line, &l, &e) || !catalogue_sort(&l.writer, &bytes, &e))
		fail_msg("%s", e.text);
	char *all = mem_alloc(bytes);
	catalogue_bytes(&l.writer, 0, all, bytes);
	text_add_n(&out, all, bytes);
	free(all);
	catalogue_release(&l.writer);
	return out;
}

static size_t volume_counted;

static inline int volume_count(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)path, (void)st, (void)type;
	volume_counted += ftw->level > 0;
	return 0;
}

/* The sum of a file's bytes, or of a link's target. */
static inline void volume_sum(const char *path, const struct stat *st, char out[SHA256_HEX])
{
	char *bytes = mem_alloc((size_t)st->st_size + 1);

	if (S_ISLNK(st->st_mode)) {
		assert_int_equal(readlink(path, bytes, (size_t)st->st_size + 1), st->st_size);
	} else {
		int fd = open(path, O_RDONLY | O_CLOEXEC);

		assert_int_equal(read(fd, bytes, (size_t)st->st_size), st->st_size);
		close(fd);
	}
	sha256_hex(out, bytes, (size_t)st->st_size);
	free(bytes);
}

/* Every line is right, and there is one for each name in the folder. `extra` more are there. */
static inline void volume_equals(struct volume *v, const char *tree, size_t extra)
{
	struct text catalogue = volume_catalogue(v), path = { 0 };
	const char *line = strchr(catalogue.s, '\n') + 1;
	size_t lines = 0;
	struct error e = { 0 };

	for (; *line; lines++) {
		const char *end = strchr(line, '\n');
		struct catalogue_line c;
		char hash[SHA256_HEX];
		struct stat st;

		if (!catalogue_parse(line, (size_t)(end - line), &c, &e))
			fail_msg("%s: %.*s", e.text, (int)(end - line), line);
		assert_int_equal(c.partition, 7);
		text_clear(&path);
		text_addf(&path, "%s/", tree);
		assert_true(catalogue_path(c.path, c.path_len, &path));
		line = end + 1;
		if (lstat(path.s, &st) != 0) {
			if (!extra--)
				fail_msg("%s was never put there", path.s);
			lines--;
			continue;
		}
		if (S_ISREG(st.st_mode) || S_ISLNK(st.st_mode)) {
			assert_int_equal(c.type, S_ISREG(st.st_mode) ? 'f' : 'l');
			assert_int_equal(c.size_bytes, st.st_size);
			assert_true(c.has_hash);
			volume_sum(path.s, &st, hash);
			assert_string_equal(c.sha256, hash);
			assert_int_equal(!!(c.flags & FILESYSTEM_ONE_OF_SEVERAL), st.st_nlink > 1);
		} else {
			assert_int_equal(c.type, S_ISDIR(st.st_mode) ? 'd' : 'o');
			assert_int_equal(c.size_bytes, 0);
		}
		assert_int_equal(c.flags & FILESYSTEM_UNREADABLE, 0);
	}
	volume_counted = 0;
	assert_int_equal(nftw(tree, volume_count, 16, FTW_PHYS), 0);
	assert_int_equal(lines, volume_counted);
	assert_int_equal(extra, 0);
	text_release(&catalogue);
	text_release(&path);
}

/* The output of a command, with an end. */
static inline struct text volume_output(const char *command)
{
	struct text out = { 0 };
	char bytes[4096];
	size_t n;
	FILE *p = popen(command, "re");

	assert_non_null(p);
	while ((n = fread(bytes, 1, sizeof(bytes), p)) > 0)
		text_add_n(&out, bytes, n);
	assert_int_equal(pclose(p), 0);
	text_end(&out);
	return out;
}

#endif
