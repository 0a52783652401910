/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Capabilities: the few that the broker keeps, and giving up the rest. */
#include "broker/rights.h"

#include <linux/capability.h>
#include <unistd.h>

#include "lib/base/language.h"

#define BIT(capability) (UINT64_C(1) << (capability))

static const uint64_t needed = BIT(CAP_SYS_ADMIN) | BIT(CAP_SYS_RAWIO) | BIT(CAP_SYS_BOOT) |
			       BIT(CAP_SYS_MODULE) | BIT(CAP_SYS_TTY_CONFIG) | BIT(CAP_SETUID) |
			       BIT(CAP_SETGID) | BIT(CAP_SETPCAP) | BIT(CAP_KILL) |
			       BIT(CAP_SYS_RESOURCE) | BIT(CAP_SYS_TIME) | BIT(CAP_NET_ADMIN) |
			       BIT(CAP_NET_RAW) | BIT(CAP_NET_BIND_SERVICE);

bool rights_keep_needed(struct error *e)
{
	if (geteuid() != 0)
		return true;
	if (!rights_drop_bounding(needed) || !rights_set(needed))
		return error_errno(e, _("cannot give up the rights that the broker does not need"));
	return true;
}
