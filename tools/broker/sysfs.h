/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BROKER_SYSFS_H
#define BROKER_SYSFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Small files of the kernel. A missing or unreadable one is simply empty: a PC
 * need not have any of them. */

/* The bytes of a file; returns how many, 0 if there are none. */
__attribute__((format(printf, 3, 4)))
size_t sysfs_bytes(void *out, size_t size, const char *fmt, ...);

/* Its text without the line end; true if not empty. */
__attribute__((format(printf, 3, 4)))
bool sysfs_text(char *out, size_t size, const char *fmt, ...);

/* Its number, decimal or 0x; 0 if there is none. */
__attribute__((format(printf, 1, 2)))
uint64_t sysfs_number(const char *fmt, ...);

__attribute__((format(printf, 1, 2)))
bool sysfs_exists(const char *fmt, ...);

#endif
