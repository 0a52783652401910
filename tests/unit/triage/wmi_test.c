/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Event filters, consumers and bindings in pages of a repository: whole, deleted, cut, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/base/memory.h"
#include "lib/crypto/sha256.h"
#include "samples.h"
#include "wmi_builder.h"

#define FIRST 64u /* where the first instance of a page lies */

struct repository {
	uint8_t *bytes;
	size_t len;
	uint64_t bad_from, bad_to;
};

struct seen {
	size_t count, problems;
	uint64_t problem_at;
	struct wmi_instance last;
	char name[64]; /* of the last: its bytes end with the block */
	uint64_t offsets[8];
};

static bool read_at(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	struct repository *r = ctx;

	if (offset < r->bad_to && offset + len > r->bad_from)
		return error_set(e, ERROR_FAILED, "bad");
	memcpy(buf, r->bytes + offset, len);
	return true;
}

static bool take(void *ctx, const struct wmi_instance *i, struct error *e)
{
	struct seen *s = ctx;
	const struct wmi_value *name = &i->values[i->class == &wmi_classes[0] ? 0 : 3];
	(void)e;

	s->offsets[s->count++ % 8] = i->offset;
	s->last = *i;
	memset(s->name, 0, sizeof(s->name));
	if (name->bytes.left && name->bytes.left < sizeof(s->name))
		memcpy(s->name, name->bytes.at, name->bytes.left);
	return true;
}

static void problem(void *ctx, uint64_t offset, const char *what)
{
	struct seen *s = ctx;
	(void)what;

	s->problems++;
	s->problem_at = offset;
}

static struct seen parse(struct repository *r, bool want)
{
	struct seen s = { 0 };
	const struct partition_source source = { read_at, r, r->len, 512 };
	const struct parse_problems problems = { problem, &s };
	struct error e = { 0 };

	assert_int_equal(wmi_parse(&source, &problems, take, &s, &e), want);
	assert_int_equal(e.kind, want ? ERROR_NONE : ERROR_UNTRUSTED);
	return s;
}

static const char *const filter[] = {
	"Updater", "!", "WQL", "SELECT * FROM x", "root\\cimv2", NULL
};

static struct repository of_pages(size_t count)
{
	return (struct repository){ .bytes = mem_array(count, WMI_PAGE), .len = count * WMI_PAGE };
}

/* The digests are those of the names. */
static void digests(void **state)
{
	(void)state;
	for (size_t i = 0; i < WMI_CLASSES; i++) {
		char units[64] = { 0 }, hex[SHA256_HEX];
		const char *name = wmi_classes[i].name;

		for (size_t k = 0; name[k]; k++)
			units[2 * k] = name[k] >= 'a' && name[k] <= 'z' ? (char)(name[k] - 32)
									: name[k];
		sha256_hex(hex, units, 2 * strlen(name));
		for (char *h = hex; *h; h++)
			*h = *h >= 'a' ? (char)(*h - 32) : *h;
		assert_string_equal(hex, wmi_classes[i].sha256);
		assert_int_equal(strlen(wmi_classes[i].md5), 32);
	}
}

static void each_class(void **state)
{
	static const char *const command[WMI_PROPERTIES_MAX] = {
		[3] = "Runner", [5] = "cmd.exe /c x", [11] = "#7", [25] = "#1", [26] = "#9"
	};
	static const char *const script[] = { NULL,       NULL,     "!", "Skript",
					      "VBScript", "~a\xe4", "x", "#5" };
	static const char *const bound[] = { "__EventFilter.Name=\"Updater\"",
					     "CommandLineEventConsumer.Name=\"Runner\"",
					     NULL,
					     "#1",
					     NULL,
					     NULL,
					     "!" };
	static const char *const *const values[] = { filter, command, script, bound };
	(void)state;

	for (unsigned class = 0; class < WMI_CLASSES; class ++)
		for (unsigned xp = 0; xp < 2; xp++) {
			struct repository r = of_pages(1);
			size_t len = wmi_make(r.bytes + FIRST, class, xp, values[class]);

			wmi_list(r.bytes, 0, FIRST, len);
			struct seen s = parse(&r, true);
			assert_int_equal(s.count, 1);
			assert_int_equal(s.problems, 0);
			assert_ptr_equal(s.last.class, &wmi_classes[class]);
			assert_int_equal(s.last.is_xp, xp);
			assert_true(s.last.is_listed);
			assert_false(s.last.is_cut);
			assert_int_equal(s.last.times[0], WMI_TIME);
			assert_int_equal(s.last.times[1], WMI_TIME + 1);
			for (unsigned k = 0; k < wmi_classes[class].count; k++) {
				const struct wmi_value *v = &s.last.values[k];
				const char *want = values[class][k];

				assert_int_equal(v->is_set, want != NULL);
				if (want && *want == '#')
					assert_int_equal(v->number, want[1] - '0');
				else if (want && *want == '!')
					assert_int_equal(v->bytes.left, 12);
				else if (want && *want == '~')
					assert_int_equal(v->bytes.left, 4);
				else if (want)
					assert_int_equal(v->bytes.left, strlen(want));
			}
			if (class != 3)
				assert_string_equal(s.name, values[class][class ? 3 : 0]);
			free(r.bytes);
		}
}

/* Every property that a class has comes out, and CSV has a column for it. */
static void every_property(void **state)
{
	(void)state;
	for (unsigned class = 0; class < WMI_CLASSES; class ++) {
		static const char *const by_type[] = { "text", "!", "#1", "#2", "#1" };
		const struct wmi_class *c = &wmi_classes[class];
		const char *values[WMI_PROPERTIES_MAX] = { NULL };
		struct repository r = of_pages(1);

		for (unsigned k = 0; k < c->count; k++)
			values[k] = by_type[c->properties[k].type];
		wmi_list(r.bytes, 0, FIRST, wmi_make(r.bytes + FIRST, class, false, values));
		struct text bytes = { .s = (char *)r.bytes, .len = r.len };
		struct text t = lines_of("wmi", &bytes, 1, false, EMIT_JSONL);
		for (unsigned k = 0; k < c->count; k++) {
			char *want = mem_format("\"%s\":", c->properties[k].key);

			if (!strstr(t.s, want))
				fail_msg("%s: no %s in %s", c->name, want, t.s);
			free(want);
		}
		text_release(&t);
		free(r.bytes);
	}
}

/* Objects that share one long string come out no larger than a few pages, and those of other pages are not touched. */
static void shared_strings(void **state)
{
	static char text[3700];
	const char *const script[] = { NULL, NULL, NULL, "Skript", "x", text, NULL, NULL };
	const size_t block = 128 + 16, heap_len = block + 48, step = 400, last = FIRST + 9 * step;
	(void)state;

	memset(text, 'x', sizeof(text) - 1);
	struct repository r = of_pages(2);
	const size_t len = wmi_make(r.bytes + last, 2, false, script);
	/* Where in the heap the long one stands: 27 bytes of the class's name, then two short ones. */
	const size_t at = 27 + 8 + 3;
	for (size_t n = 0; n < 9; n++) {
		uint8_t *p = r.bytes + FIRST + n * step;
		const size_t more = (9 - n) * step;

		memcpy(p, r.bytes + last, heap_len + 4 + at);
		wmi_put(p + block, len - block + more, 4);
		wmi_put(p + heap_len, (len - heap_len - 4 + more) | UINT32_C(1) << 31, 4);
		for (unsigned k = 3; k < 6; k++)
			wmi_put(p + block + 11 + 4 * k, at + more, 4);
	}
	for (unsigned n = 0; n < 2; n++)
		wmi_make(r.bytes + WMI_PAGE + FIRST + n * len, 2, false, script);
	struct seen s = parse(&r, true);
	/* Each of the nine has that string three times. */
	assert_int_equal(s.count, 5);
	assert_int_equal(s.offsets[4], WMI_PAGE + FIRST + len);
	assert_int_equal(s.problems, 7);
	free(r.bytes);
}

/* What no page names is a remain; pages that cannot be read cost only themselves. */
static void remains(void **state)
{
	(void)state;
	struct repository r = of_pages(130); /* more than a block */
	size_t len = wmi_make(r.bytes + FIRST, 0, false, filter);

	wmi_list(r.bytes, 0, FIRST, len);
	wmi_make(r.bytes + 4000, 0, false, filter);
	wmi_make(r.bytes + 5 * WMI_PAGE + FIRST, 0, true, filter);
	wmi_make(r.bytes + 129 * WMI_PAGE + FIRST, 0, false, filter);
	wmi_list(r.bytes + 129 * WMI_PAGE, 0, FIRST + 1, len);
	struct seen s = parse(&r, true);
	assert_int_equal(s.count, 4);
	assert_int_equal(s.offsets[0], FIRST);
	assert_int_equal(s.offsets[1], 4000);
	assert_int_equal(s.offsets[2], 5 * WMI_PAGE + FIRST);
	assert_int_equal(s.offsets[3], 129 * WMI_PAGE + FIRST);
	assert_false(s.last.is_listed);
	r.bad_from = WMI_PAGE;
	r.bad_to = 2 * WMI_PAGE;
	s = parse(&r, true);
	assert_int_equal(s.count, 4);
	assert_int_equal(s.problems, 1);
	free(r.bytes);
}

/* A script that is longer than its page: what is there of it, and that it is not all. */
static void longer_than_a_page(void **state)
{
	static char text[WMI_PAGE + 1000];
	const char *const script[] = { NULL, NULL, "!", "Skript", "VBScript", text, "behind", NULL };
	(void)state;

	memset(text, 'x', sizeof(text) - 1);
	struct repository r = of_pages(3);
	wmi_list(r.bytes, 0, FIRST, wmi_make(r.bytes + FIRST, 2, false, script));
	struct seen s = parse(&r, true);
	assert_int_equal(s.count, 1);
	assert_true(s.last.is_cut);
	assert_true(s.last.is_listed);
	assert_string_equal(s.name, "Skript");
	assert_true(s.last.values[5].is_set);
	assert_in_range(s.last.values[5].bytes.left, 7000, WMI_PAGE);
	assert_false(s.last.values[6].is_set); /* wholly in the rest */
	free(r.bytes);
}

/* One thing wrong, and it is none; what is listed is said as a problem. */
static void what_is_none(void **state)
{
	const size_t block = 128 + 16, data = block + 9 + 2, behind = data + 24, heap = behind + 9;
	const struct {
		const char *name;
		size_t at;
		uint64_t value;
		size_t bytes;
		size_t count, problems;
	} cases[] = {
		{ "as it is", block + 4, 0, 1, 1, 0 },
		{ "another class", 0, 'X', 2, 0, 0 },
		{ "a time of 1601", 128, 1, 8, 0, 1 },
		{ "no time", 128, 0, 8, 1, 0 },
		{ "a time of 30000", 136, UINT64_MAX / 4, 8, 0, 1 },
		{ "shorter than its head", block, 40, 4, 0, 1 },
		{ "shorter than its heap", block, 70, 4, 0, 1 },
		{ "flags", block + 4, 1, 1, 0, 1 },
		{ "its class's name elsewhere", block + 5, 3, 4, 0, 1 },
		{ "its class's name far away", block + 5, 0x7fffffff, 4, 0, 1 },
		{ "its class's name is another", heap + 2, 'X', 1, 0, 1 },
		{ "a string far away", data, 0x7fffffff, 4, 0, 1 },
		{ "a SID far away", data + 4, 0x7fffffff, 4, 0, 1 },
		{ "a SID that is a string", data + 4, 0, 4, 0, 1 },
		{ "qualifiers of 3 bytes", behind, 3, 4, 0, 1 },
		{ "qualifiers beyond the end", behind, 0x7fffffff, 4, 0, 1 },
		{ "qualifiers of a third kind", behind + 4, 3, 1, 0, 1 },
		{ "qualifiers of properties", behind + 4, 2, 1, 0, 1 },
		{ "a heap that is none", behind + 5, 60, 4, 0, 1 },
		{ "a heap beyond the block", behind + 5, 0x80002000, 4, 0, 1 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct repository r = of_pages(1);
		size_t len = wmi_make(r.bytes + FIRST, 0, false, filter);

		wmi_list(r.bytes, 0, FIRST, len);
		wmi_put(r.bytes + FIRST + cases[i].at, cases[i].value, cases[i].bytes);
		struct seen s = parse(&r, true);
		if (s.count != cases[i].count || s.problems != cases[i].problems)
			fail_msg("%s: %zu, %zu problems", cases[i].name, s.count, s.problems);
		if (s.problems)
			assert_int_equal(s.problem_at, FIRST);
		free(r.bytes);
	}
}

/* A filter that is bound: its registration names the binding by a key of the index, in which the digest of the
 * binding's class stands. */
static void registrations(void **state)
{
	struct repository r = of_pages(1);
	(void)state;

	uint8_t *at = r.bytes + FIRST;
	for (const char *c = "\\NS_1\\KI_"; *c; c++, at += 2)
		*at = (uint8_t)*c;
	const size_t len = wmi_make(at, 0, false, filter);
	memset(at + 128, 'x', len - 128);
	wmi_list(r.bytes, 0, FIRST, (size_t)(at - r.bytes) + len - FIRST);
	assert_int_equal(parse(&r, true).problems, 0);
	/* Behind another letter the digest is what is left of a filter. */
	at[-2] = '-';
	assert_int_equal(parse(&r, true).problems, 1);
	/* What is whole counts, whatever lies before it. */
	at[-2] = '_';
	(void)wmi_make(at, 0, false, filter);
	struct seen s = parse(&r, true);
	assert_true(s.count == 1 && s.problems == 0);
	free(r.bytes);
}

/* Cut anywhere, nothing is read past the end. A file without any page is none. */
static void ends(void **state)
{
	(void)state;
	uint8_t page[WMI_PAGE] = { 0 };
	size_t len = wmi_make(page + FIRST, 0, false, filter);

	wmi_list(page, 0, FIRST, len);
	for (size_t n = 0; n < FIRST + len; n++) {
		struct repository r = { .bytes = mem_alloc(n + 1), .len = n };

		memcpy(r.bytes, page, n);
		struct seen s = parse(&r, n >= 32);
		if (s.count) /* what is cut away are ends of strings */
			assert_true(s.last.is_cut && n > FIRST + len - 60);
		free(r.bytes);
	}
	memset(page, 0xa5, sizeof(page));
	struct repository noise = { .bytes = page, .len = sizeof(page) };
	parse(&noise, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digests),        cmocka_unit_test(each_class),
		cmocka_unit_test(every_property), cmocka_unit_test(shared_strings),
		cmocka_unit_test(remains),        cmocka_unit_test(longer_than_a_page),
		cmocka_unit_test(what_is_none),   cmocka_unit_test(ends),
		cmocka_unit_test(registrations),
	};

	return cmocka_run_group_tests_name("wmi", tests, NULL, NULL);
}
