/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What BLAKE2b-256 costs one thread, in pieces as images have them. Prints rows of
 * docs/benchmarks.md. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/memory.h"
#include "lib/crypto/digest.h"

#define MIB (1u << 20)
#define FAR_MIB 256u /* more than any cache */
#define NEAR_ROUNDS 64u
#define RUNS 15

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* MB/s of the best of some runs over `pieces` of 1 MiB, `rounds` times. */
static double best(const uint8_t *bytes, size_t pieces, size_t rounds)
{
	double most = 0;

	for (int run = 0; run < RUNS; run++) {
		struct digest_state s;
		double begin = seconds();

		digest_init(&s);
		for (size_t i = 0; i < pieces * rounds; i++)
			digest_update(&s, bytes + i % pieces * MIB, MIB);
		(void)digest_final(&s);
		double mb = (double)pieces * (double)rounds * MIB / 1e6 / (seconds() - begin);

		if (mb > most)
			most = mb;
	}
	return most;
}

/* The same of digests of 1 MiB each, `together` at once. */
static double best_many(const uint8_t *bytes, unsigned together)
{
	double most = 0;

	for (int run = 0; run < RUNS; run++) {
		double begin = seconds();

		for (size_t i = 0; i < FAR_MIB; i += together) {
			struct digest_part parts[8];

			for (size_t k = 0; k < together; k++)
				parts[k] = (struct digest_part){ bytes + (i + k) * MIB,
								 MIB,
								 { { 0 } } };
			digest_many(parts, together);
		}
		double mb = (double)FAR_MIB * MIB / 1e6 / (seconds() - begin);

		if (mb > most)
			most = mb;
	}
	return most;
}

int main(void)
{
	uint8_t *bytes = mem_array(FAR_MIB, MIB);

	memset(bytes, 0x5a, (size_t)FAR_MIB * MIB);
	for (int ready = 0; ready < 2; ready++) {
		if (ready)
			digest_ready();
		printf("| BLAKE2b-256, 1 MiB in the cache, %s | %.0f MB/s |\n",
		       ready ? "code chosen for this CPU" : "portable code",
		       best(bytes, 1, NEAR_ROUNDS));
		printf("| the same, 256 MiB | %.0f MB/s |\n", best(bytes, FAR_MIB, 1));
	}
	printf("| four at once, 256 MiB | %.0f MB/s |\n", best_many(bytes, 4));
	printf("| eight at once, 256 MiB | %.0f MB/s |\n", best_many(bytes, 8));
	free(bytes);
	return 0;
}
