/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Binary XML that would blow up: output, work, depth, templates and names have limits, and a record that meets one
 * says so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "evtx_read.h"

static size_t count_of(const char *s, const char *what)
{
	size_t n = 0;

	for (; (s = strstr(s, what)); s++)
		n++;
	return n;
}

/* A template that repeats a value is no way to fill the disk: neither one record nor many. */
static void output_is_limited(void **state)
{
	static struct b_chunk c;
	static uint8_t value[900];
	struct text xml = { 0 };
	(void)state;

	text_add(&xml, "<Event><System><EventID>1</EventID></System><EventData><Data Name='a'>");
	for (int i = 0; i < 2000; i++)
		text_add(&xml, "{0}");
	text_add(&xml, "</Data></EventData></Event>");
	for (size_t i = 0; i < sizeof(value); i += 2)
		value[i] = 'x';
	b_begin(&c);
	c.templates[0] = xml.s;
	b_value(&c, 0, 0x01, value, 600); /* 600,000 bytes a record */
	for (uint64_t i = 1; i <= 50; i++)
		b_event(&c, i, 0);
	struct result r = read_chunk(&c);
	assert_true(r.ok);
	assert_int_equal(count_of(r.lines.s, "\n"), 50);
	assert_int_equal(count_of(r.lines.s, "\"event_id\":1,"), 50);
	assert_int_equal(count_of(r.lines.s, "\"event_data\""), 6); /* 4 MiB */
	assert_int_equal(count_of(r.lines.s, "\"incomplete\":true"), 44);
	assert_non_null(strstr(r.problems.s, "a record becomes too large"));
	result_release(&r);

	c.n = 512;
	c.definition[0] = 0;
	c.values[0][0].len =
		900; /* 900,000, and with room for one that is all escapes more than 1 MiB */
	c.counts[0] = 1;
	memset(value, 1, sizeof(value));
	b_event(&c, 1, 0);
	r = read_chunk(&c);
	assert_string_equal(r.lines.s, "{\"record_number\":1,\"event_id\":1,\"written_time\":"
				       "\"2012-12-14T23:06:40.0000001Z\",\"incomplete\":true}\n");
	result_release(&r);
	text_release(&xml);
}

/* Nor is what it says itself of the provider, which stands once and is printed with every record. */
static void fields_are_limited(void **state)
{
	static struct b_chunk c;
	struct text xml = { 0 };
	(void)state;

	text_add(&xml, "<Event><System><Provider Name='");
	for (int i = 0; i < 20000; i++)
		text_add(&xml, "\001");
	text_add(&xml, "'/><EventID>7</EventID></System></Event>");
	b_begin(&c);
	c.templates[0] = xml.s;
	for (uint64_t i = 1; i <= 300; i++)
		b_event(&c, i, 0);
	struct result r = read_chunk(&c);
	assert_int_equal(count_of(r.lines.s, "\"event_id\":7,"), 300);
	assert_int_equal(count_of(r.lines.s, "\"provider_name\""), 34); /* 120,002 bytes each */
	assert_int_equal(count_of(r.lines.s, "\"incomplete\":true"), 266);
	result_release(&r);
	text_release(&xml);
}

/* Work that leaves no trace: 1500 times a value that is looked at and gives hardly anything. */
static void work_is_limited(void **state)
{
	static struct b_chunk c;
	static uint8_t nothing[24000];
	static const struct {
		uint8_t type;
		const char *sub;
		uint8_t byte;
	} cases[] = {
		{ 0x01, "{0}", 0 },     /* text that is all zeros at its end */
		{ 0x0d, "{0}", 0 },     /* false, long */
		{ 0x21, "{0!}", 0x0f }, /* begins of fragments */
	};
	(void)state;

	for (size_t n = 0; n < sizeof(cases) / sizeof(*cases); n++) {
		struct text xml = { 0 };

		text_add(&xml, "<Event><EventData><A>");
		for (int i = 0; i < 1500; i++)
			text_add(&xml, cases[n].sub);
		text_add(&xml, "</A></EventData></Event>");
		memset(nothing, cases[n].byte, sizeof(nothing));
		b_begin(&c);
		c.templates[0] = xml.s;
		c.counts[0] = 0;
		b_value(&c, 0, cases[n].type, nothing, sizeof(nothing));
		c.templates[1] = "<Event>[0]</Event>";
		for (uint64_t i = 1; i <= 50; i++)
			b_event(&c, i, 1);
		struct result r = read_chunk(&c);
		assert_true(r.ok);
		assert_non_null(strstr(text_end(&r.problems), "a record has too many parts"));
		assert_int_equal(count_of(r.lines.s, "\"incomplete\":true"), 50);
		result_release(&r);
		text_release(&xml);
	}
}

static void nested_elements(void **state)
{
	static struct b_chunk c;
	(void)state;

	for (int depth = 62; depth <= 63; depth++) { /* within Event and UserData */
		struct text xml = { 0 };

		text_add(&xml, "<Event><UserData>");
		for (int i = 0; i < depth; i++)
			text_add(&xml, "<a>");
		for (int i = 0; i < depth; i++)
			text_add(&xml, "</a>");
		text_add(&xml, "</UserData></Event>");
		b_begin(&c);
		c.templates[0] = xml.s;
		b_event(&c, 1, 0);
		struct result r = read_chunk(&c);
		assert_true(r.ok);
		assert_int_equal(count_of(r.lines.s, "{\"a\":"), 62);
		assert_int_equal(count_of(r.lines.s, "incomplete"), depth - 62);
		assert_int_equal(count_of(text_end(&r.problems),
					  "the binary XML is nested too deeply"),
				 depth - 62);
		result_release(&r);
		text_release(&xml);
	}
}

/* Instances within the values of instances: `levels` of them, each value used `times` within an element or not. */
static struct result read_nested(struct b_chunk *c, int levels, int times, bool element)
{
	static uint8_t bytes[32][2000];
	struct text xml = { 0 };
	size_t len = 0;

	text_add(&xml, element ? "<u>" : "");
	for (int i = 0; i < times; i++)
		text_add(&xml, "{0!}");
	text_add(&xml, element ? "</u>" : "");
	b_begin(c);
	c->templates[0] = "<Event><UserData>{0!}</UserData></Event>";
	c->templates[1] = xml.s;
	b_event(c, 9, 1); /* for the definition */
	for (int i = 0; i < levels; i++) {
		struct b_chunk *inner = calloc(1, sizeof(*inner));

		b_fragment(inner);
		memcpy(inner->definition, c->definition, sizeof(inner->definition));
		if (i)
			b_value(inner, 1, 0x21, bytes[i - 1], len);
		b_instance(inner, 1);
		b_number(inner, 0, 1);
		len = inner->n;
		memcpy(bytes[i], inner->at, len);
		free(inner);
	}
	b_value(c, 0, 0x21, bytes[levels - 1], len);
	b_event(c, 1, 0);
	text_release(&xml);
	return read_chunk(c);
}

static void nested_fragments(void **state)
{
	static struct b_chunk c;
	(void)state;

	for (int levels = 16; levels <= 17; levels++) {
		struct result r = read_nested(&c, levels, 1, true);

		assert_true(r.ok);
		assert_int_equal(count_of(r.lines.s, "\"u\":"), levels == 16 ? 1 + 16 : 1);
		assert_int_equal(count_of(text_end(&r.problems),
					  "fragments of binary XML are nested too deeply"),
				 levels - 16);
		result_release(&r);
	}
	/* 200 to the power of 8, if nobody counted; the second time without a byte of output. */
	for (int element = 1; element >= 0; element--) {
		struct result r = read_nested(&c, 8, 200, element);

		assert_true(r.ok);
		assert_int_equal(r.records, 2);
		assert_int_equal(count_of(r.lines.s, "\"incomplete\":true"), 1);
		assert_non_null(strstr(r.problems.s, "a record has too many parts"));
		result_release(&r);
	}
}

/* Templates that lie in each other are not read over and over. */
static void templates_are_limited(void **state)
{
	static struct b_chunk c;
	enum { HEADS = 100, BYTES = 40000 };
	(void)state;

	b_begin(&c);
	b_record(&c, 9);
	size_t heads = c.n;
	for (int i = 0; i < HEADS; i++) {
		b_number(&c, 0, 4);
		b_number(&c, 0x1000, 16);
		b_number(&c, BYTES, 4);
	}
	b_record_end(&c);
	for (int i = 0; i < HEADS; i++) {
		c.definition[0] = (uint32_t)(heads + 24 * (size_t)i);
		b_event(&c, 1, 0);
	}
	struct result r = read_chunk(&c);
	assert_true(r.ok);
	assert_int_equal(r.records, 1 + HEADS);
	/* 26 times 40,000 are below 1 MiB; the first record is none. */
	assert_int_equal(count_of(r.lines.s, "\"incomplete\":true"), HEADS - 26);
	assert_non_null(strstr(r.problems.s, "the templates of the chunk are too large"));
	result_release(&r);
}

/* Names stand once; a chunk that uses a long one over and over does not become many times as large. */
static void names_are_limited(void **state)
{
	static struct b_chunk c;
	enum { UNITS = 20000, USES = 100 };
	uint16_t digest = 0;
	(void)state;

	b_begin(&c);
	b_record(&c, 9);
	size_t name = c.n;
	for (int i = 0; i < UNITS; i++)
		digest = (uint16_t)(digest * 65599u + 'n');
	b_number(&c, 0, 4);
	b_number(&c, digest, 2);
	b_number(&c, UNITS, 2);
	for (int i = 0; i < UNITS; i++)
		b_number(&c, 'n', 2);
	b_number(&c, 0, 2);
	b_record_end(&c);
	for (int i = 0; i < USES; i++) {
		b_record(&c, 1);
		b_fragment(&c);
		b_number(&c, 0x01, 1);
		b_number(&c, 0, 4);
		b_number(&c, name, 4);
		b_number(&c, 0x03, 1);
		b_record_end(&c);
	}
	struct result r = read_chunk(&c);
	assert_true(r.ok);
	assert_int_equal(r.records, 1 + USES);
	/* 26 times 40,000 are below 1 MiB, as above. */
	assert_int_equal(count_of(r.lines.s, "\"incomplete\":true"), USES - 26);
	assert_int_equal(count_of(r.lines.s, "\"other\":{\"nnnn"), 26);
	assert_non_null(strstr(r.problems.s, "the names in the chunk's templates are too long"));
	result_release(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(output_is_limited), cmocka_unit_test(fields_are_limited),
		cmocka_unit_test(work_is_limited),   cmocka_unit_test(nested_elements),
		cmocka_unit_test(nested_fragments),  cmocka_unit_test(templates_are_limited),
		cmocka_unit_test(names_are_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
