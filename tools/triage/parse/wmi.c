/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Event consumers in the repository of WMI: docs/formats/wmi.md. */
#include "triage/parse/wmi.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"

#define PAGE_BYTES 8192u
#define BLOCK_BYTES ((size_t)128 * PAGE_BYTES)
#define DIGEST_XP 64u
#define DIGEST_SHA256 128u
#define PATTERNS (2 * WMI_CLASSES)
#define LENGTH_MASK 0x3fffffffu
#define NONE SIZE_MAX
/* 1990 and 2108; 0 is no time. */
#define EARLIEST UINT64_C(122756256000000000)
#define LATEST UINT64_C(160000000000000000)

static const struct wmi_property filter[] = {
	{ "name", WMI_STRING },
	{ "creator_sid", WMI_SID },
	{ "query_language", WMI_STRING },
	{ "query", WMI_STRING },
	{ "event_namespace", WMI_STRING },
	{ "event_access", WMI_STRING },
};

static const struct wmi_property command_line[] = {
	{ "machine_name", WMI_STRING },
	{ "maximum_queue_size", WMI_UINT32 },
	{ "creator_sid", WMI_SID },
	{ "name", WMI_STRING },
	{ "executable_path", WMI_STRING },
	{ "command_line_template", WMI_STRING },
	{ "use_default_error_mode", WMI_BOOL },
	{ "create_new_console", WMI_BOOL },
	{ "create_new_process_group", WMI_BOOL },
	{ "create_separate_wow_vdm", WMI_BOOL },
	{ "create_shared_wow_vdm", WMI_BOOL },
	{ "priority", WMI_SINT32 },
	{ "working_directory", WMI_STRING },
	{ "desktop_name", WMI_STRING },
	{ "window_title", WMI_STRING },
	{ "x_coordinate", WMI_UINT32 },
	{ "y_coordinate", WMI_UINT32 },
	{ "x_size", WMI_UINT32 },
	{ "y_size", WMI_UINT32 },
	{ "x_num_characters", WMI_UINT32 },
	{ "y_num_characters", WMI_UINT32 },
	{ "fill_attribute", WMI_UINT32 },
	{ "show_window_command", WMI_UINT32 },
	{ "force_on_feedback", WMI_BOOL },
	{ "force_off_feedback", WMI_BOOL },
	{ "run_interactively", WMI_BOOL },
	{ "kill_timeout", WMI_UINT32 },
};

static const struct wmi_property active_script[] = {
	{ "machine_name", WMI_STRING },     { "maximum_queue_size", WMI_UINT32 },
	{ "creator_sid", WMI_SID },         { "name", WMI_STRING },
	{ "scripting_engine", WMI_STRING }, { "script_text", WMI_STRING },
	{ "script_filename", WMI_STRING },  { "kill_timeout", WMI_UINT32 },
};

static const struct wmi_property binding[] = {
	{ "filter", WMI_STRING },
	{ "consumer", WMI_STRING },
	{ "delivery_qos", WMI_UINT32 },
	{ "deliver_synchronously", WMI_BOOL },
	{ "maintain_security_context", WMI_BOOL },
	{ "slow_down_providers", WMI_BOOL },
	{ "creator_sid", WMI_SID },
};

#define OF(list) (list), sizeof(list) / sizeof((list)[0])
const struct wmi_class wmi_classes[WMI_CLASSES] = {
	{ "__EventFilter", "event_filter",
	  "47C79E62C2227EDD0FF29BF44D87F2FAF9FEDF60A18D9F82597602BD95E20BD3",
	  "D4A52B2BD3BF3604AD338F63412AEB3C", OF(filter) },
	{ "CommandLineEventConsumer", "command_line_consumer",
	  "BBFCCB444CF66AA09AE6F15967A6865175BB0ED216D19970A7988B72CDF0A3A4",
	  "350EB6ACE592C89B344EECFE24ACDF77", OF(command_line) },
	{ "ActiveScriptEventConsumer", "active_script_consumer",
	  "3E78A37E1DE70357C353A15D6BBB8A17A1D31F8D501ED8F1C3EB8104F5B04F97",
	  "5D1A479DE8D5AFD9BDEDA7BE5BEA9591", OF(active_script) },
	{ "__FilterToConsumerBinding", "filter_to_consumer_binding",
	  "0A7ABE63F36E2B2920FEDAFAE849823AF9429CC0EA373FFEE1507EDB21FD9170",
	  "A8B3187D121830A052261C3643ACD9AF", OF(binding) },
};

static size_t size_of(enum wmi_type type)
{
	return type == WMI_BOOL ? 2 : 4;
}

/* A string of the heap: a byte that says how, the letters, and an end that may be missing where the
 * instance is cut. */
static bool string_at(struct reader heap, uint32_t at, bool is_cut, struct wmi_value *v)
{
	reader_skip(&heap, at);
	uint8_t how = reader_u8(&heap);
	size_t step = how ? 2 : 1, len = 0;

	if (heap.bad || how > 1)
		return false;
	while (len + step <= heap.left && (heap.at[len] || (how && heap.at[len + 1])))
		len += step;
	if (len + step > heap.left && !is_cut)
		return false;
	v->is_wide = how;
	v->bytes = reader_of(heap.at, len);
	return true;
}

/* A SID: revision 1, at most 15 parts, as long as it says. */
static bool sid_at(struct reader heap, uint32_t at, struct wmi_value *v)
{
	reader_skip(&heap, at);
	size_t len = reader_le32(&heap);
	struct reader sid = reader_sub(&heap, len);

	if (sid.bad || len < 8 || sid.at[0] != 1 || sid.at[1] > 15 || len != 8 + 4U * sid.at[1])
		return false;
	v->bytes = sid;
	return true;
}

static bool class_is(struct reader heap, uint32_t at, const char *name)
{
	struct wmi_value v = { 0 };

	return string_at(heap, at, false, &v) && !v.is_wide && v.bytes.left == strlen(name) &&
	       strncasecmp((const char *)v.bytes.at, name, v.bytes.left) == 0;
}

/* What lies between the values and the heap: qualifiers, of the instance and of its properties. */
static bool skip_qualifiers(struct reader *r, unsigned properties)
{
	uint32_t own = reader_le32(r);

	if (r->bad || own < 4)
		return false;
	reader_skip(r, own - 4);
	uint8_t more = reader_u8(r);
	for (unsigned i = 0; more == 2 && i < properties; i++) {
		uint32_t len = reader_le32(r);

		if (r->bad || len < 4)
			return false;
		reader_skip(r, len - 4);
	}
	return !r->bad && (more == 1 || more == 2);
}

static bool is_time(uint64_t t)
{
	return !t || (t > EARLIEST && t < LATEST);
}

/* A value that cannot be where it says: of an instance that is cut it lies in the rest; else this is none. */
static bool value(struct reader *data, const struct wmi_property *p, bool is_set,
		  struct reader heap, const struct wmi_instance *i, struct wmi_value *v)
{
	uint32_t raw = size_of(p->type) == 2 ? reader_le16(data) : reader_le32(data);

	*v = (struct wmi_value){ .is_set = is_set, .number = raw };
	if (!is_set || (p->type != WMI_STRING && p->type != WMI_SID))
		return true;
	v->is_set = p->type == WMI_STRING ? string_at(heap, raw, i->is_cut, v)
					  : sid_at(heap, raw, v);
	return v->is_set || i->is_cut;
}

/* The instance whose digest was just read. `r` ends with the page. */
static bool instance(struct reader r, struct wmi_instance *i)
{
	const struct wmi_class *c = i->class;
	size_t table_bytes = (2 * c->count + 7) / 8, data_bytes = 0;

	i->times[0] = reader_le64(&r);
	i->times[1] = reader_le64(&r);
	const size_t before = r.left;
	uint32_t len = reader_le32(&r) & LENGTH_MASK;
	uint8_t flags = reader_u8(&r);
	uint32_t name = reader_le32(&r);
	const uint8_t *table = reader_take(&r, table_bytes);
	for (unsigned k = 0; k < c->count; k++)
		data_bytes += size_of(c->properties[k].type);
	struct reader data = reader_sub(&r, data_bytes);
	if (r.bad || flags || !is_time(i->times[0]) || !is_time(i->times[1]) ||
	    !skip_qualifiers(&r, c->count))
		return false;
	uint32_t heap_bytes = reader_le32(&r);
	size_t head = before - r.left;
	if (r.bad || !(heap_bytes >> 31) || len < head || (heap_bytes & LENGTH_MASK) > len - head)
		return false;
	heap_bytes &= LENGTH_MASK;
	i->is_cut = heap_bytes > r.left;
	struct reader heap = reader_sub(&r, i->is_cut ? r.left : heap_bytes);
	if (!class_is(heap, name, c->name))
		return false;
	for (unsigned k = 0; k < c->count; k++)
		if (!value(&data, &c->properties[k], !(table[k / 4] >> k % 4 * 2 & 3), heap, i,
			   &i->values[k]))
			return false;
	return true;
}

/* A page begins with descriptors of 16 bytes: number, place in the page, length, checksum; zeros end
 * them. Is there one of `want`? With want == 0: is it such a page at all? */
static bool page_lists(const uint8_t *page, size_t len, size_t want)
{
	struct reader r = reader_of(page, len);
	bool any = false;

	while (r.left >= 16) {
		uint32_t number = reader_le32(&r), at = reader_le32(&r), size = reader_le32(&r);

		reader_skip(&r, 4);
		if (!number && !at && !size)
			return any && !want;
		if (!number || at < 32 || at >= PAGE_BYTES || !size)
			return false;
		any = true;
		if (want && at == want)
			return true;
	}
	return false;
}

struct work {
	const struct parse_problems *problems;
	bool (*each)(void *ctx, const struct wmi_instance *i, struct error *e);
	void *ctx;
	uint8_t patterns[PATTERNS][DIGEST_SHA256];
	size_t lengths[PATTERNS];
	bool any;          /* a page or an instance */
	uint64_t page;     /* of the last instance */
	size_t page_spent; /* bytes of values in it */
};

static void make_patterns(struct work *w)
{
	for (size_t i = 0; i < PATTERNS; i++) {
		const char *digits = i % 2 ? wmi_classes[i / 2].md5 : wmi_classes[i / 2].sha256;

		w->lengths[i] = i % 2 ? DIGEST_XP : DIGEST_SHA256;
		for (size_t k = 0; digits[k]; k++)
			w->patterns[i][2 * k] = (uint8_t)digits[k];
	}
}

/* Each string has bytes of its own, unless they are made up: few bytes, shared by all properties of all objects of a
 * page, would come out thousands of times. Remains may lie over one another: so more than a page. */
static bool spend(struct work *w, uint64_t page, const struct wmi_instance *i)
{
	size_t all = 0;

	if (page != w->page)
		w->page_spent = 0;
	w->page = page;
	for (unsigned k = 0; k < i->class->count; k++)
		all += i->values[k].bytes.left;
	if (all > 4 * PAGE_BYTES - w->page_spent)
		return false;
	w->page_spent += all;
	return true;
}

/* The digest within a key of the index, "NS_...\\KI_...": registrations of filters and consumers with their bindings
 * have such keys. */
static bool is_of_a_key(const uint8_t *page, size_t at)
{
	return at >= 2 && page[at - 2] == '_' && !page[at - 1];
}

static bool found(struct work *w, uint64_t offset, const uint8_t *block, size_t len, size_t at,
		  size_t pattern, struct error *e)
{
	const size_t page = at / PAGE_BYTES * PAGE_BYTES, digest = w->lengths[pattern];
	const size_t end = len - page < PAGE_BYTES ? len : page + PAGE_BYTES;
	struct wmi_instance i = { .offset = offset + at,
				  .class = &wmi_classes[pattern / 2],
				  .is_xp = pattern % 2 };

	i.is_listed = at > page && page_lists(block + page, end - page, at - page);
	if (at + digest > end || !instance(reader_of(block + at + digest, end - at - digest), &i)) {
		if (!is_of_a_key(block + page, at - page))
			parse_problem(
				w->problems, offset + at,
				N_("of an event filter, consumer or binding only the beginning is left"));
		return true;
	}
	w->any = true;
	if (!spend(w, offset + page, &i)) {
		parse_problem(
			w->problems, offset + at,
			N_("the objects of a page claim more than it can hold: one is left out"));
		return true;
	}
	return w->each(w->ctx, &i, e);
}

static bool block(struct work *w, uint64_t offset, const uint8_t *p, size_t len, struct error *e)
{
	size_t next[PATTERNS] = { 0 }, at = 0;

	for (size_t page = 0; page < len && !w->any; page += PAGE_BYTES)
		w->any = page_lists(p + page, len - page < PAGE_BYTES ? len - page : PAGE_BYTES, 0);
	for (;;) {
		size_t first = NONE, which = 0;

		for (size_t i = 0; i < PATTERNS; i++) {
			if (next[i] != NONE && next[i] <= at) {
				const uint8_t *hit =
					memmem(p + at, len - at, w->patterns[i], w->lengths[i]);
				next[i] = hit ? (size_t)(hit - p) : NONE;
			}
			if (next[i] < first) {
				first = next[i];
				which = i;
			}
		}
		if (first == NONE)
			return true;
		if (!found(w, offset, p, len, first, which, e))
			return false;
		at = first + w->lengths[which];
	}
}

/* A page that cannot be read is zeros. */
static void read_pages(const struct partition_source *s, const struct parse_problems *problems,
		       uint64_t offset, uint8_t *to, size_t len)
{
	struct error e = { 0 };

	if (s->read(s->ctx, offset, to, len, &e))
		return;
	parse_problem(problems, offset, N_("a part of the repository cannot be read"));
	for (size_t at = 0; at < len; at += PAGE_BYTES) {
		size_t n = len - at < PAGE_BYTES ? len - at : PAGE_BYTES;

		if (!s->read(s->ctx, offset + at, to + at, n, &e))
			memset(to + at, 0, n);
	}
}

bool wmi_parse(const struct partition_source *s, const struct parse_problems *problems,
	       bool (*each)(void *ctx, const struct wmi_instance *i, struct error *e), void *ctx,
	       struct error *e)
{
	struct work w = { .problems = problems, .each = each, .ctx = ctx };
	const size_t room = s->size_bytes < BLOCK_BYTES ? (size_t)s->size_bytes : BLOCK_BYTES;
	uint8_t *bytes = mem_alloc(room);
	bool ok = true;

	make_patterns(&w);
	for (uint64_t at = 0; ok && at < s->size_bytes; at += BLOCK_BYTES) {
		uint64_t left = s->size_bytes - at;
		size_t len = left < BLOCK_BYTES ? (size_t)left : BLOCK_BYTES;

		read_pages(s, problems, at, bytes, len);
		ok = block(&w, at, bytes, len, e);
	}
	free(bytes);
	if (ok && !w.any)
		return error_set(e, ERROR_UNTRUSTED, _("is no repository of WMI (OBJECTS.DATA)"));
	return ok;
}
