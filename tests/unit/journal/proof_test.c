/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A chain is tied to a stick only by that stick's own signature. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "journal/proof.h"
#include "lib/base/hex.h"
#include "lib/base/newfile.h"

#define PURPOSE "blackstart journal stick"
#define BOOT1 "00000000000000000000000000000001"

/* A record of boot 1 behind those that are there. */
static void add(struct chain *c, const struct signkey *key, const struct message *open,
		struct text *bytes)
{
	struct record r = { .boot = BOOT1, .sequence = c->count, .before = c->head, .open = *open };
	size_t before = bytes->len;
	struct error e = { 0 };

	record_encode(&r, key, bytes);
	assert_int_equal(chain_next(c, before, bytes->s + before, bytes->len - before, &r, &e),
			 CHAIN_RECORD);
}

/* Findings about a chain of boot 1 that names a stick, whose key signs `boot`. */
static uint64_t faults_of_tie(unsigned boot, const char *words)
{
	char folder[512], path[600], hex[2 * SIGNKEY_SIGNATURE_BYTES + 1];
	uint8_t seed[SIGNKEY_SEED_BYTES] = { 7 }, signature[SIGNKEY_SIGNATURE_BYTES];
	uint8_t signed_boot[BOOT_BYTES] = { [BOOT_BYTES - 1] = (uint8_t)boot };
	const char *base = getenv("TMPDIR");
	struct text bytes = { 0 };
	struct proof p = { 0 };
	struct error e = { 0 };
	struct signkey key;
	struct message m;
	struct chain c;
	uint64_t faults;

	signkey_from_seed(&key, seed);
	chain_start(&c, BOOT1);
	hex_encode(hex, key.public, sizeof(key.public));
	message_start(&m, "kind", "boot");
	message_add(&m, "stick", hex);
	add(&c, &key, &m, &bytes);
	message_start(&m, "kind", "stick");
	message_add(&m, "stick", hex);
	signkey_sign(&key, PURPOSE, signed_boot, sizeof(signed_boot), signature);
	hex_encode(hex, signature, sizeof(signature));
	message_add(&m, "proof", hex);
	add(&c, &key, &m, &bytes);
	snprintf(folder, sizeof(folder), "%s/proof-XXXXXX", base ? base : "/tmp");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/" BOOT1 CHAIN_SUFFIX, folder);
	assert_true(newfile_whole(path, bytes.s, bytes.len, &e));
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0 && proof_load(&p, fd, &e));
	faults = p.faults;
	assert_true(!faults || strstr(text_end(&p.words), words));
	proof_release(&p);
	close(fd);
	text_release(&bytes);
	return faults;
}

static void ties_are_signed(void **state)
{
	(void)state;
	assert_int_equal(faults_of_tie(1, ""), 0);
	assert_int_equal(faults_of_tie(2, "did not sign this chain"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ties_are_signed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
