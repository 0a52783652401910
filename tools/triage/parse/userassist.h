/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_USERASSIST_H
#define TRIAGE_PARSE_USERASSIST_H

#include "triage/parse/regf.h"

/* What a user started through the Explorer: docs/formats/userassist.md. */
struct userassist {
	unsigned version; /* 3: up to Vista; 5: since 7 */
	uint32_t session; /* version 3 */
	uint32_t run_count, focus_count, focus_ms;
	uint64_t last_run; /* FILETIME; 0: never */
};

/* False: it is none of either version. */
__attribute__((warn_unused_result)) bool userassist_parse(struct regf_bytes b,
							  struct userassist *u);
/* The name of a value as it was before ROT13, added to `out` in UTF-8. */
void userassist_name(struct text *out, struct regf_text name);

/* Background and desktop activity moderator: docs/formats/userassist.md#bam-and-dam. */
struct bam {
	uint64_t last_run; /* FILETIME */
	uint32_t is_app;   /* a "Windows app" */
};
__attribute__((warn_unused_result)) bool bam_parse(struct regf_bytes b, struct bam *m);

#endif
