/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A volume of anyone's that says it is BitLocker's. */
#include <stdlib.h>
#include <string.h>

#include "triage/parse/fve.h"

static bool read_bytes(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	(void)e;
	memcpy(buf, (const uint8_t *)ctx + offset, len);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct partition_source s = { read_bytes, (void *)(uintptr_t)data, size, 512 };
	struct error e = { 0 };
	struct fve v;

	if (fve_read(&s, 0, size, NULL, &v, &e) &&
	    (v.count > FVE_PROTECTORS_MAX || !v.used_block || e.kind ||
	     !memchr(v.description, 0, sizeof(v.description))))
		abort();
	return 0;
}
