/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers of bytes in words. */
#include "lib/base/size.h"

#include <inttypes.h>
#include <stdio.h>

#include "lib/base/language.h"

char *size_words(char *out, size_t size, uint64_t bytes)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB", "PB", "EB" };
	const size_t last = sizeof(units) / sizeof(units[0]) - 1;
	uint64_t unit = 1, whole, tenths;
	size_t i = 0;

	while (i < last && bytes / unit >= 1000) {
		unit *= 1000;
		i++;
	}
	whole = bytes / unit + (bytes % unit >= unit - bytes % unit);
	tenths = bytes / unit * 10 + (bytes % unit + unit / 20) / (unit / 10 ? unit / 10 : 1);
	if (i == 0)
		snprintf(out, size, "%" PRIu64 " B", bytes);
	else if (whole >= 1000 && i < last) /* 999.9 MB is sold as 1.0 GB */
		snprintf(out, size, _("%llu.%llu %s"), 1ULL, 0ULL, units[i + 1]);
	else if (tenths < 100)
		snprintf(out, size, _("%llu.%llu %s"), tenths / 10ULL, tenths % 10ULL, units[i]);
	else
		snprintf(out, size, "%" PRIu64 " %s", whole, units[i]);
	return out;
}
