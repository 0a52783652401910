/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names and words reduced to what people type. */
#include "lib/data/namefold.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/text.h"

/* U+00DF to U+017F, lower case letters only (text_lower() comes first): the
 * letter without its accent; '?' where below says more, ' ' where none. */
static const char latin[] =
	"?"                                                                  /* df ß */
	"aaaaaa?ceeeeiiiidnooooo ouuuuy?y"                                   /* e0-ff */
	"aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii??jjkkklllllllll" /* 100-141 */
	"lnnnnnnnnnoooooo??rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";    /* 142-17f */

/* U+1EA0 to U+1EFF, Vietnamese: pairs of capital and small letter. */
static const char vietnamese[] = "aaaaaaaaaaaaeeeeeeeeiioooooooooooouuuuuuuyyyy";

static const struct {
	uint16_t from;
	char german[3], plain[3];
} special[] = {
	{ 0xe4, "ae", "a" },   { 0xf6, "oe", "o" },   { 0xfc, "ue", "u" },    { 0xdf, "ss", "ss" },
	{ 0xe6, "ae", "ae" },  { 0xfe, "th", "th" },  { 0x133, "ij", "ij" },  { 0x153, "oe", "oe" },
	{ 0x132, "ij", "ij" }, { 0x152, "oe", "oe" }, { 0x219, "s", "s" },    { 0x21b, "t", "t" },
	{ 0x1a1, "o", "o" },   { 0x1b0, "u", "u" },   { 0x1e9e, "ss", "ss" },
};

static char base_letter(uint32_t c)
{
	if (c >= 0xdf && c <= 0x17f)
		return latin[c - 0xdf];
	if (c >= 0x1ea0 && c <= 0x1ef9)
		return vietnamese[(c - 0x1ea0) / 2];
	return 0;
}

static bool is_letter_elsewhere(uint32_t c)
{
	return (c >= 0x180 && c < 0x2000 && text_columns(c) > 0) || c >= 0x2c00;
}

char *name_fold(char *out, size_t size, const char *s, enum fold_style style)
{
	const char *end = s + strlen(s);
	size_t n = 0;

	while (s < end) {
		char piece[8] = " ";
		uint32_t c = text_lower(text_next(&s, end));
		char base = base_letter(c);

		if (text_columns(c) == 0) /* a combining accent */
			continue;
		for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++)
			if (special[i].from == c)
				memcpy(piece,
				       style == FOLD_GERMAN ? special[i].german : special[i].plain,
				       3);
		if (piece[0] != ' ')
			; /* found above */
		else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			piece[0] = (char)c;
		else if (base && base != '?')
			piece[0] = base;
		else if (!base && is_letter_elsewhere(c) && !text_is_unsafe(c) && c != TEXT_BAD)
			piece[text_put(piece, c)] = '\0';
		if (piece[0] == ' ' && (n == 0 || out[n - 1] == ' '))
			continue;
		size_t len = strlen(piece);
		if (n + len >= size)
			break;
		memcpy(out + n, piece, len);
		n += len;
	}
	while (n > 0 && out[n - 1] == ' ')
		n--;
	out[n] = '\0';
	return out;
}
