/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef EVTX_READ_H
#define EVTX_READ_H

/* Reading a log in memory, as `triage parse evtx` does: lines, and what was wrong. */
#include <string.h>

#include "evtx_builder.h"
#include "lib/base/text.h"
#include "triage/format.h"

extern const struct format format_evtx;

struct result {
	struct text lines, problems;
	size_t records;
	bool ok;
	struct error e;
};

struct memory {
	const uint8_t *bytes;
	size_t len;
	uint64_t bad; /* a place that cannot be read, 0: none */
};

static inline bool memory_read(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	const struct memory *m = ctx;

	if (m->bad && offset <= m->bad && m->bad - offset < len)
		return error_set(e, ERROR_FAILED, "unreadable");
	memcpy(buf, m->bytes + offset, len);
	return true;
}

static inline bool take_lines(void *ctx, const char *lines, size_t len, struct error *e)
{
	struct result *r = ctx;
	(void)e;

	text_add_n(&r->lines, lines, len);
	for (size_t i = 0; i < len; i++)
		r->records += lines[i] == '\n';
	return true;
}

static inline void take_problem(void *ctx, uint64_t offset, const char *what)
{
	struct result *r = ctx;

	text_addf(&r->problems, "%llu %s\n", (unsigned long long)offset, what);
}

static inline struct result read_log_from(struct memory m, bool recovered, enum emit_form form)
{
	struct result r = { 0 };
	struct partition_source s = { memory_read, &m, m.len, 512 };
	const char *name = "x.evtx";
	struct format_job job = { .inputs = &s,
				  .names = &name,
				  .count = 1,
				  .recovered = recovered,
				  .problems = { take_problem, &r } };
	struct emit *o = emit_new(form, format_evtx.columns, take_lines, &r);

	r.ok = format_evtx.run(&job, o, &r.e) && emit_flush(o, &r.e);
	emit_free(o);
	text_end(&r.lines);
	text_end(&r.problems);
	return r;
}

/* A file that is one chunk. */
static inline struct result read_chunk(struct b_chunk *c)
{
	b_end(c);
	return read_log_from((struct memory){ c->at, B_CHUNK, 0 }, false, EMIT_JSONL);
}

static inline void result_release(struct result *r)
{
	text_release(&r->lines);
	text_release(&r->problems);
}

#endif
