/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bmap files that bmaptool makes and takes; attacks by XML; images that do not fit them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "../folder.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/base/wholefile.h"
#include "lib/image/bmap.h"

#define SUM "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9"

/* With its own checksum put right; SEAL marks its place. */
#define SEAL "0000000000000000000000000000000000000000000000000000000000000000"
static char *sealed(const char *s)
{
	char sum[SHA256_HEX], *t = mem_string(s), *at = strstr(t, SEAL);

	if (at)
		memcpy(at, sha256_hex(sum, t, strlen(t)), SHA256_HEX - 1);
	return t;
}

#define HEAD "<?xml version=\"1.0\" ?>\n<!-- c -->\n<bmap version=\"2.0\">\n"
#define SIZES                                                                                      \
	"<ImageSize> 12800 </ImageSize><BlockSize>4096</BlockSize>\n<!-- 3 -->"                    \
	"<BlocksCount> 4 </BlocksCount><MappedBlocksCount> 3  </MappedBlocksCount>"
#define SUMS "<ChecksumType> sha256 </ChecksumType><BmapFileChecksum> " SEAL " </BmapFileChecksum>"
#define RANGE(s) "<Range chksum=\"" SUM "\"> " s " </Range>"
#define MAP "<BlockMap>" RANGE("0-1") " " RANGE("3") "</BlockMap>"
#define TAIL "</bmap>\n"

static const struct {
	const char *name, *text;
	enum error_kind kind;
	const char *words;
} form_table[] = {
	{ "plain", HEAD SIZES SUMS MAP TAIL, 0, "" },
	{ "without a declaration", "<bmap version=\"2.0\">" SIZES SUMS MAP TAIL, 0, "" },
	{ "version 1.4", "<bmap version=\"1.4\">" SIZES SUMS MAP TAIL, 0, "" },
	{ "a comment behind", HEAD SIZES SUMS MAP TAIL "<!-- x -->", 0, "" },
	{ "another order", HEAD MAP SUMS SIZES TAIL, 0, "" },
	{ "version 1.3", "<bmap version=\"1.3\">" SIZES SUMS MAP TAIL, 2, "version 1.3" },
	{ "version 3.0", "<bmap version=\"3.0\">" SIZES SUMS MAP TAIL, 2, "version 3.0" },
	{ "sha1", HEAD "<ChecksumType> sha1 </ChecksumType>", 2, "another kind" },
	{ "no checksum", HEAD SIZES SUMS "<BlockMap><Range> 0-1 </Range>", 2, "no checksums" },
	{ "its checksum is another",
	  HEAD SIZES "<ChecksumType> sha256 </ChecksumType><BmapFileChecksum> " SUM
		     " </BmapFileChecksum>" MAP TAIL,
	  3, "its own checksum" },

	{ "nothing", "", 3, "not a bmap" },
	{ "something else", "<html>", 3, "not a bmap" },
	{ "DTD", "<?xml version=\"1.0\"?><!DOCTYPE bmap [<!ENTITY a \"b\">]>" HEAD, 3,
	  "line 1 of the bmap: this is not a bmap" },
	{ "an entity", HEAD "<ImageSize> &a; </ImageSize>", 3, "something else" },
	{ "a character by number", HEAD "<ImageSize> &#49; </ImageSize>", 3, "something else" },
	{ "CDATA", HEAD "<ImageSize><![CDATA[1]]></ImageSize>", 3, "something else" },
	{ "a processing instruction", HEAD "<?php x ?>" SIZES, 3, "something else" },
	{ "a namespace", HEAD "<x:ImageSize> 1 </x:ImageSize>", 3, "does not have" },
	{ "an attribute of bmap", "<bmap version=\"2.0\" xmlns=\"a\">", 3, "attribute" },
	{ "another attribute of bmap", "<bmap xmlns=\"2.0\">", 3, "attribute" },
	{ "an attribute of an element", HEAD "<ImageSize a=\"1\"> 1 </ImageSize>", 3, "attribute" },
	{ "an attribute of the map", HEAD "<BlockMap a=\"1\">", 3, "attribute" },
	{ "two attributes of a range",
	  HEAD "<BlockMap><Range chksum=\"" SUM "\" a=\"1\"> 0 </Range>", 3, "attribute" },
	{ "nesting", HEAD "<ImageSize><ImageSize>", 3, "something else" },
	{ "nested maps", HEAD "<BlockMap><BlockMap>", 3, "something else" },
	{ "another element", HEAD "<Sizes> 1 </Sizes>", 3, "does not have" },
	{ "an element twice", HEAD "<BlockSize>1</BlockSize><BlockSize>1</BlockSize>", 3, "twice" },
	{ "a map twice", HEAD MAP MAP, 3, "twice" },
	{ "other end", HEAD "<BlockSize> 1 </ImageSize>", 3, "as it began" },
	{ "a comment within a value", HEAD "<BlockSize> 1 <!-- --></BlockSize>", 3, "as it began" },
	{ "a comment without end", HEAD "<!-- a", 3, "comment" },
	{ "a comment with --", HEAD "<!-- a -- b -->", 3, "comment" },
	{ "a comment that ends with --->", HEAD "<!-- a --->", 3, "comment" },
	{ "text", HEAD "text" SIZES, 3, "something else" },
	{ "something behind", HEAD SIZES SUMS MAP TAIL "<bmap>", 3, "behind the end" },
	{ "no end", HEAD SIZES SUMS MAP, 3, "something else" },
	{ "a long word",
	  HEAD "<ImageSize> 11111111111111111111111111111111111111111111111111111111111111"
	       "11111111111111111111111111111111 </ImageSize>",
	  3, "too long" },
	{ "an element is missing", HEAD SIZES MAP TAIL, 3, "no ChecksumType" },
	{ "no map", HEAD SIZES SUMS TAIL, 3, "no BlockMap" },

	{ "a number of 2^64", HEAD "<ImageSize> 18446744073709551616 </ImageSize>", 3, "number" },
	{ "a negative number", HEAD "<ImageSize> -1 </ImageSize>", 3, "number" },
	{ "a short sum of the file", HEAD "<BmapFileChecksum> 00 </BmapFileChecksum>", 3,
	  "SHA-256" },
	{ "a sum in capitals",
	  HEAD "<BlockMap><Range chksum=\"5FECEB66FFC86F38D952786C6D696C79C2DBC239DD4E91B4"
	       "6729D73A27FB57E9\"> 0 </Range>",
	  3, "SHA-256" },
	{ "ranges that overlap", HEAD "<BlockMap>" RANGE("0-1") RANGE("1-2"), 3, "overlap" },
	{ "ranges out of order", HEAD "<BlockMap>" RANGE("3") RANGE("0-1"), 3, "overlap" },
	{ "a range backwards", HEAD "<BlockMap>" RANGE("3-1"), 3, "range" },
	{ "a range without end", HEAD "<BlockMap>" RANGE("3-"), 3, "range" },
	{ "a range of three", HEAD "<BlockMap>" RANGE("0-1-2"), 3, "range" },
	{ "a range behind the end",
	  HEAD SIZES SUMS "<BlockMap>" RANGE("0-1") RANGE("4") "</BlockMap>" TAIL, 3,
	  "nonsense: Range" },
	{ "another count", HEAD SIZES SUMS "<BlockMap>" RANGE("0-1") "</BlockMap>" TAIL, 3,
	  "nonsense: MappedBlocksCount" },
	{ "blocks of 0",
	  HEAD "<ImageSize>1</ImageSize><BlockSize>0</BlockSize><BlocksCount>1"
	       "</BlocksCount><MappedBlocksCount>1</MappedBlocksCount>" SUMS
	       "<BlockMap></BlockMap>" TAIL,
	  3, "nonsense: BlockSize" },
	{ "a block too few",
	  HEAD "<ImageSize>4097</ImageSize><BlockSize>4096</BlockSize><BlocksCount>1"
	       "</BlocksCount><MappedBlocksCount>0</MappedBlocksCount>" SUMS
	       "<BlockMap></BlockMap>" TAIL,
	  3, "nonsense: BlocksCount" },
	{ "a block too many",
	  HEAD "<ImageSize>4096</ImageSize><BlockSize>4096</BlockSize><BlocksCount>2"
	       "</BlocksCount><MappedBlocksCount>0</MappedBlocksCount>" SUMS
	       "<BlockMap></BlockMap>" TAIL,
	  3, "nonsense: BlocksCount" },
	{ "an empty image",
	  HEAD "<ImageSize>0</ImageSize><BlockSize>4096</BlockSize><BlocksCount>0"
	       "</BlocksCount><MappedBlocksCount>0</MappedBlocksCount>" SUMS
	       "<BlockMap></BlockMap>" TAIL,
	  3, "nonsense: ImageSize" },
};

static void forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(form_table) / sizeof(form_table[0]); i++) {
		char *text = sealed(form_table[i].text);
		struct error e = { 0 };
		struct bmap b;
		bool good = bmap_parse(text, strlen(text), &b, &e);
		if (good != !form_table[i].kind || e.kind != form_table[i].kind ||
		    !strstr(e.text, form_table[i].words))
			fail_msg("%s: %u \"%s\"", form_table[i].name, e.kind, e.text);
		if (good) {
			assert_int_equal(b.image_bytes, 12800);
			assert_int_equal(b.count, 2);
			assert_int_equal(b.ranges[0].last, 1);
			assert_int_equal(b.ranges[1].first, 3);
			assert_int_equal(b.ranges[1].last, 3);
		}
		bmap_release(&b);
		free(text);
	}
}

/* Its own checksum covers all of it. */
static void any_changed_byte_is_refused(void **state)
{
	char *text = sealed(HEAD SIZES SUMS MAP TAIL);
	size_t len = strlen(text);

	(void)state;
	for (size_t i = 0; i < len; i++)
		for (int bit = 0; bit < 8; bit++) {
			struct error e = { 0 };
			struct bmap b;
			text[i] = (char)(text[i] ^ 1 << bit);
			assert_false(bmap_parse(
				text, strlen(SEAL) ? strlen(HEAD SIZES SUMS MAP TAIL) : 0, &b, &e));
			text[i] = (char)(text[i] ^ 1 << bit);
		}
	free(text);
}

struct file {
	struct text bytes;
	struct partition_source source;
	size_t reads;
};

static bool read_file(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	struct file *f = ctx;

	(void)e;
	assert_true(offset <= f->bytes.len && len <= f->bytes.len - offset);
	memcpy(buf, f->bytes.s + offset, len);
	f->reads++;
	return true;
}

static struct text load(const char *name)
{
	struct text t = { 0 };
	struct error e = { 0 };

	assert_true(wholefile_read(AT_FDCWD, name, 0, 64 << 20, &t, &e));
	return t;
}

static void load_image(struct file *f)
{
	*f = (struct file){ .bytes = load("image") };
	f->source = (struct partition_source){ read_file, f, f->bytes.len, 512 };
}

/* An image of three islands, one across the border of a MiB, one up to an odd end. */
#define IMAGE_BYTES (5 * 1048576 + 512)
static struct bmap make_image(void)
{
	struct error e = { 0 };
	struct bmap b;

	folder_run("rm -f image b; truncate -s $((5 * 1048576 + 512)) image\n"
		   "w() { head -c $2 /dev/urandom | dd of=image bs=4096 seek=$1 conv=notrunc "
		   "iflag=fullblock status=none; }\n"
		   "w 0 8192; w 250 1100000; w 1279 4608\n"
		   "bmaptool -q create image -o b");
	struct text text = load("b");
	assert_true(bmap_parse(text.s, text.len, &b, &e));
	text_release(&text);
	return b;
}

static void bmaptool_creates(void **state)
{
	struct bmap b;
	struct bmap_image i;
	struct error e = { 0 };
	struct file f;
	char *buf = mem_alloc(IMAGE_BYTES);

	(void)state;
	if (system("command -v bmaptool >/dev/null") != 0)
		skip();
	b = make_image();
	load_image(&f);
	assert_true(b.count >= 3); /* how much around the islands is the file system's affair */
	assert_true(bmap_image_open(&i, &b, &f.source, NULL, &e));
	for (size_t piece = 1; piece <= IMAGE_BYTES; piece = piece * 7 + 40000) {
		for (size_t at = 0; at < IMAGE_BYTES; at += piece) {
			size_t n = IMAGE_BYTES - at < piece ? IMAGE_BYTES - at : piece;
			if (piece == 1 && at > 3000)
				break;
			assert_true(i.source.read(i.source.ctx, at, buf, n, &e));
			assert_memory_equal(buf, f.bytes.s + at, n);
		}
	}
	assert_true(used_map_get(&i.used, 0) && used_map_get(&i.used, 1280));
	assert_false(used_map_get(&i.used, 1000));
	bmap_image_release(&i);
	bmap_release(&b);
	text_release(&f.bytes);
	free(buf);
}

/* What lies between the ranges is not looked at; what lies in one is not used unless it fits. */
static void altered_image_is_refused(void **state)
{
	struct bmap b;
	struct bmap_image image;
	struct file f;
	char buf[512];

	(void)state;
	if (system("command -v bmaptool >/dev/null") != 0)
		skip();
	b = make_image();
	load_image(&f);
	for (size_t i = 0; i < b.blocks; i += 1 + i / 5) {
		struct error e = { 0 };
		bool in_range = false;
		size_t block = i < 1000 ? i : b.blocks - 1, at = block * 4096 + 511;
		for (size_t r = 0; r < b.count; r++)
			in_range |= b.ranges[r].first <= block && block <= b.ranges[r].last;
		f.bytes.s[at] ^= 4;
		bool good = bmap_image_open(&image, &b, &f.source, NULL, &e);
		f.bytes.s[at] ^= 4;
		assert_int_equal(good, !in_range);
		if (good) {
			assert_true(
				image.source.read(image.source.ctx, block * 4096, buf, 512, &e));
			assert_int_equal(buf[511], f.bytes.s[at]);
			bmap_image_release(&image);
		} else {
			assert_int_equal(e.kind, ERROR_UNTRUSTED);
			assert_non_null(strstr(e.text, "does not fit its bmap"));
		}
	}
	/* Altered behind our back. */
	struct error e = { 0 };
	assert_true(bmap_image_open(&image, &b, &f.source, NULL, &e));
	f.bytes.s[5000] ^= 1;
	assert_false(image.source.read(image.source.ctx, 0, buf, 512, &e));
	assert_non_null(strstr(e.text, "altered while it was being read"));
	f.bytes.s[5000] ^= 1;
	bmap_image_release(&image);
	/* Of another size. */
	e = (struct error){ 0 };
	f.source.size_bytes -= 512;
	assert_false(bmap_image_open(&image, &b, &f.source, NULL, &e));
	assert_non_null(strstr(e.text, "its bmap says"));
	bmap_release(&b);
	text_release(&f.bytes);
}

/* bmaptool takes what we write: it copies the ranges and refuses others. */
static void bmaptool_copies(void **state)
{
	struct bmap b = { .image_bytes = 3 * 4096 + 512, .blocks = 4, .block_bytes = 4096 };
	struct text image = { 0 }, out = { 0 };
	struct bmap again;
	struct error e = { 0 };

	(void)state;
	if (system("command -v bmaptool >/dev/null") != 0)
		skip();
	for (size_t i = 0; i < b.image_bytes; i++)
		text_add_char(&image, 'a' + (uint32_t)(i / 4096));
	mem_grow(&b.ranges, &b.capacity, 2, sizeof(*b.ranges));
	b.count = 2;
	b.ranges[0].last = 1;
	sha256_hex(b.ranges[0].sha256, image.s, 8192);
	b.ranges[1].first = b.ranges[1].last = 3;
	sha256_hex(b.ranges[1].sha256, image.s + 12288, 512);
	bmap_write(&b, &out);
	assert_true(bmap_parse(out.s, out.len, &again, &e));
	assert_int_equal(again.mapped, 3);
	assert_memory_equal(again.ranges, b.ranges, 2 * sizeof(*b.ranges));
	FILE *f = fopen("image", "w");
	assert_int_equal(fwrite(image.s, 1, image.len, f), image.len);
	fclose(f);
	f = fopen("b", "w");
	assert_int_equal(fwrite(out.s, 1, out.len, f), out.len);
	fclose(f);
	folder_run("rm -f to; bmaptool -q copy --bmap b image to\n"
		   "head -c 8192 image | cmp -n 8192 - to\n"
		   "tail -c 512 image >1; tail -c 512 to >2; cmp 1 2\n"
		   "[ $(stat -c %s to) = 12800 ]\n"
		   "printf X | dd of=image conv=notrunc status=none\n"
		   "! bmaptool -q copy --bmap b image to 2>/dev/null\n"
		   "sed 's/ 3 / 2 /' b >c; ! bmaptool -q copy --bmap c image to 2>/dev/null");
	bmap_release(&again);
	bmap_release(&b);
	text_release(&image);
	text_release(&out);
}

static bool read_nothing(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	(void)ctx, (void)offset, (void)e;
	memset(buf, 0, len);
	return true;
}

/* Of an MBR disk: its ends, the sectors that lead to logical partitions, what is no hole; and holes
 * too where they must read as zeros. Blocks are of 4096 bytes. */
static void made_of_an_image(void **state)
{
	const uint64_t mib = 1 << 20;
	uint32_t chunks[] = { 0, KIMG_HOLE, KIMG_ZEROS, KIMG_HOLE, 1 };
	struct kimg_sector sectors[] = { { 0, NULL }, { 5 * mib + 512, NULL } };
	struct kimg_partition partition = { .number = 5,
					    .first_byte = 8 * mib,
					    .size_bytes = 4 * mib };
	struct kimg_payload payloads[] = {
		{ KIMG_PAYLOAD_PARTITION, 1, 5, 8 * mib, 4 * mib, 0, 4 },
		{ KIMG_PAYLOAD_CATALOGUE, 0, 0, 0, 100, 4, 1 },
	};
	struct image i = { 0 };
	const struct partition_source raw = { read_nothing, NULL, 16 * mib, 512 };

	(void)state;
	i.manifest.disk_bytes = 16 * mib;
	i.manifest.sector_bytes = 512;
	i.manifest.sectors = sectors;
	i.manifest.sector_count = 2;
	i.manifest.partitions = &partition;
	i.manifest.partition_count = 1;
	i.manifest.payloads = payloads;
	i.manifest.payload_count = 2;
	i.index.chunks = chunks;
	for (uint32_t zeros = 0; zeros < 2; zeros++) {
		static const uint64_t want[2][5][2] = {
			{ { 0, 255 },
			  { 1280, 1280 },
			  { 2048, 2303 },
			  { 2560, 2815 },
			  { 3840, 4095 } },
			{ { 0, 255 }, { 1280, 1280 }, { 2048, 3071 }, { 3840, 4095 } },
		};
		struct error e = { 0 };
		struct bmap b;

		partition.flags = zeros ? KIMG_HOLES_ARE_ZEROS : 0;
		assert_true(bmap_of_image(&i, &raw, &b, &e));
		assert_int_equal(b.blocks, 4096);
		assert_int_equal(b.count, 5 - zeros);
		for (size_t r = 0; r < b.count; r++) {
			assert_int_equal(b.ranges[r].first, want[zeros][r][0]);
			assert_int_equal(b.ranges[r].last, want[zeros][r][1]);
		}
		bmap_release(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms),
		cmocka_unit_test(any_changed_byte_is_refused),
		cmocka_unit_test(bmaptool_creates),
		cmocka_unit_test(altered_image_is_refused),
		cmocka_unit_test(bmaptool_copies),
		cmocka_unit_test(made_of_an_image),
	};

	return cmocka_run_group_tests(tests, folder_enter, folder_leave);
}
