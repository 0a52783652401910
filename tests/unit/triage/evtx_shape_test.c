/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Templates that several chunks have: known again where they are the same, and never taken for one another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "evtx_builder.h"
#include "evtx_read.h"
#include "triage/parse/evtx_inside.h"

#define SYSTEM(name) "<System><Provider Name='" name "'/><Channel>Here</Channel></System>"

/* The first one, and what differs from it in one thing. All have one number, and the GUID. */
static const char *const templates[] = {
	"<Event a='1'>" SYSTEM("P") "<UserData><In n='v'>{0}&amp;</In><?do it?></UserData></Event>",
	"<Event a='1'>" SYSTEM("Q") "<UserData><In n='v'>{0}&amp;</In><?do it?></UserData></Event>",
	"<Event a='1'>" SYSTEM("P") "<UserData><On n='v'>{0}&amp;</On><?do it?></UserData></Event>",
	"<Event a='1'>" SYSTEM("P") "<UserData><In m='v'>{0}&amp;</In><?do it?></UserData></Event>",
	"<Event a='1'>" SYSTEM("P") "<UserData><In n='w'>{0}&amp;</In><?do it?></UserData></Event>",
	"<Event a='1'>" SYSTEM("P") "<UserData><In n='v'>{1}&amp;</In><?do it?></UserData></Event>",
	"<Event a='1'>" SYSTEM(
		"P") "<UserData><In n='v'>{0!}&amp;</In><?do it?></UserData></Event>",
	"<Event a='1'>" SYSTEM(
		"P") "<UserData><In n='v'>{0}&some;</In><?do it?></UserData></Event>",
	"<Event a='1'>" SYSTEM("P") "<UserData><In n='v'>{0}&amp;</In><?go it?></UserData></Event>",
	"<Event a='1'>" SYSTEM("P") "<UserData><In n='v'>{0}&amp;</In><?do at?></UserData></Event>",
	"<Event a='1'>" SYSTEM(
		"P") "<UserData><In n='v'>{0}&amp;</In><?do it?></UserData><X/></Event>",
	"<Event a='1'>" SYSTEM("P") "<UserData><In n='v'>{0}&amp;</In></UserData></Event>",
	"<Event a='1'>" SYSTEM("P") "<UserData><In>{0}&amp;</In><?do it?></UserData></Event>",
	"<Event>" SYSTEM("P") "<UserData><In n='v'>{0}&amp;</In><?do it?></UserData></Event>",
	/* Never shared: it says where the instance stands. */
	"<Event a='1'>" SYSTEM("P") "<UserData>[2]</UserData></Event>",
};
#define TEMPLATES (sizeof(templates) / sizeof(*templates))
#define SHARED (TEMPLATES - 1)

/* What makes names of the template stand before it, in some chunks. */
static const char *const others[] = {
	NULL,
	"<Event><System><Channel>x</Channel></System></Event>",
	"<n><In do='x'/></n>",
};
#define OTHERS (sizeof(others) / sizeof(*others))

static void make_chunk(struct b_chunk *c, unsigned nr)
{
	const char *other = others[nr % OTHERS];

	b_begin(c);
	c->templates[2] = "<Event><In>within</In></Event>"; /* an event, and a part of one */
	b_event(c, nr * 10 + 1, 2);
	c->templates[0] = templates[nr / OTHERS % TEMPLATES];
	b_value(c, 0, 0x01, "a\0", 2);
	b_value(c, 0, 0x06, "\5\0", 2);
	c->templates[1] = other;
	if (other)
		b_event(c, nr * 10 + 2, 1);
	b_event(c, nr * 10 + 3, 0);
	b_event(c, nr * 10 + 4, 0);
	b_end(c);
}

/* A log is printed as its chunks are, each in a log of its own. */
static void as_if_alone(void **state)
{
	static const enum emit_form forms[] = { EMIT_JSONL, EMIT_CSV, EMIT_TIMELINE };
	static uint8_t log[TEMPLATES * OTHERS * B_CHUNK];
	static struct b_chunk c;
	(void)state;

	for (size_t f = 0; f < sizeof(forms) / sizeof(*forms); f++) {
		struct text want = { 0 };

		for (unsigned nr = 0; nr < TEMPLATES * OTHERS; nr++) {
			make_chunk(&c, nr);
			memcpy(log + (size_t)nr * B_CHUNK, c.at, B_CHUNK);
			struct result r =
				read_log_from((struct memory){ c.at, B_CHUNK, 0 }, false, forms[f]);
			const char *lines = text_end(&r.lines);
			if (forms[f] == EMIT_CSV && nr) /* its header, once */
				lines = strchr(lines, '\n') + 1;
			text_addf(&want, "%s", lines);
			result_release(&r);
		}
		struct result r =
			read_log_from((struct memory){ log, sizeof(log), 0 }, false, forms[f]);
		assert_true(r.ok);
		assert_string_equal(text_end(&r.problems), "");
		assert_string_equal(text_end(&r.lines), text_end(&want));
		result_release(&r);
		text_release(&want);
	}
}

static uint32_t compiled(struct evtx_run *x, struct b_chunk *c)
{
	uint32_t before = x->programs.count;

	evtx_run_chunk(x, (struct evtx_bytes){ c->at, B_CHUNK });
	evtx_run_record(x, (uint32_t)c->record, (uint32_t)c->n, 0, false);
	assert_null(x->problem);
	return x->programs.count - before;
}

static void is_compiled_once(void **state)
{
	static struct b_chunk c;
	struct evtx_run x;
	(void)state;

	evtx_run_init(&x);
	for (unsigned nr = 0; nr < SHARED * OTHERS; nr++) {
		make_chunk(&c, nr);
		assert_int_equal(compiled(&x, &c), nr % OTHERS == 0);
	}
	evtx_run_release(&x);
}

/* A name was written over: what was made of the template before says nothing about this one. */
static void damaged(void **state)
{
	static struct b_chunk c;
	struct evtx_run x;
	(void)state;

	evtx_run_init(&x);
	make_chunk(&c, 0);
	assert_int_equal(compiled(&x, &c), 1);
	uint8_t *name = memmem(c.at, B_CHUNK, "U\0s\0e\0r\0", 8);
	name[0] = 'u';
	evtx_run_chunk(&x, (struct evtx_bytes){ c.at, B_CHUNK });
	evtx_run_record(&x, (uint32_t)c.record, (uint32_t)c.n, 0, false);
	assert_string_equal(x.problem, "a name in a template was written over");
	evtx_run_release(&x);
}

/* What is known again was read as well: it counts as much, also where that is too much. */
static void counts_as_if_compiled(void **state)
{
	static struct b_chunk c;
	struct evtx_run x;
	(void)state;

	evtx_run_init(&x);
	make_chunk(&c, 0);
	assert_int_equal(compiled(&x, &c), 1);
	uint32_t left = x.programs.left, cost = EVTX_COMPILE_MAX - left;
	assert_int_equal(compiled(&x, &c), 0);
	assert_int_equal(x.programs.left, left);

	evtx_run_chunk(&x, (struct evtx_bytes){ c.at, B_CHUNK });
	x.programs.left = cost - 1;
	evtx_run_record(&x, (uint32_t)c.record, (uint32_t)c.n, 0, false);
	assert_string_equal(x.problem, "the names in the chunk's templates are too long");
	assert_true(x.programs.left < cost);
	evtx_run_release(&x);
}

/* Programs of many chunks do not gather without end. */
static void forgets(void **state)
{
	static struct b_chunk c;
	struct evtx_run x;
	char xml[200];
	(void)state;

	evtx_run_init(&x);
	for (unsigned nr = 0; nr < 3 * EVTX_PROGRAMS_MAX; nr++) {
		b_begin(&c);
		snprintf(xml, sizeof(xml), "<Event><UserData><T%u/></UserData></Event>", nr);
		c.templates[0] = xml;
		b_event(&c, nr + 1, 0);
		evtx_run_chunk(&x, (struct evtx_bytes){ c.at, B_CHUNK });
		evtx_run_record(&x, (uint32_t)c.record, (uint32_t)c.n, 0, false);
		assert_int_equal(x.record.section_count, 1);
		snprintf(xml, sizeof(xml), "{\"T%u\":null}", nr);
		assert_int_equal(x.record.sections[0].len, strlen(xml));
		assert_memory_equal(x.record.sections[0].json, xml, strlen(xml));
		assert_true(x.programs.count <= EVTX_PROGRAMS_MAX + 1);
	}
	evtx_run_release(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_if_alone), cmocka_unit_test(is_compiled_once),
		cmocka_unit_test(damaged),     cmocka_unit_test(counts_as_if_compiled),
		cmocka_unit_test(forgets),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
