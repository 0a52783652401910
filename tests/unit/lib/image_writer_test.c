/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Images made from memory: the same for any number of threads, whole or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/memory.h"
#include "lib/image/frame.h"
#include "lib/image/writer.h"

#define MIB ((size_t)1 << 20)
#define BLOCK 4096u
#define SYSTEM_AT (2 * MIB)
#define SYSTEM_BYTES (6 * MIB + MIB / 2)
#define ESP_AT (9 * MIB)
#define ESP_BYTES (2 * MIB)
#define DISK_BYTES (16 * MIB)

static const char catalogue[] = "blackstart-catalogue 1\n";

/* A disk in memory; calls count down to the one that fails. */
struct disk {
	uint8_t *bytes;
	uint8_t *may_read; /* a byte for each block */
	int reads_left, slow;
};

static struct disk disk;
static int writes_left, threads_left, truncates_left;
static bool writes_short;
static struct used_map used;
static struct kimg_partition partitions[2];
static struct writer_report made;

ssize_t __real_pwrite(int fd, const void *buf, size_t n, off_t at);
int __real_ftruncate(int fd, off_t n);
int __real_pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*run)(void *), void *arg);

ssize_t __wrap_pwrite(int fd, const void *buf, size_t n, off_t at)
{
	static int calls;

	if (__atomic_fetch_sub(&writes_left, 1, __ATOMIC_SEQ_CST) == 0) {
		errno = ENOSPC;
		return -1;
	}
	if (writes_short && ++calls % 3 == 0) {
		errno = EINTR;
		return -1;
	}
	return __real_pwrite(fd, buf, writes_short && n > 1000 ? 1000 + n / 2 - 500 : n, at);
}

int __wrap_ftruncate(int fd, off_t n)
{
	if (truncates_left-- == 0) {
		errno = EFBIG;
		return -1;
	}
	return __real_ftruncate(fd, n);
}

int __wrap_pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*run)(void *), void *arg)
{
	return threads_left-- <= 0 ? EAGAIN : __real_pthread_create(t, a, run, arg);
}

static bool read_disk(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	struct disk *d = ctx;

	if (__atomic_fetch_sub(&d->reads_left, 1, __ATOMIC_SEQ_CST) == 0)
		return error_set(e, ERROR_FAILED, "cannot read disk at byte %llu", offset + 0ULL);
	for (uint64_t i = offset / BLOCK; i < (offset + len) / BLOCK; i++)
		assert_true(d->may_read[i]);
	if (d->slow)
		usleep((useconds_t)(offset / BLOCK * 7919 % 5 * 1000));
	memcpy(buf, d->bytes + offset, len);
	return true;
}

static bool read_catalogue(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	(void)ctx, (void)e;
	memcpy(buf, catalogue + offset, len);
	return true;
}

static const struct partition_source disk_source = { read_disk, &disk, DISK_BYTES, 512 };
static const struct partition_source catalogue_source = { read_catalogue, NULL,
							  sizeof(catalogue) - 1, 512 };

/* What is not zero, from byte to byte. */
static void fill(size_t at, size_t len, uint32_t seed)
{
	for (size_t i = 0; i < len; i++) {
		seed = seed * 1664525u + 1013904223u;
		disk.bytes[at + i] = i % MIB < 20000 ? (uint8_t)(seed >> 24)
						     : (uint8_t)("Musterlingen "[i % 13]);
	}
}

/* The EFI system of two chunks, the second of zeros that are known; the system of seven:
 *   0 content  1 zeros  2 unused  3 as chunk 0  4 used at both ends  5 as the EFI system's 0
 *   6 short, the beginning of chunk 0, without its last block */
static int setup(void **state)
{
	struct error e = { 0 };

	(void)state;
	disk = (struct disk){ mem_alloc(DISK_BYTES), mem_alloc(DISK_BYTES / BLOCK), -1, 0 };
	writes_left = truncates_left = -1;
	threads_left = 1000;
	writes_short = false;
	memset(disk.bytes, 0x5a, DISK_BYTES);
	fill(SYSTEM_AT, MIB, 1);
	memset(disk.bytes + SYSTEM_AT + MIB, 0, MIB);
	memcpy(disk.bytes + SYSTEM_AT + 3 * MIB, disk.bytes + SYSTEM_AT, MIB);
	fill(SYSTEM_AT + 4 * MIB, MIB, 2);
	fill(ESP_AT, MIB, 3);
	memcpy(disk.bytes + SYSTEM_AT + 5 * MIB, disk.bytes + ESP_AT, MIB);
	memcpy(disk.bytes + SYSTEM_AT + 6 * MIB, disk.bytes + SYSTEM_AT, MIB / 2);
	memset(disk.bytes + ESP_AT + MIB, 0, MIB);
	assert_true(used_map_init(&used, BLOCK, 0, SYSTEM_BYTES / BLOCK, &e));
	used_map_set(&used, 0, used.units);
	used_map_clear(&used, 2 * MIB / BLOCK, MIB / BLOCK);
	used_map_clear(&used, 4 * MIB / BLOCK + 1, MIB / BLOCK - 2);
	used_map_clear(&used, used.units - 1, 1);
	for (size_t i = 0; i < used.units; i++)
		disk.may_read[SYSTEM_AT / BLOCK + i] = used_map_get(&used, i);
	memset(disk.may_read + ESP_AT / BLOCK, 1, MIB / BLOCK);
	partitions[0] = (struct kimg_partition){
		.number = 1,
		.first_byte = SYSTEM_AT,
		.size_bytes = SYSTEM_BYTES,
		.smallest_bytes = SYSTEM_BYTES,
		.type = { 1 },
		.role = KIMG_ROLE_SYSTEM,
	};
	partitions[1] = (struct kimg_partition){
		.number = 2,
		.first_byte = ESP_AT,
		.size_bytes = ESP_BYTES,
		.smallest_bytes = ESP_BYTES,
		.type = { 2 },
		.role = KIMG_ROLE_ESP,
	};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	used_map_release(&used);
	free(disk.bytes);
	free(disk.may_read);
	return 0;
}

static bool data_of_disk(void *ctx, uint64_t from, uint64_t to, uint64_t *start, uint64_t *end)
{
	(void)ctx;
	*start = from;
	*end = to < ESP_AT + MIB ? to : ESP_AT + MIB;
	return *start < *end;
}

static struct kimg_manifest manifest_of(void)
{
	return (struct kimg_manifest){
		.product = "office-pc",
		.label = "Office",
		.maker = "test 1",
		.counter = 1,
		.disk_bytes = DISK_BYTES,
		.sector_bytes = 512,
		.table = KIMG_TABLE_GPT,
		.partitions = partitions,
		.partition_count = 2,
		.has_catalogue = true,
		.catalogue_bytes = sizeof(catalogue) - 1,
		.catalogue_digest = digest_bytes(catalogue, sizeof(catalogue) - 1),
	};
}

static uint64_t progress_last, progress_total;

static void progressed(void *ctx, uint64_t done, uint64_t total)
{
	(void)ctx;
	assert_true(done >= progress_last && done <= total);
	progress_last = done;
	progress_total = total;
}

/* An image by so many threads into a new file in memory. */
static bool make(unsigned jobs, int *fd, struct error *e)
{
	struct kimg_manifest m = manifest_of();
	const struct writer_payload payloads[] = {
		{ { .kind = KIMG_PAYLOAD_PARTITION,
		    .used_only = 1,
		    .partition = 1,
		    .first_byte = SYSTEM_AT,
		    .size_bytes = SYSTEM_BYTES },
		  &disk_source,
		  SYSTEM_AT,
		  &used,
		  NULL },
		{ { .kind = KIMG_PAYLOAD_PARTITION,
		    .partition = 2,
		    .first_byte = ESP_AT,
		    .size_bytes = ESP_BYTES },
		  &disk_source,
		  ESP_AT,
		  NULL,
		  data_of_disk },
		{ { .kind = KIMG_PAYLOAD_CATALOGUE, .size_bytes = sizeof(catalogue) - 1 },
		  &catalogue_source,
		  0,
		  NULL,
		  NULL },
	};

	*fd = memfd_create("image", MFD_CLOEXEC);
	assert_true(*fd >= 0);
	progress_last = 0;
	const struct writer w = { &m, payloads, 3, 1, jobs, *fd, { progressed, NULL } };
	bool ok = writer_run(&w, &made, e);

	assert_null(m.payloads);
	assert_int_equal(m.payload_count, 0);
	return ok;
}

static uint8_t *bytes_of(int fd, size_t *len)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	*len = (size_t)st.st_size;
	uint8_t *p = mem_alloc(*len + 1);
	assert_int_equal(pread(fd, p, *len, 0), *len);
	return p;
}

static void same_for_any_number_of_threads(void **state)
{
	static const unsigned jobs[] = { 1, 2, 5, WRITER_JOBS_MAX, 0, 1000 };
	uint8_t *first = NULL;
	size_t first_len = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++) {
		struct error e = { 0 };
		size_t len;
		int fd;

		disk.slow = i % 2 == 1;
		assert_true(make(jobs[i], &fd, &e));
		uint8_t *bytes = bytes_of(fd, &len);
		close(fd);
		if (first) {
			assert_int_equal(len, first_len);
			assert_memory_equal(bytes, first, len);
			free(bytes);
		} else {
			first = bytes;
			first_len = len;
		}
	}
	free(first);
}

/* A chunk of an opened image, unpacked. */
static void chunk(const struct image *i, const uint8_t *file, uint32_t number, uint8_t *plain,
		  uint32_t len)
{
	struct frame_unpacker *u = frame_unpacker_new();
	uint8_t *all = mem_alloc(KIMG_FRAME_PLAIN_MAX);
	struct error e = { 0 };
	size_t at = 0;

	assert_true(number < i->manifest.pieces);
	const struct kimg_frame *f = &i->index.frames[i->index.pieces[number].frame];

	assert_true(
		frame_unpack(u, file + i->manifest.data_at + i->index.frame_at[f - i->index.frames],
			     f->stored_bytes, all, f->plain_bytes, &e));
	for (uint32_t k = f->first_piece; k < number; k++)
		at += i->index.pieces[k].plain_bytes;
	assert_int_equal(i->index.pieces[number].plain_bytes, len);
	memcpy(plain, all + at, len);
	free(all);
	frame_unpacker_free(u);
}

static void holds_what_was_captured(void **state)
{
	/* zeros, holes and the numbers of pieces, as setup() laid them out */
	static const uint32_t want[] = { 0, KIMG_ZEROS, KIMG_HOLE, 0, 1, 2, 3, 2, KIMG_ZEROS, 4 };
	const struct image_policy anybody = { 0 };
	struct error e = { 0 };
	struct image i;
	size_t len;
	int fd;

	(void)state;
	writes_short = true;
	assert_true(make(3, &fd, &e));
	uint8_t *file = bytes_of(fd, &len), *plain = mem_alloc(MIB), *model = mem_alloc(MIB);
	struct stream *s = stream_memory(file, len);

	assert_true(image_open(&i, s, &anybody, &e));
	assert_true(image_check(&i, s, true, 1, NULL, &e));
	assert_int_equal(i.manifest.chunks, 10);
	assert_int_equal(i.manifest.pieces, 5);
	assert_int_equal(i.manifest.frames, 2); /* four of the system; the catalogue */
	assert_int_equal(i.index.frames[0].pieces, 4);
	assert_memory_equal(i.index.chunks, want, sizeof(want));
	assert_memory_equal(&i.identity, &made.identity, sizeof(i.identity));
	chunk(&i, file, 0, plain, MIB);
	assert_memory_equal(plain, disk.bytes + SYSTEM_AT, MIB);
	chunk(&i, file, 1, plain, MIB); /* what is not used is zeros */
	memcpy(model, disk.bytes + SYSTEM_AT + 4 * MIB, BLOCK);
	memcpy(model + MIB - BLOCK, disk.bytes + SYSTEM_AT + 5 * MIB - BLOCK, BLOCK);
	assert_memory_equal(plain, model, MIB);
	chunk(&i, file, 2, plain, MIB);
	assert_memory_equal(plain, disk.bytes + ESP_AT, MIB);
	chunk(&i, file, 3, plain, MIB / 2);
	memset(model, 0, MIB);
	memcpy(model, disk.bytes + SYSTEM_AT, MIB / 2 - BLOCK);
	assert_memory_equal(plain, model, MIB / 2);
	chunk(&i, file, 4, plain, sizeof(catalogue) - 1);
	assert_memory_equal(plain, catalogue, sizeof(catalogue) - 1);

	assert_int_equal(made.file_bytes, len);
	assert_int_equal(made.stored_bytes, i.manifest.data_bytes);
	/* Of the two chunks that are not all used, one is a hole. */
	assert_int_equal(made.used_bytes, SYSTEM_BYTES - MIB + ESP_BYTES + sizeof(catalogue) - 1);
	assert_int_equal(made.zero_bytes, 2 * MIB);
	assert_int_equal(made.repeated_bytes, 2 * MIB);
	assert_int_equal(progress_last, made.used_bytes);
	assert_int_equal(progress_total, made.used_bytes);
	image_release(&i);
	stream_close(s);
	free(file);
	free(plain);
	free(model);
	close(fd);
}

/* The n-th call fails, for every n until none does: never an image, never a hang. */
static void no_image_if(int *countdown, const char *words, unsigned jobs, int at_least)
{
	for (int n = 0;; n++) {
		struct error e = { 0 };
		size_t len;
		int fd;

		*countdown = n;
		bool ok = make(jobs, &fd, &e);
		uint8_t *file = bytes_of(fd, &len);

		close(fd);
		if (ok) {
			assert_true(n >= at_least);
			assert_int_equal(e.kind, 0);
			free(file);
			*countdown = -1;
			return;
		}
		assert_int_equal(e.kind, ERROR_FAILED);
		assert_non_null(strstr(e.text, words));
		assert_true(len < 8 || memcmp(file, "KIMG", 4) != 0);
		free(file);
	}
}

static void no_image_if_a_read_fails(void **state)
{
	(void)state;
	no_image_if(&disk.reads_left, "cannot read disk at byte ", 1, 8);
	no_image_if(&disk.reads_left, "cannot read disk at byte ", 4, 8);
}

static void no_image_if_a_write_fails(void **state)
{
	(void)state;
	no_image_if(&writes_left, "cannot write the image at byte ", 1, 5);
	no_image_if(&writes_left, "cannot write the image at byte ", 4, 5);
	no_image_if(&truncates_left, "cannot give the image its length", 2, 1);
}

static void fewer_threads_do_it_too(void **state)
{
	struct error e = { 0 };
	int fd;

	(void)state;
	threads_left = 1;
	assert_true(make(5, &fd, &e));
	close(fd);
	threads_left = 0;
	assert_false(make(5, &fd, &e));
	assert_non_null(strstr(e.text, "no thread"));
	close(fd);
}

/* What the format cannot say is refused before anything is read. */
static void refused_before_reading(void **state)
{
	struct kimg_manifest m = manifest_of();
	struct writer_payload p = { { .kind = KIMG_PAYLOAD_PARTITION,
				      .partition = 1,
				      .first_byte = SYSTEM_AT,
				      .size_bytes = SYSTEM_BYTES },
				    &disk_source,
				    SYSTEM_AT,
				    NULL,
				    NULL };
	const struct writer w = { &m, &p, 1, 1, 1, -1, { NULL, NULL } };
	static const char *const labels[] = { "", " Office PC", "Office\tPC", "Office\xff" };
	struct error e = { 0 };

	(void)state;
	disk.reads_left = 0;
	m.has_catalogue = false;
	const char *good = m.label;
	assert_true(writer_check(&w, &e));
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		m.label = labels[i];
		e = (struct error){ 0 };
		assert_false(writer_check(&w, &e));
		assert_int_equal(e.kind, ERROR_USAGE);
		assert_non_null(strstr(e.text, "record label"));
	}
	m.label = good;
	m.product = "Not A Product";
	assert_false(writer_run(&w, &made, &e));
	assert_int_equal(e.kind, ERROR_USAGE);
	m.product = "office-pc";
	p.to.size_bytes = UINT64_C(65) << 40;
	e = (struct error){ 0 };
	assert_false(writer_run(&w, &made, &e));
	assert_non_null(strstr(e.text, "larger than an image can hold"));
	p.to.size_bytes = SYSTEM_BYTES - 512; /* not its partition's */
	e = (struct error){ 0 };
	assert_false(writer_run(&w, &made, &e));
	assert_int_equal(e.kind, ERROR_USAGE);
}

/* Bytes by their MiB: every fifth one repeats one before. Some are slow, so others overtake. */
static bool read_many(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	uint64_t mib = offset / MIB, seed = mib % 5 == 4 ? mib / 2 : mib;

	(void)ctx, (void)e;
	if (mib % 7 == 0)
		usleep(20000);
	memset(buf, (int)seed + 1, len);
	return true;
}

/* Far more chunks than slots and frames than wait at once. */
static void many_chunks(void **state)
{
	static const struct partition_source source = { read_many, NULL, 80 * MIB, 512 };
	static const unsigned jobs[] = { 1, 2, 7 };
	const struct image_policy anybody = { 0 };
	uint8_t *files[3];
	size_t lens[3];

	(void)state;
	partitions[0].first_byte = MIB;
	partitions[0].size_bytes = partitions[0].smallest_bytes = 70 * MIB;
	for (size_t k = 0; k < 3; k++) {
		struct kimg_manifest m = manifest_of();
		struct writer_payload p = { { .kind = KIMG_PAYLOAD_PARTITION,
					      .partition = 1,
					      .first_byte = MIB,
					      .size_bytes = 70 * MIB },
					    &source,
					    MIB,
					    NULL,
					    NULL };
		int fd = memfd_create("image", MFD_CLOEXEC);
		const struct writer w = { &m, &p, 1, 1, jobs[k], fd, { NULL, NULL } };
		struct error e = { 0 };
		struct image i;

		m.disk_bytes = 80 * MIB;
		m.partition_count = 1;
		m.has_catalogue = false;
		if (!writer_run(&w, &made, &e))
			fail_msg("%s", e.text);
		files[k] = bytes_of(fd, &lens[k]);
		close(fd);
		assert_int_equal(lens[k], lens[0]);
		assert_memory_equal(files[k], files[0], lens[0]);
		struct stream *s = stream_memory(files[k], lens[k]);

		assert_true(image_open(&i, s, &anybody, &e));
		assert_true(image_check(&i, s, true, 1, NULL, &e));
		assert_int_equal(i.manifest.frames, (i.manifest.pieces + 3) / 4);
		image_release(&i);
		stream_close(s);
	}
	for (size_t k = 0; k < 3; k++)
		free(files[k]);
}

/* No used byte at all: an image of holes, as long as its parts say. */
static void holes_only(void **state)
{
	const struct image_policy anybody = { 0 };
	struct kimg_manifest m = manifest_of();
	struct writer_payload p = { { .kind = KIMG_PAYLOAD_PARTITION,
				      .used_only = 1,
				      .partition = 1,
				      .first_byte = SYSTEM_AT,
				      .size_bytes = SYSTEM_BYTES },
				    &disk_source,
				    SYSTEM_AT,
				    &used,
				    NULL };
	int fd = memfd_create("image", MFD_CLOEXEC);
	const struct writer w = { &m, &p, 1, 1, 2, fd, { NULL, NULL } };
	struct error e = { 0 };
	struct image i;
	size_t len;

	(void)state;
	m.has_catalogue = false;
	disk.reads_left = 0;
	used_map_clear(&used, 0, used.units);
	assert_true(writer_run(&w, &made, &e));
	uint8_t *file = bytes_of(fd, &len);
	struct stream *s = stream_memory(file, len);

	assert_int_equal(len, m.data_at);
	assert_true(image_open(&i, s, &anybody, &e));
	assert_true(image_check(&i, s, true, 1, NULL, &e));
	for (uint32_t n = 0; n < i.manifest.chunks; n++)
		assert_int_equal(i.index.chunks[n], KIMG_HOLE);
	image_release(&i);
	stream_close(s);
	free(file);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(same_for_any_number_of_threads, setup, teardown),
		cmocka_unit_test_setup_teardown(holds_what_was_captured, setup, teardown),
		cmocka_unit_test_setup_teardown(no_image_if_a_read_fails, setup, teardown),
		cmocka_unit_test_setup_teardown(no_image_if_a_write_fails, setup, teardown),
		cmocka_unit_test_setup_teardown(fewer_threads_do_it_too, setup, teardown),
		cmocka_unit_test_setup_teardown(refused_before_reading, setup, teardown),
		cmocka_unit_test_setup_teardown(many_chunks, setup, teardown),
		cmocka_unit_test_setup_teardown(holes_only, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
