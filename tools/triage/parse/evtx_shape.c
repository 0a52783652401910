/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Templates that an earlier chunk had, too. Each chunk has its own copy of a template, the same but for where names
 * stand, and with it the sizes of elements: to compare it costs a tenth of compiling it.
 */
#include "lib/base/memory.h"
#include "triage/parse/evtx_inside.h"
#include "triage/parse/evtx_compile.h"

#define NAME_HEAD 8u   /* next name, digest, count */
#define NAME_DIGEST 4u /* from here on a name is the same everywhere */
#define SIZE_BYTES 4u
#define CANDIDATES_MAX 8u

/* The C library of the stick compares byte by byte. */
static bool same(const char *a, const uint8_t *b, size_t n)
{
	uint64_t x, y;

	for (; n >= 8; n -= 8, a += 8, b += 8) {
		memcpy(&x, a, 8);
		memcpy(&y, b, 8);
		if (x != y)
			return false;
	}
	for (; n; n--)
		if ((uint8_t)*a++ != *b++)
			return false;
	return true;
}

static uint32_t bucket_of(const uint8_t guid[16])
{
	uint64_t h = (le64(guid) ^ le64(guid + 8) * 3) * UINT64_C(0x9e3779b97f4a7c15);

	return (uint32_t)(h >> 32) % EVTX_BUCKETS;
}

/* Is the definition at from..end what the program was made of? */
static bool is_made_of(const struct evtx_programs *p, const struct evtx_program *program,
		       struct evtx_bytes b, uint32_t from, uint32_t end)
{
	const char *shape = p->text + program->shape;
	uint32_t at = from;

	for (uint32_t i = 0; i < program->pieces; i++) {
		const struct evtx_piece *piece = &p->pieces[program->pieces_first + i];

		if (!piece->name_len)
			return end - at == piece->len && same(shape, b.at + at, piece->len);
		uint32_t sizes = piece->element ? SIZE_BYTES : 0;
		if (end - at < piece->len + sizes + 4 || !same(shape, b.at + at, piece->len))
			return false;
		shape += piece->len;
		at += piece->len + sizes;
		uint32_t name = le32(b.at + at);
		struct evtx_name n = evtx_name_at(b, name);
		if (!n.units || NAME_HEAD - NAME_DIGEST + 2 * n.count != piece->name_len ||
		    !same(shape, b.at + name + NAME_DIGEST, piece->name_len))
			return false;
		shape += piece->name_len;
		at += 4;
		sizes = (name == at ? NAME_HEAD + 2 * n.count + 2 : 0) +
			(piece->attributes ? SIZE_BYTES : 0);
		if (end - at < sizes)
			return false;
		at += sizes;
	}
	return false;
}

const struct evtx_program *evtx_shape_find(const struct evtx_programs *p, struct evtx_bytes b,
					   const uint8_t guid[16], uint32_t from, uint32_t end,
					   enum evtx_context context)
{
	uint16_t number = p->bucket[bucket_of(guid)];

	for (unsigned i = 0; number && i < CANDIDATES_MAX; i++) {
		const struct evtx_program *program = &p->list[number - 1];

		if (program->context == context && is_made_of(p, program, b, from, end))
			return program;
		number = program->next;
	}
	return NULL;
}

static struct evtx_piece *add_piece(struct evtx_programs *p, uint32_t at, uint32_t len)
{
	if (p->piece_count == p->piece_room)
		mem_grow(&p->pieces, &p->piece_room, p->piece_count + 1, sizeof(*p->pieces));
	evtx_put(p, (const char *)p->tree.b.at + at, len);
	p->pieces[p->piece_count] = (struct evtx_piece){ .len = len };
	return &p->pieces[p->piece_count++];
}

void evtx_shape_note(struct evtx_programs *p, struct evtx_program *made, uint32_t from,
		     uint32_t end)
{
	const struct evtx_tree *t = &p->tree;
	uint32_t at = from;

	if (t->problem)
		return;
	for (uint32_t i = 0; i < t->count; i++)
		if (t->nodes[i].kind == NODE_INSTANCE) /* the program says where it stands */
			return;
	made->shape = (uint32_t)p->text_len;
	made->pieces_first = (uint32_t)p->piece_count;
	for (uint32_t i = 0; i < t->count; i++) {
		const struct evtx_node *n = &t->nodes[i];
		bool element = n->kind == NODE_ELEMENT;

		if (p->text_len - made->shape > EVTX_CHUNK_BYTES) /* of no honest one */
			return;
		if (!element && n->kind != NODE_ATTRIBUTE && n->kind != NODE_ENTITY &&
		    n->kind != NODE_PI)
			continue;
		struct evtx_name name = evtx_name_at(t->b, n->name);
		struct evtx_piece *piece =
			add_piece(p, at, n->name_at - (element ? SIZE_BYTES : 0) - at);
		piece->element = element;
		piece->attributes = element && n->type;
		piece->name_len = NAME_HEAD - NAME_DIGEST + 2 * name.count;
		evtx_put(p, (const char *)t->b.at + n->name + NAME_DIGEST, piece->name_len);
		at = n->name_at + 4;
		if (n->name == at)
			at += NAME_HEAD + 2 * name.count + 2;
		if (piece->attributes)
			at += SIZE_BYTES;
	}
	(void)add_piece(p, at, end - at);
	made->pieces = (uint32_t)p->piece_count - made->pieces_first;
}

void evtx_shape_keep(struct evtx_programs *p, const uint8_t guid[16])
{
	struct evtx_program *last = &p->list[p->count - 1];
	uint16_t *bucket = &p->bucket[bucket_of(guid)];

	if (!last->pieces)
		return;
	last->next = *bucket;
	*bucket = (uint16_t)p->count;
}
