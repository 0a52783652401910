/* SPDX-License-Identifier: GPL-3.0-or-later */
/* No pass-through commands for anyone without rights.
 *
 * A read-only descriptor, a read-only disk and a process without capabilities do not
 * stop every write: the kernel's list of SCSI commands that a reader may send has
 * opcode 0x42 in it, READ SUB-CHANNEL of CD drives, which is UNMAP on a disk
 * (measured: it discarded data on USB and virtio disks, by SG_IO as by CDROM_SEND_PACKET). So the
 * calls that carry such commands are taken away altogether: SG_IO, the whole of what is for CD
 * drives and SCSI ('S'), and of NVMe's ('N') all from 0x41 on. */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <scsi/scsi_ioctl.h>
#include <scsi/sg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "init/init.h"

#ifndef __x86_64__
#error "the stick is for x86-64"
#endif

#define X32_BIT 0x40000000u /* the other table of calls, for programs nobody has */
#define SCSI_SEND_COMMAND 1 /* SCSI_IOCTL_SEND_COMMAND, the oldest way */
/* The lower half of a request is a kind and a number; above it stand a size and a direction, which have changed. */
#define KIND(letter) ((uint32_t)(letter) << 8)
#define NVME_FIRST (KIND('N') | 0x41) /* NVME_IOCTL_ADMIN_CMD; 0x40 asks for a number */
#define NVME_END (KIND('N') | 0x80)

#define FIELD(f) offsetof(struct seccomp_data, f)
#define LOAD(f) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, FIELD(f))
#define IS(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), yes, no)
#define FROM(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (uint32_t)(value), yes, no)
#define KEEP(bits) BPF_STMT(BPF_ALU | BPF_AND | BPF_K, bits)
#define DO(action) BPF_STMT(BPF_RET | BPF_K, (uint32_t)(action))
#define REFUSE (SECCOMP_RET_ERRNO | EPERM)

/* The kernel takes the request as 32 bits: the lower half of the argument. */
static const struct sock_filter program[] = {
	LOAD(arch),
	IS(AUDIT_ARCH_X86_64, 1, 0),
	DO(REFUSE),
	LOAD(nr),
	FROM(X32_BIT, 11, 0),
	IS(SYS_io_uring_setup, 10, 0), /* carries NVMe commands too; nobody needs it */
	IS(SYS_ioctl, 0, 8),
	LOAD(args[1]),
	IS(SG_IO, 7, 0),
	IS(SCSI_SEND_COMMAND, 6, 0),
	KEEP(0xffff),
	FROM(NVME_END, 1, 0),
	FROM(NVME_FIRST, 3, 0),
	KEEP(0xff00),
	IS(KIND('S'), 1, 0),
	DO(SECCOMP_RET_ALLOW),
	DO(REFUSE),
};

bool filter_install(void)
{
	const struct sock_fprog p = { sizeof(program) / sizeof(program[0]),
				      (struct sock_filter *)program };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &p, 0, 0) == 0;
}
