/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON output, valid whatever goes in. */
#include "lib/data/json.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "lib/base/text.h"

struct json json_to(FILE *out)
{
	return (struct json){ .out = out };
}

static void put_string(struct json *j, const char *s)
{
	const char *end = s + strlen(s);

	fputc('"', j->out);
	while (s < end) {
		char bytes[4];
		uint32_t c = text_next(&s, end);

		if (c == '"' || c == '\\') {
			fprintf(j->out, "\\%c", (int)c);
		} else if (c == '\n') {
			fputs("\\n", j->out);
		} else if (text_is_unsafe(c) && c < 0x10000) {
			fprintf(j->out, "\\u%04x", (unsigned)c);
		} else {
			size_t n = text_put(bytes, text_is_unsafe(c) ? TEXT_BAD : c);

			fwrite(bytes, 1, n, j->out);
		}
	}
	fputc('"', j->out);
}

static void begin_value(struct json *j, const char *key)
{
	if (j->group[j->depth].filled)
		fputc(',', j->out);
	j->group[j->depth].filled = true;
	if (key) {
		put_string(j, key);
		fputc(':', j->out);
	}
}

static void open_group(struct json *j, const char *key, char open, char close)
{
	begin_value(j, key);
	assert(j->depth < JSON_DEPTH);
	j->depth++;
	j->group[j->depth].close = close;
	j->group[j->depth].filled = false;
	fputc(open, j->out);
}

void json_object(struct json *j, const char *key)
{
	open_group(j, key, '{', '}');
}

void json_array(struct json *j, const char *key)
{
	open_group(j, key, '[', ']');
}

void json_end(struct json *j)
{
	assert(j->depth > 0);
	fputc(j->group[j->depth].close, j->out);
	j->depth--;
	if (j->depth == 0) {
		fputc('\n', j->out);
		j->group[0].filled = false;
	}
}

void json_string(struct json *j, const char *key, const char *value)
{
	begin_value(j, key);
	if (value)
		put_string(j, value);
	else
		fputs("null", j->out);
}

void json_number(struct json *j, const char *key, uint64_t value)
{
	begin_value(j, key);
	fprintf(j->out, "%" PRIu64, value);
}

void json_bool(struct json *j, const char *key, bool value)
{
	begin_value(j, key);
	fputs(value ? "true" : "false", j->out);
}
