/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chains of the journal: each record against the one before it. */
#include "lib/journal/chain.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/hex.h"
#include "lib/base/language.h"

#define VARIANT_SUFFIX ".fork"

void chain_start(struct chain *c, const char *boot)
{
	*c = (struct chain){ 0 };
	snprintf(c->boot, sizeof(c->boot), "%s", boot);
}

static bool refused(struct error *e, const char *words)
{
	return error_set(e, ERROR_UNTRUSTED, "%s", words);
}

/* Yes, or absent. */
static bool flag(const struct message *m, const char *key, bool *out)
{
	*out = message_get(m, key) != NULL;
	return !*out || strcmp(message_text(m, key), "1") == 0;
}

/* What record 0 says of the whole chain. */
static bool take_beginning(struct chain *c, const struct message *m, struct error *e)
{
	const char *seal = message_get(m, "seal"), *kit_id = message_text(m, "kit_id");

	if (!message_is(m, "boot"))
		return refused(e, _("a chain begins with a record of the kind 'boot'"));
	if (!hex_decode(c->key, sizeof(c->key), message_text(m, "stick")) ||
	    (seal && !hex_decode(c->seal.key, sizeof(c->seal.key), seal)) ||
	    strlen(kit_id) >= sizeof(c->kit_id) || !flag(m, "exercise", &c->exercise) ||
	    !flag(m, "temporary", &c->temporary))
		return refused(e, _("what the chain's first record says of it is malformed"));
	c->sealed = seal != NULL;
	memcpy(c->kit_id, kit_id, strlen(kit_id) + 1);
	return true;
}

/* In its place, and by the right key? On true the chain has one more. */
static bool belongs(struct chain *c, const struct record *r, const void *bytes, struct error *e)
{
	struct chain next = *c;

	if (strcmp(r->boot, c->boot) != 0)
		return refused(e, _("it belongs to another boot"));
	if (r->sequence != c->count)
		return refused(e, _("it has another number than the next"));
	if (!digest_equal(&r->before, &c->head))
		return refused(e, _("it does not follow the record before it"));
	if (c->count == 0 && !take_beginning(&next, &r->open, e))
		return false;
	if (!record_signed(r, bytes, next.key))
		return refused(e, _("its signature is not valid"));
	next.count++;
	next.bytes += r->len;
	next.head = r->hash;
	*c = next;
	return true;
}

enum chain_step chain_next(struct chain *c, uint64_t at, const void *bytes, size_t len,
			   struct record *r, struct error *e)
{
	uint64_t skip = c->bytes - at;

	if (skip >= len)
		return CHAIN_END;
	const uint8_t *here = (const uint8_t *)bytes + skip;
	switch (record_decode(here, len - (size_t)skip, r, e)) {
	case RECORD_CUT:
		return CHAIN_CUT;
	case RECORD_WHOLE:
		return belongs(c, r, here, e) ? CHAIN_RECORD : CHAIN_DAMAGED;
	case RECORD_REFUSED:
		break;
	}
	return CHAIN_DAMAGED;
}

void chain_name(char name[CHAIN_NAME], const char *boot)
{
	snprintf(name, CHAIN_NAME, "%s" CHAIN_SUFFIX, boot);
}

bool chain_boot(const char *name, char boot[BOOT_HEX])
{
	if (strlen(name) != CHAIN_NAME - 1 || !boot_valid(name, BOOT_HEX - 1) ||
	    strcmp(name + BOOT_HEX - 1, CHAIN_SUFFIX) != 0)
		return false;
	memcpy(boot, name, BOOT_HEX - 1);
	boot[BOOT_HEX - 1] = '\0';
	return true;
}

void chain_variant_name(char name[CHAIN_VARIANT_NAME], const struct chain *c)
{
	char hex[DIGEST_HEX];

	snprintf(name, CHAIN_VARIANT_NAME, "%s.%.16s" VARIANT_SUFFIX, c->boot,
		 digest_to_hex(hex, &c->head));
}

bool chain_is_variant(const char *name)
{
	return strlen(name) == CHAIN_VARIANT_NAME - 1 && boot_valid(name, BOOT_HEX - 1) &&
	       name[BOOT_HEX - 1] == '.' && strcmp(name + BOOT_HEX + 16, VARIANT_SUFFIX) == 0;
}

bool chain_fault(const struct chain *c, const char *file, struct error *e)
{
	return error_prefix(e, _("%s: record %llu, byte %llu: "), file, c->count + 0ULL,
			    c->bytes + 0ULL);
}

void chain_cut_words(const struct chain *c, const char *file, struct error *e)
{
	error_set(
		e, ERROR_UNTRUSTED,
		_("%s: record %llu, byte %llu: it is cut short, was never acknowledged, and is left out"),
		file, c->count + 0ULL, c->bytes + 0ULL);
}
