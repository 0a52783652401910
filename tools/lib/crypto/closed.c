/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is there anything that the manifest does not name? */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/crypto/manifest.h"

#define DEPTH_MAX 32

struct walk {
	const struct manifest *m;
	const char *const *except;
	dev_t device;
	unsigned depth;
	struct text path; /* of the entry in hand, relative to the root */
};

static bool folder(struct walk *w, int fd, struct error *e);

/* The entry `name` of the folder dir; its path is in w->path. */
static bool entry(struct walk *w, int dir, const char *name, struct error *e)
{
	const char *path = text_end(&w->path);
	struct stat st;

	for (const char *const *x = w->except; *x; x++)
		if (strcmp(path, *x) == 0)
			return true;
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(e, "%s: cannot look at it", path);
	if (!S_ISDIR(st.st_mode)) {
		if (manifest_find(w->m, path))
			return true;
		return error_set(e, ERROR_UNTRUSTED, "%s: the manifest does not list it", path);
	}
	if (st.st_dev != w->device)
		return true; /* something is mounted there */
	if (w->depth == DEPTH_MAX)
		return error_set(e, ERROR_UNTRUSTED, "%s: folders are nested too deep", path);
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return error_errno(e, "%s: cannot open it", path);
	w->depth++;
	bool ok = folder(w, fd, e);
	w->depth--;
	return ok;
}

/* Every entry of a folder; takes fd. */
static bool folder(struct walk *w, int fd, struct error *e)
{
	DIR *d = fdopendir(fd);
	size_t len = w->path.len;
	bool ok = true;

	if (!d) {
		error_errno(e, "%s: cannot read it", text_end(&w->path));
		close(fd);
		return false;
	}
	for (struct dirent *next; ok && (errno = 0, next = readdir(d));) {
		if (strcmp(next->d_name, ".") == 0 || strcmp(next->d_name, "..") == 0)
			continue;
		if (len)
			text_add(&w->path, "/");
		text_add(&w->path, next->d_name);
		ok = entry(w, dirfd(d), next->d_name, e);
		w->path.len = len;
		if (w->path.s)
			w->path.s[len] = '\0';
	}
	if (ok && errno)
		ok = error_errno(e, "%s: cannot read it", text_end(&w->path));
	closedir(d);
	return ok;
}

bool manifest_check_closed(int root_fd, const char *under, const char *const *except,
			   const struct manifest *m, struct error *e)
{
	struct walk w = { .m = m, .except = except };
	struct stat st;
	int fd = openat(root_fd, *under ? under : ".",
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	bool ok;

	if (fd < 0)
		return error_errno(e, "cannot open the folder %s", under);
	if (fstat(fd, &st) < 0) {
		error_errno(e, "cannot look at the folder %s", under);
		close(fd);
		return false;
	}
	w.device = st.st_dev;
	text_add(&w.path, under);
	ok = folder(&w, fd, e);
	text_release(&w.path);
	return ok;
}
