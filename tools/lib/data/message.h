/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DATA_MESSAGE_H
#define LIB_DATA_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"

/*
 * One message of the protocols between our programs, and of the journal: NUL-ended KEY=VALUE strings, at most
 * MESSAGE_MAX bytes in all (docs/formats/broker.md#message). Used by the broker,
 * its clients and the broker's sandboxed children. Allocates nothing.
 */
#define MESSAGE_MAX 4096
#define MESSAGE_STRINGS 32
#define MESSAGE_KEY_MAX 32
#define MESSAGE_DEVICE_TEXT 128 /* bytes kept of a text that comes from a device */

struct message {
	char bytes[MESSAGE_MAX];
	size_t len;
	size_t strings;
	bool overflow; /* something did not fit: do not send it */
};

/* Start anew. `key` is "op" or "type". */
void message_start(struct message *m, const char *key, const char *value);
void message_add(struct message *m, const char *key, const char *value);
/* One string of another message: "KEY=VALUE". */
void message_add_string(struct message *m, const char *string);
void message_add_number(struct message *m, const char *key, uint64_t value);
void message_add_yes(struct message *m, const char *key, bool value);

/* As message_add, for text that a device gave: masked, trimmed of spaces at
 * both ends, and cut at MESSAGE_DEVICE_TEXT bytes. */
void message_add_foreign(struct message *m, const char *key, const char *value);

/* Take a received datagram apart; false says which rule it breaks. `first` is
 * the key that it must begin with. */
__attribute__((warn_unused_result))
bool message_parse(struct message *m, const char *first, const void *bytes, size_t len,
		   struct error *e);

/* The value of a key, or NULL. Belongs to the message. */
const char *message_get(const struct message *m, const char *key);

/* As message_get, "" for a missing key. */
const char *message_text(const struct message *m, const char *key);

/* A number in the protocol's form, at most `max`; false, with *out unchanged,
 * if it is missing or another form. */
__attribute__((warn_unused_result))
bool message_number(const struct message *m, const char *key, uint64_t max, uint64_t *out);

/* "1" or "0"; anything else is false with *out unchanged. */
__attribute__((warn_unused_result))
bool message_yes(const struct message *m, const char *key, bool *out);

/* True if the value of the first key is `what`. */
bool message_is(const struct message *m, const char *what);

/* The first key that is not in `known` (ended by NULL; the first key of the
 * message and "version" are always known), or NULL. Cut at the '='; the name is
 * copied to out. */
const char *message_unknown_key(const struct message *m, const char *const *known,
				char out[MESSAGE_KEY_MAX + 1]);

#endif
