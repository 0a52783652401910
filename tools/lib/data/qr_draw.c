/* SPDX-License-Identifier: GPL-3.0-or-later */
/* QR codes that are there: how much they hold, how they look. */
#include <string.h>

#include "lib/data/qr.h"

#define SIDE_MIN 21u
#define SIDE_STEP 4u

size_t qr_capacity(unsigned side)
{
	/* ISO/IEC 18004, table 7: byte mode, level L, versions 1 to 40 */
	static const uint16_t bytes[] = {
		17,   32,   53,   78,   106,  134,  154,  192,  230,  271,  321,  367,  425,  458,
		520,  586,  644,  718,  792,  858,  929,  1003, 1091, 1171, 1273, 1367, 1465, 1528,
		1628, 1732, 1840, 1952, 2068, 2188, 2303, 2431, 2563, 2699, 2809, 2953,
	};

	if (side < SIDE_MIN || side > QR_SIDE_MAX || (side - SIDE_MIN) % SIDE_STEP)
		return 0;
	return bytes[(side - SIDE_MIN) / SIDE_STEP];
}

unsigned qr_side_max(unsigned columns, unsigned rows)
{
	unsigned room = columns < 2 * rows ? columns : 2 * rows, quiet = 2 * QR_QUIET;

	if (room < SIDE_MIN + quiet)
		return 0;
	room = room - quiet > QR_SIDE_MAX ? QR_SIDE_MAX : room - quiet;
	return room - (room - SIDE_MIN) % SIDE_STEP;
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

void qr_svg(const struct qr *q, struct text *out)
{
	unsigned side = q->side + 2 * QR_QUIET;

	text_addf(out,
		  "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %u %u\""
		  " shape-rendering=\"crispEdges\">"
		  "<rect width=\"%u\" height=\"%u\" fill=\"#fff\"/><path d=\"",
		  side, side, side, side);
	for (int y = 0; y < (int)q->side; y++)
		for (int x = 0; x < (int)q->side; x++)
			if (qr_is_dark(q, x, y))
				text_addf(out, "M%d %dh1v1h-1z", x + QR_QUIET, y + QR_QUIET);
	text_add(out, "\"/></svg>\n");
}

void qr_wipe(struct qr *q)
{
	explicit_bzero(q, sizeof(*q));
}
