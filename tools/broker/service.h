/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BROKER_SERVICE_H
#define BROKER_SERVICE_H

#include "broker/clients.h"
#include "broker/console.h"
#include "broker/disks.h"
#include "broker/drivers.h"
#include "broker/job.h"
#include "broker/network.h"
#include "broker/places.h"
#include "broker/volumes.h"

enum power_wish { POWER_STAYS, POWER_GOES_OFF, POWER_RESTARTS };

/* All that the running broker knows. */
struct service {
	struct places places;
	struct disks disks;
	struct jobs jobs;
	struct drivers drivers;
	struct console console;
	struct clients clients;
	struct volumes volumes;
	struct network network;
	enum power_wish power;
	bool unwritten; /* writing before the power goes did not end: the person was told */
};

/* Answer one request, or start the job that will. */
void service_request(struct service *s, struct client *k, const char *bytes, size_t len);

/* Off it goes, whatever is written by now; k, who asked for it or NULL, is told if it
 * does not. */
void service_switch_off(struct service *s, struct client *k);

/* A job ended: note what it found, answer who waits. */
void service_job_ended(struct service *s, struct job *job);

/* Start what waits for a free place: probes, drivers. */
void service_start_waiting(struct service *s);

#endif
