/* SPDX-License-Identifier: GPL-3.0-or-later */
/* As much of JSON as the metadata of LUKS need, without recursion. */
#include "triage/parse/luks_json.h"

struct json {
	const char *at, *end;
	bool is_array[JSON_DEPTH_MAX];
	struct json_value v;
};

static bool next(struct json *j, char c)
{
	while (j->at < j->end && memchr(" \t\r\n", *j->at, 4))
		j->at++;
	if (j->at == j->end || *j->at != c)
		return false;
	j->at++;
	return true;
}

static bool string(struct json *j, struct span *out)
{
	if (!next(j, '"'))
		return false;
	const char *begin = j->at;
	while (j->at < j->end && *j->at != '"')
		j->at += *j->at == '\\' && j->at + 1 < j->end ? 2 : 1;
	if (j->at >= j->end)
		return false;
	*out = (struct span){ begin, (size_t)(j->at - begin) };
	j->at++;
	return true;
}

static bool is_of_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '+' ||
	       c == '.' || c == 'E';
}

/* A number, or true, false, null. */
static bool word(struct json *j, struct span *out)
{
	const char *begin = j->at;

	while (j->at < j->end && is_of_word(*j->at))
		j->at++;
	*out = (struct span){ begin, (size_t)(j->at - begin) };
	return out->len > 0;
}

/* The key of what comes next in the innermost group. */
static bool key(struct json *j)
{
	struct span *to = &j->v.keys[j->v.depth - 1];

	if (j->is_array[j->v.depth - 1]) {
		*to = (struct span){ "", 0 };
		return true;
	}
	return string(j, to) && next(j, ':');
}

/* Opens a group, or hands out a value; *opened says which. */
static bool value(struct json *j, void (*each)(void *ctx, const struct json_value *v), void *ctx,
		  bool *opened)
{
	bool array = next(j, '[');

	*opened = array || next(j, '{');
	if (*opened) {
		if (j->v.depth == JSON_DEPTH_MAX)
			return false;
		j->is_array[j->v.depth++] = array;
		return true;
	}
	if (!string(j, &j->v.value) && !word(j, &j->v.value))
		return false;
	each(ctx, &j->v);
	return true;
}

bool json_values(struct span text, void (*each)(void *ctx, const struct json_value *v), void *ctx)
{
	struct json j = { .at = text.s, .end = text.s + text.len };
	bool fresh; /* a group that was opened just now may be empty */

	if (!value(&j, each, ctx, &fresh))
		return false;
	while (j.v.depth) {
		if (next(&j, j.is_array[j.v.depth - 1] ? ']' : '}')) {
			j.v.depth--;
			fresh = false;
			continue;
		}
		if ((!fresh && !next(&j, ',')) || !key(&j) || !value(&j, each, ctx, &fresh))
			return false;
	}
	return true;
}
