/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `kit import`: from address books and directories into a source folder. */
#include "kit/import.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "kit/import_sheet.h"
#include "kit/kit.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"

enum import_format { FORMAT_UNKNOWN, FORMAT_VCARD, FORMAT_LDIF, FORMAT_CSV };

static const struct {
	const char *name;
	enum import_format format;
} formats[] = {
	{ "vcard", FORMAT_VCARD },
	{ "ldif", FORMAT_LDIF },
	{ "outlook", FORMAT_CSV },
	{ "thunderbird", FORMAT_CSV },
};

/* By content: the first line that says something. CSV is what is left. */
static enum import_format detect(const char *s)
{
	if (strncmp(s, "\xef\xbb\xbf", 3) == 0)
		s += 3;
	while (*s) {
		s += strspn(s, " \t\r\n");
		if (strncasecmp(s, "BEGIN:VCARD", 11) == 0)
			return FORMAT_VCARD;
		if (strncasecmp(s, "version:", 8) == 0 || strncasecmp(s, "dn:", 3) == 0)
			return FORMAT_LDIF;
		if (*s != '#')
			return FORMAT_CSV;
		s += strcspn(s, "\n"); /* a comment of LDIF */
	}
	return FORMAT_CSV;
}

static bool read_one(struct import *im, const char *path, enum import_format format,
		     struct error *e)
{
	struct text bytes = { 0 };
	size_t line = 0;
	bool absent, ok;

	ok = import_read_file(path, IMPORT_FILE_MAX, &bytes, &absent, e);
	if (ok && format == FORMAT_UNKNOWN)
		format = detect(text_end(&bytes));
	text_end(&bytes);
	if (ok && !bytes.len) {
		ok = error_set(e, ERROR_UNTRUSTED, _("%s is empty"), path);
	} else if (ok) {
		ok = format == FORMAT_VCARD  ? import_vcard(im, path, bytes.s, bytes.len, &line, e)
		     : format == FORMAT_LDIF ? import_ldif(im, path, bytes.s, bytes.len, &line, e)
					     : import_csv(im, path, bytes.s, bytes.len, &line, e);
		if (!ok)
			error_prefix(e, "%s:%zu: ", path, line);
	}
	text_release(&bytes);
	return ok;
}

static bool find_format(const char *name, enum import_format *format, struct error *e)
{
	*format = FORMAT_UNKNOWN;
	if (!name)
		return true;
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(formats[i].name, name) == 0)
			*format = formats[i].format;
	return *format != FORMAT_UNKNOWN ||
	       error_set(e, ERROR_USAGE,
			 _("--format %s is not known; use vcard, ldif, outlook or thunderbird"),
			 name);
}

int kit_import(int argc, char **argv)
{
	struct error e = { 0 };
	struct import im = { 0 };
	const char *into = NULL, *named = NULL;
	bool dry = false, as_json = false, ok;
	enum import_format format;
	const struct cli_option options[] = {
		{ "into", CLI_TEXT, &into, "SOURCE", N_("the source folder of the kit"), 0, 0 },
		{ "n", CLI_FLAG, &dry, NULL, N_("only show, write nothing"), 0, 0 },
		{ "format", CLI_TEXT, &named, "FORMAT",
		  N_("vcard, ldif, outlook or thunderbird; otherwise found by content"), 0, 0 },
		{ "json", CLI_FLAG, &as_json, NULL, N_("print a JSON object"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"kit",
		"import",
		"FILE...",
		N_("Bring people, computers and recovery keys from address books and directories "
		   "into the tables of a source folder. Shows what is new, what changes, and what "
		   "was not taken."),
		options,
		1,
		SIZE_MAX,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("kit", &e);
	ok = (into ||
	      error_set(&e, ERROR_USAGE, _("--into SOURCE is missing: the source folder"))) &&
	     find_format(named, &format, &e);
	for (int i = 0; ok && i < argc; i++)
		ok = read_one(&im, argv[i], format, &e);
	ok = ok && import_merge(&im, into, !dry, &e);
	if (ok && as_json)
		import_show_json(&im, dry);
	else if (ok)
		import_show(&im, into, dry);
	import_release(&im);
	return ok ? 0 : report("kit", &e);
}
