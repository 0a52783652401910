/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Detections of Microsoft Defender: docs/formats/detection_history.md. */
#include "triage/parse/detection_history.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "triage/format.h"

#define FILE_BYTES_MAX ((size_t)16 << 20)

static const char *const columns[] = {
	"threat_name",
	"threat_id",
	"detection_id",
	"initial_detection_time",
	"last_threat_status_change_time",
	"remediation_time",
	"category_id",
	"domain_user",
	"process_name",
	"resources",
	"numbers",
	"strings",
	NULL,
};

/* Names that are keys of their own; the others come as pairs. At most 64. */
static const char *const known[] = {
	"ThreatTrackingSha256",
	"ThreatTrackingSha1",
	"ThreatTrackingMD5",
	"ThreatTrackingSize",
	"ThreatTrackingThreatName",
	"ThreatTrackingThreatId",
	"ThreatTrackingId",
	"ThreatTrackingIdList",
	"ThreatTrackingStartTime",
	"ThreatTrackingParentPid",
	"ThreatTrackingParentCreationTime",
	"ThreatTrackingSigSeq",
	"ThreatTrackingSigSha",
	"ThreatTrackingScanFlags",
	"ThreatTrackingScanSource",
	"ThreatTrackingScanType",
	"ThreatTrackingIsEsuSig",
	"ThreatTrackingResearchData",
};

static const size_t known_count = sizeof(known) / sizeof(known[0]);

/* Its place in that list, or known_count. */
static size_t known_name(struct reader name)
{
	size_t i = 0;

	for (; i < known_count; i++) {
		size_t k = 0;

		if (strlen(known[i]) * 2 != name.left)
			continue;
		while (known[i][k] && name.at[2 * k] == (uint8_t)known[i][k] && !name.at[2 * k + 1])
			k++;
		if (!known[i][k])
			break;
	}
	return i;
}

/* The first that has a name is a key of its own; what comes twice goes to the others. */
static const char *own_key(const struct tracking *t, uint64_t *seen)
{
	const size_t i = known_name(t->name);

	if (i == known_count || *seen >> i & 1)
		return NULL;
	*seen |= UINT64_C(1) << i;
	return known[i];
}

static void tracking_value(struct emit *o, const char *key, const struct tracking *t, bool is_time)
{
	if (t->type == TRACKING_STRING)
		emit_utf16(o, key, t->text.at, t->text.left / 2);
	else if (t->type == TRACKING_ASCII)
		emit_text(o, key, (const char *)t->text.at, t->text.left);
	else if (is_time && t->type == TRACKING_UINT64)
		emit_filetime(o, key, t->number, MOMENT_NONE);
	else
		emit_number(o, key, t->number);
}

static void resource(struct emit *o, const struct format_job *job,
		     const struct detection_resource *q)
{
	struct reader r = detection_tracking(q), again = r;
	uint64_t seen = 0, seen_again = 0;
	struct tracking t;
	bool others = false;

	emit_object(o, NULL);
	emit_utf16(o, "type", q->type.at, q->type.left / 2);
	emit_utf16(o, "location", q->location.at, q->location.left / 2);
	while (detection_tracking_next(&r, &t)) {
		const char *key = own_key(&t, &seen);

		if (key)
			tracking_value(o, key, &t, strstr(key, "Time") != NULL);
		others = others || !key;
	}
	if (r.bad)
		parse_problem(&job->problems, q->offset,
			      N_("what is said about something that was found is damaged"));
	if (others) {
		emit_array(o, "others");
		while (detection_tracking_next(&again, &t)) {
			if (own_key(&t, &seen_again))
				continue;
			emit_object(o, NULL);
			emit_utf16(o, "name", t.name.at, t.name.left / 2);
			tracking_value(o, "value", &t, false);
			emit_close(o);
		}
		emit_close(o);
	}
	emit_close(o);
}

static void fields(struct emit *o, const struct format_job *job, const struct detection *d)
{
	emit_begin(o, "av:defender:detection_history");
	emit_says16(o, d->threat.at, d->threat.left / 2);
	for (unsigned i = 0; i < d->resource_count; i++) {
		const struct reader place = d->resources[i].location;

		emit_says(o, i ? ", " : ": ", 2);
		emit_says16(o, place.at, place.left / 2);
	}
	emit_utf16(o, "threat_name", d->threat.at, d->threat.left / 2);
	emit_number(o, "threat_id", d->threat_id);
	if (d->id)
		emit_guid(o, "detection_id", d->id);
	else
		emit_null(o, "detection_id");
	emit_filetime(o, "initial_detection_time", d->times[1], MOMENT_RECORDED);
	emit_filetime(o, "last_threat_status_change_time", d->times[0], MOMENT_CHANGED);
	emit_filetime(o, "remediation_time", d->times[2], MOMENT_NONE);
	if (d->number_count > 2)
		emit_number(o, "category_id", d->numbers[2]);
	emit_utf16(o, "domain_user", d->user.at, d->user.left / 2);
	emit_utf16(o, "process_name", d->process.at, d->process.left / 2);
	emit_array(o, "resources");
	for (unsigned i = 0; i < d->resource_count; i++)
		resource(o, job, &d->resources[i]);
	emit_close(o);
	emit_array(o, "numbers");
	for (unsigned i = 0; i < d->number_count; i++)
		emit_number(o, NULL, d->numbers[i]);
	emit_close(o);
	emit_array(o, "strings");
	for (unsigned i = 0; i < d->string_count; i++)
		emit_utf16(o, NULL, d->strings[i].at, d->strings[i].left / 2);
	emit_close(o);
}

static bool run(const struct format_job *job, struct emit *o, struct error *e)
{
	struct detection d;
	size_t len = 0;
	uint8_t *bytes = format_whole(&job->inputs[0], FILE_BYTES_MAX, &len, e);
	bool ok = bytes && detection_read(bytes, len, &job->problems, &d, e);

	if (ok) {
		fields(o, job, &d);
		ok = emit_end(o, e);
	}
	free(bytes);
	return ok;
}

const struct format format_detection_history = {
	.name = "detection_history",
	.help = N_("what Defender found (Scans\\History\\Service\\DetectionHistory)"),
	.columns = columns,
	.has_moments = true,
	.inputs_max = 1,
	.run = run,
};
