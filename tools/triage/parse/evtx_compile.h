/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_EVTX_COMPILE_H
#define TRIAGE_PARSE_EVTX_COMPILE_H

/* What evtx_program.c, which knows XML, and evtx_event.c, which knows events, share. */
#include <stdlib.h>

#include "triage/parse/evtx_inside.h"

/* Whether a comma is due before the next member, as far as it is known beforehand. */
enum evtx_object_state { OBJECT_FRESH, OBJECT_FILLED, OBJECT_UNKNOWN };

struct evtx_object {
	uint32_t id; /* what its keys are told apart from those of others by */
	enum evtx_object_state state;
};

/* Is this value declared as binary XML, or as an array of it? */
bool evtx_is_binxml(const struct evtx_node *sub);

/* What stands within an element, or at the top. */
struct evtx_content {
	uint32_t elements, pieces; /* pieces of text, blank ones between elements not counted */
	uint32_t only;             /* the last piece */
	bool loose;                /* a piece is no value, and not blank */
};
struct evtx_content evtx_content(struct evtx_tree *t, uint32_t first);

/* Literals gather until an operation takes them. */
char *evtx_put_room(struct evtx_programs *p, size_t n);
static inline void evtx_put(struct evtx_programs *p, const char *s, size_t n)
{
	memcpy(evtx_put_room(p, n), s, n);
	p->text_len += n;
}
void evtx_put_units(struct evtx_programs *p, const uint8_t *units, size_t count);
struct evtx_op *evtx_op(struct evtx_programs *p, enum evtx_code code, unsigned what, uint32_t n);
void evtx_flush(struct evtx_programs *p);

void evtx_comma(struct evtx_programs *p, struct evtx_object *o);
void evtx_key(struct evtx_programs *p, struct evtx_object *o, const uint8_t *units, size_t count);
void evtx_put_pieces(struct evtx_programs *p, uint32_t first);
void evtx_put_attributes(struct evtx_programs *p, struct evtx_object *o, uint32_t element);
void evtx_put_value(struct evtx_programs *p, uint32_t element);
void evtx_put_member(struct evtx_programs *p, struct evtx_object *o, uint32_t element);
void evtx_put_instruction(struct evtx_programs *p, struct evtx_object *o, uint32_t instruction);
void evtx_put_content(struct evtx_programs *p, struct evtx_object *o, uint32_t first);
void evtx_put_sub(struct evtx_programs *p, struct evtx_object *o, enum evtx_code code,
		  unsigned what, uint32_t n);
void evtx_put_instance(struct evtx_programs *p, struct evtx_object *o, enum evtx_context context,
		       uint32_t at);

void evtx_put_event(struct evtx_programs *p, uint32_t first);
void evtx_put_data(struct evtx_programs *p, struct evtx_object *o, uint32_t first);

#endif
