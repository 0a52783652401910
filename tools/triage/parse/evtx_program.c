/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A tree of binary XML as a program: literal JSON, and values put in between. A template is compiled when
 * it is new; each record of it is then rendered by copying. docs/formats/evtx.md#json has the rules.
 */
#include "lib/base/decimal.h"
#include "lib/base/memory.h"
#include "triage/parse/evtx_inside.h"
#include "triage/parse/evtx_compile.h"

void evtx_programs_init(struct evtx_programs *p)
{
	*p = (struct evtx_programs){ 0 };
	p->tree.nodes = mem_array(EVTX_NODES_MAX, sizeof(*p->tree.nodes));
	p->keys = mem_array(EVTX_KEYS, sizeof(*p->keys));
}

void evtx_programs_release(struct evtx_programs *p)
{
	free(p->tree.nodes);
	free(p->keys);
	free(p->ops);
	free(p->text);
	free(p->pieces);
	*p = (struct evtx_programs){ 0 };
}

void evtx_programs_chunk(struct evtx_programs *p)
{
	p->slots = 0;
	p->left = EVTX_COMPILE_MAX;
	memset(p->slot, 0, sizeof(p->slot));
	if (p->count <= EVTX_PROGRAMS_MAX && p->text_len <= EVTX_KEPT_BYTES &&
	    p->op_count * sizeof(*p->ops) <= EVTX_KEPT_BYTES)
		return;
	p->op_count = p->text_len = p->piece_count = 0;
	p->count = 0;
	memset(p->bucket, 0, sizeof(p->bucket));
}

/* ---- literals and operations */

char *evtx_put_room(struct evtx_programs *p, size_t n)
{
	/* More, for who copies by sixteen. */
	if (p->text_room - p->text_len < n + EVTX_COPY_MORE)
		mem_grow(&p->text, &p->text_room, p->text_len + n + EVTX_COPY_MORE, 1);
	return p->text + p->text_len;
}

void evtx_put_units(struct evtx_programs *p, const uint8_t *units, size_t count)
{
	p->text_len =
		(size_t)(evtx_escape(evtx_put_room(p, count * 6 + 8), units, count) - p->text);
}

struct evtx_op *evtx_op(struct evtx_programs *p, enum evtx_code code, unsigned what, uint32_t n)
{
	if (p->op_count == p->op_room)
		mem_grow(&p->ops, &p->op_room, p->op_count + 1, sizeof(*p->ops));
	struct evtx_op *op = &p->ops[p->op_count++];
	*op = (struct evtx_op){ .code = (uint8_t)code,
				.what = (uint8_t)what,
				.n = (uint16_t)n,
				.at = p->literal,
				.len = (uint32_t)p->text_len - p->literal };
	p->literal = (uint32_t)p->text_len;
	return op;
}

void evtx_flush(struct evtx_programs *p)
{
	if (p->text_len > p->literal)
		evtx_op(p, OP_TEXT, 0, 0);
}

/* ---- keys */

/* How often this name was a key of the object before. Only the digest is compared: should two names
 * share one, the second has a number that it would not need. */
static uint32_t times_seen(struct evtx_programs *p, uint32_t object, const uint8_t *units,
			   size_t count)
{
	uint64_t h = object * UINT64_C(0x9e3779b97f4a7c15) + count;

	for (size_t i = 0; i < count; i++)
		h = (h ^ le16(units + 2 * i)) * UINT64_C(0x100000001b3);
	h ^= h >> 32;
	for (uint32_t i = (uint32_t)h;; i++) {
		struct evtx_key *k = &p->keys[i & p->key_mask];

		if (k->stamp != p->stamp) {
			*k = (struct evtx_key){ h, p->stamp, 1 };
			return 0;
		}
		if (k->digest == h)
			return k->count++;
	}
}

void evtx_comma(struct evtx_programs *p, struct evtx_object *o)
{
	if (o->state == OBJECT_FILLED) {
		evtx_put(p, ",", 1);
	} else if (o->state == OBJECT_UNKNOWN) {
		evtx_flush(p);
		evtx_op(p, OP_COMMA, 0, 0);
	}
	o->state = OBJECT_FILLED;
}

/* The key without its comma; after the prefix, which is no part of what must differ. */
static void put_key(struct evtx_programs *p, struct evtx_object *o, const char *prefix,
		    const uint8_t *units, size_t count)
{
	uint32_t seen = times_seen(p, o->id, units, count);

	evtx_put(p, "\"", 1);
	evtx_put(p, prefix, strlen(prefix));
	evtx_put_units(p, units, count);
	if (seen) {
		evtx_put(p, "_", 1);
		p->text_len = (size_t)(decimal_put(evtx_put_room(p, 24), seen) - p->text);
	}
	evtx_put(p, "\":", 2);
}

void evtx_key(struct evtx_programs *p, struct evtx_object *o, const uint8_t *units, size_t count)
{
	evtx_comma(p, o);
	put_key(p, o, "", units, count);
}

/* ---- values */

static bool is_blank(struct evtx_bytes b, const struct evtx_node *n)
{
	for (uint32_t i = 0; i < n->len; i++) {
		unsigned c = le16(b.at + n->at + 2 * (size_t)i);

		if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
			return false;
	}
	return true;
}

bool evtx_is_binxml(const struct evtx_node *sub)
{
	return (sub->type & ~(unsigned)EVTX_ARRAY) == EVTX_BINXML;
}

struct evtx_content evtx_content(struct evtx_tree *t, uint32_t first)
{
	struct evtx_content c = { .only = NODE_NONE };
	bool blank = true;

	for (uint32_t i = first; i != NODE_NONE; i = t->nodes[i].next) {
		const struct evtx_node *n = &t->nodes[i];

		switch (n->kind) {
		case NODE_ELEMENT:
		case NODE_INSTANCE:
		case NODE_PI:
			c.elements++;
			break;
		case NODE_SUB:
			if (evtx_is_binxml(n)) {
				c.elements++;
				break;
			}
			blank = false;
			c.only = i;
			c.pieces++;
			break;
		case NODE_TEXT:
			if (!is_blank(t->b, n)) {
				blank = false;
				c.loose = true;
			}
			c.only = i;
			c.pieces++;
			break;
		case NODE_CHAR:
		case NODE_ENTITY:
			blank = false;
			c.loose = true;
			c.only = i;
			c.pieces++;
			break;
		default:
			break;
		}
	}
	if (c.elements && blank) /* line breaks between elements */
		c.pieces = 0;
	return c;
}

static void put_character(struct evtx_programs *p, uint32_t c)
{
	p->text_len = (size_t)(escape_one(ESCAPE_JSON, evtx_put_room(p, 12), c, false) - p->text);
}

static void put_entity(struct evtx_programs *p, uint32_t name)
{
	static const struct {
		const char *name;
		char c;
	} known[] = {
		{ "lt", '<' }, { "gt", '>' }, { "amp", '&' }, { "quot", '"' }, { "apos", '\'' }
	};
	struct evtx_name n = evtx_name_at(p->tree.b, name);

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (evtx_name_is(n, known[i].name)) {
			put_character(p, (unsigned char)known[i].c);
			return;
		}
	evtx_put(p, "&", 1);
	evtx_put_units(p, n.units, n.count);
	evtx_put(p, ";", 1);
}

void evtx_put_pieces(struct evtx_programs *p, uint32_t first)
{
	const struct evtx_tree *t = &p->tree;

	for (uint32_t i = first; i != NODE_NONE; i = t->nodes[i].next) {
		const struct evtx_node *n = &t->nodes[i];

		if (n->kind == NODE_TEXT)
			evtx_put_units(p, t->b.at + n->at, n->len);
		else if (n->kind == NODE_CHAR)
			put_character(p, n->at);
		else if (n->kind == NODE_ENTITY)
			put_entity(p, n->name);
		else if (n->kind == NODE_SUB && !evtx_is_binxml(n))
			evtx_op(p, OP_STRING, 0, n->at);
	}
}

/* Text pieces as one value: of a single value its type remains. */
static void put_text_value(struct evtx_programs *p, uint32_t first, struct evtx_content c)
{
	if (c.pieces == 1 && p->tree.nodes[c.only].kind == NODE_SUB) {
		evtx_op(p, OP_FIELD, 0, p->tree.nodes[c.only].at);
		return;
	}
	evtx_put(p, "\"", 1);
	evtx_put_pieces(p, first);
	evtx_put(p, "\"", 1);
}

static bool has_attributes(const struct evtx_tree *t, uint32_t element)
{
	for (uint32_t i = t->nodes[element].attribute; i != NODE_NONE; i = t->nodes[i].next)
		if (t->nodes[i].kind != NODE_TAKEN)
			return true;
	return false;
}

void evtx_put_attributes(struct evtx_programs *p, struct evtx_object *o, uint32_t element)
{
	struct evtx_tree *t = &p->tree;
	struct evtx_object inner = { element * 2 + 1, OBJECT_FRESH };

	if (!has_attributes(t, element))
		return;
	evtx_comma(p, o);
	evtx_put(p, "\"#attributes\":{", 15);
	for (uint32_t i = t->nodes[element].attribute; i != NODE_NONE; i = t->nodes[i].next) {
		struct evtx_node *n = &t->nodes[i];
		struct evtx_name name = evtx_name_at(t->b, n->name);
		struct evtx_content c = evtx_content(t, n->first);

		if (n->kind == NODE_TAKEN)
			continue;
		if (c.pieces == 1 && !c.elements && t->nodes[c.only].kind == NODE_SUB) {
			evtx_flush(p);
			put_key(p, &inner, "", name.units, name.count);
			evtx_op(p, OP_OPTIONAL, 0, t->nodes[c.only].at);
			if (inner.state == OBJECT_FRESH)
				inner.state = OBJECT_UNKNOWN;
			continue;
		}
		evtx_key(p, &inner, name.units, name.count);
		put_text_value(p, n->first, c);
	}
	evtx_put(p, "}", 1);
}

void evtx_put_value(struct evtx_programs *p, uint32_t element)
{
	struct evtx_tree *t = &p->tree;
	struct evtx_content c = evtx_content(t, t->nodes[element].first);
	struct evtx_object o = { element * 2, OBJECT_FRESH };

	if (c.elements || has_attributes(t, element)) {
		evtx_put(p, "{", 1);
		evtx_put_attributes(p, &o, element);
		evtx_put_content(p, &o, t->nodes[element].first);
		evtx_put(p, "}", 1);
	} else if (c.pieces) {
		put_text_value(p, t->nodes[element].first, c);
	} else {
		evtx_put(p, "null", 4);
	}
}

void evtx_put_member(struct evtx_programs *p, struct evtx_object *o, uint32_t element)
{
	struct evtx_name name = evtx_name_at(p->tree.b, p->tree.nodes[element].name);

	evtx_key(p, o, name.units, name.count);
	evtx_put_value(p, element);
}

void evtx_put_sub(struct evtx_programs *p, struct evtx_object *o, enum evtx_code code,
		  unsigned what, uint32_t n)
{
	evtx_flush(p);
	evtx_op(p, code, what, 0)->n = (uint16_t)n;
	o->state = OBJECT_UNKNOWN;
}

void evtx_put_instance(struct evtx_programs *p, struct evtx_object *o, enum evtx_context context,
		       uint32_t at)
{
	evtx_flush(p);
	evtx_op(p, OP_INSTANCE, context, 0)->at = at;
	o->state = OBJECT_UNKNOWN;
}

void evtx_put_instruction(struct evtx_programs *p, struct evtx_object *o, uint32_t instruction)
{
	const struct evtx_node *n = &p->tree.nodes[instruction];
	struct evtx_name name = evtx_name_at(p->tree.b, n->name);

	evtx_comma(p, o);
	put_key(p, o, "?", name.units, name.count);
	evtx_put(p, "\"", 1);
	evtx_put_units(p, p->tree.b.at + n->at, n->len);
	evtx_put(p, "\"", 1);
}

/* Elements, text and instructions, as members of an object. */
void evtx_put_content(struct evtx_programs *p, struct evtx_object *o, uint32_t first)
{
	struct evtx_tree *t = &p->tree;
	struct evtx_content c = evtx_content(t, first);

	if (c.pieces == 1 && t->nodes[c.only].kind == NODE_SUB) {
		evtx_put_sub(p, o, OP_MEMBER, 0, t->nodes[c.only].at);
	} else if (c.pieces) {
		evtx_comma(p, o);
		evtx_put(p, "\"#text\":", 8);
		put_text_value(p, first, c);
	}
	for (uint32_t i = first; i != NODE_NONE; i = t->nodes[i].next) {
		const struct evtx_node *n = &t->nodes[i];

		switch (n->kind) {
		case NODE_ELEMENT:
			evtx_put_member(p, o, i);
			break;
		case NODE_INSTANCE:
			evtx_put_instance(p, o, CONTEXT_MEMBER, n->at);
			break;
		case NODE_SUB:
			if (evtx_is_binxml(n))
				evtx_put_sub(p, o, OP_MEMBER, 0, n->at);
			break;
		case NODE_PI:
			evtx_put_instruction(p, o, i);
			break;
		default:
			break;
		}
	}
}

struct evtx_program evtx_compile(struct evtx_programs *p, struct evtx_bytes b, uint32_t from,
				 uint32_t end, bool in_template, enum evtx_context context)
{
	struct evtx_program made = { .first = (uint32_t)p->op_count, .context = (uint8_t)context };
	struct evtx_object o = { NODE_NONE, OBJECT_UNKNOWN };

	if (end - from > p->left) {
		made.problem = N_("the templates of the chunk are too large");
		return made;
	}
	p->tree.b = b;
	p->tree.names_left = p->left - (end - from);
	evtx_tree_read(&p->tree, from, end, in_template);
	made.cost = p->left - p->tree.names_left;
	p->left = p->tree.names_left;
	made.problem = p->tree.problem;
	for (p->key_mask = 63; p->key_mask < 2 * p->tree.count + 8;
	     p->key_mask = p->key_mask * 2 + 1)
		;
	p->stamp++;
	p->fields = 0;
	if (in_template)
		evtx_shape_note(p, &made, from, end);
	p->literal = (uint32_t)p->text_len;
	if (context == CONTEXT_EVENT)
		evtx_put_event(p, p->tree.first);
	else if (context == CONTEXT_DATA)
		evtx_put_data(p, &o, p->tree.first);
	else
		evtx_put_content(p, &o, p->tree.first);
	evtx_flush(p);
	made.count = (uint32_t)p->op_count - made.first;
	made.doubtful = p->tree.doubtful;
	return made;
}
