/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_BASE_PRIVATE_H
#define LIB_BASE_PRIVATE_H

#include <stddef.h>

/*
 * Memory for what an opened tier holds: zeroed, kept in RAM where the system's limit allows it
 * (mlock), in no core dump, wiped when it is freed. A failed allocation ends the process, as
 * in lib/base/memory.h. For many megabytes; a key lies in a struct that its owner wipes.
 */
__attribute__((malloc, returns_nonnull, warn_unused_result))
void *private_alloc(size_t size);
void private_free(void *bytes, size_t size); /* accepts NULL; `size` as it was allocated */

/* From here on nobody may look into this process, and it leaves no core dump. Called before
 * the first secret arrives; what was open for debugging stays so. */
void private_process(void);

#endif
