/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BROKER_INTERFACE_H
#define BROKER_INTERFACE_H

#include <stdbool.h>
#include <stddef.h>

#include "broker/job.h"
#include "broker/network.h"

/* What is done to network cards: each a job with only the rights for it. */
#define INTERFACES_MAX 16
#define INTERFACE_NAME 16 /* bytes with the end: the kernel's IFNAMSIZ */

struct interface_list {
	char name[INTERFACES_MAX][INTERFACE_NAME];
	size_t count;
};

/* JOB_LINK: switch them on, IPv6 off. */
__attribute__((warn_unused_result))
struct job *interface_up_start(struct jobs *j, const struct interface_list *all, struct error *e);

/* JOB_LEASE: ask for an address by DHCP, or find a link-local one that is free; runs as
 * long as the address holds. Sends `type=lease` and `type=lost` messages. */
__attribute__((warn_unused_result))
struct job *interface_lease_start(struct jobs *j, const char *interface, const char *path,
				  const char *share, bool local, struct error *e);

/* JOB_ADDRESS: give it its address and the way out; an address of 0 takes them away. */
__attribute__((warn_unused_result))
struct job *interface_address_start(struct jobs *j, const char *interface,
				    const struct network_lease *lease, struct error *e);

#endif
