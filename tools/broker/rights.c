/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Capabilities: the few that the broker keeps, and giving up the rest. */
#include "broker/rights.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/language.h"

#define BIT(capability) (UINT64_C(1) << (capability))

static const uint64_t needed = BIT(CAP_SYS_ADMIN) | BIT(CAP_SYS_RAWIO) | BIT(CAP_SYS_BOOT) |
			       BIT(CAP_SYS_MODULE) | BIT(CAP_SYS_TTY_CONFIG) | BIT(CAP_SETUID) |
			       BIT(CAP_SETGID) | BIT(CAP_SETPCAP) | BIT(CAP_KILL) |
			       BIT(CAP_SYS_RESOURCE) | BIT(CAP_SYS_TIME) | BIT(CAP_NET_ADMIN) |
			       BIT(CAP_NET_RAW) | BIT(CAP_NET_BIND_SERVICE);

bool rights_drop_bounding(uint64_t keep)
{
	for (unsigned long c = 0; c < 64; c++) {
		int held = prctl(PR_CAPBSET_READ, c, 0, 0, 0);

		if (held < 0)
			return c > 0; /* the kernel knows no more */
		if (held && !(keep & BIT(c)) && prctl(PR_CAPBSET_DROP, c, 0, 0, 0) != 0)
			return false;
	}
	return true;
}

bool rights_set(uint64_t keep)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct sets[2] = { 0 };

	if (syscall(SYS_capget, &head, sets) != 0)
		return false;
	sets[0].permitted &= (uint32_t)keep;
	sets[1].permitted &= (uint32_t)(keep >> 32);
	for (int i = 0; i < 2; i++) {
		sets[i].effective = sets[i].permitted;
		sets[i].inheritable = 0;
	}
	return syscall(SYS_capset, &head, sets) == 0 &&
	       (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == 0 || errno == EINVAL);
}

bool rights_keep_needed(struct error *e)
{
	if (geteuid() != 0)
		return true;
	if (!rights_drop_bounding(needed) || !rights_set(needed))
		return error_errno(e, _("cannot give up the rights that the broker does not need"));
	return true;
}
