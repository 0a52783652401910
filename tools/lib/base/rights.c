/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Capabilities, and giving them up. */
#include "lib/base/rights.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BIT(capability) (UINT64_C(1) << (capability))

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
