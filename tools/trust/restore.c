/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `trust restore`: a key pair again, from the words on paper. */
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/wholefile.h"
#include "lib/crypto/words.h"
#include "trust/keyfile.h"
#include "trust/paper.h"
#include "trust/trust.h"

#define LINE_MAX_BYTES 512
#define WORDS_BYTES_MAX 4096

/* How many words a line has; all must be in the list. */
static bool count_words(const char *line, size_t *count, struct error *e)
{
	uint8_t bytes[(PAPER_WORDS * WORDS_BITS + 7) / 8];
	bool in = false;

	*count = 0;
	for (const char *c = line; *c; c++) {
		bool now = !isspace((unsigned char)*c) && *c != '-';

		*count += now && !in;
		in = now;
	}
	bool ok = *count <= PAPER_WORDS
			  ? words_decode(line, bytes, sizeof(bytes), *count, e)
			  : error_set(e, ERROR_UNTRUSTED, _("these are %zu words; %d are needed"),
				      *count, PAPER_WORDS);
	explicit_bzero(bytes, sizeof(bytes));
	return ok;
}

/* From a person: as many words a line as they like. A line with a wrong word is asked
 * for once more; the others stay. */
static bool type_words(struct text *words, struct error *e)
{
	char line[LINE_MAX_BYTES];
	size_t have = 0, more;

	fprintf(stderr, _("Type the %d words, row by row. Nobody else should see the screen.\n"),
		PAPER_WORDS);
	while (have < PAPER_WORDS) {
		struct error wrong = { 0 };

		fprintf(stderr, _("from word %zu: "), have + 1);
		if (!fgets(line, sizeof(line), stdin))
			return error_set(e, ERROR_USAGE, _("the words ended after %zu of %d"), have,
					 PAPER_WORDS);
		if (!count_words(line, &more, &wrong)) {
			report("trust", &wrong);
			fprintf(stderr, _("This line once more, please.\n"));
			continue;
		}
		if (have + more > PAPER_WORDS) {
			fprintf(stderr,
				_("That would be more than %d words. This line once more.\n"),
				PAPER_WORDS);
			continue;
		}
		text_add(words, line);
		have += more;
	}
	explicit_bzero(line, sizeof(line));
	return true;
}

static bool read_stream(FILE *f, struct text *words, struct error *e)
{
	char line[LINE_MAX_BYTES];

	while (fgets(line, sizeof(line), f)) {
		if (words->len + strlen(line) > WORDS_BYTES_MAX)
			return error_set(e, ERROR_UNTRUSTED,
					 _("the words are too long; %d are needed"), PAPER_WORDS);
		text_add(words, line);
	}
	explicit_bzero(line, sizeof(line));
	return !ferror(f) || error_errno(e, _("cannot read the words"));
}

static bool get_words(const char *file, struct text *words, struct error *e)
{
	if (file && strcmp(file, "-") != 0)
		return wholefile_read(AT_FDCWD, file, O_NOFOLLOW, WORDS_BYTES_MAX, words, e);
	return !file && isatty(STDIN_FILENO) ? type_words(words, e) : read_stream(stdin, words, e);
}

static bool restore(const char *name, const char *folder, const char *words_file,
		    const char *passphrase_file, struct error *e)
{
	struct minisign_secret key = { 0 };
	struct secret passphrase = { 0 };
	struct text words = { 0 };
	bool ok = keyfile_name_fits(name, e) && keyfile_is_new(folder, name, e) &&
		  get_words(words_file, &words, e) && paper_secret(text_end(&words), &key, e) &&
		  keyfile_new_passphrase(name, passphrase_file, &passphrase, e) &&
		  keyfile_save(folder, name, &key, passphrase.s, e);

	if (words.s)
		explicit_bzero(words.s, words.capacity);
	text_release(&words);
	minisign_secret_wipe(&key);
	secret_wipe(&passphrase);
	return ok;
}

int trust_restore(int argc, char **argv)
{
	struct error e = { 0 };
	const char *folder = ".", *words_file = NULL, *passphrase_file = NULL;
	const struct cli_option options[] = {
		{ "output", CLI_TEXT, &folder, "DIR", N_("where to put both files (here)"), 0, 0 },
		{ "words-file", CLI_TEXT, &words_file, "FILE",
		  N_("read the words from FILE; - is standard input"), 0, 0 },
		{ "passphrase-file", CLI_TEXT, &passphrase_file, "FILE",
		  N_("the new passphrase is the first line of FILE"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"trust",
		"restore",
		"NAME",
		N_("Make NAME.key and NAME.pub again from the thirty words of `trust backup`, with "
		   "a new passphrase. Compare the public key with the paper."),
		options,
		1,
		1,
	};

	if (!cli_parse(&usage, &argc, &argv, &e) ||
	    !restore(argv[0], folder, words_file, passphrase_file, &e))
		return report("trust", &e);
	return 0;
}
