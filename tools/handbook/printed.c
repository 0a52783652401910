/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text from outside, for a terminal. */
#include "handbook/printed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/base/text.h"

void print_masked(const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");
		char *line = mem_string_n(text, n), *masked = mem_alloc(3 * n + 1);

		printf("%s\n", text_mask(masked, 3 * n + 1, line));
		free(line);
		free(masked);
		text += n + (text[n] == '\n');
	}
}
