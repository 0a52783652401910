/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mounting, and the programs that look at a file system before. */
#include "broker/mounting.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "broker/rights.h"
#include "lib/base/language.h"

static bool failed(struct error *e)
{
	return error_set(e, ERROR_FAILED, "%s", strerror(errno));
}

bool mounting_mount(const char *node, const char *where, const char *type, const char *options,
		    bool writes, struct error *e)
{
	const unsigned long flags = MS_NODEV | MS_NOSUID | MS_NOEXEC | MS_NOATIME |
				    (writes ? 0 : MS_RDONLY);

	if ((mkdir(MOUNTING_FOLDER, 0700) != 0 && errno != EEXIST) ||
	    (mkdir(where, 0700) != 0 && errno != EEXIST))
		return failed(e);
	if (mount(node, where, type, flags, options) != 0)
		return failed(e);
	if (mount(NULL, where, NULL, MS_PRIVATE, NULL) != 0) {
		failed(e);
		mounting_detach(where);
		return false;
	}
	return true;
}

/* A folder that others may not enter is closed to us as well (no CAP_DAC_OVERRIDE), and its place
 * alone (O_PATH) cannot be flushed: so as its owner. -1 if not even that one may read it. */
static int open_as_owner(int place)
{
	struct stat st;

	if (fstat(place, &st) != 0)
		return -1;
	(void)setfsuid(st.st_uid);
	int fd = openat(place, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	(void)setfsuid(geteuid());
	return fd;
}

bool mounting_flush(const char *where, struct error *e)
{
	int place = open(where, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int fd = place < 0 ? -1 : open_as_owner(place);
	bool ok = true;

	if (fd >= 0)
		ok = syncfs(fd) == 0 || failed(e);
	else if (place >= 0)
		sync(); /* says nothing of how it went */
	if (fd >= 0)
		close(fd);
	if (place >= 0)
		close(place);
	return ok;
}

bool mounting_unmount(const char *where, struct error *e)
{
	/* EINVAL: it is none, and that was wanted. */
	if (umount2(where, UMOUNT_NOFOLLOW) == 0 || errno == EINVAL || errno == ENOENT)
		return true;
	if (errno == EBUSY)
		return error_set(e, ERROR_FAILED,
				 N_("something on it is still open: do not pull it yet"));
	return failed(e);
}

void mounting_detach(const char *where)
{
	/* As often as there is one: a broker that crashed may have left its own. */
	while (umount2(where, MNT_DETACH | UMOUNT_NOFOLLOW) == 0)
		;
}

int mounting_answer(int output, const char *where, const char *text, const struct error *e)
{
	struct message m;

	message_start(&m, "type", e->kind ? "error" : "ok");
	if (e->kind) {
		mounting_detach(where);
		message_add(&m, "text", text);
		message_add(&m, "about", e->text);
	}
	return job_send(output, &m) ? 0 : ERROR_FAILED;
}

bool mounting_run(const char *path, const char *const *argv, uint64_t rights, int input,
		  int *status, struct error *e)
{
	int ended;
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		/* Becoming a program gives root back what is in the bounding set, no more. */
		if ((input < 0 || dup2(input, 0) == 0) &&
		    (geteuid() != 0 || (rights_drop_bounding(rights) && rights_set(rights))))
			_exit(job_exec(path, argv));
		_exit(127);
	}
	if (pid < 0)
		return failed(e);
	while (waitpid(pid, &ended, 0) < 0)
		if (errno != EINTR)
			return failed(e);
	if (!WIFEXITED(ended) || WEXITSTATUS(ended) == 127)
		return error_set(e, ERROR_FAILED, N_("the program that checks it did not run"));
	*status = WEXITSTATUS(ended);
	return true;
}
