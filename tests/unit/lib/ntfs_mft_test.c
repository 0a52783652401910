/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of files when one record tells where all of it lies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ntfs_builder.h"

/* All in one piece: what it claims beyond its runs, or in a hole, is not there. */
static void the_mft_in_one_piece(void **state)
{
	const struct {
		struct build_run runs[3];
		bool ok;
	} cases[] = {
		{ { { BUILD_MFT, 16 } }, true },
		{ { { BUILD_MFT, 8 } }, false },
		{ { { BUILD_MFT, 8 }, { HOLE, 8 } }, false },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct error e = { 0 };
		struct builder b;

		build_init(&b, 512, 4096, 1024, 256);
		build_file(&b, 0, ROOT_REF, "$MFT", 0);
		build_mapped(&b, 0, NTFS_DATA, "", 0, cases[i].runs, 0, 65536);
		struct filesystem *f = build_open(&b, &e);
		if (!!f != cases[i].ok)
			fail_msg("%zu: %s", i, e.text);
		if (f)
			f->close(f);
		build_release(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(the_mft_in_one_piece) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
