/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a detection and as its tracking data: what is handed out lies in them, and it ends. */
#include <assert.h>

#include "triage/parse/detection_history.h"

static void within(struct reader r, const uint8_t *data, size_t size)
{
	assert(!r.left || (r.at >= data && r.at + r.left <= data + size));
}
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct detection d;
	struct detection_resource whole = { .tracking = reader_of(data, size) };
	struct reader r = detection_tracking(&whole);
	struct tracking t;
	struct error e = { 0 };

	while (detection_tracking_next(&r, &t)) {
		within(t.name, data, size);
		within(t.text, data, size);
	}
	if (!detection_read(data, size, NULL, &d, &e))
		return 0;
	within(d.user, data, size);
	within(d.threat, data, size);
	assert(d.resource_count <= DETECTION_RESOURCES_MAX && d.time_count <= DETECTION_TIMES_MAX);
	for (unsigned i = 0; i < d.resource_count; i++)
		within(d.resources[i].tracking, data, size);
	return 0;
}
