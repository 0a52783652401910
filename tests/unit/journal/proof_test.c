/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A chain is tied to a stick only by that stick's own signature. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../lib/journal_samples.h"
#include "journal/proof.h"

#define PURPOSE "blackstart journal stick"

/* Findings about a chain of boot 1 that names a stick, whose key signs `boot`. */
static uint64_t faults_of_tie(unsigned boot, const char *words)
{
	char folder[512], stick[80] = "stick=", proof[160] = "proof=";
	uint8_t seed[SIGNKEY_SEED_BYTES] = { 7 }, signature[SIGNKEY_SIGNATURE_BYTES];
	uint8_t signed_boot[BOOT_BYTES] = { [BOOT_BYTES - 1] = (uint8_t)boot };
	struct proof p = { 0 };
	struct error e = { 0 };
	struct signkey key;
	struct sample s;
	uint64_t faults;

	signkey_from_seed(&key, seed);
	signkey_sign(&key, PURPOSE, signed_boot, sizeof(signed_boot), signature);
	hex_encode(stick + 6, key.public, sizeof(key.public));
	hex_encode(proof + 6, signature, sizeof(signature));
	sample_folder(folder);
	sample_start(&s, 1, "k", "temporary=1");
	SAMPLE_ADD(&s, "kind=stick", stick, proof);
	sample_put(&s, folder);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0 && proof_load(&p, fd, &e));
	faults = p.faults;
	assert_true(!faults || strstr(text_end(&p.words), words));
	proof_release(&p);
	close(fd);
	sample_release(&s);
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
