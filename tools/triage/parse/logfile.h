/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_LOGFILE_H
#define TRIAGE_PARSE_LOGFILE_H

#include "lib/base/reader.h"
#include "triage/parse/parse.h"

/*
 * The log of NTFS ($LogFile), versions 1.1 and 2.0: docs/formats/logfile.md. Read lightly: its restart
 * pages, and each record of its transactions with what was done, to which attribute, and the name
 * that stands in the data. Nothing is replayed.
 */
#define LOGFILE_BYTES_MAX (256u << 20) /* Windows makes up to 64 MiB by itself */
#define LOGFILE_DATA_MAX (1u << 20)    /* of one record */

struct logfile_restart {
	uint64_t offset;
	uint64_t current_lsn;
	uint16_t major, minor;
	uint32_t system_page_bytes, log_page_bytes;
	uint64_t file_bytes;
	uint32_t data_at; /* where the records of a page begin */
	unsigned sequence_bits;
	uint16_t flags, clients;
	bool is_checked; /* CHKD: written by chkdsk */
	bool is_torn;    /* a fixup does not fit */
	bool has_client; /* the first one: */
	uint64_t oldest_lsn, client_restart_lsn;
	struct reader client_name; /* UTF-16LE */
};

enum { LOGFILE_OPERATION = 1, LOGFILE_CHECKPOINT = 2 }; /* kinds of a record */

struct logfile_name {    /* $FILE_NAME in the data of a record */
	uint64_t parent; /* reference */
	uint64_t file;   /* reference, of an entry of an index; 0: not said */
	uint8_t space;
	struct reader units;
};

struct logfile_record {
	uint64_t offset; /* where it was found */
	uint64_t lsn, previous_lsn, undo_next_lsn;
	uint32_t kind, transaction;
	bool is_copy; /* only in a page that was written ahead, not yet in its place */
	bool is_cut;  /* not all of its data are there */
	bool is_old;  /* such a copy, of a former round: the log has newer records in their place */
	struct reader data;
	/* Of an operation whose header is whole. */
	bool has_operation;
	uint16_t redo, undo;                /* logfile_operation_name() */
	uint16_t redo_bytes, undo_bytes;    /* as it says */
	struct reader redo_data, undo_data; /* none, if they are not all there */
	uint16_t target_attribute;          /* offset in the table of open attributes */
	uint16_t record_offset, attribute_offset, cluster_block, block_sectors;
	uint64_t target_vcn;
	uint16_t lcn_count;
	uint64_t lcn; /* the first one */
	/* What can be told from it. */
	bool has_target_record; /* the operation is on an MFT record of that number */
	uint64_t target_record;
	uint64_t target_file; /* reference to the file whose attribute it is on; 0: not known */
	uint32_t target_type; /* of that attribute */
	struct reader target_name;
	bool has_name;
	struct logfile_name name;
};

struct logfile_to {
	/* Each restart page, then each record by its LSN. What they point to is gone afterwards. False ends it, with e.
	 * Either may be NULL. */
	bool (*restart)(void *ctx, const struct logfile_restart *r, struct error *e);
	bool (*record)(void *ctx, const struct logfile_record *r, struct error *e);
	void *ctx;
};

/* False with e: ERROR_UNTRUSTED if it is no log; a log that was emptied (all FF) has no records. */
__attribute__((warn_unused_result)) bool logfile_parse(const struct partition_source *s,
						       const struct parse_problems *problems,
						       const struct logfile_to *to,
						       struct error *e);

/* "AddIndexEntryAllocation", or NULL. */
const char *logfile_operation_name(uint16_t operation);

/* Within: what an operation says, from r->data. logfile_operation.c. */
struct logfile_attribute { /* an open one */
	uint64_t file;
	uint32_t type;
	size_t name_at, name_len; /* in `names` */
};
struct logfile_table {
	struct logfile_attribute *list; /* of LOGFILE_ATTRIBUTES */
	uint8_t *names;
	size_t names_len, names_capacity;
	uint32_t cluster_bytes;
};
#define LOGFILE_ATTRIBUTES 16384u /* a table of 64 KiB has no more */
#define LOGFILE_NAME_BYTES 510u   /* of an attribute */
#define LOGFILE_NAMES_BYTES (4u << 20)
void logfile_operation(struct logfile_table *t, struct logfile_record *r);
void logfile_table_release(struct logfile_table *t);

#endif
