/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_EMIT_H
#define TRIAGE_EMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"

/*
 * Records, as lines of text: docs/formats/triage-output.md. Whoever knows a format says the
 * fields of each record once; which of these comes out is the caller's choice:
 *
 *   EMIT_JSONL     one JSON object a line, keys in the order in which they were said
 *   EMIT_CSV       the columns that were named at the beginning; a group becomes JSON text
 *   EMIT_BODYFILE  bodyfile 3.x: the lines of emit_body(); of other records one for each moment
 *   EMIT_TIMELINE  Timesketch's JSONL: one line for each moment of the record, with all its fields
 *
 * Lines are valid UTF-8 without controls and direction marks, whatever was in the input: these
 * are written as \uXXXX in JSON, as U+FFFD elsewhere; but tabs and line ends as a space in CSV, controls of
 * ASCII as \xXX in a bodyfile. Half surrogates of UTF-16 are \uXXXX in JSON.
 *
 * Keys are not escaped: only letters, digits and underscores. They are copied, and mostly literals in
 * snake_case. In arrays key is NULL.
 */
enum emit_form { EMIT_JSONL, EMIT_CSV, EMIT_BODYFILE, EMIT_TIMELINE };

/* What happened at a time; in EMIT_TIMELINE its words are timestamp_desc. */
enum emit_moment {
	MOMENT_NONE, /* a time that is no event of this record: only a field */
	MOMENT_CREATED,
	MOMENT_MODIFIED,
	MOMENT_CHANGED, /* of metadata */
	MOMENT_ACCESSED,
	MOMENT_RECORDED, /* an entry in a log or a journal */
	MOMENT_RUN,
	MOMENT_RUN_BEFORE,
	MOMENT_DELETED,
	MOMENT_SCHEDULED,
	MOMENT_STARTED,
	MOMENT_ENDED,
	MOMENT_INSTALLED,
	MOMENT_COUNT,
};

struct emit;

/* Lines go to `write` in blocks of whole lines; false from it ends everything (emit_end()
 * is false from then on). `columns` is ended by NULL; only of EMIT_CSV, and there the
 * header line is written at once. */
struct emit *emit_new(enum emit_form form, const char *const *columns,
		      bool (*write)(void *ctx, const char *lines, size_t len, struct error *e),
		      void *ctx);
/* Let lines be put together in memory of somebody else's, which `lend` gives after each time that `write`
 * was called: what `write` gets then lies there, unless it needed more than those bytes. */
void emit_lend(struct emit *o, char *(*lend)(void *ctx, size_t *bytes));
enum emit_form emit_form(const struct emit *o);
/* Write what is still held. */
__attribute__((warn_unused_result)) bool emit_flush(struct emit *o, struct error *e);
void emit_free(struct emit *o);

/* From here on records are of this partition of a disk: "partition" is their first field, and names of a
 * bodyfile begin with "p3". 0: of no partition, again. */
void emit_partition(struct emit *o, unsigned number);

/* A record; `data_type` as plaso calls it, "windows:evtx:record". */
void emit_begin(struct emit *o, const char *data_type);
/* What a timeline shows for it, in a few words; text as of emit_text(). Said in pieces, which follow
 * one another. Costs nothing in the forms that do not need it. */
void emit_says(struct emit *o, const char *s, size_t len);
void emit_says16(struct emit *o, const uint8_t *units, size_t count);
__attribute__((format(printf, 2, 3))) void emit_saysf(struct emit *o, const char *fmt, ...);
/* False: writing ended, with the reason in e. */
__attribute__((warn_unused_result)) bool emit_end(struct emit *o, struct error *e);

/* Fields. */
void emit_text(struct emit *o, const char *key, const char *s,
	       size_t len);                                       /* UTF-8 or what claims to be */
void emit_string(struct emit *o, const char *key, const char *s); /* NULL: null */
void emit_utf16(struct emit *o, const char *key, const uint8_t *units,
		size_t count); /* little-endian */
void emit_number(struct emit *o, const char *key, uint64_t value);
void emit_signed(struct emit *o, const char *key, int64_t value);
void emit_real(struct emit *o, const char *key, double value); /* NaN and infinite: null */
void emit_bool(struct emit *o, const char *key, bool value);
void emit_null(struct emit *o, const char *key);
void emit_hex(struct emit *o, const char *key, const uint8_t *bytes, size_t len); /* "0a1b" */
void emit_flags(struct emit *o, const char *key, uint64_t value);                 /* "0x00000001" */
void emit_guid(struct emit *o, const char *key,
	       const uint8_t guid[16]); /* "f81d4fae-…", as Windows stores it */
void emit_object(struct emit *o, const char *key);
void emit_array(struct emit *o, const char *key);
void emit_close(struct emit *o);

/* Times, "2010-11-21T03:55:59.6264271Z", with all digits that there are. FILETIME: 100 ns
 * since 1601; zero is null and no moment. Beyond the year 9999: "+12345-01-…". */
void emit_filetime(struct emit *o, const char *key, uint64_t ticks, enum emit_moment what);
/* Seconds since 1970; `digits` behind the point (0 to 9). */
void emit_unix(struct emit *o, const char *key, int64_t s, uint32_t ns, unsigned digits,
	       enum emit_moment what);

/* A whole line of a bodyfile, for what is a file: between emit_begin() and emit_end(); such a record
 * has no other lines in EMIT_BODYFILE, and none elsewhere by this. Times in whole seconds since 1970. */
#define EMIT_MODE_BYTES 12u
struct emit_body {
	/* UTF-8; what a line cannot hold is escaped, once: `folder`, which ends with a slash, is not looked at if
	 * it is the same as in the last emit_body(), and neither is, if that was of this record, `name`. */
	const char *folder, *name;
	size_t folder_len, name_len;
	bool same_folder;
	bool same_name;     /* and the folder */
	const char *suffix; /* behind the name, no hexadecimal digit first: ":stream" */
	size_t suffix_len;
	const char *mark; /* behind all of it, as it is: " (deleted)" */
	size_t mark_len;
	uint64_t inode; /* "123", or of an attribute "123-128-1" */
	uint32_t type;  /* of the attribute; 0: none */
	uint16_t id;
	const char *mode; /* "r/rrwxrwxrwx", not ended */
	uint32_t uid, gid;
	uint64_t size_bytes;
	int64_t accessed, modified, changed, created; /* 0: none */
};
void emit_body(struct emit *o, const struct emit_body *b);

/* For a format whose records are many and alike, which writes its lines itself: room for len bytes more
 * behind what was said, and how many of them were used. JSON within a record only, escaped by the caller. */
char *emit_room(struct emit *o, size_t len);
void emit_used(struct emit *o, size_t len);

#endif
