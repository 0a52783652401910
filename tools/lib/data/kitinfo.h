/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DATA_KITINFO_H
#define LIB_DATA_KITINFO_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/memory.h"
#include "lib/crypto/kittrust.h"

struct db;

#define KIT_FOLDER "/kit" /* on the stick; BLACKSTART_KIT names another one */

#define KIT_APPLICATION_ID 0x424b4954u /* "BKIT", of every database of a kit */
#define KIT_DB_VERSION 3u              /* docs/formats/kit-db.md */

/* How far the kit's data can be trusted to be current. Age warns, never blocks. */
enum kit_age {
	KIT_CURRENT,
	KIT_REVIEW_DUE, /* past review_by: a notice */
	KIT_EXPIRED,    /* past valid_until: a plain warning */
};

/* What every page says about the kit (docs/formats/kit-db.md#kit). */
struct kitinfo {
	const char *organisation; /* "Stadt Musterlingen" */
	const char *kit_id;       /* "musterlingen" */
	uint64_t version;         /* 42 */
	const char *data_date;    /* "2026-11-01": of the data, not of the build */
	const char *review_by, *valid_until;
	const char *publisher;
	const char *language; /* "de": proposed for the screens */
	const char *keyboard; /* "de" */
	bool exercise;        /* a drill: said on every page */
	/* What is written down later is sealed to these, 64 hexadecimal digits each; NULL in a
	 * kit that was compiled without keys. */
	const char *protected_key, *strict_key;
	struct kittrust trust; /* anything but KIT_SIGNED is said on every page */
	struct arena memory;
};

/* The folder of the kit: BLACKSTART_KIT or KIT_FOLDER. */
const char *kit_folder(void);

/* Read it from kit_folder()/open.db and judge it. { 0 } is empty; release accepts it. */
__attribute__((warn_unused_result))
bool kitinfo_load(struct kitinfo *k, struct error *e);

/* Judge the kit in kit_folder() (lib/crypto/kittrust.h): its version and whether it is a
 * drill must be what was signed. A folder without a manifest, as an author may have one,
 * counts as not signed. Sets k->trust. */
void kitinfo_judge(struct kitinfo *k);

/* As kitinfo_load(), from a database that is open, into an empty *k and without `trust`. */
__attribute__((warn_unused_result))
bool kitinfo_read(struct kitinfo *k, struct db *db, struct error *e);

/* What was signed must be what the kit says of itself, and its public keys must be such: else
 * k->trust becomes KIT_REFUSED, with the reason. Nothing is then sealed, or kept open instead. */
void kitinfo_compare(struct kitinfo *k);
void kitinfo_release(struct kitinfo *k);

/* Days from data_date to `now` (seconds since 1970, UTC), 0 if that is before. */
uint64_t kitinfo_age_days(const struct kitinfo *k, int64_t now);
enum kit_age kitinfo_age(const struct kitinfo *k, int64_t now);

#endif
