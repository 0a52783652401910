/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as OBJECTS.DATA, and any bytes behind the digest of a class: values lie in the input's page. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "../bytes.h"
#include "triage/parse/wmi.h"

static bool take(void *ctx, const struct wmi_instance *i, struct error *e)
{
	for (unsigned k = 0; k < i->class->count; k++)
		assert(!i->values[k].is_set || i->values[k].bytes.left < 8192);
	return i->offset < *(const size_t *)ctx && !e->kind;
}
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct wmi_class *c = &wmi_classes[size ? data[0] & 3 : 0];
	const char *digits = size && data[0] & 4 ? c->md5 : c->sha256;
	size_t head = size ? 2 * strlen(digits) : 0, all = head + size;
	uint8_t *bytes = calloc(1, all + 1);
	for (size_t i = 0; i < head; i += 2)
		bytes[i] = (uint8_t)digits[i / 2];
	memcpy(bytes + head, data, size);
	struct error e = { 0 };
	struct bytes b = { bytes, all };
	const struct partition_source s = source_of(&b);
	assert(wmi_parse(&s, NULL, take, &all, &e) || e.kind == ERROR_UNTRUSTED);
	free(bytes);
	return 0;
}
