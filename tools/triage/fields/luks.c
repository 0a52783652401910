/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a LUKS volume says of itself, for programs and for people. */
#include "triage/fields/luks.h"

#include <stdio.h>

#include "lib/base/language.h"

static void slot_fields(struct emit *o, const struct luks_slot *s)
{
	emit_object(o, NULL);
	emit_number(o, "number", s->number);
	emit_number(o, "key_bits", s->key_bits);
	emit_string(o, "kdf", s->kdf);
	if (*s->hash)
		emit_string(o, "hash", s->hash);
	emit_number(o, s->memory_kib ? "time" : "iterations", s->cost);
	if (s->memory_kib)
		emit_number(o, "memory_kib", s->memory_kib);
	emit_close(o);
}

void emit_luks(struct emit *o, const struct luks *l)
{
	emit_object(o, "luks");
	emit_number(o, "version", l->version);
	emit_string(o, "uuid", l->uuid);
	emit_string(o, "label", l->label);
	emit_string(o, "subsystem", l->subsystem);
	emit_string(o, "cipher", l->cipher);
	emit_number(o, "payload_offset", l->payload_offset);
	emit_object(o, "digest");
	emit_string(o, "type", l->digest);
	emit_string(o, "hash", l->digest_hash);
	emit_number(o, "iterations", l->digest_iterations);
	emit_close(o);
	emit_array(o, "keyslots");
	for (size_t i = 0; i < l->count; i++)
		slot_fields(o, &l->slots[i]);
	emit_close(o);
	emit_number(o, "token_count", l->token_count);
	if (l->token_count)
		emit_string(o, "token", l->token);
	if (l->reencryption)
		emit_bool(o, "reencryption", true);
	if (l->second_copy)
		emit_bool(o, "second_header_used", true);
	emit_close(o);
}

static void slot_words(char *out, size_t size, const struct luks_slot *s)
{
	if (s->memory_kib)
		snprintf(out, size, _("key slot %u: %s, %llu passes, %llu KiB"), s->number, s->kdf,
			 s->cost + 0ULL, s->memory_kib + 0ULL);
	else
		snprintf(out, size, _("key slot %u: %s, %s, %llu iterations"), s->number, s->kdf,
			 s->hash, s->cost + 0ULL);
}

bool luks_words(char *out, size_t size, const struct luks *l, size_t number)
{
	const size_t behind = l->count + 1; /* the slots */

	if (number == 0)
		snprintf(out, size, "LUKS%u, %s, UUID %s%s%s%s", l->version, l->cipher, l->uuid,
			 *l->label ? ", \"" : "", l->label, *l->label ? "\"" : "");
	else if (number < behind)
		slot_words(out, size, &l->slots[number - 1]);
	else if (number == behind && l->token_count)
		snprintf(out, size, _("tokens: %zu, the first of them %s"), l->token_count,
			 l->token);
	else if (number == behind + (l->token_count > 0) && l->reencryption)
		snprintf(
			out, size, "%s",
			_("being encrypted, decrypted or given another key: that is not finished"));
	else
		return false;
	return true;
}
