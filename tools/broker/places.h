/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BROKER_PLACES_H
#define BROKER_PLACES_H

#include <stdbool.h>

/* Where things lie: the system's own places, or a model of a PC (--images). */
struct places {
	const char *sysfs; /* "/sys" */
	const char *dev;   /* "/dev" */
	const char *share; /* "/usr/share": keymaps/, consolefonts/ */
	const char *path;  /* folders of modprobe, loadkmap, setfont */
	bool images;       /* disks are files in `dev`: nothing is locked, no uevents, no power */
};

#endif
