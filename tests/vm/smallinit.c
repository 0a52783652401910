/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The first program of the small system of vm/smalldisk.py: loads the modules that lie beside
 * it, looks for the root file system on every disk, lets its BusyBox run its /sbin/init, and
 * switches off. Tells on the console what it did.
 */
#define _GNU_SOURCE /* unshare */
#include <dirent.h>
#include <fcntl.h>
#include <linux/module.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int is_module(const struct dirent *d)
{
	return strstr(d->d_name, ".ko") != NULL;
}

static void load_modules(void)
{
	struct dirent **found = NULL;
	/* Their names begin with numbers: in the order in which they need each other. */
	int count = scandir("/", &found, is_module, alphasort);

	for (int i = 0; i < count; i++) {
		int fd = open(found[i]->d_name, O_RDONLY | O_CLOEXEC);

		if (syscall(SYS_finit_module, fd, "", MODULE_INIT_COMPRESSED_FILE) != 0)
			perror(found[i]->d_name);
		close(fd);
	}
}

static int is_disk(const struct dirent *d)
{
	return strncmp(d->d_name, "sd", 2) == 0 || strncmp(d->d_name, "nvme", 4) == 0 ||
	       strncmp(d->d_name, "vd", 2) == 0;
}

/* Mount the first file system that has an /etc/proof. */
static int mount_root(void)
{
	struct dirent **found = NULL;
	int count = scandir("/dev", &found, is_disk, alphasort);

	for (int i = 0; i < count; i++) {
		char path[300];

		snprintf(path, sizeof(path), "/dev/%s", found[i]->d_name);
		if (mount(path, "/root", "ext4", 0, NULL) != 0)
			continue;
		if (access("/root/etc/proof", R_OK) == 0) {
			printf("SMALL root is %s\n", path);
			return 1;
		}
		umount("/root");
	}
	return 0;
}

/* What the kernel tells, for a system that has folders for it; gone with the process. */
static void mount_kernel(void)
{
	unshare(CLONE_NEWNS);
	mount("devtmpfs", "/root/dev", "devtmpfs", 0, NULL);
	mount("proc", "/root/proc", "proc", 0, NULL);
	mount("sysfs", "/root/sys", "sysfs", 0, NULL);
}

static void run_system(void)
{
	pid_t child = fork();

	if (child == 0) {
		mount_kernel();
		if (chroot("/root") != 0 || chdir("/") != 0)
			_exit(1);
		execl("/bin/busybox", "sh", "/sbin/init", (char *)NULL);
		_exit(1);
	}
	waitpid(child, NULL, 0);
}

int main(void)
{
	int tries = 0;

	mkdir("/dev", 0755);
	mkdir("/root", 0755);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	if (!freopen("/dev/console", "w", stdout) || !freopen("/dev/console", "w", stderr))
		return 1;
	load_modules();
	while (!mount_root() && tries++ < 100)
		usleep(200000);
	if (tries > 100)
		puts("SMALL no root file system");
	else
		run_system();
	fflush(stdout);
	umount("/root");
	sync();
	reboot(RB_POWER_OFF);
	return 0;
}
