/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_BASE_SIZE_H
#define LIB_BASE_SIZE_H

#include <stddef.h>
#include <stdint.h>

/* "512 B", "64 GB", "1.0 TB": as printed on the boxes disks are sold in. Returns out. */
char *size_words(char *out, size_t size, uint64_t bytes);

#endif
