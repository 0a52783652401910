/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Variables of the firmware, and the lists of what it trusts: docs/formats/efivars.md. */
#include "triage/parse/efivar.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/language.h"

#define ATTRIBUTES 0xffu /* all that the specification has */
#define STORE_HEAD 28u
#define START_ID 0x55aau
#define HEALTHY 0xfeu
#define FORMATTED 0x5au
#define ADDED 0x3fu         /* the state of a variable that is in use: bits go from 1 to 0 */
#define IN_TRANSITION 0x3eu /* the same, and a newer one was about to be written */
#define SEARCHES 256u       /* of such newer ones, in a dump */

char *efi_guid_text(char out[EFI_GUID_TEXT], const uint8_t g[16])
{
	snprintf(out, EFI_GUID_TEXT,
		 "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", g[3], g[2],
		 g[1], g[0], g[5], g[4], g[7], g[6], g[8], g[9], g[10], g[11], g[12], g[13], g[14],
		 g[15]);
	return out;
}

bool efivar_file(struct reader r, struct efivar *v)
{
	*v = (struct efivar){ .attributes = reader_le32(&r) };
	v->data = r;
	return !r.bad && v->attributes && !(v->attributes & ~ATTRIBUTES);
}

/* UTF-16 of so many bytes, as far as the first zero. */
static struct reader units(struct reader r)
{
	size_t len = 0;

	while (len + 2 <= r.left && (r.at[len] || r.at[len + 1]))
		len += 2;
	return reader_of(r.at, len);
}

/* The variable at the front, or false: there is none, or it is damaged. */
static bool variable(struct reader *r, bool authenticated, struct efivar *v)
{
	*v = (struct efivar){ .is_authenticated = authenticated };
	if (reader_le16(r) != START_ID)
		return false;
	const unsigned state = reader_u8(r);
	v->is_deleted = state != ADDED;
	v->is_in_transition = state == IN_TRANSITION;
	reader_skip(r, 1);
	v->attributes = reader_le32(r);
	if (authenticated) {
		reader_skip(r, 8);
		v->time = reader_sub(r, 16);
		reader_skip(r, 4);
	}
	size_t name = reader_le32(r), data = reader_le32(r);
	v->vendor = reader_take(r, 16);
	if (r->bad || name % 2)
		return false;
	struct reader whole = reader_sub(r, name);
	v->data = reader_sub(r, data);
	if (!r->bad) /* else many could have the same long name, in vain */
		v->name = units(whole);
	return !r->bad;
}

static const uint8_t authenticated_store[16] = { 0x78, 0x2c, 0xf3, 0xaa, 0x7b, 0x94, 0x9a, 0x43,
						 0xa1, 0x80, 0x2e, 0x14, 0x4e, 0xc3, 0x77, 0x92 };
static const uint8_t plain_store[16] = { 0x16, 0x36, 0xcf, 0xdd, 0x75, 0x32, 0x64, 0x41,
					 0x98, 0xb6, 0xfe, 0x85, 0x70, 0x7f, 0xfe, 0x7d };

static bool begins(struct reader r)
{
	return reader_le16(&r) == START_ID;
}

/* Flash that was not written since it was erased, or not at all. */
static bool is_erased(struct reader r)
{
	return r.left == 0 ||
	       ((*r.at == 0xff || *r.at == 0) && memcmp(r.at, r.at + 1, r.left - 1) == 0);
}

static bool is_store(struct reader r)
{
	const uint8_t *id = reader_take(&r, 16);

	return id && (memcmp(id, authenticated_store, 16) == 0 || memcmp(id, plain_store, 16) == 0);
}

struct dump {
	const uint8_t *bytes;
	const struct parse_problems *problems;
	bool (*each)(void *ctx, const struct efivar *v, struct error *e);
	void *ctx;
	unsigned searches; /* that may still be made */
};

static void skip_pad(const struct dump *d, struct reader *r)
{
	size_t pad = -(size_t)(r->at - d->bytes) % 4;

	reader_skip(r, pad < r->left ? pad : r->left);
}

/* Whether behind a variable that was to be overwritten the newer one stands. If power was cut before that was whole,
 * the firmware takes the older one, and so it does as long as no other is written. */
static bool is_replaced(struct dump *d, struct reader r, const struct efivar *old)
{
	struct efivar v;

	if (!d->searches)
		return true;
	d->searches--;
	for (;; skip_pad(d, &r)) {
		if (!variable(&r, old->is_authenticated, &v))
			return false;
		if (!v.is_deleted && v.name.left == old->name.left &&
		    memcmp(v.name.at, old->name.at, v.name.left) == 0 &&
		    memcmp(v.vendor, old->vendor, 16) == 0)
			return true;
	}
}

/* The variables of a store whose first one begins at *r, at a multiple of 4 in the input. Behind one that is
 * damaged the next is searched, as far as another store. */
static bool variables(struct dump *d, struct reader *r, bool authenticated, struct error *e)
{
	bool searching = false;

	while (r->left) {
		const size_t offset = (size_t)(r->at - d->bytes);
		const bool there = begins(*r);
		struct reader behind = *r;
		struct efivar v;

		if (searching && offset % 8 == 0 && is_store(*r))
			return true;
		if (there && variable(&behind, authenticated, &v)) {
			v.offset = offset;
			skip_pad(d, &behind);
			if (v.is_in_transition)
				v.is_deleted = is_replaced(d, behind, &v);
			if (!d->each(d->ctx, &v, e))
				return false;
			*r = behind;
			searching = false;
			continue;
		}
		if (!searching && !there && is_erased(*r))
			return true;
		if (!searching)
			parse_problem(d->problems, offset,
				      there ? N_("a variable goes beyond the end of its store")
					    : N_("what lies here is no variable"));
		searching = true;
		reader_skip(r, r->left < 4 ? r->left : 4);
	}
	return true;
}

bool efivar_dump(const uint8_t *bytes, size_t len, const struct parse_problems *problems,
		 bool (*each)(void *ctx, const struct efivar *v, struct error *e), void *ctx,
		 size_t *stores, struct error *e)
{
	struct dump d = { bytes, problems, each, ctx, SEARCHES };

	*stores = 0;
	/* Stores begin behind the head of a volume, at a multiple of 8 bytes. */
	for (size_t at = 0; at + STORE_HEAD <= len; at += 8) {
		struct reader r = reader_of(bytes + at, len - at);

		if (!is_store(r))
			continue;
		const bool authenticated = memcmp(bytes + at, authenticated_store, 16) == 0;
		reader_skip(&r, 16);
		size_t size = reader_le32(&r);
		bool good = reader_u8(&r) == FORMATTED;
		good = reader_u8(&r) == HEALTHY && good && size >= STORE_HEAD;
		reader_skip(&r, 6);
		/* Programs of the firmware have the identifier, too: no variable follows it there. */
		if (!good && !begins(r))
			continue;
		++*stores;
		if (!good)
			parse_problem(problems, at,
				      N_("the head of a store of variables is damaged"));
		else if (size - STORE_HEAD > r.left)
			parse_problem(problems, at, N_("the store of variables is cut short"));
		if (size < STORE_HEAD || size - STORE_HEAD > r.left)
			size = r.left + STORE_HEAD;
		r.left = size - STORE_HEAD;
		if (!variables(&d, &r, authenticated, e))
			return false;
		/* A store within another one's data is data. */
		at = (size_t)(r.at - bytes) + (is_store(r) ? 0 : r.left);
		at = at / 8 * 8 - 8;
	}
	return true;
}

bool efi_siglist_next(struct reader *r, struct efi_siglist *l)
{
	struct reader head = *r;

	*l = (struct efi_siglist){ .type = reader_take(&head, 16) };
	size_t size = reader_le32(&head), skipped = reader_le32(&head);
	l->signature_bytes = reader_le32(&head);
	/* Of no length that can be: all that is left. */
	bool good = !head.bad && size >= 28 && size <= r->left;
	l->whole = reader_sub(r, good ? size : r->left);
	if (!good || l->signature_bytes < 16)
		return false;
	l->signatures = l->whole;
	reader_skip(&l->signatures, 28);
	reader_skip(&l->signatures, skipped);
	return !l->signatures.bad && l->signatures.left % l->signature_bytes == 0;
}

bool efi_signature_next(struct efi_siglist *l, const uint8_t **owner, struct reader *data)
{
	if (!l->signatures.left)
		return false;
	*owner = reader_take(&l->signatures, 16);
	*data = reader_sub(&l->signatures, l->signature_bytes - 16);
	return !l->signatures.bad;
}

const char *efi_siglist_type(const uint8_t type[16])
{
	static const struct {
		const char *guid, *name;
	} types[] = {
		{ "c1c41626-504c-4092-aca9-41f936934328", "sha256" },
		{ "a5c059a1-94e4-4aa7-87b5-ab155c2bf072", "x509" },
		{ "3c5766e8-269c-4e34-aa14-ed776e85b3b6", "rsa2048" },
		{ "826ca512-cf10-4ac9-b187-be01496631bd", "sha1" },
		{ "ff3e5307-9fd0-48c9-85f1-8ad56c701e01", "sha384" },
		{ "093e0fae-a6c4-4f50-9f1b-d41e2b89c19a", "sha512" },
		{ "3bd2a492-96c0-4079-b420-fcf98ef103ed", "x509_sha256" },
		{ "7076876e-80c2-4ee6-aad2-28b349a6865b", "x509_sha384" },
		{ "446dbf63-2502-4cda-bcfa-2465d2b0fe9d", "x509_sha512" },
		{ "4aafd29d-68df-49ee-8aa9-347d375665a7", "pkcs7" },
	};
	char text[EFI_GUID_TEXT];

	efi_guid_text(text, type);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i].guid, text) == 0)
			return types[i].name;
	return NULL;
}

bool efi_load_option(struct reader r, struct efi_load_option *o)
{
	o->attributes = reader_le32(&r);
	size_t path = reader_le16(&r);
	o->description = units(r);
	reader_skip(&r, o->description.left + 2);
	o->path = reader_sub(&r, path);
	o->optional = r;
	return !r.bad;
}
