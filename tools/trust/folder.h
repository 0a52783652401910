/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRUST_FOLDER_H
#define TRUST_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/cli.h"
#include "lib/base/error.h"
#include "lib/base/memory.h"
#include "lib/crypto/trust.h"

/* What the verbs on roots share: the trust folder, its draft, and a role's numbers. */
struct folder {
	int fd;
	const char *path; /* borrowed */
	struct arena memory;
	struct trust_chain chain;
	struct trust_draft draft;
};
#define FOLDER_NONE { .fd = -1 }

/* Open a trust folder and verify its chain; a draft is let through. */
__attribute__((warn_unused_result))
bool folder_open(struct folder *f, const char *path, struct error *e);
void folder_close(struct folder *f);

/* The root that holds, or NULL if there is only a draft. */
const struct trust_root *folder_newest(const struct folder *f);

/* The same, or ERROR_UNTRUSTED with who has to sign first. */
const struct trust_root *folder_need(const struct folder *f, struct error *e);

/* A copy to be changed: the draft if nobody has signed it, else the next version. */
__attribute__((warn_unused_result))
bool folder_edit(struct folder *f, struct trust_root *root, struct error *e);

/* Write the changed copy as N.root, or print it (dry), and say who has to sign. */
__attribute__((warn_unused_result))
bool folder_write(struct folder *f, struct trust_root *root, bool dry, struct error *e);

/* On stdout: who still has to sign this draft. */
void folder_say_draft(const struct trust_root *before, const struct trust_draft *d,
		      const char *folder);

/* A public key file; the key's name is the file's without ".pub". */
__attribute__((warn_unused_result))
bool folder_read_key(const char *path, struct arena *a, struct trust_key *k, struct error *e);

/* A whole file of any size, to be read only; an empty one is "". */
struct mapped {
	const char *bytes;
	size_t len;
};
__attribute__((warn_unused_result))
bool folder_map(const char *path, struct mapped *m, struct error *e);
void folder_unmap(struct mapped *m);

/* FILE.minisig, or nothing if there is none. */
__attribute__((warn_unused_result))
bool folder_read_signatures(const char *file, struct text *out, struct error *e);

/* The options --threshold-ROLE (and --minimum-ROLE) of all roles. */
struct role_numbers {
	uint64_t threshold[TRUST_ROLES], minimum[TRUST_ROLES]; /* UINT64_MAX: not given */
};
#define ROLE_OPTIONS (2 * TRUST_ROLES)

void role_numbers_init(struct role_numbers *n);
/* Writes the options behind `at`, ends the table, and returns how many there are. */
size_t role_options(struct role_numbers *n, bool minimum, struct cli_option *at);
/* Into the root; false if a threshold cannot be reached, saying which option to give. */
__attribute__((warn_unused_result))
bool role_numbers_apply(const struct role_numbers *n, struct trust_root *root, struct error *e);

#endif
