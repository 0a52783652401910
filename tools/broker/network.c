/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The wired network: which card, which address, how far it is. */
#include "broker/network.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "broker/interface.h"
#include "broker/sysfs.h"
#include "lib/base/language.h"

#define LINK_MS 10000 /* a switch may take that long to agree on a speed */

void network_want(struct network *n)
{
	if (n->state == NETWORK_OFF || n->state == NETWORK_FAILED)
		*n = (struct network){ .state = NETWORK_DRIVERS };
}

/* Whoever asks again begins with a card that no helper of ours holds any more. */
static void fail(struct network *n, struct jobs *j, const char *note)
{
	n->state = NETWORK_FAILED;
	n->note = note;
	jobs_end(j, JOB_LEASE);
}

/* --- cards --- */

/* A wired card of this PC, not the loop and not wireless. */
static bool is_wired(const struct places *p, const char *name)
{
	return strlen(name) < sizeof(((struct network *)0)->interface) &&
	       sysfs_number("%s/class/net/%s/type", p->sysfs, name) == 1 &&
	       sysfs_exists("%s/class/net/%s/device", p->sysfs, name) &&
	       !sysfs_exists("%s/class/net/%s/phy80211", p->sysfs, name);
}

/* The names of all, and the one with a cable in it. */
static size_t find_cards(const struct places *p, struct interface_list *all,
			 char carrier[INTERFACE_NAME])
{
	char folder[256];

	all->count = 0;
	carrier[0] = '\0';
	snprintf(folder, sizeof(folder), "%s/class/net", p->sysfs);
	DIR *dir = opendir(folder);
	if (!dir)
		return 0;
	for (struct dirent *f; (f = readdir(dir)) && all->count < INTERFACES_MAX;) {
		if (f->d_name[0] == '.' || !is_wired(p, f->d_name))
			continue;
		snprintf(all->name[all->count++], INTERFACE_NAME, "%.15s", f->d_name);
		if (sysfs_number("%s/class/net/%s/carrier", p->sysfs, f->d_name) == 1)
			snprintf(carrier, INTERFACE_NAME, "%.15s", f->d_name);
	}
	closedir(dir);
	return all->count;
}

static void bring_link(struct network *n, struct jobs *j, const struct places *p)
{
	struct interface_list all;
	char carrier[INTERFACE_NAME];
	struct error e = { 0 };

	if (!find_cards(p, &all, carrier)) {
		fail(n, j, N_("no wired network card was found: plug in a USB network adapter"));
		return;
	}
	n->state = NETWORK_LINK;
	n->until_ms = job_now_ms() + LINK_MS;
	if (!interface_up_start(j, &all, &e)) {
		report("broker", &e);
		fail(n, j, N_("the network card cannot be switched on"));
	}
}

/* --- addresses --- */

static void lease_start(struct network *n, struct jobs *j, const struct places *p, bool local)
{
	struct error e = { 0 };

	n->state = local ? NETWORK_LOCAL : NETWORK_DHCP;
	if (!interface_lease_start(j, n->interface, p->path, p->share, local, &e)) {
		report("broker", &e);
		fail(n, j, N_("no address can be asked for"));
	}
}

static void await_link(struct network *n, struct jobs *j, const struct places *p)
{
	struct interface_list all;
	char carrier[INTERFACE_NAME];

	if (jobs_running(j, JOB_LINK))
		return;
	(void)find_cards(p, &all, carrier);
	if (*carrier) {
		memcpy(n->interface, carrier, sizeof(n->interface));
		lease_start(n, j, p, false);
	} else if (job_now_ms() >= n->until_ms) {
		fail(n, j,
		     N_("no network cable with a link was found: plug one in, then ask again"));
	}
}

bool network_lease_parse(const struct message *m, struct network_lease *lease)
{
	struct in_addr address, mask, router = { 0 };
	const char *given = message_text(m, "router");

	if (!message_is(m, "lease") || inet_pton(AF_INET, message_text(m, "ip"), &address) != 1 ||
	    inet_pton(AF_INET, message_text(m, "mask"), &mask) != 1 ||
	    (*given && inet_pton(AF_INET, given, &router) != 1))
		return false;
	uint32_t host = ntohl(address.s_addr), ones = ntohl(mask.s_addr), first = host >> 24;
	/* Ones in front, zeros behind; no loop, no multicast, not the network itself. */
	if (first == 0 || first == 127 || first >= 224 || !ones || (~ones & (~ones + 1)) ||
	    (~ones > 1 && ((host & ~ones) == 0 || (host & ~ones) == ~ones)))
		return false;
	*lease = (struct network_lease){ address.s_addr, mask.s_addr, router.s_addr };
	return true;
}

char *network_address(char out[20], const struct network_lease *lease)
{
	char text[INET_ADDRSTRLEN] = "";

	inet_ntop(AF_INET, &lease->address, text, sizeof(text));
	snprintf(out, 20, "%s/%d", text, __builtin_popcount(lease->mask));
	return out;
}

/* What the helper said since. */
static void hear_lease(struct network *n, struct jobs *j)
{
	struct job *job = jobs_find(j, JOB_LEASE);
	struct network_lease lease = { 0 };
	struct message m;
	struct error e = { 0 };

	if (!job || jobs_running(j, JOB_ADDRESS) || !job_message(job, &m))
		return;
	bool is = network_lease_parse(&m, &lease);
	if (!is && !message_is(&m, "lost"))
		return;
	if (is)
		network_address(n->address, &lease);
	else
		n->address[0] = '\0';
	if (!is && n->state != NETWORK_UP)
		return; /* there was none yet */
	if (!is)
		n->state = n->local ? NETWORK_LOCAL : NETWORK_DHCP;
	else
		n->local = n->state == NETWORK_LOCAL || (n->state == NETWORK_UP && n->local);
	if (!interface_address_start(j, n->interface, &lease, &e)) {
		report("broker", &e);
		fail(n, j, N_("the network card does not take its address"));
	}
}

void network_advance(struct network *n, struct jobs *j, const struct drivers *d,
		     const struct places *p)
{
	switch (n->state) {
	case NETWORK_DRIVERS:
		if (!drivers_busy(d, j) && !jobs_find(j, JOB_LEASE) && !jobs_find(j, JOB_ADDRESS))
			bring_link(n, j, p);
		break;
	case NETWORK_LINK:
		await_link(n, j, p);
		break;
	case NETWORK_DHCP:
		hear_lease(n, j);
		if (n->state == NETWORK_DHCP && !jobs_find(j, JOB_LEASE))
			lease_start(n, j, p, true);
		break;
	case NETWORK_LOCAL:
	case NETWORK_UP:
		hear_lease(n, j);
		break;
	case NETWORK_OFF:
	case NETWORK_FAILED:
		break;
	}
}

void network_job_ended(struct network *n, struct jobs *j, struct job *job)
{
	switch (job->kind) {
	case JOB_ADDRESS:
		if (n->state == NETWORK_FAILED || n->state == NETWORK_DRIVERS)
			break; /* of a network that is given up already */
		if (job->end != JOB_DONE)
			fail(n, j, N_("the network card does not take its address"));
		else if (*n->address)
			n->state = NETWORK_UP;
		break;
	case JOB_LEASE:
		/* Without an address from others network_advance() goes on to one of ours. */
		if (n->state == NETWORK_LOCAL || n->state == NETWORK_UP)
			fail(n, j, N_("the network was lost: ask again"));
		break;
	default:
		if (job->end != JOB_DONE)
			fail(n, j, N_("the network card cannot be switched on"));
		break;
	}
}

bool network_pending(const struct network *n)
{
	return n->state == NETWORK_DRIVERS || n->state == NETWORK_LINK;
}

void network_message(const struct network *n, struct message *m)
{
	const char *state = n->state == NETWORK_UP       ? "up"
			    : n->state == NETWORK_FAILED ? "failed"
							 : "starting";
	bool up = n->state == NETWORK_UP;

	message_start(m, "type", "network");
	message_add(m, "state", state);
	message_add(m, "interface", n->interface);
	message_add(m, "address", up ? n->address : "");
	message_add(m, "how", !up ? "" : n->local ? "link-local" : "dhcp");
	message_add(m, "note", n->state == NETWORK_FAILED ? n->note : "");
}
