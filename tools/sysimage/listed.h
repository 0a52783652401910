/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SYSIMAGE_LISTED_H
#define SYSIMAGE_LISTED_H

#include <stdbool.h>

#include "lib/base/error.h"
#include "lib/data/json.h"
#include "lib/image/catalogue_read.h"
#include "lib/image/open.h"
#include "sysimage/vouch.h"

/* An image that is opened for its manifest and the list of its files. */
struct listed {
	struct image image;
	struct catalogue catalogue; /* bytes NULL: it has none */
};

/* Open it, and load its catalogue if there is one (or it `must` have one). Without a root of
 * the organisation a line on stderr says that nobody vouches for it. */
__attribute__((warn_unused_result))
bool listed_open(struct listed *l, const char *name, const struct vouch *v, bool must,
		 struct error *e);
void listed_close(struct listed *l); /* { 0 } is empty */

/* A path as it stands in the catalogue, to be freed. */
char *listed_path(const struct catalogue_line *c);

/* The fields of a line, into an object that is open. */
void listed_json(struct json *j, const struct catalogue_line *c);

#endif
