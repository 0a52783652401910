/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Binary XML, one fragment, as a tree of nodes: docs/formats/evtx.md#binary-xml. */
#include "lib/base/reader.h"
#include "triage/parse/evtx_inside.h"

enum token {
	TOKEN_END = 0x00,
	TOKEN_OPEN = 0x01,
	TOKEN_CONTENT = 0x02,
	TOKEN_EMPTY = 0x03,
	TOKEN_CLOSE = 0x04,
	TOKEN_VALUE = 0x05,
	TOKEN_ATTRIBUTE = 0x06,
	TOKEN_CDATA = 0x07,
	TOKEN_CHAR = 0x08,
	TOKEN_ENTITY = 0x09,
	TOKEN_PI_TARGET = 0x0a,
	TOKEN_PI_DATA = 0x0b,
	TOKEN_INSTANCE = 0x0c,
	TOKEN_SUB = 0x0d,
	TOKEN_OPTIONAL = 0x0e,
	TOKEN_FRAGMENT = 0x0f,
	TOKEN_MORE = 0x40, /* or'ed to some: attributes, or pieces, follow */
};

#define NAME_HEAD 8u /* next name, digest, count */

/* Where the next node goes. */
struct place {
	uint32_t element, last, last_attribute;
};

struct parsing {
	struct evtx_tree *t;
	struct reader r;
	bool in_template;
	unsigned depth; /* of stack; 0: at the top */
	struct place stack[EVTX_DEPTH_MAX + 1];
	uint32_t attribute, attribute_last; /* the one whose value is being read */
	bool in_head;                       /* of an element: attributes come */
};

static uint32_t place_of(const struct parsing *p)
{
	return (uint32_t)(p->r.at - p->t->b.at);
}

struct evtx_name evtx_name_at(struct evtx_bytes b, uint32_t at)
{
	struct evtx_name none = { 0 };

	if (at > b.len || b.len - at < NAME_HEAD)
		return none;
	uint32_t count = le16(b.at + at + 6);
	if (count * 2 > b.len - at - NAME_HEAD)
		return none;
	return (struct evtx_name){ b.at + at + NAME_HEAD, count };
}

/* The digest is how one knows that a name was not written over. */
static bool name_is_sound(struct evtx_bytes b, uint32_t at)
{
	struct evtx_name n = evtx_name_at(b, at);
	uint32_t digest = 0;

	for (uint32_t i = 0; i < n.count; i++)
		digest = digest * 65599 + le16(n.units + 2 * (size_t)i);
	return n.units && (uint16_t)digest == le16(b.at + at + 4);
}

static bool stop(struct parsing *p, const char *problem)
{
	p->t->problem = problem;
	return false;
}

static bool damaged(struct parsing *p)
{
	return stop(p, N_("the binary XML is damaged"));
}

/* A name: a place, at which it may stand right here. *said: where that is said. */
static bool take_name(struct parsing *p, uint32_t *at, uint32_t *said)
{
	*said = place_of(p);
	*at = reader_le32(&p->r);
	if (p->r.bad)
		return damaged(p);
	struct evtx_name n = evtx_name_at(p->t->b, *at);
	if (!n.units)
		return damaged(p);
	/* A name stands once, but each use of it is read, and becomes a part of a literal. */
	if (2 * n.count > p->t->names_left)
		return stop(p, N_("the names in the chunk's templates are too long"));
	p->t->names_left -= 2 * n.count;
	if (*at == place_of(p)) {
		reader_skip(&p->r, NAME_HEAD + n.count * 2 + 2);
		if (p->r.bad)
			return damaged(p);
	}
	if (!name_is_sound(p->t->b, *at))
		p->t->doubtful = true;
	return true;
}

static struct evtx_node *add(struct parsing *p, enum evtx_node_kind kind)
{
	struct evtx_tree *t = p->t;
	uint32_t n = t->count;

	if (n == EVTX_NODES_MAX) {
		stop(p, N_("the binary XML has too many parts"));
		return NULL;
	}
	t->count++;
	t->nodes[n] = (struct evtx_node){
		.kind = (uint8_t)kind, .next = NODE_NONE, .first = NODE_NONE, .attribute = NODE_NONE
	};
	struct place *top = &p->stack[p->depth];
	uint32_t *link;
	if (kind == NODE_ATTRIBUTE) {
		link = top->last_attribute == NODE_NONE ? &t->nodes[top->element].attribute
							: &t->nodes[top->last_attribute].next;
		top->last_attribute = n;
		p->attribute = n;
		p->attribute_last = NODE_NONE;
	} else if (p->attribute != NODE_NONE) {
		link = p->attribute_last == NODE_NONE ? &t->nodes[p->attribute].first
						      : &t->nodes[p->attribute_last].next;
		p->attribute_last = n;
	} else {
		link = top->last != NODE_NONE      ? &t->nodes[top->last].next
		       : top->element != NODE_NONE ? &t->nodes[top->element].first
						   : &t->first;
		top->last = n;
	}
	*link = n;
	return &t->nodes[n];
}

static bool open_element(struct parsing *p, bool attributes)
{
	uint32_t name, name_at;

	if (p->in_head)
		return damaged(p);
	reader_skip(&p->r, p->in_template ? 2 : 0);
	reader_skip(&p->r, 4); /* its length, which says nothing that its end does not */
	if (!take_name(p, &name, &name_at))
		return false;
	reader_skip(&p->r, attributes ? 4 : 0);
	if (p->depth == EVTX_DEPTH_MAX)
		return stop(p, N_("the binary XML is nested too deeply"));
	struct evtx_node *n = add(p, NODE_ELEMENT);
	if (!n)
		return false;
	n->name = name;
	n->name_at = name_at;
	n->type = attributes;
	p->stack[++p->depth] = (struct place){ (uint32_t)(n - p->t->nodes), NODE_NONE, NODE_NONE };
	p->in_head = true;
	return true;
}

static bool end_head(struct parsing *p, bool empty)
{
	if (!p->in_head)
		return damaged(p);
	p->in_head = false;
	p->attribute = NODE_NONE;
	p->depth -= empty;
	return true;
}

static bool named(struct parsing *p, enum evtx_node_kind kind)
{
	uint32_t name, name_at;

	if (kind == NODE_ATTRIBUTE && !p->in_head)
		return damaged(p);
	if (!take_name(p, &name, &name_at))
		return false;
	struct evtx_node *n = add(p, kind);
	if (!n)
		return false;
	n->name = name;
	n->name_at = name_at;
	return true;
}

/* Units behind their number: a text, or the data of the instruction before it. */
static bool counted_text(struct parsing *p, struct evtx_node *of)
{
	uint32_t count = reader_le16(&p->r), at = place_of(p);

	reader_skip(&p->r, count * 2);
	if (p->r.bad)
		return damaged(p);
	if (!of)
		of = add(p, NODE_TEXT);
	if (!of)
		return false;
	of->at = at;
	of->len = count;
	return true;
}

static bool literal(struct parsing *p)
{
	if (reader_u8(&p->r) != EVTX_STRING)
		return damaged(p);
	return counted_text(p, NULL);
}

static bool number(struct parsing *p, enum evtx_node_kind kind)
{
	uint32_t n = reader_le16(&p->r);
	uint8_t type = kind == NODE_SUB ? reader_u8(&p->r) : 0;

	if (p->r.bad)
		return damaged(p);
	struct evtx_node *node = add(p, kind);
	if (!node)
		return false;
	node->at = n;
	/* An attribute is text, whatever a value in it is declared as. */
	node->type = p->attribute == NODE_NONE ? type : EVTX_STRING;
	return true;
}

static bool instance(struct parsing *p)
{
	uint32_t at = place_of(p) - 1, end = at + 1 + (uint32_t)p->r.left;
	struct evtx_instance i;

	if (!evtx_instance_at(p->t->b, at, end, &i))
		return damaged(p);
	uint64_t bytes = 0, room = end - i.values;
	for (uint32_t k = 0; k < i.count; k++)
		bytes += le16(p->t->b.at + i.types + 4 * (size_t)k);
	reader_skip(&p->r, i.values - at - 1 + (size_t)(bytes < room ? bytes : room));
	struct evtx_node *n = add(p, NODE_INSTANCE);
	if (n)
		n->at = at;
	return n;
}

static bool instruction_data(struct parsing *p)
{
	uint32_t last = p->stack[p->depth].last;

	if (last == NODE_NONE || p->t->nodes[last].kind != NODE_PI || p->attribute != NODE_NONE)
		return damaged(p);
	return counted_text(p, &p->t->nodes[last]);
}

/* The next token; false at the end, or with t->problem. */
static bool token(struct parsing *p)
{
	uint8_t t = reader_u8(&p->r);

	if (p->r.bad)
		return p->depth ? damaged(p) : false;
	bool in_content = !p->in_head || p->attribute != NODE_NONE;
	switch (t & ~TOKEN_MORE) {
	case TOKEN_END:
		if (p->depth)
			return damaged(p);
		return p->r.left >= EVTX_FRAGMENT_MIN && *p->r.at == TOKEN_FRAGMENT;
	case TOKEN_FRAGMENT:
		reader_skip(&p->r, 3);
		return true;
	case TOKEN_OPEN:
		return open_element(p, t & TOKEN_MORE);
	case TOKEN_CONTENT:
	case TOKEN_EMPTY:
		return end_head(p, t == TOKEN_EMPTY);
	case TOKEN_CLOSE:
		if (!p->depth || p->in_head)
			return damaged(p);
		p->depth--;
		return true;
	case TOKEN_ATTRIBUTE:
		return named(p, NODE_ATTRIBUTE);
	default:
		break;
	}
	if (!in_content)
		return damaged(p);
	switch (t & ~TOKEN_MORE) {
	case TOKEN_VALUE:
		return literal(p);
	case TOKEN_CDATA:
		return counted_text(p, NULL);
	case TOKEN_CHAR:
		return number(p, NODE_CHAR);
	case TOKEN_ENTITY:
		return named(p, NODE_ENTITY);
	case TOKEN_PI_TARGET:
		return p->attribute == NODE_NONE ? named(p, NODE_PI) : damaged(p);
	case TOKEN_PI_DATA:
		return instruction_data(p);
	case TOKEN_INSTANCE:
		return p->attribute == NODE_NONE ? instance(p) : damaged(p);
	case TOKEN_SUB:
	case TOKEN_OPTIONAL:
		return number(p, NODE_SUB);
	default:
		return damaged(p);
	}
}

void evtx_tree_read(struct evtx_tree *t, uint32_t from, uint32_t end, bool in_template)
{
	struct parsing p = { .t = t,
			     .r = reader_of(t->b.at + from, end - from),
			     .in_template = in_template,
			     .stack = { { NODE_NONE, NODE_NONE, NODE_NONE } },
			     .attribute = NODE_NONE };

	t->count = 0;
	t->first = NODE_NONE;
	t->problem = NULL;
	t->doubtful = false;
	while (token(&p))
		;
}

bool evtx_instance_at(struct evtx_bytes b, uint32_t at, uint32_t end, struct evtx_instance *i)
{
	struct reader r = reader_of(b.at + at, end - at);

	if (reader_u8(&r) != TOKEN_INSTANCE)
		return false;
	reader_skip(&r, 1);
	i->id = reader_le32(&r);
	i->definition = reader_le32(&r);
	if (!r.bad && i->definition == (uint32_t)(r.at - b.at)) { /* it stands right here */
		reader_skip(&r, 20);
		uint32_t size = reader_le32(&r);
		reader_skip(&r, size);
	}
	i->count = reader_le32(&r);
	if (r.bad || i->count > r.left / 4)
		return false;
	i->types = (uint32_t)(r.at - b.at);
	i->values = i->types + i->count * 4;
	return true;
}
