/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_JOURNALD_H
#define TRIAGE_PARSE_JOURNALD_H

#include <stdbool.h>
#include <stddef.h>

#include "triage/parse/parse.h"

/*
 * Files of systemd's journal (*.journal): docs/formats/journald.md. Entries by the chain of entry
 * arrays, in the order in which they were written; where this is broken, or if asked, the file
 * is searched for entries that no array has. A journal that was not closed is read alike.
 */
#define JOURNALD_FILE_MAX ((size_t)512 << 20)   /* bytes that are read */
#define JOURNALD_FIELDS_MAX 1024                /* of an entry, as systemd has it */
#define JOURNALD_UNPACKED_MAX ((size_t)8 << 20) /* bytes that one entry unpacks to */
#define JOURNALD_NAME_MAX 64

struct journald_header {
	uint32_t compatible, incompatible; /* flags */
	uint8_t state;
	uint8_t file_id[16], machine_id[16], boot_id[16],
		seqnum_id[16]; /* in the order of their digits */
	uint64_t header_bytes, arena_bytes, objects, entries, head_seqnum, tail_seqnum;
	uint64_t head_realtime, tail_realtime; /* us since 1970; 0: none */
};

struct journald_field {
	const char *name; /* A-Z, 0-9 and _ */
	size_t name_len;
	const uint8_t *value;
	size_t len;
	size_t place; /* in the entry */
};

struct journald_entry {
	uint64_t offset;
	uint64_t seqnum;
	uint64_t realtime, monotonic; /* us since 1970, us since boot */
	uint8_t boot_id[16];
	bool recovered; /* no array has it */
	size_t missing; /* fields that cannot be read, or are beyond a limit */
	size_t count;
	/* Ordered by their names, then as the entry has them: a name may be there twice. */
	const struct journald_field *fields;
};

struct journald_to {
	bool (*header)(void *ctx, const struct journald_header *h, struct error *e);
	bool (*entry)(void *ctx, const struct journald_entry *r,
		      struct error *e); /* what it is given lives that long */
	void *ctx;
};

/* False with e: it is no journal, or one of a kind that is not known, or `to` ended it. */
__attribute__((warn_unused_result))
bool journald_parse(const uint8_t *bytes, size_t len, bool recover,
		    const struct parse_problems *problems, const struct journald_to *to,
		    struct error *e);

#endif
