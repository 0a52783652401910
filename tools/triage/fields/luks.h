/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_FIELDS_LUKS_H
#define TRIAGE_FIELDS_LUKS_H

#include "triage/emit.h"
#include "triage/parse/luks.h"

/* "luks", a group of `triage list --json`: docs/formats/luks.md. */
void emit_luks(struct emit *o, const struct luks *l);

/* The same for people, line after line from 0, unmasked; false: there are no more. */
#define LUKS_WORDS 640
__attribute__((warn_unused_result))
bool luks_words(char *out, size_t size, const struct luks *l, size_t number);

#endif
