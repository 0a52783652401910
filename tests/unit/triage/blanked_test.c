/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sources that stand in for what cannot be read: zeros for some sectors, a copy for others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "triage/blanked.h"
#include "triage/copies.h"

#define DISK_BYTES 8192u
#define FROM 1024u /* of what is blanked, or copied */
#define TO 3072u

struct disk {
	uint64_t bad_from, bad_to;
};

/* Each byte is the number of its sector, and one more. */
static bool read_disk(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	const struct disk *d = ctx;

	assert_true(offset + len <= DISK_BYTES);
	if (offset < d->bad_to && offset + len > d->bad_from)
		return error_set(e, ERROR_FAILED, "bad sector");
	for (size_t i = 0; i < len; i++)
		((uint8_t *)buf)[i] = (uint8_t)(1 + (offset + i) / 512);
	return true;
}

/* What each byte reads as, asked for in pieces of every place and size: `want` of its sector. */
static void all_pieces(const struct partition_source *s, int (*want)(uint64_t sector))
{
	uint8_t bytes[DISK_BYTES];

	for (uint64_t at = 0; at < DISK_BYTES; at += 256) {
		for (size_t len = 256; len <= DISK_BYTES - at; len += 256) {
			struct error e = { 0 };
			bool readable = true;

			for (uint64_t i = at; i < at + len; i += 256)
				readable = readable && want(i / 512) >= 0;
			memset(bytes, 0xee, sizeof(bytes));
			assert_int_equal(s->read(s->ctx, at, bytes, len, &e), readable);
			for (size_t i = 0; readable && i < len; i++)
				assert_int_equal(bytes[i], want((at + i) / 512));
		}
	}
}

static int as_it_is(uint64_t sector)
{
	return (int)sector + 1;
}

static int one_is_zero(uint64_t sector)
{
	return sector == 3 ? 0 : (int)sector + 1;
}

static int zero_inside(uint64_t sector)
{
	return sector < 5 || sector > 6 ? as_it_is(sector) : sector == 5 ? 0 : -1;
}

static int copied(uint64_t sector)
{
	return sector == 2 || sector == 3 ? 0xcc : as_it_is(sector);
}

static void zeros_for_what_is_bad(void **state)
{
	struct disk d = { 0 };
	const struct partition_source under = { read_disk, &d, DISK_BYTES, 512 };
	struct blanked x = { &under, FROM, TO, false };
	const struct partition_source s = blanked_source(&x);

	(void)state;
	all_pieces(&s, as_it_is);
	assert_false(x.used);
	d = (struct disk){ 3 * 512, 4 * 512 };
	all_pieces(&s, one_is_zero);
	assert_true(x.used);
	/* half of it outside: there it is an error */
	d = (struct disk){ 5 * 512, 7 * 512 };
	all_pieces(&s, zero_inside);
}

static void a_copy_for_what_is_there(void **state)
{
	struct disk d = { 0 };
	const struct partition_source under = { read_disk, &d, DISK_BYTES, 512 };
	struct copy c = { .at = FROM, .len = COPY_BYTES };
	struct copied x = { &under, &c };
	const struct partition_source s = copy_source(&x);

	(void)state;
	memset(c.bytes, 0xcc, sizeof(c.bytes));
	all_pieces(&s, copied);
	d = (struct disk){ FROM, FROM + COPY_BYTES };
	all_pieces(&s, copied);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zeros_for_what_is_bad),
		cmocka_unit_test(a_copy_for_what_is_there),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
