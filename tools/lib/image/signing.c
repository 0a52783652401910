/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signatures into an image, one byte last. */
#include "lib/image/signing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/language.h"

/* Bytes [from, to) of the area, onto the disk. */
static bool put(int fd, const char *name, size_t from, size_t to, const uint8_t *area,
		struct error *e)
{
	while (from < to) {
		ssize_t n = pwrite(fd, area + from, to - from, (off_t)(KIMG_SIGNATURES_AT + from));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return error_errno(e, _("cannot write into %s"), name);
		from += (size_t)n;
	}
	return fsync(fd) == 0 || error_errno(e, _("cannot write %s to its disk"), name);
}

/* The area and what follows it. */
static bool get(int fd, const char *name, uint8_t *bytes, size_t len, struct error *e)
{
	for (size_t at = 0; at < len;) {
		ssize_t n = pread(fd, bytes + at, len - at, (off_t)(KIMG_SIGNATURES_AT + at));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(e, _("cannot read %s"), name);
		if (n == 0)
			return error_set(e, ERROR_UNTRUSTED,
					 _("%s ends after %llu bytes: it was cut short"), name,
					 KIMG_SIGNATURES_AT + at + 0ULL);
		at += (size_t)n;
	}
	return true;
}

/* Is it still the file that was looked at? *dirty: an interrupted signing left bytes behind. */
static bool same_file(int fd, const char *name, const struct image *i, bool *dirty, struct error *e)
{
	uint8_t *now = mem_alloc(KIMG_SIGNATURES_BYTES + i->manifest_len);
	bool ok = get(fd, name, now, KIMG_SIGNATURES_BYTES + i->manifest_len, e);

	if (ok &&
	    (memcmp(now, i->signature_text, i->signature_len) != 0 || now[i->signature_len] != 0 ||
	     memcmp(now + KIMG_SIGNATURES_BYTES, i->manifest_bytes, i->manifest_len) != 0))
		ok = error_set(e, ERROR_FAILED,
			       _("%s was changed by somebody else meanwhile: nothing was signed"),
			       name);
	*dirty = false;
	for (size_t at = i->signature_len; ok && at < KIMG_SIGNATURES_BYTES; at++)
		*dirty = *dirty || now[at];
	free(now);
	return ok;
}

bool signing_write(int fd, const char *name, const struct image *i,
		   const uint8_t area[KIMG_SIGNATURES_BYTES], struct error *e)
{
	static const uint8_t zeros[KIMG_SIGNATURES_BYTES];
	size_t old = i->signature_len, new = strnlen((const char *)area, KIMG_SIGNATURES_BYTES);
	uint8_t *back;
	bool dirty, ok;

	if (!same_file(fd, name, i, &dirty, e) ||
	    (dirty && !put(fd, name, old, sizeof(zeros), zeros, e)) ||
	    !put(fd, name, old + 1, new, area, e) || !put(fd, name, old, old + 1, area, e))
		return false;
	back = mem_alloc(KIMG_SIGNATURES_BYTES);
	ok = get(fd, name, back, KIMG_SIGNATURES_BYTES, e) &&
	     (memcmp(back, area, KIMG_SIGNATURES_BYTES) == 0 ||
	      error_set(e, ERROR_FAILED, _("%s did not keep what was written: its disk is broken"),
			name));
	free(back);
	return ok;
}
