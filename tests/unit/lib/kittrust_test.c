/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What makes a kit the organisation's, and everything that does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "lib/crypto/kittrust.h"
#include "lib/crypto/manifest.h"
#include "lib/crypto/minisign.h"
#include "lib/crypto/trust.h"

#define CONTENT "the open tier"
#define VERSION 7

/* Three holders, the same in every run: made here, stored nowhere. */
static void holder(struct minisign_secret *s, uint8_t n)
{
	uint8_t seed[32] = { n, 1 }, number[8] = { n, 2 };

	minisign_from_seed(s, seed, number);
}

static void put(int root, const char *path, const char *bytes, size_t len)
{
	int fd = openat(root, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), (ssize_t)len);
	close(fd);
}

/* A root of the holders a, b and c: two of three for roots, two of a and b for kits. */
static void write_root(struct text *out, bool exercise)
{
	char line[3][MINISIGN_LINE];

	for (uint8_t i = 0; i < 3; i++) {
		struct minisign_secret s;

		holder(&s, i);
		minisign_public_line(&s.public, line[i]);
	}
	text_addf(out,
		  "blackstart-root 1\norganisation  Stadt Beispiel\nversion  1\nserial  0\n"
		  "exercise  %s\nkey  a  %s\nkey  b  %s\nkey  c  %s\n"
		  "role  root  2  0  a  b  c\nrole  image  0  0\nrole  kit  2  0  a  b\n"
		  "role  release  0  0\nrole  operator  0  0\n",
		  exercise ? "yes" : "no", line[0], line[1], line[2]);
}

static void sign(struct text *out, const char *holders, const struct text *what,
		 enum trust_role role, uint64_t counter)
{
	char comment[100];

	trust_comment(comment, sizeof(comment), role, counter);
	for (; *holders; holders++) {
		struct minisign_secret s;
		struct error e = { 0 };

		holder(&s, (uint8_t)(*holders - 'a'));
		assert_true(minisign_sign(&s, what->s, what->len, "test", comment, out, &e));
	}
}

struct made {
	struct text root, root_signatures, manifest, signatures;
};

static void make_kit(int folder, struct made *m, const char *signers, enum trust_role role)
{
	struct manifest_writer w = { 0 };
	struct error e = { 0 };
	struct digest d;

	assert_int_equal(mkdirat(folder, "kit", 0755), 0);
	assert_int_equal(mkdirat(folder, "kit/trust", 0755), 0);
	write_root(&m->root, false);
	sign(&m->root_signatures, "ab", &m->root, TRUST_ROOT, 1);
	put(folder, "kit/open.db", CONTENT, strlen(CONTENT));
	put(folder, "kit/trust/1.root", m->root.s, m->root.len);
	put(folder, "kit/trust/1.root.minisig", m->root_signatures.s, m->root_signatures.len);
	d = digest_bytes(CONTENT, strlen(CONTENT));
	manifest_add_file(&w, "kit/open.db", 0644, strlen(CONTENT), &d);
	d = digest_bytes(m->root.s, m->root.len);
	manifest_add_file(&w, "kit/trust/1.root", 0644, m->root.len, &d);
	d = digest_bytes(m->root_signatures.s, m->root_signatures.len);
	manifest_add_file(&w, "kit/trust/1.root.minisig", 0644, m->root_signatures.len, &d);
	assert_true(manifest_write(&w, &m->manifest, &e));
	manifest_writer_release(&w);
	put(folder, "kit/manifest", m->manifest.s, m->manifest.len);
	if (*signers) {
		sign(&m->signatures, signers, &m->manifest, role, VERSION);
		put(folder, "kit/manifest.minisig", m->signatures.s, m->signatures.len);
	}
}

static void release(struct made *m)
{
	text_release(&m->root);
	text_release(&m->root_signatures);
	text_release(&m->manifest);
	text_release(&m->signatures);
}

enum harm { NONE, CHANGE_OPEN, ADD_FILE, CHANGE_MANIFEST, NO_ROOTS, EMPTY_SIGNATURES, NO_MANIFEST };

static void do_harm(int folder, const struct made *m, enum harm harm)
{
	switch (harm) {
	case NONE:
		break;
	case CHANGE_OPEN:
		put(folder, "kit/open.db", "the open tiex", strlen(CONTENT));
		break;
	case ADD_FILE:
		put(folder, "kit/more", "x", 1);
		break;
	case CHANGE_MANIFEST: {
		/* Whole in itself, but not what was signed. */
		struct digest d = digest_bytes("other", 5);
		char hex[DIGEST_HEX];
		struct text t = { 0 };

		text_addf(&t, "blackstart-manifest 1\nfile  %s  5  0644  kit/open.db\n",
			  digest_to_hex(hex, &d));
		text_add(&t, strstr(m->manifest.s, "kit/open.db\n") + strlen("kit/open.db\n"));
		put(folder, "kit/manifest", t.s, t.len);
		put(folder, "kit/open.db", "other", 5);
		text_release(&t);
		break;
	}
	case NO_ROOTS: {
		struct digest d = digest_bytes(CONTENT, strlen(CONTENT));
		char hex[DIGEST_HEX];
		struct text t = { 0 };

		text_addf(&t, "blackstart-manifest 1\nfile  %s  %zu  0644  kit/open.db\n",
			  digest_to_hex(hex, &d), strlen(CONTENT));
		put(folder, "kit/manifest", t.s, t.len);
		text_release(&t);
		assert_int_equal(unlinkat(folder, "kit/trust/1.root", 0), 0);
		assert_int_equal(unlinkat(folder, "kit/trust/1.root.minisig", 0), 0);
		assert_int_equal(unlinkat(folder, "kit/trust", AT_REMOVEDIR), 0);
		break;
	}
	case EMPTY_SIGNATURES:
		put(folder, "kit/manifest.minisig", "", 0);
		break;
	case NO_MANIFEST:
		assert_int_equal(unlinkat(folder, "kit/manifest", 0), 0);
		break;
	}
}

static void judged(void **unused)
{
	static const struct {
		const char *name, *signers;
		enum trust_role role;
		enum harm harm;
		const char *pin; /* "" none, "right", or text */
		enum kit_trust want;
		const char *words; /* in the reason */
	} table[] = {
		{ "not signed", "", TRUST_KIT, NONE, "", KIT_UNSIGNED, "" },
		{ "not signed, pinned", "", TRUST_KIT, NONE, "right", KIT_REFUSED, "not signed" },
		{ "signed", "ab", TRUST_KIT, NONE, "", KIT_SIGNED, "" },
		{ "signed, pinned", "ab", TRUST_KIT, NONE, "right", KIT_SIGNED, "" },
		{ "pinned to another", "ab", TRUST_KIT, NONE,
		  "00000000000000000000000000000000000000000000000000000000000000aa", KIT_REFUSED,
		  "another organisation" },
		{ "pinned to nonsense", "ab", TRUST_KIT, NONE, "x", KIT_REFUSED,
		  "another organisation" },
		{ "one of two", "a", TRUST_KIT, NONE, "", KIT_REFUSED, "b" },
		{ "one twice", "aa", TRUST_KIT, NONE, "", KIT_REFUSED, "twice" },
		{ "one without the role", "ac", TRUST_KIT, NONE, "", KIT_REFUSED, "c may not" },
		{ "for images", "ab", TRUST_IMAGE, NONE, "", KIT_REFUSED, "wrong role" },
		{ "altered file", "ab", TRUST_KIT, CHANGE_OPEN, "", KIT_DAMAGED, "kit/open.db" },
		{ "file too many", "ab", TRUST_KIT, ADD_FILE, "", KIT_DAMAGED, "kit/more" },
		{ "file and manifest altered", "ab", TRUST_KIT, CHANGE_MANIFEST, "", KIT_REFUSED,
		  "other bytes" },
		{ "no roots", "ab", TRUST_KIT, NO_ROOTS, "", KIT_REFUSED, "no root" },
		{ "empty signatures", "ab", TRUST_KIT, EMPTY_SIGNATURES, "", KIT_REFUSED, "" },
		{ "no manifest", "ab", TRUST_KIT, NO_MANIFEST, "", KIT_DAMAGED, "manifest" },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		char path[] = "/tmp/blackstart-kittrust-XXXXXX", words[200] = "", hex[DIGEST_HEX];
		struct made m = { 0 };
		struct kittrust t;

		assert_non_null(mkdtemp(path));
		int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		make_kit(folder, &m, table[i].signers, table[i].role);
		do_harm(folder, &m, table[i].harm);
		struct digest root = digest_bytes(m.root.s, m.root.len);
		if (*table[i].pin)
			snprintf(words, sizeof(words), "quiet blackstart.root=%s x\n",
				 strcmp(table[i].pin, "right") == 0 ? digest_to_hex(hex, &root)
								    : table[i].pin);
		kittrust_check(folder, words, &t);
		if (t.trust != table[i].want || !strstr(t.why.text, table[i].words))
			fail_msg("%s: %s: %s", table[i].name, kit_trust_name(t.trust), t.why.text);
		if (t.trust == KIT_SIGNED) {
			assert_string_equal(t.organisation, "Stadt Beispiel");
			assert_int_equal(t.counter, VERSION);
			assert_int_equal(t.valid, 2);
			assert_true(strlen(t.words) > 8);
		}
		close(folder);
		snprintf(words, sizeof(words), "rm -r %s", path);
		assert_int_equal(system(words), 0);
		release(&m);
	}
}

static void missing(void **unused)
{
	char path[] = "/tmp/blackstart-kittrust-XXXXXX";
	struct kittrust t;

	(void)unused;
	assert_non_null(mkdtemp(path));
	int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	kittrust_check(folder, "", &t);
	assert_int_equal(t.trust, KIT_MISSING);
	close(folder);
	assert_int_equal(rmdir(path), 0);
}

static void pins(void **unused)
{
#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	static const struct {
		const char *words;
		bool ok, pinned;
	} table[] = {
		{ "quiet loglevel=3\n", true, false },
		{ "quiet blackstart.root=" HEX " console=tty0\n", true, true },
		{ "blackstart.root=" HEX "\n", true, true },
		{ "blackstart.root=" HEX "0\n", false, true },
		{ "blackstart.root= x\n", false, true },
		{ "blackstart.root=" HEX, true, true },
		{ "xblackstart.root=" HEX, true, false },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct digest pin = { 0 };
		bool pinned;

		assert_int_equal(kittrust_pin(table[i].words, &pin, &pinned), table[i].ok);
		assert_int_equal(pinned, table[i].pinned);
		if (pinned && table[i].ok)
			assert_int_equal(pin.bytes[31], 0xef);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judged),
		cmocka_unit_test(missing),
		cmocka_unit_test(pins),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
