/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_CRYPTO_TRUST_H
#define LIB_CRYPTO_TRUST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/memory.h"
#include "lib/crypto/digest.h"
#include "lib/crypto/minisign.h"

/*
 * Who may sign what for an organisation (docs/formats/trust.md): the root, a text of
 * keys, roles, thresholds, minimum counters and revocations, in versions each signed
 * by the one before and by itself.
 */
#define TRUST_BYTES_MAX 65536   /* of one root */
#define TRUST_KEYS_MAX 64       /* in one root, with the revoked */
#define TRUST_VERSIONS_MAX 256  /* in one chain */
#define TRUST_SIGNATURES_MAX 64 /* in one .minisig */
#define TRUST_SIGNATURES_BYTES_MAX 262144
#define TRUST_NAME_MAX 32   /* bytes of a key's name */
#define TRUST_TITLE_MAX 200 /* bytes of the organisation's */
#define TRUST_DIGITS_MAX 15 /* of any number */
#define TRUST_COUNTER_MAX 999999999999999

enum trust_role { TRUST_ROOT, TRUST_IMAGE, TRUST_KIT, TRUST_RELEASE, TRUST_OPERATOR, TRUST_ROLES };

const char *trust_role_name(enum trust_role role); /* "kit" */
bool trust_role_parse(const char *s, size_t len, enum trust_role *role);

struct trust_key {
	const char *name; /* "isb", never a person's */
	struct minisign_public key;
	bool revoked;
	uint32_t roles; /* bit 1 << enum trust_role */
};

struct trust_root {
	const char *organisation;
	uint64_t version; /* from 1 */
	uint64_t serial;  /* of the revocations; only rises */
	bool exercise;    /* a drill's root: vouches for nothing real */
	struct trust_key *keys;
	size_t key_count;
	unsigned threshold[TRUST_ROLES]; /* 0: nobody may sign for this role */
	uint64_t minimum[TRUST_ROLES];   /* smallest counter still accepted */
	struct digest digest;            /* of its bytes: the fingerprint */
};

/* May a key be called this? */
bool trust_name_ok(const char *s, size_t len);

/* The key of that name, revoked or not, or NULL. */
struct trust_key *trust_root_find(const struct trust_root *root, const char *name, size_t len);

/* Does it begin like a root? */
bool trust_is_root(const void *bytes, size_t len);

/* Read one root. Strict: ERROR_UNTRUSTED with the line. Strings live in the arena.
 * Its signatures are not looked at: that is the chain's work. */
__attribute__((warn_unused_result))
bool trust_root_parse(const void *bytes, size_t len, struct arena *a, struct trust_root *root,
		      struct error *e);

/* The text of a root, and its digest into it; sorts its keys. What the reader would
 * refuse is refused here (ERROR_USAGE). */
__attribute__((warn_unused_result))
bool trust_root_write(struct trust_root *root, struct text *out, struct error *e);

/* May `next` come after `before` (NULL: as the first), signatures apart? */
__attribute__((warn_unused_result))
bool trust_root_follows(const struct trust_root *before, const struct trust_root *next,
			struct error *e);

/* Why a signature did not count. */
enum trust_why { TRUST_UNKNOWN, TRUST_REVOKED, TRUST_NO_ROLE, TRUST_TWICE };

struct trust_passed {
	enum trust_why why;
	const char *name; /* of the key; NULL for TRUST_UNKNOWN */
};

/* What a verification found, for people. */
struct trust_found {
	unsigned wanted, valid; /* k of n: distinct keys */
	uint64_t counter;
	size_t signers[TRUST_SIGNATURES_MAX]; /* indices into root->keys, `valid` of them */
	struct trust_passed passed[TRUST_SIGNATURES_MAX];
	unsigned passed_count;
};

/* The roots of an organisation, oldest first. The first is signed by its own
 * threshold, each later one by its own and by that of the one before. */
struct trust_file {
	const void *root, *signatures; /* N.root and N.root.minisig */
	size_t root_len, signatures_len;
};

struct trust_chain {
	struct trust_root *roots;
	size_t count;              /* the last one holds */
	struct trust_found *found; /* by each root's own holders */
};

/* A last root that too few have signed yet. */
struct trust_draft {
	bool present;
	struct trust_root root;
	struct trust_found own, before; /* by its own holders, and by those of the one before */
};

__attribute__((warn_unused_result))
bool trust_chain_verify(const struct trust_file *files, size_t count, struct arena *a,
			struct trust_chain *chain, struct error *e);

/* The same from a folder: 1.root, 1.root.minisig, 2.root ... up to the last there is. */
__attribute__((warn_unused_result))
bool trust_chain_load(int folder_fd, struct arena *a, struct trust_chain *chain, struct error *e);

/* The same, but a last root that too few have signed is handed out as a draft, not
 * refused, and the chain ends before it; it may then be empty. For the tool that
 * signs, and for the days while signatures are collected. */
__attribute__((warn_unused_result))
bool trust_chain_load_draft(int folder_fd, struct arena *a, struct trust_chain *chain,
			    struct trust_draft *draft, struct error *e);

/* Is the file `name` of a trust folder no root that lies behind a gap, where the roots end with number
 * `count`? Such a one means that a root is missing, not that the chain ends. For readers of
 * folders that lie in archives; trust_chain_load() asks by itself. */
__attribute__((warn_unused_result))
bool trust_no_gap(const char *name, size_t count, struct error *e);

/* Is this digest one of the chain's roots? What pins a root pins all that follow. */
bool trust_chain_has(const struct trust_chain *chain, const struct digest *pin);

/*
 * Are `bytes` signed by enough distinct keys of the role? Every signature's trusted
 * comment must name the role and the same counter. Refused (ERROR_UNTRUSTED), each in
 * its own words: too few, the same key twice, a revoked key, another role, other
 * bytes, a counter below `min_counter` or below the root's minimum. A signature by a
 * key that is unknown, revoked or without the role counts as none, a second one by the
 * same key too; if the others are enough, that is no fault (docs/formats/trust.md says
 * why).
 */
__attribute__((warn_unused_result))
bool trust_verify(const struct trust_root *root, enum trust_role role, const void *bytes,
		  size_t len, const void *signatures, size_t signatures_len, uint64_t min_counter,
		  struct trust_found *found, struct error *e);

/* The two halves of trust_verify(): which signatures count (false: one is forged or
 * for another role), and are they enough? */
__attribute__((warn_unused_result))
bool trust_count(const struct trust_root *root, enum trust_role role, const void *bytes, size_t len,
		 const void *signatures, size_t signatures_len, struct trust_found *found,
		 struct error *e);
__attribute__((warn_unused_result))
bool trust_enough(const struct trust_root *root, enum trust_role role,
		  const struct trust_found *found, struct error *e);

/* Who may sign for the role and has not: "hauptamt, isb". */
void trust_open_names(const struct trust_root *root, enum trust_role role,
		      const struct trust_found *found, struct text *out);

/* The trusted comment that binds a signature: "blackstart role=kit counter=42". */
void trust_comment(char *out, size_t size, enum trust_role role, uint64_t counter);
bool trust_comment_parse(const char *s, enum trust_role *role, uint64_t *counter);

#endif
