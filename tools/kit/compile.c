/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `kit compile`: from the source folder to kit.img. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "kit/image.h"
#include "kit/kit.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/newfile.h"
#include "lib/data/date.h"

/* SOURCE_DATE_EPOCH (reproducible-builds.org), else the day of the kit's data. */
static bool archive_time(const struct source *s, uint32_t *mtime, struct error *e)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	uint64_t seconds;
	int64_t day;

	if (epoch && *epoch) {
		if (!cli_number(epoch, 0, UINT32_MAX, &seconds, e))
			return error_prefix(e, "SOURCE_DATE_EPOCH: ");
	} else {
		seconds = date_parse(s->conf.data_date, &day) && day > 0
				  ? (uint64_t)day * DATE_SECONDS
				  : 0;
	}
	*mtime = (uint32_t)seconds;
	return true;
}

static bool write_file(const char *path, const void *bytes, size_t len, struct error *e)
{
	struct newfile f = NEWFILE_NONE;
	bool ok = newfile_create(&f, path, e) && newfile_write(&f, bytes, len, e) &&
		  newfile_commit(&f, e);

	newfile_discard(&f);
	return ok;
}

static bool make_folder(const char *path, struct error *e)
{
	if (mkdir(path, 0777) == 0 || errno == EEXIST)
		return true;
	return error_errno(e, _("cannot make the folder %s"), path);
}

/* DIR/kit.img, and unpacked beside it what is inside, for tools on this PC. */
static bool write_folder(const char *folder, const struct image *i, struct error *e)
{
	char *image = mem_format("%s/kit.img", folder);
	char *kit = mem_format("%s/kit", folder);
	char *manifest = mem_format("%s/kit/manifest", folder);
	char *open_db = mem_format("%s/kit/open.db", folder);
	bool ok = make_folder(folder, e) && make_folder(kit, e) &&
		  write_file(open_db, i->open_db, i->open_db_len, e) &&
		  write_file(manifest, i->manifest.s, i->manifest.len, e) &&
		  write_file(image, i->archive.s, i->archive.len, e);

	free(image);
	free(kit);
	free(manifest);
	free(open_db);
	return ok;
}

static bool compile(const char *source, const char *file, const char *folder, struct error *e)
{
	struct source s;
	struct image image = { 0 };
	uint32_t mtime;
	bool ok;

	source_init(&s);
	ok = source_load(&s, source, e);
	if (ok) {
		findings_print(&s.findings, source, stderr);
		if (s.findings.faults)
			ok = error_set(e, ERROR_UNTRUSTED,
				       _("%zu errors in %s; correct them, nothing was written"),
				       s.findings.faults, source);
	}
	ok = ok && archive_time(&s, &mtime, e) && image_make(&image, &s, mtime, e) &&
	     (!file || write_file(file, image.archive.s, image.archive.len, e)) &&
	     (!folder || write_folder(folder, &image, e));
	image_release(&image);
	source_release(&s);
	return ok;
}

int kit_compile(int argc, char **argv)
{
	struct error e = { 0 };
	const char *folder = NULL;
	const struct cli_option options[] = {
		{ "output", CLI_TEXT, &folder, "DIR",
		  N_("write DIR/kit.img and DIR/kit/ with what is inside"), 0, 0 },
		{ "o", CLI_TEXT, &folder, "DIR", N_("the same"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"kit",
		"compile",
		"SOURCE [IMAGE]",
		N_("Make kit.img from a source folder. So far only the open tier goes in:\n"
		   "people, private numbers and contracts are checked and left out."),
		options,
		1,
		2,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("kit", &e);
	if (!folder && argc < 2) {
		error_set(&e, ERROR_USAGE,
			  _("where to? Name the image, or a folder with --output"));
		return report("kit", &e);
	}
	if (!compile(argv[0], argc > 1 ? argv[1] : NULL, folder, &e))
		return report("kit", &e);
	return 0;
}
