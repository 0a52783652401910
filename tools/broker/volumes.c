/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is mounted, for whom, and when it goes again. */
#include "broker/volumes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "broker/data.h"
#include "broker/medium.h"
#include "broker/mounting.h"
#include "broker/prove.h"
#include "broker/service.h"
#include "broker/unlock.h"
#include "lib/base/language.h"

#define CLOSE_MS 120000 /* a slow stick with much to write */
#define AGAIN_MS 2000

static const char *const mount_points[CLIENT_USES] = {
	[USE_DATA] = MOUNTING_FOLDER "/data",
	[USE_MEDIUM] = MOUNTING_FOLDER "/medium",
};

static const char is_gone[] = N_("this disk is gone; what was written last may be missing");
static const char not_in_time[] = N_("it could not be unmounted in time; do not pull it yet");

void volumes_clear(void)
{
	for (size_t i = 0; i < CLIENT_USES; i++)
		mounting_detach(mount_points[i]);
}

void volumes_unmount_all(void)
{
	for (size_t i = 0; i < CLIENT_USES; i++) {
		struct error quiet = { 0 };

		/* What is still open is in the file system's own journal. */
		if (!mounting_unmount(mount_points[i], &quiet))
			continue;
	}
}

void volumes_ask(struct client *k, enum client_use use)
{
	k->volume[use].waits = true;
	k->waiting = true;
}

static bool anyone(const struct clients *c, enum client_use use, bool waiting)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct client_volume *v = &c->list[i].volume[use];

		if (waiting ? v->waits : v->uses)
			return true;
	}
	return false;
}

static void refuse_waiting(struct service *s, enum client_use use, const char *text,
			   const char *about)
{
	for (size_t i = 0; i < s->clients.count; i++) {
		struct client *k = &s->clients.list[i];

		if (!k->volume[use].waits)
			continue;
		k->volume[use].waits = false;
		k->waiting = false;
		client_refuse(k, text, about);
	}
}

/* --- handing out --- */

/* O_PATH: what may be done there is for owner and mode to say, and for the client's user. */
static void hand_out(struct client *k, enum client_use use)
{
	struct client_volume *v = &k->volume[use];
	char path[256];
	struct message m;

	v->waits = false;
	k->waiting = false;
	snprintf(path, sizeof(path), "%s/%s", mount_points[use], v->folder);
	int fd = open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		client_refuse(k, N_("this folder is missing on the stick: write the stick anew"),
			      v->folder);
		return;
	}
	v->uses = true;
	message_start(&m, "type", "folder");
	message_add(&m, "folder", v->folder);
	client_queue_with(k, &m, fd);
}

/* Whoever reads was promised that nothing changes; whoever writes would be stopped. */
static const char *other_use(const struct volume *v)
{
	return v->writes ? N_("this medium is being written to; end that first")
			 : N_("this medium is being read; end that first");
}

static void answer_waiting(struct service *s, enum client_use use)
{
	const struct volume *v = &s->volumes.list[use];

	for (size_t i = 0; i < s->clients.count; i++) {
		struct client *k = &s->clients.list[i];
		const struct client_volume *w = &k->volume[use];

		if (!w->waits)
			continue;
		bool same = w->disk == v->disk && w->partition == v->partition;

		if (use == USE_DATA || (same && w->writes == v->writes)) {
			hand_out(k, use);
			continue;
		}
		k->volume[use].waits = false;
		k->waiting = false;
		client_refuse(k,
			      same ? other_use(v) : N_("another medium is in use; end that first"),
			      "");
	}
}

/* --- opening --- */

/* Is a process still at it, perhaps one whose time was up and that the kernel cannot end? */
static bool is_at_it(const struct jobs *j, enum job_kind kind, enum client_use use)
{
	for (size_t i = 0; i < j->count; i++)
		if (j->list[i].kind == kind && j->list[i].value == use)
			return true;
	return false;
}

static bool is_first(const struct first_stick *f, const struct disk *k)
{
	return f->known && f->size_bytes == k->size_bytes && strcmp(f->model, k->model) == 0 &&
	       strcmp(f->serial, k->serial) == 0;
}

/* Every stick that is plugged in proves itself once. False while that goes on. */
static bool all_proved(struct service *s)
{
	bool all = true;

	for (size_t i = 0; i < s->disks.count; i++) {
		struct disk *k = &s->disks.list[i];
		struct error e = { 0 };

		if (!data_is_candidate(k))
			continue;
		if (k->proof == PROOF_OPEN) {
			struct job *job = prove_start(&s->jobs, k, &s->places, &e);

			k->proof = job ? PROOF_RUNNING : PROOF_BAD;
			if (job)
				job->disk = k->id;
			else
				snprintf(k->proof_text, sizeof(k->proof_text), "%s", e.text);
		}
		all = all && k->proof != PROOF_RUNNING;
	}
	return all;
}

/* The stick to use. NULL with what to say, and about which disk. */
static struct disk *choose(struct service *s, const char **text, const char **about)
{
	struct disk *good = NULL, *first = NULL;
	size_t count = 0, firsts = 0;

	*text = N_("no Blackstart stick is plugged in");
	*about = "";
	for (size_t i = 0; i < s->disks.count; i++) {
		struct disk *k = &s->disks.list[i];

		if (k->content.stick && k->logical > 512 &&
		    (k->removable || strcmp(k->bus, "usb") == 0))
			*text = N_(
				"this stick has sectors of 4096 bytes; nothing can be kept on it, use another one");
		if (!data_is_candidate(k))
			continue;
		if (k->proof != PROOF_GOOD) {
			*text = k->proof_text;
			*about = k->proof_about;
			continue;
		}
		good = k;
		count++;
		if (is_first(&s->volumes.first, k)) {
			first = k;
			firsts++;
		}
	}
	if (count == 1)
		return good;
	if (firsts == 1)
		return first;
	if (count > 1) {
		*text = N_("more than one Blackstart stick is plugged in: pull all but one");
		*about = "";
	}
	return NULL;
}

static bool searching(const struct service *s)
{
	return s->drivers.reached < STAGE_STORAGE || disks_probing(&s->disks) ||
	       drivers_busy(&s->drivers, &s->jobs);
}

static void started(struct service *s, enum client_use use, struct disk *k, unsigned partition,
		    bool writes, struct job *job, const struct error *e)
{
	struct volume *v = &s->volumes.list[use];

	if (!job) {
		refuse_waiting(s, use, e->text, k->name);
		return;
	}
	if (writes)
		unlock_begin(k, &s->places, partition, use == USE_DATA ? DATA_GROW_SECTORS : 0);
	job->value = use;
	*v = (struct volume){
		.state = VOLUME_OPENING, .disk = k->id, .partition = partition, .writes = writes
	};
}

static void open_data(struct service *s)
{
	const char *text, *about;
	struct error e = { 0 };

	if (!all_proved(s))
		return;
	struct disk *k = choose(s, &text, &about);
	if (!k) {
		/* Perhaps it is just being found. */
		if (searching(s))
			text = N_("the disks of this PC are still being looked for: ask again");
		refuse_waiting(s, USE_DATA, text, searching(s) ? "" : about);
		return;
	}
	if (jobs_running(&s->jobs, JOB_REMEMBER) || k->open.is)
		return; /* asked again when that has ended */
	started(s, USE_DATA, k, DATA_PARTITION, true,
		data_start(&s->jobs, k, &s->places, mount_points[USE_DATA], &e), &e);
}

static void open_medium(struct service *s)
{
	for (size_t i = 0; i < s->clients.count; i++) {
		const struct client_volume *w = &s->clients.list[i].volume[USE_MEDIUM];
		struct disk *k = w->waits ? disks_by_id(&s->disks, w->disk) : NULL;
		struct error e = { 0 };

		if (!w->waits)
			continue;
		if (!k)
			refuse_waiting(s, USE_MEDIUM, N_("this disk is gone"), "");
		else
			started(s, USE_MEDIUM, k, w->partition, w->writes,
				medium_start(&s->jobs, k, &s->places, w->partition, w->writes,
					     mount_points[USE_MEDIUM], &e),
				&e);
		return; /* the others are told when this one is open */
	}
}

/* --- closing --- */

/* Everyone who is done and waits for it hears how it went; without `text`, well. */
static void answer_leaving(struct service *s, enum client_use use, const char *text,
			   const char *about)
{
	struct message m;

	message_start(&m, "type", "ok");
	for (size_t i = 0; i < s->clients.count; i++) {
		struct client *k = &s->clients.list[i];

		if (!k->volume[use].leaves)
			continue;
		k->volume[use].leaves = false;
		k->waiting = false;
		if (text)
			client_refuse(k, text, about);
		else
			client_queue(k, &m);
	}
}

struct closing {
	const char *where;
	bool writes;
};

static int run_close(int output, const void *ctx)
{
	const struct closing *c = ctx;
	struct message m;
	struct error unwritten = { 0 }, mounted = { 0 };
	bool ok = !c->writes || mounting_flush(c->where, &unwritten);
	bool unmounted = mounting_unmount(c->where, &mounted);

	message_start(&m, "type", ok && unmounted ? "ok" : "error");
	message_add_yes(&m, "unmounted", unmounted);
	if (!ok) {
		message_add(
			&m, "text",
			N_("a part of what was written did not get onto it: do not trust it, and "
			   "write everything to another one"));
		message_add(&m, "about", unwritten.text);
	} else if (!unmounted) {
		message_add(&m, "text", mounted.text);
	}
	return job_send(output, &m) ? 0 : ERROR_FAILED;
}

static bool close_volume(struct service *s, enum client_use use, struct error *e)
{
	struct volume *v = &s->volumes.list[use];
	const struct closing c = { mount_points[use], v->writes };
	struct job *job = jobs_start(&s->jobs, JOB_CLOSE, CLOSE_MS, run_close, &c, e);

	v->state = job ? VOLUME_CLOSING : VOLUME_STUCK;
	v->again_ms = job_now_ms() + AGAIN_MS;
	if (job)
		job->value = use;
	return job != NULL;
}

void volumes_done(struct service *s, struct client *k, enum client_use use)
{
	struct volume *v = &s->volumes.list[use];
	struct client_volume *w = &k->volume[use];
	bool lost = w->lost;
	struct message m;

	w->uses = w->lost = false;
	if (lost) {
		client_refuse(k, is_gone, "");
		return;
	}
	if ((v->state == VOLUME_OPEN || v->state == VOLUME_STUCK) &&
	    !anyone(&s->clients, use, false)) {
		w->leaves = k->waiting = true;
		v->again_ms = 0; /* with the next volumes_advance() */
		return;
	}
	message_start(&m, "type", "ok");
	client_queue(k, &m);
}

/* The disk left, or its medium did: nobody uses it any more, whatever they believe. */
static void lost(struct service *s, enum client_use use)
{
	struct volume *v = &s->volumes.list[use];

	mounting_detach(mount_points[use]);
	for (size_t i = 0; i < s->clients.count; i++) {
		struct client_volume *w = &s->clients.list[i].volume[use];

		w->lost = w->lost || (w->uses && v->writes);
		w->uses = false;
	}
	/* A job that works on it ends by itself and is then cleaned up after. */
	if (v->state == VOLUME_OPEN || v->state == VOLUME_STUCK) {
		v->state = VOLUME_IDLE;
		answer_leaving(s, use, v->writes ? is_gone : NULL, "");
	}
}

/* Nobody uses it: away with it. Not while the settings are being written to the same stick, whose
 * lock would fall back; nor while the process before is in umount(2), since the kernel then shows
 * nothing that is mounted although it still writes. */
static void close_unused(struct service *s, enum client_use use)
{
	struct volume *v = &s->volumes.list[use];
	struct error e = { 0 };

	if (v->state == VOLUME_STUCK && is_at_it(&s->jobs, JOB_CLOSE, use)) {
		refuse_waiting(s, use, not_in_time, "");
		answer_leaving(s, use, not_in_time, "");
		return;
	}
	bool due = v->state == VOLUME_OPEN ||
		   (v->state == VOLUME_STUCK && job_now_ms() >= v->again_ms);
	if (!due || jobs_in_time(&s->jobs, JOB_REMEMBER) || close_volume(s, use, &e))
		return;
	report("broker", &e);
	answer_leaving(s, use, e.text, "");
}

/* What a process that was given up did last may have been to mount it, or to lift the lock. */
static void clean_up_late(struct service *s, enum client_use use)
{
	if (is_at_it(&s->jobs, JOB_OPEN, use)) {
		refuse_waiting(s, use,
			       N_("the attempt before has not ended yet: pull it, then plug it in "
				  "again"),
			       "");
		return;
	}
	mounting_detach(mount_points[use]);
	disks_lock_again(&s->disks, &s->places);
	s->volumes.list[use].state = VOLUME_IDLE;
}

static void advance(struct service *s, enum client_use use)
{
	struct volume *v = &s->volumes.list[use];

	if (v->state == VOLUME_LATE)
		clean_up_late(s, use);
	if (v->state != VOLUME_IDLE && !disks_by_id(&s->disks, v->disk))
		lost(s, use);
	if (v->state == VOLUME_IDLE && anyone(&s->clients, use, true))
		use == USE_DATA ? open_data(s) : open_medium(s);
	if (v->state == VOLUME_STUCK && !v->unheard && anyone(&s->clients, use, true))
		v->state = VOLUME_OPEN;
	if (v->state == VOLUME_OPEN)
		answer_waiting(s, use);
	if (anyone(&s->clients, use, false))
		answer_leaving(s, use, NULL, ""); /* others use it by now */
	else
		close_unused(s, use);
}

void volumes_advance(struct service *s)
{
	for (unsigned use = 0; use < CLIENT_USES; use++)
		advance(s, (enum client_use)use);
}

bool volumes_pending(const struct volumes *v)
{
	for (size_t i = 0; i < CLIENT_USES; i++)
		if (v->list[i].state == VOLUME_STUCK || v->list[i].state == VOLUME_OPEN)
			return true;
	return false;
}

/* --- what jobs found --- */

static void opened(struct service *s, struct job *job, enum client_use use)
{
	struct volume *v = &s->volumes.list[use];
	struct disk *k = disks_by_id(&s->disks, v->disk);
	struct first_stick *f = &s->volumes.first;
	struct message m;
	bool heard = job_message(job, &m) && job->end == JOB_DONE;

	if (k && heard && message_is(&m, "ok")) {
		v->state = VOLUME_OPEN;
		if (v->writes)
			unlock_settle(k, &s->places);
		if (use == USE_DATA && !f->known) {
			*f = (struct first_stick){ .known = true, .size_bytes = k->size_bytes };
			memcpy(f->model, k->model, sizeof(f->model));
			memcpy(f->serial, k->serial, sizeof(f->serial));
		}
		return;
	}
	v->state = is_at_it(&s->jobs, JOB_OPEN, use) ? VOLUME_LATE : VOLUME_IDLE;
	mounting_detach(mount_points[use]);
	if (k && v->writes)
		unlock_end(k, &s->places);
	if (heard && message_is(&m, "error"))
		refuse_waiting(s, use, message_text(&m, "text"), message_text(&m, "about"));
	else
		refuse_waiting(s, use, N_("it could not be mounted; is it still there?"), "");
}

static void closed(struct service *s, struct job *job, enum client_use use)
{
	struct volume *v = &s->volumes.list[use];
	struct disk *disk = disks_by_id(&s->disks, v->disk);
	struct message m;
	bool heard = job_message(job, &m) && job->end == JOB_DONE;
	bool unmounted = false;

	heard = heard && message_yes(&m, "unmounted", &unmounted);
	v->unheard = !heard;
	v->state = unmounted || !disk ? VOLUME_IDLE : VOLUME_STUCK;
	if (disk && unmounted && v->writes)
		unlock_end(disk, &s->places);
	if (!disk && v->writes)
		answer_leaving(s, use, is_gone, "");
	else if (!heard)
		answer_leaving(s, use, not_in_time, "");
	else if (message_is(&m, "ok"))
		answer_leaving(s, use, NULL, "");
	else
		answer_leaving(s, use, message_text(&m, "text"), message_text(&m, "about"));
}

void volumes_job_ended(struct service *s, struct job *job)
{
	struct disk *disk;

	switch (job->kind) {
	case JOB_PROVE:
		disk = disks_by_id(&s->disks, job->disk);
		if (disk)
			prove_take(job, disk);
		break;
	case JOB_OPEN:
		opened(s, job, (enum client_use)job->value);
		break;
	default:
		closed(s, job, (enum client_use)job->value);
		break;
	}
}
