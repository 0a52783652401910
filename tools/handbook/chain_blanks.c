/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is to be filled in before a text is read out: "since [time], call back at [number]". */
#include "handbook/chain_blanks.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"

bool chain_blank_next(const char *text, size_t *before, size_t *length)
{
	const char *open = strchr(text, '['), *close = open ? strchr(open, ']') : NULL;

	/* A line that breaks in between was never meant as one. */
	if (!close || memchr(open, '\n', (size_t)(close - open)) || close == open + 1)
		return false;
	*before = (size_t)(open - text);
	*length = (size_t)(close - open) + 1;
	return true;
}

static size_t find(const struct chain_blanks *b, const char *name, size_t len)
{
	size_t i = 0;

	while (i < b->count && (strlen(b->names[i]) != len || memcmp(b->names[i], name, len) != 0))
		i++;
	return i;
}

void chain_blanks_set(struct chain_blanks *b, const char *name, size_t len, const char *value)
{
	size_t i = find(b, name, len);

	if (i == b->count) {
		mem_grow(&b->names, &b->name_capacity, i + 1, sizeof(*b->names));
		mem_grow(&b->values, &b->value_capacity, i + 1, sizeof(*b->values));
		b->names[i] = mem_string_n(name, len);
		b->count++;
	}
	free(b->values[i]);
	b->values[i] = mem_string(value);
}

void chain_blanks_add(const struct chain_blanks *b, const char *text, struct text *out)
{
	size_t before, length;

	for (; chain_blank_next(text, &before, &length); text += before + length) {
		const char *name = text + before;
		size_t i = find(b, name, length);

		text_add_n(out, text, before);
		if (i < b->count && *b->values[i])
			text_add(out, b->values[i]);
		else
			text_add_n(out, name, length);
	}
	text_add(out, text);
}

void chain_blanks_release(struct chain_blanks *b)
{
	for (size_t i = 0; i < b->count; i++) {
		free(b->names[i]);
		free(b->values[i]);
	}
	free(b->names);
	free(b->values);
	*b = (struct chain_blanks){ 0 };
}
