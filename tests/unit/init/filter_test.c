/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The calls that carry commands past the block layer are gone, all others are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/cdrom.h>
#include <linux/fs.h>
#include <linux/nvme_ioctl.h>
#include <scsi/sg.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init/init.h"

static const struct {
	const char *name;
	unsigned long request;
	int want; /* errno on /dev/null after the filter; without it always ENOTTY */
} requests[] = {
	{ "SG_IO", SG_IO, EPERM },
	{ "SCSI_IOCTL_SEND_COMMAND", 1, EPERM },
	{ "NVME_IOCTL_ADMIN_CMD", NVME_IOCTL_ADMIN_CMD, EPERM },
	{ "NVME_IOCTL_IO_CMD", NVME_IOCTL_IO_CMD, EPERM },
	{ "NVME_IOCTL_ADMIN64_CMD", NVME_IOCTL_ADMIN64_CMD, EPERM },
	{ "NVME_IOCTL_IO64_CMD", NVME_IOCTL_IO64_CMD, EPERM },
	{ "NVME_IOCTL_SUBMIT_IO", NVME_IOCTL_SUBMIT_IO, EPERM },
	{ "NVME_IOCTL_IO64_CMD_VEC", _IOWR('N', 0x49, struct nvme_passthru_cmd64), EPERM },
	{ "an NVMe command of another size", _IOWR('N', 0x43, char[4]), EPERM },
	{ "CDROM_SEND_PACKET", CDROM_SEND_PACKET, EPERM },
	{ "CDROMEJECT", CDROMEJECT, EPERM },
	{ "CDROMCLOSETRAY", CDROMCLOSETRAY, EPERM },
	{ "SCSI_IOCTL_DOORLOCK", 0x5380, EPERM },
	{ "SG_IO with a high half", SG_IO | 1UL << 32, EPERM },
	{ "TCGETS", TCGETS, ENOTTY },
	{ "TIOCGWINSZ", TIOCGWINSZ, ENOTTY },
	{ "BLKGETSIZE64", BLKGETSIZE64, ENOTTY },
	{ "NVME_IOCTL_ID", NVME_IOCTL_ID, ENOTTY },
	{ "behind those of NVMe", 'N' << 8 | 0x80, ENOTTY },
	{ "before those of SCSI", 0x52ff, ENOTTY },
};

static int error_of(unsigned long request)
{
	char room[256] = { 0 };
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	long r = syscall(SYS_ioctl, null, request, room);
	int saved = errno;

	close(null);
	return r < 0 ? saved : 0;
}

static void refused(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		int status;
		pid_t pid;

		assert_int_equal(error_of(requests[i].request), ENOTTY);
		pid = fork();
		if (pid == 0)
			_exit(filter_install() ? error_of(requests[i].request) : 255);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (!WIFEXITED(status) || WEXITSTATUS(status) != requests[i].want)
			fail_msg("%s: status %#x", requests[i].name, (unsigned)status);
	}
}

static void inherited_and_final(void **unused)
{
	int status;
	pid_t pid = fork();

	(void)unused;
	if (pid == 0) {
		if (!filter_install())
			_exit(1);
		pid_t inner = fork();
		if (inner == 0)
			_exit(error_of(SG_IO) == EPERM ? 0 : 2);
		_exit(waitpid(inner, &status, 0) == inner && status == 0 &&
				      syscall(SYS_io_uring_setup, 1, NULL) < 0 && errno == EPERM
			      ? 0
			      : 3);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refused),
		cmocka_unit_test(inherited_and_final),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
