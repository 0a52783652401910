/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any command line is taken within its limits, or refused with a reason. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/cli.h"
#include "lib/base/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool flag;
	uint64_t n = 5;
	const struct cli_option o[] = { { "json", CLI_FLAG, &flag, NULL, "", 0, 0 },
					{ "n", CLI_NUMBER, &n, "N", "", 5, 99 },
					{ 0 } };
	const struct cli_usage u = { "tool", "verb", "A", "", o, 1, 3 };
	char *copy = mem_string_n((const char *)data, size), verb[] = "verb", *words[18] = { verb };
	char **argv = words;
	struct error e = { 0 };
	int argc = 1;

	for (char *w = copy; argc < 17 && w < copy + size; w += strlen(w) + 1)
		if (strcmp(w, "-h") != 0 && strcmp(w, "--help") != 0) /* these end the process */
			words[argc++] = w;
	bool ok = cli_parse(&u, &argc, &argv, &e);
	free(copy);
	if (ok != (e.kind == ERROR_NONE) || n < 5 || n > 99 || (ok && (argc < 1 || argc > 3)))
		abort();
	return 0;
}
