/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FOLDER_H
#define FOLDER_H

/* A folder of the test's own to work in: for cmocka_run_group_tests(). */
#include <stdlib.h>
#include <unistd.h>

#include "lib/base/memory.h"

static inline int folder_enter(void **state)
{
	const char *tmp = getenv("TMPDIR");
	char *folder = mem_format("%s/unit.XXXXXX", tmp ? tmp : "/tmp");

	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	*state = folder;
	return 0;
}

static inline int folder_leave(void **state)
{
	char *command = mem_format("rm -rf %s", (char *)*state);
	int status = system(command);

	free(command);
	free(*state);
	return status;
}

/* What a shell does there: for samples that other programs make. */
static inline void folder_run(const char *commands)
{
	char *script = mem_format("export MTOOLS_SKIP_CHECK=1; set -eu\n%s\n", commands);

	assert_int_equal(system(script), 0);
	free(script);
}

#endif
