/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_AUTHORIZED_KEYS_H
#define TRIAGE_PARSE_AUTHORIZED_KEYS_H

#include "triage/parse/lines.h"

/* Lines of ~/.ssh/authorized_keys, sshd(8): docs/formats/authorized_keys.md. */
#define FINGERPRINT_TEXT sizeof("SHA256:0123456789012345678901234567890123456789012")

enum key_kind { KEY_NOTHING, KEY_WHOLE, KEY_DAMAGED };

struct authorized_key {
	struct span options, type, comment;
	char fingerprint[FINGERPRINT_TEXT]; /* as ssh-keygen -l prints it; "" if damaged */
};

enum key_kind authorized_key_parse(const struct line *l, struct authorized_key *k);

#endif
