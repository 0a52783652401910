/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drivers by modalias, in three stages, through modprobe. */
#include "broker/drivers.h"

#include <dirent.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/sysfs.h"
#include "lib/base/memory.h"

#define BATCH 64           /* aliases for one modprobe */
#define WANTED_MAX 4096    /* no PC has as many different devices */
#define MODPROBE_MS 180000 /* ending one that is only slow may break its driver */
#define SETTLE_MS 3000     /* USB storage waits 1 s before it looks for disks */
#define ALIAS_MAX 256

/* First match decides. PCI: bc is the class, sc the subclass, in hex. */
static const struct rule {
	const char *pattern;
	enum driver_stage stage;
	const char *also;
} rules[] = {
	/* USB hosts: UHCI, OHCI, EHCI, xHCI */
	{ "pci:*bc0Csc03i*", STAGE_INPUT, NULL },
	/* Keyboards and pointers */
	{ "usb:*ic03isc*", STAGE_INPUT, NULL },
	{ "hid:*", STAGE_INPUT, NULL },
	{ "serio:*", STAGE_INPUT, NULL },
	{ "acpi:*PNP0C50:*", STAGE_INPUT, NULL }, /* HID over I2C */
	{ "virtio:d00000012v*", STAGE_INPUT, NULL },
	/* The roads to them: I2C of Intel (LPSS) and AMD, their pins, Hyper-V */
	{ "pci:v00008086*bc0Csc80i*", STAGE_INPUT, NULL },
	{ "pci:v00008086*bc11sc80i*", STAGE_INPUT, NULL },
	{ "acpi:INT33C[23]:*", STAGE_INPUT, NULL },
	{ "acpi:INT343[23]:*", STAGE_INPUT, NULL },
	{ "acpi:80860F41:*", STAGE_INPUT, NULL },
	{ "acpi:808622C1:*", STAGE_INPUT, NULL },
	{ "acpi:AMDI0010:*", STAGE_INPUT, NULL },
	{ "acpi:AMDI0030:*", STAGE_INPUT, NULL },
	{ "acpi:INT33F[CF]:*", STAGE_INPUT, NULL },
	{ "acpi:INT34[45BC][0-9A-F]:*", STAGE_INPUT, NULL },
	{ "acpi:INTC10[0-9A-F][0-9A-F]:*", STAGE_INPUT, NULL },
	{ "acpi:VMB[Uu][Ss]:*", STAGE_INPUT, NULL },
	{ "acpi:MSFT1000:*", STAGE_INPUT, NULL },
	{ "vmbus:6dad12f9172bea48bd65f927a61c7684", STAGE_INPUT, NULL }, /* keyboard */
	/* Storage: SATA, NVMe, RAID, SAS, UFS and all other class 01; SD hosts */
	{ "pci:*bc01sc06i*", STAGE_STORAGE, "ahci" },
	{ "pci:*bc01sc08i*", STAGE_STORAGE, "nvme" },
	{ "pci:*bc01sc*", STAGE_STORAGE, NULL },
	{ "pci:*bc08sc05i*", STAGE_STORAGE, NULL },
	{ "pci:v000010ECd000052*bcFFsc*", STAGE_STORAGE, NULL }, /* Realtek card readers */
	{ "platform:rtsx_pci_sdmmc*", STAGE_STORAGE, NULL },
	{ "acpi:PNP0D40:*", STAGE_STORAGE, NULL },
	{ "acpi:80860F1[46]:*", STAGE_STORAGE, NULL },
	{ "acpi:INT33[BC][B6]:*", STAGE_STORAGE, NULL },
	{ "acpi:INT344D:*", STAGE_STORAGE, NULL },
	{ "acpi:AMDI0040:*", STAGE_STORAGE, NULL },
	{ "usb:*ic08isc*ip62in*", STAGE_STORAGE, "uas" },
	{ "usb:*ic08isc*", STAGE_STORAGE, "usb-storage" },
	{ "scsi:t-0x00*", STAGE_STORAGE, "sd_mod" },
	{ "scsi:t-0x0e*", STAGE_STORAGE, "sd_mod" },
	{ "mmc:block", STAGE_STORAGE, "mmc_block" },
	{ "virtio:d00000002v*", STAGE_STORAGE, "virtio_blk" },
	{ "virtio:d00000008v*", STAGE_STORAGE, NULL },
	{ "vmbus:d96361baa104294db60572e2ffb1dc7f", STAGE_STORAGE, NULL }, /* SCSI */
	{ "vmbus:32264132cb86a2449b5c50d1417354f5", STAGE_STORAGE, NULL }, /* IDE */
	{ "xen:vbd", STAGE_STORAGE, NULL },
	/* Wired network: Ethernet cards; USB adapters by class and by maker (Realtek, ASIX,
	 * Microchip), since most say only that they are vendor specific. Wireless (bc02sc80)
	 * never. */
	{ "pci:*bc02sc00i*", STAGE_NETWORK, NULL },
	{ "usb:*ic02isc06ip*", STAGE_NETWORK, NULL }, /* CDC Ethernet */
	{ "usb:*ic02isc0Dip*", STAGE_NETWORK, NULL }, /* CDC NCM */
	{ "usb:v0BDAp81[0-9A-F][0-9A-F]d*icFF*", STAGE_NETWORK, NULL },
	{ "usb:v0B95p*icFF*", STAGE_NETWORK, NULL },
	{ "usb:v0424p[79E]*icFF*", STAGE_NETWORK, NULL },
	{ "usb:v17EFp*icFFiscFFip00*", STAGE_NETWORK, NULL }, /* Lenovo's docks */
	{ "virtio:d00000001v*", STAGE_NETWORK, NULL },
	{ "vmbus:635161f83edfc546913ff2d2f965ed0e", STAGE_NETWORK, NULL },
	{ "xen:vif", STAGE_NETWORK, NULL },
};

enum driver_stage driver_stage(const char *modalias, const char **also)
{
	*also = NULL;
	/* It becomes an argument: nothing that could be read as something else. */
	if (strlen(modalias) >= ALIAS_MAX ||
	    strspn(modalias, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
			     ":_-,.+") != strlen(modalias))
		return STAGE_NEVER;
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (fnmatch(rules[i].pattern, modalias, 0) == 0) {
			*also = rules[i].also;
			return rules[i].stage;
		}
	return STAGE_NEVER;
}

static void want(struct drivers *d, const char *alias)
{
	for (size_t i = 0; i < d->count; i++)
		if (strcmp(d->wanted[i], alias) == 0)
			return;
	if (d->count == WANTED_MAX)
		return;
	mem_grow(&d->wanted, &d->capacity, d->count + 1, sizeof(*d->wanted));
	d->wanted[d->count++] = mem_string(alias);
}

void drivers_offer(struct drivers *d, const char *modalias)
{
	const char *also;
	enum driver_stage stage = driver_stage(modalias, &also);

	/* What belongs to a later stage is found again when that begins. */
	if (stage == STAGE_NEVER || stage > d->reached)
		return;
	want(d, modalias);
	if (also)
		want(d, also);
	if (stage >= STAGE_STORAGE)
		d->active_ms = job_now_ms();
}

static void walk_bus(struct drivers *d, const struct places *p, const char *bus)
{
	char folder[512];

	snprintf(folder, sizeof(folder), "%s/bus/%s/devices", p->sysfs, bus);
	DIR *dir = opendir(folder);
	if (!dir)
		return;
	for (struct dirent *n; (n = readdir(dir));) {
		char alias[ALIAS_MAX + 1];

		if (n->d_name[0] != '.' && !sysfs_exists("%s/%s/driver", folder, n->d_name) &&
		    sysfs_text(alias, sizeof(alias), "%s/%s/modalias", folder, n->d_name))
			drivers_offer(d, alias);
	}
	closedir(dir);
}

void drivers_reach(struct drivers *d, const struct places *p, enum driver_stage stage)
{
	char folder[512];

	if (stage <= d->reached)
		return;
	d->reached = stage;
	snprintf(folder, sizeof(folder), "%s/bus", p->sysfs);
	DIR *dir = opendir(folder);
	if (!dir)
		return;
	for (struct dirent *n; (n = readdir(dir));)
		if (n->d_name[0] != '.')
			walk_bus(d, p, n->d_name);
	closedir(dir);
}

struct batch {
	const char *path;
	const char *argv[BATCH + 5];
};

static int run_modprobe(int output, const void *ctx)
{
	const struct batch *b = ctx;

	(void)output;
	return job_exec(b->path, b->argv);
}

void drivers_start(struct drivers *d, struct jobs *j, const struct places *p)
{
	struct batch b = { p->path, { "modprobe", "-q", "-a", "--" } };
	struct error e = { 0 };
	size_t n = 0, most = d->loaded < d->alone ? 1 : BATCH;

	/* One that the kernel cannot end may stay for good: the others do not wait for it. */
	if (d->loaded == d->count || jobs_in_time(j, JOB_DRIVERS))
		return;
	while (n < most && d->loaded + n < d->count) {
		b.argv[4 + n] = d->wanted[d->loaded + n];
		n++;
	}
	if (!jobs_start(j, JOB_DRIVERS, d->limit_ms ? d->limit_ms : MODPROBE_MS, run_modprobe, &b,
			&e)) {
		report("broker", &e);
		return; /* tried again at the next event */
	}
	d->loaded += n;
	d->running = n;
}

void drivers_job_ended(struct drivers *d, const struct job *job)
{
	/* Its exit status says only that one of many aliases has no module. */
	if ((job->end == JOB_TIMED_OUT || job->end == JOB_CRASHED) && d->running > 1) {
		d->alone = d->loaded;
		d->loaded -= d->running;
	}
	d->running = 0;
	if (d->reached >= STAGE_STORAGE)
		d->active_ms = job_now_ms();
}

bool drivers_busy(const struct drivers *d, const struct jobs *j)
{
	return d->loaded < d->count || jobs_in_time(j, JOB_DRIVERS) ||
	       (d->active_ms && job_now_ms() - d->active_ms < SETTLE_MS);
}

void drivers_release(struct drivers *d)
{
	for (size_t i = 0; i < d->count; i++)
		free(d->wanted[i]);
	free(d->wanted);
	*d = (struct drivers){ 0 };
}
