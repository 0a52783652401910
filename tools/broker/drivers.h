/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BROKER_DRIVERS_H
#define BROKER_DRIVERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "broker/job.h"
#include "broker/places.h"

/*
 * Which drivers load, and when. Input first; storage only when the person
 * already sees the first page; wired network only when somebody asks for it;
 * nothing else at all.
 */
enum driver_stage { STAGE_NEVER, STAGE_INPUT, STAGE_STORAGE, STAGE_NETWORK };

/* The stage of a device by its modalias, and in *also a module to load by name
 * beside it, or NULL. */
enum driver_stage driver_stage(const char *modalias, const char **also);

struct drivers {
	enum driver_stage reached;
	char **wanted; /* aliases, in order; the first `loaded` of them are done or running */
	size_t count, capacity, loaded;
	size_t running;   /* so many of these are what modprobe was started with last */
	size_t alone;     /* those before this one get a modprobe each: together they did not end */
	int64_t limit_ms; /* of one modprobe; 0: the usual (tests have less time) */
	int64_t active_ms; /* when something last happened that may bring disks; 0 never */
};

/* Begin a stage: what is there and has no driver yet. */
void drivers_reach(struct drivers *d, const struct places *p, enum driver_stage stage);

/* A device says its alias: load its driver now or when its stage comes. */
void drivers_offer(struct drivers *d, const char *modalias);

/* Start modprobe if something waits and none runs. */
void drivers_start(struct drivers *d, struct jobs *j, const struct places *p);

/* A JOB_DRIVERS ended. If it did not by itself, what it was to load is tried again, each alone: one driver
 * that hangs must not keep away the disks of all the others. */
void drivers_job_ended(struct drivers *d, const struct job *job);

/* True while drivers load or what they drive may still be appearing. */
bool drivers_busy(const struct drivers *d, const struct jobs *j);

void drivers_release(struct drivers *d);

#endif
