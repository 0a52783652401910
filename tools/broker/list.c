/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `broker disks` and `broker machine`: what the broker knows, as table or JSON. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "broker/broker.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/text.h"
#include "lib/data/json.h"
#include "lib/disk/broker.h"

char *broker_size(char out[32], uint64_t bytes)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB", "PB", "EB" };
	uint64_t unit = 1;
	size_t i = 0;

	while (i + 1 < sizeof(units) / sizeof(units[0]) && bytes / unit >= 1000) {
		unit *= 1000;
		i++;
	}
	uint64_t tenths = bytes / unit * 10 + bytes % unit * 10 / unit;
	if (i == 0)
		snprintf(out, 32, "%" PRIu64 " B", bytes);
	else
		snprintf(out, 32, "%" PRIu64 ".%" PRIu64 " %s", tenths / 10, tenths % 10, units[i]);
	return out;
}

/* A cell of a table: masked, padded by columns, not bytes; 0 is the last one. */
static void cell(const char *s, size_t columns)
{
	char masked[512];
	size_t w = text_width(text_mask(masked, sizeof(masked), s));

	printf("%s", masked);
	if (columns)
		printf("%*s", w < columns ? (int)(columns - w) : 1, "");
}

static size_t widest(size_t so_far, const char *s)
{
	size_t w = text_width(s) + 2;

	return w > so_far ? w : so_far;
}

static void print_partition(const struct broker_partition *p)
{
	char number[32], size[32];

	if (p->number)
		snprintf(number, sizeof(number), "%u", p->number);
	else
		snprintf(number, sizeof(number), "-");
	printf("    ");
	cell(number, 5);
	cell(broker_size(size, p->size_bytes), 11);
	cell(*p->content ? p->content : "?", 11);
	cell(p->type, 24);
	cell(p->label, 0);
	printf("\n");
}

static void print_disks(const struct broker_disks *d)
{
	size_t model = 8, serial = 8;
	char size[32];

	for (size_t i = 0; i < d->count; i++) {
		model = widest(model, d->disks[i].model);
		serial = widest(serial, d->disks[i].serial);
	}
	for (size_t i = 0; i < d->count; i++) {
		const struct broker_disk *k = &d->disks[i];

		cell(k->name, 10);
		cell(broker_size(size, k->size_bytes), 11);
		cell(k->bus, 8);
		cell(k->model, model);
		cell(k->serial, serial);
		cell(k->written ? _("WRITTEN TO") : k->locked ? _("locked") : _("NOT LOCKED"), 12);
		printf("%s%s\n", k->table, k->stick ? _(", Blackstart stick") : "");
		for (size_t j = 0; j < k->partition_count; j++)
			print_partition(&k->partitions[j]);
		if (*k->note)
			printf("    %s\n", k->note);
	}
	for (size_t i = 0; i < d->note_count; i++)
		printf("%s\n", d->notes[i]);
	if (!d->count)
		printf(_("No disk was found.\n"));
	if (d->searching)
		printf(_("The search is not finished yet: ask again.\n"));
}

static void json_disks(const struct broker_disks *d)
{
	struct json j = json_to(stdout);

	json_object(&j, NULL);
	json_bool(&j, "searching", d->searching);
	json_array(&j, "notes");
	for (size_t i = 0; i < d->note_count; i++)
		json_string(&j, NULL, d->notes[i]);
	json_end(&j);
	json_array(&j, "disks");
	for (size_t i = 0; i < d->count; i++) {
		const struct broker_disk *k = &d->disks[i];

		json_object(&j, NULL);
		json_string(&j, "name", k->name);
		json_string(&j, "model", k->model);
		json_string(&j, "serial", k->serial);
		json_string(&j, "bus", k->bus);
		json_number(&j, "size_bytes", k->size_bytes);
		json_number(&j, "logical_sector_bytes", k->logical_sector_bytes);
		json_number(&j, "physical_sector_bytes", k->physical_sector_bytes);
		json_bool(&j, "removable", k->removable);
		json_bool(&j, "locked", k->locked);
		json_bool(&j, "written", k->written);
		json_bool(&j, "stick", k->stick);
		json_string(&j, "table", k->table);
		json_string(&j, "note", k->note);
		json_array(&j, "partitions");
		for (size_t n = 0; n < k->partition_count; n++) {
			const struct broker_partition *p = &k->partitions[n];

			json_object(&j, NULL);
			json_number(&j, "number", p->number);
			json_number(&j, "first_byte", p->first_byte);
			json_number(&j, "size_bytes", p->size_bytes);
			json_string(&j, "type", p->type);
			json_string(&j, "label", p->label);
			json_string(&j, "content", p->content);
			json_end(&j);
		}
		json_end(&j);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
}

int broker_list(int argc, char **argv)
{
	struct broker b = BROKER_NONE;
	struct broker_disks d;
	struct arena a = { 0 };
	struct error e = { 0 };
	bool as_json = false;
	const struct cli_option options[] = {
		{ "json", CLI_FLAG, &as_json, NULL, N_("print a JSON object"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"broker", "disks", "", N_("List the disks of this PC and what is on them."),
		options,  0,       0,
	};

	if (cli_parse(&usage, &argc, &argv, &e) && broker_connect(&b, &e) &&
	    broker_all_disks(&b, &a, &d, &e)) {
		if (as_json)
			json_disks(&d);
		else
			print_disks(&d);
	}
	broker_close(&b);
	arena_release(&a);
	return e.kind ? report("broker", &e) : 0;
}

static void print_line(const char *name, const char *value)
{
	cell(name, 14);
	cell(*value ? value : "-", 0);
	printf("\n");
}

static void print_machine(const struct broker_machine *m, bool as_json)
{
	static const char *const secure[] = { "unknown", "off", "on" };
	const char *firmware = m->firmware == FIRMWARE_UEFI ? "uefi" : "bios";
	char size[32];

	if (as_json) {
		struct json j = json_to(stdout);

		json_object(&j, NULL);
		json_string(&j, "vendor", m->vendor);
		json_string(&j, "model", m->model);
		json_string(&j, "serial", m->serial);
		json_string(&j, "uuid", m->uuid);
		json_string(&j, "firmware", firmware);
		json_string(&j, "secure_boot", secure[m->secure_boot]);
		json_number(&j, "memory_bytes", m->memory_bytes);
		json_end(&j);
		return;
	}
	print_line(_("Vendor"), m->vendor);
	print_line(_("Model"), m->model);
	print_line(_("Serial"), m->serial);
	print_line("UUID", m->uuid);
	print_line(_("Firmware"), m->firmware == FIRMWARE_UEFI ? "UEFI" : "BIOS");
	print_line("Secure Boot", secure[m->secure_boot]);
	print_line(_("Memory"), broker_size(size, m->memory_bytes));
}

int broker_about(int argc, char **argv)
{
	struct broker b = BROKER_NONE;
	struct broker_machine m;
	struct arena a = { 0 };
	struct error e = { 0 };
	bool as_json = false;
	const struct cli_option options[] = {
		{ "json", CLI_FLAG, &as_json, NULL, N_("print a JSON object"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"broker", "machine", "", N_("Tell maker, model, serial and firmware of this PC."),
		options,  0,         0,
	};

	if (cli_parse(&usage, &argc, &argv, &e) && broker_connect(&b, &e) &&
	    broker_machine(&b, &a, &m, &e))
		print_machine(&m, as_json);
	broker_close(&b);
	arena_release(&a);
	return e.kind ? report("broker", &e) : 0;
}
