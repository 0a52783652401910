/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Switching the PC off, after a last look at what must not have happened. */
#include "broker/power.h"

#include <stdio.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "broker/console.h"
#include "broker/volumes.h"
#include "lib/base/language.h"

#define SYNC_MS 180000 /* a slow stick with much to write, as for closing it */
#define READ_SECONDS 8 /* for the person to read an alarm */

static int run_sync(int output, const void *ctx)
{
	(void)output, (void)ctx;
	sync();
	volumes_unmount_all();
	return 0;
}

struct job *power_sync(struct jobs *j, struct error *e)
{
	return jobs_start(j, JOB_SYNC, SYNC_MS, run_sync, NULL, e);
}

bool power_check_written(const struct disks *d, const struct places *p)
{
	bool clean = true;

	for (size_t i = 0; i < d->count; i++) {
		const struct disk *k = &d->list[i];
		uint64_t sectors = disk_written_sectors(k, p);
		char line[200];

		if (k->lock_failed || !sectors)
			continue;
		snprintf(
			line, sizeof(line),
			_("ALARM: %llu sectors were written to the locked disk %s. Write this down with the PC's name."),
			(unsigned long long)sectors, k->name);
		console_alarm(p, line);
		clean = false;
	}
	if (!clean)
		sleep(READ_SECONDS);
	return clean;
}

bool power_end(bool restart, struct error *e)
{
	if (reboot(restart ? RB_AUTOBOOT : RB_POWER_OFF) == 0)
		return true;
	return error_errno(e, _("the kernel does not switch off"));
}
