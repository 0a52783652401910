/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that appear whole or not at all. */
#include "lib/base/newfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/memory.h"

/* The temporary file in f->dir; `path` is what messages call the file. */
static bool begin(struct newfile *f, const char *path, struct error *e)
{
	uint64_t number;

	/* A random name: two programs may write the same file at once. */
	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		return error_errno(e, "cannot get random numbers");
	snprintf(f->temporary, sizeof(f->temporary), ".new-%016llx", (unsigned long long)number);
	f->fd = openat(f->dir, f->temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		       0666);
	return f->fd >= 0 || error_errno(e, "cannot create %s", path);
}

bool newfile_create(struct newfile *f, const char *path, struct error *e)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? mem_string_n(path, slash == path ? 1 : (size_t)(slash - path))
			     : mem_string(".");
	bool ok;

	f->fd = -1;
	f->name = mem_string(slash ? slash + 1 : path);
	f->dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ok = f->dir >= 0 ? begin(f, path, e) : error_errno(e, "cannot open the folder %s", folder);
	free(folder);
	if (!ok)
		newfile_discard(f);
	return ok;
}

bool newfile_create_at(struct newfile *f, int dir, const char *name, struct error *e)
{
	f->fd = -1;
	f->name = mem_string(name);
	f->dir = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (f->dir < 0)
		error_errno(e, "cannot open the folder of %s", name);
	if (f->dir >= 0 && begin(f, name, e))
		return true;
	newfile_discard(f);
	return false;
}

bool newfile_write(struct newfile *f, const void *bytes, size_t len, struct error *e)
{
	const char *at = bytes;

	while (len > 0) {
		ssize_t n = write(f->fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(e, "cannot write %s", f->name);
		at += n;
		len -= (size_t)n;
	}
	return true;
}

bool newfile_try_name(const struct newfile *f, struct error *e)
{
	int fd =
		openat(f->dir, f->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);

	if (fd < 0)
		return error_errno(e, "cannot create %s", f->name);
	close(fd);
	return unlinkat(f->dir, f->name, 0) == 0 ||
	       error_errno(e, "cannot remove %s again", f->name);
}

bool newfile_sync(const struct newfile *f, struct error *e)
{
	return fsync(f->fd) == 0 || error_errno(e, "cannot write %s to the disk", f->name);
}

/* Its name, unless that is taken. NFS, 9p and most file systems of FUSE (ntfs-3g) do not know how to
 * rename so; a second link is refused in the same way. Who has no links either can only look first. */
static bool give_new_name(const struct newfile *f)
{
	struct stat st;

	if (renameat2(f->dir, f->temporary, f->dir, f->name, RENAME_NOREPLACE) == 0)
		return true;
	if (errno != EINVAL)
		return false;
	if (linkat(f->dir, f->temporary, f->dir, f->name, 0) == 0)
		return unlinkat(f->dir, f->temporary, 0) == 0;
	if (errno == EEXIST)
		return false;
	if (fstatat(f->dir, f->name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		errno = EEXIST;
	return errno == ENOENT && renameat(f->dir, f->temporary, f->dir, f->name) == 0;
}

static bool give_name(const struct newfile *f, bool replace)
{
	return replace ? renameat(f->dir, f->temporary, f->dir, f->name) == 0 : give_new_name(f);
}

static bool commit(struct newfile *f, bool replace, struct error *e)
{
	int fd = f->fd;
	bool ok = false;

	if (!newfile_sync(f, e))
		return false;
	f->fd = -1;
	if (close(fd) < 0 || !give_name(f, replace)) {
		error_errno(e, "cannot finish %s", f->name);
		unlinkat(f->dir, f->temporary, 0);
	} else if (fsync(f->dir) < 0) {
		error_errno(e, "cannot record %s in its folder", f->name);
	} else {
		ok = true;
	}
	newfile_discard(f);
	return ok;
}

bool newfile_commit(struct newfile *f, struct error *e)
{
	return commit(f, true, e);
}

bool newfile_commit_new(struct newfile *f, struct error *e)
{
	return commit(f, false, e);
}

void newfile_discard(struct newfile *f)
{
	if (f->fd >= 0) {
		close(f->fd);
		unlinkat(f->dir, f->temporary, 0);
	}
	if (f->dir >= 0)
		close(f->dir);
	free(f->name);
	*f = (struct newfile)NEWFILE_NONE;
}

bool newfile_whole(const char *path, const void *bytes, size_t len, struct error *e)
{
	struct newfile f = NEWFILE_NONE;
	bool ok = newfile_create(&f, path, e) && newfile_write(&f, bytes, len, e) &&
		  newfile_commit(&f, e);

	newfile_discard(&f);
	return ok;
}

static bool is_temporary(const char *name)
{
	return strncmp(name, ".new-", 5) == 0 && strlen(name) == 5 + 16 &&
	       strspn(name + 5, "0123456789abcdef") == 16;
}

void newfile_sweep(int folder)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *f;
	struct stat st;

	while (list && (f = readdir(list)) != NULL)
		if (is_temporary(f->d_name) &&
		    fstatat(fd, f->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
		    st.st_uid == geteuid())
			unlinkat(fd, f->d_name, 0);
	if (list)
		closedir(list);
	else if (fd >= 0)
		close(fd);
}
