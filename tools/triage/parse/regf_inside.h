/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_REGF_INSIDE_H
#define TRIAGE_PARSE_REGF_INSIDE_H

#include "lib/base/le.h"
#include "lib/base/reader.h"
#include "triage/parse/regf.h"

/* What the files of the registry's reader share. */

/* The content of a cell; bytes NULL: there is none. */
struct regf_cell {
	const uint8_t *bytes;
	size_t len;
	bool is_free;
};
struct regf_cell regf_cell_at(const struct regf *r, uint32_t offset);

/* A problem at a cell. */
static inline void regf_problem(const struct regf *r, uint32_t offset, const char *what)
{
	parse_problem(r->problems, (uint64_t)REGF_BASE_BYTES + offset, what);
}

/* Which bytes belong to something already, in units of 8. */
struct regf_claims {
	uint8_t *bits;
	bool *some;   /* is any unit taken of each REGF_CLAIMS_AT_ONCE? */
	size_t bytes; /* of the bins */
	size_t head;  /* of a cell */
};
#define REGF_CLAIMS_AT_ONCE 512u /* of 4096 bytes: what is free is passed over in such steps */
/* Claim a cell as far as `used` bytes of its content. False: some of that is taken. */
bool regf_claim(struct regf_claims *c, uint32_t offset, size_t used);

/* A key or a value out of the content of a cell. */
bool regf_key_parse(struct regf_cell c, uint32_t offset, struct regf_key *k);
bool regf_value_parse(struct regf_cell c, uint32_t offset, struct regf_value *v);
#define REGF_KEY_BYTES 76u /* before the name */
#define REGF_VALUE_BYTES 20u
/* As regf_subkeys() and regf_data(), claiming what is read. */
void regf_subkeys_claim(const struct regf *r, struct regf_claims *claims, const struct regf_key *k,
			struct regf_subkeys *s);
/* Does what the list says of the key that came last fit its name: its first four letters, or their sum? */
bool regf_hint_fits(const struct regf_subkeys *s, struct regf_text name);
bool regf_data_claim(const struct regf *r, struct regf_claims *c, const struct regf_value *v,
		     struct text *room, struct regf_bytes *data);

/* The first bytes of a hive or of a log. False: they are none. */
#define REGF_BASE_READ 512u
bool regf_base_parse(struct regf_bytes b, struct regf_base *base);

/* Apply what the logs hold to a copy: sets bins, bins_bytes, base, own, replay. */
void regf_replay(struct regf *r, struct regf_bytes hive, const struct regf_bytes *logs,
		 size_t log_count);
/* The checksum of log entries, of Microsoft's making. */
uint64_t regf_marvin32(const uint8_t *p, size_t len);

#endif
