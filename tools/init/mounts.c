/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file systems in RAM that everything else needs. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init/init.h"
#include "lib/base/language.h"

static const struct {
	const char *type, *where;
	unsigned long flags;
	const char *data;
	mode_t mode; /* of the folder, if it has to be made */
} table[] = {
	{ "proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, "", 0555 },
	{ "sysfs", "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC, "", 0555 },
	{ "devtmpfs", "/dev", MS_NOSUID | MS_NOEXEC, "mode=755", 0755 },
	{ "devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC, "mode=620,gid=5", 0755 },
	{ "tmpfs", "/run", MS_NOSUID | MS_NODEV, "mode=755,size=64m", 0755 },
	{ "tmpfs", "/tmp", MS_NOSUID | MS_NODEV, "mode=1777", 01777 },
};

static bool make_folder(const char *path, mode_t mode, struct error *e)
{
	return mkdir(path, mode) == 0 || errno == EEXIST ||
	       error_errno(e, _("cannot make the folder %s"), path);
}

/* One of a user's own. A set-group-ID bit (which mkdir(2) ignores) gives the group to what
 * is made in it. */
static bool hand_folder(const char *path, mode_t mode, uid_t uid, gid_t gid, struct error *e)
{
	return make_folder(path, 0700, e) &&
	       ((chown(path, uid, gid) == 0 && chmod(path, mode) == 0) ||
		error_errno(e, _("cannot hand over the folder %s"), path));
}

bool mounts_make(struct error *e)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (!make_folder(table[i].where, table[i].mode, e))
			return false;
		if (mount(table[i].type, table[i].where, table[i].type, table[i].flags,
			  table[i].data) < 0)
			return error_errno(e, _("cannot mount %s"), table[i].where);
	}
	/* The kernel started this process before there was a /dev. */
	int fd = open("/dev/console", O_RDWR | O_NOCTTY | O_CLOEXEC);
	for (int i = 0; fd >= 0 && i < 3; i++)
		dup2(fd, i);
	if (fd > 2)
		close(fd);
	return make_folder(RUN_FOLDER, 0755, e) &&
	       hand_folder("/run/user", 0700, KIT_UID, KIT_GID, e) &&
	       hand_folder("/run/journal", 02750, JOURNAL_UID, KIT_GID, e);
}

void mounts_efi_variables(void)
{
	static const char *const argv[] = { "modprobe", "-q", "efivarfs", NULL };
	static const char *const env[] = { "PATH=/bin", NULL };
	pid_t pid;

	if (access("/sys/firmware/efi", F_OK) < 0)
		return;
	if (posix_spawn(&pid, "/bin/modprobe", NULL, NULL, (char *const *)argv,
			(char *const *)env) == 0)
		waitpid(pid, NULL, 0);
	/* Without it the start screen says that Secure Boot is unknown. */
	(void)mount("efivarfs", "/sys/firmware/efi/efivars", "efivarfs",
		    MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
}
