/* SPDX-License-Identifier: GPL-3.0-or-later */
/* triage parse bcd: objects of the boot configuration, each with its elements. */
#include "triage/parse/bcd.h"

#include <stdio.h>
#include <stdlib.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/reader.h"
#include "triage/fields/hive.h"

#define ELEMENTS_MAX 4096u
#define CACHE_ENABLE_VISTA 0x26000003u
#define CACHE_ENABLE 0x26000005u
#define DESCRIPTION 0x12000004u

struct element {
	uint32_t number, type;
	struct regf_bytes data; /* in the hive */
};

/* An object, until the next one begins: its keys come one after another. */
struct object {
	const struct parse_problems *problems;
	bool there, recovered, has_type;
	struct text id;
	uint64_t last_written;
	uint32_t type;
	struct element *elements;
	size_t count, capacity;
};

static void integers(struct emit *o, const char *key, struct regf_bytes data)
{
	struct reader r = reader_of(data.bytes, data.len);

	emit_array(o, key);
	while (r.left)
		emit_number(o, NULL, reader_le64(&r));
	emit_close(o);
}

static void device(struct emit *o, const char *key, struct regf_bytes data)
{
	struct bcd_device d;

	if (!bcd_device_parse(data, &d)) {
		emit_hex(o, key, data.bytes, data.len);
		return;
	}
	emit_object(o, key);
	if (d.type_name)
		emit_string(o, "device_type", d.type_name);
	else
		emit_flags(o, "device_type", d.type);
	if (d.has_partition && d.gpt) {
		emit_guid(o, "partition_guid", d.partition_guid);
		emit_guid(o, "disk_guid", d.disk_guid);
	} else if (d.has_partition) {
		emit_number(o, "partition_offset", d.partition_offset);
		emit_flags(o, "disk_signature", d.disk_signature);
	} else {
		emit_hex(o, "data", data.bytes, data.len);
	}
	emit_close(o);
}

static bool seen(const struct object *b, uint32_t number)
{
	for (size_t i = 0; i < b->count; i++)
		if (b->elements[i].number == number)
			return true;
	return false;
}

static void element(struct emit *o, const struct object *b, const struct element *el)
{
	const char *name = bcd_element_name(b->type, el->number);
	struct reader r = reader_of(el->data.bytes, el->data.len);
	char custom[24];

	snprintf(custom, sizeof(custom), "custom_%08x", el->number);
	/* The one name that bcdedit has for two settings of an object, of Vista and later; a key stands once. */
	if (!name || (el->number == CACHE_ENABLE_VISTA && seen(b, CACHE_ENABLE)))
		name = custom;
	switch (bcd_form(el->number)) {
	case BCD_DEVICE:
		if (el->type == REGF_BINARY) {
			device(o, name, el->data);
			return;
		}
		break;
	case BCD_INTEGER:
		if (el->type == REGF_BINARY && el->data.len == 8) {
			emit_number(o, name, reader_le64(&r));
			return;
		}
		break;
	case BCD_BOOLEAN:
		if (el->type == REGF_BINARY && el->data.len >= 1) {
			emit_bool(o, name, reader_u8(&r) != 0);
			return;
		}
		break;
	case BCD_INTEGERS:
		if (el->type == REGF_BINARY && el->data.len % 8 == 0) {
			integers(o, name, el->data);
			return;
		}
		break;
	default:
		break;
	}
	hive_data(o, name, el->type, el->data);
}

static void description(struct emit *o, const struct object *b)
{
	for (size_t i = 0; i < b->count; i++) {
		const struct element *el = &b->elements[i];
		struct regf_bytes behind;

		if (el->number != DESCRIPTION || el->type != REGF_SZ)
			continue;
		hive_text(o, "description", regf_text_of(el->data, &behind));
		hive_says(o, regf_text_of(el->data, &behind));
		return;
	}
	emit_null(o, "description");
}

/* Say the object in hand, if there is one. */
static bool say(struct object *b, struct emit *o, struct error *e)
{
	struct regf_text id = { (const uint8_t *)text_end(&b->id), b->id.len, true };
	const char *name = bcd_object_name(id), *type = b->has_type ? bcd_type_name(b->type) : NULL;

	if (!b->there)
		return true;
	b->there = false;
	emit_begin(o, "windows:registry:bcd");
	emit_text(o, "object_id", text_end(&b->id), b->id.len);
	emit_string(o, "object_name", name);
	if (b->has_type)
		emit_flags(o, "object_type", b->type);
	else
		emit_null(o, "object_type");
	emit_string(o, "object_type_name", type);
	description(o, b);
	emit_filetime(o, "last_written_time", b->last_written, MOMENT_MODIFIED);
	emit_object(o, "elements");
	for (size_t i = 0; i < b->count; i++)
		element(o, b, &b->elements[i]);
	emit_close(o);
	if (b->recovered)
		emit_bool(o, "recovered", true);
	return emit_end(o, e);
}

static void begin(struct object *b, const struct regf_item *item, struct regf_text id)
{
	b->there = true;
	b->recovered = item->recovered;
	b->has_type = false;
	b->type = 0;
	b->count = 0;
	b->last_written = item->key.last_written;
	text_clear(&b->id);
	regf_text_add(&b->id, id);
}

/* Does this key lie below the object in hand? Deleted ones come in any order. */
static bool belongs(const struct object *b, const struct regf_item *item)
{
	return b->there && b->recovered == item->recovered &&
	       regf_text_is(hive_path_part(item->path, 1), text_end((struct text *)&b->id));
}

static void take_value(struct object *b, const struct regf_item *item, const struct regf_value *v,
		       struct regf_bytes data)
{
	struct reader r = reader_of(data.bytes, data.len);
	uint32_t number;

	if (hive_path_is(item->path, "Objects\\*\\Description") && regf_text_is(v->name, "Type") &&
	    v->type == REGF_DWORD && data.len == 4) {
		b->type = reader_le32(&r);
		b->has_type = true;
	}
	if (!hive_path_is(item->path, "Objects\\*\\Elements\\*") ||
	    !regf_text_is(v->name, "Element"))
		return;
	/* Data in segments would not stay, however little of them is left: no element is that long. */
	if (!bcd_element_number(item->key.name, &number) || v->data_bytes > REGF_SEGMENT_BYTES ||
	    b->count == ELEMENTS_MAX || seen(b, number)) {
		parse_problem(b->problems, (uint64_t)REGF_BASE_BYTES + v->offset,
			      N_("an element is left out: its number, or its length, is none"));
		return;
	}
	mem_grow(&b->elements, &b->capacity, b->count + 1, sizeof(*b->elements));
	b->elements[b->count++] = (struct element){ number, v->type, data };
}

static bool key(void *ctx, struct regf_walk *w, const struct regf_item *item, struct emit *o,
		struct error *e)
{
	struct object *b = ctx;
	struct regf_bytes data;
	struct regf_value v;

	const bool is_object = hive_path_is(item->path, "Objects\\*");
	/* A deleted element whose object was not deleted, or is gone, has a line of its own. */
	const bool alone = !is_object && item->recovered && !belongs(b, item) &&
			   hive_path_is(item->path, "Objects\\*\\Elements\\*");

	if (is_object || alone) {
		if (!say(b, o, e))
			return false;
		begin(b, item, hive_path_part(item->path, 1));
	}
	if (is_object || !belongs(b, item))
		return true;
	while (regf_walk_value(w, &v, &data))
		if (data.bytes)
			take_value(b, item, &v, data);
	return true;
}

static bool run(const struct format_job *job, struct emit *o, struct error *e)
{
	struct object b = { .problems = &job->problems };
	struct regf_item item;
	struct hive h;
	bool ok = true, found = false;

	if (!hive_open(&h, job, e))
		return false;
	struct regf_walk *w = regf_walk_new(&h.r, job->recovered);
	while (ok && regf_walk_next(w, &item)) {
		found = found || hive_path_is(item.path, "Objects");
		ok = key(&b, w, &item, o, e);
	}
	ok = ok && say(&b, o, e); /* its data lie in the hive */
	if (ok && !found)
		hive_is_another(job);
	regf_walk_free(w);
	hive_close(&h);
	free(b.elements);
	text_release(&b.id);
	return ok;
}

static const char *const columns[] = {
	"object_id",        "object_name", "object_type",
	"object_type_name", "description", "last_written_time",
	"elements",         "recovered",   NULL,
};

const struct format format_bcd = {
	.name = "bcd",
	.help = N_("entries and settings of the boot configuration"),
	.columns = columns,
	.has_moments = true,
	.inputs_max = HIVE_INPUTS_MAX,
	.run = run,
};
