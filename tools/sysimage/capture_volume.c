/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is in the partitions: which may be taken as they are, and which blocks of them. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/language.h"
#include "lib/image/volume.h"
#include "sysimage/capture.h"

#define PAGE 4096u              /* of Linux swap on PCs */
#define SWAP_SIGNATURE_AT 4086u /* at the end of its first page */

static const struct {
	enum kimg_left_out bit;
	const char *name;
} left_out_files[] = {
	{ KIMG_PAGEFILE, "pagefile.sys" },
	{ KIMG_SWAPFILE, "swapfile.sys" },
	{ KIMG_HIBERFIL, "hiberfil.sys" },
};
#define LEFT_OUT_FILES (sizeof(left_out_files) / sizeof(left_out_files[0]))

static bool read_volume(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	struct capture_volume *v = ctx;

	if (v->source->bytes.read(v->source->bytes.ctx, offset, buf, len, e))
		return true;
	__atomic_store_n(&v->unreadable, true, __ATOMIC_RELAXED);
	return false;
}

/* Neither a hole of the source's file nor content that is left out: that is given back as
 * zeros, never as a hole, for a restored PC must not find an old hibernation in it. */
static bool data_of_volume(void *ctx, uint64_t from, uint64_t to, uint64_t *start, uint64_t *end)
{
	struct capture_volume *v = ctx;
	const uint64_t base = v->to->first_byte;
	uint64_t data, data_end, kept, kept_end;

	while (capture_source_data(v->source, from, to, &data, &data_end)) {
		if (used_map_next(&v->kept, data - base, data_end - base, &kept, &kept_end)) {
			*start = base + kept;
			*end = base + kept_end;
			return true;
		}
		from = data_end;
	}
	return false;
}

/* Taken although: said on the command line, or refused. */
static bool accept(struct capture *c, enum kimg_taken what, struct error *e, const char *words)
{
	if (!(c->options->accept & what))
		return error_set(e, ERROR_FAILED, "%s", words);
	c->manifest.taken |= (uint16_t)what;
	return true;
}

static bool accept_locked(struct capture *c, const struct capture_volume *v, struct error *e)
{
	char words[400];

	c->not_seen = true;
	snprintf(words, sizeof(words),
		 v->to->content == KIMG_CONTENT_BITLOCKER
			 ? _("partition %u is locked with BitLocker: nobody can see what is in it, "
			     "and PCs restored from it would ask for this PC's key. Switch it off "
			     "first (manage-bde -off C:), or take it as it is with --accept locked")
			 : _("partition %u is locked with LUKS: nobody can see what is in it, and "
			     "all PCs restored from it would have the same key. Capture a PC "
			     "without, or take it as it is with --accept locked"),
		 v->to->number);
	return accept(c, KIMG_LOCKED, e, words);
}

static bool accept_state(struct capture *c, const struct capture_volume *v, struct error *e)
{
	const char *signs = v->f->state_words;
	char words[480];

	if (v->f->state & FILESYSTEM_HIBERNATED) {
		snprintf(words, sizeof(words),
			 _("partition %u belongs to a Windows that is hibernated, which fast "
			   "start-up does too (%s). Start it and switch it off with shutdown /s "
			   "/t 0, or take it as it is with --accept hibernated"),
			 v->to->number, signs);
		if (!accept(c, KIMG_HIBERNATED, e, words))
			return false;
	}
	if (v->f->state & FILESYSTEM_DIRTY) {
		snprintf(words, sizeof(words),
			 _("partition %u was not cleanly closed (%s). Start the PC, let it check "
			   "its disk and shut it down, or take it as it is with --accept dirty"),
			 v->to->number, signs);
		return accept(c, KIMG_DIRTY, e, words);
	}
	return true;
}

/* Copies what is used, and takes the files that are left out from the copy. */
static bool leave_out(struct capture *c, struct capture_volume *v, struct error *e)
{
	unsigned wanted = c->options->leave_out;

	if (!wanted || !v->f->clear)
		return true;
	if (!used_map_init(&v->kept, v->used.unit_bytes, v->used.first_byte, v->used.units, e))
		return false;
	memcpy(v->kept.bits, v->used.bits, v->used.units / 8 + (v->used.units % 8 != 0));
	for (size_t i = 0; i < LEFT_OUT_FILES; i++) {
		bool there = false;

		if (!(wanted & left_out_files[i].bit))
			continue;
		if (!v->f->clear(v->f, left_out_files[i].name, &v->kept, &there, e))
			return error_prefix(e, "%s: ", left_out_files[i].name);
		if (there)
			v->left_out |= left_out_files[i].bit;
	}
	c->manifest.left_out |= (uint16_t)v->left_out;
	return true;
}

/* The journal of one that is not at rest may hold what its map of used blocks and its size do not
 * know yet: then every byte is taken. What a merely hibernated Windows leaves out is left out all the
 * same, lest the copies wake up from it; where not even its files need be right, nothing is. */
static bool take_every_byte(struct capture *c, struct capture_volume *v, struct error *e)
{
	bool ok;

	v->not_at_rest = true;
	if (!c->options->leave_out || !v->f->clear || v->f->state & FILESYSTEM_DIRTY)
		return true;
	ok = v->f->used(v->f, &v->used, e);
	if (ok)
		used_map_set(&v->used, 0, v->used.units);
	ok = ok && leave_out(c, v, e);
	used_map_release(&v->used);
	return ok;
}

/* A file system that is readable: at rest, whose, and what of it is used. */
static bool look_into(struct capture *c, struct capture_volume *v, struct error *e)
{
	struct kimg_partition *to = v->to;
	const uint64_t sector = c->source.bytes.sector_bytes;

	to->block_bytes = v->f->block_bytes;
	if (!judge_volume(v->f, &c->judgement, e))
		return false;
	if (to->role == KIMG_ROLE_OTHER)
		to->role = c->judgement.role != KIMG_ROLE_OTHER ? c->judgement.role
								: KIMG_ROLE_DATA;
	if (c->options->raw)
		return true;
	if (v->f->state & (FILESYSTEM_DIRTY | FILESYSTEM_HIBERNATED))
		return take_every_byte(c, v, e);
	to->smallest_bytes = (v->f->size_bytes + sector - 1) / sector * sector;
	return v->f->used(v->f, &v->used, e) && leave_out(c, v, e);
}

/* Of swap only the page with its name is needed. A Linux that hibernated wrote its own sign
 * over that of the swap. What begins with anything else may hold a system, but for GRUB's own
 * place. */
static bool look_at_first_page(struct capture *c, struct capture_volume *v, struct error *e)
{
	static const uint8_t none[PAGE];
	uint8_t page[PAGE];
	char words[400];

	if (v->to->size_bytes < PAGE)
		return true;
	if (!partition_source_read(&c->source.bytes, v->to->first_byte, page, PAGE, e))
		return false;
	if (memcmp(page + SWAP_SIGNATURE_AT, "S1SUSPEND", 9) == 0 ||
	    memcmp(page + SWAP_SIGNATURE_AT, "ULSUSPEND", 9) == 0 ||
	    memcmp(page + SWAP_SIGNATURE_AT, "LINHIB0001", 10) == 0) {
		snprintf(
			words, sizeof(words),
			_("partition %u is swap that holds a hibernated Linux. Start it and switch "
			  "it off (poweroff), or take it as it is with --accept hibernated"),
			v->to->number);
		return accept(c, KIMG_HIBERNATED, e, words);
	}
	if (v->to->content == KIMG_CONTENT_UNKNOWN && v->to->role != KIMG_ROLE_BIOS_BOOT &&
	    memcmp(page, none, PAGE) != 0)
		c->not_seen = true;
	if (v->to->content != KIMG_CONTENT_SWAP || c->options->raw)
		return true;
	if (!used_map_init(&v->used, PAGE, 0, v->to->size_bytes / PAGE, e))
		return false;
	used_map_set(&v->used, 0, 1);
	return true;
}

/* What cannot be read as a file system is refused, or taken unseen. */
static bool unseen(struct capture *c, struct capture_volume *v, const struct error *why,
		   struct error *e)
{
	/* Damaged, or of a kind that is not known. Where the disk cannot be read, --raw could not. */
	const bool can_be_taken = why->kind == ERROR_UNTRUSTED ||
				  !__atomic_load_n(&v->unreadable, __ATOMIC_RELAXED);

	c->not_seen = true;
	if (v->f)
		v->f->close(v->f);
	v->f = NULL;
	if (can_be_taken && c->options->raw)
		return true;
	return error_set(e, why->kind,
			 can_be_taken
				 ? _("partition %u (%s): %s. Let it be repaired, or take every "
				     "byte of it unseen with --raw")
				 : _("partition %u (%s): %s"),
			 v->to->number, v->content, why->text);
}

static bool look_at(struct capture *c, struct capture_volume *v, struct error *e)
{
	struct error why = { 0 };

	if (v->to->content == KIMG_CONTENT_BITLOCKER || v->to->content == KIMG_CONTENT_LUKS)
		return accept_locked(c, v, e);
	if (v->to->content == KIMG_CONTENT_SWAP || !*v->content)
		return look_at_first_page(c, v, e);
	v->f = volume_open(&v->bytes, v->to->first_byte, v->to->size_bytes, &why);
	if (!v->f && why.kind)
		return unseen(c, v, &why, e);
	if (!v->f) {
		c->not_seen = true; /* a file system that is not ours to read */
		return true;
	}
	if (!accept_state(c, v, e))
		return false;
	return look_into(c, v, &why) || unseen(c, v, &why, e);
}

/* Of a volume that we cannot look into, whoever made the imported image knew what is used. */
static bool believe_import(struct capture *c, struct capture_volume *v, struct error *e)
{
	const struct used_map *m = c->source.used;

	if (!m || v->f || v->used.unit_bytes || c->options->raw ||
	    c->manifest.table != KIMG_TABLE_NONE)
		return true;
	if (!used_map_init(&v->used, m->unit_bytes, m->first_byte, m->units, e))
		return false;
	memcpy(v->used.bits, m->bits, m->units / 8 + (m->units % 8 != 0));
	return true;
}

/* Copies of a Windows that is not generalised are one PC to its network. */
static bool accept_system(struct capture *c, struct error *e)
{
	struct kimg_manifest *m = &c->manifest;
	const struct judgement *j = &c->judgement;
	char words[480], why[256];

	m->os = j->os;
	m->boot = j->boot;
	m->signers = j->signers;
	m->generalised = j->generalised;
	if (c->not_seen && j->generalised == KIMG_GENERALISED_NONE)
		m->generalised = KIMG_GENERALISED_NO; /* not known */
	if (j->systems == j->ready)
		return true;
	snprintf(why, sizeof(why), "%s", j->why.s ? j->why.s : "");
	for (char *p = why; (p = strchr(p, '\n')) != NULL;)
		*p = p[1] ? ' ' : '\0';
	snprintf(
		words, sizeof(words),
		j->os == KIMG_OS_WINDOWS
			? _("all PCs restored from it would take themselves for this one: %s Run "
			    "sysprep /generalize /shutdown, or take it as it is with --accept "
			    "not-generalised")
			: _("all PCs restored from it would take themselves for this one: %s Empty "
			    "/etc/machine-id and remove the keys of SSH, or take it as it is with "
			    "--accept not-generalised"),
		why);
	return accept(c, KIMG_NOT_GENERALISED, e, words);
}

bool capture_volumes(struct capture *c, struct error *e)
{
	for (uint32_t i = 0; i < c->manifest.partition_count; i++) {
		struct capture_volume *v = &c->volumes[i];

		v->bytes = c->source.bytes;
		v->bytes.read = read_volume;
		v->bytes.ctx = v;
		/* What is reserved is nobody's, whatever was there, even where it is taken. */
		if (v->to->role != KIMG_ROLE_MSR && (!look_at(c, v, e) || !believe_import(c, v, e)))
			return false;
	}
	return accept_system(c, e);
}

struct listing {
	struct catalogue_writer *writer;
	struct capture_volume *volume;
};

static bool list_entry(void *ctx, const struct filesystem_entry *entry, struct error *e)
{
	const struct listing *l = ctx;
	struct filesystem_entry copy = *entry;

	for (size_t i = 0; i < LEFT_OUT_FILES; i++)
		if ((l->volume->left_out & left_out_files[i].bit) && !entry->stream &&
		    strcasecmp(entry->path, left_out_files[i].name) == 0)
			copy.flags |= FILESYSTEM_LEFT_OUT;
	return catalogue_add(l->writer, l->volume->to->number, l->volume->f, &copy, e);
}

static bool read_catalogue(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	(void)e;
	catalogue_bytes(ctx, offset, buf, len);
	return true;
}

static struct digest sum_of(const struct catalogue_writer *w, uint64_t bytes)
{
	uint8_t piece[4096];
	struct digest_state s;

	digest_init(&s);
	for (uint64_t at = 0; at < bytes; at += sizeof(piece)) {
		size_t n = bytes - at < sizeof(piece) ? (size_t)(bytes - at) : sizeof(piece);

		catalogue_bytes(w, at, piece, n);
		digest_update(&s, piece, n);
	}
	return digest_final(&s);
}

bool capture_catalogue(struct capture *c, struct error *e)
{
	struct catalogue_writer *w = &c->catalogue;
	struct kimg_manifest *m = &c->manifest;
	bool ok = true, any = false;

	for (uint32_t i = 0; i < m->partition_count && ok; i++) {
		struct capture_volume *v = &c->volumes[i];
		struct listing l = { w, v };

		if (!v->f)
			continue;
		any = true;
		ok = v->f->walk(v->f, list_entry, &l, e) ||
		     error_prefix(e, _("the files of partition %u: "), v->to->number);
	}
	if (ok && any)
		ok = catalogue_sort(w, &m->catalogue_bytes, e);
	if (ok && any) {
		m->has_catalogue = true;
		m->catalogue_lines = w->count;
		m->catalogue_digest = sum_of(w, m->catalogue_bytes);
		c->catalogue_bytes = (struct partition_source){
			.read = read_catalogue,
			.ctx = w,
			.size_bytes = m->catalogue_bytes,
			.sector_bytes = m->sector_bytes,
		};
	}
	return ok;
}

static void add_volumes(struct capture *c, bool efi_system)
{
	for (uint32_t i = 0; i < c->manifest.partition_count; i++) {
		struct capture_volume *v = &c->volumes[i];

		if (v->empty || (v->to->role == KIMG_ROLE_ESP) != efi_system)
			continue;
		c->payloads[c->payload_count++] = (struct writer_payload){
			.to = { .kind = KIMG_PAYLOAD_PARTITION,
				.used_only = v->used.unit_bytes != 0,
				.partition = v->to->number,
				.first_byte = v->to->first_byte,
				.size_bytes = v->to->size_bytes },
			.source = &v->bytes,
			.source_at = v->to->first_byte,
			.used = &v->used,
			.data = data_of_volume,
		};
	}
}

/* The ctx of what is imported is not the capture_source that data_of_source() needs. */
static bool read_source(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	const struct capture_source *s = ctx;

	return s->bytes.read(s->bytes.ctx, offset, buf, len, e);
}

static bool data_of_source(void *ctx, uint64_t from, uint64_t to, uint64_t *start, uint64_t *end)
{
	return capture_source_data(ctx, from, to, start, end);
}

void capture_payloads(struct capture *c)
{
	const struct kimg_manifest *m = &c->manifest;
	uint64_t first = UINT64_MAX, sector = m->sector_bytes;

	c->payload_count = 0;
	c->gap_bytes = c->source.bytes;
	c->gap_bytes.read = read_source;
	c->gap_bytes.ctx = &c->source;
	for (uint32_t i = 0; i < m->partition_count; i++)
		if (m->partitions[i].first_byte < first)
			first = m->partitions[i].first_byte;
	if (m->table == KIMG_TABLE_MBR && first > sector)
		c->payloads[c->payload_count++] = (struct writer_payload){
			.to = { .kind = KIMG_PAYLOAD_GAP,
				.first_byte = sector,
				.size_bytes = first - sector },
			.source = &c->gap_bytes,
			.source_at = sector,
			.data = data_of_source,
		};
	add_volumes(c, false);
	add_volumes(c, true);
	if (m->has_catalogue)
		c->payloads[c->payload_count++] = (struct writer_payload){
			.to = { .kind = KIMG_PAYLOAD_CATALOGUE, .size_bytes = m->catalogue_bytes },
			.source = &c->catalogue_bytes,
		};
}

void capture_volumes_release(struct capture *c)
{
	for (uint32_t i = 0; i < c->manifest.partition_count; i++) {
		struct capture_volume *v = &c->volumes[i];

		used_map_release(&v->used);
		used_map_release(&v->kept);
		if (v->f)
			v->f->close(v->f);
	}
	judgement_release(&c->judgement);
	catalogue_release(&c->catalogue);
}
