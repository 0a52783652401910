/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a journal: records lie in it one behind the other, and paths have an end. */
#include "../bytes.h"
#include "triage/parse/usn_paths.h"

struct seen {
	struct bytes bytes;
	uint64_t end;
	struct usn_paths *paths;
};

static bool each(void *ctx, const struct usn_record *r, struct error *e)
{
	struct seen *s = ctx;
	(void)e;

	if (r->offset < s->end || r->offset + USN_RECORD_MIN > s->bytes.size || r->offset % 8)
		abort();
	s->end = r->offset + USN_RECORD_MIN;
	usn_paths_note(s->paths, r);
	if (usn_paths_at(s->paths, r, r->usn & 8).len > USN_DEPTH * (3 * 255u + 1))
		abort();
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen s = { .bytes = { data, size }, .paths = usn_paths_new(NULL) };
	const struct partition_source bytes = source_of(&s.bytes);
	struct usn_source source = { .bytes = &bytes };
	struct error e = { 0 };

	for (int i = 0; i < 2; i++, s.end = 0, source.carve = true)
		if (!usn_parse(&source, NULL, each, &s, &e))
			abort();
	usn_paths_free(s.paths);
	return 0;
}
