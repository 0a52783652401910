/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any datagram as a request; any 1024 bytes as settings of a stick. */
#include <stdlib.h>

#include "broker/settings.h"
#include "lib/data/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const known[] = { "disk", NULL };
	uint8_t new[SETTINGS_BYTES];
	char unknown[MESSAGE_KEY_MAX + 1];
	struct message m;
	struct error e = { 0 };
	uint64_t n;

	if (message_parse(&m, "op", data, size, &e)) {
		if (message_get(&m, "disk"))
			(void)!message_number(&m, "disk", UINT64_MAX, &n);
		(void)message_unknown_key(&m, known, unknown);
		message_add_foreign(&m, "copy", message_text(&m, "disk"));
	}
	if (size >= SETTINGS_BYTES && settings_update(data, "de", "ch", new, &e) &&
	    !settings_update(new, "en", "us", new, &e))
		abort(); /* what we write we must be able to read */
	return 0;
}
