/* SPDX-License-Identifier: GPL-3.0-or-later */
/* E01 images that lie with right sums. What other programs wrote: tests/cli/triage/e01_*. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bytes.h"
#include "triage/parse/e01_inside.h"

extern const struct format format_e01;

#define SECTION_BYTES 76u

static void put_section(struct bytes *b, const char *type, uint64_t next, uint64_t size)
{
	size_t from = b->len;

	put_n(b, type, strlen(type));
	put_zeros(b, 16 - strlen(type));
	put_le(b, next, 8);
	put_le(b, size, 8);
	put_zeros(b, 40);
	put_le(b, e01_adler(1, b->at + from, SECTION_BYTES - 4), 4);
}

/* Sections that end within their own head: nothing behind the file is read for them. */
static void next_within_the_head(void **state)
{
	static const char *const types[] = { "header", "header2", "volume", "table",
					     "table2", "digest",  "error2", "hash" };
	(void)state;

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		for (uint64_t more = 1; more < SECTION_BYTES; more += 37) {
			struct bytes b = { 0 };

			put_n(&b, "EVF\t\r\n\xff\0\1\1\0\0\0", 13);
			put_section(&b, types[i], 13 + more, 2000);
			struct outcome x = outcome_of(&format_e01, &b, "x.E01", EMIT_JSONL);
			assert_false(x.ok);
			assert_string_equal(
				text_end(&x.problems),
				"13: in segment 1: a section leads nowhere: the segment was cut off\n");
			outcome_release(&x);
			bytes_release(&b);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(next_within_the_head) };

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("e01", tests, NULL, NULL);
}
