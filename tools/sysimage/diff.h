/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SYSIMAGE_DIFF_H
#define SYSIMAGE_DIFF_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/data/json.h"
#include "sysimage/listed.h"

/* Two images that are compared, and what was found so far. */
struct diff {
	struct listed a, b;
	bool times; /* a file whose times alone differ has changed */
	bool as_json;
	struct json json;
	uint64_t differences;
	uint64_t unread; /* files whose content neither catalogue knows */
};

/* Fields of the manifests. JSON: the members of an array that is open. */
void diff_manifest(struct diff *d);

/* Payloads, chunk by chunk: those that no catalogue speaks for. The same. */
void diff_chunks(struct diff *d);

#endif
