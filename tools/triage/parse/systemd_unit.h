/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_SYSTEMD_UNIT_H
#define TRIAGE_PARSE_SYSTEMD_UNIT_H

#include "triage/parse/lines.h"

/* Unit files of systemd (systemd.syntax(7)), also drop-ins: docs/formats/systemd_unit.md. */
/* Of a value with all lines that it goes on in, in bytes; as systemd has it. */
#define UNIT_VALUE_MAX ((size_t)1 << 20)

struct unit_setting {
	struct span section, key, value; /* of "[Service]", before and behind "=" */
	/* What it is for: "start" (what is run), "trigger" (when), "install" (what starts it), "identity" (as whom,
	 * in which surroundings), or NULL. */
	const char *purpose;
	uint64_t line; /* of its first line */
};

__attribute__((warn_unused_result))
bool unit_parse(const struct partition_source *s, const struct parse_problems *problems,
		bool (*each)(void *ctx, const struct unit_setting *u, struct error *e), void *ctx,
		struct error *e);

#endif
