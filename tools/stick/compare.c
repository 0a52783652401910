/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stick against the image that it was made from. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/ui/progress.h"
#include "stick/stick.h"

#define MBR_CODE_BYTES 440
#define PIECE ((size_t)1 << 20)

static const struct {
	uint64_t from, to;
	const char *what;
} parts[] = {
	{ 0, MBR_CODE_BYTES, N_("the boot code in the first sector") },
	{ 1 * MIB, SETTINGS_AT, N_("partition 1, GRUB for BIOS PCs") },
	{ SETTINGS_AT + SETTINGS_BYTES, 2 * MIB, N_("partition 1, GRUB for BIOS PCs") },
	{ 2 * MIB, 514 * MIB, N_("partition 2, what firmware and GRUB read") },
};
#define PARTS (sizeof(parts) / sizeof(parts[0]))

/* One piece in both: true with *differs the first place, or SIZE_MAX. */
static bool compare_piece(struct input *const in[2], uint8_t *const buf[2], uint64_t at, size_t len,
			  size_t *differs, struct error *e)
{
	for (int i = 0; i < 2; i++)
		if (!read_at(in[i]->fd, at, buf[i], len, e))
			return error_prefix(e, "%s: ", i ? _("the image") : _("the stick"));
	*differs = SIZE_MAX;
	if (memcmp(buf[0], buf[1], len) != 0)
		for (*differs = 0; buf[0][*differs] == buf[1][*differs];)
			++*differs;
	return true;
}

bool compare_image(struct input *stick, struct input *image, char *what, size_t what_size,
		   struct error *e)
{
	struct input *const in[2] = { stick, image };
	uint8_t *const buf[2] = { mem_alloc(PIECE), mem_alloc(PIECE) };
	struct progress p = progress_begin(_("comparing with the image"), 514 * MIB);
	bool ok = true;

	*what = '\0';
	for (size_t i = 0; ok && !*what && i < PARTS; i++)
		for (uint64_t at = parts[i].from; ok && !*what && at < parts[i].to;) {
			uint64_t left = parts[i].to - at;
			size_t len = left < PIECE ? (size_t)left : PIECE, differs;

			ok = compare_piece(in, buf, at, len, &differs, e);
			if (ok && differs != SIZE_MAX)
				snprintf(what, what_size,
					 _("%s differs from the image at byte %llu"),
					 _(parts[i].what), at + differs + 0ULL);
			at += len;
			progress_at(&p, at);
		}
	progress_end(&p);
	free(buf[0]);
	free(buf[1]);
	return ok;
}
