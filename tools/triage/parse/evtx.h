/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_EVTX_H
#define TRIAGE_PARSE_EVTX_H

#include <string.h>

#include "triage/parse/parse.h"

/*
 * Windows event logs (EVTX): docs/formats/evtx.md. Read chunk by chunk, records as they stand;
 * the file header is advice. The fields of System come as typed values, what else
 * an event holds as members of JSON objects, ready to be copied.
 */

/* Types of values: docs/formats/evtx.md#values. */
enum evtx_type {
	EVTX_NULL = 0x00,
	EVTX_STRING = 0x01, /* UTF-16 */
	EVTX_ANSI = 0x02,
	EVTX_INT8 = 0x03,
	EVTX_UINT8 = 0x04,
	EVTX_INT16 = 0x05,
	EVTX_UINT16 = 0x06,
	EVTX_INT32 = 0x07,
	EVTX_UINT32 = 0x08,
	EVTX_INT64 = 0x09,
	EVTX_UINT64 = 0x0a,
	EVTX_REAL32 = 0x0b,
	EVTX_REAL64 = 0x0c,
	EVTX_BOOL = 0x0d,
	EVTX_BINARY = 0x0e,
	EVTX_GUID = 0x0f,
	EVTX_SIZE = 0x10,
	EVTX_FILETIME = 0x11,
	EVTX_SYSTEMTIME = 0x12,
	EVTX_SID = 0x13,
	EVTX_HEX32 = 0x14,
	EVTX_HEX64 = 0x15,
	EVTX_HANDLE = 0x20,
	EVTX_BINXML = 0x21,
	EVTX_XML = 0x23,   /* UTF-16 */
	EVTX_ARRAY = 0x80, /* of one of these */
};

struct evtx_value {
	const uint8_t *at; /* in the record */
	uint32_t len;      /* bytes */
	uint8_t type;
};

/* What is known of System, in the order in which it is printed. */
enum evtx_field {
	EVTX_EVENT_RECORD_ID,
	EVTX_EVENT_ID,
	EVTX_EVENT_ID_QUALIFIERS,
	EVTX_VERSION,
	EVTX_LEVEL,
	EVTX_TASK,
	EVTX_OPCODE,
	EVTX_KEYWORDS,
	EVTX_TIME_CREATED,
	EVTX_PROVIDER_NAME,
	EVTX_PROVIDER_GUID,
	EVTX_EVENT_SOURCE_NAME,
	EVTX_CHANNEL,
	EVTX_COMPUTER,
	EVTX_USER_SID,
	EVTX_PROCESS_ID,
	EVTX_THREAD_ID,
	EVTX_ACTIVITY_ID,
	EVTX_RELATED_ACTIVITY_ID,
	EVTX_BINARY_DATA, /* of EventData, not of System */
	EVTX_FIELD_COUNT, /* at most 32 */
};

#define EVTX_BIT(field) (1u << (field))
#define EVTX_IS_NUMBER(field)                                                                      \
	(EVTX_BIT(field) &                                                                         \
	 (EVTX_BIT(EVTX_EVENT_ID) | EVTX_BIT(EVTX_EVENT_ID_QUALIFIERS) | EVTX_BIT(EVTX_VERSION) |  \
	  EVTX_BIT(EVTX_LEVEL) | EVTX_BIT(EVTX_TASK) | EVTX_BIT(EVTX_OPCODE) |                     \
	  EVTX_BIT(EVTX_PROCESS_ID) | EVTX_BIT(EVTX_THREAD_ID)))
#define EVTX_IS_GUID(field)                                                                        \
	(EVTX_BIT(field) & (EVTX_BIT(EVTX_PROVIDER_GUID) | EVTX_BIT(EVTX_ACTIVITY_ID) |            \
			    EVTX_BIT(EVTX_RELATED_ACTIVITY_ID)))

enum evtx_section_kind {
	EVTX_EVENT_DATA,
	EVTX_USER_DATA,
	EVTX_RENDERING_INFO,
	EVTX_OTHER_SYSTEM,
	EVTX_OTHER,  /* of Event, by the names of its elements */
	EVTX_VALUES, /* values whose template is lost: a list */
	EVTX_SECTION_KINDS,
};

/* A JSON object, or the list of values: UTF-8 without controls and direction marks. */
struct evtx_section {
	enum evtx_section_kind kind;
	unsigned repeat; /* the second of its kind has 1; below EVTX_REPEAT_MAX */
	const char *json;
	size_t len;
};

struct evtx_span {
	uint32_t at, len;
};

#define EVTX_REPEAT_MAX 3u
#define EVTX_SECTIONS_MAX (EVTX_SECTION_KINDS * EVTX_REPEAT_MAX)
#define EVTX_FIRST_MAX 4u

struct evtx_record {
	uint64_t offset; /* in the input */
	uint64_t number; /* of the record's head: EventRecordID may differ, in a file that was exported */
	uint64_t written; /* FILETIME */
	bool recovered;   /* from where no record should be */
	bool incomplete;  /* a part was left out: damaged, or beyond a limit */
	struct evtx_value field[EVTX_FIELD_COUNT];
	uint32_t there; /* a bit for each field that is not absent */
	/* What a template says of itself is made JSON once: a bit for each such field, and where it stands. It
	 * can be taken by evtx_copy(). */
	uint32_t has_json;
	struct evtx_span json[EVTX_FIELD_COUNT];
	const char *json_text;
	struct evtx_section sections[EVTX_SECTIONS_MAX +
				     1]; /* the last is for one that turns out to be too many */
	size_t section_count;            /* EVTX_SECTIONS_MAX at most */
	struct evtx_value first[EVTX_FIRST_MAX]; /* the first values of what is not System */
	size_t first_count;
};

struct evtx_options {
	bool recovered; /* also what lies in the slack of chunks and where chunks should be, at the end */
	/* False ends it. The record and what it points to is gone afterwards. */
	bool (*record)(void *ctx, const struct evtx_record *r, struct error *e);
	void *ctx;
	const struct parse_problems *problems;
};

/* False if there is no chunk and no header of a log in it, the input cannot be read, or the
 * caller ended it. */
__attribute__((warn_unused_result)) bool evtx_read(const struct partition_source *s,
						   const struct evtx_options *o, struct error *e);

/* A value as JSON, null for what is absent, or as a part of a text; returns the end. `to` has
 * room for EVTX_JSON_ROOM(len). */
#define EVTX_JSON_ROOM(bytes) ((size_t)(bytes)*8 + 128)
char *evtx_json(char *to, const struct evtx_value *v);
char *evtx_value_text(char *to, const struct evtx_value *v);
/* A field as JSON: number and GUID also where the log has a text. The same room. */
char *evtx_field_json(char *to, enum evtx_field field, const struct evtx_value *v);
char *evtx_filetime(char *to, uint64_t ticks); /* 2010-11-21T03:55:59.6264271Z */
/* A GUID in small letters without braces, also out of a text; NULL if it is none. */
char *evtx_guid_of(char *to, const struct evtx_value *v);
#define EVTX_GUID_CHARS 36u
char *evtx_guid(char *to, const uint8_t guid[16], bool capitals);

/* Copy n bytes by sixteen; up to EVTX_COPY_MORE bytes behind them are read and written, too. Records are made of many
 * short pieces, for which a call of memcpy() costs more than the copy. */
#define EVTX_COPY_MORE 16u
static inline char *evtx_copy(char *to, const char *from, size_t n)
{
	for (size_t i = 0; i < n; i += 16)
		memcpy(to + i, from + i, 16);
	return to + n;
}
/* Units of a text, without the zeros at its end. */
static inline size_t evtx_units(const struct evtx_value *v)
{
	size_t count = v->len / 2;

	while (count && !v->at[2 * count - 2] && !v->at[2 * count - 1])
		count--;
	return count;
}
/* A number, also out of the digits of a text. */
bool evtx_number(const struct evtx_value *v, uint64_t *number);
/* 100 ns since 1601, of EVTX_FILETIME, EVTX_SYSTEMTIME and texts such as 2021-11-19T16:52:33.833733500Z,
 * whose last two digits are in *rest (ns). */
bool evtx_time(const struct evtx_value *v, uint64_t *ticks, uint32_t *rest);

#endif
