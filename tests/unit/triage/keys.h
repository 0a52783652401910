/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_TEST_KEYS_H
#define TRIAGE_TEST_KEYS_H

/* What a record says as JSON, it says as CSV: each key of its first level is a column. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "triage/format.h"

static inline void key_is_column(const char *key, size_t len, const char *const *columns)
{
	for (; *columns; columns++)
		if (strlen(*columns) == len && memcmp(*columns, key, len) == 0)
			return;
	fprintf(stderr, "\"%.*s\" is no column: CSV would lose it\n", (int)len, key);
	abort();
}

static inline void keys_are_columns(const char *jsonl, const struct format *f)
{
	unsigned depth = 0;

	if (strcmp(f->name, "amcache") ==
	    0) /* any value of the hive is a key: the columns are a choice */
		return;
	for (const char *c = jsonl; *c; c++) {
		if (*c == '{' || *c == '[')
			depth++;
		else if (*c == '}' || *c == ']')
			depth--;
		if (*c != '"')
			continue;
		const char *from = ++c;
		while (*c != '"')
			c += *c == '\\' ? 2 : 1;
		if (depth == 1 && c[1] == ':' && strncmp(from, "truncated", 9) != 0)
			key_is_column(from, (size_t)(c - from), f->columns);
	}
}

#endif
