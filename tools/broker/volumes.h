/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BROKER_VOLUMES_H
#define BROKER_VOLUMES_H

#include <stdbool.h>
#include <stdint.h>

#include "broker/clients.h"
#include "broker/job.h"
#include "lib/data/message.h"

/*
 * The two things that the broker mounts: the stick's own data partition and one external
 * medium. Mounted when a client asks, unmounted when no client uses it any more, taken
 * away when the disk is gone. Everything slow is a job.
 */
enum volume_state {
	VOLUME_IDLE,
	VOLUME_OPENING,
	VOLUME_OPEN,
	VOLUME_CLOSING,
	VOLUME_LATE,  /* the time to open it was up, and its process may mount it yet */
	VOLUME_STUCK, /* nobody uses it, but something there is still open */
};

struct volume {
	enum volume_state state;
	uint64_t disk; /* id of the appearance that it lies on */
	unsigned partition;
	bool writes;      /* its lock is lifted; else the disk stays locked */
	bool unheard;     /* unmounting it did not end by itself: perhaps it is no longer mounted */
	int64_t again_ms; /* when to try unmounting again; 0 at once */
};

/* The stick whose data partition was the first to be used since the start. */
struct first_stick {
	bool known;
	char model[MESSAGE_DEVICE_TEXT + 1], serial[MESSAGE_DEVICE_TEXT + 1];
	uint64_t size_bytes;
};

struct volumes {
	struct volume list[CLIENT_USES];
	struct first_stick first;
};

struct service;

/* Take away what a broker before this one has mounted; before disks are locked. */
void volumes_clear(void);

/* A client wants what k->volume[use] says; the answer comes once it is there, or not. */
void volumes_ask(struct client *k, enum client_use use);

/* A client is done. Answered at once if others still use it, else when it is unmounted; refused if
 * it left before it was, since the end of what was written may be missing. */
void volumes_done(struct service *s, struct client *k, enum client_use use);

/* The next step of each: after every event. */
void volumes_advance(struct service *s);

/* A JOB_PROVE, JOB_OPEN or JOB_CLOSE ended. */
void volumes_job_ended(struct service *s, struct job *job);

/* True while time alone brings the next step. */
bool volumes_pending(const struct volumes *v);

/* In the job before the power goes: write and unmount what there is. */
void volumes_unmount_all(void);

#endif
