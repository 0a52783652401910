/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as what lies in values: tasks, boot devices, UserAssist, BAM, names and SIDs. */
#include <stdlib.h>
#include <string.h>

#include "triage/parse/amcache.h"
#include "triage/parse/bcd.h"
#include "triage/parse/taskcache.h"
#include "triage/parse/userassist.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct regf_bytes b = { data, len };
	struct regf_text wide = { data, len & ~(size_t)1, false };
	struct taskcache_action action;
	struct taskcache_actions a;
	char key[AMCACHE_KEY_MAX], sid[REGF_SID_MAX];

	if (taskcache_times(b, &(struct taskcache_times){ 0 }) && len > 36)
		abort();
	if (userassist_parse(b, &(struct userassist){ 0 }) && len != 16 && len != 72)
		abort();
	if (regf_sid(b, sid) && strlen(sid) > 11 * len)
		abort();
	if (bam_parse(b, &(struct bam){ 0 }) && !bcd_device_parse(b, &(struct bcd_device){ 0 }))
		return 0;
	if (strspn(amcache_snake(key, wide), "abcdefghijklmnopqrstuvwxyz0123456789_") !=
	    strlen(key))
		abort();
	for (bool any = taskcache_actions(b, &a); any && taskcache_next(&a, &action);)
		if (action.command.len > len)
			abort();
	return 0;
}
