/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The order in which an image comes onto a target: docs/formats/kimg.md#restoring. */
#include "lib/image/restore.h"

#include <string.h>

#include "lib/base/language.h"
#include "lib/image/restore_inside.h"

/* What an earlier run left. A restore that was cut off after its map had gone left no table, and
 * chunks: then all are compared. */
static bool find_earlier(struct work *w, bool *found, bool *all, struct error *e)
{
	const struct blocks *t = w->target;
	size_t len = t->size_bytes < KIMG_CHUNK_BYTES ? (size_t)t->size_bytes : KIMG_CHUNK_BYTES;

	*all = w->o->resume == RESTORE_RESUME_FULL;
	if (!work_map_find(w, found, e))
		return false;
	*found = *found && w->o->resume == RESTORE_RESUME_AUTO;
	if (*found || *all || w->o->resume != RESTORE_RESUME_AUTO)
		return true;
	if (!t->read(t->ctx, 0, w->buffer, len, e))
		return false;
	return memcmp(w->buffer, w->zeros, len) != 0 || work_probe(w, all, e);
}

static bool clean_up(struct work *w, struct error *e)
{
	const struct blocks *t = w->target;
	uint64_t at = w->map.at;

	if (!w->map.on)
		return true;
	if (!work_map_clean(w, e))
		return false;
	for (uint64_t i = 0; i < RESTORE_MAP_BYTES; i += KIMG_CHUNK_BYTES)
		if (!t->read(t->ctx, at + i, w->buffer, KIMG_CHUNK_BYTES, e))
			return false;
		else if (memcmp(w->buffer, w->zeros, KIMG_CHUNK_BYTES) != 0)
			return error_set(e, ERROR_UNTRUSTED,
					 _("bytes %llu to %llu do not come back as zeros. The disk "
					   "is broken: do not use it"),
					 at + i + 0ULL, at + i + KIMG_CHUNK_BYTES + 0ULL);
	return true;
}

static bool run(struct work *w, struct error *e)
{
	uint64_t start_ms = work_now_ms();
	bool found = false, all = false;

	if (!find_earlier(w, &found, &all, e) || !work_empty_ends(w, e))
		return false;
	w->r->resumed = found || all;
	/* Marks are kept until there are better ones: the map of an earlier run stays. */
	if ((!found && !work_map_write(w, e)) || ((found || all) && !work_keep(w, all, e)) ||
	    !work_write(w, e))
		return false;
	w->r->write_ms = work_now_ms() - start_ms;
	start_ms = work_now_ms();
	if (!work_read_back(w, e) || !clean_up(w, e) || !work_table(w, e))
		return false;
	w->r->read_back_ms = work_now_ms() - start_ms;
	return true;
}

bool restore_image(const struct image *i, struct stream *s, const struct blocks *target,
		   const struct restore_options *o, struct restore_report *r, struct error *e)
{
	struct work w = { .image = i, .stream = s, .target = target, .o = o, .r = r };
	bool ok;

	memset(r, 0, sizeof(*r));
	digest_ready();
	ok = work_plan(&w, e) && run(&w, e);
	/* A table that is half there, or that is there although something failed. */
	if (!ok && w.ends_touched) {
		struct error quiet = { 0 };

		r->may_start = !work_empty_ends(&w, &quiet);
	}
	work_release(&w);
	return ok && !e->kind;
}
