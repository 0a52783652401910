/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fields of shell items and of property stores: docs/formats/lnk.md. */
#include <string.h>

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
	if (!i->has_extension)
		return;
	put_fat_time(o, "creation_time", i->created);
	put_fat_time(o, "access_time", i->accessed);
	if (i->reference) {
		emit_number(o, "mft_record_number", i->reference & UINT64_C(0xffffffffffff));
		emit_number(o, "mft_sequence_number", i->reference >> 48);
	}
}

static void put_item(struct emit *o, const struct shell_item *i)
{
	static const char *const names[] = { "unknown", "root_folder", "volume",       "file_entry",
					     "network", "uri",         "control_panel" };

	emit_object(o, NULL);
	emit_string(o, "item_type", names[i->kind]);
	switch (i->kind) {
	case SHELL_ITEM_ROOT:
	case SHELL_ITEM_CONTROL_PANEL:
		put_guid(o, i->guid);
		break;
	case SHELL_ITEM_FILE:
		put_file(o, i);
		break;
	case SHELL_ITEM_VOLUME:
	case SHELL_ITEM_URI:
		emit_words(o, "name", i->name);
		break;
	case SHELL_ITEM_NETWORK:
		emit_words(o, "name", i->name);
		if (i->description.at)
			emit_words(o, "description", i->description);
		if (i->comments.at)
			emit_words(o, "comments", i->comments);
		break;
	default:
		emit_hex(o, "data", i->bytes.at, i->bytes.left);
	}
	emit_close(o);
}

void emit_shell_items(struct emit *o, const char *key, struct reader items)
{
	struct shell_item item;

	emit_array(o, key);
	while (shell_item_next(&items, &item))
		put_item(o, &item);
	emit_close(o);
}

static void put_units(struct emit *o, const char *key, struct reader *r)
{
	size_t units = reader_le32(r);
	struct reader text = reader_sub(r, units <= r->left / 2 ? 2 * units : r->left + 1);

	emit_words(o, key, words_ended(&text, true));
}

static void put_value(struct emit *o, const struct property *p)
{
	struct reader r = p->value;
	size_t bytes;

	switch (p->type) {
	case 2:
		emit_signed(o, "value", (int16_t)reader_le16(&r));
		return;
	case 3:
	case 22:
		emit_signed(o, "value", (int32_t)reader_le32(&r));
		return;
	case 11:
		emit_bool(o, "value", reader_le16(&r) != 0);
		return;
	case 17:
		emit_number(o, "value", reader_u8(&r));
		return;
	case 18:
		emit_number(o, "value", reader_le16(&r));
		return;
	case 19:
	case 23:
		emit_number(o, "value", reader_le32(&r));
		return;
	case 20:
		emit_signed(o, "value", (int64_t)reader_le64(&r));
		return;
	case 21:
		emit_number(o, "value", reader_le64(&r));
		return;
	case 30: {
		bytes = reader_le32(&r);
		struct reader text = reader_sub(&r, bytes);
		emit_words(o, "value", words_ended(&text, false));
		return;
	}
	case 31:
		put_units(o, "value", &r);
		return;
	case 64:
		emit_filetime(o, "value", reader_le64(&r), MOMENT_NONE);
		return;
	case 72:
		if (r.left >= 16) {
			emit_guid(o, "value", r.at);
			return;
		}
		break;
	default:
		break;
	}
	emit_hex(o, "value", r.at, r.left);
}

void emit_properties(struct emit *o, const char *key, struct reader stores)
{
	struct property_cursor c = property_begin(stores);
	struct property p;

	emit_array(o, key);
	while (property_next(&c, &p)) {
		const char *name = p.name.at ? NULL : guid_property_name(p.format_id, p.id);

		emit_object(o, NULL);
		emit_guid(o, "format_identifier", p.format_id);
		if (p.name.at)
			emit_words(o, "name", p.name);
		else
			emit_number(o, "property_identifier", p.id);
		if (name)
			emit_string(o, "name", name);
		emit_number(o, "value_type", p.type);
		put_value(o, &p);
		emit_close(o);
	}
	emit_close(o);
}
