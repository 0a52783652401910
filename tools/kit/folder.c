/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads files and folders of a source, careful of links, sizes and kinds. */
#include "kit/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/data/charset.h"

static bool too_large(size_t max, struct error *e)
{
	if (max >> 20)
		return error_set(e, ERROR_UNTRUSTED, _("is larger than %zu MiB"), max >> 20);
	return error_set(e, ERROR_UNTRUSTED, _("is larger than %zu KiB"), max >> 10);
}

static bool read_all(int fd, size_t max, struct text *out, struct error *e)
{
	char buffer[65536];
	ssize_t n;

	while ((n = read(fd, buffer, sizeof(buffer))) != 0) {
		if (n < 0)
			return error_errno(e, _("cannot read it"));
		if (out->len + (size_t)n > max)
			return too_large(max, e);
		text_add_n(out, buffer, (size_t)n);
	}
	return true;
}

bool folder_bytes(struct source *s, int dir, const char *name, const char *shown, size_t max,
		  struct text *out, bool *absent)
{
	struct error e = { 0 };
	struct stat st;
	/* A kit is what lies in its folder: a link could name anything. */
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

	*absent = fd < 0 && errno == ENOENT;
	if (*absent)
		return false;
	if (fd < 0 && errno == ELOOP)
		error_set(&e, ERROR_UNTRUSTED,
			  _("is a symbolic link; put the file itself into the folder"));
	else if (fd < 0 || fstat(fd, &st) != 0)
		error_errno(&e, _("cannot open it"));
	else if (!S_ISREG(st.st_mode))
		error_set(&e, ERROR_UNTRUSTED, _("is not a file"));
	else if (st.st_size > 0 && (uint64_t)st.st_size > max)
		too_large(max, &e);
	else
		(void)!read_all(fd, max, out, &e);
	if (fd >= 0)
		close(fd);
	if (!e.kind)
		return true;
	text_clear(out);
	findings_error(&s->findings, shown, 0, &e);
	return false;
}

bool folder_text(struct source *s, int dir, const char *name, const char *shown, struct text *out,
		 bool *absent)
{
	struct error e = { 0 };
	struct text raw = { 0 };
	size_t line = 0;
	bool ok = folder_bytes(s, dir, name, shown, SOURCE_FILE_MAX, &raw, absent);

	if (ok && !charset_to_utf8(text_end(&raw), raw.len, out, &line, &e)) {
		text_clear(out);
		findings_error(&s->findings, shown, line, &e);
		ok = false;
	}
	text_release(&raw);
	return ok;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

bool folder_names(struct source *s, int dir, const char ***names, size_t *count, struct error *e)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	const char **list = NULL;
	size_t capacity = 0;
	struct dirent *entry;

	*names = NULL;
	*count = 0;
	if (!d) {
		error_errno(e, _("cannot read the folder"));
		if (fd >= 0)
			close(fd);
		return false;
	}
	while (!e->kind && (entry = readdir(d))) {
		if (entry->d_name[0] == '.')
			continue;
		if (*count == FOLDER_NAMES_MAX)
			error_set(e, ERROR_UNTRUSTED, _("holds more than %d files"),
				  FOLDER_NAMES_MAX);
		mem_grow(&list, &capacity, *count + 1, sizeof(*list));
		list[(*count)++] = arena_string(&s->memory, entry->d_name);
	}
	closedir(d);
	if (e->kind) {
		free(list);
		*count = 0;
		return false;
	}
	if (*count)
		qsort(list, *count, sizeof(*list), by_name);
	*names = list;
	return true;
}

int folder_open(struct source *s, int dir, const char *name, bool *absent)
{
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	*absent = fd < 0 && errno == ENOENT;
	if (fd < 0 && !*absent) {
		struct error e = { 0 };

		if (errno == ENOTDIR || errno == ELOOP)
			error_set(&e, ERROR_UNTRUSTED,
				  _("is not a folder; symbolic links are not followed"));
		else
			error_errno(&e, _("cannot open this folder"));
		findings_error(&s->findings, name, 0, &e);
	}
	return fd;
}
