/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The time of day, as a person read it from a watch. */
#include "broker/clock.h"

#include <errno.h>
#include <string.h>
#include <time.h>

bool clock_set(uint64_t utc_ms, struct error *e)
{
	const struct timespec t = {
		.tv_sec = (time_t)(utc_ms / 1000),
		.tv_nsec = (long)(utc_ms % 1000) * 1000000,
	};

	if (clock_settime(CLOCK_REALTIME, &t) == 0)
		return true;
	return error_set(e, ERROR_FAILED, "%s", strerror(errno));
}
