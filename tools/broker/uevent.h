/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BROKER_UEVENT_H
#define BROKER_UEVENT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/error.h"

#define UEVENT_MAX 8192

/* What the kernel says about a device (Linux, lib/kobject_uevent.c). */
struct uevent {
	char bytes[UEVENT_MAX];
	/* Into bytes; "" where the event does not say. */
	const char *action;    /* "add", "change", "remove" */
	const char *subsystem; /* "block" */
	const char *devtype;   /* "disk", "partition" */
	const char *devname;   /* "sda" */
	const char *modalias;
	bool media_change;
};

/* Take one apart; false if it is not one of the kernel's: those begin with
 * "ACTION@PATH", udev's with "libudev". */
bool uevent_parse(struct uevent *u, const void *bytes, size_t len);

/* A socket that hears the kernel, non-blocking, or -1. */
int uevent_open(struct error *e);

enum uevent_result { UEVENT_GOT, UEVENT_NONE, UEVENT_LOST };

/* The next event. LOST: the kernel had more than fitted; look at everything. */
enum uevent_result uevent_next(int fd, struct uevent *u);

#endif
