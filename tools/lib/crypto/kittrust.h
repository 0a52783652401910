/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_CRYPTO_KITTRUST_H
#define LIB_CRYPTO_KITTRUST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/crypto/digest.h"

/*
 * May this kit be believed? The one place that decides it, for init and for every
 * tool (docs/formats/kit-img.md#signatures).
 */
enum kit_trust {
	KIT_MISSING,
	KIT_DAMAGED,  /* something in it is not as its manifest says */
	KIT_REFUSED,  /* whole, but its signatures do not make it the organisation's */
	KIT_UNSIGNED, /* whole and without signatures: "development" on every page */
	KIT_SIGNED,
};

#define KITTRUST_WORDS 80 /* bytes of eight words with the end */

struct kittrust {
	enum kit_trust trust;
	struct error why; /* of KIT_DAMAGED and KIT_REFUSED */
	/* Of KIT_SIGNED: */
	char organisation[128];     /* as its root calls it */
	char words[KITTRUST_WORDS]; /* fingerprint of the newest root */
	uint64_t root_version, counter;
	bool exercise;          /* a drill's root: the kit must be a drill's too */
	unsigned wanted, valid; /* signatures */
};

/* "missing", "damaged", "refused", "unsigned", "signed". */
const char *kit_trust_name(enum kit_trust trust);

/* Judge the folder kit/ under root_fd: every file against its manifest and nothing
 * besides; the roots in kit/trust; the signatures over the manifest. `words` is the
 * kernel's command line, or "": a digest in blackstart.root=HEX there must be one of
 * the roots, and a kit without signatures is then refused. */
void kittrust_check(int root_fd, const char *words, struct kittrust *t);

/* The part about signatures alone: are these `signatures` (len 0: none) over these bytes
 * of a manifest enough for the newest root of the chain? Sets all of *t. */
struct trust_chain;
void kittrust_judge(const struct trust_chain *chain, const void *manifest, size_t manifest_len,
		    const void *signatures, size_t signatures_len, const char *words,
		    struct kittrust *t);

/* The digest in blackstart.root=HEX; *pinned is false if there is no such word. False:
 * there is one, and it is no digest. */
__attribute__((warn_unused_result))
bool kittrust_pin(const char *words, struct digest *pin, bool *pinned);

#endif
