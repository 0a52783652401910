/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The recycle bin: one $I a file, or all of them in one INFO2. */
#include "triage/parse/recycle.h"

#include "lib/base/language.h"

#define ANSI_BYTES 260u
#define UNICODE_BYTES 520u
#define RECORD_OLD 280u /* without UTF-16 */
#define RECORD_NEW 800u

bool recycle_begin(const uint8_t *bytes, size_t len, struct recycle *r,
		   const struct parse_problems *problems, struct error *e)
{
	struct reader head = reader_of(bytes, len), info = head;
	uint64_t version = reader_le64(&head);

	*r = (struct recycle){ .rest = reader_of(bytes, len), .bytes = len, .problems = problems };
	if (!head.bad && (version == 1 || version == 2))
		return true;
	r->version = reader_le32(&info);
	reader_skip(&info, 8);
	r->record_bytes = reader_le32(&info);
	reader_skip(&info, 4);
	r->is_info2 = true;
	r->rest = info;
	if (info.bad || r->version > 5 ||
	    (r->record_bytes != RECORD_OLD && r->record_bytes != RECORD_NEW))
		return error_set(e, ERROR_UNTRUSTED, _("this is no file of a recycle bin"));
	return true;
}

static bool next_i(struct recycle *r, struct recycled *item)
{
	struct reader *in = &r->rest;

	if (in->left == 0)
		return false;
	*item = (struct recycled){ .version = reader_le64(in) };
	item->size_bytes = reader_le64(in);
	item->deleted = reader_le64(in);
	size_t units = item->version == 1 ? UNICODE_BYTES / 2 : reader_le32(in);
	if (in->bad) {
		parse_problem(r->problems, 0, N_("the file ends within its header"));
		return false;
	}
	struct reader path = *in;
	if (units > path.left / 2)
		parse_problem(r->problems, r->bytes - path.left, N_("the path is cut off"));
	else
		path.left = 2 * units;
	item->path = words_ended(&path, true);
	reader_skip(in, (size_t)(path.at - in->at));
	if (!words_is_zero(*in))
		parse_problem(r->problems, r->bytes - in->left,
			      N_("there is more behind the end of the path"));
	*in = (struct reader){ 0 };
	return true;
}

bool recycle_next(struct recycle *r, struct recycled *item)
{
	if (!r->is_info2)
		return next_i(r, item);
	if (r->rest.left == 0)
		return false;
	size_t left = r->rest.left;
	struct reader record =
		reader_sub(&r->rest, left < r->record_bytes ? left : r->record_bytes);
	if (left < r->record_bytes)
		parse_problem(r->problems, r->bytes, N_("the last record is cut off"));
	if (left < RECORD_OLD) /* else only its path in UTF-16 is short */
		return false;
	struct reader ansi = reader_sub(&record, ANSI_BYTES);
	*item = (struct recycled){ .version = r->version, .is_info2 = true };
	item->was_emptied = ansi.at[0] == 0;
	if (item->was_emptied) /* the letter of the drive is overwritten */
		reader_skip(&ansi, 1);
	item->short_path = words_ended(&ansi, false);
	item->index = reader_le32(&record);
	item->drive = reader_le32(&record);
	item->deleted = reader_le64(&record);
	item->size_bytes = reader_le32(&record);
	bool has_path = r->record_bytes == RECORD_NEW && record.left >= 2;
	item->path = has_path ? words_ended(&record, true) : item->short_path;
	return true;
}
