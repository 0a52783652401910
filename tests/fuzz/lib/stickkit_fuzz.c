/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A kit.img of any bytes, in one cluster: what is judged was read whole and bounded. */
#include <assert.h>

#include "../bytes.h"
#include "lib/disk/stickproof_inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct stick_work w;
	struct bytes b = { data, size };
	const struct stick_source source = { source_of(&b), NULL, NULL };
	const struct stick_expect anybody = { 0 };
	struct stick_stream s = { .work = &w, .file = { 2, 0, (uint32_t)size } };
	struct stick_kit kit;
	struct kittrust trust;
	const struct trust_root *root;
	struct error e = { 0 };

	w = (struct stick_work){ .source = &source, .expect = &anybody };
	w.fat = (struct fat){ &source.disk, 0, size, .bits = 32, .cluster_bytes = 1 << 20,
			      .clusters = 1 };
	digest_init(&s.digest);
	if (stick_kit_read(&s, &kit, &e)) {
		assert(s.file.left_bytes == 0 && kit.manifest_len < size);
		if (stick_kit_judge(&w, &kit, &trust, &root, &e))
			assert(trust.trust == KIT_SIGNED ? kit.signatures != NULL
							 : !kit.signatures);
	}
	arena_release(&w.memory);
	return 0;
}
