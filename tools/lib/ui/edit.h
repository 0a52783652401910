/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_UI_EDIT_H
#define LIB_UI_EDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Carry out a key of screen_key() on a typed line of at most `size` bytes, its end
 * included: a character more, one less, none. True if the line changed. */
bool edit_line(char *typed, size_t size, uint32_t key);

#endif
