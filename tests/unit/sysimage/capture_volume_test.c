/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A disk that cannot be read ends the capture wherever it happens; and what an import says is used
 * of a volume that is not ours to read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../folder.h"
#include "sysimage/capture.h"

#define VOLUME_BYTES (2u << 20)
#define VOLUMES 3u

struct disk {
	uint8_t *bytes;
	unsigned reads, bad; /* of them, from 0 on, the first that fails, */
	bool for_good;       /* and all behind it */
};

static bool read_disk(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	struct disk *d = ctx;

	unsigned read = d->reads++;

	if (read == d->bad || (d->for_good && read > d->bad))
		return error_set(e, ERROR_FAILED, "a bad sector");
	memcpy(buf, d->bytes + offset, len);
	return true;
}

static int make(void **state)
{
	folder_enter(state);
	folder_run("export PATH=$PATH:/usr/sbin:/sbin; mkdir -p tree/sub; echo x > tree/sub/x\n"
		   "mke2fs -q -F -d tree ext 2M\n"
		   "mkfs.vfat -C fat 2048 > said; mcopy -s -i fat tree/sub ::\n"
		   "truncate -s 2M ntfs; mkntfs -F -q -f ntfs > said 2>&1\n"
		   "head -c 8192 /dev/urandom > page; ntfscp -q -f ntfs page pagefile.sys\n"
		   "cat ext fat ntfs > disk");
	return 0;
}

/* Three volumes as capture_table() would have them. */
static struct capture *begin(struct disk *d, const struct capture_options *o, const char *content)
{
	struct capture *c = mem_alloc(sizeof(*c));

	c->options = o;
	c->source = (struct capture_source){
		.name = "disk",
		.fd = -1,
		.bytes = { read_disk, d, VOLUMES * VOLUME_BYTES, 512 },
	};
	c->manifest.partitions = c->partitions;
	c->manifest.partition_count = VOLUMES;
	c->manifest.table = KIMG_TABLE_GPT;
	for (uint32_t i = 0; i < VOLUMES; i++) {
		c->partitions[i] = (struct kimg_partition){
			.number = i + 1,
			.first_byte = i * VOLUME_BYTES,
			.size_bytes = VOLUME_BYTES,
		};
		c->volumes[i] = (struct capture_volume){
			.source = &c->source,
			.to = &c->partitions[i],
			.content = content,
		};
	}
	return c;
}

static void end(struct capture *c)
{
	capture_volumes_release(c);
	arena_release(&c->memory);
	free(c);
}

/* However late: never "damaged", which --raw would take unseen. NTFS reads some things from another
 * place then, or does without them: there the disk stays bad. */
static void bad_sectors_end_it(void **state)
{
	static const struct {
		bool raw, for_good;
		uint32_t volumes;
	} rows[] = { { false, false, 2 }, { true, false, 2 }, { false, true, 3 } };
	struct disk d = { .bytes = mem_alloc(VOLUMES * VOLUME_BYTES) };
	int fd = open("disk", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(read(fd, d.bytes, VOLUMES * VOLUME_BYTES), VOLUMES * VOLUME_BYTES);
	close(fd);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct capture_options o = { .raw = rows[i].raw,
						   .leave_out = rows[i].raw ? 0 : KIMG_PAGEFILE };
		bool ok = false;

		d.for_good = rows[i].for_good;
		for (d.bad = 0; !ok; d.bad++) {
			struct capture *c = begin(&d, &o, "a file system");
			struct error e = { 0 };

			d.reads = 0;
			c->manifest.partition_count = rows[i].volumes;
			ok = capture_volumes(c, &e) && (d.for_good || capture_catalogue(c, &e));
			print_message("row %zu, read %u: %s\n", i, d.bad, e.text);
			assert_int_equal(ok, d.reads <= d.bad);
			assert_int_equal(e.kind, ok ? 0 : ERROR_FAILED);
			end(c);
		}
		assert_true(d.bad > 20);
	}
	free(d.bytes);
}

#define PARTITION_AT 4096u

static bool read_table_only(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	return offset != PARTITION_AT ? read_disk(ctx, offset, buf, len, e)
				      : error_set(e, ERROR_FAILED, "a bad sector");
}

/* What is in it cannot be known then: not "nothing that is known". */
static void unreadable_partitions_are_refused(void **state)
{
	static const uint8_t entry[16] = { [4] = 0x83, [8] = PARTITION_AT / 512, [13] = 1 };
	const struct capture_options o = { .raw = true };
	struct disk d = { .bytes = mem_alloc(VOLUMES * VOLUME_BYTES), .bad = UINT32_MAX };

	(void)state;
	memcpy(d.bytes + 446, entry, sizeof(entry));
	memcpy(d.bytes + 510, "\x55\xaa", 2);
	for (int bad = 0; bad < 2; bad++) {
		struct capture *c = begin(&d, &o, "");
		struct error e = { 0 };

		c->manifest.partition_count = 0;
		if (bad)
			c->source.bytes.read = read_table_only;
		assert_int_equal(capture_table(c, &e), !bad);
		assert_true(!bad || strstr(e.text, "the beginning of a partition cannot be read"));
		end(c);
	}
	free(d.bytes);
}

/* Of a volume alone the import's map is believed, unless we can tell ourselves, or all is wanted. */
static void imports_tell_what_is_used(void **state)
{
	static const struct {
		const char *content;
		enum kimg_content to;
		enum kimg_table table;
		bool raw;
		uint64_t units, used; /* wanted; 0: all of the volume, without a map */
	} rows[] = {
		{ "xfs", KIMG_CONTENT_UNKNOWN, KIMG_TABLE_NONE, false, 13, 2 },
		{ "xfs", KIMG_CONTENT_UNKNOWN, KIMG_TABLE_NONE, true, 0, 0 },
		{ "xfs", KIMG_CONTENT_UNKNOWN, KIMG_TABLE_GPT, false, 0, 0 },
		{ "swap", KIMG_CONTENT_SWAP, KIMG_TABLE_NONE, false, VOLUME_BYTES / 4096, 1 },
	};
	struct disk d = { .bytes = mem_alloc(VOLUMES * VOLUME_BYTES), .bad = UINT32_MAX };
	struct used_map map;
	struct error e = { 0 };

	(void)state;
	assert_true(used_map_init(&map, 4096, 0, 13, &e));
	used_map_set(&map, 0, 1);
	used_map_set(&map, 12, 1);
	memcpy(d.bytes, "XFSB", 4);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct capture_options o = { .raw = rows[i].raw };
		struct capture *c = begin(&d, &o, rows[i].content);
		const struct used_map *used = &c->volumes[0].used;

		print_message("row %zu\n", i);
		c->manifest.partition_count = 1;
		c->manifest.table = (uint8_t)rows[i].table;
		c->partitions[0].content = (uint8_t)rows[i].to;
		c->source.used = &map;
		assert_true(capture_volumes(c, &e));
		assert_int_equal(used->units, rows[i].units);
		assert_int_equal(used_map_count(used), rows[i].used);
		assert_int_equal(used_map_get(used, 12), rows[i].used != 1);
		end(c);
	}
	used_map_release(&map);
	free(d.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_sectors_end_it),
		cmocka_unit_test(unreadable_partitions_are_refused),
		cmocka_unit_test(imports_tell_what_is_used),
	};

	return cmocka_run_group_tests(tests, make, folder_leave);
}
