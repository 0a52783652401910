/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_PROPSTORE_H
#define TRIAGE_PARSE_PROPSTORE_H

#include "triage/parse/words.h"

/* Serialized property stores ([MS-PROPSTORE]): in links, and in what Windows knows of files. */
struct property {
	const uint8_t *format_id; /* GUID */
	uint32_t id;              /* of a named one 0 */
	struct words name;        /* of a named one */
	uint16_t type;            /* VT_… of [MS-OLEPS] */
	struct reader value;
};

struct property_cursor {
	struct reader stores, values;
	const uint8_t *format_id;
	bool bad; /* something in it is none, or stands behind an end; in that set it is lost */
};

struct property_cursor property_begin(struct reader stores);
bool property_next(struct property_cursor *c, struct property *p);

#endif
