/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes QR codes; the only file that knows libqrencode. */
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
