/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes what tests/bench/triage/run measures with: make mft|usn N > FILE. The same N gives the same bytes.
 *
 * mft: N records of 1024 bytes as a used Windows volume has them: one in eight a folder, eight
 * levels deep, names of 6 to 40 letters, a third with a short name as well, small files in their
 * record, one in 20 with a second stream, one in 50 spread over two records, one in 30 deleted.
 * usn: N records of version 2 in pages of 4096 bytes, of files that are made, written, renamed, closed. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORD 1024u
#define PAGE 4096u
#define TIME UINT64_C(132000000000000000)
#define ROOT 5u
#define FIRST 24u
#define PER_FOLDER 8u /* one folder, then seven files */

static uint64_t dice = 1;

static uint32_t roll(uint32_t sides)
{
	dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)((dice >> 33) % sides);
}

static void put(uint8_t *p, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

static uint64_t reference(uint32_t number)
{
	return number | (uint64_t)(number == ROOT ? 5 : 1) << 48;
}

static size_t make_name(char *name, uint32_t number, bool folder)
{
	static const char *const words[] = {
		"Report",    "Invoice", "Windows", "x86_",   "backup",
		"Microsoft", "data",    "cache",   "amd64_", "Bericht"
	};
	static const char *const ends[] = { ".docx", ".dll", ".xlsx", ".png", ".manifest", ".txt" };
	int n = 0;

	for (uint32_t i = roll(3) + 1; i; i--)
		n += snprintf(name + n, 20, "%s", words[roll(10)]);
	n += snprintf(name + n, 32, "_%u%s", number, folder ? "" : ends[roll(6)]);
	return (size_t)n;
}

/* A record of an MFT that is being filled. */
struct record {
	uint8_t bytes[RECORD];
	size_t used;
	uint16_t id;
};

static void begin(struct record *r, uint32_t number, unsigned flags, uint64_t base)
{
	memset(r, 0, sizeof(*r));
	memcpy(r->bytes, "FILE", 4);
	put(r->bytes + 4, 48, 2);
	put(r->bytes + 6, RECORD / 512 + 1, 2);
	put(r->bytes + 16, number == ROOT ? 5 : flags & 1 ? 1 : 2, 2);
	put(r->bytes + 18, 1, 2);
	put(r->bytes + 20, 56, 2);
	put(r->bytes + 22, flags, 2);
	put(r->bytes + 28, RECORD, 4);
	put(r->bytes + 32, base, 8);
	put(r->bytes + 44, number, 4);
	r->used = 56;
}

static uint8_t *resident(struct record *r, uint32_t type, const char *name, size_t len)
{
	uint8_t *a = r->bytes + r->used;
	size_t units = strlen(name), at = (24 + 2 * units + 7) / 8 * 8;

	put(a, type, 4);
	put(a + 4, at + (len + 7) / 8 * 8, 4);
	a[9] = (uint8_t)units;
	put(a + 10, 24, 2);
	put(a + 14, r->id++, 2);
	put(a + 16, len, 4);
	put(a + 20, at, 2);
	for (size_t i = 0; i < units; i++)
		a[24 + 2 * i] = (uint8_t)name[i];
	r->used += at + (len + 7) / 8 * 8;
	return a + at;
}

static void mapped(struct record *r, uint64_t clusters, uint64_t size, uint32_t at)
{
	uint8_t *a = r->bytes + r->used;

	put(a, 0x80, 4);
	put(a + 4, 80, 4);
	a[8] = 1;
	put(a + 14, r->id++, 2);
	put(a + 24, clusters - 1, 8);
	put(a + 32, 64, 2);
	put(a + 40, clusters * 4096, 8);
	put(a + 48, size, 8);
	put(a + 56, size, 8);
	a[64] = 0x44;
	put(a + 65, clusters, 4);
	put(a + 69, at, 4);
	r->used += 80;
}

static void times(uint8_t *p, uint64_t at)
{
	for (size_t i = 0; i < 4; i++)
		put(p + 8 * i, at + i * 7654321, 8);
}

static void file_name(struct record *r, uint32_t parent, const char *name, size_t len,
		      unsigned space, uint64_t at)
{
	uint8_t *v = resident(r, 0x30, "", 66 + 2 * len);

	put(v, reference(parent), 8);
	times(v + 8, at);
	put(v + 56, 0x20, 4);
	v[64] = (uint8_t)len;
	v[65] = (uint8_t)space;
	for (size_t i = 0; i < len; i++)
		v[66 + 2 * i] = (uint8_t)name[i];
}

static void finish(struct record *r)
{
	put(r->bytes + r->used, 0xffffffff, 4);
	put(r->bytes + 24, r->used + 8, 4);
	put(r->bytes + 48, 0x0707, 2);
	for (size_t i = 1; i <= RECORD / 512; i++) {
		memcpy(r->bytes + 48 + 2 * i, r->bytes + i * 512 - 2, 2);
		put(r->bytes + i * 512 - 2, 0x0707, 2);
	}
	fwrite(r->bytes, RECORD, 1, stdout);
}

static void standard(struct record *r, uint64_t at)
{
	uint8_t *v = resident(r, 0x10, "", 72);

	times(v, at);
	put(v + 32, 0x20, 4);
	put(v + 52, 0x100 + roll(50), 4);
}

static void content(struct record *r, uint32_t number)
{
	if (roll(10) < 3) {
		size_t len = roll(300);

		memset(resident(r, 0x80, "", len), 'x', len);
	} else {
		uint64_t size = roll(4u << 20) + 1u;

		mapped(r, (size + 4095) / 4096, size, 100000 + number);
	}
	if (roll(20) == 0)
		memcpy(resident(r, 0x80, "Zone.Identifier", 26), "[ZoneTransfer]\r\nZoneId=3\r\n",
		       26);
}

/* Folders have numbers that are multiples of PER_FOLDER; each lies in one eighth as far on. */
static uint32_t folder_of(uint32_t number)
{
	uint32_t folder = number / PER_FOLDER * PER_FOLDER;
	uint32_t above = folder / PER_FOLDER / 5 * PER_FOLDER;

	if (number != folder && folder >= FIRST)
		return folder;
	return above >= FIRST && above < number ? above : ROOT;
}

static void make_mft(uint32_t count)
{
	static const char *const system[] = { "$MFT",     "$MFTMirr", "$LogFile", "$Volume",
					      "$AttrDef", ".",        "$Bitmap",  "$Boot",
					      "$BadClus", "$Secure",  "$UpCase",  "$Extend" };

	for (uint32_t i = 0; i < count; i++) {
		const uint64_t at = TIME + i * UINT64_C(12345678);
		struct record r;
		char name[128];

		if (i < FIRST) {
			begin(&r, i, i == ROOT || i == 11 ? 3 : 1, 0);
			standard(&r, at);
			if (i < 12)
				file_name(&r, ROOT, system[i], strlen(system[i]), 3, at);
			finish(&r);
			continue;
		}
		bool folder = i % PER_FOLDER == 0, spread = !folder && roll(50) == 0 &&
							    i + 1 < count &&
							    (i + 1) % PER_FOLDER != 0;
		bool deleted = !folder && !spread && roll(30) == 0;
		size_t len = make_name(name, i, folder);

		begin(&r, i, (deleted ? 0 : 1) | (folder ? 2 : 0), 0);
		standard(&r, at);
		if (spread) {
			uint8_t *list = resident(&r, 0x20, "", 32);

			put(list, 0x80, 4);
			put(list + 4, 32, 2);
			list[7] = 26;
			put(list + 16, reference(i + 1), 8);
		}
		if (roll(3) == 0)
			file_name(&r, folder_of(i), "REPORT~1.DOC", 12, 2, at);
		file_name(&r, folder_of(i), name, len, 1, at);
		if (folder) {
			uint8_t *root = resident(&r, 0x90, "$I30", 48);

			put(root, 0x30, 4);
			put(root + 16, 16, 4);
			put(root + 20, 32, 4);
		} else if (!spread) {
			content(&r, i);
		}
		finish(&r);
		if (spread) {
			begin(&r, i + 1, 1, reference(i));
			i++;
			content(&r, i);
			finish(&r);
		}
	}
}

static void make_usn(uint32_t count)
{
	static const uint32_t reasons[] = { 0x100, 0x102, 0x80000102, 0x1000, 0x2000, 0x80002000 };
	uint8_t page[PAGE] = { 0 };
	uint64_t start = 0;
	size_t used = 0;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t number = FIRST + i / 6 * 3;
		char name[128];
		uint64_t saved = dice;

		dice = number;
		size_t n = make_name(name, number, false), len = (60 + 2 * n + 7) / 8 * 8;
		dice = saved;
		if (used + len > PAGE) {
			fwrite(page, PAGE, 1, stdout);
			memset(page, 0, PAGE);
			start += PAGE;
			used = 0;
		}
		uint8_t *p = page + used;
		put(p, len, 4);
		put(p + 4, 2, 2);
		put(p + 8, reference(number), 8);
		put(p + 16, reference(folder_of(number)), 8);
		put(p + 24, start + used, 8);
		put(p + 32, TIME + i * UINT64_C(98765), 8);
		put(p + 40, reasons[i % 6], 4);
		put(p + 52, 0x20, 4);
		put(p + 56, 2 * n, 2);
		put(p + 58, 60, 2);
		for (size_t k = 0; k < n; k++)
			p[60 + 2 * k] = (uint8_t)name[k];
		used += len;
	}
	fwrite(page, used, 1, stdout);
}

int main(int argc, char **argv)
{
	uint32_t count = argc == 3 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;

	if (count && strcmp(argv[1], "mft") == 0)
		make_mft(count);
	else if (count && strcmp(argv[1], "usn") == 0)
		make_usn(count);
	else
		return 2;
	return fflush(stdout) != 0;
}
