/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_FIELDS_SPAN_H
#define TRIAGE_FIELDS_SPAN_H

#include "triage/emit.h"
#include "triage/parse/lines.h"

/* A part of a line as a field; absent: null. */
static inline void emit_span(struct emit *o, const char *key, struct span s)
{
	if (s.s)
		emit_text(o, key, s.s, s.len);
	else
		emit_null(o, key);
}

/* One that is a number, else null. */
static inline void emit_span_number(struct emit *o, const char *key, struct span s)
{
	uint64_t value;

	if (span_number(s, &value))
		emit_number(o, key, value);
	else
		emit_null(o, key);
}

#endif
