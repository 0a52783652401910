/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_UI_JOURNALFRAME_H
#define LIB_UI_JOURNALFRAME_H

#include <stdint.h>

#include "lib/base/text.h"

/* What stands in the frame of every page (ui_frame) because of the journal: in the menu and in
 * the handbook the same words. */

/* Where events go: to the stick; only to the writer's memory, for the stick is away or full;
 * nowhere, for no writer answers. */
enum recording { RECORDING_STORED, RECORDING_IN_MEMORY, RECORDING_NOT };

/* One more notice, or warning, in a strip of its own. */
void frame_add_notice(struct text *notice, const char *words);
void frame_add_warning(struct text *notice, const char *words);

/* Nothing for what is stored. */
void frame_add_recording(struct text *notice, enum recording recording);

/* A warning where the journal has seen a newer version of the kit than the one that runs: an
 * older one was signed as well, and only memory tells. */
void frame_add_newer_kit(struct text *notice, uint64_t version, uint64_t seen);

/* The same for the root that judges a signed kit; `version` is 0 where none did. */
void frame_add_newer_root(struct text *notice, uint64_t version, uint64_t seen);

/* The deadline that is due next: until when, or a warning since when. Times in ms since 1970. */
void frame_add_deadline(struct text *notice, const char *title, int64_t due_ms, int64_t now_ms);

#endif
