/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An NTFS volume as a struct filesystem: opened by its boot sector, or by the backup of it. */
#include "lib/ntfs/ntfs.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/ntfs/content.h"

/* The boot sector in the first or in the last sector, whichever size those have. */
static bool find_boot(struct ntfs *v, uint64_t size_bytes, struct error *e)
{
	/* An image of a disk of larger sectors may lie on one of small ones. */
	const uint64_t places[] = { 0, size_bytes - 512, size_bytes - 4096 };
	enum ntfs_boot_result first = NTFS_BOOT_ABSENT;
	uint8_t bytes[NTFS_BOOT_BYTES];

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		if (!partition_source_read(&v->source, v->first_byte + places[i], bytes,
					   sizeof(bytes), e))
			return false;
		enum ntfs_boot_result result = ntfs_boot_parse(bytes, &v->boot);
		v->is_backup = i > 0;
		/* A backup lies where its own volume ends. */
		if (result == NTFS_BOOT_GOOD &&
		    (i == 0 || v->boot.sectors * v->boot.sector_bytes == places[i]))
			return true;
		first = i == 0 ? result : first;
	}
	return error_set(e, ERROR_UNTRUSTED,
			 first == NTFS_BOOT_BAD
				 ? _("the boot sector of the NTFS file system is damaged")
				 : _("this is no NTFS file system"));
}

static void close_volume(struct filesystem *fs)
{
	struct ntfs *v = (struct ntfs *)fs;

	if (!v)
		return;
	ntfs_stream_release(&v->mft);
	ntfs_names_release(&v->names);
	free(v->upcase);
	free(v);
}

struct filesystem *ntfs_open_damaged(const struct partition_source *s, uint64_t first_byte,
				     uint64_t size_bytes, struct error *lost, struct error *e)
{
	if (size_bytes < 4096 || first_byte > s->size_bytes ||
	    size_bytes > s->size_bytes - first_byte) {
		error_set(e, ERROR_UNTRUSTED, _("this is no NTFS file system"));
		return NULL;
	}
	struct ntfs *v = mem_alloc(sizeof(*v));
	v->source = *s;
	v->first_byte = first_byte;
	v->stored_left = v->holes_left = UINT64_MAX;
	v->content.attribute = SIZE_MAX;
	if (!find_boot(v, size_bytes, e))
		goto failed;
	uint64_t bytes = v->boot.sectors * v->boot.sector_bytes;
	if (bytes > size_bytes) {
		error_set(
			e, ERROR_UNTRUSTED,
			_("the NTFS file system is larger than its partition: its end is missing"));
		goto failed;
	}
	v->volume_bytes = v->boot.clusters * v->boot.cluster_bytes;
	v->fs = (struct filesystem){
		.kind = FILESYSTEM_NTFS,
		.block_bytes = v->boot.cluster_bytes,
		/* With the backup of the boot sector, where the partition has room for it. */
		.size_bytes = size_bytes - bytes < v->boot.sector_bytes
				      ? bytes
				      : bytes + v->boot.sector_bytes,
		.used = ntfs_used,
		.walk = ntfs_walk,
		.read = ntfs_content_read,
		.load = ntfs_load,
		.clear = ntfs_clear,
		.close = close_volume,
	};
	if (!ntfs_mft_open(v, lost, e))
		goto failed;
	v->lost = NULL;
	ntfs_state(v);
	return &v->fs;
failed:
	close_volume(&v->fs);
	return NULL;
}

struct filesystem *ntfs_open(const struct partition_source *s, uint64_t first_byte,
			     uint64_t size_bytes, struct error *e)
{
	return ntfs_open_damaged(s, first_byte, size_bytes, NULL, e);
}

/* Look up the file at a path; *there false if it has no content. Releasing *f is right in any case. */
static bool find_content(struct ntfs *v, const char *path, struct ntfs_file *f, size_t *attribute,
			 bool *there, struct error *e)
{
	*attribute = SIZE_MAX;
	if (!ntfs_lookup(v, path, f, there, e))
		return false;
	if (*there && !(f->record.flags & NTFS_FOLDER))
		*attribute = ntfs_file_find(f, NTFS_DATA);
	*there = *attribute != SIZE_MAX;
	return true;
}

static bool load_packed(struct ntfs *v, const struct ntfs_file *f, const struct ntfs_kind *k,
			void *buf, size_t max, size_t *got, struct error *e)
{
	struct ntfs_wof *w = ntfs_wof_open(v, f, k->packing, k->size_bytes, e);
	bool ok = w && ntfs_wof_read(w, 0, buf, max, got, e);

	ntfs_wof_free(w);
	return ok;
}

static bool load_file(struct ntfs *v, const struct ntfs_file *f, size_t attribute, const char *path,
		      void *buf, size_t max, size_t *got, struct error *e)
{
	struct ntfs_stream s = { 0 };
	struct text target = { 0 };
	struct ntfs_kind k;

	ntfs_kind(v, f, &target, &k);
	text_release(&target);
	if (k.packing && !k.refusal)
		return load_packed(v, f, &k, buf, max, got, e);
	bool ok = ntfs_file_stream(v, f, attribute, &s, e);
	if (ok && (s.flags & NTFS_EFS || ntfs_file_find(f, NTFS_REPARSE_POINT) != SIZE_MAX))
		ok = error_set(e, ERROR_UNTRUSTED,
			       _("\"%s\" cannot be read: Windows keeps it encrypted or packed"),
			       path);
	if (ok)
		ok = ntfs_stream_read(&s, 0, buf, max, got, e);
	ntfs_stream_release(&s);
	return ok;
}

bool ntfs_load(struct filesystem *fs, const char *path, void *buf, size_t max, size_t *got,
	       bool *there, struct error *e)
{
	struct ntfs *v = (struct ntfs *)fs;
	struct ntfs_file f = { 0 };
	size_t attribute;
	bool ok = find_content(v, path, &f, &attribute, there, e);

	*got = 0;
	if (ok && *there)
		ok = load_file(v, &f, attribute, path, buf, max, got, e);
	ntfs_file_release(&f);
	return ok;
}

bool ntfs_clear(struct filesystem *fs, const char *path, struct used_map *m, bool *there,
		struct error *e)
{
	struct ntfs *v = (struct ntfs *)fs;
	struct ntfs_stream s = { 0 };
	struct ntfs_file f = { 0 };
	size_t attribute;
	bool ok = find_content(v, path, &f, &attribute, there, e);

	if (ok && *there)
		ok = ntfs_file_stream(v, &f, attribute, &s, e);
	ntfs_file_release(&f);
	if (ok && *there && m->unit_bytes == v->boot.cluster_bytes)
		for (size_t i = 0; i < s.runs.count; i++)
			if (s.runs.list[i].cluster != NTFS_HOLE)
				used_map_clear(m, s.runs.list[i].cluster, s.runs.list[i].count);
	ntfs_stream_release(&s);
	return ok;
}
