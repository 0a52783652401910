/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef EVTX_BUILDER_H
#define EVTX_BUILDER_H

/*
 * Event logs, made: a chunk at a time, its binary XML out of XML with these additions: {3} is value 3, {3!} the
 * same declared as binary XML, {{ a brace; [4] is an instance of template 4, with the values that were set for it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/disk/partition.h"

#define B_CHUNK 65536u
#define B_VALUES 24

struct b_value {
	uint8_t type;
	const void *bytes;
	size_t len;
};

struct b_chunk {
	uint8_t at[B_CHUNK];
	size_t n;      /* where the next byte goes */
	size_t record; /* where the record in work begins */
	uint64_t first, last;
	uint32_t definition[8]; /* of each template, 0: not yet in this chunk */
	const char *templates[8];
	struct b_value values[8][B_VALUES];
	size_t counts[8];
};

static inline void b_put(struct b_chunk *c, const void *p, size_t n)
{
	if (c->n + n > B_CHUNK)
		abort();
	memcpy(c->at + c->n, p, n);
	c->n += n;
}

static inline void b_number(struct b_chunk *c, uint64_t x, size_t n)
{
	for (size_t i = 0; i < n; i++, x >>= 8)
		b_put(c, &(uint8_t){ (uint8_t)x }, 1);
}

static inline void b_set(uint8_t *to, uint64_t x, size_t n)
{
	for (size_t i = 0; i < n; i++, x >>= 8)
		to[i] = (uint8_t)x;
}

static inline void b_units(struct b_chunk *c, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		b_number(c, (uint8_t)s[i], 2);
}

/* A name: where it stands already, or here. */
static inline void b_name(struct b_chunk *c, const char *s, size_t n)
{
	struct {
		uint8_t at[200];
	} name = { 0 };
	uint32_t digest = 0;

	for (size_t i = 0; i < n; i++) {
		digest = digest * 65599 + (uint8_t)s[i];
		name.at[4 + 2 * i] = (uint8_t)s[i];
	}
	b_set(name.at, (uint16_t)digest, 2);
	b_set(name.at + 2, n, 2);
	const uint8_t *there = memmem(c->at + 512, c->n - 512, name.at, 4 + 2 * n + 2);
	if (there) {
		b_number(c, (uint64_t)(there - c->at) - 4, 4);
		return;
	}
	b_number(c, c->n + 4, 4);
	b_number(c, 0, 4);
	b_put(c, name.at, 4 + 2 * n + 2);
}

static inline void b_instance(struct b_chunk *c, unsigned t);

/* Text as far as the stop characters. */
static inline const char *b_content(struct b_chunk *c, const char *s, const char *stops)
{
	size_t n = strcspn(s, stops);

	if (strncmp(s, "{{", 2) == 0) { /* a brace itself */
		s++;
		n = 1 + strcspn(s + 1, stops);
	} else if (*s == '{') {
		char *end;
		unsigned long number = strtoul(s + 1, &end, 10);

		b_number(c, 0x0e, 1);
		b_number(c, number, 2);
		b_number(c, *end == '!' ? 0x21 : 0x01, 1);
		return strchr(end, '}') + 1;
	}
	if (*s == '[') {
		b_instance(c, (unsigned)(s[1] - '0'));
		return s + 3;
	}
	if (*s == '&') {
		const char *end = strchr(s, ';');

		if (s[1] == '#') {
			b_number(c, 0x08, 1);
			b_number(c, strtoul(s + 2, NULL, 10), 2);
		} else {
			b_number(c, 0x09, 1);
			b_name(c, s + 1, (size_t)(end - s - 1));
		}
		return end + 1;
	}
	b_number(c, 0x05, 1);
	b_number(c, 0x01, 1);
	b_number(c, n, 2);
	b_units(c, s, n);
	return s + n;
}

static inline const char *b_tag(struct b_chunk *c, const char *s, bool in_template)
{
	size_t n = strcspn(s, " >/");
	bool attributes = s[n] == ' ';

	b_number(c, attributes ? 0x41 : 0x01, 1);
	if (in_template)
		b_number(c, 0xffff, 2);
	b_number(c, 0, 4);
	b_name(c, s, n);
	if (attributes)
		b_number(c, 0, 4);
	for (s += n; *s == ' ';) {
		n = strcspn(s, "=");
		b_number(c, 0x06, 1);
		b_name(c, s + 1, n - 1);
		for (s += n + 2; *s != '\'';)
			s = b_content(c, s, "'{&");
		s++;
	}
	b_number(c, *s == '/' ? 0x03 : 0x02, 1);
	return s + (*s == '/' ? 2 : 1);
}

static inline void b_xml(struct b_chunk *c, const char *s, bool in_template)
{
	while (*s) {
		if (strncmp(s, "</", 2) == 0) {
			b_number(c, 0x04, 1);
			s = strchr(s, '>') + 1;
		} else if (strncmp(s, "<![CDATA[", 9) == 0) {
			size_t n = (size_t)(strstr(s, "]]>") - s - 9);

			b_number(c, 0x07, 1);
			b_number(c, n, 2);
			b_units(c, s + 9, n);
			s += 9 + n + 3;
		} else if (strncmp(s, "<?", 2) == 0) {
			size_t n = strcspn(s, " "), end = (size_t)(strstr(s, "?>") - s);

			b_number(c, 0x0a, 1);
			b_name(c, s + 2, n - 2);
			b_number(c, 0x0b, 1);
			b_number(c, end - n - 1, 2);
			b_units(c, s + n + 1, end - n - 1);
			s += end + 2;
		} else if (*s == '<') {
			s = b_tag(c, s + 1, in_template);
		} else {
			s = b_content(c, s, "<{&[");
		}
	}
}

static inline void b_fragment(struct b_chunk *c)
{
	b_put(c, "\x0f\x01\x01", 4);
}

static inline void b_instance(struct b_chunk *c, unsigned t)
{
	uint32_t id = 0x1000 + t;

	b_number(c, 0x0c, 1);
	b_number(c, 1, 1);
	b_number(c, id, 4);
	b_number(c, c->definition[t] ? c->definition[t] : c->n + 4, 4);
	if (!c->definition[t]) {
		c->definition[t] = (uint32_t)c->n;
		b_number(c, 0, 4);
		b_number(c, id, 16);
		b_number(c, 0, 4);
		size_t from = c->n;
		b_fragment(c);
		b_xml(c, c->templates[t], true);
		b_number(c, 0, 1);
		b_set(c->at + from - 4, c->n - from, 4);
	}
	b_number(c, c->counts[t], 4);
	for (size_t i = 0; i < c->counts[t]; i++) {
		b_number(c, c->values[t][i].len, 2);
		b_number(c, c->values[t][i].type, 2);
	}
	for (size_t i = 0; i < c->counts[t]; i++)
		b_put(c, c->values[t][i].bytes, c->values[t][i].len);
}

static inline void b_value(struct b_chunk *c, unsigned t, uint8_t type, const void *bytes,
			   size_t len)
{
	c->values[t][c->counts[t]++] = (struct b_value){ type, bytes, len };
}

static inline void b_begin(struct b_chunk *c)
{
	memset(c, 0, sizeof(*c));
	c->n = 512;
}

/* The head of a record; its body follows, then b_record_end(). */
static inline void b_record(struct b_chunk *c, uint64_t number)
{
	c->record = c->n;
	if (!c->first)
		c->first = number;
	c->last = number;
	b_put(c, "**\0", 4);
	b_number(c, 0, 4);
	b_number(c, number, 8);
	b_number(c, UINT64_C(130000000000000000) + number, 8);
}

static inline void b_record_end(struct b_chunk *c)
{
	b_number(c, 0, 1);
	while ((c->n - c->record + 4) % 8)
		b_number(c, 0, 1);
	b_number(c, c->n - c->record + 4, 4);
	b_set(c->at + c->record + 4, c->n - c->record, 4);
}

/* A record that is an instance of template t. */
static inline void b_event(struct b_chunk *c, uint64_t number, unsigned t)
{
	b_record(c, number);
	b_fragment(c);
	b_instance(c, t);
	b_record_end(c);
}

static inline void b_end_at(struct b_chunk *c, size_t free_at, uint32_t flags)
{
	uint8_t *h = c->at;

	memcpy(h, "ElfChnk", 8);
	b_set(h + 8, c->first, 8);
	b_set(h + 16, c->last, 8);
	b_set(h + 24, c->first, 8);
	b_set(h + 32, c->last, 8);
	b_set(h + 40, 128, 4);
	b_set(h + 44, c->record, 4);
	b_set(h + 48, free_at, 4);
	b_set(h + 52, gpt_crc32(0, h + 512, free_at - 512), 4);
	b_set(h + 120, flags, 4);
	b_set(h + 124, gpt_crc32(gpt_crc32(0, h, 120), h + 128, 384), 4);
}

static inline void b_end(struct b_chunk *c)
{
	b_end_at(c, c->n, 0);
}

static inline void b_header(uint8_t *h, unsigned chunks, uint32_t flags)
{
	memset(h, 0, 4096);
	memcpy(h, "ElfFile", 8);
	b_set(h + 32, 128, 4);
	b_set(h + 36, 1, 2);
	b_set(h + 38, 3, 2);
	b_set(h + 40, 4096, 2);
	b_set(h + 42, chunks, 2);
	b_set(h + 120, flags, 4);
	b_set(h + 124, gpt_crc32(0, h, 120), 4);
}

#endif
