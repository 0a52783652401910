/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes as hexadecimal digits. */
#include "lib/base/hex.h"

#include <string.h>

char *hex_encode(char *out, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		out[2 * i] = HEX_DIGITS[bytes[i] >> 4];
		out[2 * i + 1] = HEX_DIGITS[bytes[i] & 15];
	}
	out[2 * len] = '\0';
	return out;
}

static uint8_t value_of(char digit)
{
	return (uint8_t)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

bool hex_decode(uint8_t *out, size_t len, const char *hex)
{
	if (strlen(hex) != 2 * len || strspn(hex, HEX_DIGITS) != 2 * len)
		return false;
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(value_of(hex[2 * i]) << 4 | value_of(hex[2 * i + 1]));
	return true;
}
