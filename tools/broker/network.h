/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BROKER_NETWORK_H
#define BROKER_NETWORK_H

#include <stdbool.h>
#include <stdint.h>

#include "broker/drivers.h"
#include "broker/job.h"
#include "broker/places.h"

/*
 * The wired network, brought up when somebody asks and never before
 * (docs/formats/broker.md#network): drivers, link, an address by DHCP, else a
 * link-local one. IPv4 only, no names, nobody trusted for being near.
 */
enum network_state {
	NETWORK_OFF,
	NETWORK_DRIVERS, /* until all have loaded, and helpers of a failed one are gone */
	NETWORK_LINK,    /* cards are up; is a cable plugged in? */
	NETWORK_DHCP,
	NETWORK_LOCAL, /* nobody gave an address: one of our own choice */
	NETWORK_UP,
	NETWORK_FAILED,
};

struct network {
	enum network_state state;
	bool local; /* the address is a link-local one */
	char interface[16];
	char address[20]; /* "192.168.7.20/24" */
	int64_t until_ms; /* of NETWORK_LINK */
	const char *note; /* of NETWORK_FAILED: a message id */
};

/* An address as a lease brings it. */
struct network_lease {
	uint32_t address, mask, router; /* as they stand in a packet; router 0: none */
};

/* Somebody asks: begin, or begin anew after a failure. */
void network_want(struct network *n);

/* The next step: after every event. */
void network_advance(struct network *n, struct jobs *j, const struct drivers *d,
		     const struct places *p);
void network_job_ended(struct network *n, struct jobs *j, struct job *job);

/* True while time alone brings the next step. */
bool network_pending(const struct network *n);

/* The `type=network` message. */
void network_message(const struct network *n, struct message *m);

/* What the helpers' script reports (rootfs/usr/share/blackstart/lease), checked: numbers
 * and nothing else, an address that a host can have. False if it is no lease. */
__attribute__((warn_unused_result))
bool network_lease_parse(const struct message *m, struct network_lease *lease);

/* "192.168.7.20/24". Returns out. */
char *network_address(char out[20], const struct network_lease *lease);

#endif
