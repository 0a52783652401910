/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BROKER_MACHINE_H
#define BROKER_MACHINE_H

#include <stdbool.h>

#include "broker/places.h"
#include "lib/data/message.h"

/* True for what makers leave where a name should be: "To Be Filled By O.E.M." */
bool machine_is_placeholder(const char *s);

/* Fill a `type=machine` message. */
void machine_message(const struct places *p, struct message *m);

/* What hides disks on this PC, from a walk of the PCI bus. machine_note_text() gives
 * message ids with what to do, one after another; NULL past the last. */
struct machine_notes {
	bool raid_mode; /* Intel RST: NVMe disks behind it are invisible */
	bool vmd_idle;  /* Intel VMD without its driver */
};
void machine_look(const struct places *p, struct machine_notes *n);
const char *machine_note_text(const struct machine_notes *n, unsigned i);

#endif
