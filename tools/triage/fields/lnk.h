/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_FIELDS_LNK_H
#define TRIAGE_FIELDS_LNK_H

#include "triage/emit.h"
#include "triage/parse/lnk.h"

/* The fields of a link, at the top of a record or in a group: docs/formats/lnk.md#keys. */
void emit_lnk(struct emit *o, const struct lnk *l);
/* What a timeline shows for it: where its target lay. */
void emit_says_lnk(struct emit *o, const struct lnk *l);
/* The items of a list, as an array of that key. What is none is an unknown one, and a problem. */
void emit_shell_items(struct emit *o, const char *key, struct reader items,
		      const struct parse_place *place);
/* The values of property stores, as an array of that key. False, and a problem: there is more in them than
 * could be read. */
bool emit_properties(struct emit *o, const char *key, struct reader stores,
		     const struct parse_place *place);

#endif
