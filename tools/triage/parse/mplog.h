/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_MPLOG_H
#define TRIAGE_PARSE_MPLOG_H

#include "lib/base/error.h"
#include "triage/parse/parse.h"

/*
 * The log of Microsoft Defender for its makers (MPLog-*.log, MPDetection-*.log): lines that speak of
 * detections, exclusions, states and programs: docs/formats/mplog.md.
 */
#define MPLOG_LINE_MAX 65536u /* bytes in UTF-8; what is longer is cut */

struct mplog_line {
	uint64_t offset;         /* of the line, in the input */
	uint64_t number;         /* from 1 */
	const char *record_type; /* "detection_add", "exclusion", ... */
	bool has_time;
	int64_t time; /* seconds since 1970 */
	uint32_t milliseconds;
	const char *message; /* without the time; UTF-8 or what claims to be */
	size_t len;
	/* "Threat Name:x": where the first colon divides it; of lines in a block only. */
	size_t key_len; /* 0: it does not */
	bool is_cut;
};

/* Each line that is of a known kind, in order. UTF-16LE if it begins with FF FE, or if its second byte
 * is zero; else UTF-8. False with e: `each` ended it, or no line of it has a time as this log has. */
__attribute__((warn_unused_result))
bool mplog_parse(const struct partition_source *s,
		 bool (*each)(void *ctx, const struct mplog_line *line, struct error *e), void *ctx,
		 struct error *e);

#endif
