/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What follows when a child ended, and what waits for a free place. */
#include "broker/service.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "broker/encrypted.h"
#include "broker/power.h"
#include "broker/probe.h"
#include "broker/remember.h"
#include "broker/sysfs.h"
#include "lib/base/language.h"

#define PROBES_AT_ONCE 8

static void probe_ended(struct service *s, struct job *job)
{
	struct disk *k = disks_by_id(&s->disks, job->disk);

	if (!k)
		return; /* it left meanwhile */
	disk_content_clear(&k->content);
	probe_take(job, &k->content);
	k->probe = PROBE_FINISHED;
}

static void remember_ended(struct service *s, struct job *job, struct client *k)
{
	struct disk *disk = disks_by_id(&s->disks, job->disk);
	struct message m;
	struct error e = { 0 };

	if (disk) {
		/* However it ended: locked, and only our own page forgiven. */
		disk->settings_sectors = 0;
		uint64_t written = disk_written_sectors(disk, &s->places);

		disk->written_base += written < REMEMBER_SECTORS ? written : REMEMBER_SECTORS;
		disk->lock_failed = !s->places.images && !disk->open.is &&
				    !disk_lock(disk, &s->places, &e);
		if (disk->lock_failed)
			disk->notes |= NOTE_UNLOCKED;
	}
	if (!k)
		return;
	if (!job_message(job, &m) || job->end != JOB_DONE)
		client_refuse(k, N_("the settings could not be written; is the stick still there?"),
			      "");
	else
		client_queue(k, &m);
}

static void helper_ended(struct service *s, const struct job *job, struct client *k)
{
	struct message m;

	if (job->kind == JOB_FONT && job->end == JOB_DONE)
		s->console.chosen = job->value;
	if (!k)
		return;
	if (job->end != JOB_DONE) {
		client_refuse(k, N_("the console did not take it"), "");
		return;
	}
	message_start(&m, "type", "ok");
	client_queue(k, &m);
}

/* Taken even if nobody waits any more: that is how the mapping goes again. */
static void decrypt_ended(struct service *s, struct job *job, struct client *k)
{
	struct error e = { 0 };
	struct message m;
	uint64_t mapping;
	int fd = -1;

	if (!job_message(job, &m) || job->end != JOB_DONE) {
		if (k)
			client_refuse(k, N_("the volume cannot be opened"), "");
		return;
	}
	if (message_number(&m, "mapping", UINT32_MAX, &mapping))
		fd = encrypted_take(&s->places, mapping, &e);
	else if (k)
		client_queue(k, &m);
	if (fd >= 0 && k) {
		message_start(&m, "type", "disk-open");
		message_add(&m, "disk", "");
		client_queue_with(k, &m, fd);
	} else if (fd >= 0) {
		close(fd);
	} else if (e.kind) {
		report("broker", &e);
		if (k)
			client_refuse(k, N_("the volume cannot be opened"), e.text);
	}
}

void service_switch_off(struct service *s, struct client *k)
{
	struct error e = { 0 };

	(void)power_check_written(&s->disks, &s->places);
	if (power_end(s->power == POWER_RESTARTS, &e))
		return;
	report("broker", &e);
	if (k)
		client_refuse(k, N_("the PC does not switch off; press its power button"), e.text);
}

/* What is only in memory goes with the power: the person decides, and only once it was said. */
static void sync_ended(struct service *s, const struct job *job, struct client *k)
{
	bool told = s->unwritten;

	s->unwritten = job->end != JOB_DONE;
	if (!s->unwritten || told) {
		service_switch_off(s, k);
		return;
	}
	if (k)
		client_refuse(
			k,
			N_("not everything is written yet: leave the stick in, wait some minutes, then ask again. "
			   "Asked again, the PC goes off even if the end of what was written is lost."),
			"");
}

void service_job_ended(struct service *s, struct job *job)
{
	struct client *k = clients_by_id(&s->clients, job->client);

	if (k)
		k->waiting = false;
	switch (job->kind) {
	case JOB_PROBE:
		probe_ended(s, job);
		break;
	case JOB_REMEMBER:
		remember_ended(s, job, k);
		break;
	case JOB_PROVE:
	case JOB_OPEN:
	case JOB_CLOSE:
		volumes_job_ended(s, job);
		break;
	case JOB_DECRYPT:
		decrypt_ended(s, job, k);
		break;
	case JOB_LINK:
	case JOB_LEASE:
	case JOB_ADDRESS:
		network_job_ended(&s->network, &s->jobs, job);
		break;
	case JOB_DRIVERS:
		drivers_job_ended(&s->drivers, job);
		break;
	case JOB_KEYBOARD:
	case JOB_FONT:
		helper_ended(s, job, k);
		break;
	case JOB_SYNC:
		sync_ended(s, job, k);
		break;
	}
	if (job->kind == JOB_REMEMBER || job->kind == JOB_OPEN || job->kind == JOB_CLOSE)
		disks_lock_again(&s->disks, &s->places);
}

static void start_probe(struct service *s, struct disk *k)
{
	struct probe_request r = {
		.size_bytes = k->size_bytes,
		.sector_bytes = k->logical == 4096 ? 4096 : 512,
		.hardware = !s->places.images,
	};
	struct error e = { 0 };
	struct job *job = NULL;

	r.raw.vpd80_len = sysfs_bytes(r.raw.vpd80, sizeof(r.raw.vpd80),
				      "%s/block/%s/device/vpd_pg80", s->places.sysfs, k->name);
	r.fd = disk_open(k, &s->places, O_RDONLY, &e);
	if (r.fd >= 0) {
		job = probe_start(&s->jobs, &r, &e);
		close(r.fd);
	}
	if (job) {
		job->disk = k->id;
		k->probe = PROBE_RUNNING;
		return;
	}
	k->notes |= NOTE_UNREADABLE;
	k->probe = PROBE_FINISHED;
	error_prefix(&e, "%s: ", k->name);
	report("broker", &e);
}

void service_start_waiting(struct service *s)
{
	drivers_start(&s->drivers, &s->jobs, &s->places);
	for (size_t i = 0; i < s->disks.count; i++)
		if (s->disks.list[i].probe == PROBE_WANTED &&
		    jobs_running(&s->jobs, JOB_PROBE) < PROBES_AT_ONCE)
			start_probe(s, &s->disks.list[i]);
	volumes_advance(s);
	network_advance(&s->network, &s->jobs, &s->drivers, &s->places);
}
