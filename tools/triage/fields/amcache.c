/* SPDX-License-Identifier: GPL-3.0-or-later */
/* triage parse amcache: files, programs, drivers and devices that Amcache.hve knows. */
#include "triage/parse/amcache.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/base/language.h"
#include "lib/base/reader.h"
#include "triage/fields/hive.h"

#define SEEN_MAX 1024u

/* What an entry has shown so far. */
struct entry {
	char sha1[41];
	uint32_t seen[SEEN_MAX]; /* keys, as sums: no two alike in one object */
	size_t seen_count;
	unsigned left_out; /* values whose names have no key left */
};

static uint32_t sum_of(const char *s)
{
	uint32_t h = 2166136261u;

	for (; *s; s++)
		h = (h ^ (uint8_t)*s) * 16777619u;
	return h;
}

/* False: there is a field of that name already, or there are too many to know. */
static bool new_key(struct entry *n, const char *key)
{
	uint32_t sum = sum_of(key);

	for (size_t i = 0; i < n->seen_count; i++)
		if (n->seen[i] == sum)
			return false;
	if (n->seen_count == SEEN_MAX)
		return false;
	n->seen[n->seen_count++] = sum;
	return true;
}

/* Fields that every entry has, and those that emit has for itself. */
static void reserve(struct entry *n)
{
	static const char *const keys[] = { "entry_type", "key_path",  "key_last_written_time",
					    "sha1",       "recovered", "truncated" };

	*n = (struct entry){ 0 };
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		(void)new_key(n, keys[i]);
}

static void meant(struct emit *o, const char *key, enum amcache_meaning meaning, uint32_t type,
		  struct regf_bytes data)
{
	struct reader r = reader_of(data.bytes, data.len);
	bool number = (type == REGF_QWORD && data.len == 8) ||
		      (type == REGF_DWORD && data.len == 4);

	if (meaning == AMCACHE_PLAIN || !number) {
		hive_data(o, key, type, data);
		return;
	}
	uint64_t n = data.len == 8 ? reader_le64(&r) : reader_le32(&r);
	if (meaning == AMCACHE_FILETIME)
		emit_filetime(o, key, n, strstr(key, "created") ? MOMENT_CREATED : MOMENT_MODIFIED);
	else if (!n || n > INT64_MAX)
		emit_null(o, key);
	else
		emit_unix(o, key, (int64_t)n, 0, 0,
			  strcmp(key, "install_time") == 0 ? MOMENT_INSTALLED : MOMENT_NONE);
}

static void value(struct entry *n, const char *kind, const struct regf_value *v,
		  struct regf_bytes data, struct emit *o)
{
	const struct amcache_name *old = strcmp(kind, "File") == 0 ? amcache_file_name(v->name)
					 : strcmp(kind, "Programs") == 0
						 ? amcache_program_name(v->name)
						 : NULL;
	char snake[AMCACHE_KEY_MAX], key[AMCACHE_KEY_MAX + 8];
	struct regf_bytes behind;

	(void)amcache_snake(snake, v->name);
	/* A name that is only a number, and unknown: as it stands. */
	snprintf(key, sizeof(key), "%s%s", snake[0] >= 'a' ? "" : "value_", snake);
	if (old)
		snprintf(key, sizeof(key), "%s", old->key);
	if (!new_key(n, key)) {
		snprintf(key + strlen(key), 3, "_2");
		if (!new_key(n, key)) {
			n->left_out++;
			return;
		}
	}
	if (data.bytes && (v->type == REGF_SZ) &&
	    (strcmp(key, "file_id") == 0 || strcmp(key, "driver_id") == 0))
		(void)amcache_sha1(regf_text_of(data, &behind), n->sha1);
	meant(o, key, old ? old->meaning : AMCACHE_PLAIN, v->type, data);
}

/* "File", "InventoryDriverBinary": what kind of entry a path leads to; its name in `kind`. */
static bool kind_of(struct regf_text path, char kind[64])
{
	static const char *const old[][2] = { { "Root\\File\\*\\*", "File" },
					      { "Root\\Programs\\*", "Programs" },
					      { "Root\\Orphan\\*", "Orphan" } };
	struct text t = { 0 };

	for (size_t i = 0; i < sizeof(old) / sizeof(*old); i++)
		if (hive_path_is(path, old[i][0])) {
			snprintf(kind, 64, "%s", old[i][1]);
			return true;
		}
	if (!hive_path_is(path, "Root\\*\\*"))
		return false;
	regf_text_add(&t, hive_path_part(path, 1));
	snprintf(kind, 64, "%s", text_end(&t));
	text_release(&t);
	return strncasecmp(kind, "Inventory", 9) == 0;
}

static bool key(void *ctx, struct regf_walk *w, const struct regf_item *item, struct emit *o,
		struct error *e)
{
	struct regf_bytes data;
	struct regf_value v;
	struct entry n;
	char kind[64];

	if (!kind_of(item->path, kind))
		return true;
	reserve(&n);
	emit_begin(o, "windows:registry:amcache");
	hive_says(o, item->path);
	emit_string(o, "entry_type", kind);
	hive_text(o, "key_path", item->path);
	emit_filetime(o, "key_last_written_time", item->key.last_written, MOMENT_RECORDED);
	while (regf_walk_value(w, &v, &data))
		value(&n, kind, &v, data, o);
	if (n.left_out)
		parse_problem(
			ctx, (uint64_t)REGF_BASE_BYTES + item->key.offset,
			N_("an entry has too many values, or of nearly the same name: some are left out"));
	/* Drivers had their digest as the name of the key, before there was DriverId. */
	if (!*n.sha1 && strcmp(kind, "InventoryDriverBinary") == 0)
		(void)amcache_sha1(item->key.name, n.sha1);
	emit_string(o, "sha1", *n.sha1 ? n.sha1 : NULL);
	hive_recovered(o, item);
	return emit_end(o, e);
}

static bool run(const struct format_job *job, struct emit *o, struct error *e)
{
	return hive_run(job, "Root", o, e, key, (void *)(uintptr_t)&job->problems);
}

static const char *const columns[] = {
	"entry_type",
	"key_path",
	"key_last_written_time",
	"full_path",
	"lower_case_long_path",
	"name",
	"original_file_name",
	"driver_name",
	"driver_company",
	"driver_version",
	"driver_time_stamp",
	"product_name",
	"company_name",
	"publisher",
	"version",
	"product_version",
	"file_version",
	"bin_file_version",
	"file_description",
	"language_code",
	"binary_type",
	"program_id",
	"file_id",
	"driver_id",
	"sha1",
	"size",
	"file_size",
	"image_size",
	"usn",
	"created_time",
	"last_modified_time",
	"last_modified_time_2",
	"driver_last_write_time",
	"link_date",
	"link_time",
	"install_date",
	"install_time",
	"uninstall_time",
	"source",
	"root_dir_path",
	"uninstall_string",
	"recovered",
	NULL,
};

const struct format format_amcache = {
	.name = "amcache",
	.help = N_("files, programs and drivers with their digests, out of Amcache.hve"),
	.columns = columns,
	.has_moments = true,
	.inputs_max = HIVE_INPUTS_MAX,
	.run = run,
};
