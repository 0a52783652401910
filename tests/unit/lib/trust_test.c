/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trust: which roots are read, which chains hold, which signatures count. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/text.h"
#include "lib/crypto/trust.h"

#define HOLDERS 8
static struct minisign_secret secrets[HOLDERS]; /* of "a", "b" ... */

/* A root in short: letters are holders. */
struct spec {
	uint64_t version, serial;
	const char *keys, *revoked;
	unsigned root_k, image_k;
	const char *not_root, *not_image; /* keys without that role */
	uint64_t image_minimum;
	bool exercise;
	const char *organisation;
};

static void render_role(const struct spec *s, const char *role, unsigned k, uint64_t minimum,
			const char *without, struct text *out)
{
	text_addf(out, "role  %s  %u  %llu", role, k, (unsigned long long)minimum);
	for (const char *c = s->keys; *c; c++)
		if (!without || !strchr(without, *c))
			text_addf(out, "  %c", *c);
	text_add(out, "\n");
}

/* Written here by hand, not by the library: the two are compared below. */
static void render(const struct spec *s, struct text *out)
{
	char line[MINISIGN_LINE];

	text_clear(out);
	text_addf(out, "blackstart-root 1\norganisation  %s\nversion  %llu\nserial  %llu\n",
		  s->organisation ? s->organisation : "Stadt Musterlingen",
		  (unsigned long long)s->version, (unsigned long long)s->serial);
	text_addf(out, "exercise  %s\n", s->exercise ? "yes" : "no");
	for (const char *c = s->keys; *c; c++) {
		minisign_public_line(&secrets[*c - 'a'].public, line);
		text_addf(out, "key  %c  %s\n", *c, line);
	}
	for (const char *c = s->revoked ? s->revoked : ""; *c; c++) {
		minisign_public_line(&secrets[*c - 'a'].public, line);
		text_addf(out, "revoked  %c  %s\n", *c, line);
	}
	render_role(s, "root", s->root_k, 0, s->not_root, out);
	render_role(s, "image", s->image_k, s->image_minimum, s->not_image, out);
	render_role(s, "kit", 1, 0, NULL, out);
	render_role(s, "release", 1, 0, NULL, out);
	render_role(s, "operator", 1, 0, NULL, out);
}

/* Signatures in short: "ai7 br2! ck1": holder, role, counter, ! over other bytes,
 * ? with another comment. */
static void sign_all(const char *list, const struct text *bytes, struct text *out)
{
	text_clear(out);
	while (*list) {
		enum trust_role role = list[1] == 'r'   ? TRUST_ROOT
				       : list[1] == 'i' ? TRUST_IMAGE
							: TRUST_KIT;
		struct error e = { 0 };
		char *after, comment[80];
		uint64_t counter = strtoull(list + 2, &after, 10);
		size_t len = bytes->len - (*after == '!');

		trust_comment(comment, sizeof(comment), role, counter);
		if (*after == '?')
			strncat(comment, " ", sizeof(comment) - strlen(comment) - 1);
		assert_true(minisign_sign(&secrets[*list - 'a'], bytes->s, len, "test", comment,
					  out, &e));
		list = after + (*after == '!' || *after == '?');
		list += *list == ' ';
	}
}

static void check(bool ok, const struct error *e, const char *want)
{
	if (ok != !want)
		print_message("said: %s\n", e->text);
	assert_int_equal(ok, !want);
	if (!want)
		return;
	assert_int_equal(e->kind, ERROR_UNTRUSTED);
	if (!strstr(e->text, want))
		fail_msg("said '%s' instead of '%s'", e->text, want);
}

static const struct {
	const char *name, *from, *to, *want; /* one piece replaced */
} texts[] = {
	{ "as it is", "", "", NULL },
	{ "other version of the format", "root 1\n", "root 2\n", "not a root" },
	{ "crlf", "root 1\n", "root 1\r\n", "not a root" },
	{ "no organisation", "organisation  Stadt Musterlingen\n", "", "line 2: here must stand" },
	{ "empty organisation", "Stadt Musterlingen", "", "line 2: the organisation's name" },
	{ "escape in it", "Stadt", "\x1b[2J", "line 2: the organisation's name" },
	{ "broken utf-8 in it", "Stadt", "St\xff", "line 2: the organisation's name" },
	{ "two spaces in it", "Stadt ", "Stadt  ", "line 2: the organisation's name" },
	{ "version 0", "version  1", "version  0", "begin with 1" },
	{ "leading zero", "version  1", "version  01", "line 3: not a number" },
	{ "sixteen digits", "serial  0", "serial  1000000000000000", "line 4: not a number" },
	{ "fifteen digits", "serial  0", "serial  999999999999999", NULL },
	{ "negative", "serial  0", "serial  -1", "line 4: not a number" },
	{ "one space", "serial  0", "serial 0", "line 4: here must stand" },
	{ "something behind a number", "serial  0", "serial  0  1", "line 4: not a number" },
	{ "perhaps", "exercise  no", "exercise  perhaps", "line 5: neither yes nor no" },
	{ "unknown line", "key  a", "comment  x\nkey  a", "line 6: here must stand" },
	{ "empty line", "key  a", "\nkey  a", "line 6: here must stand" },
	{ "upper case name", "key  a", "key  A", "line 6: not a name" },
	{ "hyphen first", "key  a", "key  -a", "line 6: not a name" },
	{ "name too long", "key  a", "key  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	  "line 6: not a name" },
	{ "same name", "key  b", "key  a", "line 7: this name is there" },
	{ "names out of order", "key  a", "key  bb", "line 7: the names are not in order" },
	{ "bad key", "key  a  RW", "key  a  RX", "line 6: not a public key" },
	{ "key missing in the line", "key  a  ", "key  a", "line 6: not a name" },
	{ "revoked before keys", "key  a", "revoked  a", "line 7: here must stand" },
	{ "role missing", "role  kit  1  0  a  b  c\n", "", "the roles are" },
	{ "role twice", "role  kit", "role  image", "the roles are" },
	{ "unknown role", "role  kit", "role  boss", "the roles are" },
	{ "threshold too large", "role  image  2", "role  image  4", "threshold does not fit" },
	{ "threshold 0 with names", "role  image  2", "role  image  0", "threshold does not fit" },
	{ "threshold without names", "role  image  2  0  a  b  c", "role  image  1  0",
	  "threshold does not fit" },
	{ "nobody for a role", "role  image  2  0  a  b  c", "role  image  0  0", NULL },
	{ "nobody for roots", "role  root  2  0  a  b  c", "role  root  0  0", "nobody could" },
	{ "minimum of roots too large", "role  root  2  0", "role  root  2  2", "nobody could" },
	{ "no minimum", "role  image  2  0  a  b  c", "role  image  2  a  b  c", "threshold and" },
	{ "stranger in a role", "0  a  b  c\nrole  image", "0  a  b  x\nrole  image",
	  "no key here" },
	{ "twice in a role", "0  a  b  c\nrole  image", "0  a  b  b\nrole  image", "in order" },
	{ "spaces at the end", "0  a  b  c\nrole  image", "0  a  b  c  \nrole  image",
	  "no key here" },
	{ "cut short", "role  operator  1  0  a  b  c\n", "role  operator  1  0  a  b  c",
	  "cut short" },
	{ "line behind", "role  operator  1  0  a  b  c\n",
	  "role  operator  1  0  a  b  c\nrole  operator  1  0  a\n", "after the roles" },
};

static void test_texts(void **state)
{
	const struct spec good = { 1, 0, "abc", NULL, 2, 2, NULL, NULL, 0, false, NULL };
	struct text text = { 0 }, changed = { 0 };

	(void)state;
	render(&good, &text);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct arena a = { 0 };
		struct error e = { 0 };
		struct trust_root root;
		const char *at = strstr(text.s, texts[i].from);

		print_message("# %s\n", texts[i].name);
		assert_non_null(at);
		text_clear(&changed);
		text_add_n(&changed, text.s, (size_t)(at - text.s));
		text_add(&changed, texts[i].to);
		text_add(&changed, at + strlen(texts[i].from));
		check(trust_root_parse(changed.s, changed.len, &a, &root, &e), &e, texts[i].want);
		arena_release(&a);
	}
	text_release(&text);
	text_release(&changed);
}

/* What k distinct keys means: neither key nor number may come twice. */
static void test_twins(void **state)
{
	const struct spec good = { 1, 0, "ab", NULL, 2, 2, NULL, NULL, 0, false, NULL };
	struct minisign_public twin = secrets[1].public;
	char a_line[MINISIGN_LINE], b_line[MINISIGN_LINE], line[MINISIGN_LINE];
	struct text text = { 0 };
	struct trust_root root;
	struct arena a = { 0 };

	(void)state;
	minisign_public_line(&secrets[0].public, a_line);
	minisign_public_line(&secrets[1].public, b_line);
	for (int number = 0; number < 2; number++) {
		struct error e = { 0 };

		if (number)
			memcpy(twin.number, secrets[0].public.number, 8);
		else
			memcpy(twin.key, secrets[0].public.key, 32);
		minisign_public_line(&twin, line);
		render(&good, &text);
		memcpy(strstr(text.s, b_line), line, strlen(line));
		check(trust_root_parse(text.s, text.len, &a, &root, &e), &e,
		      number ? "another key has the same number" : "this key is there already");
		twin = secrets[1].public;
	}
	text_release(&text);
	arena_release(&a);
}

/* One key has one form: libsodium's base64 also reads bytes that are none. */
static void test_key_line(void **state)
{
	const struct spec good = { 1, 0, "a", NULL, 1, 1, NULL, NULL, 0, false, NULL };
	struct text text = { 0 };

	(void)state;
	render(&good, &text);
	char *line = strstr(text.s, "  RW") + 2;
	for (size_t at = 0; at < MINISIGN_LINE - 1; at++) {
		char before = line[at];

		for (int byte = 0x80; byte <= 0xff; byte++) {
			struct trust_root root;
			struct arena a = { 0 };
			struct error e = { 0 };

			line[at] = (char)byte;
			check(trust_root_parse(text.s, text.len, &a, &root, &e), &e,
			      "line 6: not a public key");
			arena_release(&a);
		}
		line[at] = before;
	}
	text_release(&text);
}

/* The writer makes the same bytes as this test's own, and not what cannot be read. */
static void test_write(void **state)
{
	const struct spec spec = { 3, 2, "acd", "be", 2, 2, "d", NULL, 7, true, "Übungsstadt" };
	struct text text = { 0 }, written = { 0 };
	struct trust_root root;
	struct arena a = { 0 };
	struct error e = { 0 };

	(void)state;
	render(&spec, &text);
	assert_true(trust_root_parse(text.s, text.len, &a, &root, &e));
	assert_int_equal(root.key_count, 5);
	assert_int_equal(root.minimum[TRUST_IMAGE], 7);
	assert_true(root.exercise);
	struct trust_key last = root.keys[4];
	root.keys[4] = root.keys[0];
	root.keys[0] = last;
	assert_true(trust_root_write(&root, &written, &e));
	assert_string_equal(written.s, text.s);
	root.threshold[TRUST_ROOT] = 3;
	assert_false(trust_root_write(&root, &written, &e));
	assert_int_equal(e.kind, ERROR_USAGE);
	text_release(&text);
	text_release(&written);
	arena_release(&a);
}

static const struct {
	const char *text;
	bool good;
	uint64_t counter;
} comments[] = {
	{ "blackstart role=image counter=7", true, 7 },
	{ "blackstart role=root counter=0", true, 0 },
	{ "blackstart role=kit counter=999999999999999", true, 999999999999999 },
	{ "blackstart role=kit counter=1000000000000000", false, 0 },
	{ "blackstart role=image counter=07", false, 0 },
	{ "blackstart role=image counter=", false, 0 },
	{ "blackstart role=image counter=7 ", false, 0 },
	{ "blackstart role=image counter=-7", false, 0 },
	{ "blackstart role=image  counter=7", false, 0 },
	{ "blackstart role=imag counter=7", false, 0 },
	{ "Blackstart role=image counter=7", false, 0 },
	{ " blackstart role=image counter=7", false, 0 },
	{ "timestamp:1700000000\tfile:f\thashed", false, 0 },
	{ "", false, 0 },
};

static void test_comments(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(comments) / sizeof(comments[0]); i++) {
		enum trust_role role;
		uint64_t counter = 0;

		print_message("# '%s'\n", comments[i].text);
		assert_int_equal(trust_comment_parse(comments[i].text, &role, &counter),
				 comments[i].good);
		if (comments[i].good)
			assert_int_equal(counter, comments[i].counter);
	}
}

/* 3 of 5 sign images; f is revoked, e signs everything but images; g is unknown. */
static const struct spec judge = { 4, 1, "abcdeh", "f", 4, 3, NULL, "e", 5, false, NULL };
static const struct {
	const char *name, *signatures;
	uint64_t min_counter;
	const char *want;
} files[] = {
	{ "three of five", "ai7 bi7 ci7", 0, NULL },
	{ "all five", "ai7 bi7 ci7 di7 hi7", 0, NULL },
	{ "in another order", "di7 ai7 ci7", 7, NULL },
	{ "none", "", 0,
	  "only 0 of 3 signatures for the role image; can still sign: a, b, c, d, h" },
	{ "k-1", "ai7 bi7", 0,
	  "only 2 of 3 signatures for the role image; can still sign: c, d, h" },
	{ "two and a duplicate", "ai7 bi7 ai7", 0,
	  "only 2 of 3 signatures for the role image; a signed twice and counts once" },
	{ "two, one of them twenty times",
	  "ai7 bi7 ai7 ai7 ai7 ai7 ai7 ai7 ai7 ai7 ai7 ai7 ai7 ai7 ai7 ai7 ai7 ai7 ai7 ai7", 0,
	  "only 2 of 3" },
	{ "three and a duplicate", "ai7 bi7 ai7 ci7", 0, NULL },
	{ "two and a revoked one", "ai7 bi7 fi7", 0,
	  "only 2 of 3 signatures for the role image; the key f is revoked and counts no more" },
	{ "three and a revoked one", "fi7 ai7 bi7 ci7", 0, NULL },
	{ "two and one without the role", "ai7 bi7 ei7", 0, "; e may not sign for this role" },
	{ "two and an unknown one", "ai7 bi7 gi7", 0, "; one is by a key unknown here" },
	{ "wrong role in a comment", "ai7 bi7 ck7", 0,
	  "wrong role: c signed this for the role kit, not for image" },
	{ "wrong role though enough", "ai7 bi7 ci7 dk7", 0, "wrong role: d" },
	{ "other bytes", "ai7 bi7 ci7!", 0, "the signature of c is over other bytes" },
	{ "other bytes though enough", "ai7 bi7 ci7 di7!", 0, "the signature of d is over" },
	{ "other bytes by a revoked key", "ai7 bi7 ci7 fi7!", 0, NULL },
	{ "comment of another form", "ai7 bi7 ci7?", 0, "the signature of c says" },
	{ "different counters", "ai7 bi7 ci8", 0, "different counters: 7 and 8" },
	{ "older than seen", "ai7 bi7 ci7", 8, "its counter is 7, at least 8 is asked for" },
	{ "older than the root allows", "ai4 bi4 ci4", 0, "version 4 of the root accepts 5" },
	{ "just what the root allows", "ai5 bi5 ci5", 5, NULL },
};

static void test_files(void **state)
{
	struct text root_text = { 0 }, file = { 0 }, signatures = { 0 };
	struct trust_root root;
	struct arena a = { 0 };
	struct error e = { 0 };

	(void)state;
	render(&judge, &root_text);
	assert_true(trust_root_parse(root_text.s, root_text.len, &a, &root, &e));
	text_add(&file, "an image");
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct trust_found found;

		print_message("# %s\n", files[i].name);
		e = (struct error){ 0 };
		sign_all(files[i].signatures, &file, &signatures);
		check(trust_verify(&root, TRUST_IMAGE, file.s, file.len, text_end(&signatures),
				   signatures.len, files[i].min_counter, &found, &e),
		      &e, files[i].want);
		if (!files[i].want)
			assert_in_range(found.valid, 3, 5);
	}
	/* A comment changed after signing is noticed, too. */
	sign_all("ai7 bi7 ci7", &file, &signatures);
	strstr(signatures.s, "counter=7")[8] = '9';
	e = (struct error){ 0 };
	check(trust_verify(&root, TRUST_IMAGE, file.s, file.len, signatures.s, signatures.len, 0,
			   &(struct trust_found){ 0 }, &e),
	      &e, "the signature of a is over other bytes");
	text_release(&root_text);
	text_release(&file);
	text_release(&signatures);
	arena_release(&a);
}

#define R(v, s, k, rev, n)                                                                         \
	{                                                                                          \
		.version = v, .serial = s, .keys = k, .revoked = rev, .root_k = n, .image_k = 1    \
	}

static const struct {
	const char *name;
	struct spec roots[3];
	const char *signatures[3], *want;
} chains[] = {
	{ "one", { R(1, 0, "abc", NULL, 2) }, { "ar1 br1" }, NULL },
	{ "one, k-1", { R(1, 0, "abc", NULL, 2) }, { "ar1" }, "1.root: only 1 of 2" },
	{ "3 of 5, two and a duplicate",
	  { R(1, 0, "abcde", NULL, 3) },
	  { "ar1 br1 br1" },
	  "1.root: only 2 of 3 signatures for the role root; b signed twice" },
	{ "begins with 2", { R(2, 0, "a", NULL, 1) }, { "ar2" }, "says version 2 where 1 is due" },
	{ "holders in both count in both",
	  { R(1, 0, "abc", NULL, 2), R(2, 0, "abcd", NULL, 2) },
	  { "ar1 br1", "br2 cr2" },
	  NULL },
	{ "only the new holders",
	  { R(1, 0, "abc", NULL, 2), R(2, 0, "cde", NULL, 2) },
	  { "ar1 br1", "dr2 er2" },
	  "2.root: by the holders of version 1: only 0 of 2" },
	{ "only the old holders",
	  { R(1, 0, "abc", NULL, 2), R(2, 0, "cde", NULL, 2) },
	  { "ar1 br1", "ar2 br2" },
	  "2.root: by its own holders: only 0 of 2" },
	{ "old and new holders",
	  { R(1, 0, "abc", NULL, 2), R(2, 0, "cde", NULL, 2) },
	  { "ar1 br1", "ar2 cr2 dr2" },
	  NULL },
	{ "a stranger on top",
	  { R(1, 0, "abc", NULL, 2), R(2, 0, "abc", NULL, 2) },
	  { "ar1 br1", "ar2 gr2" },
	  "one is by a key unknown here" },
	{ "a higher threshold counts at once",
	  { R(1, 0, "abc", NULL, 1), R(2, 0, "abc", NULL, 3) },
	  { "ar1", "ar2 br2" },
	  "by its own holders: only 2 of 3" },
	{ "a lower one does not",
	  { R(1, 0, "abc", NULL, 3), R(2, 0, "abc", NULL, 1) },
	  { "ar1 br1 cr1", "ar2 br2" },
	  "by the holders of version 1: only 2 of 3" },
	{ "the revoked one signs alone for it",
	  { R(1, 0, "abc", NULL, 2), R(2, 1, "ab", "c", 2) },
	  { "ar1 br1", "ar2 cr2" },
	  "by its own holders: only 1 of 2 signatures for the role root; the key c is revoked" },
	{ "without the revoked one",
	  { R(1, 0, "abc", NULL, 2), R(2, 1, "ab", "c", 2), R(3, 1, "abd", "c", 2) },
	  { "ar1 cr1", "ar2 br2", "ar3 br3" },
	  NULL },
	{ "the revoked one later",
	  { R(1, 0, "abc", NULL, 2), R(2, 1, "ab", "c", 2), R(3, 1, "abd", "c", 2) },
	  { "ar1 cr1", "ar2 br2", "ar3 cr3" },
	  "3.root: by the holders of version 2: only 1 of 2 signatures for the role root; the key c" },
	{ "version skipped",
	  { R(1, 0, "a", NULL, 1), R(3, 0, "a", NULL, 1) },
	  { "ar1", "ar3" },
	  "says version 3 where 2 is due: a version is missing" },
	{ "version repeated",
	  { R(1, 0, "a", NULL, 1), R(1, 0, "a", NULL, 1) },
	  { "ar1", "ar1" },
	  "says version 1 where 2 is due: an older root" },
	{ "serial falls",
	  { R(1, 3, "a", NULL, 1), R(2, 2, "a", NULL, 1) },
	  { "ar1", "ar2" },
	  "falls from 3 to 2" },
	{ "revoked without serial",
	  { R(1, 3, "ab", NULL, 1), R(2, 3, "a", "b", 1) },
	  { "ar1", "ar2" },
	  "without raising the serial" },
	{ "revoked no more",
	  { R(1, 1, "a", "b", 1), R(2, 2, "a", NULL, 1) },
	  { "ar1", "ar2" },
	  "the revoked key b is no longer listed" },
	{ "revoked comes back",
	  { R(1, 1, "a", "b", 1), R(2, 2, "ab", NULL, 1) },
	  { "ar1", "ar2" },
	  "the revoked key b is no longer listed" },
	{ "counter of another version",
	  { R(1, 0, "a", NULL, 1), R(2, 0, "a", NULL, 1) },
	  { "ar1", "ar1" },
	  "signed with counter 1, but it is version 2" },
	{ "signed as something else",
	  { R(1, 0, "a", NULL, 1) },
	  { "ak1" },
	  "wrong role: a signed this for the role kit, not for root" },
	{ "signed other bytes", { R(1, 0, "a", NULL, 1) }, { "ar1!" }, "over other bytes" },
};

/* A chain from its short form. */
static bool try_chain(const struct spec *roots, const char *const *signatures, struct error *e)
{
	struct text text[3] = { 0 }, minisig[3] = { 0 };
	struct trust_file list[3];
	struct trust_chain chain;
	struct digest first;
	struct arena a = { 0 };
	size_t n = 0;

	for (; n < 3 && signatures[n]; n++) {
		render(&roots[n], &text[n]);
		sign_all(signatures[n], &text[n], &minisig[n]);
		list[n] = (struct trust_file){ text[n].s, text_end(&minisig[n]), text[n].len,
					       minisig[n].len };
	}
	bool ok = trust_chain_verify(list, n, &a, &chain, e);

	if (ok) {
		assert_int_equal(chain.count, n);
		assert_int_equal(chain.roots[n - 1].version, n);
		first = digest_bytes(text[0].s, text[0].len);
		assert_true(trust_chain_has(&chain, &first));
		first.bytes[0] ^= 1;
		assert_false(trust_chain_has(&chain, &first));
	}
	for (size_t i = 0; i < 3; i++) {
		text_release(&text[i]);
		text_release(&minisig[i]);
	}
	arena_release(&a);
	return ok;
}

static void test_chains(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(chains) / sizeof(chains[0]); i++) {
		struct error e = { 0 };

		print_message("# %s\n", chains[i].name);
		check(try_chain(chains[i].roots, chains[i].signatures, &e), &e, chains[i].want);
	}
}

/* What R() above has no room for: exercise, minimum, name. */
static void test_changes(void **state)
{
	struct spec two[3] = { R(1, 0, "a", NULL, 1), R(2, 0, "a", NULL, 1) };
	const char *const signatures[3] = { "ar1", "ar2" };
	struct error e = { 0 };

	(void)state;
	two[1].organisation = "Stadt Neulingen";
	assert_true(try_chain(two, signatures, &e));
	two[1].exercise = true;
	check(try_chain(two, signatures, &e), &e, "turns a real root into one for exercises");
	e = (struct error){ 0 };
	two[0].exercise = true;
	assert_true(try_chain(two, signatures, &e));
	two[1].exercise = false;
	check(try_chain(two, signatures, &e), &e, "turns a root for exercises into a real one");
	e = (struct error){ 0 };
	two[0].exercise = false;
	two[0].image_minimum = two[1].image_minimum = 9;
	assert_true(try_chain(two, signatures, &e));
	two[1].image_minimum = 8;
	check(try_chain(two, signatures, &e), &e, "the role image falls from 9 to 8");
}

static void put(const char *name, const struct text *t)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, t->s, t->len), t->len);
	close(fd);
}

static bool load(bool with_draft, size_t *count, struct trust_draft *d, struct error *e)
{
	int fd = open(".", O_RDONLY | O_DIRECTORY);
	struct trust_chain chain = { 0 };
	struct arena a = { 0 };
	bool ok;

	*e = (struct error){ 0 };
	ok = with_draft ? trust_chain_load_draft(fd, &a, &chain, d, e)
			: trust_chain_load(fd, &a, &chain, e);
	*count = chain.count;
	close(fd);
	arena_release(&a);
	return ok;
}

/* From a folder: gaps, drafts, links. */
static void test_folder(void **state)
{
	static const struct spec one = R(1, 0, "ab", NULL, 2), two = R(2, 0, "ab", NULL, 2);
	char folder[] = "/tmp/trust-test-XXXXXX";
	struct text t = { 0 }, s = { 0 };
	struct trust_draft d;
	struct error e;
	size_t count;

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	check(load(false, &count, &d, &e), &e, "there is no root");
	render(&one, &t);
	put("1.root", &t);
	check(load(false, &count, &d, &e), &e, "1.root: only 0 of 2");
	assert_true(load(true, &count, &d, &e) && d.present && count == 0);
	sign_all("ar1 br1", &t, &s);
	put("1.root.minisig", &s);
	assert_true(load(false, &count, &d, &e) && count == 1);
	assert_true(load(true, &count, &d, &e) && !d.present && count == 1);
	render(&two, &t);
	put("2.root", &t);
	sign_all("ar2", &t, &s);
	put("2.root.minisig", &s);
	check(load(false, &count, &d, &e), &e, "2.root: by the holders of version 1: only 1 of 2");
	assert_true(load(true, &count, &d, &e) && d.present && count == 1);
	assert_int_equal(d.own.valid, 1);
	sign_all("ar2!", &t, &s);
	put("2.root.minisig", &s);
	check(load(true, &count, &d, &e), &e, "over other bytes"); /* a draft must be honest */
	assert_int_equal(rename("2.root", "3.root"), 0);
	check(load(true, &count, &d, &e), &e, "3.root is there, but 2.root is missing");
	assert_int_equal(unlink("3.root") | unlink("2.root.minisig"), 0);
	assert_int_equal(rename("1.root", "x") | symlink("x", "1.root"), 0);
	assert_false(load(false, &count, &d, &e));
	assert_int_equal(unlink("x") | unlink("1.root") | unlink("1.root.minisig"), 0);
	assert_int_equal(chdir("/") | rmdir(folder), 0);
	text_release(&t);
	text_release(&s);
}

static int make_holders(void **state)
{
	(void)state;
	for (unsigned i = 0; i < HOLDERS; i++) {
		uint8_t seed[32], number[8];

		memset(seed, (int)i + 1, sizeof(seed));
		memset(number, (int)i + 0x41, sizeof(number));
		minisign_from_seed(&secrets[i], seed, number);
	}
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),    cmocka_unit_test(test_twins),
		cmocka_unit_test(test_key_line), cmocka_unit_test(test_write),
		cmocka_unit_test(test_comments), cmocka_unit_test(test_files),
		cmocka_unit_test(test_chains),   cmocka_unit_test(test_changes),
		cmocka_unit_test(test_folder),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("trust", tests, make_holders, NULL);
}
