/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stick against its own manifests and the organisation's root; docs/formats/stick.md. */
#include "lib/disk/stickproof.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/text.h"
#include "lib/crypto/manifest.h"
#include "lib/crypto/minisign.h"
#include "lib/disk/stickproof_inside.h"

#define MIB (UINT64_C(1) << 20)
#define SECTOR_BYTES 512
#define SLOT_MANIFEST_MAX 16384

const char *stick_slot_name(unsigned slot)
{
	return slot ? "b" : "a";
}

/* docs/formats/stick.md. Partition 3 grows: its size here is the least. */
static const struct {
	const char *label, *type;
	uint64_t first_byte, size_bytes;
} layout[] = {
	{ "BLACKSTART-BOOT", "BIOS boot", 1 * MIB, 1 * MIB },
	{ "BLACKSTART", "EFI system", 2 * MIB, 512 * MIB },
	{ "BLACKSTART-DATA", "Linux filesystem", 514 * MIB, 16 * MIB },
};
#define PARTITIONS (sizeof(layout) / sizeof(layout[0]))
enum { PART_BOOT, PART_FILES, PART_DATA };

static bool is_ours(const struct partition *p, size_t i)
{
	bool size_fits = i == PART_DATA ? p->size_bytes >= layout[i].size_bytes
					: p->size_bytes == layout[i].size_bytes;

	return p->number == i + 1 && strcmp(p->label, layout[i].label) == 0 &&
	       strcmp(p->type, layout[i].type) == 0 && p->first_byte == layout[i].first_byte &&
	       size_fits;
}

static bool check_layout(const struct partition_source *disk, struct stick_report *out,
			 struct error *e)
{
	struct partition_table *t = mem_alloc(sizeof(*t));
	bool ok = partition_table_read(disk, t, e);

	if (ok && t->kind == TABLE_DAMAGED)
		ok = error_set(e, ERROR_UNTRUSTED, _("the partition table is damaged"));
	if (ok && (t->kind != TABLE_GPT || disk->sector_bytes != SECTOR_BYTES))
		ok = error_set(e, ERROR_UNTRUSTED,
			       _("this is not a Blackstart stick: it has no GPT "
				 "for sectors of 512 bytes"));
	/* A sector of the data partition that cannot be read is no matter here, nor a first
	 * table that a power cut damaged while the data partition grew. */
	if (ok && (t->flags & ~((unsigned)TABLE_PART_UNREADABLE | TABLE_BACKUP_USED)))
		ok = error_set(e, ERROR_UNTRUSTED, _("the partition table is damaged"));
	for (size_t i = 0; ok && i < PARTITIONS; i++)
		if (t->count != PARTITIONS || !is_ours(&t->list[i], i))
			ok = error_set(e, ERROR_UNTRUSTED,
				       _("this is not a Blackstart stick: its "
					 "partitions are others"));
	if (ok) {
		out->data_bytes = t->list[PART_DATA].size_bytes;
		out->backup_used = t->flags & TABLE_BACKUP_USED;
	}
	free(t);
	return ok;
}

bool stick_stream_open(struct stick_stream *s, struct stick_work *w, const struct fat_entry *entry,
		       struct error *e)
{
	s->work = w;
	digest_init(&s->digest);
	return fat_file_open(&w->fat, entry, &s->file, e);
}

bool stick_stream_read(struct stick_stream *s, void *buf, size_t len, struct error *e)
{
	const struct stick_source *source = s->work->source;

	if (!fat_file_read(&s->work->fat, &s->file, buf, len, e))
		return false;
	digest_update(&s->digest, buf, len);
	s->work->done_bytes += len;
	if (source->progress)
		source->progress(source->progress_ctx, s->work->done_bytes, s->work->all_bytes);
	return true;
}

bool stick_stream_pass(struct stick_stream *s, uint64_t len, struct digest_state *also,
		       struct error *e)
{
	uint8_t *buffer = s->work->buffer;

	while (len) {
		size_t n = len < STICK_BUFFER ? (size_t)len : STICK_BUFFER;

		if (!stick_stream_read(s, buffer, n, e))
			return false;
		if (also)
			digest_update(also, buffer, n);
		len -= n;
	}
	return true;
}

enum slot_file { BASE, KIT, SLOTS, MANIFEST, SIGNATURES, KERNEL, SLOT_FILES };

static const char *const slot_file_names[SLOT_FILES] = {
	[BASE] = "base.img",     [KIT] = "kit.img",    [SLOTS] = "kit.slots",
	[MANIFEST] = "manifest", [KERNEL] = "vmlinuz", [SIGNATURES] = "manifest.minisig",
};
/* What the manifest lists, in its order; the others of a slot need not be there. */
static const enum slot_file listed[] = { BASE, KIT, KERNEL };
#define LISTED (sizeof(listed) / sizeof(listed[0]))

/* The files of one slot as they were found. */
struct slot_files {
	struct stick_slot *slot;
	unsigned number;
	bool any;
	bool there[SLOT_FILES];
	struct fat_entry entry[SLOT_FILES];
};

/* Name the file that is at fault in the report and in front of the reason. */
static bool blame(struct slot_files *f, const char *name, struct error *e)
{
	char masked[STICK_PATH_MAX - 8];

	snprintf(f->slot->file, sizeof(f->slot->file), "%s/%s", stick_slot_name(f->number),
		 text_mask(masked, sizeof(masked), name));
	return error_prefix(e, "%s: ", f->slot->file);
}

static bool take_slot_file(void *ctx, const struct fat_entry *entry, struct error *e)
{
	struct slot_files *f = ctx;

	f->any = true;
	for (int i = 0; i < SLOT_FILES; i++) {
		if (entry->folder || !fat_same_name(entry->name, slot_file_names[i]))
			continue;
		if (f->there[i]) {
			error_set(e, ERROR_UNTRUSTED, _("stands twice in its folder"));
			return blame(f, entry->name, e);
		}
		f->there[i] = true;
		f->entry[i] = *entry;
		return true;
	}
	error_set(e, ERROR_UNTRUSTED, _("does not belong there"));
	return blame(f, entry->name, e);
}

/* A small file as a whole, ended, in the slot's memory; NULL with the reason. */
static const char *read_small(struct stick_work *w, struct slot_files *f, enum slot_file which,
			      size_t limit, struct error *e)
{
	const struct fat_entry *entry = &f->entry[which];
	struct stick_stream s;
	char *bytes;

	if (!f->there[which])
		error_set(e, ERROR_UNTRUSTED, _("is missing"));
	else if (entry->size_bytes > limit)
		error_set(e, ERROR_UNTRUSTED, _("is too large"));
	if (!e->kind && stick_stream_open(&s, w, entry, e)) {
		bytes = arena_alloc(&w->memory, (size_t)entry->size_bytes + 1);
		if (stick_stream_read(&s, bytes, entry->size_bytes, e))
			return bytes;
	}
	blame(f, slot_file_names[which], e);
	return NULL;
}

static bool parse_slot_manifest(struct stick_work *w, struct slot_files *f, const char *bytes,
				struct manifest *m, struct error *e)
{
	bool ok = manifest_parse(bytes, f->entry[MANIFEST].size_bytes, &w->memory, m, e);

	if (ok && m->count != LISTED)
		ok = error_set(e, ERROR_UNTRUSTED, _("lists other files than a slot has"));
	for (size_t i = 0; ok && i < LISTED; i++)
		if (m->entries[i].kind != MANIFEST_FILE ||
		    strcmp(m->entries[i].path, slot_file_names[listed[i]]) != 0)
			ok = error_set(e, ERROR_UNTRUSTED, _("lists other files than a slot has"));
	return ok || blame(f, slot_file_names[MANIFEST], e);
}

/* Size and digest of a file that the manifest lists; of the kit also what is in it. */
static bool compare(struct stick_work *w, struct slot_files *f, enum slot_file which,
		    const struct manifest_entry *want, struct stick_kit *kit, struct error *e)
{
	struct stick_stream s;
	struct digest digest;

	if (!f->there[which])
		return error_set(e, ERROR_UNTRUSTED, _("is missing"));
	if (f->entry[which].size_bytes != want->size_bytes)
		return error_set(e, ERROR_UNTRUSTED,
				 _("is altered: it has %llu bytes, its manifest says %llu"),
				 f->entry[which].size_bytes + 0ULL, want->size_bytes + 0ULL);
	if (!stick_stream_open(&s, w, &f->entry[which], e))
		return false;
	/* What is wrong inside a kit comes second: first it must be the file that is listed. */
	struct error inside = { 0 };
	bool whole = which != KIT || stick_kit_read(&s, kit, &inside);
	if (inside.kind == ERROR_FAILED)
		return error_set(e, inside.kind, "%s", inside.text);
	if (!stick_stream_pass(&s, s.file.left_bytes, NULL, e))
		return false;
	digest = digest_final(&s.digest);
	if (!digest_equal(&digest, &want->digest))
		return error_set(e, ERROR_UNTRUSTED, _("is altered: it differs from its manifest"));
	if (!whole)
		return error_set(e, ERROR_UNTRUSTED, "%s", inside.text);
	f->slot->files++;
	f->slot->bytes += want->size_bytes;
	return true;
}

static bool check_signature(const struct trust_root *root, const char *manifest, size_t len,
			    const char *signatures, size_t signatures_len,
			    struct stick_signature *out, struct error *e)
{
	const char *at = signatures;
	struct minisign_signature first;
	struct trust_found found = { 0 };
	bool more;

	out->present = true;
	if (!minisign_next(&at, signatures + signatures_len, &first, &more, e))
		return false;
	if (!more || !trust_comment_parse(first.trusted, &out->role, &out->counter) ||
	    (out->role != TRUST_KIT && out->role != TRUST_RELEASE))
		return error_set(e, ERROR_UNTRUSTED,
				 _("must hold signatures of the role kit or release"));
	if (!root)
		return error_set(e, ERROR_UNTRUSTED,
				 _("is signed, but there is no root to judge it by"));
	if (!trust_verify(root, out->role, manifest, len, signatures, signatures_len, 0, &found, e))
		return false;
	out->wanted = found.wanted;
	out->valid = found.valid;
	out->counter = found.counter;
	return true;
}

static bool prove_slot(struct stick_work *w, struct slot_files *f, struct error *e)
{
	struct stick_slot *slot = f->slot;
	struct stick_kit *kit = arena_alloc(&w->memory, sizeof(*kit));
	const char *bytes = read_small(w, f, MANIFEST, SLOT_MANIFEST_MAX, e), *signatures;
	const struct trust_root *root;
	struct manifest m;

	slot->has_slots = f->there[SLOTS];
	if (!bytes || !parse_slot_manifest(w, f, bytes, &m, e))
		return false;
	for (size_t i = 0; i < LISTED; i++)
		if (!compare(w, f, listed[i], &m.entries[i], kit, e))
			return blame(f, slot_file_names[listed[i]], e);
	slot->files += kit->files;
	if (!stick_kit_judge(w, kit, &slot->kit, &root, e))
		return blame(f, slot_file_names[KIT], e);
	if (!f->there[SIGNATURES])
		return true;
	signatures = read_small(w, f, SIGNATURES, TRUST_SIGNATURES_BYTES_MAX, e);
	if (!signatures)
		return false;
	return check_signature(root, bytes, f->entry[MANIFEST].size_bytes, signatures,
			       f->entry[SIGNATURES].size_bytes, &slot->signature, e) ||
	       blame(f, slot_file_names[SIGNATURES], e);
}

/* What lies in a slot; nothing in it is no error. */
static bool list_slot(struct stick_work *w, struct slot_files *f, struct error *e)
{
	struct fat_entry folder;
	bool there;

	if (!fat_find(&w->fat, stick_slot_name(f->number), &folder, &there, e))
		return false;
	if (there && !fat_walk(&w->fat, &folder, take_slot_file, f, e))
		return false;
	for (size_t i = 0; i < LISTED; i++)
		if (f->there[listed[i]])
			w->all_bytes += f->entry[listed[i]].size_bytes;
	return true;
}

/* What the image has outside of the slots, by folder. */
static const struct {
	const char *folder;
	const char *names[6];
} known[] = {
	{ "", { "EFI", "a", "b", "boot", "README.txt" } },
	{ "EFI", { "BOOT" } },
	{ "EFI/BOOT", { "BOOTX64.EFI", "grubx64.efi", "mmx64.efi" } },
	{ "boot", { "grub" } },
	{ "boot/grub", { "grub.cfg" } },
};

struct stranger_search {
	struct stick_report *out;
	const char *folder;
	const char *const *names;
};

static bool note_stranger(void *ctx, const struct fat_entry *entry, struct error *e)
{
	const struct stranger_search *s = ctx;
	char masked[STICK_PATH_MAX - 16];

	(void)e;
	for (const char *const *name = s->names; *name; name++)
		if (fat_same_name(entry->name, *name))
			return true;
	if (s->out->strange++ == 0)
		snprintf(s->out->strange_first, sizeof(s->out->strange_first), "%s%s%s", s->folder,
			 *s->folder ? "/" : "", text_mask(masked, sizeof(masked), entry->name));
	return true;
}

static bool look_for_strangers(struct fat *fat, struct stick_report *out, struct error *e)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct stranger_search s = { out, known[i].folder, known[i].names };
		struct fat_entry folder;
		bool root = !*known[i].folder, there = root;

		if (!root && !fat_find(fat, known[i].folder, &folder, &there, e))
			return false;
		if (there && !fat_walk(fat, root ? NULL : &folder, note_stranger, &s, e))
			return false;
	}
	return true;
}

static bool prove_slots(struct stick_work *w, struct stick_report *out, struct error *e)
{
	struct slot_files *files = mem_array(STICK_SLOTS, sizeof(*files));
	bool any = false;

	for (unsigned i = 0; i < STICK_SLOTS; i++) {
		files[i].number = i;
		files[i].slot = &out->slot[i];
		if (!list_slot(w, &files[i], &out->slot[i].why))
			out->slot[i].state = STICK_SLOT_REFUSED;
	}
	for (unsigned i = 0; i < STICK_SLOTS; i++) {
		struct stick_slot *slot = &out->slot[i];

		if (files[i].any && slot->state != STICK_SLOT_REFUSED)
			slot->state = prove_slot(w, &files[i], &slot->why) ? STICK_SLOT_PROVED
									   : STICK_SLOT_REFUSED;
		arena_release(&w->memory);
		any = any || slot->state != STICK_SLOT_EMPTY;
		if (slot->state == STICK_SLOT_REFUSED)
			error_set(e, slot->why.kind, "%s", slot->why.text);
	}
	free(files);
	return any ? !e->kind
		   : error_set(e, ERROR_UNTRUSTED,
			       _("there is no system on this stick: its slots "
				 "a and b are empty"));
}

bool stick_prove(const struct stick_source *source, const struct stick_expect *expect,
		 struct stick_report *out, struct error *e)
{
	const struct partition_source *disk = &source->disk;
	struct stick_work *w = mem_alloc(sizeof(*w));
	bool ok;

	*out = (struct stick_report){ .disk_bytes = disk->size_bytes };
	w->source = source;
	w->expect = expect;
	ok = check_layout(disk, out, e) &&
	     fat_open(&w->fat, disk, layout[PART_FILES].first_byte, layout[PART_FILES].size_bytes,
		      e) &&
	     look_for_strangers(&w->fat, out, e) && prove_slots(w, out, e);
	free(w);
	return ok;
}
