/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_DETECTION_HISTORY_H
#define TRIAGE_PARSE_DETECTION_HISTORY_H

#include "lib/base/error.h"
#include "lib/base/reader.h"
#include "triage/parse/parse.h"

/*
 * What Microsoft Defender found, a file for each detection:
 * Windows Defender\Scans\History\Service\DetectionHistory\NN\GUID: docs/formats/detection_history.md.
 */
#define DETECTION_RESOURCES_MAX 256u
#define DETECTION_NUMBERS_MAX 16u
#define DETECTION_TIMES_MAX 3u
#define DETECTION_STRINGS_MAX 32u

struct detection_resource {
	uint64_t offset;
	struct reader type, location; /* UTF-16LE without its end: "file", a path */
	struct reader tracking;       /* for detection_tracking_next() */
};

struct detection {
	uint64_t threat_id;
	const uint8_t *id;                            /* 16 bytes, or NULL */
	struct reader threat;                         /* UTF-16LE */
	struct reader user, process;                  /* two of these: */
	struct reader strings[DETECTION_STRINGS_MAX]; /* that belong to no resource, in order */
	unsigned string_count;
	uint32_t numbers[DETECTION_NUMBERS_MAX]; /* that follow the threat's name */
	unsigned number_count;
	uint64_t times[DETECTION_TIMES_MAX]; /* status changed, first seen, remediated */
	unsigned time_count;
	unsigned resource_count;
	struct detection_resource resources[DETECTION_RESOURCES_MAX];
};

/* False: ERROR_UNTRUSTED, it is none. */
__attribute__((warn_unused_result)) bool detection_read(const void *bytes, size_t len,
							const struct parse_problems *problems,
							struct detection *d, struct error *e);

enum tracking_type {
	TRACKING_UINT32 = 3,
	TRACKING_UINT64 = 4,
	TRACKING_BYTE = 5,
	TRACKING_STRING = 6, /* UTF-16LE */
	TRACKING_ASCII = 7,
};
struct tracking {
	struct reader name; /* UTF-16LE without its end */
	enum tracking_type type;
	uint64_t number;
	struct reader text;
};
/* Where the values of a resource begin; then each of them. */
struct reader detection_tracking(const struct detection_resource *r);
__attribute__((warn_unused_result)) bool detection_tracking_next(struct reader *r,
								 struct tracking *t);

#endif
