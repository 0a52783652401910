/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Variables of the firmware: docs/formats/efivars.md. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/data/date.h"
#include "lib/disk/utf16.h"
#include "triage/fields/certificate.h"
#include "triage/format.h"
#include "triage/parse/efivar.h"

#define DUMP_BYTES_MAX ((size_t)64 << 20)
#define DATA_SHOWN 1024u
#define NAME_UNITS 64u
#define GUID_LEN 36u

struct efi_job {
	const struct format_job *job;
	struct emit *out;
	struct text path;
};

static const char *const columns[] = {
	"name",        "vendor_guid",   "attributes",
	"size",        "value",         "boot_entries",
	"description", "is_active",     "option_attributes",
	"device_path", "optional_data", "signature_lists",
	"data",        "is_data_cut",   "time",
	"offset",      "recovered",     NULL,
};

static const struct parse_problems *problems(const struct efi_job *j)
{
	return &j->job->problems;
}

/* The first bytes of data. */
static void shown(struct emit *o, const char *key, struct reader data)
{
	emit_hex(o, key, data.at, data.left < DATA_SHOWN ? data.left : DATA_SHOWN);
	if (data.left > DATA_SHOWN)
		emit_bool(o, "is_data_cut", true);
}

static void signature(struct emit *o, const char *type, const uint8_t *owner, struct reader data)
{
	struct x509 c;

	emit_object(o, NULL);
	emit_guid(o, "owner", owner);
	if (type && strcmp(type, "x509") == 0 && x509_read(data, &c))
		certificate_fields(o, &c);
	else
		shown(o, type && strncmp(type, "sha", 3) == 0 ? "digest" : "data", data);
	emit_close(o);
}

static void signature_lists(struct efi_job *j, const struct efivar *v)
{
	struct emit *o = j->out;
	struct reader r = v->data, data;
	struct efi_siglist l;
	const uint8_t *owner;

	emit_array(o, "signature_lists");
	while (r.left) {
		const bool good = efi_siglist_next(&r, &l);
		const char *type = l.type ? efi_siglist_type(l.type) : NULL;

		emit_object(o, NULL);
		if (type || !l.type) /* of so few bytes there is none */
			emit_string(o, "type", type);
		else
			emit_guid(o, "type", l.type);
		if (!good) {
			parse_problem(problems(j), v->offset,
				      N_("a list of signatures is damaged"));
			shown(o, "data", l.whole);
			emit_close(o);
			continue;
		}
		emit_array(o, "signatures");
		while (efi_signature_next(&l, &owner, &data))
			signature(o, type, owner, data);
		emit_close(o);
		emit_close(o);
	}
	emit_close(o);
}

static void load_option(struct efi_job *j, const struct efivar *v)
{
	struct emit *o = j->out;
	struct efi_load_option option;

	if (!efi_load_option(v->data, &option)) {
		parse_problem(problems(j), v->offset, N_("a boot entry is cut short"));
		shown(o, "data", v->data);
		return;
	}
	emit_utf16(o, "description", option.description.at, option.description.left / 2);
	emit_bool(o, "is_active", option.attributes & 1);
	emit_flags(o, "option_attributes", option.attributes);
	text_clear(&j->path);
	if (!efi_path_text(option.path, &j->path))
		parse_problem(problems(j), v->offset, N_("the path of a boot entry is damaged"));
	emit_text(o, "device_path", text_end(&j->path), j->path.len);
	shown(o, "optional_data", option.optional);
}

static void boot_entries(struct efi_job *j, const struct efivar *v)
{
	struct emit *o = j->out;
	struct reader r = v->data;
	char number[5];

	emit_array(o, "boot_entries");
	while (r.left >= 2) {
		snprintf(number, sizeof(number), "%04X", reader_le16(&r));
		emit_string(o, NULL, number);
	}
	emit_close(o);
	if (r.left)
		parse_problem(problems(j), v->offset, N_("a list of boot entries is cut short"));
}

/* "Boot0001", "Driver0001", "SysPrep0001", "PlatformRecovery0001" */
static bool is_load_option(const char *name)
{
	static const char *const kinds[] = { "Boot", "Driver", "SysPrep", "PlatformRecovery" };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t n = strlen(kinds[i]);

		if (strncmp(name, kinds[i], n) == 0 && strlen(name) == n + 4 &&
		    strspn(name + n, "0123456789ABCDEFabcdef") == 4)
			return true;
	}
	return false;
}

static bool is_one_of(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}

/* Lists of signatures. What is too much for one variable of the firmware, shim goes on with in "MokListXRT1" and so on. */
static bool is_trust(const char *name)
{
	static const char *const trust[] = {
		"PK",         "KEK",        "db",         "dbx",       "dbt",
		"dbr",        "PKDefault",  "KEKDefault", "dbDefault", "dbxDefault",
		"dbtDefault", "dbrDefault", "MokList",    "MokListX",  "MokListTrusted",
		"MokNew",     "MokDel",     "MokXNew",    "MokXDel",   NULL
	};
	static const char *const goes_on[] = { "MokListRT", "MokListXRT" };

	for (size_t i = 0; i < sizeof(goes_on) / sizeof(goes_on[0]); i++) {
		size_t n = strlen(goes_on[i]);

		if (strncmp(name, goes_on[i], n) == 0 && !name[n + strspn(name + n, "0123456789")])
			return true;
	}
	return is_one_of(name, trust);
}

static void value(struct efi_job *j, const struct efivar *v, const char *name)
{
	static const char *const orders[] = { "BootOrder",   "DriverOrder", "SysPrepOrder",
					      "BootCurrent", "BootNext",    NULL };
	static const char *const numbers[] = { "SecureBoot",   "SetupMode",    "AuditMode",
					       "DeployedMode", "Timeout",      "VendorKeys",
					       "MokSBState",   "MokSBStateRT", NULL };
	struct reader r = v->data;

	if (is_trust(name) && !(strcmp(name, "MokListTrusted") == 0 && r.left < 28)) {
		signature_lists(j, v);
	} else if (is_one_of(name, orders)) {
		boot_entries(j, v);
	} else if (is_one_of(name, numbers) && (r.left == 1 || r.left == 2)) {
		emit_number(j->out, "value", r.left == 1 ? reader_u8(&r) : reader_le16(&r));
	} else if (is_load_option(name)) {
		load_option(j, v);
	} else {
		shown(j->out, "data", r);
	}
}

static void attributes(struct emit *o, uint32_t bits)
{
	static const char *const names[] = {
		"non_volatile",
		"bootservice_access",
		"runtime_access",
		"hardware_error_record",
		"authenticated_write_access",
		"time_based_authenticated_write_access",
		"append_write",
		"enhanced_authenticated_access",
	};

	emit_array(o, "attributes");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (bits >> i & 1)
			emit_string(o, NULL, names[i]);
	if (bits >> 8) /* such as there are none */
		emit_flags(o, NULL, bits & ~0xffu);
	emit_close(o);
}

/* EFI_TIME: of what was signed. All zeros: none. */
static void time_field(struct efi_job *j, const struct efivar *v)
{
	struct reader r = v->time;
	char text[32];
	unsigned year = reader_le16(&r), month = reader_u8(&r), day = reader_u8(&r);
	unsigned hour = reader_u8(&r), minute = reader_u8(&r), second = reader_u8(&r);

	if (r.bad || !(year || month || day || hour || minute || second))
		return;
	if (!date_exists(year, month, day) || hour > 23 || minute > 59 || second > 59) {
		parse_problem(problems(j), v->offset, N_("the time of a variable does not exist"));
		return;
	}
	snprintf(text, sizeof(text), "%04u-%02u-%02uT%02u:%02u:%02uZ", year, month, day, hour,
		 minute, second);
	emit_string(j->out, "time", text);
}

static bool variable(void *ctx, const struct efivar *v, struct error *e)
{
	struct efi_job *j = ctx;
	struct emit *o = j->out;
	char name[UTF16_TEXT(NAME_UNITS)];
	struct reader start = v->name;

	if (start.left > 2 * NAME_UNITS)
		start.left = 2 * NAME_UNITS;
	utf16_text(name, start);
	emit_begin(o, "efi:variable");
	emit_says16(o, v->name.at, v->name.left / 2);
	emit_utf16(o, "name", v->name.at, v->name.left / 2);
	emit_guid(o, "vendor_guid", v->vendor);
	attributes(o, v->attributes);
	emit_number(o, "size", v->data.left);
	value(j, v, name);
	time_field(j, v);
	emit_number(o, "offset", v->offset);
	if (v->is_deleted)
		emit_bool(o, "recovered", true);
	return emit_end(o, e);
}

static bool is_guid(const char *s)
{
	for (size_t i = 0; i < GUID_LEN; i++)
		if (i == 8 || i == 13 || i == 18 || i == 23 ? s[i] != '-'
							    : !isxdigit((unsigned char)s[i]))
			return false;
	return true;
}

/* A file of efivarfs is named "Boot0001-8be4df61-93ca-11d2-aa0d-00e098032b8c". */
static bool file(struct efi_job *j, const uint8_t *bytes, size_t len, struct error *e)
{
	struct emit *o = j->out;
	const char *whole = j->job->names[0];
	char name[256] = "";
	size_t n = strlen(whole);
	const char *guid = n > GUID_LEN + 1 ? whole + n - GUID_LEN : "";
	struct efivar v;

	if (!efivar_file(reader_of(bytes, len), &v))
		return error_set(e, ERROR_UNTRUSTED,
				 _("is neither a variable of the firmware nor a dump of them"));
	n = *guid && guid[-1] == '-' && is_guid(guid) ? n - GUID_LEN - 1 : n;
	snprintf(name, sizeof(name), "%.*s", (int)(n < 255 ? n : 255), whole);
	emit_begin(o, "efi:variable");
	emit_says(o, name, strlen(name));
	emit_string(o, "name", name);
	emit_string(o, "vendor_guid", whole[n] ? guid : NULL);
	attributes(o, v.attributes);
	emit_number(o, "size", v.data.left);
	value(j, &v, name);
	emit_number(o, "offset", 0);
	return emit_end(o, e);
}

static bool run(const struct format_job *job, struct emit *o, struct error *e)
{
	struct efi_job j = { .job = job, .out = o };
	size_t len = 0, stores = 0;
	uint8_t *bytes = format_whole(&job->inputs[0], DUMP_BYTES_MAX, &len, e);
	bool ok = bytes && efivar_dump(bytes, len, &job->problems, variable, &j, &stores, e);

	if (ok && !stores)
		ok = file(&j, bytes, len, e);
	text_release(&j.path);
	free(bytes);
	return ok;
}

const struct format format_efivars = {
	.name = "efivars",
	.help = N_("variables of the firmware: files of efivarfs, or a dump: boot entries, keys"),
	.columns = columns,
	.inputs_max = 1,
	.run = run,
};
