/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Short times and spans. */
#include "handbook/when.h"

#include <stdio.h>

#include "lib/base/language.h"

char *when_words(char out[WHEN_WORDS], int64_t utc_ms, int64_t now_ms)
{
	struct berlin t, now;

	berlin_local(utc_ms, &t);
	berlin_local(now_ms, &now);
	if (t.day != now.day || t.month != now.month || t.year != now.year)
		return berlin_words(out, utc_ms);
	snprintf(out, WHEN_WORDS, "%02u:%02u", t.hour, t.minute);
	return out;
}

char *when_left(char out[WHEN_WORDS], int64_t left_ms, bool seconds)
{
	long long s = left_ms > 0 ? (left_ms + 999) / 1000 : 0, minutes = (s + 59) / 60;

	if (s >= 3600)
		snprintf(out, WHEN_WORDS, _("%lld h %lld min"), minutes / 60, minutes % 60);
	else if (seconds)
		snprintf(out, WHEN_WORDS, "%lld:%02lld", s / 60, s % 60);
	else
		snprintf(out, WHEN_WORDS, _("%lld min"), minutes);
	return out;
}
