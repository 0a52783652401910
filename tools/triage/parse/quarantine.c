/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Defender put into quarantine: docs/formats/quarantine.md. */
#include "triage/parse/quarantine.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"

#define HEAD_BYTES 60u
#define FIRST_MIN 52u /* to the name of the threat */
#define RESOURCES_MAX 65536u
#define THREAT_MAX 1024u /* bytes of its name, which all that was found has */
#define PIECE_BYTES ((size_t)256 << 10)
#define STREAM_HEAD 20u
#define NAME_BYTES_MAX 65536u

enum field {
	FIELD_FILE = 0x02,
	FIELD_PHYSICAL_PATH = 0x0c,
	FIELD_CREATED = 0x0f,
	FIELD_ACCESSED = 0x10,
	FIELD_WRITTEN = 0x11,
	FIELD_SIZE = 0x12,
};

/* Not a secret: every copy of Windows has it in mpengine.dll, and it was published long ago. */
static const uint8_t key[256] = {
	0x1e, 0x87, 0x78, 0x1b, 0x8d, 0xba, 0xa8, 0x44, 0xce, 0x69, 0x70, 0x2c, 0x0c, 0x78, 0xb7,
	0x86, 0xa3, 0xf6, 0x23, 0xb7, 0x38, 0xf5, 0xed, 0xf9, 0xaf, 0x83, 0x53, 0x0f, 0xb3, 0xfc,
	0x54, 0xfa, 0xa2, 0x1e, 0xb9, 0xcf, 0x13, 0x31, 0xfd, 0x0f, 0x0d, 0xa9, 0x54, 0xf6, 0x87,
	0xcb, 0x9e, 0x18, 0x27, 0x96, 0x97, 0x90, 0x0e, 0x53, 0xfb, 0x31, 0x7c, 0x9c, 0xbc, 0xe4,
	0x8e, 0x23, 0xd0, 0x53, 0x71, 0xec, 0xc1, 0x59, 0x51, 0xb8, 0xf3, 0x64, 0x9d, 0x7c, 0xa3,
	0x3e, 0xd6, 0x8d, 0xc9, 0x04, 0x7e, 0x82, 0xc9, 0xba, 0xad, 0x97, 0x99, 0xd0, 0xd4, 0x58,
	0xcb, 0x84, 0x7c, 0xa9, 0xff, 0xbe, 0x3c, 0x8a, 0x77, 0x52, 0x33, 0x55, 0x7d, 0xde, 0x13,
	0xa8, 0xb1, 0x40, 0x87, 0xcc, 0x1b, 0xc8, 0xf1, 0x0f, 0x6e, 0xcd, 0xd0, 0x83, 0xa9, 0x59,
	0xcf, 0xf8, 0x4a, 0x9d, 0x1d, 0x50, 0x75, 0x5e, 0x3e, 0x19, 0x18, 0x18, 0xaf, 0x23, 0xe2,
	0x29, 0x35, 0x58, 0x76, 0x6d, 0x2c, 0x07, 0xe2, 0x57, 0x12, 0xb2, 0xca, 0x0b, 0x53, 0x5e,
	0xd8, 0xf6, 0xc5, 0x6c, 0xe7, 0x3d, 0x24, 0xbd, 0xd0, 0x29, 0x17, 0x71, 0x86, 0x1a, 0x54,
	0xb4, 0xc2, 0x85, 0xa9, 0xa3, 0xdb, 0x7a, 0xca, 0x6d, 0x22, 0x4a, 0xea, 0xcd, 0x62, 0x1d,
	0xb9, 0xf2, 0xa2, 0x2e, 0xd1, 0xe9, 0xe1, 0x1d, 0x75, 0xbe, 0xd7, 0xdc, 0x0e, 0xcb, 0x0a,
	0x8e, 0x68, 0xa2, 0xff, 0x12, 0x63, 0x40, 0x8d, 0xc8, 0x08, 0xdf, 0xfd, 0x16, 0x4b, 0x11,
	0x67, 0x74, 0xcd, 0x0b, 0x9b, 0x8d, 0x05, 0x41, 0x1e, 0xd6, 0x26, 0x2e, 0x42, 0x9b, 0xa4,
	0x95, 0x67, 0x6b, 0x83, 0x98, 0xdb, 0x2f, 0x35, 0xd3, 0xc1, 0xb9, 0xce, 0xd5, 0x26, 0x36,
	0xf2, 0x76, 0x5e, 0x1a, 0x95, 0xcb, 0x7c, 0xa4, 0xc3, 0xdd, 0xab, 0xdd, 0xbf, 0xf3, 0x82,
	0x53,
};

void rc4_init(struct rc4 *r, const uint8_t *k, size_t len)
{
	uint8_t j = 0;

	for (unsigned i = 0; i < 256; i++)
		r->s[i] = (uint8_t)i;
	for (unsigned i = 0; i < 256; i++) {
		uint8_t t = r->s[i];

		j = (uint8_t)(j + t + k[i % len]);
		r->s[i] = r->s[j];
		r->s[j] = t;
	}
	r->i = r->j = 0;
}

void rc4_apply(struct rc4 *r, uint8_t *bytes, size_t len)
{
	for (size_t n = 0; n < len; n++) {
		uint8_t a = r->s[++r->i];

		r->j = (uint8_t)(r->j + a);
		uint8_t b = r->s[r->j];
		r->s[r->i] = b;
		r->s[r->j] = a;
		bytes[n] ^= r->s[(uint8_t)(a + b)];
	}
}

void quarantine_cipher(struct rc4 *r)
{
	rc4_init(r, key, sizeof(key));
}

static void decipher(uint8_t *bytes, size_t len)
{
	struct rc4 r;

	quarantine_cipher(&r);
	rc4_apply(&r, bytes, len);
}

static struct reader string(struct reader *r)
{
	const uint8_t *end = r->left ? memchr(r->at, 0, r->left) : NULL;
	struct reader s = reader_of(r->at, end ? (size_t)(end - r->at) : r->left);

	reader_skip(r, s.left + (end ? 1 : 0));
	return s;
}

/* UTF-16, as far as the first zero; *r goes behind it. */
static struct reader wide(struct reader *r)
{
	size_t len = 0;

	while (len + 2 <= r->left && (r->at[len] || r->at[len + 1]))
		len += 2;
	struct reader s = reader_of(r->at, len);
	reader_skip(r, len + 2);
	return s;
}

static uint64_t number(struct reader r)
{
	return r.left == 8 ? reader_le64(&r) : r.left == 4 ? reader_le32(&r) : 0;
}

/* A path, a count of fields, a kind, and the fields: each at a multiple of 4 bytes of the section. *used: its
 * bytes. */
static bool resource(struct reader section, size_t at, struct quarantine_resource *q, size_t *used)
{
	const uint8_t *start = section.at;
	struct reader r = section;

	reader_skip(&r, at);
	q->path = wide(&r);
	unsigned fields = reader_le16(&r);
	q->type = string(&r);
	for (*used = section.left - at - r.left; fields && !r.bad; fields--) {
		reader_skip(&r, (4 - (size_t)(r.at - start) % 4) % 4);
		size_t len = reader_le16(&r);
		unsigned kind = reader_le16(&r) & 0xfff;
		struct reader data = reader_sub(&r, len);

		if (r.bad)
			break;
		*used = section.left - at - r.left;
		switch (kind) {
		case FIELD_FILE:
			q->resource_id = data;
			break;
		case FIELD_PHYSICAL_PATH:
			q->physical = wide(&data);
			break;
		case FIELD_CREATED:
			q->created = number(data);
			break;
		case FIELD_ACCESSED:
			q->accessed = number(data);
			break;
		case FIELD_WRITTEN:
			q->written = number(data);
			break;
		case FIELD_SIZE:
			q->has_size = true;
			q->size = number(data);
			break;
		default:
			break;
		}
	}
	return !r.bad;
}

bool quarantine_entry(uint8_t *bytes, size_t len, const struct parse_problems *problems,
		      struct quarantine_entry *entry,
		      bool (*each)(void *ctx, const struct quarantine_entry *entry,
				   const struct quarantine_resource *r, struct error *e),
		      void *ctx, struct error *e)
{
	static const uint8_t magic[4] = { 0xdb, 0xe8, 0xc5, 0x01 };
	uint8_t head[HEAD_BYTES] = { 0 };
	struct reader r = reader_of(head, sizeof(head));

	*entry = (struct quarantine_entry){ 0 };
	if (len >= HEAD_BYTES) {
		memcpy(head, bytes, HEAD_BYTES);
		decipher(head, HEAD_BYTES);
	}
	reader_skip(&r, 40);
	size_t first = reader_le32(&r), second = reader_le32(&r), left = len - HEAD_BYTES;
	/* Magic, or parts that make up the file to the byte. */
	if (len < HEAD_BYTES || (memcmp(head, magic, sizeof(magic)) != 0 &&
				 (first < FIRST_MIN || (uint64_t)first + second != left)))
		return error_set(e, ERROR_UNTRUSTED, _("is no entry of Defender's quarantine"));
	if (first > left || first < FIRST_MIN) {
		parse_problem(problems, HEAD_BYTES,
			      N_("the part that says when something was found is cut short"));
		if (first < FIRST_MIN || left < FIRST_MIN)
			return true;
		first = left;
	}
	decipher(bytes + HEAD_BYTES, first);
	r = reader_of(bytes + HEAD_BYTES, first);
	entry->id = reader_take(&r, 16);
	entry->scan_id = reader_take(&r, 16);
	entry->time = reader_le64(&r);
	entry->threat_id = reader_le64(&r);
	reader_skip(&r, 4);
	entry->threat = string(&r);
	if (entry->threat.left > THREAT_MAX) {
		parse_problem(
			problems, HEAD_BYTES,
			N_("the name of the threat is longer than 1024 bytes: it is cut off"));
		entry->threat.left = THREAT_MAX;
	}
	left -= first;
	if (second > left) {
		parse_problem(problems, HEAD_BYTES + first,
			      N_("the list of what was found is cut short"));
		second = left;
	}
	uint8_t *section = bytes + HEAD_BYTES + first;
	decipher(section, second);
	struct reader all = reader_of(section, second), places = all;
	uint32_t count = reader_le32(&places);
	size_t spent = 0, used;
	bool any = false;
	for (uint32_t i = 0; i < count && i < RESOURCES_MAX && !places.bad; i++) {
		size_t at = reader_le32(&places);
		struct quarantine_resource q = { .offset = HEAD_BYTES + first + at };

		used = 0;
		if (places.bad || at >= second || !resource(all, at, &q, &used)) {
			parse_problem(problems, HEAD_BYTES + first,
				      N_("what is said about something that was found is damaged"));
			if (places.bad || at >= second)
				continue;
		}
		/* Each has bytes of its own, unless one is damaged, or a long path could be handed out very many times. */
		spent += used;
		if (spent > 2 * second) {
			parse_problem(problems, q.offset,
				      N_("what was found claims more than the entry can hold"));
			return true;
		}
		any = true;
		if (!each(ctx, entry, &q, e))
			return false;
	}
	if (count > RESOURCES_MAX && !places.bad)
		parse_problem(problems, HEAD_BYTES + first, N_("there is more than can be kept"));
	return any || each(ctx, entry, NULL, e);
}

const char *quarantine_stream_name(uint32_t id)
{
	static const char *const names[] = { NULL,
					     "data",
					     "extended_attributes",
					     "security",
					     "alternate_data",
					     "link",
					     "property_data",
					     "object_id",
					     "reparse_data",
					     "sparse_block",
					     "txfs_data",
					     "ghosted_file_extents" };

	return id < sizeof(names) / sizeof(names[0]) ? names[id] : NULL;
}

/* The enciphered file, in order. */
struct flow {
	const struct partition_source *s;
	struct rc4 cipher;
	uint64_t at;
};

static bool flow_read(struct flow *f, uint8_t *to, size_t len, struct error *e)
{
	if (!partition_source_read(f->s, f->at, to, len, e))
		return false;
	rc4_apply(&f->cipher, to, len);
	f->at += len;
	return true;
}

/* The digest of a stream's bytes, which go nowhere. */
static bool digest(struct flow *f, struct quarantine_stream *q, uint8_t *piece, struct error *e)
{
	struct sha256_state sum;
	uint64_t left = f->s->size_bytes - f->at;

	q->there = q->size < left ? q->size : left;
	sha256_init(&sum);
	for (uint64_t todo = q->there; todo;) {
		size_t n = todo < PIECE_BYTES ? (size_t)todo : PIECE_BYTES;

		if (!flow_read(f, piece, n, e))
			return false;
		sha256_update(&sum, piece, n);
		todo -= n;
	}
	sha256_final(&sum, q->sha256);
	return true;
}

bool quarantine_file(const struct partition_source *s, const struct parse_problems *problems,
		     bool (*each)(void *ctx, const struct quarantine_stream *q, struct error *e),
		     void *ctx, struct error *e)
{
	struct flow f = { .s = s };
	uint8_t *piece = mem_alloc(PIECE_BYTES), *name = mem_alloc(NAME_BYTES_MAX);
	bool ok = true, any = false;

	quarantine_cipher(&f.cipher);
	while (ok && f.at < s->size_bytes) {
		struct quarantine_stream q = { .offset = f.at };
		uint8_t head[STREAM_HEAD];
		struct reader r = reader_of(head, sizeof(head));
		uint64_t left = s->size_bytes - f.at;

		if (left >= STREAM_HEAD && !flow_read(&f, head, STREAM_HEAD, e)) {
			ok = false;
			break;
		}
		q.id = reader_le32(&r);
		reader_skip(&r, 4);
		q.size = reader_le64(&r);
		size_t name_bytes = reader_le32(&r);
		if (left < STREAM_HEAD || !quarantine_stream_name(q.id) ||
		    name_bytes > NAME_BYTES_MAX || name_bytes > left - STREAM_HEAD) {
			if (any)
				parse_problem(problems, q.offset,
					      N_("what lies here is no stream of a file"));
			break;
		}
		any = true;
		ok = flow_read(&f, name, name_bytes, e) && digest(&f, &q, piece, e);
		q.name = reader_of(name, name_bytes / 2 * 2);
		if (ok && q.there < q.size)
			parse_problem(problems, q.offset, N_("a stream of the file is cut short"));
		ok = ok && each(ctx, &q, e);
	}
	free(name);
	free(piece);
	if (ok && !any)
		return error_set(e, ERROR_UNTRUSTED, _("is no file of Defender's quarantine"));
	return ok;
}
