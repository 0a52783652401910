/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scheduled tasks in the registry: when they ran, and what they run. */
#include "triage/parse/taskcache.h"

#define TIMES_7_BYTES 28u
#define TIMES_8_BYTES 36u

bool taskcache_times(struct regf_bytes b, struct taskcache_times *t)
{
	struct reader r = reader_of(b.bytes, b.len);

	*t = (struct taskcache_times){ .has_ended = b.len == TIMES_8_BYTES };
	if (b.len != TIMES_7_BYTES && b.len != TIMES_8_BYTES)
		return false;
	if (reader_le32(&r) != 3)
		return false;
	t->created = reader_le64(&r);
	t->last_run = reader_le64(&r);
	reader_skip(&r, 4); /* its state */
	t->last_result = reader_le32(&r);
	if (t->has_ended)
		t->last_ended = reader_le64(&r);
	return reader_done(&r);
}

/* A string behind its length in bytes. */
struct regf_text taskcache_string(struct reader *r)
{
	struct reader s = reader_sub(r, reader_le32(r));

	return (struct regf_text){ s.at, s.bad ? 0 : s.left & ~(size_t)1, false };
}

bool taskcache_actions(struct regf_bytes b, struct taskcache_actions *a)
{
	*a = (struct taskcache_actions){ .r = reader_of(b.bytes, b.len) };
	a->version = reader_le16(&a->r);
	if (a->version < 1 || a->version > 3)
		return false;
	if (a->version > 1)
		a->context = taskcache_string(&a->r);
	return !a->r.bad;
}

/* So many strings, each of four bytes at least, which are passed over. */
static struct reader strings(struct reader *r, uint32_t count)
{
	struct reader begin = *r;

	for (uint32_t i = 0; i < count && !r->bad; i++)
		(void)taskcache_string(r);
	return begin;
}

static void mail(struct reader *r, struct taskcache_action *action)
{
	for (unsigned i = 0; i < TASKCACHE_MAIL_TEXTS; i++)
		action->mail[i] = taskcache_string(r);
	action->attachment_count = reader_le32(r);
	action->attachments = strings(r, action->attachment_count);
	action->header_count = reader_le32(r);
	action->headers = strings(r, action->header_count);
	if (!r->bad) /* twice as many: names, and what they are */
		(void)strings(r, action->header_count);
}

bool taskcache_next(struct taskcache_actions *a, struct taskcache_action *action)
{
	struct reader *r = &a->r;

	*action = (struct taskcache_action){ 0 };
	if (a->damaged || !r->left)
		return false;
	action->kind = reader_le16(r);
	action->id = taskcache_string(r);
	if (action->kind == TASKCACHE_EXEC) {
		action->command = taskcache_string(r);
		action->arguments = taskcache_string(r);
		action->folder = taskcache_string(r);
		if (a->version == 3)
			reader_skip(r, 2);
	} else if (action->kind == TASKCACHE_COM) {
		action->class_id = reader_take(r, 16);
		action->data = taskcache_string(r);
	} else if (action->kind == TASKCACHE_MAIL) {
		mail(r, action);
	} else if (action->kind == TASKCACHE_MESSAGE) {
		action->title = taskcache_string(r);
		action->body = taskcache_string(r);
	} else {
		r->bad = true; /* of a length that is not known */
	}
	a->damaged = r->bad;
	return !r->bad;
}
