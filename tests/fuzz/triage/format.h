/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_FUZZ_TRIAGE_FORMAT_H
#define TESTS_FUZZ_TRIAGE_FORMAT_H

/* Any bytes as a file of a format: nothing is read outside of it, a refusal has a reason, and what
 * comes out are whole lines without controls, not more than the input can be the reason for. */
#include "../bytes.h"
#include "lib/base/text.h"
#include "triage/format.h"

struct fuzz_input {
	struct bytes bytes;
	size_t written;
};

static bool fuzz_lines(void *ctx, const char *s, size_t len, struct error *e)
{
	(void)e;
	((struct fuzz_input *)ctx)->written += len;
	if (!len || s[len - 1] != '\n' || !text_is_utf8(s, len))
		abort();
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)s[i] < 0x20 && s[i] != '\n')
			abort();
	return true;
}

static void fuzz_problem(void *ctx, uint64_t offset, const char *what)
{
	(void)offset;
	if (!*what || !((struct fuzz_input *)ctx)->bytes.at)
		abort();
}

/* `factor`: bytes of output for each of input, beside 64 KiB. */
static void fuzz_format(const struct format *f, const char *name, const uint8_t *data, size_t size,
			size_t factor)
{
	struct fuzz_input i = { { size ? data : (const uint8_t *)"", size }, 0 };
	struct partition_source s = source_of(&i.bytes);
	struct format_job job = { &s, &name, 1, true, { fuzz_problem, &i } };
	struct emit *o = emit_new(EMIT_JSONL, f->columns, fuzz_lines, &i);
	struct error e = { 0 }, late = { 0 };

	if (!f->run(&job, o, &e) && !e.kind)
		abort();
	if (!emit_flush(o, &late) || i.written > 65536 + factor * size)
		abort();
	emit_free(o);
}

#endif
