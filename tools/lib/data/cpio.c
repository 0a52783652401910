/* SPDX-License-Identifier: GPL-3.0-or-later */
/* newc archives, written reproducibly and read strictly. */
#include "lib/data/cpio.h"

#include <string.h>
#include <sys/stat.h>

#include "lib/base/language.h"

#define MAGIC "070701"
#define FIELDS 13 /* of 8 hexadecimal digits each, after the magic */

static void pad(struct cpio_writer *w, size_t to)
{
	static const char zeros[512];

	text_add_n(&w->out, zeros, (to - w->out.len % to) % to);
}

static void put_entry(struct cpio_writer *w, const char *path, uint32_t mode, uint32_t links,
		      const void *bytes, size_t len)
{
	bool trailer = strcmp(path, CPIO_TRAILER) == 0;
	uint32_t inode = trailer ? 0 : ++w->inode;

	text_addf(&w->out, MAGIC "%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X",
		  (unsigned)inode, (unsigned)mode, 0u, 0u, (unsigned)links,
		  trailer ? 0u : (unsigned)w->mtime, (unsigned)len, 0u, 0u, 0u, 0u,
		  (unsigned)strlen(path) + 1, 0u);
	text_add_n(&w->out, path, strlen(path) + 1);
	pad(w, 4);
	if (len)
		text_add_n(&w->out, bytes, len);
	pad(w, 4);
}

void cpio_add_folder(struct cpio_writer *w, const char *path, uint32_t mode)
{
	put_entry(w, path, S_IFDIR | mode, 2, NULL, 0);
}

void cpio_add_file(struct cpio_writer *w, const char *path, uint32_t mode, const void *bytes,
		   size_t len)
{
	put_entry(w, path, S_IFREG | mode, 1, bytes, len);
}

void cpio_finish(struct cpio_writer *w)
{
	put_entry(w, CPIO_TRAILER, 0, 1, NULL, 0);
	pad(w, 512);
}

static uint32_t hex8(struct reader *r)
{
	const uint8_t *p = reader_take(r, 8);
	uint32_t value = 0;

	for (size_t i = 0; p && i < 8; i++) {
		unsigned char c = p[i];
		unsigned digit = 16;

		if (c >= '0' && c <= '9')
			digit = (unsigned)c - '0';
		else if (c >= 'A' && c <= 'F')
			digit = (unsigned)c - 'A' + 10;
		else if (c >= 'a' && c <= 'f')
			digit = (unsigned)c - 'a' + 10;
		if (digit > 15)
			r->bad = true;
		value = value << 4 | (digit & 15);
	}
	return value;
}

static bool only_zeros(const struct reader *r)
{
	for (size_t i = 0; i < r->left; i++)
		if (r->at[i])
			return false;
	return true;
}

bool cpio_header(const uint8_t bytes[CPIO_HEADER], struct cpio_header *h, struct error *e)
{
	struct reader r = reader_of(bytes, CPIO_HEADER);
	const uint8_t *magic = reader_take(&r, strlen(MAGIC));
	uint32_t field[FIELDS];

	if (!magic || memcmp(magic, MAGIC, strlen(MAGIC)) != 0)
		return error_set(e, ERROR_UNTRUSTED, _("not an archive, or cut short"));
	for (size_t i = 0; i < FIELDS; i++)
		field[i] = hex8(&r);
	*h = (struct cpio_header){ field[1], field[5], field[11], field[6] };
	if (r.bad || h->path_bytes == 0 || h->path_bytes > CPIO_PATH_MAX)
		return error_set(e, ERROR_UNTRUSTED, _("the archive is damaged: a bad name"));
	if (field[2] || field[3])
		return error_set(e, ERROR_UNTRUSTED,
				 _("the archive is altered: not all of it belongs to root"));
	return true;
}

bool cpio_path_ok(const char *path, size_t path_bytes)
{
	return path[path_bytes - 1] == '\0' && strlen(path) + 1 == path_bytes;
}

bool cpio_next(struct reader *r, struct cpio_entry *entry, bool *more, struct error *e)
{
	const uint8_t *header = reader_take(r, CPIO_HEADER);
	struct cpio_header h;

	*more = false;
	if (!header)
		return error_set(e, ERROR_UNTRUSTED, _("not an archive, or cut short"));
	if (!cpio_header(header, &h, e))
		return false;
	const char *path = (const char *)reader_take(r, h.path_bytes);
	if (!path || !cpio_path_ok(path, h.path_bytes))
		return error_set(e, ERROR_UNTRUSTED, _("the archive is damaged: a bad name"));
	reader_skip(r, (4 - (CPIO_HEADER + h.path_bytes) % 4) % 4);
	entry->path = path;
	entry->mode = h.mode;
	entry->mtime = h.mtime;
	entry->len = h.len;
	entry->bytes = reader_take(r, h.len);
	reader_skip(r, (4 - h.len % 4) % 4);
	if (r->bad)
		return error_set(e, ERROR_UNTRUSTED, _("the archive is cut short"));
	*more = strcmp(path, CPIO_TRAILER) != 0;
	if (!*more && (h.len || !only_zeros(r)))
		return error_set(e, ERROR_UNTRUSTED, _("something follows the end of the archive"));
	return true;
}
