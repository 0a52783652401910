/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fields of shell items and of property stores: docs/formats/lnk.md. */
#include <string.h>

#include "lib/base/checked.h"
#include "lib/base/language.h"
#include "triage/fields/guids.h"
#include "triage/fields/lnk.h"
#include "triage/fields/words.h"
#include "triage/parse/propstore.h"

static void put_fat_time(struct emit *o, const char *key, uint32_t time)
{
	int64_t s;

	if (fat_time(time, &s))
		emit_unix(o, key, s, 0, 0, MOMENT_NONE);
	else
		emit_null(o, key);
}

static void put_guid(struct emit *o, const uint8_t *guid)
{
	const char *name = guid_folder_name(guid);

	emit_guid(o, "shell_folder_identifier", guid);
	if (name)
		emit_string(o, "shell_folder_name", name);
}

static void put_extension(struct emit *o, const struct shell_item *i)
{
	put_fat_time(o, "creation_time", i->created);
	put_fat_time(o, "access_time", i->accessed);
	if (i->reference) {
		emit_number(o, "mft_record_number", i->reference & UINT64_C(0xffffffffffff));
		emit_number(o, "mft_sequence_number", i->reference >> 48);
	}
}

static void put_file(struct emit *o, const struct shell_item *i)
{
	emit_words(o, "name", i->name);
	if (i->long_name.at)
		emit_words(o, "long_name", i->long_name);
	if (i->localized_name.at)
		emit_words(o, "localized_name", i->localized_name);
	emit_bool(o, "is_directory", i->is_folder);
	emit_number(o, "file_size", i->size_bytes);
	emit_flags(o, "file_attributes", i->attributes);
	put_fat_time(o, "modification_time", i->modified);
	if (i->has_extension)
		put_extension(o, i);
}

static void put_folder(struct emit *o, const struct shell_item *i)
{
	put_guid(o, i->guid);
	if (!i->has_times)
		return;
	emit_flags(o, "file_attributes", i->folder_attributes);
	emit_filetime(o, "modification_time", i->folder_modified, MOMENT_NONE);
	emit_filetime(o, "creation_time", i->folder_created, MOMENT_NONE);
	emit_filetime(o, "access_time", i->folder_accessed, MOMENT_NONE);
}

static void put_item(struct emit *o, const struct shell_item *i)
{
	static const char *const names[] = { "unknown",       "root_folder", "volume",
					     "file_entry",    "network",     "uri",
					     "control_panel", "known_folder" };

	emit_object(o, NULL);
	emit_string(o, "item_type", names[i->kind]);
	switch (i->kind) {
	case SHELL_ITEM_ROOT:
	case SHELL_ITEM_CONTROL_PANEL:
	case SHELL_ITEM_KNOWN_FOLDER:
		put_folder(o, i);
		break;
	case SHELL_ITEM_FILE:
		put_file(o, i);
		break;
	case SHELL_ITEM_VOLUME:
	case SHELL_ITEM_URI:
		emit_words(o, "name", i->name);
		if (i->guid)
			put_guid(o, i->guid);
		break;
	case SHELL_ITEM_NETWORK:
		emit_words(o, "name", i->name);
		if (i->description.at)
			emit_words(o, "description", i->description);
		if (i->comments.at)
			emit_words(o, "comments", i->comments);
		break;
	default:
		break;
	}
	if (i->kind == SHELL_ITEM_UNKNOWN || i->is_rest_unread)
		emit_hex(o, "data", i->bytes.at, i->bytes.left);
	emit_close(o);
}

void emit_shell_items(struct emit *o, const char *key, struct reader items,
		      const struct parse_place *place)
{
	struct shell_item item;

	emit_array(o, key);
	while (shell_item_next(&items, &item)) {
		put_item(o, &item);
		if (item.bad)
			parse_problem_at(place, item.bytes.at, N_("a shell item is not all read"));
	}
	/* Behind the end, or where the next one should be. */
	if (!words_is_zero(items)) {
		parse_problem_at(place, items.at, N_("what is here is no shell item"));
		put_item(o, &(struct shell_item){ .bytes = items });
	}
	emit_close(o);
}

/* How many bytes a value of a type takes; 0: one that is not known. */
static size_t value_bytes(const struct property *p)
{
	struct reader r = p->value;
	size_t bytes;

	switch (p->type) {
	case 2:
	case 11:
	case 18:
		return 2;
	case 3:
	case 19:
	case 22:
	case 23:
		return 4;
	case 17:
		return 1;
	case 20:
	case 21:
	case 64:
		return 8;
	case 30:
		return 4 + (size_t)reader_le32(&r);
	case 31:
		return size_mul(reader_le32(&r), 2, &bytes) && size_add(bytes, 4, &bytes)
			       ? bytes
			       : SIZE_MAX;
	case 72:
		return 16;
	default:
		return 0;
	}
}

/* Of a type that is known, with all of its bytes. */
static void put_value(struct emit *o, unsigned type, struct reader r)
{
	switch (type) {
	case 2:
		emit_signed(o, "value", (int16_t)reader_le16(&r));
		break;
	case 3:
	case 22:
		emit_signed(o, "value", (int32_t)reader_le32(&r));
		break;
	case 11:
		emit_bool(o, "value", reader_le16(&r) != 0);
		break;
	case 17:
		emit_number(o, "value", reader_u8(&r));
		break;
	case 18:
		emit_number(o, "value", reader_le16(&r));
		break;
	case 19:
	case 23:
		emit_number(o, "value", reader_le32(&r));
		break;
	case 20:
		emit_signed(o, "value", (int64_t)reader_le64(&r));
		break;
	case 21:
		emit_number(o, "value", reader_le64(&r));
		break;
	case 30:
	case 31:
		reader_skip(&r, 4);
		emit_words(o, "value", words_trimmed(r, type == 31));
		break;
	case 64:
		emit_filetime(o, "value", reader_le64(&r), MOMENT_NONE);
		break;
	default:
		emit_guid(o, "value", r.at);
		break;
	}
}

/* Its bytes where they are not what its type says. False: they are not. */
static bool put_property(struct emit *o, const struct property *p)
{
	const char *name = p->name.at ? NULL : guid_property_name(p->format_id, p->id);
	struct reader rest = p->value;
	size_t bytes = value_bytes(p);

	emit_object(o, NULL);
	emit_guid(o, "format_identifier", p->format_id);
	if (p->name.at)
		emit_words(o, "name", p->name);
	else
		emit_number(o, "property_identifier", p->id);
	if (name)
		emit_string(o, "name", name);
	emit_number(o, "value_type", p->type);
	struct reader value = reader_sub(&rest, bytes);
	/* Padding to four bytes is whatever it is. */
	bool good = !value.bad && (rest.left < 4 || words_is_zero(rest));
	if (bytes && good)
		put_value(o, p->type, value);
	else
		emit_hex(o, "value", p->value.at, p->value.left);
	emit_close(o);
	return good || !bytes;
}

bool emit_properties(struct emit *o, const char *key, struct reader stores,
		     const struct parse_place *place)
{
	struct property_cursor c = property_begin(stores);
	struct property p;

	emit_array(o, key);
	while (property_next(&c, &p))
		if (!put_property(o, &p))
			parse_problem_at(place, p.value.at,
					 N_("a value is not as long as it says"));
	if (c.bad)
		parse_problem_at(place, stores.at, N_("a property store is damaged"));
	emit_close(o);
	return !c.bad;
}
