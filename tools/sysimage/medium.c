/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Images that lie on a medium beside the stick. */
#include "sysimage/medium.h"

#include <unistd.h>

#include "lib/base/language.h"

bool medium_enter(struct medium *m, const char *name, enum broker_access access, struct error *e)
{
	*m = (struct medium)MEDIUM_NONE;
	if (!name)
		return true;
	if (!medium_find(m, name, access, e))
		return false;
	if (fchdir(m->fd) == 0)
		return true;
	error_errno(e, _("cannot open the folder of %s"), m->words);
	if (!medium_done(m, e))
		broker_close(&m->broker);
	return false;
}

bool medium_leave(struct medium *m, struct error *e)
{
	/* The folder that a process stands in is in use. */
	if (m->fd >= 0 && chdir("/") != 0)
		return error_errno(e, _("cannot leave %s"), m->words);
	return medium_done(m, e);
}
