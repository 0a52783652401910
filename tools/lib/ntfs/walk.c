/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every file of a volume, in the order of the MFT: read once, from front to back. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/le.h"
#include "lib/base/zeros.h"
#include "lib/disk/utf16.h"
#include "lib/ntfs/content.h"

#define CHUNK_BYTES (1u << 20)
#define BUDGET_FACTOR 4u /* how often a volume may be read in one walk */
#define BUDGET_FIRST (UINT64_C(64) << 20)
#define HOLES_FACTOR 16u
#define HOLES_FIRST (UINT64_C(1) << 40)
#define NAMES_MAX 1024u /* names of a file that cost nothing to read again */

struct walk {
	struct ntfs *v;
	bool (*each)(void *ctx, const struct filesystem_entry *entry, struct error *e);
	void *ctx;
	struct ntfs_file file;
	struct ntfs_kind kind;
	struct text path, target;
	bool bad_names; /* the walk fails at its end */
	uint8_t *base;  /* a record that another one says to extend */
	/* The folder whose path stands at the beginning of `path`. */
	bool has_prefix;
	uint64_t parent;
	enum ntfs_place place;
	size_t prefix_bytes, prefix_units;
};

static void close_content(struct ntfs_content *c)
{
	if (c->is_open)
		ntfs_stream_release(&c->stream);
	ntfs_wof_free(c->wof);
	*c = (struct ntfs_content){ .attribute = SIZE_MAX };
}

bool ntfs_content_read(struct filesystem *fs, const struct filesystem_entry *entry, uint64_t offset,
		       void *buf, size_t len, size_t *got, struct error *e)
{
	struct ntfs *v = (struct ntfs *)fs;
	struct ntfs_content *c = &v->content;

	*got = 0;
	if (c->refusal)
		return error_set(e, ERROR_UNTRUSTED, _("\"%s\" cannot be read: %s"), entry->path,
				 _(c->refusal));
	if (c->target) {
		size_t left = offset < c->target_bytes ? c->target_bytes - (size_t)offset : 0;

		*got = left < len ? left : len;
		memcpy(buf, c->target + (c->target_bytes - left), *got);
		return true;
	}
	if (c->attribute == SIZE_MAX)
		return true;
	if (c->packing) {
		if (!c->wof)
			c->wof = ntfs_wof_open(v, c->file, (enum ntfs_packing)c->packing,
					       c->size_bytes, e);
		if (!c->wof)
			c->refusal = N_("it is damaged");
		return c->wof && ntfs_wof_read(c->wof, offset, buf, len, got, e);
	}
	if (!c->is_open) {
		c->is_open = true;
		if (!ntfs_file_stream(v, c->file, c->attribute, &c->stream, e)) {
			c->refusal = N_("it is damaged");
			return false;
		}
	}
	return ntfs_stream_read(&c->stream, offset, buf, len, got, e);
}

static bool pass(struct walk *w, const struct filesystem_entry *entry, size_t attribute,
		 const char *refusal, struct error *e)
{
	struct ntfs_content *c = &w->v->content;

	close_content(c);
	c->file = &w->file;
	c->attribute = attribute;
	c->refusal = refusal;
	if (entry->type == 'l' && !entry->stream) {
		c->target = w->kind.target;
		c->target_bytes = (size_t)entry->size_bytes;
	}
	if (entry->type == 'f') {
		c->packing = w->kind.packing;
		c->size_bytes = entry->size_bytes;
	}
	bool ok = w->each(w->ctx, entry, e);
	close_content(c);
	return ok;
}

/* Clusters that cannot be are found without a byte of them. */
static void look_at_map(struct walk *w, size_t attribute, unsigned *flags, const char **refusal)
{
	struct ntfs_stream s = { 0 };
	struct error quiet = { 0 };

	if (*refusal || attribute == SIZE_MAX || w->file.list[attribute].resident)
		return;
	if (!ntfs_file_stream(w->v, &w->file, attribute, &s, &quiet)) {
		*refusal = N_("it is damaged");
		*flags |= FILESYSTEM_UNREADABLE;
		w->v->fs.damaged++;
	}
	ntfs_stream_release(&s);
}

static bool pass_streams(struct walk *w, const struct filesystem_entry *of, struct error *e)
{
	const struct ntfs_file *f = &w->file;
	char name[NTFS_NAME_BYTES + 1];

	for (size_t i = 0; i < f->count; i++) {
		const struct ntfs_attribute *a = &f->list[i];
		struct filesystem_entry entry = *of;
		const char *refusal = NULL;

		/* A later piece is no stream of its own; one whose first is missing is. */
		if (a->type != NTFS_DATA || !a->name.left ||
		    (!a->resident && a->first_vcn && i && f->list[i - 1].type == NTFS_DATA &&
		     f->list[i - 1].name.left == a->name.left &&
		     memcmp(f->list[i - 1].name.at, a->name.at, a->name.left) == 0))
			continue;
		entry.flags = of->flags & (FILESYSTEM_DAMAGED | FILESYSTEM_ONE_OF_SEVERAL);
		entry.flags |= ntfs_attribute_flags(a, &refusal);
		look_at_map(w, i, &entry.flags, &refusal);
		size_t len = ntfs_name_text(name, a->name, &w->bad_names);
		if (!len) {
			len = (size_t)snprintf(name, sizeof(name), "$%zu", i);
			entry.flags |= FILESYSTEM_UNREADABLE;
			refusal = N_("it is damaged");
		}
		name[len] = '\0';
		entry.stream = name;
		entry.type = 's';
		entry.size_bytes = a->size_bytes;
		if (!pass(w, &entry, i, refusal, e))
			return false;
	}
	return true;
}

/* Is it one of the files that Windows keeps in its folder, or in them? */
static bool is_windows_own(const char *path)
{
	static const char *const own[] = { "$ObjId",   "$Quota",      "$Reparse",
					   "$UsnJrnl", "$RmMetadata", "$Deleted" };
	const char *name = path + strlen(NTFS_EXTEND);
	size_t len = strcspn(name, "/");

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (strlen(own[i]) == len && memcmp(own[i], name, len) == 0)
			return true;
	return false;
}

/* Make w->path that of a name. False: it is the system's own. */
static bool place_name(struct walk *w, const struct ntfs_name *n)
{
	char name[NTFS_NAME_BYTES];
	size_t len = ntfs_name_text(name, n->units, &w->bad_names);

	if (!w->has_prefix || w->parent != n->parent) {
		text_clear(&w->path);
		w->place = ntfs_names_path(w->v, n->parent, &w->path, &w->prefix_units);
		w->prefix_bytes = w->path.len;
		w->parent = n->parent;
		w->has_prefix = true;
	}
	w->path.len = w->prefix_bytes;
	if (w->place == NTFS_PLACE_NONE || !len ||
	    w->prefix_units + n->units.left / 2 > NTFS_PATH_UNITS) {
		text_clear(&w->path);
		text_addf(&w->path, "$Orphans/%llu", w->file.number + 0ULL);
		if (len)
			text_add_n(&w->path, "/", 1);
		w->has_prefix = false;
	}
	text_add_n(&w->path, name, len);
	return !w->has_prefix || w->place != NTFS_PLACE_SYSTEM ||
	       !is_windows_own(text_end(&w->path));
}

static struct filesystem_entry entry_of(const struct walk *w)
{
	const struct ntfs_kind *k = &w->kind;

	return (struct filesystem_entry){ .type = k->type,
					  .flags = k->flags,
					  .size_bytes = k->size_bytes,
					  .id = w->file.number,
					  .modified = k->modified,
					  .created = k->created,
					  .changed = k->changed,
					  .accessed = k->accessed,
					  .internal = &w->v->content };
}

static bool is_name(const struct ntfs_attribute *a, struct ntfs_name *n)
{
	return a->type == NTFS_FILE_NAME && a->resident && ntfs_name_parse(a->value, n);
}

/* Is it a name to be shown? A short one only if there is no other in that folder, or, of very many, at all. */
static bool is_shown(const struct ntfs_file *f, const struct ntfs_attribute *a, bool has_long,
		     struct ntfs_name *n)
{
	struct ntfs_name other;

	if (!is_name(a, n))
		return false;
	if (n->space != NTFS_DOS || !has_long)
		return true;
	for (size_t i = 0; i < f->count && f->count <= NAMES_MAX; i++)
		if (is_name(&f->list[i], &other) && other.space != NTFS_DOS &&
		    other.parent == n->parent)
			return false;
	return f->count <= NAMES_MAX;
}

static bool pass_names(struct walk *w, bool is_bad, struct error *e)
{
	const struct ntfs_file *f = &w->file;
	struct ntfs_name n;
	size_t names = 0, shown = 0;

	w->v->fs.damaged += is_bad;
	if (is_bad && w->kind.attribute == SIZE_MAX && w->kind.type == 'f') {
		w->kind.refusal = N_("it is damaged");
		w->kind.flags |= FILESYSTEM_UNREADABLE;
	}
	look_at_map(w, w->kind.attribute, &w->kind.flags, &w->kind.refusal);
	if (is_bad && !(w->kind.flags & FILESYSTEM_UNREADABLE))
		w->kind.flags |= FILESYSTEM_DAMAGED;
	bool has_long = ntfs_file_name(f, &n) && n.space != NTFS_DOS;
	for (size_t i = 0; i < f->count; i++)
		names += is_shown(f, &f->list[i], has_long, &n);
	for (size_t i = 0; i < f->count; i++) {
		struct filesystem_entry entry = entry_of(w);
		uint64_t stored = w->v->stored_left, holes = w->v->holes_left;

		if (!is_shown(f, &f->list[i], has_long, &n))
			continue;
		if (!place_name(w, &n)) {
			shown++;
			continue;
		}
		if (names > 1)
			entry.flags |= FILESYSTEM_ONE_OF_SEVERAL;
		entry.path = text_end(&w->path);
		bool is_first = shown++ == 0;
		if (!pass(w, &entry, w->kind.attribute, w->kind.refusal, e) ||
		    (is_first && !pass_streams(w, &entry, e)))
			return false;
		if (!is_first && shown <= NAMES_MAX) {
			w->v->stored_left = stored;
			w->v->holes_left = holes;
		}
	}
	if (shown)
		return true;
	struct filesystem_entry entry = entry_of(w);
	char path[40];
	snprintf(path, sizeof(path), "$Orphans/%llu", f->number + 0ULL);
	entry.path = path;
	entry.flags |= entry.flags & FILESYSTEM_UNREADABLE ? 0 : FILESYSTEM_DAMAGED;
	return pass(w, &entry, w->kind.attribute, w->kind.refusal, e) && pass_streams(w, &entry, e);
}

/* Is there no file that a record can belong to which says that it extends another? Then it is somebody's own, and so
 * is one with $STANDARD_INFORMATION, which stands in the record of the file itself and in no other. */
static bool is_stray(struct walk *w, const struct ntfs_record *r)
{
	struct reader own = r->attributes;
	enum ntfs_record_state state;
	struct error quiet = { 0 };
	struct ntfs_attribute a;
	struct ntfs_record base;

	if (ntfs_attribute_next(&own, &a) == NTFS_NEXT_ONE && a.type == NTFS_STANDARD_INFORMATION)
		return true;
	if (!w->base)
		w->base = mem_alloc(w->v->boot.record_bytes);
	if (!ntfs_mft_read(w->v, NTFS_NUMBER(r->base), w->base, &base, &state, &quiet))
		return false; /* that is said where it is read */
	if (state == NTFS_RECORD_BAD)
		return false;
	while (ntfs_attribute_next(&base.attributes, &a) == NTFS_NEXT_ONE)
		if (a.type == NTFS_ATTRIBUTE_LIST)
			return !(base.flags & NTFS_IN_USE) ||
			       base.sequence != NTFS_SEQUENCE(r->base);
	return true;
}

/* Records that only the system has, until somebody gives one of them another name: theirs begin with '$', and the
 * last four have none. */
static bool is_reserved(uint64_t number, const struct ntfs_file *f)
{
	struct ntfs_name n;

	return number < NTFS_FIRST_USER && number != NTFS_FILE_ROOT &&
	       (!ntfs_file_name(f, &n) ||
		(number <= NTFS_FILE_EXTEND && n.units.left >= 2 && le16(n.units.at) == '$'));
}

static bool look(struct walk *w, uint64_t number, uint8_t *bytes, struct error *e)
{
	struct ntfs *v = w->v;
	struct ntfs_record r;
	struct error own = { 0 };
	struct ntfs_name n;
	enum ntfs_record_state state = ntfs_record_parse(bytes, v->boot.record_bytes, &r);

	/* What is neither a record nor was never written was wiped. */
	if (state == NTFS_RECORD_EMPTY && !only_zeros(bytes, v->boot.record_bytes))
		v->fs.damaged++;
	if (state == NTFS_RECORD_EMPTY || !(r.flags & NTFS_IN_USE))
		return true;
	bool stray = r.base && is_stray(w, &r);
	if (r.base && !stray)
		return true;
	/* Of one that is damaged nothing but its number is known. */
	bool is_bad = state == NTFS_RECORD_BAD || !ntfs_file_take(v, &w->file, number, &r, &own);
	is_bad |= stray;
	if (state == NTFS_RECORD_BAD) {
		w->file.number = number;
		w->file.record = r;
		w->file.count = 0;
	}
	if (is_reserved(number, &w->file))
		return true;
	ntfs_kind(v, &w->file, &w->target, &w->kind);
	if (number == NTFS_FILE_ROOT) {
		struct filesystem_entry entry = entry_of(w);

		entry.path = ".";
		return pass_streams(w, &entry, e);
	}
	if (r.flags & NTFS_FOLDER && ntfs_file_name(&w->file, &n))
		ntfs_names_add(&v->names, &w->file, &n);
	return pass_names(w, is_bad, e);
}

/* Every record; what cannot be read is left out, record by record, and said at the end. */
static bool look_at_all(struct walk *w, uint8_t *chunk, struct error *e)
{
	struct ntfs *v = w->v;
	const uint32_t record = v->boot.record_bytes;
	const size_t most = CHUNK_BYTES / record;
	struct error first = { 0 };
	uint64_t number = 0, lost = 0;
	size_t n = most;

	while (number < v->records) {
		struct error own = { 0 };

		n = n < v->records - number ? n : (size_t)(v->records - number);
		bool is_read = ntfs_stream_exact(&v->mft, number * record, chunk, n * record, &own);
		if (!is_read && n > 1) {
			n = 1;
			continue;
		}
		if (!is_read && (v->stored_left < record || v->holes_left < record))
			return error_set(e, own.kind, "%s", own.text); /* nothing will be */
		for (size_t i = 0; is_read && i < n; i++)
			if (!look(w, number + i, chunk + i * record, e))
				return false;
		if (!is_read && lost++ == 0)
			first = own;
		number += n;
		/* Behind a bad place in larger steps again. */
		n = 2 * n < most ? 2 * n : most;
	}
	if (lost)
		return error_set(
			e, first.kind,
			_("records of the list of files ($MFT) cannot be read, %llu of them: %s"),
			lost + 0ULL, first.text);
	return !w->bad_names ||
	       error_set(
		       e, ERROR_UNTRUSTED,
		       _("the NTFS file system is damaged: a name has a letter that none can have"));
}

bool ntfs_walk(struct filesystem *fs,
	       bool (*each)(void *ctx, const struct filesystem_entry *entry, struct error *e),
	       void *ctx, struct error *e)
{
	struct ntfs *v = (struct ntfs *)fs;
	struct walk w = { .v = v, .each = each, .ctx = ctx };
	uint8_t *chunk = mem_alloc(CHUNK_BYTES);

	fs->damaged = 0;
	v->stored_left = BUDGET_FACTOR * v->volume_bytes + BUDGET_FIRST;
	v->holes_left = HOLES_FACTOR * v->volume_bytes + HOLES_FIRST;
	bool ok = look_at_all(&w, chunk, e);
	v->stored_left = v->holes_left = UINT64_MAX;
	free(chunk);
	free(w.base);
	text_release(&w.path);
	text_release(&w.target);
	ntfs_file_release(&w.file);
	return ok;
}
