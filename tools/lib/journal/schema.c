/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of the journal's kinds, and what it says of an event. */
#include "lib/journal/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/hex.h"
#include "lib/base/language.h"
#include "lib/data/kitkind.h"
#include "lib/journal/chain.h"

#define KEYS 20 /* of a kind, at most */

enum form {
	TEXT,
	ID, /* of the kit, or a word like one: no room for a sentence in the open lane */
	NUMBER,
	TIME,   /* milliseconds since 1970 */
	RECORD, /* BOOT:SEQUENCE */
	HASH,   /* 64 hexadecimal digits */
	BOOT,
	HEAD, /* BOOT:COUNT:HASH */
	YES,  /* 1 */
	PROOF,
};

enum { SEALED = 1, NEEDED = 2 };

struct key {
	const char *name;
	enum form form;
	int flags;
	const char *words; /* "done|open": the values that there are; NULL: any of the form */
};

struct kind {
	const char *name;
	bool by_writer, moment_sealed;
	struct key keys[KEYS]; /* ended by { 0 } */
};

#define AUTHOR                                                                                     \
	{                                                                                          \
		"author", TEXT, SEALED, NULL                                                       \
	}
#define REASON                                                                                     \
	{                                                                                          \
		"reason", TEXT, SEALED, NULL                                                       \
	}

static const struct kind kinds[] = {
	{ "boot",
	  true,
	  false,
	  { { "stick", HASH, NEEDED, NULL },
	    { "temporary", YES, 0, NULL },
	    { "seal", HASH, 0, NULL },
	    { "kit_id", TEXT, 0, NULL },
	    { "kit_version", NUMBER, 0, NULL },
	    { "root_version", NUMBER, 0, NULL },
	    { "exercise", YES, 0, NULL },
	    { "program", TEXT, 0, NULL },
	    { "machine", TEXT, 0, NULL },
	    { "previous", HEAD, 0, NULL } } },
	{ "stick",
	  true,
	  false,
	  { { "stick", HASH, NEEDED, NULL }, { "proof", PROOF, NEEDED, NULL } } },
	{ "merge",
	  true,
	  false,
	  { { "chain", BOOT, NEEDED, NULL },
	    { "entries", NUMBER, NEEDED, NULL },
	    { "head", HASH, NEEDED, NULL } } },
	{ "clock",
	  false,
	  false,
	  { { "time", TIME, NEEDED, NULL },
	    { "source", TEXT, NEEDED, "watch|radio|phone|gps|other" },
	    AUTHOR } },
	{ "entry",
	  false,
	  true,
	  { { "type", TEXT, SEALED | NEEDED, "report|decision|order|measure|observation|note" },
	    { "text", TEXT, SEALED | NEEDED, NULL },
	    REASON,
	    { "alternatives", TEXT, SEALED, NULL },
	    AUTHOR,
	    { "addressee", TEXT, SEALED, NULL },
	    { "event", TIME, SEALED, NULL },
	    { "due", TIME, SEALED, NULL },
	    { "paper", YES, SEALED, NULL },
	    { "corrects", RECORD, SEALED, NULL } } },
	{ "order",
	  false,
	  false,
	  { { "ref", RECORD, NEEDED, NULL },
	    { "state", TEXT, NEEDED, "done|cancelled|open" },
	    REASON,
	    AUTHOR } },
	{ "step",
	  false,
	  false,
	  { { "plan", ID, NEEDED, NULL },
	    { "nr", NUMBER, NEEDED, NULL },
	    { "state", TEXT, NEEDED, "done|not_possible|not_applicable|open" },
	    REASON,
	    AUTHOR } },
	{ "system",
	  false,
	  false,
	  { { "system", ID, NEEDED, NULL }, { "state", TEXT, NEEDED, "failed|works" }, AUTHOR } },
	{ "chain",
	  false,
	  false,
	  { { "chain", ID, NEEDED, NULL },
	    { "state", TEXT, NEEDED, "started|ended" },
	    REASON,
	    AUTHOR } },
	{ "call",
	  false,
	  false,
	  { { "chain", ID, NEEDED, NULL },
	    { "nr", NUMBER, NEEDED, NULL },
	    { "attempt", NUMBER, 0, NULL },
	    { "result", TEXT, NEEDED,
	      "acknowledged|reached|mailbox|busy|no_answer|wrong_number|skipped|mistake" },
	    { "wait_ms", NUMBER, 0, NULL },
	    { "ref", RECORD, 0, NULL },
	    { "whom", TEXT, SEALED, NULL },
	    { "number", TEXT, SEALED, NULL },
	    AUTHOR } },
	{ "deadline",
	  false,
	  false,
	  { { "deadline", ID, NEEDED, NULL },
	    { "state", TEXT, NEEDED, "running|done|not_applicable|open" },
	    { "start", TIME, 0, NULL },
	    { "due", TIME, 0, NULL },
	    REASON,
	    { "reference", TEXT, SEALED, NULL },
	    AUTHOR } },
	{ "incident",
	  false,
	  false,
	  { { "state", TEXT, NEEDED, "named|closed" }, { "name", TEXT, SEALED, NULL }, AUTHOR } },
	{ "access",
	  false,
	  false,
	  { { "tier", NUMBER, NEEDED, NULL }, { "action", TEXT, NEEDED, "unlock|lock|wrong" } } },
	{ "export",
	  false,
	  false,
	  { { "form", TEXT, NEEDED, "number|person|plan|print|file|journal|key" },
	    { "what", TEXT, SEALED, NULL },
	    { "to", TEXT, SEALED, NULL },
	    AUTHOR } },
	{ "handover",
	  false,
	  false,
	  { { "head", HASH, NEEDED, NULL },
	    { "entries", NUMBER, NEEDED, NULL },
	    { "from", TEXT, SEALED, NULL },
	    { "to", TEXT, SEALED, NULL },
	    { "text", TEXT, SEALED, NULL } } },
	{ "device",
	  false,
	  false,
	  { { "device", ID, NEEDED, NULL },
	    { "state", ID, NEEDED, NULL },
	    { "text", TEXT, SEALED, NULL },
	    AUTHOR } },
	{ "receipt",
	  false,
	  false,
	  { { "device", ID, 0, NULL },
	    { "purpose", ID, NEEDED, NULL },
	    { "digest", HASH, NEEDED, NULL },
	    { "text", TEXT, SEALED, NULL },
	    AUTHOR } },
	{ "counter",
	  false,
	  false,
	  { { "name", ID, NEEDED, NULL }, { "value", NUMBER, NEEDED, NULL } } },
};

/* What cannot be had without saying why. */
static const struct {
	const char *kind, *key, *value, *text;
} reasons[] = {
	{ "entry", "type", "decision",
	  N_("a decision needs a reason: why this, and not otherwise?") },
	{ "step", "state", "not_possible", N_("say why the step is not possible") },
	{ "step", "state", "not_applicable", N_("say why the step does not apply") },
	{ "deadline", "state", "not_applicable", N_("say why the deadline does not apply") },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static bool refuse(struct refusal *no, const char *text, const char *about)
{
	no->text = text;
	snprintf(no->about, sizeof(no->about), "%s", about);
	return false;
}

static const struct kind *find_kind(const char *name)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

static const struct key *find_key(const struct kind *k, const char *name, size_t len)
{
	for (const struct key *key = k->keys; key->name; key++)
		if (strlen(key->name) == len && memcmp(key->name, name, len) == 0)
			return key;
	return NULL;
}

/* Decimal digits up to `end`, no leading zero, at most `max`. */
static bool number(const char *s, char end, uint64_t max, uint64_t *out, const char **rest)
{
	uint64_t n = 0;
	const char *first = s;

	for (; *s >= '0' && *s <= '9'; s++)
		if (__builtin_mul_overflow(n, (uint64_t)10, &n) ||
		    __builtin_add_overflow(n, (uint64_t)(*s - '0'), &n) || n > max)
			return false;
	if (s == first || (*first == '0' && s > first + 1) || *s != end)
		return false;
	*out = n;
	*rest = s;
	return true;
}

bool journal_record_id(const char *s, char boot[BOOT_HEX], uint64_t *sequence)
{
	const char *rest;

	if (!boot_valid(s, BOOT_HEX - 1) || s[BOOT_HEX - 1] != ':' ||
	    !number(s + BOOT_HEX, '\0', UINT64_MAX, sequence, &rest))
		return false;
	memcpy(boot, s, BOOT_HEX - 1);
	boot[BOOT_HEX - 1] = '\0';
	return true;
}

static bool is_hash(const char *s)
{
	struct digest d;

	return digest_from_hex(&d, s, strlen(s));
}

static bool has_form(enum form form, const char *s)
{
	uint8_t signature[SIGNKEY_SIGNATURE_BYTES];
	char boot[BOOT_HEX];
	const char *rest;
	uint64_t n;

	switch (form) {
	case TEXT:
		return *s != '\0';
	case ID:
		return kit_id_valid(s, strlen(s));
	case NUMBER:
		return number(s, '\0', UINT64_MAX, &n, &rest);
	case TIME:
		return number(s, '\0', INT64_MAX, &n, &rest);
	case RECORD:
		return journal_record_id(s, boot, &n);
	case HASH:
		return is_hash(s);
	case BOOT:
		return strlen(s) == BOOT_HEX - 1 && boot_valid(s, BOOT_HEX - 1);
	case HEAD:
		return boot_valid(s, BOOT_HEX - 1) && s[BOOT_HEX - 1] == ':' &&
		       number(s + BOOT_HEX, ':', UINT64_MAX, &n, &rest) && is_hash(rest + 1);
	case YES:
		return strcmp(s, "1") == 0;
	case PROOF:
		return hex_decode(signature, sizeof(signature), s);
	}
	return false;
}

/* Is the value one of the words between bars? */
static bool one_of(const char *words, const char *value)
{
	size_t n = strlen(value);

	for (const char *w = words; *w; w += strcspn(w, "|"), w += *w == '|')
		if (strcspn(w, "|") == n && memcmp(w, value, n) == 0)
			return true;
	return false;
}

static bool check_reason(const struct message *event, struct refusal *no)
{
	for (size_t i = 0; i < COUNT(reasons); i++)
		if (message_is(event, reasons[i].kind) &&
		    strcmp(message_text(event, reasons[i].key), reasons[i].value) == 0 &&
		    !*message_text(event, "reason"))
			return refuse(no, reasons[i].text, "");
	return true;
}

static bool check_whole(const struct message *event, const struct kind *k, struct refusal *no)
{
	if (event->overflow || event->len > JOURNAL_EVENT_MAX)
		return refuse(no, N_("the entry is too long; write it as two entries"), "");
	if (!check_reason(event, no))
		return false;
	for (const struct key *key = k->keys; key->name; key++)
		if ((key->flags & NEEDED) && !*message_text(event, key->name))
			return refuse(no, N_("something is missing that the journal needs"),
				      key->name);
	return true;
}

bool journal_split(const struct message *event, bool by_writer, struct journal_moment now,
		   struct message *open, struct message *sealed, struct refusal *no)
{
	const char *kind = message_text(event, "kind");
	const struct kind *k = find_kind(kind);
	size_t at = strlen(event->bytes) + 1;

	if (!k || (k->by_writer && !by_writer))
		return refuse(no, N_("the journal has no such kind of event, or not for programs"),
			      kind);
	if (!check_whole(event, k, no))
		return false;
	message_start(open, "kind", kind);
	message_start(sealed, "kind", kind);
	for (; at < event->len; at += strlen(event->bytes + at) + 1) {
		const char *name = event->bytes + at, *value = strchr(name, '=') + 1;
		const struct key *key = find_key(k, name, (size_t)(value - 1 - name));

		if (!key) {
			refuse(no, N_("the journal has no such key in this kind of event"), name);
			no->about[strcspn(no->about, "=")] = '\0';
			return false;
		}
		if (!*value && !(key->flags & NEEDED))
			continue; /* a field of a form that was left empty */
		if (!has_form(key->form, value) || (key->words && !one_of(key->words, value)))
			return refuse(no, N_("the journal takes no such value"), name);
		message_add(key->flags & SEALED ? sealed : open, key->name, value);
	}
	if (sealed->strings == 1 && !k->moment_sealed)
		sealed->len = 0;
	message_add_number(k->moment_sealed ? sealed : open, "at", now.at_ms);
	message_add_number(k->moment_sealed ? sealed : open, "up", now.up_ms);
	return true;
}
