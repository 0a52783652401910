/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DATA_JSON_H
#define LIB_DATA_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define JSON_DEPTH 16

/*
 * A JSON writer (RFC 8259) for --json. Strings are written as UTF-8; broken
 * bytes become U+FFFD, controls and bidi marks are escaped, so the output is
 * valid and harmless on a terminal whatever was in the names.
 *
 * Keys are given in objects and are NULL in arrays.
 */
struct json {
	FILE *out;
	unsigned depth;
	struct {
		char close;  /* what ends this group: '}' or ']' */
		bool filled; /* something was written in it */
	} group[JSON_DEPTH + 1];
};

struct json json_to(FILE *out);
void json_object(struct json *j, const char *key);
void json_array(struct json *j, const char *key);
void json_end(struct json *j); /* closes the innermost; a newline after the outermost */
void json_string(struct json *j, const char *key, const char *value); /* NULL is null */
void json_number(struct json *j, const char *key, uint64_t value);
void json_bool(struct json *j, const char *key, bool value);

#endif
