/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Driver packs: files beside the image that the manifest vouches for. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/base/text.h"
#include "lib/base/wholefile.h"
#include "sysimage/capture.h"

#define LIST_BYTES_MAX 65536

static bool digest_of(int folder, struct kimg_pack *p, struct error *e)
{
	int fd = openat(folder, p->name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	bool ok = false;

	if (fd < 0 || fstat(fd, &st) != 0)
		error_errno(e, _("cannot open the driver pack %s beside the image"), p->name);
	else if (!S_ISREG(st.st_mode))
		error_set(e, ERROR_USAGE, _("the driver pack %s is not a file"), p->name);
	else
		ok = digest_file(fd, &p->digest, &p->size_bytes, e);
	if (fd >= 0)
		close(fd);
	return ok;
}

/* "drivers-5400.zip;Latitude 54*" */
static bool take_line(struct capture *c, int folder, const char *line, size_t len, struct error *e)
{
	const char *split = memchr(line, ';', len);
	struct kimg_pack *p = &c->manifest.packs[c->manifest.pack_count];
	size_t name = split ? (size_t)(split - line) : 0;

	if (!name || name + 1 == len)
		return error_set(e, ERROR_USAGE, _("a line is FILE;MATCH"));
	if (memchr(line, '/', name))
		return error_set(e, ERROR_USAGE,
				 _("driver packs lie beside the image: a name, not a path"));
	if (c->manifest.pack_count == KIMG_PACKS_MAX)
		return error_set(e, ERROR_USAGE, _("there may be %u driver packs, not more"),
				 KIMG_PACKS_MAX);
	p->name = arena_string_n(&c->memory, line, name);
	p->match = arena_string_n(&c->memory, split + 1, len - name - 1);
	if (!digest_of(folder, p, e))
		return false;
	c->manifest.pack_count++;
	return true;
}

static bool take_lines(struct capture *c, int folder, const struct text *list, struct error *e)
{
	const char *at = list->s, *end = list->s + list->len;

	for (unsigned number = 1; at < end; number++) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((stop ? stop : end) - at), keep = len;

		if (keep && at[keep - 1] == '\r')
			keep--;
		if (keep && *at != '#' && !take_line(c, folder, at, keep, e))
			return error_prefix(e, "%s:%u: ", c->options->packs, number);
		at += len + (stop != NULL);
	}
	return true;
}

bool capture_packs(struct capture *c, const char *image, struct error *e)
{
	const char *slash = strrchr(image, '/');
	char *folder = slash ? arena_string_n(&c->memory, image, (size_t)(slash - image) + 1)
			     : arena_string(&c->memory, ".");
	struct text list = { 0 };
	int fd;

	if (!c->options->packs)
		return true;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return error_errno(e, _("cannot open the folder %s"), folder);
	c->manifest.packs = arena_alloc(&c->memory, KIMG_PACKS_MAX * sizeof(struct kimg_pack));
	bool ok = wholefile_read(AT_FDCWD, c->options->packs, 0, LIST_BYTES_MAX, &list, e) &&
		  take_lines(c, fd, &list, e);

	close(fd);
	text_release(&list);
	return ok;
}
