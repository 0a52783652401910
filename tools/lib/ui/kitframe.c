/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words about the kit that stand on every page. */
#include "lib/ui/kitframe.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/language.h"
#include "lib/data/date.h"

char *date_words(char *out, size_t size, const char *date)
{
	static const char *const months[] = {
		N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun"),
		N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec"),
	};
	int64_t day;

	if (!date_parse(date, &day)) {
		snprintf(out, size, "%s", date);
		return out;
	}
	/* date_parse() has checked that it is four digits, two and two. */
	long year = strtol(date, NULL, 10), month = strtol(date + 5, NULL, 10);

	/* TRANSLATORS: day, month, year: "1 Nov 2026" */
	snprintf(out, size, _("%ld %s %ld"), strtol(date + 8, NULL, 10), _(months[month - 1]),
		 year);
	return out;
}

char *age_words(char *out, size_t size, uint64_t days)
{
	if (days == 0)
		snprintf(out, size, "%s", _("from today"));
	else if (days == 1)
		snprintf(out, size, "%s", _("1 day old"));
	else if (days < 730)
		snprintf(out, size, _("%llu days old"), days + 0ULL);
	else
		snprintf(out, size, _("%llu years old"), days / 365ULL);
	return out;
}

static void add_part(struct text *line, const char *words)
{
	if (line->len)
		text_add(line, " – ");
	text_add(line, words);
}

/* Two strips at most: what warns, and below it what is only to be known. */
static void put_together(struct text *warnings, struct text *notices, struct text *out)
{
	if (warnings->len)
		text_addf(out, "!%s", text_end(warnings));
	if (warnings->len && notices->len)
		text_add(out, "\n");
	text_add(out, text_end(notices));
	text_release(warnings);
	text_release(notices);
}

void kit_frame(const struct kitinfo *k, int64_t now, struct text *header, struct text *notice)
{
	struct text warnings = { 0 }, notices = { 0 };
	char date[40], words[120];

	text_addf(header, _("%s  Kit %llu  %s"), k->organisation, k->version + 0ULL,
		  date_words(date, sizeof(date), k->data_date));
	if (k->exercise)
		add_part(&notices, _("EXERCISE: none of this is real"));
	switch (k->trust.trust) {
	case KIT_MISSING: /* of the folder that was just read: it goes on being judged there */
	case KIT_UNSIGNED:
		add_part(&notices, _("DEVELOPMENT: kit not signed"));
		break;
	case KIT_DAMAGED:
		add_part(&warnings, _("KIT ALTERED: do not rely on it"));
		break;
	case KIT_REFUSED:
		add_part(&warnings, _("KIT REFUSED: do not rely on it"));
		break;
	case KIT_SIGNED:
		break;
	}
	switch (kitinfo_age(k, now)) {
	case KIT_CURRENT:
		break;
	case KIT_REVIEW_DUE:
		snprintf(words, sizeof(words), _("review was due by %s"),
			 date_words(date, sizeof(date), k->review_by));
		add_part(&notices, words);
		break;
	case KIT_EXPIRED:
		snprintf(words, sizeof(words),
			 _("OUT OF DATE since %s: check before you rely on it"),
			 date_words(date, sizeof(date), k->valid_until));
		add_part(&warnings, words);
		break;
	}
	put_together(&warnings, &notices, notice);
}
