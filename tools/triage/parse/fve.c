/* SPDX-License-Identifier: GPL-3.0-or-later */
/* BitLocker volumes: what can be read of them without a key. */
#include "triage/parse/fve.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/reader.h"

#define HEADER_BYTES 512
#define BLOCK_HEAD_BYTES 64
#define HEAD_BYTES 48
#define ENTRY_HEAD_BYTES 8
#define COPIES 3

enum entry_type { ENTRY_PROPERTY = 0, ENTRY_VMK = 2, ENTRY_DESCRIPTION = 7 };
enum value_type { VALUE_STRING = 2, VALUE_VMK = 8 };

static const uint8_t signature[8] = { '-', 'F', 'V', 'E', '-', 'F', 'S', '-' };

static const struct {
	uint16_t value;
	const char *name;
} protections[] = {
	{ FVE_CLEAR_KEY, "clear_key" },	  { FVE_TPM, "tpm" },
	{ FVE_STARTUP_KEY, "startup_key" }, { FVE_TPM_PIN, "tpm_and_pin" },
	{ FVE_RECOVERY_PASSWORD, "recovery_password" }, { FVE_CERTIFICATE, "certificate" },
	{ FVE_PASSWORD, "password" },
}, methods[] = {
	{ 0x8000, "AES-CBC 128 with diffuser" }, { 0x8001, "AES-CBC 256 with diffuser" },
	{ 0x8002, "AES-CBC 128" },		 { 0x8003, "AES-CBC 256" },
	{ 0x8004, "XTS-AES 128" },		 { 0x8005, "XTS-AES 256" },
};

const char *fve_protection_name(uint16_t protection)
{
	for (size_t i = 0; i < sizeof(protections) / sizeof(*protections); i++)
		if (protections[i].value == protection)
			return protections[i].name;
	return "unknown";
}

const char *fve_method_name(uint16_t method)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++)
		if (methods[i].value == method)
			return methods[i].name;
	return "unknown";
}

bool fve_opens_without_key(const struct fve *v)
{
	for (size_t i = 0; i < v->count; i++)
		if (v->protectors[i].protection == FVE_CLEAR_KEY)
			return !fve_obstacle(v);
	return false;
}

const char *fve_obstacle(const struct fve *v)
{
	if (v->on_write)
		return N_("encrypts on write: not opened before Windows has finished that");
	if (v->version < 2)
		return N_("of Windows Vista: not opened");
	if (v->state != FVE_WHOLE)
		return N_("being encrypted or decrypted: not opened before Windows has finished "
			  "that");
	return NULL;
}

/* Where the copies of the metadata begin, in the volume. */
static bool find_copies(const uint8_t *header, uint64_t places[COPIES], struct fve *v)
{
	struct reader r = reader_of(header, HEADER_BYTES);
	bool found = false;

	reader_skip(&r, 3);
	const uint8_t *name = reader_take(&r, 8);
	v->to_go = memcmp(name, "MSWIN4.1", 8) == 0;
	if (!v->to_go && memcmp(name, signature, 8) != 0)
		return false;
	r = reader_of(header, HEADER_BYTES);
	reader_skip(&r, v->to_go ? 424 : 160);
	const uint8_t *guid = reader_take(&r, 16);
	v->on_write = memcmp(guid, bitlocker_ids[1], 16) == 0;
	found = v->on_write || memcmp(guid, bitlocker_ids[0], 16) == 0;
	for (size_t i = 0; found && i < COPIES; i++)
		places[i] = reader_le64(&r);
	if (found || v->to_go)
		return found;
	/* Windows Vista: the cluster of the first one; the block itself knows the others. */
	r = reader_of(header, HEADER_BYTES);
	reader_skip(&r, 11);
	uint64_t sector = reader_le16(&r), cluster = reader_u8(&r) * sector;
	reader_skip(&r, 56 - 14);
	uint64_t lcn = reader_le64(&r);
	if (!cluster || lcn > INT64_MAX / cluster)
		return false;
	places[0] = lcn * cluster;
	places[1] = places[2] = 0;
	return true;
}

static void take_protector(struct fve *v, struct reader value)
{
	struct fve_protector *p = &v->protectors[v->count];
	const uint8_t *guid = reader_take(&value, 16);

	p->changed = reader_le64(&value);
	reader_skip(&value, 2);
	p->protection = reader_le16(&value);
	if (value.bad) {
		v->entries_lost = true;
		return;
	}
	memcpy(p->guid, guid, 16);
	v->count++;
}

static void take_entries(struct fve *v, struct reader r)
{
	while (r.left >= ENTRY_HEAD_BYTES) {
		uint16_t size = reader_le16(&r), type = reader_le16(&r), value = reader_le16(&r);

		reader_skip(&r, 2);
		struct reader inside = reader_of(NULL, 0);
		if (size >= ENTRY_HEAD_BYTES)
			inside = reader_sub(&r, size - ENTRY_HEAD_BYTES);
		if (size < ENTRY_HEAD_BYTES || inside.bad) { /* no more can be found */
			v->entries_lost = true;
			return;
		}
		if (type == ENTRY_VMK && value == VALUE_VMK) {
			if (v->count < FVE_PROTECTORS_MAX)
				take_protector(v, inside);
			else
				v->entries_lost = true;
		}
		if (type == ENTRY_DESCRIPTION && value == VALUE_STRING) {
			struct reader text = reader_sub(&inside, inside.left < 2 * FVE_TEXT_UNITS
									 ? inside.left & ~(size_t)1
									 : 2 * FVE_TEXT_UNITS);

			(void)utf16_text(v->description, text);
		}
	}
}

/* One copy. On false it is as if it had not been looked at. */
static bool take_copy(const uint8_t *bytes, size_t len, struct fve *v)
{
	struct reader r = reader_of(bytes, len);
	const uint8_t *name = reader_take(&r, 8);

	if (!name || memcmp(name, signature, 8) != 0)
		return false;
	reader_skip(&r, 2);
	v->version = reader_le16(&r);
	v->state = reader_le16(&r);
	r = reader_of(bytes, len);
	reader_skip(&r, BLOCK_HEAD_BYTES);
	uint32_t size = reader_le32(&r), version = reader_le32(&r), head = reader_le32(&r),
		 copy = reader_le32(&r);
	const uint8_t *guid = reader_take(&r, 16);
	reader_skip(&r, 4);
	v->method = reader_le16(&r);
	reader_skip(&r, 2);
	v->created = reader_le64(&r);
	if (r.bad || version != 1 || head != HEAD_BYTES || size != copy || size < HEAD_BYTES ||
	    size > len - BLOCK_HEAD_BYTES)
		return false;
	memcpy(v->volume_guid, guid, 16);
	take_entries(v, reader_sub(&r, size - HEAD_BYTES));
	return true;
}

/* Windows 7 and later say behind a copy what its sum is; Vista's have none. */
static bool sum_is_right(const uint8_t *bytes, size_t len)
{
	struct reader r = reader_of(bytes, len);

	reader_skip(&r, 8);
	size_t size = reader_le16(&r);
	if (reader_le16(&r) < 2)
		return true;
	size *= 16;
	r = reader_of(bytes, len);
	reader_skip(&r, size + 4);
	uint32_t sum = reader_le32(&r);
	return !r.bad && size && gpt_crc32(0, bytes, size) == sum;
}

/* Copy nr into *v, if it is one; `summed`: only if its sum is right. */
static bool read_copy(const struct partition_source *s, uint64_t first_byte, uint64_t size_bytes,
		      uint64_t place, bool summed, uint8_t *bytes, struct fve *v)
{
	const struct fve empty = { .to_go = v->to_go, .on_write = v->on_write };
	uint64_t left = place < size_bytes ? size_bytes - place : 0;
	/* A partition may end behind the medium. */
	const uint64_t there = s->size_bytes - first_byte;
	if (place >= there)
		left = 0;
	else if (left > there - place)
		left = there - place;
	size_t len = left < FVE_BLOCK_BYTES ? (size_t)left : FVE_BLOCK_BYTES;
	struct error quiet = { 0 };

	*v = empty;
	return place && len > BLOCK_HEAD_BYTES + HEAD_BYTES &&
	       partition_source_read(s, first_byte + place, bytes, len, &quiet) &&
	       (!summed || sum_is_right(bytes, len)) && take_copy(bytes, len, v);
}

bool fve_read(const struct partition_source *s, uint64_t first_byte, uint64_t size_bytes,
	      const struct parse_problems *problems, struct fve *v, struct error *e)
{
	uint8_t header[HEADER_BYTES];
	uint64_t places[COPIES] = { 0 };
	unsigned used = 0;

	*v = (struct fve){ 0 };
	if (size_bytes < HEADER_BYTES ||
	    !partition_source_read(s, first_byte, header, sizeof(header), e) ||
	    !find_copies(header, places, v))
		return error_set(e, ERROR_UNTRUSTED, _("this is no BitLocker volume"));
	uint8_t *bytes = mem_alloc(FVE_BLOCK_BYTES);
	/* One that is whole; else one that can be read at all. */
	for (unsigned i = 0; i < 2 * COPIES && !used; i++) {
		unsigned nr = i % COPIES;

		if (read_copy(s, first_byte, size_bytes, places[nr], i < COPIES, bytes, v))
			used = nr + 1;
		else if (places[nr] && i < COPIES)
			parse_problem(problems, first_byte + places[nr],
				      N_("a copy of the metadata of BitLocker is damaged"));
	}
	free(bytes);
	if (used && v->entries_lost)
		parse_problem(problems, first_byte + places[used - 1],
			      N_("not all entries of the metadata of BitLocker can be read"));
	return used || error_set(e, ERROR_UNTRUSTED,
				 _("none of the copies of BitLocker's metadata can be read"));
}
