/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A volume of anyone's that says it is LUKS: names end, slots are in order. The metadata also alone. */
#include <assert.h>
#include <string.h>

#include "../bytes.h"
#include "triage/parse/luks.h"
#include "triage/parse/luks_json.h"

static void value(void *ctx, const struct json_value *v)
{
	assert(ctx && v->depth <= JSON_DEPTH_MAX && v->value.s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes b = { data, size };
	const struct partition_source s = source_of(&b);
	struct error e = { 0 };
	struct luks l;

	(void)!json_values((struct span){ (const char *)data, size }, value, &l);
	if (!luks_read(&s, 0, size, NULL, &l, &e))
		return 0;
	assert(l.count <= LUKS_SLOTS_MAX && strlen(l.cipher) < sizeof(l.cipher));
	for (size_t i = 1; i < l.count; i++)
		assert(l.slots[i - 1].number < l.slots[i].number);
	return 0;
}
