/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_SAMPLES_H
#define TRIAGE_SAMPLES_H

/* Samples of ../shared/data through a format of the table, as the verb parse does it, without the box. */
#include <fcntl.h>
#include <stdlib.h>

#include "keys.h"
#include "lib/base/wholefile.h"
#include "triage/format.h"

#define SAMPLES "../shared/data/triage/"
#define SAMPLE_LIMIT (64u << 20)

static inline struct text sample_load(const char *path)
{
	struct text t = { 0 };
	struct error e = { 0 };
	char *whole = mem_format(SAMPLES "%s", path);

	if (!wholefile_read(AT_FDCWD, whole, 0, SAMPLE_LIMIT, &t, &e))
		fail_msg("%s: %s", whole, e.text);
	free(whole);
	return t;
}

static inline bool sample_read(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	const struct text *t = ctx;

	if (offset > t->len || len > t->len - offset)
		return error_set(e, ERROR_FAILED, "past the end");
	memcpy(buf, t->s + offset, len);
	return true;
}

static inline bool sample_write(void *ctx, const char *lines, size_t len, struct error *e)
{
	(void)e;
	text_add_n(ctx, lines, len);
	return true;
}

/* What a format makes of bytes, and of further ones that belong to them. */
static inline struct text lines_of(const char *format, struct text *inputs, size_t count,
				   bool recovered, enum emit_form form)
{
	struct partition_source sources[FORMAT_INPUTS_MAX];
	const char *names[FORMAT_INPUTS_MAX];
	const struct format *f = format_find(format);
	struct error e = { 0 };
	struct text t = { 0 };

	assert_non_null(f);
	for (size_t i = 0; i < count; i++) {
		sources[i] =
			(struct partition_source){ sample_read, &inputs[i], inputs[i].len, 512 };
		names[i] = "sample";
	}
	const struct format_job job = {
		.inputs = sources, .names = names, .count = count, .recovered = recovered
	};
	struct emit *o = emit_new(form, f->columns, sample_write, &t);
	if (!f->run(&job, o, &e) || !emit_flush(o, &e))
		fail_msg("%s: %s", format, e.text);
	emit_free(o);
	if (form == EMIT_JSONL)
		keys_are_columns(text_end(&t), f);
	(void)text_end(&t);
	return t;
}

static inline struct text sample_lines(const char *format, const char *path, const char *second,
				       enum emit_form form)
{
	struct text inputs[2] = { sample_load(path) };

	if (second)
		inputs[1] = sample_load(second);
	struct text t = lines_of(format, inputs, second ? 2 : 1, false, form);
	text_release(&inputs[0]);
	text_release(&inputs[1]);
	return t;
}

#endif
