/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `trust show`: whose root, who may sign what, and its fingerprint for paper. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/text.h"
#include "lib/crypto/words.h"
#include "lib/data/json.h"
#include "lib/data/qr.h"
#include "trust/folder.h"
#include "trust/trust.h"

struct showing {
	const struct trust_root *root;
	bool draft; /* there is no signed one */
	char hex[DIGEST_HEX];
	struct text words;
};

static void role_keys(const struct trust_root *root, unsigned role, struct text *out)
{
	trust_open_names(root, (enum trust_role)role, &(struct trust_found){ 0 }, out);
}

static void print_text(const struct showing *s)
{
	const struct trust_root *r = s->root;
	char title[3 * TRUST_TITLE_MAX + 1], line[MINISIGN_LINE];

	printf("%s%s\n", text_mask(title, sizeof(title), r->organisation),
	       r->exercise ? _(", EXERCISE: vouches for nothing real") : "");
	printf(_("Root version %llu, serial of the revocations %llu%s\n"),
	       (unsigned long long)r->version, (unsigned long long)r->serial,
	       s->draft ? _(", a DRAFT: not signed by enough") : "");
	printf(_("\nFingerprint, to be compared with the paper:\n  %s\n  %.32s\n  %s\n\n"),
	       s->words.s, s->hex, s->hex + 32);
	for (unsigned i = 0; i < TRUST_ROLES; i++) {
		struct text names = { 0 };

		role_keys(r, i, &names);
		printf(_("%-8s  %u of %s"), trust_role_name((enum trust_role)i), r->threshold[i],
		       names.len ? text_end(&names) : _("nobody"));
		if (r->minimum[i])
			printf(_("; counters from %llu"), (unsigned long long)r->minimum[i]);
		puts("");
		text_release(&names);
	}
	puts("");
	for (size_t i = 0; i < r->key_count; i++) {
		minisign_public_line(&r->keys[i].key, line);
		printf("%-16s %s%s\n", r->keys[i].name, line,
		       r->keys[i].revoked ? _("  REVOKED") : "");
	}
}

static void json_keys(struct json *j, const struct trust_root *r)
{
	char line[MINISIGN_LINE];

	json_array(j, "keys");
	for (size_t i = 0; i < r->key_count; i++) {
		minisign_public_line(&r->keys[i].key, line);
		json_object(j, NULL);
		json_string(j, "name", r->keys[i].name);
		json_string(j, "key", line);
		json_bool(j, "revoked", r->keys[i].revoked);
		json_end(j);
	}
	json_end(j);
}

static void print_json(const struct showing *s)
{
	const struct trust_root *r = s->root;
	struct json j = json_to(stdout);

	json_object(&j, NULL);
	json_string(&j, "organisation", r->organisation);
	json_bool(&j, "exercise", r->exercise);
	json_bool(&j, "draft", s->draft);
	json_number(&j, "version", r->version);
	json_number(&j, "serial", r->serial);
	json_string(&j, "fingerprint", s->hex);
	json_string(&j, "words", s->words.s);
	json_keys(&j, r);
	json_array(&j, "roles");
	for (unsigned role = 0; role < TRUST_ROLES; role++) {
		json_object(&j, NULL);
		json_string(&j, "role", trust_role_name((enum trust_role)role));
		json_number(&j, "threshold", r->threshold[role]);
		json_number(&j, "minimum", r->minimum[role]);
		json_array(&j, "names");
		for (size_t i = 0; i < r->key_count; i++)
			if (r->keys[i].roles >> role & 1)
				json_string(&j, NULL, r->keys[i].name);
		json_end(&j);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
}

/* For a telephone: what is written out above. Digits and capitals make it small. */
static bool print_qr(const struct showing *s, struct error *e)
{
	struct qr *q = mem_alloc(sizeof(*q));
	struct text lines = { 0 };
	char *text =
		mem_format("BLACKSTART ROOT %llu %s", (unsigned long long)s->root->version, s->hex);

	for (char *c = text; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	bool ok = qr_encode(q, text, QR_MEDIUM, e);
	if (ok) {
		qr_lines(q, isatty(STDOUT_FILENO) ? QR_COLOURS : QR_INK, &lines);
		printf("\n%s", text_end(&lines));
	}
	text_release(&lines);
	free(text);
	free(q);
	return ok;
}

static bool show(const char *path, bool as_json, bool as_qr, struct error *e)
{
	struct folder f = FOLDER_NONE;
	struct showing s = { 0 };
	bool ok = folder_open(&f, path, e);

	if (ok) {
		s.draft = !folder_newest(&f);
		s.root = s.draft ? &f.draft.root : folder_newest(&f);
		digest_to_hex(s.hex, &s.root->digest);
		words_fingerprint(&s.words, &s.root->digest);
		as_json ? print_json(&s) : print_text(&s);
		ok = !as_qr || as_json || print_qr(&s, e);
		if (ok && !as_json && f.draft.present) {
			puts("");
			folder_say_draft(folder_newest(&f), &f.draft, path);
		}
	}
	text_release(&s.words);
	folder_close(&f);
	return ok;
}

int trust_show(int argc, char **argv)
{
	struct error e = { 0 };
	bool as_json = false, as_qr = false;
	const struct cli_option options[] = {
		{ "qr", CLI_FLAG, &as_qr, NULL, N_("the fingerprint as a QR code too"), 0, 0 },
		{ "json", CLI_FLAG, &as_json, NULL, N_("print a JSON object"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"trust",
		"show",
		"TRUST",
		N_("Say whose root this is, who may sign what, and its fingerprint as eight words."),
		options,
		1,
		1,
	};

	if (!cli_parse(&usage, &argc, &argv, &e) || !show(argv[0], as_json, as_qr, &e))
		return report("trust", &e);
	return 0;
}
