/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as OBJECTS.DATA, and any bytes behind the digest of a class: values lie in the input's page. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "../../unit/triage/wmi_builder.h"

static bool read_at(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	memcpy(buf, (const uint8_t *)ctx + offset, len);
	return !e->kind;
}
static bool take(void *ctx, const struct wmi_instance *i, struct error *e)
{
	for (unsigned k = 0; k < i->class->count; k++)
		assert(!i->values[k].is_set || i->values[k].bytes.left < WMI_PAGE);
	return i->offset < *(const size_t *)ctx && !e->kind;
}
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const none[WMI_PROPERTIES_MAX];
	uint8_t *bytes = calloc(1, 1000 + size);
	size_t len = size ? wmi_make(bytes, data[0] & 3, data[0] & 4, none) : 0;
	size_t head = size && data[0] & 4 ? 64 : size ? 128 : 0, all = head + size;
	memcpy(bytes + head, data, size);
	struct error e = { 0 };
	const struct partition_source s = { read_at, bytes, all, 512 };
	assert(len < 1000 && (wmi_parse(&s, NULL, take, &all, &e) || e.kind == ERROR_UNTRUSTED));
	free(bytes);
	return 0;
}
