/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SYSIMAGE_VOUCH_H
#define SYSIMAGE_VOUCH_H

#include <stdbool.h>

#include "lib/base/error.h"
#include "lib/data/json.h"
#include "lib/image/open.h"

/* Who vouches for images: the newest root in a trust folder, as --trust names it. */
struct vouch {
	struct arena memory;
	struct trust_chain chain;
	struct trust_draft draft;
	const struct trust_root *root; /* NULL: no folder was named */
	char words[80];                /* of the root, to be compared with paper */
	bool kit;                      /* it is that of the kit that runs here */
};

/* `folder` NULL: nobody vouches, and that is no error. A root that too few have signed yet
 * counts for nothing; the one before it does. */
__attribute__((warn_unused_result)) bool vouch_open(struct vouch *v, const char *folder,
						    struct error *e);
void vouch_release(struct vouch *v); /* { 0 } is empty */

/* The root of the kit that runs here (on the stick: the organisation's), as a folder for
 * vouch_open(). NULL: there is no kit, or nobody vouches for it. */
#define VOUCH_FOLDER 4200
const char *vouch_kit(char folder[VOUCH_FOLDER]);

/* On stdout: who signed, for which organisation, under which root. For an image whose
 * signatures are enough. */
void vouch_print(const struct vouch *v, const struct trust_found *found);

/* The same for programs: keys of the object that is open. `found` of any image. */
void vouch_json(const struct vouch *v, const struct trust_found *found, struct json *j);

/* What is remembered of images that were seen: in a file (--seen), in the journal (--journal),
 * in both or nowhere. */
struct remember {
	const char *file; /* NULL: none */
	bool journal;
};

/* May the image come after all that was seen, and be noted? ERROR_UNTRUSTED if an older one is tried.
 * Call it before anything is written. */
__attribute__((warn_unused_result)) bool remember_check(const struct remember *r,
							const struct image *i, struct error *e);

/* Note it. Only for an image that enough people vouch for: `root` is the one that says so. What one
 * of exercises vouches for is not noted, which is said on stderr. */
__attribute__((warn_unused_result)) bool remember_note(const struct remember *r,
						       const struct trust_root *root,
						       const struct image *i, struct error *e);

/* The same after something was made of it: that is then there, even if this fails. */
__attribute__((warn_unused_result)) bool remember_made(const struct remember *r,
						       const struct trust_root *root,
						       const struct image *i, const char *made,
						       struct error *e);

#endif
