/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which chunks an interrupted restore had written: docs/formats/kimg.md#resume-map. */
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/reader.h"
#include "lib/image/restore_inside.h"

#define MAGIC "KIMGRSM1"
#define SLOT_BYTES (RESTORE_MAP_BYTES / 2)
#define HEADER_BYTES 4096u
#define SEALED_BYTES 4064u
#define CHUNKS_MAX 67076096u
#define CHECKPOINT_BYTES (256 * WORK_MIB)
#define CHECKPOINT_MS 2000

uint64_t restore_map_at(uint64_t target_bytes, uint32_t chunks)
{
	uint64_t mib = target_bytes / WORK_MIB;

	return mib < 18 || chunks > CHUNKS_MAX ? 0 : (mib - 17) * WORK_MIB;
}

static uint32_t grown(const struct work *w)
{
	return w->o->fit == LAYOUT_GROW;
}

static void put(uint8_t *p, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

bool restore_map_parse(const struct work *w, const uint8_t *bytes, size_t len, uint64_t *generation,
		       bool *ours, const uint8_t **bits)
{
	struct reader r = reader_of(bytes, len), head = reader_sub(&r, SEALED_BYTES);
	const uint8_t *magic = reader_take(&head, 8);

	if (!magic || memcmp(magic, MAGIC, 8) != 0)
		return false;
	struct digest seal = digest_bytes(bytes, SEALED_BYTES);
	const uint8_t *sealed = reader_take(&r, DIGEST_BYTES);
	if (!sealed || memcmp(sealed, seal.bytes, DIGEST_BYTES) != 0)
		return false;
	*generation = reader_le64(&head);
	const uint8_t *identity = reader_take(&head, DIGEST_BYTES);
	uint64_t size = reader_le64(&head);
	uint32_t chunks = reader_le32(&head), layout = reader_le32(&head);
	const uint8_t *wanted = reader_take(&head, DIGEST_BYTES);
	if (head.bad || !identity || !wanted)
		return false;
	while (head.left)
		if (reader_u8(&head) != 0)
			return false;
	*ours = memcmp(identity, w->image->identity.bytes, DIGEST_BYTES) == 0 &&
		size == w->target->size_bytes && chunks == w->image->manifest.chunks &&
		layout == grown(w);
	if (!*ours)
		return true; /* of another restore: only its generation matters */
	size_t bitmap = ((size_t)chunks + 7) / 8;
	*bits = reader_take(&r, bitmap);
	if (!*bits)
		return false;
	struct digest found = digest_bytes(*bits, bitmap);
	return memcmp(wanted, found.bytes, DIGEST_BYTES) == 0;
}

bool work_map_find(struct work *w, bool *found, struct error *e)
{
	const struct blocks *t = w->target;
	uint64_t best = 0;

	*found = false;
	for (unsigned slot = 0; w->map.on && slot < 2; slot++) {
		const uint8_t *bits = NULL;
		uint64_t generation = 0;
		bool ours = false;

		if (!t->read(t->ctx, w->map.at + slot * SLOT_BYTES, w->map.bytes, w->map.len, e))
			return error_prefix(e, "%s: ", _("looking for an interrupted restore"));
		if (!restore_map_parse(w, w->map.bytes, w->map.len, &generation, &ours, &bits))
			continue;
		if (generation >= w->map.generation)
			w->map.generation = generation + 1;
		if (!ours || (*found && generation < best))
			continue;
		*found = true;
		best = generation;
		memcpy(w->marked, bits, ((size_t)w->image->manifest.chunks + 7) / 8);
		w->map.slot = 1 - slot;
	}
	return true;
}

bool work_map_write(struct work *w, struct error *e)
{
	const struct blocks *t = w->target;
	size_t bitmap = ((size_t)w->image->manifest.chunks + 7) / 8;
	uint8_t *head = w->map.bytes, *bits = head + HEADER_BYTES;
	uint64_t at = w->map.at + w->map.slot * SLOT_BYTES;

	if (!w->map.on)
		return true;
	/* What is marked was written before the flush, whatever others write meanwhile. */
	for (size_t i = 0; i < bitmap; i++)
		bits[i] = __atomic_load_n(&w->written[i], __ATOMIC_ACQUIRE);
	struct digest d = digest_bytes(bits, bitmap);
	memset(head, 0, HEADER_BYTES);
	memcpy(head, MAGIC, 8);
	put(head + 8, w->map.generation, 8);
	memcpy(head + 16, w->image->identity.bytes, DIGEST_BYTES);
	put(head + 48, t->size_bytes, 8);
	put(head + 56, w->image->manifest.chunks, 4);
	put(head + 60, grown(w), 4);
	memcpy(head + 64, d.bytes, DIGEST_BYTES);
	d = digest_bytes(head, SEALED_BYTES);
	memcpy(head + SEALED_BYTES, d.bytes, DIGEST_BYTES);
	if (!t->flush(t->ctx, e) || !t->write(t->ctx, at, w->map.bytes, w->map.len, e) ||
	    !t->flush(t->ctx, e))
		return error_prefix(e, "%s: ", _("writing down how far it is"));
	w->map.generation++;
	w->map.slot = 1 - w->map.slot;
	return true;
}

bool work_checkpoint(struct work *w, uint64_t bytes, struct error *e)
{
	uint64_t every_bytes = w->o->checkpoint_bytes ? w->o->checkpoint_bytes : CHECKPOINT_BYTES;
	uint64_t since = __atomic_add_fetch(&w->unmarked_bytes, bytes, __ATOMIC_RELAXED);
	bool ok;

	if (!w->map.on ||
	    (since < every_bytes &&
	     work_now_ms() - __atomic_load_n(&w->checkpoint_ms, __ATOMIC_RELAXED) < CHECKPOINT_MS))
		return true;
	/* One does it, the others go on. */
	if (__atomic_exchange_n(&w->checkpoint_busy, true, __ATOMIC_ACQUIRE))
		return true;
	__atomic_store_n(&w->unmarked_bytes, 0, __ATOMIC_RELAXED);
	ok = work_map_write(w, e);
	__atomic_store_n(&w->checkpoint_ms, work_now_ms(), __ATOMIC_RELAXED);
	__atomic_store_n(&w->checkpoint_busy, false, __ATOMIC_RELEASE);
	return ok;
}

bool work_map_clean(struct work *w, struct error *e)
{
	const struct blocks *t = w->target;

	if (!w->map.on)
		return true;
	w->map.on = false;
	return t->zero(t->ctx, w->map.at, RESTORE_MAP_BYTES, e) && t->flush(t->ctx, e);
}
