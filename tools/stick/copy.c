/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From an image to a stick, and back for comparison. */
#include "stick/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/zeros.h"
#include "lib/crypto/digest.h"
#include "lib/disk/gptgrow.h"
#include "lib/ui/progress.h"

#define PIECE MIB
#define ALIGNMENT 4096

/* The work in hand. A piece is one MiB; the image's last one may be shorter. */
struct work {
	const struct copy *c;
	struct gpt_growth table; /* as it will be */
	size_t pieces;
	struct digest *digests; /* of each piece as it was written */
	struct digest zeros;    /* of a piece of zeros: most are */
	uint8_t *buf;           /* of PIECE bytes, aligned for O_DIRECT */
};

static bool write_at(int fd, uint64_t offset, const void *bytes, size_t len, struct error *e)
{
	const uint8_t *p = bytes;

	while (len) {
		ssize_t n = pwrite(fd, p, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(e, _("cannot write at byte %llu"), offset + 0ULL);
		p += n;
		offset += (uint64_t)n;
		len -= (size_t)n;
	}
	return true;
}

static bool flush(int fd, struct error *e)
{
	return fsync(fd) == 0 || error_errno(e, _("what was written may not have arrived"));
}

/* Zeros that take no time where the target can: the read-back tells whether they did. */
static bool write_zeros(int fd, uint64_t offset, const void *zeros, size_t len, struct error *e)
{
	return fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset,
			 (off_t)len) == 0 ||
	       write_at(fd, offset, zeros, len, e);
}

static struct digest piece_digest(const struct work *w, size_t len)
{
	return len == PIECE && only_zeros(w->buf, len) ? w->zeros : digest_bytes(w->buf, len);
}

static size_t piece_bytes(const struct work *w, size_t piece)
{
	uint64_t left = w->c->image_bytes - piece * PIECE;

	return left < PIECE ? (size_t)left : PIECE;
}

/* What is ours of [at, at + len) into the buffer that begins at byte `from`. */
static void lay_over(uint8_t *buf, uint64_t from, size_t size, uint64_t at, const uint8_t *bytes,
		     size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (at + i >= from && at + i - from < size)
			buf[at + i - from] = bytes ? bytes[i] : 0;
}

/* A piece as it must come to lie on the target: the image's, with the table made for the
 * target's size, and the settings if they are kept. */
static bool fetch(const struct work *w, size_t piece, struct error *e)
{
	const struct copy *c = w->c;
	uint64_t from = piece * PIECE;
	size_t len = piece_bytes(w, piece);

	if (!read_at(c->image, from, w->buf, len, e))
		return error_prefix(e, "%s: ", _("the image"));
	/* The backup of the table stood at the image's end. */
	lay_over(w->buf, from, len, c->image_bytes - sizeof(w->table.backup), NULL,
		 sizeof(w->table.backup));
	lay_over(w->buf, from, len, 0, w->table.table, sizeof(w->table.table));
	if (c->keep_settings)
		lay_over(w->buf, from, len, SETTINGS_AT, c->settings, SETTINGS_BYTES);
	return true;
}

static bool write_piece(const struct work *w, size_t piece, struct error *e)
{
	size_t len = piece_bytes(w, piece);
	uint64_t at = piece * PIECE;
	int fd = w->c->target->fd;

	if (!fetch(w, piece, e))
		return false;
	w->digests[piece] = piece_digest(w, len);
	return only_zeros(w->buf, len) ? write_zeros(fd, at, w->buf, len, e)
				       : write_at(fd, at, w->buf, len, e);
}

/* Empty what makes a disk one: the table and its backup, of whatever was on it. */
static bool empty_ends(const struct work *w, struct error *e)
{
	const struct target *t = w->c->target;
	uint64_t end = t->size_bytes < PIECE ? 0 : t->size_bytes - PIECE;

	memset(w->buf, 0, PIECE);
	return write_at(t->fd, 0, w->buf, PIECE, e) &&
	       write_at(t->fd, end - end % SECTOR_BYTES, w->buf, PIECE, e) && flush(t->fd, e);
}

/* A second descriptor whose reads come from the medium: O_DIRECT, or, where a file system
 * has none, with the cache thrown away before. */
static int open_past_cache(const struct target *t, struct error *e)
{
	int fd = open(t->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_DIRECT);

	if (fd >= 0)
		return fd;
	fd = open(t->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		error_errno(e, _("cannot read back"));
	else if (t->disk && ioctl(t->fd, BLKFLSBUF, 0) != 0)
		error_errno(e, _("cannot read back past the cache"));
	else
		posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	if (e->kind && fd >= 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static bool check_piece(const struct work *w, int fd, size_t piece, struct error *e)
{
	struct digest found;
	size_t len = piece_bytes(w, piece);

	if (!read_at(fd, piece * PIECE, w->buf, len, e))
		return error_prefix(e, "%s: ", _("reading back"));
	found = piece_digest(w, len);
	if (!digest_equal(&found, &w->digests[piece]))
		return error_set(e, ERROR_UNTRUSTED,
				 _("what comes back from bytes %llu to %llu is not what was "
				   "written. Do not use this stick: throw it away"),
				 piece * PIECE + 0ULL, piece * PIECE + len + 0ULL);
	return true;
}

/* All but the first piece: write, flush, read back. */
static bool copy_body(const struct work *w, struct error *e)
{
	struct progress p = progress_begin(_("writing"), w->c->image_bytes);
	bool ok = true;
	int fd;

	for (size_t i = 1; ok && i < w->pieces; i++) {
		ok = write_piece(w, i, e);
		progress_at(&p, i * PIECE);
	}
	ok = ok && flush(w->c->target->fd, e);
	progress_end(&p);
	if (!ok)
		return false;
	fd = open_past_cache(w->c->target, e);
	if (fd < 0)
		return false;
	p = progress_begin(_("reading back"), w->c->image_bytes);
	for (size_t i = 1; ok && i < w->pieces; i++) {
		ok = check_piece(w, fd, i, e);
		progress_at(&p, i * PIECE);
	}
	progress_end(&p);
	close(fd);
	return ok;
}

/* The backup at the real end, then the first piece: from here on it is a stick. */
static bool finish(const struct work *w, struct error *e)
{
	const struct target *t = w->c->target;
	const size_t table_len = sizeof(w->table.backup);
	int fd;
	bool ok;

	if (!write_at(t->fd, w->table.backup_byte, w->table.backup, sizeof(w->table.backup), e) ||
	    !flush(t->fd, e) || !write_piece(w, 0, e) || !flush(t->fd, e))
		return false;
	fd = open_past_cache(t, e);
	if (fd < 0)
		return false;
	ok = check_piece(w, fd, 0, e);
	/* Of its last sectors alone: in one read that O_DIRECT takes. */
	if (ok) {
		size_t len = (table_len + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;

		ok = read_at(fd, w->table.backup_byte + table_len - len, w->buf, len, e);
		if (ok && memcmp(w->buf + len - table_len, w->table.backup, table_len) != 0)
			ok = error_set(e, ERROR_UNTRUSTED,
				       _("the end of the stick does not keep what is written. Do "
					 "not use it: it is smaller than it says"));
	}
	close(fd);
	return ok;
}

/* The table of the image, read as if it stood on the target, whose end is empty. */
static bool read_as_target(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	const struct work *w = ctx;

	memset(buf, 0, len);
	return offset >= PIECE || read_at(w->c->image, offset, buf, len, e);
}

bool copy_image(const struct copy *c, struct error *e)
{
	struct work w = { .c = c, .pieces = (size_t)((c->image_bytes + PIECE - 1) / PIECE) };
	const struct gpt_device device = { read_as_target, NULL, NULL, &w, c->target->size_bytes };
	bool ok;

	w.digests = mem_array(w.pieces, sizeof(*w.digests));
	w.buf = aligned_alloc(ALIGNMENT, PIECE);
	if (!w.buf) {
		free(w.digests);
		return error_errno(e, _("no memory"));
	}
	memset(w.buf, 0, PIECE);
	w.zeros = digest_bytes(w.buf, PIECE);
	ok = gpt_growth_plan(&device, 0, &w.table, e) && empty_ends(&w, e) && copy_body(&w, e) &&
	     finish(&w, e);
	free(w.digests);
	free(w.buf);
	return ok;
}
