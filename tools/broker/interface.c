/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Network cards: on, asked for an address, given one. */
#include "broker/interface.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <net/if.h>
#include <net/route.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "broker/rights.h"
#include "lib/base/language.h"

#define STEP_MS 10000
#define LEASE_MS INT64_C(31536000000000) /* a thousand years */
#define OUTPUT 9 /* where the script reports; lower ones are the helpers' own */

#define BIT(capability) (UINT64_C(1) << (capability))
#define LEASE_RIGHTS (BIT(CAP_NET_ADMIN) | BIT(CAP_NET_RAW) | BIT(CAP_NET_BIND_SERVICE))

static bool keep_rights(uint64_t keep)
{
	return geteuid() != 0 || (rights_drop_bounding(keep) && rights_set(keep));
}

static struct ifreq request_of(const char *interface)
{
	struct ifreq r = { 0 };

	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", interface);
	return r;
}

/* --- on --- */

/* IPv6 would believe the first router that speaks. */
static void switch_ipv6_off(const char *interface)
{
	char path[128];

	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/disable_ipv6", interface);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return; /* a kernel without it */
	(void)!write(fd, "1", 1);
	close(fd);
}

static int run_up(int output, const void *ctx)
{
	const struct interface_list *all = ctx;
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	size_t up = 0;

	(void)output;
	if (s < 0 || !keep_rights(BIT(CAP_NET_ADMIN)))
		return ERROR_FAILED;
	for (size_t i = 0; i < all->count; i++) {
		struct ifreq r = request_of(all->name[i]);

		switch_ipv6_off(all->name[i]);
		if (ioctl(s, SIOCGIFFLAGS, &r) != 0)
			continue;
		r.ifr_flags = (short)(r.ifr_flags | IFF_UP);
		up += ioctl(s, SIOCSIFFLAGS, &r) == 0;
	}
	return up ? 0 : ERROR_FAILED;
}

struct job *interface_up_start(struct jobs *j, const struct interface_list *all, struct error *e)
{
	return jobs_start(j, JOB_LINK, STEP_MS, run_up, all, e);
}

/* --- leases --- */

struct lease_order {
	const char *path;
	const char *argv[16];
};

static int run_lease(int output, const void *ctx)
{
	const struct lease_order *o = ctx;

	/* The script's own descriptor: what the helper itself prints goes to the log. */
	if ((output == OUTPUT ? fcntl(output, F_SETFD, 0) : dup2(output, OUTPUT)) < 0 ||
	    !keep_rights(LEASE_RIGHTS))
		return ERROR_FAILED;
	return job_exec(o->path, o->argv);
}

struct job *interface_lease_start(struct jobs *j, const char *interface, const char *path,
				  const char *share, bool local, struct error *e)
{
	char script[256];
	/* Six questions, two seconds apart, then the end without an address. No host name,
	 * no vendor: nothing that names this PC beside its hardware address. */
	const struct lease_order dhcp = { path,
					  { "udhcpc", "-f", "-n", "-t", "6", "-T", "2", "-V", "",
					    "-i", interface, "-s", script, NULL } };
	const struct lease_order own = { path, { "zcip", "-f", interface, script, NULL } };

	snprintf(script, sizeof(script), "%s/blackstart/lease", share);
	return jobs_start(j, JOB_LEASE, LEASE_MS, run_lease, local ? &own : &dhcp, e);
}

/* --- addresses --- */

struct address_order {
	const char *interface;
	struct network_lease lease;
};

static void set(struct sockaddr *to, uint32_t address)
{
	const struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr = { address } };

	memcpy(to, &in, sizeof(in));
}

static bool set_address(int s, const struct address_order *o)
{
	struct ifreq r = request_of(o->interface);
	struct rtentry way = { .rt_flags = RTF_UP | RTF_GATEWAY };
	char name[INTERFACE_NAME];

	set(&r.ifr_addr, o->lease.address);
	if (ioctl(s, SIOCSIFADDR, &r) != 0)
		return false;
	if (!o->lease.address)
		return true;
	set(&r.ifr_netmask, o->lease.mask);
	if (ioctl(s, SIOCSIFNETMASK, &r) != 0)
		return false;
	if (!o->lease.router)
		return true;
	snprintf(name, sizeof(name), "%s", o->interface);
	way.rt_dev = name;
	set(&way.rt_gateway, o->lease.router);
	set(&way.rt_dst, 0);
	set(&way.rt_genmask, 0);
	/* Without a way out the PCs and printers nearby are still reached. */
	(void)ioctl(s, SIOCADDRT, &way);
	return true;
}

static int run_address(int output, const void *ctx)
{
	const struct address_order *o = ctx;
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)output;
	return s >= 0 && keep_rights(BIT(CAP_NET_ADMIN)) && set_address(s, o) ? 0 : ERROR_FAILED;
}

struct job *interface_address_start(struct jobs *j, const char *interface,
				    const struct network_lease *lease, struct error *e)
{
	const struct address_order o = { interface, *lease };

	return jobs_start(j, JOB_ADDRESS, STEP_MS, run_address, &o, e);
}
