/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef KIT_FOLDER_H
#define KIT_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "kit/source.h"
#include "lib/base/text.h"

/* Files of a source folder, read without following links and with limits. What is
 * wrong becomes a finding under the name `shown`. */
#define FOLDER_NAMES_MAX 10000 /* entries of one folder */

/* The bytes of a file, at most `max` of them; a larger one is refused before it is
 * read. False: the reason is a finding, or the file is not there (*absent) and that
 * is the caller's to judge. */
bool folder_bytes(struct source *s, int dir, const char *name, const char *shown, size_t max,
		  struct text *out, bool *absent);

/* The same as UTF-8 (lib/data/charset.h), at most SOURCE_FILE_MAX. */
bool folder_text(struct source *s, int dir, const char *name, const char *shown, struct text *out,
		 bool *absent);

/* The names in a folder, sorted, without hidden ones; to be freed by the caller. */
__attribute__((warn_unused_result))
bool folder_names(struct source *s, int dir, const char ***names, size_t *count, struct error *e);

/* A folder in the folder dir, or -1: *absent, or a finding. */
int folder_open(struct source *s, int dir, const char *name, bool *absent);

#endif
