/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Typing mistakes, counted. */
#include "handbook/distance.h"

#include <string.h>

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

struct distance distance_between(const char *typed, const char *word, unsigned limit)
{
	/* Three rows of the usual table: two back for swaps. Only cells within `limit`
	 * of the diagonal can hold a value that matters; the others are `far`. */
	unsigned rows[3][DISTANCE_CHARS + DISTANCE_MAX + 2];
	unsigned far = limit + 1;
	size_t la = strlen(typed), lb = strlen(word), columns;
	struct distance d = { far, far };

	if (la > DISTANCE_CHARS || la == 0 || limit > DISTANCE_MAX || lb + limit < la)
		return d;
	columns = lb < la + limit ? lb : la + limit;
	for (size_t j = 0; j <= columns; j++)
		rows[0][j] = least((unsigned)j, far);
	for (size_t i = 1; i <= la; i++) {
		unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3];
		const unsigned *two_above = rows[(i + 1) % 3];
		size_t from = i > limit ? i - limit : 1;
		size_t to = i + limit < columns ? i + limit : columns;
		unsigned best = far;

		row[from - 1] = from == 1 ? least((unsigned)i, far) : far;
		best = least(best, row[from - 1]);
		for (size_t j = from; j <= to; j++) {
			unsigned v = above[j - 1] + (typed[i - 1] != word[j - 1]);

			if (j < i + limit) /* the cell above is inside the band */
				v = least(v, above[j] + 1);
			v = least(v, row[j - 1] + 1);
			if (i > 1 && j > 1 && typed[i - 1] == word[j - 2] &&
			    typed[i - 2] == word[j - 1])
				v = least(v, two_above[j - 2] + 1);
			row[j] = least(v, far);
			best = least(best, row[j]);
		}
		if (best == far)
			return d;
	}
	const unsigned *last = rows[la % 3];
	size_t from = la > limit ? la - limit : 0;

	for (size_t j = from; j <= columns; j++)
		d.prefix = least(d.prefix, last[j]);
	if (columns == lb)
		d.whole = last[lb];
	return d;
}
