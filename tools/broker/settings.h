/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BROKER_SETTINGS_H
#define BROKER_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"

/* The settings block of a stick, in GRUB's environment block format
 * (docs/formats/broker.md#remember-the-settings-of-a-stick). */
#define SETTINGS_BYTES 1024
#define SETTINGS_OFFSET 2093056

/* True for the values that the two keys may have. */
bool settings_is_language(const char *code);
bool settings_is_keyboard(const char *layout);

/* Make `new` from `old` with language and keyboard set; every other line stays,
 * in its order. False if `old` is not a block, or if it is full. */
__attribute__((warn_unused_result))
bool settings_update(const uint8_t old[SETTINGS_BYTES], const char *language, const char *keyboard,
		     uint8_t new[SETTINGS_BYTES], struct error *e);

#endif
