/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of the journal that stand on every page. */
#include "lib/ui/journalframe.h"

#include "lib/base/language.h"
#include "lib/data/berlin.h"

void frame_add_notice(struct text *notice, const char *words)
{
	if (notice->len)
		text_add(notice, "\n");
	text_add(notice, words);
}

void frame_add_warning(struct text *notice, const char *words)
{
	frame_add_notice(notice, "!");
	text_add(notice, words);
}

void frame_add_recording(struct text *notice, enum recording recording)
{
	if (recording == RECORDING_NOT)
		frame_add_warning(notice,
				  _("NOTHING IS RECORDED HERE: write down on paper what you do"));
	else if (recording == RECORDING_IN_MEMORY)
		frame_add_warning(notice,
				  _("NOT ON THE STICK: what is entered is in this PC's memory "
				    "only, and lost when it goes off"));
}

void frame_add_newer_kit(struct text *notice, uint64_t version, uint64_t seen)
{
	struct text words = { 0 };

	if (seen <= version)
		return;
	text_addf(&words,
		  _("OLD KIT: this is version %llu; version %llu was in use already. Look for a "
		    "newer stick"),
		  version + 0ULL, seen + 0ULL);
	frame_add_warning(notice, text_end(&words));
	text_release(&words);
}

void frame_add_newer_root(struct text *notice, uint64_t version, uint64_t seen)
{
	struct text words = { 0 };

	if (version == 0 || seen <= version)
		return;
	text_addf(&words,
		  _("OLD LIST OF SIGNERS: this kit is judged by root %llu; root %llu was in use "
		    "already. Look for a newer stick"),
		  version + 0ULL, seen + 0ULL);
	frame_add_warning(notice, text_end(&words));
	text_release(&words);
}

void frame_add_deadline(struct text *notice, const char *title, int64_t due_ms, int64_t now_ms)
{
	struct text words = { 0 };
	char when[BERLIN_WORDS];

	/* The time of the end, not what is left of it: that would be said anew every minute. */
	if (due_ms > now_ms) {
		text_addf(&words, _("By %s: %s"), berlin_words(when, due_ms), title);
		frame_add_notice(notice, text_end(&words));
	} else {
		text_addf(&words, _("OVERDUE since %s: %s"), berlin_words(when, due_ms), title);
		frame_add_warning(notice, text_end(&words));
	}
	text_release(&words);
}
