/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UserAssist, BAM and DAM: small records of what ran when. */
#include "triage/parse/userassist.h"

#include "lib/base/reader.h"

#define VERSION_3_BYTES 16u
#define VERSION_5_BYTES 72u
#define COUNT_BEGINS 5u /* up to Vista */
#define BAM_BYTES 24u

bool userassist_parse(struct regf_bytes b, struct userassist *u)
{
	struct reader r = reader_of(b.bytes, b.len);

	*u = (struct userassist){ 0 };
	if (b.len == VERSION_3_BYTES) {
		u->version = 3;
		u->session = reader_le32(&r);
		u->run_count = reader_le32(&r);
		if (u->run_count >= COUNT_BEGINS)
			u->run_count -= COUNT_BEGINS;
		u->last_run = reader_le64(&r);
		return reader_done(&r);
	}
	if (b.len != VERSION_5_BYTES)
		return false;
	u->version = 5;
	reader_skip(&r, 4);
	u->run_count = reader_le32(&r);
	u->focus_count = reader_le32(&r);
	u->focus_ms = reader_le32(&r);
	reader_skip(&r, 44);
	u->last_run = reader_le64(&r);
	reader_skip(&r, 4);
	return reader_done(&r);
}

void userassist_name(struct text *out, struct regf_text name)
{
	size_t from = out->len;

	regf_text_add(out, name);
	for (size_t i = from; i < out->len; i++) {
		char small = (char)(out->s[i] | 32);

		if (small >= 'a' && small <= 'z')
			out->s[i] = (char)(out->s[i] + (small < 'n' ? 13 : -13));
	}
}

bool bam_parse(struct regf_bytes b, struct bam *m)
{
	struct reader r = reader_of(b.bytes, b.len);

	*m = (struct bam){ .last_run = reader_le64(&r) };
	reader_skip(&r, 8);
	m->is_app = reader_le32(&r);
	reader_skip(&r, 4);
	return b.len == BAM_BYTES && reader_done(&r);
}
