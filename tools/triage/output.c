/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the box to the person, and from the person's words to the box. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/base/text.h"
#include "lib/disk/partition.h"
#include "triage/triage.h"

#define PROBLEMS_SHOWN 100

bool output_lines(void *output, const char *s, size_t len, struct error *e)
{
	struct output *o = output;

	o->any = true;
	if (o->drop_line) { /* lines are whole, so there is an end */
		const char *behind = (const char *)memchr(s, '\n', len) + 1;

		o->drop_line = false;
		len -= (size_t)(behind - s);
		s = behind;
	}
	if (fwrite(s, 1, len, stdout) != len)
		return error_errno(e, _("cannot write to standard output"));
	return true;
}

void output_problem(void *output, uint64_t offset, const char *words)
{
	struct output *o = output;
	char name[512], masked[1024];

	if (o->problems++ > PROBLEMS_SHOWN)
		return;
	text_mask(name, sizeof(name), o->name);
	text_mask(masked, sizeof(masked), words);
	fflush(stdout); /* in the order in which it came, where both go to one place */
	if (o->problems > PROBLEMS_SHOWN)
		fprintf(stderr, "triage: %s: %s\n", name, _("and more problems"));
	else
		fprintf(stderr, _("triage: %s: at byte %llu: %s\n"), name, offset + 0ULL, masked);
}

int output_status(const struct output *o, enum box_result result, struct error *e)
{
	switch (result) {
	case BOX_DONE:
	case BOX_BROKE: /* is a problem */
		return o->problems ? ERROR_FINDINGS : 0;
	case BOX_REFUSED:
	case BOX_FAILED:
		break;
	}
	error_prefix(e, "%s: ", o->name);
	return report("triage", e);
}

bool emit_form_find(const char *name, enum emit_form *form, struct error *e)
{
	static const char *const names[] = {
		[EMIT_JSONL] = "jsonl",
		[EMIT_CSV] = "csv",
		[EMIT_BODYFILE] = "bodyfile",
		[EMIT_TIMELINE] = "timeline",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strcmp(names[i], name) == 0) {
			*form = (enum emit_form)i;
			return true;
		}
	}
	return error_set(e, ERROR_USAGE,
			 _("--format is jsonl, csv, bodyfile or timeline, not '%s'"), name);
}

static bool read_input(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	const struct box_input *i = ctx;

	return box_read(i->box, i->nr, offset, buf, len, e);
}

struct partition_source box_source(struct box_input *i)
{
	return (struct partition_source){ .read = read_input,
					  .ctx = i,
					  .size_bytes = box_input_bytes(i->box, i->nr),
					  .sector_bytes = 512 };
}

int evidence_open(const char *path, struct error *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0) {
		error_errno(e, _("cannot open '%s'"), path);
	} else if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode)) {
		error_set(e, ERROR_USAGE, _("'%s' is neither a file nor a disk"), path);
	} else {
		return fd;
	}
	if (fd >= 0)
		close(fd);
	return -1;
}
