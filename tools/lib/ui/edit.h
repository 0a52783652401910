/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_UI_EDIT_H
#define LIB_UI_EDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum edit { EDIT_NOTHING, EDIT_MOVED, EDIT_CHANGED };

/* Carry out a key of screen_key() on a typed line of at most `size` bytes, its end
 * included: a character more at *at (bytes from the beginning, always between two
 * characters), one less before or after it, none, or *at elsewhere. Nothing of what
 * was erased stays behind the end. */
enum edit edit_line(char *typed, size_t size, size_t *at, uint32_t key);

/* Take the spaces off both ends. */
void edit_trim(char *typed);

/* A typed line on rows of at most `columns` columns: the bytes of the row that begins
 * at `from`, up to and with the last space that fits, or a cut word. A space may hang
 * over the end. */
size_t edit_row(const char *typed, size_t from, size_t columns);

#endif
