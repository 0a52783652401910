/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The beginning of an image, verified in the order of docs/formats/kimg.md. */
#include "lib/image/open.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"

#define ZERO_PIECE 16384u

/* What was read and not yet believed. */
struct start {
	uint8_t super[KIMG_BLOCK];
	uint8_t signatures[KIMG_SIGNATURES_BYTES];
	uint8_t manifest[KIMG_MANIFEST_MAX];
	struct kimg_super says;
	const char *text; /* within signatures */
	size_t text_len;
};

/* Up to byte `to` of the file there are zeros only. */
static bool read_zeros(struct stream *s, uint64_t from, uint64_t to, struct error *e)
{
	uint8_t bytes[ZERO_PIECE];

	while (from < to) {
		size_t n = to - from < sizeof(bytes) ? (size_t)(to - from) : sizeof(bytes);

		if (!s->read(s, bytes, n, e))
			return false;
		for (size_t i = 0; i < n; i++)
			if (bytes[i])
				return error_set(
					e, ERROR_UNTRUSTED,
					_("%s is damaged: byte %llu must be zero and is not"),
					s->name, from + i + 0ULL);
		from += n;
	}
	return true;
}

static bool read_start(struct start *t, struct stream *s, struct error *e)
{
	if (!s->read(s, t->super, KIMG_BLOCK, e))
		return false;
	return (kimg_super_parse(t->super, &t->says, e) || error_prefix(e, "%s: ", s->name)) &&
	       s->read(s, t->signatures, sizeof(t->signatures), e) &&
	       s->read(s, t->manifest, t->says.manifest_bytes, e) &&
	       read_zeros(s, (uint64_t)KIMG_MANIFEST_AT + t->says.manifest_bytes, t->says.index_at,
			  e);
}

static unsigned count_signatures(const char *text, size_t len)
{
	unsigned lines = 0;

	for (size_t i = 0; i < len; i++)
		lines += text[i] == '\n';
	return lines / 4;
}

/* Do enough vouch for these bytes of a manifest? Nothing of it was read yet. */
static bool check_signatures(struct image *i, const struct start *t,
			     const struct image_policy *policy, struct error *e)
{
	if (!digest_equal(&i->identity, &t->says.manifest))
		return error_set(e, ERROR_UNTRUSTED,
				 _("its manifest is damaged: it is not the one that the first "
				   "block names"));
	return !policy->root ||
	       trust_verify(policy->root, TRUST_IMAGE, t->manifest, t->says.manifest_bytes, t->text,
			    t->text_len, 0, &i->found, e); /* whose counter, check_policy() knows */
}

/* All signatures, counted or not, name the manifest's counter. */
static bool check_counters(const struct image *i, const struct start *t, struct error *e)
{
	const char *at = t->text, *end = at + t->text_len;
	struct minisign_signature s;
	enum trust_role role;
	uint64_t counter;
	bool more = true;

	while (minisign_next(&at, end, &s, &more, e) && more)
		if (!trust_comment_parse(s.trusted, &role, &counter) ||
		    counter != i->manifest.counter)
			return error_set(e, ERROR_UNTRUSTED,
					 _("it was signed with counter %llu, but its manifest says "
					   "%llu"),
					 counter + 0ULL, i->manifest.counter + 0ULL);
	return !e->kind;
}

/* Is what was signed also what is wanted? */
static bool check_policy(const struct image *i, const struct image_policy *policy, struct error *e)
{
	const struct kimg_manifest *m = &i->manifest;

	if (policy->product && strcmp(policy->product, m->product) != 0)
		return error_set(e, ERROR_UNTRUSTED,
				 _("it is an image of the product %s, not of %s"), m->product,
				 policy->product);
	if (m->counter < policy->min_counter)
		return error_set(e, ERROR_UNTRUSTED,
				 _("too old: its counter is %llu, at least %llu is asked for"),
				 m->counter + 0ULL, policy->min_counter + 0ULL);
	if (policy->root && m->min_root > policy->root->version)
		return error_set(e, ERROR_UNTRUSTED,
				 _("it asks for version %llu of the organisation's root, and here "
				   "is version %llu: bring the newer root"),
				 m->min_root + 0ULL, policy->root->version + 0ULL);
	return true;
}

static bool check_super(const struct image *i, const struct start *t, struct error *e)
{
	uint8_t again[KIMG_BLOCK];

	kimg_super_write(&i->manifest, t->manifest, t->says.manifest_bytes, again);
	return memcmp(again, t->super, KIMG_BLOCK) == 0 ||
	       error_set(e, ERROR_UNTRUSTED,
			 _("its first block is not the one that belongs to its manifest"));
}

static bool read_index(struct image *i, struct stream *s, struct error *e)
{
	const struct kimg_manifest *m = &i->manifest;
	uint8_t *bytes = mem_alloc(m->index_bytes); /* at most KIMG_INDEX_MAX */
	struct digest d;
	bool ok = s->read(s, bytes, m->index_bytes, e);

	if (ok) {
		d = digest_bytes(bytes, m->index_bytes);
		ok = digest_equal(&d, &m->index_digest) ||
		     error_set(e, ERROR_UNTRUSTED,
			       _("%s: its index is damaged: it is not the one that was signed"),
			       s->name);
	}
	if (ok)
		ok = kimg_index_parse(bytes, m->index_bytes, m, &i->index, e) ||
		     error_prefix(e, "%s: ", s->name);
	free(bytes);
	return ok && read_zeros(s, m->index_at + m->index_bytes, m->data_at, e);
}

static void keep(struct image *i, const struct start *t)
{
	i->signatures = count_signatures(t->text, t->text_len);
	i->manifest_bytes =
		arena_string_n(&i->memory, (const char *)t->manifest, t->says.manifest_bytes);
	i->manifest_len = t->says.manifest_bytes;
	i->signature_text = arena_string_n(&i->memory, t->text, t->text_len);
	i->signature_len = t->text_len;
}

bool image_open(struct image *i, struct stream *s, const struct image_policy *policy,
		struct error *e)
{
	struct start *t = mem_alloc(sizeof(*t));
	bool ok;

	*i = (struct image){ 0 };
	digest_ready();
	ok = read_start(t, s, e);
	if (ok && policy->mending) {
		size_t len = strnlen((char *)t->signatures, sizeof(t->signatures));

		memset(t->signatures + len, 0, sizeof(t->signatures) - len);
	}
	if (ok) {
		i->identity = digest_bytes(t->manifest, t->says.manifest_bytes);
		ok = kimg_signatures_parse(t->signatures, &t->text, &t->text_len, e) &&
		     check_signatures(i, t, policy, e) &&
		     kimg_manifest_parse(t->manifest, t->says.manifest_bytes, &i->memory,
					 &i->manifest, e) &&
		     check_super(i, t, e) && check_counters(i, t, e) && check_policy(i, policy, e);
		if (!ok)
			error_prefix(e, "%s: ", s->name);
	}
	if (ok)
		keep(i, t);
	ok = ok && read_index(i, s, e);
	free(t);
	if (!ok)
		image_release(i);
	return ok;
}

uint64_t image_bytes(const struct image *i)
{
	return i->manifest.data_at + i->manifest.data_bytes;
}

bool image_fits(const struct image *i, const struct stream *s, struct error *e)
{
	if (s->end == STREAM_END_UNKNOWN || s->end == image_bytes(i))
		return true;
	return error_set(e, ERROR_UNTRUSTED,
			 s->end < image_bytes(i)
				 ? _("%s ends after %llu bytes: it was cut short")
				 : _("%s: bytes follow behind its end, which nobody signed"),
			 s->name, s->end + 0ULL);
}

void image_release(struct image *i)
{
	kimg_index_release(&i->index);
	arena_release(&i->memory);
	*i = (struct image){ 0 };
}
