/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory and processes that hold people's data. */
#include "lib/base/private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>

void *private_alloc(size_t size)
{
	void *bytes = mmap(NULL, size ? size : 1, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (bytes == MAP_FAILED) {
		fputs("out of memory: this PC has too little RAM for this step\n", stderr);
		exit(1);
	}
	/* Both may fail without harm on the stick: it has no swap, and writes no dumps. */
	(void)!mlock(bytes, size);
	(void)!madvise(bytes, size, MADV_DONTDUMP);
	return bytes;
}

void private_free(void *bytes, size_t size)
{
	if (!bytes)
		return;
	explicit_bzero(bytes, size);
	munmap(bytes, size ? size : 1);
}

void private_process(void)
{
	prctl(PR_SET_DUMPABLE, 0);
}
