/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_LUKS_JSON_H
#define TRIAGE_PARSE_LUKS_JSON_H

#include "triage/parse/lines.h"

/*
 * The values of a JSON text (RFC 8259), each with the keys that lead to it. Strings as they stand,
 * with their escapes: names in LUKS need none. An array's places have the empty key.
 */
#define JSON_DEPTH_MAX 12

struct json_value {
	struct span keys[JSON_DEPTH_MAX]; /* from the outermost */
	size_t depth;
	struct span value; /* of a string without its quotes; a number; a word */
};

/* False: it is no JSON, is deeper than JSON_DEPTH_MAX, or ends too early; what came before was handed out. */
__attribute__((warn_unused_result))
bool json_values(struct span text, void (*each)(void *ctx, const struct json_value *v), void *ctx);

#endif
