/* SPDX-License-Identifier: GPL-3.0-or-later */
/* QR codes; the only file that knows libqrencode. */
#include "lib/data/qr.h"

#include <qrencode.h>
#include <string.h>

#include "lib/base/language.h"

bool qr_encode(struct qr *q, const char *text, enum qr_level level, struct error *e)
{
	static const QRecLevel levels[] = { QR_ECLEVEL_L, QR_ECLEVEL_M, QR_ECLEVEL_H };
	QRcode *code = QRcode_encodeString(text, 0, levels[level], QR_MODE_8, 1);

	if (!code)
		return error_set(e, ERROR_FAILED,
				 _("%zu characters are too many, or none, for one QR code"),
				 strlen(text));
	q->side = (unsigned)code->width;
	for (size_t i = 0; i < (size_t)q->side * q->side; i++)
		q->dark[i] = code->data[i] & 1;
	explicit_bzero(code->data, (size_t)q->side * q->side);
	QRcode_free(code);
	return true;
}

bool qr_is_dark(const struct qr *q, int x, int y)
{
	int side = (int)q->side;

	return x >= 0 && y >= 0 && x < side && y < side && q->dark[y * side + x];
}

void qr_lines(const struct qr *q, enum qr_style style, struct text *out)
{
	static const char *const blocks[2][2] = { { " ", "▄" }, { "▀", "█" } };
	int end = (int)q->side + QR_QUIET;

	for (int y = -QR_QUIET; y < end; y += 2) {
		if (style == QR_COLOURS)
			text_add(out, "\033[0;30;47m");
		for (int x = -QR_QUIET; x < end; x++) {
			bool upper = qr_is_dark(q, x, y), lower = qr_is_dark(q, x, y + 1);

			if (style == QR_LIGHT)
				text_add(out, blocks[!upper][!lower]);
			else
				text_add(out, blocks[upper][lower]);
		}
		text_add(out, style == QR_COLOURS ? "\033[0m\n" : "\n");
	}
}

void qr_wipe(struct qr *q)
{
	explicit_bzero(q, sizeof(*q));
}
