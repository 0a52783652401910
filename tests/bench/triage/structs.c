/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How fast records become structs, without the lines that they are printed as: structs mft|usn FILE. Prints
 * the records, the seconds of one core, and records a second. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/ntfs/scan.h"
#include "triage/parse/usn.h"

struct run {
	int fd;
	struct ntfs_scan *scan;
	size_t records, bytes;
};

static bool read_file(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	const struct run *r = ctx;

	if (pread(r->fd, buf, len, (off_t)offset) == (ssize_t)len)
		return true;
	return error_errno(e, "cannot read");
}

static bool each_record(void *ctx, const struct ntfs_scan_record *r, struct error *e)
{
	struct run *run = ctx;
	const struct ntfs_scan_name *n = ntfs_scan_name_of(r);
	(void)e;

	run->records++;
	if (n)
		run->bytes += ntfs_scan_path(run->scan, n->parent, n->units).len;
	return true;
}

static bool each_change(void *ctx, const struct usn_record *r, struct error *e)
{
	struct run *run = ctx;
	(void)e;

	run->records++;
	run->bytes += r->name.left;
	return true;
}

int main(int argc, char **argv)
{
	struct run run = { .fd = argc == 3 ? open(argv[2], O_RDONLY | O_CLOEXEC) : -1 };
	struct error e = { 0 };
	struct stat st;
	bool ok;

	if (run.fd < 0 || fstat(run.fd, &st) != 0)
		return 2;
	const struct partition_source s = { read_file, &run, (uint64_t)st.st_size, 512 };
	clock_t start = clock();
	if (strcmp(argv[1], "mft") == 0) {
		run.scan = ntfs_scan_mft(&s, &e);
		ok = run.scan && ntfs_scan_folders(run.scan, NULL, &e) &&
		     ntfs_scan_each(run.scan, NULL, each_record, &run, &e);
		ntfs_scan_free(run.scan);
	} else {
		const struct usn_source source = { .bytes = &s };

		ok = usn_parse(&source, NULL, each_change, &run, &e);
	}
	double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
	if (!ok) {
		fprintf(stderr, "%s\n", e.text);
		return 1;
	}
	printf("%zu %.3f %.0f\n", run.records, seconds, (double)run.records / seconds);
	return 0;
}
