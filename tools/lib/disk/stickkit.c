/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kit.img of a stick, read in pieces: kit/archive.c has it in memory as a whole. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/language.h"
#include "lib/data/cpio.h"
#include "lib/disk/stickproof_inside.h"

#define MANIFEST "kit/manifest"
#define SIGNATURES "kit/manifest.minisig"
#define TRUST_FOLDER "kit/trust/"

struct walk {
	struct stick_stream *stream;
	struct stick_kit *kit;
	size_t next;       /* entry of the manifest that must come now */
	size_t kept_bytes; /* of STICK_KIT_BYTES_MAX */
};

/* All of an entry's content, ended; NULL if it is too much. */
static void *keep(struct walk *w, const char *path, size_t len, struct error *e)
{
	char *bytes;

	if (len > STICK_KIT_BYTES_MAX - w->kept_bytes) {
		error_set(e, ERROR_UNTRUSTED, _("%s is too large"), path);
		return NULL;
	}
	w->kept_bytes += len;
	bytes = arena_alloc(&w->stream->work->memory, len + 1);
	return stick_stream_read(w->stream, bytes, len, e) ? bytes : NULL;
}

static bool take_manifest(struct walk *w, const char *path, const struct cpio_header *h,
			  struct error *e)
{
	if (strcmp(path, MANIFEST) != 0 || !S_ISREG(h->mode))
		return error_set(e, ERROR_UNTRUSTED, _("is not a kit"));
	w->kit->manifest = keep(w, path, h->len, e);
	w->kit->manifest_len = h->len;
	if (!w->kit->manifest)
		return false;
	if (!manifest_parse(w->kit->manifest, h->len, &w->stream->work->memory, &w->kit->list, e))
		return error_prefix(e, "%s: ", path);
	return true;
}

static bool take_signatures(struct walk *w, const char *path, const struct cpio_header *h,
			    struct error *e)
{
	if (w->kit->signatures || w->next || !S_ISREG(h->mode))
		return error_set(e, ERROR_UNTRUSTED, _("%s stands in the wrong place"), path);
	w->kit->signatures = keep(w, path, h->len, e);
	w->kit->signatures_len = h->len;
	return w->kit->signatures;
}

/* "kit/trust/3.root" is where roots[2] goes, its signatures likewise; others nowhere. */
static void keep_root(struct stick_kit *kit, const char *path, const void *bytes, size_t len)
{
	for (size_t i = 0; i < TRUST_VERSIONS_MAX; i++) {
		char root[64], signatures[64];

		snprintf(root, sizeof(root), TRUST_FOLDER "%zu.root", i + 1);
		snprintf(signatures, sizeof(signatures), TRUST_FOLDER "%zu.root.minisig", i + 1);
		if (strcmp(path, root) == 0) {
			kit->roots[i].root = bytes;
			kit->roots[i].root_len = len;
		} else if (strcmp(path, signatures) == 0) {
			kit->roots[i].signatures = bytes;
			kit->roots[i].signatures_len = len;
		}
	}
}

static bool take_file(struct walk *w, const char *path, const struct cpio_header *h,
		      struct error *e)
{
	const struct manifest_entry *entry = manifest_find(&w->kit->list, path);
	struct digest_state state;
	struct digest digest;

	if (!entry || entry->kind != MANIFEST_FILE)
		return error_set(e, ERROR_UNTRUSTED, _("%s is not in the kit's manifest"), path);
	/* In the order of the manifest: that also refuses a file that comes twice, of
	 * which the kernel would unpack the second. */
	if (entry != &w->kit->list.entries[w->next])
		return error_set(e, ERROR_UNTRUSTED, _("%s stands in the wrong place"), path);
	w->next++;
	if (S_ISREG(h->mode) && (h->mode & 07777) == entry->mode && h->len == entry->size_bytes) {
		digest_init(&state);
		if (strncmp(path, TRUST_FOLDER, strlen(TRUST_FOLDER)) == 0) {
			void *bytes = keep(w, path, h->len, e);

			if (!bytes)
				return false;
			keep_root(w->kit, path, bytes, h->len);
			digest_update(&state, bytes, h->len);
		} else if (!stick_stream_pass(w->stream, h->len, &state, e)) {
			return false;
		}
		digest = digest_final(&state);
		w->kit->files++;
		if (digest_equal(&digest, &entry->digest))
			return true;
	}
	return error_set(e, ERROR_UNTRUSTED, _("%s is altered: it differs from the kit's manifest"),
			 path);
}

static bool take_entry(struct walk *w, const char *path, const struct cpio_header *h,
		       struct error *e)
{
	if (h->mode == (S_IFDIR | 0755) && h->len == 0 &&
	    (strcmp(path, "kit") == 0 || strcmp(path, "kit/trust") == 0))
		return true;
	if (!w->kit->manifest)
		return take_manifest(w, path, h, e);
	if (strcmp(path, SIGNATURES) == 0)
		return take_signatures(w, path, h, e);
	return take_file(w, path, h, e);
}

/* What fills up to a multiple of four; path and content begin at one. */
static bool skip_padding(struct walk *w, size_t len, struct error *e)
{
	uint8_t padding[4];

	return stick_stream_read(w->stream, padding, (4 - len % 4) % 4, e);
}

static bool next_entry(struct walk *w, bool *more, struct error *e)
{
	uint8_t header[CPIO_HEADER];
	char path[CPIO_PATH_MAX];
	struct cpio_header h;

	if (!stick_stream_read(w->stream, header, sizeof(header), e) ||
	    !cpio_header(header, &h, e) || !stick_stream_read(w->stream, path, h.path_bytes, e) ||
	    !skip_padding(w, CPIO_HEADER + h.path_bytes, e))
		return false;
	if (!cpio_path_ok(path, h.path_bytes))
		return error_set(e, ERROR_UNTRUSTED, _("the archive is damaged: a bad name"));
	*more = strcmp(path, CPIO_TRAILER) != 0;
	return !*more || (take_entry(w, path, &h, e) && skip_padding(w, h.len, e));
}

static bool only_zeros(struct stick_stream *s, struct error *e)
{
	uint8_t bytes[512];

	while (s->file.left_bytes) {
		size_t n = s->file.left_bytes < sizeof(bytes) ? s->file.left_bytes : sizeof(bytes);

		if (!stick_stream_read(s, bytes, n, e))
			return false;
		for (size_t i = 0; i < n; i++)
			if (bytes[i])
				return error_set(e, ERROR_UNTRUSTED,
						 _("something follows the end of the archive"));
	}
	return true;
}

bool stick_kit_read(struct stick_stream *s, struct stick_kit *kit, struct error *e)
{
	struct walk w = { .stream = s, .kit = kit };
	bool more = true;

	*kit = (struct stick_kit){ 0 };
	while (more)
		if (!next_entry(&w, &more, e))
			return false;
	if (!kit->manifest)
		return error_set(e, ERROR_UNTRUSTED, _("is not a kit"));
	if (w.next != kit->list.count)
		return error_set(e, ERROR_UNTRUSTED, _("%s is missing in it"),
				 kit->list.entries[w.next].path);
	return only_zeros(s, e);
}

/* The roots that the kit brings, as a chain; none is no error. */
static bool load_chain(struct stick_work *w, const struct stick_kit *kit, struct trust_chain *chain,
		       struct error *e)
{
	size_t count = 0;

	while (count < TRUST_VERSIONS_MAX && kit->roots[count].root)
		count++;
	for (size_t i = 0; i < kit->list.count; i++) {
		const char *path = kit->list.entries[i].path;

		if (strncmp(path, TRUST_FOLDER, strlen(TRUST_FOLDER)) == 0 &&
		    !trust_no_gap(path + strlen(TRUST_FOLDER), count, e))
			return false;
	}
	return !count || trust_chain_verify(kit->roots, count, &w->memory, chain, e);
}

bool stick_kit_judge(struct stick_work *w, const struct stick_kit *kit, struct kittrust *trust,
		     const struct trust_root **root, struct error *e)
{
	const struct stick_expect *x = w->expect;
	struct trust_chain chain = { 0 };
	struct error broken = { 0 };
	char words[32 + DIGEST_HEX] = "";
	char hex[DIGEST_HEX];

	*root = NULL;
	*trust = (struct kittrust){ .trust = KIT_REFUSED };
	if (!load_chain(w, kit, &chain, &broken)) {
		chain = (struct trust_chain){ 0 };
		if (kit->signatures) {
			trust->why = broken;
			return error_set(e, broken.kind, "%s", broken.text);
		}
	}
	if (x->root) {
		snprintf(words, sizeof(words), "blackstart.root=%s",
			 digest_to_hex(hex, &x->root->digest));
		/* A stick from before the last change of keys, or a stranger's: the root that
		 * is expected judges it alone. */
		if (!trust_chain_has(&chain, &x->root->digest)) {
			chain.roots = arena_alloc(&w->memory, sizeof(*chain.roots));
			chain.roots[0] = *x->root;
			chain.count = 1;
		}
	}
	kittrust_judge(&chain, kit->manifest, kit->manifest_len, kit->signatures,
		       kit->signatures_len, words, trust);
	if (trust->trust == KIT_REFUSED)
		return error_set(e, ERROR_UNTRUSTED, "%s", trust->why.text);
	if (!x->root && x->kit_manifest &&
	    (kit->manifest_len != x->kit_manifest_len ||
	     memcmp(kit->manifest, x->kit_manifest, kit->manifest_len) != 0)) {
		trust->trust = KIT_REFUSED;
		error_set(
			&trust->why, ERROR_UNTRUSTED,
			_("it is another kit than the one that runs, and nobody signed that one"));
		return error_set(e, ERROR_UNTRUSTED, "%s", trust->why.text);
	}
	if (chain.count)
		*root = chain.roots + chain.count - 1;
	return true;
}
