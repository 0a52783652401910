/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_REGF_H
#define TRIAGE_PARSE_REGF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "triage/parse/parse.h"

/*
 * Hives of the Windows registry: docs/formats/regf.md.
 *
 * A hive is opened from bytes in memory. If it is dirty, what its transaction logs hold is applied to
 * a copy; the given bytes are never changed. Then there are two ways in:
 *
 *   regf_find(), regf_value_find(), regf_string() ...   a key by its path, a value by its name
 *   regf_walk()                                         everything, each byte at most once
 *
 * Whatever a hive says, the walk takes time and room linear in its size; so does one look-up.
 * Names and strings are UTF-16LE, or one byte for each unit (`narrow`), and may hold anything.
 */
#define REGF_BYTES_MAX (UINT32_C(1) << 31) /* cells behind that would be volatile ones */
#define REGF_DEPTH_MAX 512u                /* keys below one another, as in Windows */
#define REGF_PATH_MAX 32767u               /* units of a path, as in Windows */
#define REGF_LOGS_MAX 8u
#define REGF_BASE_BYTES 4096u
#define REGF_PAGE_BYTES 4096u
#define REGF_SEGMENT_BYTES 16344u /* of big data; larger data are in segments */
#define REGF_NONE UINT32_MAX      /* an offset that leads nowhere */

enum regf_type {
	REGF_REG_NONE,
	REGF_SZ,
	REGF_EXPAND_SZ,
	REGF_BINARY,
	REGF_DWORD,
	REGF_DWORD_BIG_ENDIAN,
	REGF_LINK,
	REGF_MULTI_SZ,
	REGF_RESOURCE_LIST,
	REGF_FULL_RESOURCE_DESCRIPTOR,
	REGF_RESOURCE_REQUIREMENTS_LIST,
	REGF_QWORD,
	REGF_TYPES,
};

/* "REG_SZ"; NULL: none of these. */
const char *regf_type_name(uint32_t type);

struct regf_bytes {
	const uint8_t *bytes;
	size_t len;
};

/* A name or a string: `len` bytes, two for each unit unless narrow. */
struct regf_text {
	const uint8_t *bytes; /* NULL: there is none */
	size_t len;
	bool narrow;
};

struct regf_base {
	uint32_t primary_sequence, secondary_sequence;
	uint64_t last_written; /* FILETIME */
	uint32_t major, minor, type, root, bins_bytes, sector_bytes;
	bool checksum_good;
};

/* What came of the logs. */
struct regf_replay {
	unsigned logs;    /* that had something to apply */
	unsigned entries; /* of the new format that were applied */
	unsigned pages;   /* of either format */
};

struct regf {
	const uint8_t *bins; /* offsets of cells count from here */
	size_t bins_bytes;
	uint32_t *bin_ends; /* for each page: where its hive bin ends; 0: there is none */
	size_t cell_head;   /* bytes before the content of a cell: 4, or 8 up to version 1.1 */
	struct regf_base base;
	bool dirty; /* as it was given: sequence numbers differ, or the checksum is wrong */
	struct regf_replay replay;
	uint8_t *own; /* the copy, where logs were applied */
	const struct parse_problems *problems;
};

/*
 * Everything is borrowed and must stay until regf_close(). Logs in any order, of either format; those of
 * another hive, old ones and damaged ones are left out. False: this is no hive (*r is then closed). A hive
 * whose first bytes are damaged is opened with what a log or its first bin says.
 */
__attribute__((warn_unused_result)) bool regf_open(struct regf *r, struct regf_bytes hive,
						   const struct regf_bytes *logs, size_t log_count,
						   const struct parse_problems *problems,
						   struct error *e);
void regf_close(struct regf *r);

/* Is this a transaction log, or one that was emptied? False: a hive, or something else altogether. */
bool regf_is_log(struct regf_bytes b);

enum regf_key_flag {
	REGF_KEY_VOLATILE = 0x01,
	REGF_KEY_EXIT = 0x02,
	REGF_KEY_ROOT = 0x04,
	REGF_KEY_NO_DELETE = 0x08,
	REGF_KEY_LINK = 0x10,
	REGF_KEY_NARROW = 0x20,
	REGF_KEY_PREDEFINED =
		0x40, /* value_count is a handle, of HKEY_PERFORMANCE_TEXT for instance */
};

struct regf_key {
	uint32_t offset; /* of its cell */
	uint16_t flags;
	uint64_t last_written; /* FILETIME */
	uint32_t parent, subkey_count, subkey_list, value_count, value_list, security, class_cell;
	uint16_t class_bytes;
	struct regf_text name;
	size_t used_bytes; /* of the content of its cell */
	bool is_free;      /* its cell is marked as free */
};

struct regf_value {
	uint32_t offset;
	uint32_t type;
	struct regf_text name; /* of no bytes: the default value */
	uint32_t data_bytes;   /* as stated; the data may turn out shorter */
	bool resident;         /* the data are in `inside` */
	const uint8_t *inside;
	uint32_t data_cell;
	size_t used_bytes;
	bool is_free;
};

/* The key whose cell is at `offset`. False: there is none. */
__attribute__((warn_unused_result)) bool regf_key_at(const struct regf *r, uint32_t offset,
						     struct regf_key *k);
__attribute__((warn_unused_result)) bool regf_root(const struct regf *r, struct regf_key *k);
/* "Microsoft\\Windows" below a key (NULL: below the root). Case does not matter. */
__attribute__((warn_unused_result)) bool
regf_find(const struct regf *r, const struct regf_key *from, const char *path, struct regf_key *k);
/* By name; "" is the default value. */
__attribute__((warn_unused_result)) bool regf_value_find(const struct regf *r,
							 const struct regf_key *k, const char *name,
							 struct regf_value *v);
/* Its data, which may be none. They lie in the hive, or, if that has them in segments, in
 * `room`, until it is used again. False: unreadable. */
__attribute__((warn_unused_result)) bool regf_data(const struct regf *r, const struct regf_value *v,
						   struct text *room, struct regf_bytes *data);

/* Short cuts to a value by name. False: it is not there, or not of that type.
 * Strings (REG_SZ, REG_EXPAND_SZ, REG_LINK) are added to `out` as UTF-8, as far as the first zero. */
__attribute__((warn_unused_result)) bool regf_string(const struct regf *r, const struct regf_key *k,
						     const char *name, struct text *out);
/* REG_DWORD or REG_QWORD. */
__attribute__((warn_unused_result)) bool regf_number(const struct regf *r, const struct regf_key *k,
						     const char *name, uint64_t *n);

/* The units of a text as UTF-8 (half surrogates: U+FFFD), all of them. */
void regf_text_add(struct text *out, struct regf_text t);
bool regf_text_is(struct regf_text t, const char *name); /* but for the case */
/* The units of a string in data, as far as the first zero; `behind` gets what lies behind
 * that zero, if it is not all zeros. */
struct regf_text regf_text_of(struct regf_bytes data, struct regf_bytes *behind);

/* Subkeys of a key, in the hive's order, from any kind of list. */
struct regf_subkeys {
	const struct regf *r;
	struct regf_claims *claims; /* internal; NULL for a look-up */
	const uint8_t *lists;       /* offsets of lists, if there are several */
	uint32_t list_count, list_at;
	const uint8_t *leaf;
	uint32_t leaf_count, leaf_at, leaf_step;
	char leaf_kind; /* 'f', 'h', 'i', of "lf", "lh", "li" */
	const uint8_t *
		hint; /* 4 bytes that say something of the name of the key that came last; NULL: none */
	uint64_t left; /* how many there can be in a hive of this size */
	uint32_t list; /* the cell of the list in hand, for problems */
	/* For a walk: how many the key says, how many there were, and whether a list of them was damaged. */
	uint32_t key, stated, seen;
	bool damaged;
};
void regf_subkeys(const struct regf *r, const struct regf_key *k, struct regf_subkeys *s);
/* The offset of the next key; REGF_NONE: there are no more. */
uint32_t regf_subkeys_next(struct regf_subkeys *s);
/* The same as a key; what is none is passed over. */
bool regf_subkey(struct regf_subkeys *s, struct regf_key *k);

/* Values of a key. */
struct regf_values {
	const struct regf *r;
	const uint8_t *list;
	uint32_t count, at;
};
void regf_values(const struct regf *r, const struct regf_key *k, struct regf_values *s);
bool regf_value(struct regf_values *s, struct regf_value *v);

#define REGF_SID_MAX 192 /* "S-1-5-…" with 15 numbers, ended */
/* The owner in the security descriptor of a key. False: there is none. */
bool regf_owner(const struct regf *r, const struct regf_key *k, char sid[REGF_SID_MAX]);
/* A SID as text. False: it is none. */
bool regf_sid(struct regf_bytes b, char sid[REGF_SID_MAX]);

/*
 * All keys with their values, parents first. With `recover`, then come those that lie in free
 * cells, in the rest of cells, or in cells that nothing leads to: `recovered`.
 *
 * Every byte belongs to one key, value, list or datum: what claims bytes that were claimed before is a
 * problem and left out. (Security descriptors are shared, and not claimed.)
 */
struct regf_walk;

struct regf_item {
	struct regf_key key; /* offset REGF_NONE: values that were found without their key */
	bool recovered;
	struct regf_text path;       /* "\\Software\\Microsoft", of the root "\\"; wide */
	struct regf_text class_name; /* wide */
};

struct regf_walk *regf_walk_new(const struct regf *r, bool recover);
/* False: that was the last one. What belongs to an item stays until the next. */
bool regf_walk_next(struct regf_walk *w, struct regf_item *item);
/* The next value of the item. `data` with bytes NULL: could not be read. They lie in the hive or, if that has them
 * in segments, in the walk until the next value. */
bool regf_walk_value(struct regf_walk *w, struct regf_value *v, struct regf_bytes *data);
void regf_walk_free(struct regf_walk *w);

#endif
