/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of a kit's tiers in slots (docs/formats/slots.md). */
#include "lib/crypto/slots.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/reader.h"
#include "lib/base/secret.h"

#define MAGIC "BS-SLOTS"
#define MAGIC_BYTES 8
#define VERSION 1
#define FLAG_EXERCISE 1
#define MEMORY_KIB_MAX 262144
#define PASSES_MAX 16
#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES crypto_aead_xchacha20poly1305_ietf_ABYTES
#define WRAP_MORE (NONCE_BYTES + TAG_BYTES)
#define DEMO_KIT "musterlingen"

/* The layout's bytes up to the public keys, and of a slot up to its label. */
#define HEAD_MAX (MAGIC_BYTES + 3 + 40 + 16 + 8 + 2 * SEALED_KEY_BYTES)
#define BOUND_MAX (HEAD_MAX + 3 + SLOT_LABEL_MAX)

_Static_assert(WRAP_MORE == 40 && sizeof(((struct slot *)0)->wrapped) == 64 + WRAP_MORE,
	       "the sizes in docs/formats/slots.md");

static void ready(void)
{
	if (sodium_init() < 0)
		abort();
}

static bool kit_id_valid(const char *s, size_t n)
{
	if (n == 0 || n > 40)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!(s[i] >= 'a' && s[i] <= 'z') && !(s[i] >= 'A' && s[i] <= 'Z') &&
		    !(s[i] >= '0' && s[i] <= '9') && s[i] != '-' && s[i] != '_' && s[i] != '.')
			return false;
	return true;
}

static bool label_valid(const char *s, size_t n)
{
	const char *at = s, *end = s + n;

	if (n == 0 || n >= SLOT_LABEL_MAX || memchr(s, '\0', n) || !text_is_utf8(s, n))
		return false;
	while (at < end)
		if (text_is_unsafe(text_next(&at, end)))
			return false;
	return true;
}

static bool tiers_valid(unsigned tiers)
{
	return tiers != 0 && (tiers & ~(unsigned)SLOTS_TIERS_BOTH) == 0;
}

static size_t wrapped_bytes(unsigned tiers)
{
	return WRAP_MORE + (tiers == SLOTS_TIERS_BOTH ? 2u : 1u) * SEALED_KEY_BYTES;
}

static struct slot *find(struct slots *s, const char *label)
{
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->slot[i].label, label) == 0)
			return &s->slot[i];
	return NULL;
}

static void copy(void *out, const uint8_t *bytes, size_t n)
{
	if (bytes)
		memcpy(out, bytes, n);
}

static bool parse_slot(struct reader *r, struct slots *s, struct error *e)
{
	struct slot *slot = &s->slot[s->count];
	unsigned kind = reader_u8(r), label_len;
	const uint8_t *label;

	slot->tiers = reader_u8(r);
	label_len = reader_u8(r);
	label = reader_take(r, label_len);
	if (r->bad)
		return error_set(e, ERROR_UNTRUSTED, _("is cut short"));
	if (kind != SLOT_PASSPHRASE && kind != SLOT_ENVELOPE)
		return error_set(e, ERROR_UNTRUSTED, _("has a slot of unknown kind %u"), kind);
	if (!tiers_valid(slot->tiers))
		return error_set(e, ERROR_UNTRUSTED, _("has a slot for unknown tiers"));
	if (!label_valid((const char *)label, label_len))
		return error_set(e, ERROR_UNTRUSTED, _("has a slot with a malformed label"));
	slot->kind = kind;
	memcpy(slot->label, label, label_len);
	slot->label[label_len] = '\0';
	if (find(s, slot->label))
		return error_set(e, ERROR_UNTRUSTED, _("has two slots with the label \"%s\""),
				 slot->label);
	slot->wrapped_len = wrapped_bytes(slot->tiers);
	copy(slot->wrapped, reader_take(r, slot->wrapped_len), slot->wrapped_len);
	if (r->bad)
		return error_set(e, ERROR_UNTRUSTED, _("is cut short"));
	s->count++;
	return true;
}

static bool parse_head(struct reader *r, struct slots *s, struct error *e)
{
	const uint8_t *magic = reader_take(r, MAGIC_BYTES), *kit_id;
	unsigned version = reader_u8(r), flags, kit_id_len;

	if (!magic || memcmp(magic, MAGIC, MAGIC_BYTES) != 0)
		return error_set(e, ERROR_UNTRUSTED, _("is not a file of key slots"));
	if (!r->bad && version != VERSION)
		return error_set(e, ERROR_UNTRUSTED,
				 _("has key slots of version %u; this program reads version %d"),
				 version, VERSION);
	flags = reader_u8(r);
	kit_id_len = reader_u8(r);
	kit_id = reader_take(r, kit_id_len);
	if (!r->bad && (flags & ~(unsigned)FLAG_EXERCISE))
		return error_set(e, ERROR_UNTRUSTED, _("has unknown flags"));
	if (!r->bad && !kit_id_valid((const char *)kit_id, kit_id_len))
		return error_set(e, ERROR_UNTRUSTED, _("has a malformed kit_id"));
	copy(s->kit_id, kit_id, kit_id_len);
	s->exercise = flags & FLAG_EXERCISE;
	copy(s->salt, reader_take(r, sizeof(s->salt)), sizeof(s->salt));
	s->memory_kib = reader_le32(r);
	s->passes = reader_le32(r);
	for (size_t tier = 1; tier < KIT_TIERS; tier++)
		copy(s->public[tier].key, reader_take(r, SEALED_KEY_BYTES), SEALED_KEY_BYTES);
	if (r->bad)
		return error_set(e, ERROR_UNTRUSTED, _("is cut short"));
	if (s->memory_kib < SLOTS_MEMORY_KIB || s->memory_kib > MEMORY_KIB_MAX || s->passes == 0 ||
	    s->passes > PASSES_MAX)
		return error_set(e, ERROR_UNTRUSTED,
				 _("asks for %u KiB and %u passes of Argon2id; allowed are %d to "
				   "%d KiB and 1 to %d passes"),
				 s->memory_kib, s->passes, SLOTS_MEMORY_KIB, MEMORY_KIB_MAX,
				 PASSES_MAX);
	return true;
}

bool slots_parse(const void *bytes, size_t len, struct slots *s, struct error *e)
{
	struct reader r = reader_of(bytes, len);
	unsigned count;

	memset(s, 0, sizeof(*s));
	if (len > SLOTS_FILE_MAX)
		return error_set(e, ERROR_UNTRUSTED, _("is too large for a file of key slots"));
	if (!parse_head(&r, s, e))
		return false;
	count = reader_u8(&r);
	if (r.bad)
		return error_set(e, ERROR_UNTRUSTED, _("is cut short"));
	if (count == 0 || count > SLOTS_MAX)
		return error_set(e, ERROR_UNTRUSTED, _("has %u slots; possible are 1 to %d"), count,
				 SLOTS_MAX);
	while (s->count < count)
		if (!parse_slot(&r, s, e))
			return false;
	if (!reader_done(&r))
		return error_set(e, ERROR_UNTRUSTED, _("has %zu bytes after its end"), r.left);
	return true;
}

static size_t put(uint8_t *out, size_t at, const void *bytes, size_t n)
{
	memcpy(out + at, bytes, n);
	return at + n;
}

static size_t put_le32(uint8_t *out, size_t at, uint32_t v)
{
	uint8_t b[4] = { (uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24) };

	return put(out, at, b, sizeof(b));
}

/* Magic to public keys; returns how many bytes. */
static size_t head_bytes(const struct slots *s, uint8_t out[HEAD_MAX])
{
	size_t kit_id_len = strlen(s->kit_id), at = put(out, 0, MAGIC, MAGIC_BYTES);

	out[at++] = VERSION;
	out[at++] = s->exercise ? FLAG_EXERCISE : 0;
	out[at++] = (uint8_t)kit_id_len;
	at = put(out, at, s->kit_id, kit_id_len);
	at = put(out, at, s->salt, sizeof(s->salt));
	at = put_le32(out, at, s->memory_kib);
	at = put_le32(out, at, s->passes);
	at = put(out, at, s->public[1].key, SEALED_KEY_BYTES);
	return put(out, at, s->public[2].key, SEALED_KEY_BYTES);
}

/* Kind to label of a slot. */
static size_t slot_head_bytes(const struct slot *slot, uint8_t out[3 + SLOT_LABEL_MAX])
{
	size_t label_len = strlen(slot->label);

	out[0] = (uint8_t)slot->kind;
	out[1] = slot->tiers;
	out[2] = (uint8_t)label_len;
	return put(out, 3, slot->label, label_len);
}

/* The additional data of a slot: all that is in the clear and concerns it. */
static size_t bound_bytes(const struct slots *s, const struct slot *slot, uint8_t out[BOUND_MAX])
{
	size_t at = head_bytes(s, out);

	return at + slot_head_bytes(slot, out + at);
}

void slots_write(const struct slots *s, struct text *out)
{
	uint8_t head[HEAD_MAX], slot_head[3 + SLOT_LABEL_MAX];
	char count = (char)s->count;

	text_add_n(out, (const char *)head, head_bytes(s, head));
	text_add_n(out, &count, 1);
	for (size_t i = 0; i < s->count; i++) {
		const struct slot *slot = &s->slot[i];

		text_add_n(out, (const char *)slot_head, slot_head_bytes(slot, slot_head));
		text_add_n(out, (const char *)slot->wrapped, slot->wrapped_len);
	}
}

void tier_keys_random(struct tier_keys *k, const char *kit_id, bool exercise)
{
	memset(k, 0, sizeof(*k));
	text_mask(k->kit_id, sizeof(k->kit_id), kit_id);
	k->exercise = exercise;
	for (size_t tier = 1; tier < KIT_TIERS; tier++) {
		sealed_pair_random(&k->pair[tier]);
		k->has[tier] = true;
	}
}

static void demo_pair(struct sealed_pair *pair, uint8_t tier)
{
	static const char words[] = "Blackstart demonstration kit: not secret";
	crypto_generichash_state s;
	uint8_t seed[crypto_box_SEEDBYTES];

	ready();
	crypto_generichash_init(&s, NULL, 0, sizeof(seed));
	crypto_generichash_update(&s, (const uint8_t *)words, strlen(words));
	crypto_generichash_update(&s, &tier, 1);
	crypto_generichash_final(&s, seed, sizeof(seed));
	sealed_pair_from_seed(pair, seed);
}

void tier_keys_demo(struct tier_keys *k)
{
	memset(k, 0, sizeof(*k));
	text_mask(k->kit_id, sizeof(k->kit_id), DEMO_KIT);
	for (uint8_t tier = 1; tier < KIT_TIERS; tier++) {
		demo_pair(&k->pair[tier], tier);
		k->has[tier] = true;
	}
}

/* Any tier's published key in any place is enough: it protects nothing. */
static bool is_demo_key(const struct sealed_public *key)
{
	struct sealed_pair demo;

	for (uint8_t tier = 1; tier < KIT_TIERS; tier++) {
		demo_pair(&demo, tier);
		if (memcmp(key->key, demo.public.key, SEALED_KEY_BYTES) == 0)
			return true;
	}
	return false;
}

bool tier_keys_are_demo(const struct tier_keys *k)
{
	for (size_t tier = 1; tier < KIT_TIERS; tier++)
		if (k->has[tier] && is_demo_key(&k->pair[tier].public))
			return true;
	return false;
}

bool slots_are_demo(const struct slots *s)
{
	return is_demo_key(&s->public[1]) || is_demo_key(&s->public[2]);
}

bool tier_keys_allowed(const struct tier_keys *k, const char *kit_id, bool exercise,
		       struct error *e)
{
	if (tier_keys_are_demo(k) && strcmp(kit_id, DEMO_KIT) != 0)
		return error_set(
			e, ERROR_UNTRUSTED,
			_("these are the published keys of the demonstration kit: anyone can "
			  "open what they seal. Make keys for %s with `kit keygen`"),
			kit_id);
	if (strcmp(k->kit_id, kit_id) != 0)
		return error_set(e, ERROR_UNTRUSTED, _("the keys belong to the kit %s, not to %s"),
				 k->kit_id, kit_id);
	if (k->exercise && !exercise)
		return error_set(e, ERROR_UNTRUSTED,
				 _("the keys of %s are those of an exercise; they are not used for "
				   "the real kit"),
				 kit_id);
	if (!k->exercise && exercise)
		return error_set(e, ERROR_UNTRUSTED,
				 _("the keys of %s are the real ones; they are not used for an "
				   "exercise. Make others with `kit keygen --exercise`"),
				 kit_id);
	return true;
}

void tier_keys_wipe(struct tier_keys *k)
{
	sodium_memzero(k, sizeof(*k));
}

/* Salt and nonces. Those of the demonstration's file come from published words, as its
 * keys do: the stick's image with it must be reproducible, and protects nothing. */
static void draw(const struct slots *s, const char *label, uint8_t *out, size_t n)
{
	static const char words[] = "Blackstart demonstration slots: not secret";
	crypto_generichash_state h;

	if (!slots_are_demo(s)) {
		randombytes_buf(out, n);
		return;
	}
	crypto_generichash_init(&h, NULL, 0, n);
	crypto_generichash_update(&h, (const uint8_t *)words, strlen(words));
	crypto_generichash_update(&h, (const uint8_t *)label, strlen(label));
	crypto_generichash_final(&h, out, n);
}

void slots_init(struct slots *s, const struct tier_keys *k)
{
	ready();
	memset(s, 0, sizeof(*s));
	text_mask(s->kit_id, sizeof(s->kit_id), k->kit_id);
	s->exercise = k->exercise;
	s->memory_kib = SLOTS_MEMORY_KIB;
	s->passes = SLOTS_PASSES;
	for (size_t tier = 1; tier < KIT_TIERS; tier++)
		s->public[tier] = k->pair[tier].public;
	draw(s, "", s->salt, sizeof(s->salt));
}

bool slots_of(const struct slots *s, const struct tier_keys *k, struct error *e)
{
	if (strcmp(s->kit_id, k->kit_id) != 0)
		return error_set(e, ERROR_UNTRUSTED,
				 _("the slots are of the kit %s, the keys of %s"), s->kit_id,
				 k->kit_id);
	if (s->exercise != k->exercise)
		return error_set(e, ERROR_UNTRUSTED,
				 s->exercise ? _("the slots are an exercise's, the keys are real")
					     : _("the slots are real, the keys an exercise's"));
	for (size_t tier = 1; tier < KIT_TIERS; tier++)
		if (memcmp(s->public[tier].key, k->pair[tier].public.key, SEALED_KEY_BYTES) != 0)
			return error_set(e, ERROR_UNTRUSTED,
					 _("the slots hold other keys of the kit %s: were new ones "
					   "made?"),
					 s->kit_id);
	return true;
}

/* One run of Argon2id over what was entered, in its normal form. */
static bool master_key(const struct slots *s, const char *entered, uint8_t master[32],
		       struct error *e)
{
	struct secret entry = { 0 };
	bool ok;

	ready();
	if (strlen(entered) >= sizeof(entry.s))
		return error_set(e, ERROR_USAGE, _("what was entered is too long"));
	memcpy(entry.s, entered, strlen(entered));
	secret_normalise(&entry);
	ok = crypto_pwhash(master, 32, entry.s, strlen(entry.s), s->salt, s->passes,
			   (size_t)s->memory_kib * 1024, crypto_pwhash_ALG_ARGON2ID13) == 0;
	secret_wipe(&entry);
	if (!ok)
		return error_set(e, ERROR_FAILED,
				 _("opening needs %u MiB of free memory, which this PC does not "
				   "have; close programs or take another PC"),
				 s->memory_kib / 1024);
	return true;
}

static void slot_key(uint8_t key[32], const uint8_t master[32], const struct slot *slot)
{
	static const char words[] = "blackstart slot 1";
	crypto_generichash_state s;

	crypto_generichash_init(&s, master, 32, 32);
	crypto_generichash_update(&s, (const uint8_t *)words, strlen(words));
	crypto_generichash_update(&s, slot->wrapped, NONCE_BYTES);
	crypto_generichash_final(&s, key, 32);
	sodium_memzero(&s, sizeof(s));
}

/* Take the secret keys of one opened slot, which must be those of the public keys. */
static bool take_keys(const struct slots *s, const struct slot *slot, const uint8_t *plain,
		      struct tier_keys *k, struct error *e)
{
	for (size_t tier = 1; tier < KIT_TIERS; tier++) {
		struct sealed_public found;

		if (!(slot->tiers & 1u << tier))
			continue;
		if (crypto_scalarmult_base(found.key, plain) != 0 ||
		    memcmp(found.key, s->public[tier].key, SEALED_KEY_BYTES) != 0)
			return error_set(e, ERROR_UNTRUSTED,
					 _("the slot \"%s\" holds a key that is not this kit's"),
					 slot->label);
		memcpy(k->pair[tier].secret, plain, SEALED_KEY_BYTES);
		k->has[tier] = true;
		plain += SEALED_KEY_BYTES;
	}
	return true;
}

/* True with *opened false: not this slot. */
static bool try_slot(const struct slots *s, const struct slot *slot, const uint8_t master[32],
		     struct tier_keys *k, bool *opened, struct error *e)
{
	uint8_t key[32], bound[BOUND_MAX], plain[2 * SEALED_KEY_BYTES];
	size_t bound_len = bound_bytes(s, slot, bound);
	bool ok = true;

	slot_key(key, master, slot);
	*opened = crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL,
							     slot->wrapped + NONCE_BYTES,
							     slot->wrapped_len - NONCE_BYTES, bound,
							     bound_len, slot->wrapped, key) == 0;
	if (*opened)
		ok = take_keys(s, slot, plain, k, e);
	sodium_memzero(key, sizeof(key));
	sodium_memzero(plain, sizeof(plain));
	return ok;
}

bool slots_open(const struct slots *s, const char *entered, struct tier_keys *k, size_t *which,
		struct error *e)
{
	uint8_t master[32];
	bool opened, ok = true;

	memset(k, 0, sizeof(*k));
	for (size_t tier = 1; tier < KIT_TIERS; tier++)
		k->pair[tier].public = s->public[tier];
	*which = SLOTS_MAX;
	if (!master_key(s, entered, master, e))
		return false;
	for (size_t i = 0; ok && i < s->count; i++) {
		ok = try_slot(s, &s->slot[i], master, k, &opened, e);
		if (ok && opened && *which == SLOTS_MAX)
			*which = i;
	}
	sodium_memzero(master, sizeof(master));
	if (ok && *which == SLOTS_MAX)
		ok = error_set(
			e, ERROR_UNTRUSTED,
			_("this opens no slot. Check the words, and whether the keyboard's "
			  "layout is the one printed on it; case and spacing do not matter"));
	if (!ok) {
		tier_keys_wipe(k);
		return false;
	}
	text_mask(k->kit_id, sizeof(k->kit_id), s->kit_id);
	k->exercise = s->exercise;
	return true;
}

static bool check_new(struct slots *s, const struct tier_keys *k, const char *label, uint8_t tiers,
		      struct error *e)
{
	if (!slots_of(s, k, e))
		return false;
	if (s->count >= SLOTS_MAX)
		return error_set(e, ERROR_FAILED,
				 _("all %d slots are taken; remove one that is no longer needed"),
				 SLOTS_MAX);
	if (!label_valid(label, strlen(label)))
		return error_set(e, ERROR_USAGE,
				 _("a label has 1 to %d bytes and no control characters"),
				 SLOT_LABEL_MAX - 1);
	if (find(s, label))
		return error_set(e, ERROR_USAGE, _("there is a slot with the label \"%s\" already"),
				 label);
	if (!tiers_valid(tiers))
		return error_set(e, ERROR_USAGE, _("a slot opens tier 1, tier 2 or both"));
	for (size_t tier = 1; tier < KIT_TIERS; tier++)
		if ((tiers & 1u << tier) && !k->has[tier])
			return error_set(e, ERROR_FAILED,
					 _("the slot that was opened does not open tier %zu, so it "
					   "cannot hand it on"),
					 tier);
	return true;
}

bool slots_add(struct slots *s, const struct tier_keys *k, enum slot_kind kind, const char *label,
	       uint8_t tiers, const char *entered, struct error *e)
{
	struct slot slot = { .kind = kind, .tiers = tiers };
	uint8_t master[32], key[32], bound[BOUND_MAX], plain[2 * SEALED_KEY_BYTES];
	size_t bound_len, plain_len = 0;

	if (!check_new(s, k, label, tiers, e) || !master_key(s, entered, master, e))
		return false;
	memcpy(slot.label, label, strlen(label));
	slot.wrapped_len = wrapped_bytes(tiers);
	draw(s, slot.label, slot.wrapped, NONCE_BYTES);
	bound_len = bound_bytes(s, &slot, bound);
	for (size_t tier = 1; tier < KIT_TIERS; tier++)
		if (tiers & 1u << tier)
			plain_len = put(plain, plain_len, k->pair[tier].secret, SEALED_KEY_BYTES);
	slot_key(key, master, &slot);
	crypto_aead_xchacha20poly1305_ietf_encrypt(slot.wrapped + NONCE_BYTES, NULL, plain,
						   plain_len, bound, bound_len, NULL, slot.wrapped,
						   key);
	sodium_memzero(master, sizeof(master));
	sodium_memzero(key, sizeof(key));
	sodium_memzero(plain, sizeof(plain));
	s->slot[s->count++] = slot;
	return true;
}

static unsigned tiers_without(const struct slots *s, const struct slot *slot)
{
	unsigned tiers = 0;

	for (size_t i = 0; i < s->count; i++)
		if (&s->slot[i] != slot)
			tiers |= s->slot[i].tiers;
	return tiers;
}

bool slots_remove(struct slots *s, const char *label, struct error *e)
{
	const struct slot *slot = find(s, label);
	unsigned lost = slot ? slot->tiers & ~tiers_without(s, slot) : 0;

	if (lost)
		return error_set(
			e, ERROR_FAILED,
			_("\"%s\" is the last slot that opens tier %d: without it the keys "
			  "would be lost. Add another first"),
			label, lost & 2 ? 1 : 2);
	return slots_remove_any(s, label, e);
}

bool slots_remove_any(struct slots *s, const char *label, struct error *e)
{
	struct slot *slot = find(s, label);

	if (!slot)
		return error_set(e, ERROR_USAGE, _("there is no slot with the label \"%s\""),
				 label);
	if (s->count == 1)
		return error_set(e, ERROR_FAILED,
				 _("\"%s\" is the only slot; delete the file instead"), label);
	s->count--;
	memmove(slot, slot + 1, (size_t)(&s->slot[s->count] - slot) * sizeof(*slot));
	memset(&s->slot[s->count], 0, sizeof(*slot));
	return true;
}
