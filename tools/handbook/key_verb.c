/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `handbook key`: a BitLocker recovery password of the strict part, for the program that opens the volume. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "handbook/export.h"
#include "handbook/handbook.h"
#include "handbook/unlock.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"

#define ID_DIGITS_MIN 8 /* what Windows shows of a key ID, at the least */
#define ID_TEXT 37      /* a GUID with its hyphens, NUL */

/* A key ID, whole or its beginning, as the kit has it: upper case, no braces. */
static bool id_parse(const char *s, char out[ID_TEXT], struct error *e)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	const char *at = s + (*s == '{');
	size_t n = 0;

	for (; *at && !(*at == '}' && !at[1]) && n < ID_TEXT - 1; at++, n++) {
		char c = *at >= 'a' && *at <= 'f' ? (char)(*at - 'a' + 'A') : *at;

		if (form[n] == '-' ? c != '-' : !strchr("0123456789ABCDEF", c))
			break;
		out[n] = c;
	}
	out[n] = '\0';
	if (n >= ID_DIGITS_MIN && (!*at || (*at == '}' && !at[1])))
		return true;
	return error_set(
		e, ERROR_USAGE,
		_("'%s' is no key ID: it is 8 digits and letters a to f, or a whole GUID, as "
		  "'triage list' and the blue screen of BitLocker show it"),
		s);
}

/* Into `found` the whole ID, into `key` the password; found empty: there is none. */
static bool look_up(struct book *b, const char *id, struct text *found, struct text *key,
		    struct error *e)
{
	struct db_statement *s = db_prepare(
		b->db, "SELECT key_id, key FROM strict.recovery_key WHERE key_id LIKE ?1 || '%'",
		e);
	bool row = false, ok = s != NULL;

	if (s)
		db_bind_text(s, 1, id);
	while (ok && (ok = db_step(s, &row, e)) && row) {
		if (found->len) {
			ok = error_set(e, ERROR_USAGE,
				       _("several key IDs begin with %s; give more of it"), id);
		} else {
			text_add(found, db_text(s, 0));
			text_add(key, db_text(s, 1));
		}
	}
	db_finish(s);
	return ok;
}

/* The first of them that the kit knows, to standard output. */
static bool give(struct book *b, int count, char **ids, struct error *e)
{
	struct text found = { 0 }, key = { 0 };
	char id[ID_TEXT];
	bool ok = true;

	for (int i = 0; ok && i < count && !found.len; i++)
		ok = id_parse(ids[i], id, e) && look_up(b, id, &found, &key, e);
	if (ok && !found.len)
		ok = error_set(e, ERROR_FAILED,
			       _("the kit has no recovery key with this ID; ask who keeps the "
				 "directory, with the whole ID"));
	if (ok) {
		export_note("key", text_end(&found), "");
		printf("%s\n", text_end(&key));
	}
	if (key.s)
		explicit_bzero(key.s, key.capacity);
	text_release(&key);
	text_release(&found);
	return ok;
}

int handbook_key(int argc, char **argv)
{
	struct error e = { 0 };
	struct unlock_options unlock = { .strict = true };
	struct book book = { 0 };
	char id[ID_TEXT];
	const struct cli_option options[] = {
		{ "slots", CLI_TEXT, &unlock.slots, "FILE", UNLOCK_SLOTS, 0, 0 },
		{ "passphrase-file", CLI_TEXT, &unlock.passphrase_file, "F", UNLOCK_FILE, 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"handbook",
		"key",
		"KEY-ID...",
		N_("Finds the BitLocker recovery password of a key ID in the strict part and gives it\n"
		   "to the next program of a pipe; it is not shown:\n"
		   "  handbook key 3FD763F9 | triage files --broker --partition 3 --key-file - sda"),
		options,
		1,
		SIZE_MAX,
	};

	if (!cli_parse(&usage, &argc, &argv, &e) || !id_parse(argv[0], id, &e))
		return report("handbook", &e);
	if (isatty(STDOUT_FILENO)) {
		error_set(&e, ERROR_USAGE,
			  _("a recovery key is not shown: pipe it into the program that opens the "
			    "volume, as in handbook key %s | triage files --broker --partition 3 "
			    "--key-file - sda"),
			  id);
		return report("handbook", &e);
	}
	if (book_open_with(&book, &unlock, &e))
		(void)give(&book, argc, argv, &e);
	book_close(&book);
	return e.kind ? report("handbook", &e) : 0;
}
