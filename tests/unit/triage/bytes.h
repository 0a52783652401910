/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_TEST_BYTES_H
#define TRIAGE_TEST_BYTES_H

/* Files of evidence, written field by field, and what `triage parse` makes of them. */
#include <stdlib.h>
#include <string.h>

#include "keys.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/base/wholefile.h"
#include "triage/format.h"

struct bytes {
	uint8_t *at;
	size_t len, capacity;
};

static inline void put_n(struct bytes *b, const void *p, size_t n)
{
	mem_grow(&b->at, &b->capacity, b->len + n + 1, 1);
	if (n)
		memcpy(b->at + b->len, p, n);
	b->len += n;
}

/* Little-endian, of n bytes. */
static inline void put_le(struct bytes *b, uint64_t value, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint8_t byte = (uint8_t)(value >> 8 * i);

		put_n(b, &byte, 1);
	}
}

static inline void put_zeros(struct bytes *b, size_t n)
{
	while (n--)
		put_n(b, "", 1);
}

static inline void put_ascii(struct bytes *b, const char *s)
{
	put_n(b, s, strlen(s));
}

/* UTF-16 without an end. */
static inline void put_16(struct bytes *b, const char *s)
{
	for (; *s; s++)
		put_le(b, (uint8_t)*s, 2);
}

/* Change n bytes that are there. */
static inline void set_le(struct bytes *b, size_t at, uint64_t value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		b->at[at + i] = (uint8_t)(value >> 8 * i);
}

static inline void bytes_release(struct bytes *b)
{
	free(b->at);
	*b = (struct bytes){ 0 };
}

struct outcome {
	struct text lines, problems; /* problems: "OFFSET: words" a line */
	struct error e;
	bool ok;
};

static inline bool outcome_lines(void *ctx, const char *lines, size_t len, struct error *e)
{
	(void)e;
	text_add_n(&((struct outcome *)ctx)->lines, lines, len);
	return true;
}

static inline void outcome_problem(void *ctx, uint64_t offset, const char *what)
{
	text_addf(&((struct outcome *)ctx)->problems, "%llu: %s\n", offset + 0ULL, what);
}

static inline bool outcome_read(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	const struct bytes *b = ctx;
	(void)e;

	if (offset > b->len || len > b->len - offset)
		abort();
	memcpy(buf, b->at + offset, len);
	return true;
}

static inline void outcome_release(struct outcome *x)
{
	text_release(&x->lines);
	text_release(&x->problems);
}

/* What the format makes of the bytes; read from a copy of just that size. */
static inline struct outcome outcome_of(const struct format *f, const struct bytes *in,
					const char *name, enum emit_form form)
{
	struct bytes exact = { .at = mem_alloc(in->len), .len = in->len };
	struct partition_source s = { outcome_read, &exact, exact.len, 512 };
	struct outcome x = { 0 };
	struct format_job job = { &s, &name, 1, true, { outcome_problem, &x } };
	struct emit *o = emit_new(form, f->columns, outcome_lines, &x);

	if (in->len)
		memcpy(exact.at, in->at, in->len);
	x.ok = f->run(&job, o, &x.e);
	struct error late = { 0 };
	if (!emit_flush(o, &late))
		abort();
	emit_free(o);
	free(exact.at);
	text_add(&x.lines, "");
	text_add(&x.problems, "");
	if (form == EMIT_JSONL)
		keys_are_columns(text_end(&x.lines), f);
	return x;
}

/* The same as JSONL, without a problem, as text; to be freed. */
static inline char *json_of(const struct format *f, const struct bytes *in, const char *name)
{
	struct outcome x = outcome_of(f, in, name, EMIT_JSONL);
	char *text = mem_format("%s%s%s%s", text_end(&x.lines), text_end(&x.problems),
				x.ok ? "" : "failed: ", x.e.text);

	outcome_release(&x);
	return text;
}

/* Lines are long: say where the first difference is. */
static inline void json_is(const struct format *f, const struct bytes *in, const char *name,
			   const char *want, int line)
{
	char *got = json_of(f, in, name);
	size_t same = 0;

	while (got[same] && got[same] == want[same])
		same++;
	if (got[same] != want[same])
		fail_msg("line %d, after %zu: got %.200s, want %.200s", line, same, got + same,
			 want + same);
	free(got);
}

#define JSON_IS(format, in, name, want) json_is(format, in, name, want, __LINE__)

/* A sample, by its place below ../shared/data/triage. */
#define TRIAGE_SAMPLES "../shared/data/triage/"
static inline struct bytes sample_of(const char *place)
{
	char *path = mem_format(TRIAGE_SAMPLES "%s", place);
	struct text t = { 0 };
	struct error e = { 0 };

	if (!wholefile_read(AT_FDCWD, path, 0, 64u << 20, &t, &e))
		fail_msg("%s", e.text);
	free(path);
	return (struct bytes){ (uint8_t *)t.s, t.len, t.capacity };
}

/* Every part of a table must stand in what comes of a sample. */
struct sample_case {
	const char *place;
	const char *parts[24]; /* ended by NULL */
};

static inline void samples_have(const struct format *f, const struct sample_case *c, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct bytes in = sample_of(c[i].place);
		const char *name = strrchr(c[i].place, '/') + 1;
		char *json = json_of(f, &in, name);

		for (size_t k = 0; c[i].parts[k]; k++)
			if (!strstr(json, c[i].parts[k]))
				fail_msg("%s: no %s in %s", c[i].place, c[i].parts[k], json);
		free(json);
		bytes_release(&in);
	}
}

#endif
