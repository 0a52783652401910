/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `trust backup`: a page with everything that a secret key is made of. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/data/qr.h"
#include "trust/keyfile.h"
#include "trust/paper.h"
#include "trust/trust.h"

#define IN_A_ROW 5

static void print_rows(const char *words)
{
	for (int nr = 1; *words; nr++) {
		size_t len = strcspn(words, " ");

		if (nr % IN_A_ROW == 1)
			printf("  %2d ", nr);
		printf("  %-8.*s", (int)len, words);
		if (nr % IN_A_ROW == 0)
			puts("");
		words += len + (words[len] == ' ');
	}
}

/* Upper case takes less room in a QR code. */
static bool print_qr(struct text *words, struct error *e)
{
	struct text lines = { 0 };
	struct qr q;

	for (size_t i = 0; i < words->len; i++)
		words->s[i] = (char)toupper((unsigned char)words->s[i]);
	bool ok = qr_encode(&q, words->s, QR_MEDIUM, e);
	if (ok) {
		qr_lines(&q, isatty(STDOUT_FILENO) ? QR_COLOURS : QR_INK, &lines);
		fputs(text_end(&lines), stdout);
		explicit_bzero(lines.s, lines.capacity);
	}
	qr_wipe(&q);
	text_release(&lines);
	return ok;
}

static bool print_page(const char *name, const struct minisign_secret *key, bool with_qr,
		       struct error *e)
{
	struct text words = { 0 };
	char line[MINISIGN_LINE], masked[256];
	bool ok = true;

	paper_words(key, &words);
	minisign_public_line(&key->public, line);
	printf(_("SECRET KEY ON PAPER: %s\n\n"
		 "Whoever reads this page can sign as this key, without any passphrase.\n"
		 "Keep it in a safe, in a closed envelope. Never photograph or copy it.\n\n"),
	       text_mask(masked, sizeof(masked), name));
	print_rows(text_end(&words));
	printf(_("\nPublic key  %s\n\n"), line);
	printf(_("To make the key again:\n\n"
		 "  trust restore NAME\n\n"
		 "Type the %d words row by row; the first four letters of each are enough. Then\n"
		 "compare the public key. Without this program: docs/formats/words.md says how.\n"),
	       PAPER_WORDS);
	if (with_qr) {
		printf(_("\nThe same words as a QR code:\n\n"));
		ok = print_qr(&words, e);
	}
	explicit_bzero(words.s, words.capacity);
	text_release(&words);
	return ok;
}

static bool backup(const char *path, const char *passphrase_file, bool with_qr, struct error *e)
{
	const char *name = strrchr(path, '/');
	struct minisign_secret key;

	if (!keyfile_secret(path, passphrase_file, &key, e))
		return false;
	bool ok = print_page(name ? name + 1 : path, &key, with_qr, e);
	minisign_secret_wipe(&key);
	return ok;
}

int trust_backup(int argc, char **argv)
{
	struct error e = { 0 };
	const char *passphrase_file = NULL;
	bool with_qr = false;
	const struct cli_option options[] = {
		{ "passphrase-file", CLI_TEXT, &passphrase_file, "FILE",
		  N_("the passphrase is the first line of FILE; - is standard input"), 0, 0 },
		{ "qr", CLI_FLAG, &with_qr, NULL, N_("also print the words as a QR code"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"trust",
		"backup",
		"KEYFILE",
		N_("Print a page with thirty words that the secret key can be made of again. Send "
		   "it to a printer, not to a file: the page is the key, without a passphrase."),
		options,
		1,
		1,
	};

	if (!cli_parse(&usage, &argc, &argv, &e) || !backup(argv[0], passphrase_file, with_qr, &e))
		return report("trust", &e);
	return 0;
}
