/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A volume of anyone's that says it is BitLocker's. Where no sum is right, copies are read without: none is mended. */
#include "../bytes.h"
#include "triage/parse/fve.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes b = { data, size };
	const struct partition_source s = source_of(&b);
	struct error e = { 0 };
	struct fve v;

	if (fve_read(&s, 0, size, NULL, &v, &e) &&
	    (v.count > FVE_PROTECTORS_MAX || e.kind ||
	     !memchr(v.description, 0, sizeof(v.description))))
		abort();
	return 0;
}
