/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records of a chunk: their values are put into the programs of their templates. */
#include <stdlib.h>

#include "lib/base/memory.h"
#include "triage/parse/evtx_inside.h"

#define FRAGMENT_HEAD 4u
#define DEFINITION_HEAD 24u
#define FIELD_FREE 128u
#define FIELD_GROWTH 3u /* a unit of UTF-16 becomes at most six bytes */
#define PIECE_ROOM 64u  /* braces, commas and "#text" around a value */

void evtx_run_init(struct evtx_run *x)
{
	*x = (struct evtx_run){ 0 };
	evtx_programs_init(&x->programs);
	x->values = mem_array(EVTX_VALUES_MAX, sizeof(*x->values));
	x->out = mem_alloc(EVTX_OUT_MAX + PIECE_ROOM);
}

void evtx_run_release(struct evtx_run *x)
{
	evtx_programs_release(&x->programs);
	free(x->values);
	free(x->out);
	*x = (struct evtx_run){ 0 };
}

void evtx_run_chunk(struct evtx_run *x, struct evtx_bytes b)
{
	x->b = b;
	x->chunk_out = x->learned_count = 0;
	x->chunk_steps = EVTX_CHUNK_STEPS_MAX;
	evtx_programs_chunk(&x->programs);
}

static void complain(struct evtx_run *x, const char *problem)
{
	if (!x->problem)
		x->problem = problem;
}

static void stop(struct evtx_run *x, const char *problem)
{
	complain(x, problem);
	x->full = true;
}

/* Room for n bytes and what goes around them; false ends the record. */
static inline bool room(struct evtx_run *x, size_t n)
{
	if ((size_t)(x->limit - x->at) >= n + PIECE_ROOM)
		return true;
	stop(x, N_("a record becomes too large"));
	return false;
}

/* Work that may leave no trace in what is written; false ends the record. */
static inline bool spend(struct evtx_run *x, size_t steps)
{
	if (steps > x->steps) {
		stop(x, N_("a record has too many parts"));
		return false;
	}
	x->steps -= (uint32_t)steps;
	return true;
}

static inline void put(struct evtx_run *x, const char *s, size_t n)
{
	memcpy(x->at, s, n);
	x->at += n;
}

static inline void comma(struct evtx_run *x)
{
	if (x->at[-1] != '{' && x->at[-1] != '[')
		*x->at++ = ',';
}

static void run_fragment(struct evtx_run *x, uint32_t at, uint32_t end, enum evtx_context context);

static bool run_value(struct evtx_run *x, const struct evtx_value *v, enum evtx_context context)
{
	if (x->nest == EVTX_NEST_MAX) {
		stop(x, N_("fragments of binary XML are nested too deeply"));
		return false;
	}
	uint32_t at = (uint32_t)(v->at - x->b.at);
	x->nest++;
	run_fragment(x, at, at + v->len, context);
	x->nest--;
	return !x->full;
}

static bool put_value(struct evtx_run *x, const struct evtx_value *v)
{
	if (v->type == EVTX_BINXML) {
		*x->at++ = '{';
		if (!run_value(x, v, CONTEXT_MEMBER) || !room(x, 0))
			return false;
		*x->at++ = '}';
		return true;
	}
	if (!room(x, EVTX_JSON_ROOM(v->len)) || !spend(x, v->len / EVTX_STEP_BYTES))
		return false;
	if (x->record.first_count < EVTX_FIRST_MAX && v->type != EVTX_NULL && x->in_section)
		x->record.first[x->record.first_count++] = *v;
	x->at = evtx_json(x->at, v);
	return true;
}

/* A value where members of an object are due. */
static bool put_member(struct evtx_run *x, const struct evtx_value *v, enum evtx_context context)
{
	if (v->type == EVTX_NULL)
		return true;
	if (v->type == EVTX_BINXML)
		return run_value(x, v, context);
	if (!room(x, 0))
		return false;
	comma(x);
	put(x, "\"#text\":", 8);
	return put_value(x, v);
}

static bool put_items(struct evtx_run *x, const struct evtx_value *v)
{
	struct evtx_value one = *v;
	uint32_t at = 0;

	if (!(v->type & EVTX_ARRAY)) {
		if (!room(x, 0))
			return false;
		comma(x);
		return put_value(x, v);
	}
	while (evtx_array_next(v, &at, &one)) {
		if (!room(x, 0))
			return false;
		comma(x);
		if (!put_value(x, &one))
			return false;
	}
	return true;
}

/* ---- sections */

static bool begin_section(struct evtx_run *x, enum evtx_section_kind kind)
{
	if (!room(x, 0))
		return false;
	x->in_section = true;
	x->record.sections[x->record.section_count] =
		(struct evtx_section){ .kind = kind, .repeat = x->seen[kind], .json = x->at };
	*x->at++ = kind == EVTX_VALUES ? '[' : '{';
	return true;
}

static void end_section(struct evtx_run *x)
{
	struct evtx_section *s = &x->record.sections[x->record.section_count];

	x->in_section = false;
	*x->at++ = s->kind == EVTX_VALUES ? ']' : '}';
	s->len = (size_t)(x->at - s->json);
	if (s->repeat == EVTX_REPEAT_MAX) {
		complain(x, N_("a part of the event is there too often"));
		x->record.incomplete = true;
		return;
	}
	x->seen[s->kind]++;
	x->record.section_count++;
}

/* BinXML where an event, or what lies within one, is expected. */
static bool put_fragment(struct evtx_run *x, const struct evtx_value *v, enum evtx_context context)
{
	if (v->type == EVTX_NULL || v->type == EVTX_BINXML || x->in_section)
		return put_member(x, v, context);
	if (!begin_section(x, EVTX_OTHER) || !put_member(x, v, context) || !room(x, 0))
		return false;
	end_section(x);
	return true;
}

/* ---- programs */

static bool run_instance(struct evtx_run *x, uint32_t at, uint32_t end, enum evtx_context context,
			 uint32_t *next);

static bool literal(struct evtx_run *x, const struct evtx_op *op)
{
	if (!room(x, op->len))
		return false;
	x->at = evtx_copy(x->at, x->programs.text + op->at, op->len);
	return true;
}

/* Printed it has at most `len` bytes. Long ones count against what the chunk may have, since a template can give
 * many records the same; short ones, which say what a record is, are never left out. The first fragment that
 * has it is believed. False if it was left out. */
static inline bool set_field(struct evtx_run *x, unsigned which, struct evtx_value v, size_t len)
{
	struct evtx_record *r = &x->record;
	uint32_t bit = EVTX_BIT(which);

	if (v.type == EVTX_NULL)
		return true;
	if (r->there & bit) {
		complain(x, N_("a part of the event is there too often"));
		r->incomplete = true;
		return false;
	}
	if (len > FIELD_FREE && len > EVTX_CHUNK_OUT_MAX - x->chunk_out) {
		complain(x, N_("a record becomes too large"));
		r->incomplete = true;
		return false;
	}
	x->chunk_out += len > FIELD_FREE ? len : 0;
	r->field[which] = v;
	r->there |= bit;
	return true;
}

static bool run_op(struct evtx_run *x, const struct evtx_op *op, const struct evtx_value *v)
{
	uint32_t next;

	switch ((enum evtx_code)op->code) {
	case OP_TEXT:
		return literal(x, op);
	case OP_FIELD:
		return literal(x, op) && put_value(x, v);
	case OP_OPTIONAL:
		if (v->type == EVTX_NULL)
			return true;
		if (!room(x, 0))
			return false;
		comma(x);
		return literal(x, op) && put_value(x, v);
	case OP_STRING:
		if (!literal(x, op) || !room(x, EVTX_JSON_ROOM(v->len)) ||
		    !spend(x, v->len / EVTX_STEP_BYTES))
			return false;
		x->at = evtx_value_text(x->at, v);
		return true;
	case OP_COMMA:
		if (!room(x, 0))
			return false;
		comma(x);
		return true;
	case OP_MEMBER:
		return put_member(x, v, CONTEXT_MEMBER);
	case OP_ITEM:
		return put_items(x, v);
	case OP_SYSTEM:
		(void)set_field(x, op->what, *v, (size_t)v->len * FIELD_GROWTH);
		return true;
	case OP_SYSTEM_TEXT:
		if (!set_field(x, op->what, (struct evtx_value){ NULL, op->n * 2u, EVTX_STRING },
			       op->len))
			return true;
		x->record.json[op->what] = (struct evtx_span){ op->at, op->len };
		x->record.has_json |= EVTX_BIT(op->what);
		return true;
	case OP_SECTION:
		return begin_section(x, op->what);
	case OP_SECTION_END:
		if (!room(x, 0))
			return false;
		end_section(x);
		return true;
	case OP_FRAGMENT:
		return put_fragment(x, v, op->what);
	case OP_INSTANCE:
		return run_instance(x, op->at, x->b.len, op->what, &next);
	}
	return false;
}

/* Values are those of one instance. What compiles moves the operations: nothing asks for this one behind that. */
static bool run_program(struct evtx_run *x, const struct evtx_program *p,
			const struct evtx_value *values, uint32_t count)
{
	static const struct evtx_value absent = { 0 };

	if (!spend(x, p->count))
		return false;
	for (uint32_t i = 0; i < p->count; i++) {
		const struct evtx_op *op = &x->programs.ops[p->first + i];

		if (!run_op(x, op, op->n < count ? &values[op->n] : &absent))
			return false;
	}
	return true;
}

/* ---- templates */

/* The number + 1 of the program of this key; 0 if this chunk has none, and *free is where it goes. */
static uint16_t cached(const struct evtx_programs *p, uint32_t key, uint32_t *free)
{
	for (*free = key * 2654435761u >> 16;; ++*free) {
		*free %= EVTX_PROGRAMS_MAX * 2;
		if (!p->slot[*free].number || p->slot[*free].key == key)
			return p->slot[*free].number;
	}
}

static void check_program(struct evtx_run *x, const struct evtx_program *p)
{
	if (!p->problem)
		return;
	complain(x, p->problem);
	x->record.incomplete = true;
}

static bool is_definition(const struct evtx_run *x, uint32_t at, uint32_t id)
{
	return at <= x->b.len && x->b.len - at >= DEFINITION_HEAD && le32(x->b.at + at + 4) == id;
}

void evtx_run_learn(struct evtx_run *x, uint32_t from, uint32_t end)
{
	struct evtx_instance i;
	uint32_t at = from + EVTX_RECORD_HEAD + FRAGMENT_HEAD;

	if (end - from <= EVTX_RECORD_HEAD + FRAGMENT_HEAD ||
	    x->learned_count == EVTX_LEARNED_MAX || !evtx_instance_at(x->b, at, end, &i) ||
	    !is_definition(x, i.definition, i.id))
		return;
	for (size_t n = 0; n < x->learned_count; n++)
		if (x->learned[n] == i.definition)
			return;
	x->learned[x->learned_count++] = i.definition;
}

/* The definition, or for what was recovered another of the same number. */
static bool find_definition(const struct evtx_run *x, const struct evtx_instance *i, uint32_t *at)
{
	*at = i->definition;
	if (is_definition(x, *at, i->id))
		return true;
	for (size_t n = 0; n < x->learned_count; n++)
		if (is_definition(x, x->learned[n], i->id)) {
			*at = x->learned[n];
			return true;
		}
	return false;
}

/* The program of a definition: this chunk's, an earlier one's, or a new one. */
static bool compiled(struct evtx_run *x, uint32_t at, enum evtx_context context,
		     struct evtx_program *program)
{
	struct evtx_programs *p = &x->programs;
	uint32_t key = at * 4 + context, slot, from = at + DEFINITION_HEAD;
	uint32_t size = le32(x->b.at + at + 20);
	const uint8_t *guid = x->b.at + at + 4;
	uint16_t number = cached(p, key, &slot);

	if (number) {
		*program = p->list[number - 1];
		return true;
	}
	if (size > x->b.len - from)
		return false;
	/* What is compared counts as if it were compiled. */
	const struct evtx_program *known = NULL;
	if (size <= p->left)
		known = evtx_shape_find(p, x->b, guid, from, from + size, context);
	if (known && known->cost <= p->left) {
		*program = *known;
		p->left -= known->cost;
	} else {
		known = NULL;
		*program = evtx_compile(p, x->b, from, from + size, true, context);
	}
	if (p->slots == EVTX_PROGRAMS_MAX)
		return true;
	if (!known) {
		p->list[p->count++] = *program;
		evtx_shape_keep(p, guid);
		known = &p->list[p->count - 1];
	}
	p->slots++;
	p->slot[slot].key = key;
	p->slot[slot].number = (uint16_t)(known - p->list + 1);
	return true;
}

/* False: the template is not there, or it is another one. */
static bool find_program(struct evtx_run *x, const struct evtx_instance *i,
			 enum evtx_context context, struct evtx_program *program)
{
	uint32_t at;

	if (!find_definition(x, i, &at) || !compiled(x, at, context, program))
		return false;
	check_program(x, program);
	if (program->doubtful) {
		complain(x, N_("a name in a template was written over"));
		return !x->record.recovered;
	}
	return true;
}

/* Without its template: an event within is found all the same, the rest is a list. */
static bool run_without_template(struct evtx_run *x, const struct evtx_value *values,
				 uint32_t count)
{
	bool within = x->in_section;

	complain(x, N_("the template of a record is not there"));
	x->record.incomplete = true;
	for (uint32_t i = 0; i < count && !within; i++)
		if (values[i].type == EVTX_BINXML && !run_value(x, &values[i], CONTEXT_EVENT))
			return false;
	if (!room(x, 0))
		return false;
	if (within) {
		comma(x);
		put(x, "\"#values\":[", 11);
	} else if (!begin_section(x, EVTX_VALUES)) {
		return false;
	}
	for (uint32_t i = 0; i < count; i++)
		if ((within || values[i].type != EVTX_BINXML) && !put_items(x, &values[i]))
			return false;
	if (!room(x, 0))
		return false;
	if (within)
		*x->at++ = ']';
	else
		end_section(x);
	return true;
}

/* The instance at `at`; *next is behind it. False if the record ends here. */
static bool run_instance(struct evtx_run *x, uint32_t at, uint32_t end, enum evtx_context context,
			 uint32_t *next)
{
	struct evtx_instance i;
	struct evtx_program program;

	if (!evtx_instance_at(x->b, at, end, &i)) {
		complain(x, N_("the binary XML is damaged"));
		x->record.incomplete = true;
		return false;
	}
	if (i.count > EVTX_VALUES_MAX - x->value_count) {
		stop(x, N_("a record has too many parts"));
		return false;
	}
	if (!spend(x, i.count))
		return false;
	struct evtx_value *values = &x->values[x->value_count];
	const uint8_t *data = x->b.at + i.values, *data_end = x->b.at + end;
	for (uint32_t n = 0; n < i.count; n++) {
		uint32_t type = le32(x->b.at + i.types + 4 * (size_t)n), len = type & 0xffff;

		if (len > (size_t)(data_end - data)) {
			complain(x, N_("values of a record are cut off"));
			x->record.incomplete = true;
			data = data_end;
			type = EVTX_NULL;
			len = 0;
		}
		values[n] = (struct evtx_value){ data, len, (uint8_t)(type >> 16) };
		data += len;
	}
	*next = (uint32_t)(data - x->b.at);
	x->value_count += i.count;
	bool ok = find_program(x, &i, context, &program) ? run_program(x, &program, values, i.count)
							 : run_without_template(x, values, i.count);
	x->value_count -= i.count;
	return ok;
}

/* What is not an instance is compiled where it stands, without templates. */
static void run_elements(struct evtx_run *x, uint32_t at, uint32_t end, enum evtx_context context)
{
	struct evtx_program p = evtx_compile(&x->programs, x->b, at, end, false, context);

	check_program(x, &p);
	if (p.doubtful)
		complain(x, N_("a name in a record was written over"));
	(void)run_program(x, &p, NULL, 0);
}

static void run_fragment(struct evtx_run *x, uint32_t at, uint32_t end, enum evtx_context context)
{
	while (at < end && spend(x, 1)) {
		uint8_t token = x->b.at[at];

		if (token == 0x0f && end - at >= FRAGMENT_HEAD) {
			at += FRAGMENT_HEAD;
		} else if (token == 0x0c) {
			if (!run_instance(x, at, end, context, &at))
				return;
		} else if (token == 0x00) { /* the end, unless another follows */
			at++;
			if (x->nest == 0)
				x->behind = at;
			if (end - at < EVTX_FRAGMENT_MIN || x->b.at[at] != 0x0f)
				return;
		} else {
			run_elements(x, at, end, context);
			return;
		}
	}
}

/* What templates say themselves stands where no further program is compiled before the record was passed. */
static void place_texts(struct evtx_run *x)
{
	struct evtx_record *r = &x->record;

	r->json_text = x->programs.text;
	for (uint32_t left = r->has_json; left; left &= left - 1) {
		unsigned f = (unsigned)__builtin_ctz(left);

		r->field[f].at = (const uint8_t *)r->json_text + r->json[f].at - r->field[f].len;
	}
}

void evtx_run_record(struct evtx_run *x, uint32_t from, uint32_t end, uint64_t offset,
		     bool recovered)
{
	struct evtx_record *r = &x->record;
	size_t left = EVTX_CHUNK_OUT_MAX - x->chunk_out;
	uint32_t steps = x->chunk_steps < EVTX_STEPS_MAX ? x->chunk_steps : EVTX_STEPS_MAX;

	r->offset = offset;
	r->number = le64(x->b.at + from + 8);
	r->written = le64(x->b.at + from + 16);
	r->recovered = recovered;
	r->incomplete = false;
	memset(r->field, 0, sizeof(r->field));
	r->there = r->has_json = 0;
	r->section_count = r->first_count = 0;
	memset(x->seen, 0, sizeof(x->seen));
	x->at = x->out;
	x->limit = x->out + (left < EVTX_OUT_MAX ? left : EVTX_OUT_MAX);
	x->steps = steps;
	x->value_count = 0;
	x->behind = 0;
	x->nest = 0;
	x->full = x->in_section = false;
	x->problem = NULL;
	if (le32(x->b.at + end - 4) == end - from) /* the size once more */
		end -= 4;
	run_fragment(x, from + EVTX_RECORD_HEAD, end, CONTEXT_EVENT);
	if (x->full || x->in_section)
		r->incomplete = true; /* what was not ended is not in the list of sections */
	place_texts(x);
	x->chunk_steps -= steps - x->steps;
	size_t used = (size_t)(x->at - x->out);
	left = EVTX_CHUNK_OUT_MAX - x->chunk_out; /* less by the fields */
	x->chunk_out += used < left ? used : left;
}
