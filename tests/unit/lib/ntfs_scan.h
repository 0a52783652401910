/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NTFS_SCAN_LIST_H
#define NTFS_SCAN_LIST_H

/* What a scan passes, as lines: "NUMBER-SEQUENCE FLAGS PATH [why] name:size...". Flags: d deleted, f folder,
 * t torn, x damaged, c cut, e extension, + joined. */
#include <string.h>

#include "lib/base/text.h"
#include "lib/disk/utf16.h"
#include "lib/ntfs/scan.h"

/* A file that holds an MFT. */
struct scan_memory {
	const uint8_t *bytes;
	size_t size;
	uint64_t bad_from, bad_to; /* cannot be read */
};

static inline bool scan_memory_read(void *ctx, uint64_t offset, void *buf, size_t len,
				    struct error *e)
{
	const struct scan_memory *m = ctx;

	assert_true(offset <= m->size && len <= m->size - offset);
	if (offset < m->bad_to && offset + len > m->bad_from)
		return error_set(e, ERROR_FAILED, "a bad sector");
	memcpy(buf, m->bytes + offset, len);
	return true;
}

struct scan_list {
	struct ntfs_scan *scan;
	struct text text;
	size_t records, problems;
	uint64_t blocks;
};

static inline void scan_units(struct text *t, struct reader units)
{
	char text[3 * 255];

	text_add_n(t, text, utf16_wtf8(text, units));
}

static inline void scan_path_line(struct scan_list *l, struct ntfs_scan_path path)
{
	text_add_n(&l->text, path.s, path.len);
	if (path.why)
		text_addf(&l->text, " [%s]", ntfs_orphan_name(path.why));
}

static inline bool scan_line(void *ctx, const struct ntfs_scan_record *r, struct error *e)
{
	struct scan_list *l = ctx;
	(void)e;

	l->records++;
	text_addf(&l->text, "%llu-%u %s%s%s%s%s%s%s ", r->number + 0ULL, r->sequence,
		  r->flags & NTFS_IN_USE ? "" : "d", r->flags & NTFS_FOLDER ? "f" : "",
		  r->problems & NTFS_SCAN_TORN ? "t" : "",
		  r->problems & NTFS_SCAN_DAMAGED ? "x" : "",
		  r->problems & NTFS_SCAN_CUT ? "c" : "",
		  r->problems & NTFS_SCAN_EXTENSION ? "e" : "", r->extensions ? "+" : "");
	if (!r->name_count)
		scan_path_line(l, ntfs_scan_nameless(l->scan, r->number));
	for (size_t i = 0; i < r->name_count; i++) {
		text_add(&l->text, i ? " = " : "");
		scan_path_line(l, ntfs_scan_path(l->scan, r->names[i].parent, r->names[i].units));
	}
	for (size_t i = 0; i < r->attribute_count; i++) {
		if (r->list[i].type != NTFS_DATA)
			continue;
		text_add(&l->text, " ");
		scan_units(&l->text, r->list[i].name);
		text_addf(&l->text, ":%llu", r->list[i].size_bytes + 0ULL);
	}
	text_add(&l->text, "\n");
	return true;
}

static inline void scan_problem(void *ctx, uint64_t offset, const char *what)
{
	struct scan_list *l = ctx;
	(void)offset;

	l->problems += *what != '\0';
}

/* Everything of a scan, which is freed. */
static inline struct scan_list scan_lines(struct ntfs_scan *scan)
{
	struct scan_list l = { .scan = scan };
	const struct ntfs_scan_report report = { .problem = scan_problem, .ctx = &l };
	struct error e = { 0 };

	assert_non_null(scan);
	text_add(&l.text, "\n");
	assert_true(ntfs_scan_folders(scan, &report, &e));
	assert_true(ntfs_scan_each(scan, &report, scan_line, &l, &e));
	ntfs_scan_free(scan);
	return l;
}

#endif
