/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text of evidence, in UTF-16 or a code page, as fields. */
#include "triage/fields/words.h"

#include "lib/data/charset.h"
#include "lib/disk/utf16.h"

#define PIECE 256u /* bytes at a time; even */

void words_add(struct text *t, struct words w)
{
	char out[UTF16_TEXT(PIECE / 2)];

	while (w.at && w.bytes) {
		size_t n = w.bytes < PIECE ? w.bytes : PIECE;

		if (!w.is_utf16) {
			for (size_t i = 0; i < n; i++) {
				uint32_t c = charset_1252(w.at[i]);

				text_add_char(t, c || !w.at[i] ? c : TEXT_BAD);
			}
		} else {
			/* A pair is not torn. */
			if (n < w.bytes && (w.at[n - 1] & 0xfc) == 0xd8)
				n -= 2;
			text_add_n(t, out, utf16_wtf8(out, reader_of(w.at, n)));
		}
		w.at += n;
		w.bytes -= n;
	}
}

void emit_words(struct emit *o, const char *key, struct words w)
{
	struct text t = { 0 };

	if (!w.at) {
		emit_null(o, key);
	} else if (w.is_utf16) {
		emit_utf16(o, key, w.at, w.bytes / 2);
	} else {
		words_add(&t, w);
		emit_text(o, key, text_end(&t), t.len);
		text_release(&t);
	}
}

void emit_says_words(struct emit *o, struct words w)
{
	struct text t = { 0 };

	if (!w.at)
		return;
	if (w.is_utf16) {
		emit_says16(o, w.at, w.bytes / 2);
	} else {
		words_add(&t, w);
		emit_says(o, text_end(&t), t.len);
		text_release(&t);
	}
}
