/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is left over in the indices of folders, one folder after another. */
#include "lib/ntfs/slack.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/ntfs/index_block.h"
#include "lib/ntfs/scan_inside.h"

#define CHUNK_BYTES (1u << 20)
#define CHUNK_BLOCKS (CHUNK_BYTES / NTFS_STRIDE)
#define BUDGET_FACTOR 4u /* how often a volume may be read for all indices together */
#define BUDGET_FIRST (UINT64_C(64) << 20)
#define FNV_START UINT64_C(0xcbf29ce484222325)
#define FNV_FACTOR UINT64_C(0x100000001b3)

struct noted {
	uint32_t number;
	uint32_t cluster; /* where its index begins */
};

/* A set of names, as hashes: a tree that branches by one bit more at each step, so that nobody's names make it
 * deeper than 64. */
struct hashes {
	struct hash_node {
		uint64_t hash;
		uint32_t next[2];
	} * list; /* the first one is where it begins, and no hash */
	size_t count, capacity;
};

struct ntfs_slack {
	struct ntfs *volume;
	struct ntfs_scan *scan;
	struct noted *folders;
	size_t count, capacity;
	bool is_cut, is_spent;
	uint8_t *bytes;            /* of the chunk at hand */
	struct ntfs_block *blocks; /* that are in it */
};

/* The folder at hand. */
struct folder {
	struct ntfs_slack *l;
	struct ntfs_file file;
	struct ntfs_stream index;
	bool is_deleted;
	uint32_t block_bytes, vcn_bytes;
	uint64_t size_bytes; /* whole blocks */
	uint8_t *used;       /* one bit of each block */
	size_t used_bytes;
	uint64_t chunk; /* which one `bytes` is; UINT64_MAX: none */
	bool is_damaged;
	struct hashes names; /* that it has, and that were passed */
};

struct ntfs_slack *ntfs_slack_new(struct filesystem *f, struct ntfs_scan *s)
{
	struct ntfs_slack *l = mem_alloc(sizeof(*l));

	l->volume = (struct ntfs *)f;
	l->scan = s;
	return l;
}

void ntfs_slack_free(struct ntfs_slack *l)
{
	if (!l)
		return;
	free(l->folders);
	free(l->bytes);
	free(l->blocks);
	free(l);
}

static bool is_i30(struct reader name)
{
	return name.left == ntfs_i30.left && memcmp(name.at, ntfs_i30.at, ntfs_i30.left) == 0;
}

void ntfs_slack_note(struct ntfs_slack *l, const struct ntfs_scan_record *r)
{
	if (!(r->flags & NTFS_FOLDER) || r->base || r->number > UINT32_MAX)
		return;
	for (size_t i = 0; i < r->attribute_count; i++) {
		if (r->list[i].type != NTFS_INDEX_ALLOCATION || !is_i30(r->list[i].name))
			continue;
		l->is_cut = l->count == NTFS_SLACK_FOLDERS_MAX;
		if (l->is_cut)
			return;
		if (l->count == l->capacity)
			mem_grow(&l->folders, &l->capacity, l->count + 1, sizeof(*l->folders));
		l->folders[l->count++].number = (uint32_t)r->number;
		return;
	}
}

static uint64_t hash_bytes(uint64_t h, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		h = (h ^ bytes[i]) * FNV_FACTOR;
	return h;
}

static uint64_t hash_number(uint64_t h, uint64_t n)
{
	for (unsigned i = 0; i < 64; i += 8)
		h = (h ^ (n >> i & 0xff)) * FNV_FACTOR;
	return h;
}

/* A name of a file; reference 0: of whichever. */
static uint64_t hash_name(uint64_t file, struct reader units)
{
	return hash_bytes(hash_number(FNV_START, file), units.at, units.left);
}

/* One version of it. */
static uint64_t hash_version(uint64_t h, const struct ntfs_times *t)
{
	h = hash_number(hash_number(h, t->created), t->modified);
	return hash_number(hash_number(h, t->changed), t->accessed);
}

static bool hashes_has(const struct hashes *s, uint64_t hash)
{
	uint32_t at = s->count ? s->list[0].next[hash & 1] : 0;

	for (uint64_t bits = hash >> 1; at && s->list[at].hash != hash; bits >>= 1)
		at = s->list[at].next[bits & 1];
	return at;
}

/* False: it was there before. */
static bool hashes_add(struct hashes *s, uint64_t hash)
{
	mem_grow(&s->list, &s->capacity, s->count + 2, sizeof(*s->list));
	uint32_t *at = &s->list[0].next[hash & 1];
	for (uint64_t bits = hash >> 1; *at; bits >>= 1) {
		if (s->list[*at].hash == hash)
			return false;
		at = &s->list[*at].next[bits & 1];
	}
	*at = (uint32_t)++s->count;
	s->list[s->count].hash = hash;
	return true;
}

/* Its attributes, as far as they can be read: of a deleted one those of its first record. */
static bool load(struct folder *f, uint32_t number)
{
	struct ntfs *v = f->l->volume;
	enum ntfs_record_state state;
	struct ntfs_record r;
	struct error e = { 0 };

	if (!f->file.own)
		f->file.own = mem_alloc(v->boot.record_bytes);
	if (!ntfs_mft_read(v, number, f->file.own, &r, &state, &e) || state != NTFS_RECORD_GOOD)
		return false;
	f->is_deleted = !(r.flags & NTFS_IN_USE);
	return ntfs_file_take(v, &f->file, number, &r, &e) || f->is_deleted;
}

static void close_folder(struct folder *f)
{
	ntfs_stream_release(&f->index);
	free(f->used);
	free(f->names.list);
	*f = (struct folder){ .l = f->l, .file = f->file };
}

/* Which blocks are in use. Without that all are. */
static void load_bitmap(struct folder *f)
{
	struct ntfs_stream s = { 0 };
	struct error e = { 0 };
	size_t i = ntfs_file_find_named(&f->file, NTFS_BITMAP, ntfs_i30);
	size_t len = (size_t)(f->size_bytes / f->block_bytes + 7) / 8, got = 0;

	f->used_bytes = len;
	f->used = mem_alloc(len);
	if (i == SIZE_MAX || !ntfs_file_stream(f->l->volume, &f->file, i, &s, &e) ||
	    !ntfs_stream_read(&s, 0, f->used, len, &got, &e)) {
		memset(f->used, 0xff, len);
		f->is_damaged = true;
	}
	ntfs_stream_release(&s);
}

/* Open the index of the folder that was loaded. */
static bool open_index(struct folder *f)
{
	const struct ntfs *v = f->l->volume;
	struct error e = { 0 };
	size_t i = ntfs_file_find_named(&f->file, NTFS_INDEX_ALLOCATION, ntfs_i30);
	size_t root = ntfs_file_find_named(&f->file, NTFS_INDEX_ROOT, ntfs_i30);

	if (i == SIZE_MAX || root == SIZE_MAX || f->file.list[i].resident ||
	    f->file.list[i].flags & (NTFS_METHOD | NTFS_EFS) ||
	    !ntfs_file_stream(f->l->volume, &f->file, i, &f->index, &e))
		return false;
	struct reader value = f->file.list[root].value;
	reader_skip(&value, 8);
	f->block_bytes = reader_le32(&value);
	if (value.bad || f->block_bytes < NTFS_STRIDE || f->block_bytes > NTFS_BLOCK_BYTES_MAX ||
	    f->block_bytes & (f->block_bytes - 1))
		return false;
	f->vcn_bytes = v->boot.cluster_bytes <= f->block_bytes ? v->boot.cluster_bytes
							       : NTFS_STRIDE;
	f->size_bytes = f->index.initialised_bytes / f->block_bytes * f->block_bytes;
	return f->index.runs.stored == f->index.runs.clusters &&
	       f->size_bytes <= NTFS_SLACK_INDEX_BYTES;
}

static bool open_folder(struct folder *f, uint32_t number)
{
	f->chunk = UINT64_MAX;
	return load(f, number) && open_index(f);
}

/* The blocks of a chunk. One that cannot be read counts as absent. */
static size_t load_chunk(struct folder *f, uint64_t chunk)
{
	const size_t block = f->block_bytes;
	uint64_t from = chunk * CHUNK_BYTES, left = f->size_bytes - from;
	size_t len = left < CHUNK_BYTES ? (size_t)left : CHUNK_BYTES, count = len / block;
	struct error e = { 0 };

	if (f->chunk == chunk)
		return count;
	f->chunk = chunk;
	bool whole = ntfs_stream_exact(&f->index, from, f->l->bytes, len, &e);
	for (size_t i = 0; i < count; i++) {
		uint8_t *at = f->l->bytes + i * block;

		e = (struct error){ 0 };
		if (!whole && !ntfs_stream_exact(&f->index, from + i * block, at, block, &e)) {
			memset(at, 0, block);
			f->is_damaged = true;
		}
		ntfs_block_open(at, block, &f->l->blocks[i]);
	}
	return count;
}

static bool is_used(const struct folder *f, uint64_t block)
{
	return block / 8 < f->used_bytes && f->used[block / 8] >> block % 8 & 1;
}

/* The names that the folder has. */
static void add_names(struct folder *f, struct reader node)
{
	struct ntfs_index_entry entry;

	while (f->names.count < NTFS_SLACK_NAMES_MAX && ntfs_index_next(&node, &entry)) {
		hashes_add(&f->names, hash_name(entry.file, entry.name.units));
		hashes_add(&f->names, hash_name(0, entry.name.units));
	}
}

static void add_root(struct folder *f)
{
	size_t i = ntfs_file_find_named(&f->file, NTFS_INDEX_ROOT, ntfs_i30);
	const struct ntfs_scan_attribute root = {
		.type = NTFS_INDEX_ROOT,
		.resident = true,
		.name = ntfs_i30,
		.value = f->file.list[i].value,
	};
	const struct ntfs_scan_record r = { .attribute_count = 1, .list = &root };

	add_names(f, ntfs_index_root(&r));
}

static void add_blocks(struct folder *f)
{
	const uint64_t chunks = (f->size_bytes + CHUNK_BYTES - 1) / CHUNK_BYTES;

	for (uint64_t chunk = 0; chunk < chunks; chunk++) {
		size_t count = load_chunk(f, chunk);

		for (size_t i = 0; i < count; i++) {
			const struct ntfs_block *b = &f->l->blocks[i];

			if (!is_used(f, chunk * (CHUNK_BYTES / f->block_bytes) + i))
				continue;
			add_names(f, b->entries);
			f->is_damaged = f->is_damaged || b->state != NTFS_BLOCK_GOOD;
		}
	}
}

/* Where a byte of the index lies in the volume. */
static uint64_t place_of(const struct folder *f, uint64_t at)
{
	const uint64_t cluster = f->l->volume->boot.cluster_bytes;
	size_t i = ntfs_runs_find(&f->index.runs, at / cluster, 0);
	const struct ntfs_run *run = &f->index.runs.list[i];

	return (run->cluster + at / cluster - run->first) * cluster + at % cluster;
}

struct pass {
	bool (*each)(void *ctx, const struct ntfs_slack_name *n, struct error *e);
	void *ctx;
};

/* Names out of a block from `from` on; `at` is where it lies in the index. */
static bool carve(struct folder *f, uint64_t at, size_t block, size_t from,
		  enum ntfs_slack_place place, const struct pass *p, struct error *e)
{
	struct reader bytes = reader_of(f->l->bytes + block * f->block_bytes, f->block_bytes);
	struct ntfs_block_name found;
	size_t next = from;

	while (f->names.count < NTFS_SLACK_NAMES_MAX &&
	       ntfs_block_carve(bytes, from, &next, f->file.number, &found)) {
		uint64_t name = hash_name(found.file, found.name.units);

		if (hashes_has(&f->names, name) ||
		    !hashes_add(&f->names, hash_version(name, &found.name.times)))
			continue;
		if (found.file) /* so that it is known again where its reference is gone */
			hashes_add(&f->names,
				   hash_version(hash_name(0, found.name.units), &found.name.times));
		const struct scan_node *node =
			found.file ? scan_node_of(f->l->scan, NTFS_NUMBER(found.file)) : NULL;
		bool is_used = node && node->flags & SCAN_IN_USE;
		bool is_same = is_used && node->sequence == NTFS_SEQUENCE(found.file);
		const struct ntfs_slack_name n = {
			.file = found.file,
			.offset = place_of(f, at + found.at),
			.place = place,
			.in_use = is_same,
			.is_reused = is_used && !is_same,
			.name = found.name,
		};
		if (!p->each(p->ctx, &n, e))
			return false;
	}
	return true;
}

static bool carve_block(struct folder *f, uint64_t number, size_t i, const struct pass *p,
			struct error *e)
{
	const struct ntfs_block *b = &f->l->blocks[i];
	uint64_t at = number * f->block_bytes;

	if (f->is_deleted) {
		/* Its clusters may be those of another by now. */
		return b->state == NTFS_BLOCK_ABSENT || b->vcn != at / f->vcn_bytes ||
		       carve(f, at, i, 0, NTFS_SLACK_DELETED, p, e);
	}
	if (!is_used(f, number))
		return carve(f, at, i, 0, NTFS_SLACK_FREE, p, e);
	return carve(f, at, i, b->slack,
		     b->state == NTFS_BLOCK_GOOD ? NTFS_SLACK_END : NTFS_SLACK_FREE, p, e);
}

static bool carve_blocks(struct folder *f, const struct pass *p, struct error *e)
{
	const uint64_t chunks = (f->size_bytes + CHUNK_BYTES - 1) / CHUNK_BYTES;

	for (uint64_t chunk = 0; chunk < chunks; chunk++) {
		size_t count = load_chunk(f, chunk);

		for (size_t i = 0; i < count; i++)
			if (!carve_block(f, chunk * (CHUNK_BYTES / f->block_bytes) + i, i, p, e))
				return false;
	}
	return true;
}

static void problem(const struct ntfs_scan_report *report, uint64_t number, const struct folder *f,
		    const char *what)
{
	if (report && report->problem)
		report->problem(report->ctx, number * f->l->volume->boot.record_bytes, what);
}

/* One folder that open_folder() opened. */
static bool look(struct folder *f, const struct ntfs_scan_report *report, const struct pass *p,
		 struct error *e)
{
	load_bitmap(f);
	/* What a deleted folder has is as deleted as itself. */
	if (!f->is_deleted) {
		add_root(f);
		add_blocks(f);
	}
	bool ok = carve_blocks(f, p, e);
	if (f->is_damaged && !f->is_deleted)
		problem(report, f->file.number, f,
			N_("blocks of the index of a folder are damaged or cannot be read"));
	if (f->names.count >= NTFS_SLACK_NAMES_MAX)
		problem(report, f->file.number, f,
			N_("a folder has more names than can be kept: what is left over of others "
			   "there is not read"));
	return ok;
}

static int by_cluster(const void *left, const void *right)
{
	const struct noted *a = left, *b = right;

	if (a->cluster != b->cluster)
		return a->cluster < b->cluster ? -1 : 1;
	return (a->number > b->number) - (a->number < b->number);
}

/* Are `bytes` more than may still be read? Then what follows is left out. */
static bool is_spent(struct folder *f, const struct ntfs_scan_report *report, uint64_t bytes)
{
	if (bytes <= f->l->volume->stored_left)
		return false;
	if (f->l->is_spent)
		return true;
	f->l->is_spent = true;
	problem(report, f->file.number, f,
		N_("the indices of folders claim more than the volume can hold: the others are not "
		   "read"));
	return true;
}

/* Bring the folders into the order of the disk; those that cannot be opened are reported and left out. */
static void sort(struct folder *f, const struct ntfs_scan_report *report)
{
	struct ntfs_slack *l = f->l;
	size_t count = 0;

	for (size_t i = 0; i < l->count && !is_spent(f, report, NTFS_LIST_BYTES); i++) {
		const uint32_t number = l->folders[i].number;

		if (open_folder(f, number))
			l->folders[count++] = (struct noted){
				.number = number,
				.cluster = f->index.runs.count
						   ? (uint32_t)f->index.runs.list[0].cluster
						   : 0,
			};
		else if (!f->is_deleted)
			problem(report, number, f,
				N_("the index of a folder is damaged or cannot be read"));
		close_folder(f);
	}
	l->count = count;
	if (count)
		qsort(l->folders, count, sizeof(*l->folders), by_cluster);
}

static bool each_folder(struct folder *f, const struct ntfs_scan_report *report,
			const struct pass *p, struct error *e)
{
	struct ntfs_slack *l = f->l;
	bool ok = true;

	for (size_t i = 0; ok && i < l->count && !is_spent(f, report, NTFS_LIST_BYTES); i++) {
		bool there = open_folder(f, l->folders[i].number);
		bool enough = !there || !is_spent(f, report, 2 * f->size_bytes);

		ok = !there || !enough || look(f, report, p, e);
		close_folder(f);
		if (!enough)
			break;
		if (report && report->alive)
			report->alive(report->ctx, i);
	}
	return ok;
}

bool ntfs_slack_each(struct ntfs_slack *l, const struct ntfs_scan_report *report,
		     bool (*each)(void *ctx, const struct ntfs_slack_name *n, struct error *e),
		     void *ctx, struct error *e)
{
	const struct pass p = { each, ctx };
	struct folder f = { .l = l };
	struct ntfs *v = l->volume;

	if (!l->bytes) {
		l->bytes = mem_alloc(CHUNK_BYTES);
		l->blocks = mem_array(CHUNK_BLOCKS, sizeof(*l->blocks));
	}
	if (l->is_cut)
		problem(report, 0, &f, N_("there are more folders than can be kept"));
	v->stored_left = BUDGET_FACTOR * v->volume_bytes + BUDGET_FIRST;
	sort(&f, report);
	bool ok = each_folder(&f, report, &p, e);
	v->stored_left = UINT64_MAX;
	ntfs_file_release(&f.file);
	return ok;
}
