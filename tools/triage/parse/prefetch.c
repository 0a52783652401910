/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prefetch: unpacked, then its header, the files it names, the volumes they lie on. */
#include "triage/parse/prefetch.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/checked.h"
#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/ntfs/xpress.h"

#define PACKED_HEAD 8u
#define HAS_CHECKSUM 0x80u
#define METHOD_XPRESS 4u
#define XPRESS_BLOCK 65536u   /* unpacked */
#define XPRESS_BLOCK_MIN 256u /* packed: its codes alone */
#define HEAD_BYTES 84u
#define NAME_BYTES 60u
#define PADDING_MAX 8u

/* What differs between versions; offsets are those of the file. */
struct layout {
	uint32_t version;
	size_t last_run, runs, run_count;
	size_t metric_bytes, metric_name; /* an entry, and where its name is told */
	size_t chain_bytes, volume_bytes;
	size_t metrics_at; /* right behind the header */
};

static const struct layout layouts[] = {
	{ 17, 120, 1, 144, 20, 8, 12, 40, 152 },   { 23, 128, 1, 152, 32, 12, 12, 104, 240 },
	{ 26, 128, 8, 208, 32, 12, 12, 104, 304 }, { 30, 128, 8, 208, 32, 12, 8, 96, 304 },
	{ 31, 128, 8, 208, 32, 12, 8, 96, 304 },
};

/* Since Windows 10 1903 eight bytes before the count of runs are gone; only that the metrics begin
 * earlier tells. */
#define SHORT_METRICS 296u
#define SHORT_RUN_COUNT 200u
#define METRICS_TOLD_AT 84u
#define PATH_BEHIND_COUNT 12u /* since version 30: the place of the path, and its bytes */

/* The checksum is of the whole file with zeros in its own place. */
static uint32_t checksum_of(const uint8_t *bytes, size_t len)
{
	static const uint8_t zeros[4];
	uint32_t crc = gpt_crc32(0, bytes, PACKED_HEAD);

	crc = gpt_crc32(crc, zeros, sizeof(zeros));
	return gpt_crc32(crc, bytes + PACKED_HEAD + 4, len - PACKED_HEAD - 4);
}

bool prefetch_unpack(const uint8_t *bytes, size_t len, uint8_t **out, size_t *out_bytes,
		     const struct parse_problems *problems, struct error *e)
{
	struct reader r = reader_of(bytes, len);
	const uint8_t *magic = reader_take(&r, 3);

	*out = NULL;
	if (!magic || memcmp(magic, "MAM", 3) != 0)
		return true;
	unsigned method = reader_u8(&r);
	size_t size = reader_le32(&r);
	if (r.bad || (method & 0x0f) != METHOD_XPRESS || method & 0x70)
		return error_set(e, ERROR_UNTRUSTED,
				 _("the prefetch file is packed in a way that is not known"));
	if (method & HAS_CHECKSUM) {
		uint32_t want = reader_le32(&r);

		if (!r.bad && checksum_of(bytes, len) != want)
			parse_problem(problems, PACKED_HEAD,
				      N_("the checksum of the file is wrong"));
	}
	if (r.bad || size < HEAD_BYTES || size > PREFETCH_BYTES_MAX)
		return error_set(e, ERROR_UNTRUSTED, _("the prefetch file is damaged"));
	struct ntfs_xpress *work = mem_alloc(sizeof(*work));
	/* No more than so many blocks of codes can make. */
	size_t most = (r.left / XPRESS_BLOCK_MIN + 1) * XPRESS_BLOCK;
	size_t room = size < most ? size : most;
	*out = mem_alloc(room);
	*out_bytes = ntfs_xpress(work, r.at, r.left, *out, room);
	free(work);
	if (*out_bytes < size)
		parse_problem(problems, *out_bytes, N_("what is packed ends too early"));
	return true;
}

/* A table of `count` entries, as many as there are bytes for. */
static struct reader table(struct prefetch *p, struct reader file, size_t at, uint32_t *count,
			   size_t entry_bytes)
{
	reader_skip(&file, at);
	if (*count > file.left / entry_bytes) {
		parse_problem(p->problems, at, N_("a table reaches past the end of the file"));
		*count = (uint32_t)(file.left / entry_bytes);
	}
	return reader_sub(&file, *count * entry_bytes);
}

static const struct layout *layout_of(uint32_t version)
{
	for (size_t i = 0; i < sizeof(layouts) / sizeof(*layouts); i++)
		if (layouts[i].version == version)
			return &layouts[i];
	return NULL;
}

/* The block of strings or of volumes; as much of it as there is. */
static struct reader block(struct prefetch *p, struct reader file, size_t at, size_t bytes)
{
	reader_skip(&file, at);
	if (file.bad || bytes > file.left) {
		parse_problem(p->problems, at, N_("a block reaches past the end of the file"));
		bytes = file.left;
	}
	return reader_sub(&file, bytes);
}

/* Two programs of one name have two paths, and which of the files was run no other field says. */
static void read_path(struct prefetch *p, struct reader file, size_t told_at)
{
	struct reader told = file;

	reader_skip(&told, told_at);
	size_t at = reader_le32(&told), bytes = reader_le32(&told);
	if (bytes && !told.bad)
		p->path = words_trimmed(block(p, file, at, bytes), true);
}

static void read_runs(struct prefetch *p, const struct layout *l, struct reader file)
{
	struct reader runs = file, count = file;

	reader_skip(&runs, l->last_run);
	p->runs_kept = l->runs;
	for (size_t i = 0; i < l->runs; i++)
		p->runs[i] = reader_le64(&runs);
	const bool is_short = l->version >= 30 && p->metrics_at == SHORT_METRICS;
	const size_t count_at = is_short ? SHORT_RUN_COUNT : l->run_count;

	/* As when those eight bytes went, by which no version told it. */
	if (!is_short && p->metrics_at != l->metrics_at)
		parse_problem(p->problems, METRICS_TOLD_AT,
			      N_("the header has a form that is not known: how often and when the "
				 "program was run may be wrong"));
	reader_skip(&count, count_at);
	p->run_count = reader_le32(&count);
	if (runs.bad || count.bad)
		parse_problem(p->problems, l->last_run, N_("the file ends within its header"));
	if (l->version >= 30)
		read_path(p, file, count_at + PATH_BEHIND_COUNT);
}

/* A count that is too small hides what stands behind it: all names of the block are told by entries, and
 * the path of the first volume stands behind the last entry of the table. */
static void look_behind(struct prefetch *p, const struct layout *l)
{
	struct reader first = p->volume_block;
	uint64_t told = 0;

	for (uint32_t i = 0; i < p->filenames; i++) {
		struct reader entry = p->metrics;

		reader_skip(&entry, i * l->metric_bytes + l->metric_name + 4);
		told += 2 * (UINT64_C(1) + reader_le32(&entry)); /* and a zero */
	}
	if (told + PADDING_MAX < p->strings.left)
		parse_problem(p->problems, p->strings_at,
			      N_("there are names that no entry tells of"));
	size_t behind = (p->volumes + (size_t)1) * l->volume_bytes;
	if (behind <= first.left && (p->volumes == 0 || reader_le32(&first) >= behind))
		parse_problem(p->problems, p->volumes_at,
			      N_("there are volumes that are not counted"));
}

bool prefetch_parse(const uint8_t *bytes, size_t len, struct prefetch *p,
		    const struct parse_problems *problems, struct error *e)
{
	struct reader file = reader_of(bytes, len), r = file;

	*p = (struct prefetch){ .version = reader_le32(&r),
				.problems = problems,
				.names_left = 2 * len,
				.directories_left = len / 4 };
	const uint8_t *magic = reader_take(&r, 4);
	const struct layout *l = layout_of(p->version);
	if (!magic || memcmp(magic, "SCCA", 4) != 0)
		return error_set(e, ERROR_UNTRUSTED, _("this is no prefetch file"));
	if (!l)
		return error_set(e, ERROR_UNTRUSTED, _("version %u of prefetch files is not known"),
				 p->version);
	reader_skip(&r, 4);
	p->file_size_bytes = reader_le32(&r);
	struct reader name = reader_sub(&r, NAME_BYTES);
	p->executable = words_ended(&name, true);
	p->hash = reader_le32(&r);
	p->flags = reader_le32(&r);
	p->metrics_at = reader_le32(&r);
	p->filenames = reader_le32(&r);
	size_t chains_at = reader_le32(&r);
	p->trace_chains = reader_le32(&r);
	p->strings_at = reader_le32(&r);
	size_t strings_bytes = reader_le32(&r);
	p->volumes_at = reader_le32(&r);
	p->volumes = reader_le32(&r);
	size_t volumes_bytes = reader_le32(&r);
	if (r.bad)
		return error_set(e, ERROR_UNTRUSTED, _("the prefetch file is damaged"));
	if (p->file_size_bytes != len)
		parse_problem(problems, 12, N_("the file is not as long as it says"));
	read_runs(p, l, file);
	p->metrics = table(p, file, p->metrics_at, &p->filenames, l->metric_bytes);
	(void)table(p, file, chains_at, &p->trace_chains, l->chain_bytes);
	p->strings = block(p, file, p->strings_at, strings_bytes);
	p->volume_block = block(p, file, p->volumes_at, volumes_bytes);
	struct reader first = p->volume_block;
	if (p->volumes > first.left / l->volume_bytes) {
		parse_problem(problems, p->volumes_at,
			      N_("a table reaches past the end of the file"));
		p->volumes = (uint32_t)(first.left / l->volume_bytes);
	}
	look_behind(p, l);
	return true;
}

bool prefetch_filename(struct prefetch *p, uint32_t i, struct words *name)
{
	const struct layout *l = layout_of(p->version);
	struct reader entry = p->metrics, text = p->strings;

	reader_skip(&entry, i * l->metric_bytes + l->metric_name);
	size_t at = reader_le32(&entry), units = reader_le32(&entry), bytes;
	reader_skip(&text, at);
	if (entry.bad || text.bad || !size_mul(units, 2, &bytes) || bytes > text.left) {
		parse_problem(p->problems, p->metrics_at + i * l->metric_bytes,
			      N_("a name lies outside of its block"));
		return false;
	}
	/* Names that lie over each other a million times are not handed out a million times. */
	if (bytes > p->names_left) {
		parse_problem(p->problems, p->strings_at,
			      N_("its names claim more than it can hold"));
		p->filenames = i;
		return false;
	}
	p->names_left -= bytes;
	*name = words_all(reader_sub(&text, bytes), true);
	struct reader before = p->strings;
	reader_skip(&before, at < 2 ? 0 : at - 2);
	if ((at >= 2 && reader_le16(&before)) || reader_le16(&text) || text.bad)
		parse_problem(p->problems, p->metrics_at + i * l->metric_bytes,
			      N_("a name does not begin or end where one can"));
	return true;
}

bool prefetch_volume(struct prefetch *p, uint32_t i, struct prefetch_volume *v)
{
	const struct layout *l = layout_of(p->version);
	struct reader entry = p->volume_block, path = p->volume_block;
	size_t bytes;

	*v = (struct prefetch_volume){ .names = p->volume_block };
	reader_skip(&entry, i * l->volume_bytes);
	size_t path_at = reader_le32(&entry), path_units = reader_le32(&entry);
	v->creation_time = reader_le64(&entry);
	v->serial_number = reader_le32(&entry);
	reader_skip(&entry, 8); /* references to files: docs/formats/prefetch.md */
	size_t names_at = reader_le32(&entry);
	v->directories = reader_le32(&entry);
	if (entry.bad)
		return false;
	reader_skip(&path, path_at);
	if (path.bad || !size_mul(path_units, 2, &bytes) || bytes > path.left)
		parse_problem(p->problems, p->volumes_at + i * l->volume_bytes,
			      N_("a name lies outside of its block"));
	else
		v->device_path = words_all(reader_sub(&path, bytes), true);
	if (!path.bad && reader_le16(&path))
		parse_problem(p->problems, p->volumes_at + i * l->volume_bytes,
			      N_("a name does not begin or end where one can"));
	reader_skip(&v->names, names_at);
	size_t room = v->names.left / 4 < p->directories_left ? v->names.left / 4
							      : p->directories_left;
	if (v->directories > room) {
		parse_problem(p->problems, p->volumes_at + i * l->volume_bytes,
			      N_("the names of folders lie outside of their block"));
		v->directories = (uint32_t)room;
	}
	p->directories_left -= v->directories;
	return true;
}

/* Whether a folder that was not counted stands there: they begin with a backslash. */
static bool is_directory(struct reader r)
{
	struct reader text = reader_sub(&r, 2 * (size_t)reader_le16(&r));

	return reader_le16(&text) == '\\' && reader_le16(&r) == 0 && !r.bad;
}

/* A count of units, the units, a zero. */
bool prefetch_directory(const struct prefetch *p, struct prefetch_volume *v, struct words *name)
{
	if (!v->directories) {
		if (is_directory(v->names))
			parse_problem(p->problems, p->volumes_at,
				      N_("there are folders that are not counted"));
		return false;
	}
	v->directories--;
	size_t units = reader_le16(&v->names);
	struct reader text = reader_sub(&v->names, 2 * units);
	reader_skip(&v->names, 2);
	if (text.bad) {
		parse_problem(p->problems, p->volumes_at,
			      N_("the names of folders lie outside of their block"));
		v->directories = 0;
		return false;
	}
	*name = words_all(text, true);
	return true;
}
