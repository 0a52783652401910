/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one door to a disk that is written. */
#include "lib/disk/target.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/size.h"
#include "lib/base/text.h"

#define WORD_CHARACTERS 6
#define SECTOR_OF_FILES 512

/* A line of a small file of the kernel, without spaces around it and masked. */
static bool line_of(const char *folder, const char *name, char *out, size_t size)
{
	char *path = mem_format("%s/%s", folder, name), line[256] = "";
	FILE *f = fopen(path, "re");

	free(path);
	if (!f)
		return false;
	if (!fgets(line, sizeof(line), f))
		*line = '\0';
	fclose(f);
	size_t n = strcspn(line, "\n");
	while (n && line[n - 1] == ' ')
		n--;
	line[n] = '\0';
	text_mask(out, size, line + strspn(line, " "));
	return true;
}

/* The serial number stands at the disk itself (NVMe, memory cards) or, on USB, at the
 * device some folders above it. Above that hubs have their own. */
static void find_serial(struct target *t, char *folder, size_t keep)
{
	char id[8];

	while (strlen(folder) > keep && !line_of(folder, "serial", t->serial, sizeof(t->serial))) {
		char *slash = strrchr(folder, '/');

		if (!slash || line_of(folder, "idVendor", id, sizeof(id)))
			return;
		*slash = '\0';
	}
}

/* Can it be taken out? Cases on USB, cards, what says so; loop devices are files of somebody who is root anyway. A
 * card reader's bus also has memory that is soldered in, of type MMC. */
static bool is_removable(const char *folder)
{
	char line[8];

	if (strstr(folder, "/mmc_host/"))
		return line_of(folder, "device/type", line, sizeof(line)) &&
		       strncmp(line, "SD", 2) == 0;
	return (line_of(folder, "removable", line, sizeof(line)) && *line == '1') ||
	       strstr(folder, "/usb") || strstr(folder, "/virtual/block/loop");
}

static void choose_word(struct target *t)
{
	size_t n = strlen(t->serial);
	const char *name = strrchr(t->path, '/');
	bool plain = n > 0;

	for (size_t i = 0; i < n; i++)
		plain = plain && t->serial[i] > ' ' && (unsigned char)t->serial[i] < 0x7f;
	if (plain)
		snprintf(t->word, sizeof(t->word), "%s",
			 t->serial + (n > WORD_CHARACTERS ? n - WORD_CHARACTERS : 0));
	else
		text_mask(t->word, sizeof(t->word), name ? name + 1 : t->path);
}

bool target_identify(struct target *t, const char *sysfs, unsigned major, unsigned minor,
		     struct error *e)
{
	char *node = mem_format("%s/dev/block/%u:%u", sysfs, major, minor), bit[8];
	char *folder = realpath(node, NULL), *root = realpath(sysfs, NULL);
	bool ok = true;

	if (!folder || !root) {
		ok = error_errno(e, _("the kernel says nothing of the disk"));
	} else if (line_of(folder, "partition", bit, sizeof(bit))) {
		*strrchr(folder, '/') = '\0';
		ok = error_set(e, ERROR_USAGE,
			       _("is a partition; the disk as a whole is called /dev/%s"),
			       strrchr(folder, '/') + 1);
	} else {
		t->removable = is_removable(folder);
		if (!line_of(folder, "device/model", t->model, sizeof(t->model)) &&
		    !line_of(folder, "device/name", t->model, sizeof(t->model)))
			line_of(folder, "loop/backing_file", t->model, sizeof(t->model));
		char *device = mem_format("%s/device", folder), *at = realpath(device, NULL);
		if (at)
			find_serial(t, at, strlen(root));
		free(device);
		free(at);
	}
	free(node);
	free(folder);
	free(root);
	return ok;
}

/* What it says of itself, and whether it may be written. */
static bool look_at_disk(struct target *t, const char *sysfs, bool internal, const struct stat *st,
			 struct error *e)
{
	*t->model = *t->serial = '\0';
	if (!target_identify(t, sysfs, major(st->st_rdev), minor(st->st_rdev), e))
		return false;
	return t->removable || internal ||
	       error_set(e, ERROR_USAGE,
			 _("is neither on USB nor removable: a disk of this PC. If it is really "
			   "meant, say so with --internal"));
}

/* What was opened, if it is still what was looked at. */
static bool is_still(const struct target *t, const struct stat *before, struct error *e)
{
	struct stat now;

	if (fstat(t->fd, &now) != 0)
		return error_errno(e, _("cannot be opened"));
	return (S_ISBLK(before->st_mode) ? S_ISBLK(now.st_mode) && now.st_rdev == before->st_rdev
					 : S_ISREG(now.st_mode) && now.st_dev == before->st_dev &&
						   now.st_ino == before->st_ino) ||
	       error_set(e, ERROR_FAILED, _("was replaced while it was opened"));
}

static bool open_disk(struct target *t, const char *sysfs, bool internal, int mode,
		      const struct stat *st, struct error *e)
{
	int sector = 0, locked = 0;

	t->disk = true;
	if (!look_at_disk(t, sysfs, internal, st, e))
		return false;
	/* O_EXCL: refused while it, or a partition of it, is mounted or otherwise in use. */
	t->fd = open(t->path, mode | O_EXCL | O_CLOEXEC | O_NOFOLLOW);
	if (t->fd < 0 && errno == EBUSY)
		return error_set(e, ERROR_FAILED,
				 _("is in use: unmount it (umount), and close what shows it"));
	if (t->fd < 0)
		return error_errno(e, _("cannot be opened for writing"));
	/* Another one may have been plugged in meanwhile. From now on no other disk gets this one's
	 * number: so what is shown to the person is what will be written. */
	if (!is_still(t, st, e) || !look_at_disk(t, sysfs, internal, st, e))
		return false;
	/* The kernel opens a locked disk all the same, and refuses the first write. */
	if (ioctl(t->fd, BLKROGET, &locked) == 0 && locked)
		return error_set(e, ERROR_FAILED,
				 _("is locked against writing: look for a switch on it"));
	off_t size = lseek(t->fd, 0, SEEK_END);
	if (size < 0 || ioctl(t->fd, BLKSSZGET, &sector) != 0)
		return error_errno(e, _("its size cannot be found out"));
	t->size_bytes = (uint64_t)size;
	t->sector_bytes = (uint32_t)sector;
	return true;
}

/* Two that write one file would mix what they write; a virtual PC that runs from it has it locked,
 * too. Not every file system knows locks. */
static bool lock_file(const struct target *t, struct error *e)
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(t->fd, F_OFD_SETLK, &all) == 0 || (errno != EAGAIN && errno != EACCES))
		return true;
	return error_set(e, ERROR_FAILED,
			 _("is in use: another program writes it, or a virtual PC runs from it"));
}

static bool open_file(struct target *t, bool read_only, int mode, const struct stat *st,
		      struct error *e)
{
	t->fd = open(t->path, mode | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (t->fd < 0)
		return error_errno(e, _("cannot be opened for writing"));
	t->size_bytes = (uint64_t)st->st_size;
	return is_still(t, st, e) && (read_only || lock_file(t, e));
}

bool target_open(struct target *t, const char *path, const char *sysfs, bool internal,
		 bool read_only, uint64_t need_bytes, struct error *e)
{
	char *real = realpath(path, NULL), have[32], need[32];
	int mode = read_only ? O_RDONLY : O_RDWR;
	struct stat st;

	*t = (struct target)TARGET_NONE;
	snprintf(t->path, sizeof(t->path), "%s", real ? real : path);
	t->sector_bytes = SECTOR_OF_FILES;
	if (!real || stat(t->path, &st) != 0) {
		error_errno(e, _("cannot be opened"));
	} else if (S_ISBLK(st.st_mode)) {
		(void)!open_disk(t, sysfs, internal, mode, &st, e);
	} else if (!S_ISREG(st.st_mode)) {
		error_set(e, ERROR_USAGE, _("is neither a disk nor a file"));
	} else {
		(void)!open_file(t, read_only, mode, &st, e);
	}
	if (!e->kind && t->size_bytes < need_bytes)
		error_set(e, ERROR_FAILED, _("is too small: it has %s, the image needs %s"),
			  size_words(have, sizeof(have), t->size_bytes),
			  size_words(need, sizeof(need), need_bytes));
	choose_word(t);
	free(real);
	if (e->kind) {
		target_close(t);
		return error_prefix(e, "%s ", path);
	}
	return true;
}

void target_close(struct target *t)
{
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
}

/* Emptied first, an image that is its own target would be gone. */
bool target_is_not(const struct target *t, int fd, struct error *e)
{
	struct stat a, b;

	if (fstat(fd, &a) != 0 || fstat(t->fd, &b) != 0)
		return error_errno(e, _("the image and the device cannot be told apart"));
	if ((a.st_dev == b.st_dev && a.st_ino == b.st_ino) ||
	    (S_ISBLK(a.st_mode) && S_ISBLK(b.st_mode) && a.st_rdev == b.st_rdev))
		return error_set(e, ERROR_USAGE, _("image and device are one and the same"));
	return true;
}

static bool read_target(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	const struct target *t = ctx;
	uint8_t *p = buf;

	while (len) {
		ssize_t n = pread(t->fd, p, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? error_errno(e, _("cannot read %s"), t->path)
				     : error_set(e, ERROR_FAILED, _("%s ends too early"), t->path);
		p += n;
		offset += (uint64_t)n;
		len -= (size_t)n;
	}
	return true;
}

struct partition_source target_source(struct target *t)
{
	return (struct partition_source){ read_target, t, t->size_bytes, t->sector_bytes };
}

bool target_meant(const struct target *t, const char *typed)
{
	return *typed && (strcmp(typed, t->word) == 0 || strcmp(typed, t->serial) == 0);
}
