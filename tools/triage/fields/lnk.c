/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fields of a shell link: docs/formats/lnk.md. */
#include "triage/fields/lnk.h"

#include <stdlib.h>

#include "lib/base/language.h"
#include "triage/fields/guids.h"
#include "triage/fields/words.h"
#include "triage/format.h"

#define NODE_TEXT 18

static const char *drive_name(uint32_t type)
{
	static const char *const names[] = { "unknown", "no_root_directory", "removable", "fixed",
					     "remote",  "optical",           "ram_disk" };

	return type < sizeof(names) / sizeof(*names) ? names[type] : NULL;
}

static void path_of(struct words base, struct words suffix, struct text *t)
{
	words_add(t, base);
	/* The shell puts them together so; a share has no separator at its end. */
	if (base.bytes && suffix.bytes && t->s[t->len - 1] != '\\')
		text_add(t, "\\");
	words_add(t, suffix);
}

static void put_path(struct emit *o, const char *key, struct words base, struct words suffix)
{
	struct text path = { 0 };

	path_of(base, suffix, &path);
	emit_text(o, key, text_end(&path), path.len);
	text_release(&path);
}

/* Also the one that other programs take, if it is another. */
static void put_paths(struct emit *o, const struct lnk *l, const char *key, struct words base,
		      const char *ansi_key, struct words ansi)
{
	const struct words suffix = l->ansi.path_suffix;

	put_path(o, key, base, l->path_suffix);
	if (ansi.at || suffix.at)
		put_path(o, ansi_key, ansi.at ? ansi : base, suffix.at ? suffix : l->path_suffix);
}

static void put_place(struct emit *o, const struct lnk *l)
{
	if (l->has_volume) {
		const char *name = drive_name(l->drive_type);

		if (name)
			emit_string(o, "drive_type", name);
		else
			emit_number(o, "drive_type", l->drive_type);
		emit_flags(o, "drive_serial_number", l->serial_number);
		emit_words(o, "volume_label", l->volume_label);
	}
	if (l->local_path.at)
		put_paths(o, l, "local_path", l->local_path, "local_path_ansi", l->ansi.local_path);
	if (l->has_network) {
		put_paths(o, l, "network_path", l->share_name, "network_path_ansi",
			  l->ansi.share_name);
		if (l->device_name.at)
			emit_words(o, "network_device_name", l->device_name);
		if (l->network_flags & 2)
			emit_flags(o, "network_provider_type", l->provider_type);
	}
}

static void put_strings(struct emit *o, const struct lnk *l)
{
	const struct {
		const char *key;
		const struct words *words;
	} strings[] = {
		{ "description", &l->description },
		{ "relative_path", &l->relative_path },
		{ "working_directory", &l->working_directory },
		{ "command_line_arguments", &l->arguments },
		{ "icon_location", &l->icon_location },
	};

	for (size_t i = 0; i < sizeof(strings) / sizeof(*strings); i++)
		if (strings[i].words->at)
			emit_words(o, strings[i].key, *strings[i].words);
}

/* Who made the target, as the tracking service remembers it. */
static void put_tracker(struct emit *o, const struct lnk_block *b)
{
	static const char *const keys[] = { "droid_volume_identifier", "droid_file_identifier",
					    "birth_droid_volume_identifier",
					    "birth_droid_file_identifier" };
	const uint8_t *node;
	uint64_t time;

	emit_words(o, "machine_identifier", b->text);
	for (size_t i = 0; i < 4; i++)
		emit_guid(o, keys[i], b->droids + 16 * i);
	if (!droid_time(b->droids + 16, &time, &node))
		return;
	char text[NODE_TEXT];
	snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", node[0], node[1], node[2],
		 node[3], node[4], node[5]);
	emit_filetime(o, "droid_file_time", time, MOMENT_CREATED);
	emit_string(o, "mac_address", text);
}

static void put_block(struct emit *o, const struct lnk *l, const struct lnk_block *b,
		      size_t *trackers)
{
	static const char *const names[] = {
		[0] = "unknown",
		[LNK_ENVIRONMENT] = "environment_variables",
		[LNK_TRACKER] = "tracker",
		[LNK_CONSOLE_CODE_PAGE] = "console_code_page",
		[LNK_SPECIAL_FOLDER] = "special_folder",
		[LNK_DARWIN] = "darwin",
		[LNK_ICON_ENVIRONMENT] = "icon_environment",
		[LNK_SHIM] = "shim",
		[LNK_PROPERTY_STORE] = "property_store",
		[LNK_KNOWN_FOLDER] = "known_folder",
		[LNK_ITEMS] = "target_identifier_list",
	};
	const char *name = NULL;

	emit_object(o, NULL);
	emit_string(o, "type", names[b->type]);
	switch (b->type) {
	case LNK_ENVIRONMENT:
	case LNK_ICON_ENVIRONMENT:
	case LNK_DARWIN:
	case LNK_SHIM:
		emit_words(o, "value", b->text);
		if (b->ansi.at)
			emit_words(o, "value_ansi", b->ansi);
		break;
	case LNK_TRACKER: /* the first is at the top */
		if ((*trackers)++)
			put_tracker(o, b);
		break;
	case LNK_CONSOLE_CODE_PAGE:
	case LNK_SPECIAL_FOLDER:
		emit_number(o, "value", b->number);
		break;
	case LNK_KNOWN_FOLDER:
		name = guid_folder_name(b->guid);
		emit_guid(o, "value", b->guid);
		if (name)
			emit_string(o, "name", name);
		break;
	case LNK_PROPERTY_STORE:
		if (!emit_properties(o, "properties", b->data, &l->place))
			emit_hex(o, "data", b->data.at, b->data.left);
		break;
	case LNK_ITEMS:
		emit_shell_items(o, "shell_items", b->data, &l->place);
		break;
	default:
		emit_flags(o, "signature", b->signature);
		emit_hex(o, "data", b->data.at, b->data.left);
	}
	emit_close(o);
}

static void put_blocks(struct emit *o, const struct lnk *l)
{
	struct reader blocks = l->blocks;
	struct lnk_block b;
	bool tracked = false;
	size_t trackers = 0;

	while (!tracked && lnk_block_next(&blocks, &b)) {
		tracked = b.type == LNK_TRACKER;
		if (tracked)
			put_tracker(o, &b);
	}
	blocks = l->blocks;
	emit_array(o, "extra_data");
	while (lnk_block_next(&blocks, &b))
		put_block(o, l, &b, &trackers);
	emit_close(o);
}

void emit_lnk(struct emit *o, const struct lnk *l)
{
	emit_filetime(o, "creation_time", l->created, MOMENT_CREATED);
	emit_filetime(o, "modification_time", l->modified, MOMENT_MODIFIED);
	emit_filetime(o, "access_time", l->accessed, MOMENT_ACCESSED);
	emit_number(o, "file_size", l->file_size_bytes);
	emit_flags(o, "file_attributes", l->attributes);
	emit_flags(o, "data_flags", l->flags);
	emit_signed(o, "icon_index", l->icon_index);
	emit_number(o, "show_command", l->show_command);
	emit_number(o, "hot_key", l->hot_key);
	put_place(o, l);
	put_strings(o, l);
	emit_shell_items(o, "shell_items", l->items, &l->place);
	put_blocks(o, l);
}

void emit_says_lnk(struct emit *o, const struct lnk *l)
{
	struct text path = { 0 };

	if (l->local_path.at)
		path_of(l->local_path, l->path_suffix, &path);
	else if (l->share_name.at)
		path_of(l->share_name, l->path_suffix, &path);
	else
		words_add(&path, l->relative_path.at ? l->relative_path : l->description);
	emit_says(o, text_end(&path), path.len);
	if (l->arguments.bytes) {
		emit_says(o, " ", 1);
		emit_says_words(o, l->arguments);
	}
	text_release(&path);
}

static bool run(const struct format_job *job, struct emit *o, struct error *e)
{
	size_t len;
	struct lnk l;
	uint8_t *bytes = format_whole(&job->inputs[0], LNK_BYTES_MAX, &len, e);
	bool ok = bytes && lnk_parse(bytes, len, &l, 0, &job->problems, e);

	if (ok) {
		emit_begin(o, "windows:lnk:link");
		emit_says_lnk(o, &l);
		emit_lnk(o, &l);
		ok = emit_end(o, e);
		if (l.bytes < len)
			parse_problem(&job->problems, l.bytes,
				      N_("there is more behind the end of the link"));
	}
	free(bytes);
	return ok;
}

static const char *const columns[] = {
	"creation_time",
	"modification_time",
	"access_time",
	"file_size",
	"file_attributes",
	"data_flags",
	"icon_index",
	"show_command",
	"hot_key",
	"drive_type",
	"drive_serial_number",
	"volume_label",
	"local_path",
	"local_path_ansi",
	"network_path",
	"network_path_ansi",
	"network_device_name",
	"network_provider_type",
	"description",
	"relative_path",
	"working_directory",
	"command_line_arguments",
	"icon_location",
	"shell_items",
	"machine_identifier",
	"droid_volume_identifier",
	"droid_file_identifier",
	"birth_droid_volume_identifier",
	"birth_droid_file_identifier",
	"droid_file_time",
	"mac_address",
	"extra_data",
	NULL,
};

const struct format format_lnk = {
	.name = "lnk",
	.help = N_("shortcuts: what was opened, where it lay, on which volume of which PC"),
	.columns = columns,
	.has_moments = true,
	.inputs_max = 1,
	.run = run,
};
