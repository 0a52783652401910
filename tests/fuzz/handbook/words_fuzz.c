/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person may type, against distance, sound and folding. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "handbook/distance.h"
#include "handbook/phonetic.h"
#include "lib/data/namefold.h"
#include "lib/data/phone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char typed[512] = "", one[80], two[80], code[PHONETIC_MAX], normal[PHONE_MAX];
	struct distance d, e;

	memcpy(typed, data, size < sizeof(typed) - 1 ? size : sizeof(typed) - 1);
	name_fold(one, sizeof(one), typed, FOLD_GERMAN);
	name_fold(two, sizeof(two), typed + strlen(typed) / 2, FOLD_PLAIN);
	d = distance_between(one, two, 2);
	e = distance_between(two, one, 2);
	assert(d.whole <= 3 && d.prefix <= d.whole);
	assert(strlen(one) > 64 || strlen(two) > 64 || !*one || !*two || d.whole == e.whole);
	assert(strlen(phonetic_code(code, one)) < PHONETIC_MAX);
	if (phone_normal(typed, normal))
		assert(phone_match(normal, normal) == 0);
	return 0;
}
