/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDBOOK_EXPORT_H
#define HANDBOOK_EXPORT_H

#include "lib/data/message.h"

/* The journal's event that something left this PC (docs/formats/journal.md): `form` is
 * "number", "person", "plan", "print", "file" or "key"; what it was and where it went are sealed. */
void export_event(struct message *m, const char *form, const char *what, const char *to);

/* For the command line, before it leaves: append the event; where that cannot be done, say
 * so on stderr and go on. Nothing on a PC that was not started from the stick: nobody keeps
 * a journal there. */
void export_note(const char *form, const char *what, const char *to);

#endif
