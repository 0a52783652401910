/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_XML_H
#define TRIAGE_PARSE_XML_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/text.h"

/*
 * A small, strict reader of XML: elements, attributes, text, CDATA; comments and processing
 * instructions are passed over. There is no document type (what has one is refused) and so no
 * entities but the five and numbers. Everything points into the text, which is UTF-8; half
 * surrogates may stand in it as WTF-8.
 */
#define XML_DEPTH_MAX 32
#define XML_NAME_MAX 256 /* bytes */

enum xml_event { XML_START, XML_END, XML_TEXT, XML_DONE, XML_BAD };

struct xml_span {
	const char *s;
	size_t len;
};

struct xml {
	const char *begin, *at, *end;
	struct xml_span open[XML_DEPTH_MAX]; /* names of the elements that are open */
	unsigned depth;
	bool is_empty; /* <a/>: its end comes next */
	bool had_root;
	/* Of the event. */
	struct xml_span name, attributes; /* START, END; without the prefix of a name space */
	struct xml_span text;             /* TEXT, as it stands */
	bool is_literal;                  /* of CDATA */
};

struct xml xml_begin(const char *s, size_t len);
/* The next event. After XML_BAD there is none; x->at is where. */
enum xml_event xml_next(struct xml *x);
/* Append a text with its references resolved; false: one of them is none, and stays as it stands. */
__attribute__((warn_unused_result)) bool xml_add_text(struct text *out, struct xml_span text,
						      bool is_literal);
/* The value of an attribute of the element that began, as it stands. */
bool xml_attribute(const struct xml *x, const char *name, struct xml_span *value);

#endif
