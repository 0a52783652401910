/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cell in which bytes from disks are parsed. */
#include "broker/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "broker/rights.h"
#include "lib/base/language.h"

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "add the audit architecture of this CPU, or its system calls stay unfiltered"
#endif

#define CPU_SECONDS 5
#define HEAP_CPU_SECONDS 60 /* all files of a stick are digested */
/* AddressSanitizer has terabytes mapped before we begin. */
#ifdef __SANITIZE_ADDRESS__
#define MEMORY_BYTES RLIM_INFINITY
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MEMORY_BYTES RLIM_INFINITY
#endif
#endif
#ifndef MEMORY_BYTES
#define MEMORY_BYTES ((rlim_t)64 << 20)
#endif

#define FIELD(f) offsetof(struct seccomp_data, f)
#define LOAD(f) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, FIELD(f))
#define IS(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, yes, no)
#define ANY(bits, yes, no) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, yes, no)
#define DO(action) BPF_STMT(BPF_RET | BPF_K, action)

/* The kernel compares the descriptor as a number; its upper half is ignored by
 * the calls, so the lower half (little-endian: the first) decides. */
static const struct sock_filter bare[] = {
	LOAD(arch),
	IS(ARCHITECTURE, 1, 0),
	DO(SECCOMP_RET_KILL_PROCESS),
	LOAD(nr),
	IS(SYS_exit_group, 8, 0),
	IS(SYS_exit, 7, 0),
	IS(SYS_pread64, 2, 0),
	IS(SYS_write, 3, 0),
	DO(SECCOMP_RET_KILL_PROCESS),
	LOAD(args[0]), /* pread64 */
	IS(SANDBOX_INPUT, 2, 3),
	LOAD(args[0]), /* write */
	IS(SANDBOX_OUTPUT, 0, 1),
	DO(SECCOMP_RET_ALLOW),
	DO(SECCOMP_RET_KILL_PROCESS),
};

/* The same with a heap: memory that belongs to no file and cannot be executed. */
static const struct sock_filter heap[] = {
	LOAD(arch),
	IS(ARCHITECTURE, 1, 0),
	DO(SECCOMP_RET_KILL_PROCESS),
	LOAD(nr),
	IS(SYS_exit_group, 18, 0),
	IS(SYS_exit, 17, 0),
	IS(SYS_brk, 16, 0),
	IS(SYS_munmap, 15, 0),
	IS(SYS_mremap, 14, 0),
	IS(SYS_madvise, 13, 0),
	IS(SYS_mprotect, 6, 0),
	IS(SYS_mmap, 3, 0),
	IS(SYS_pread64, 6, 0),
	IS(SYS_write, 7, 0),
	DO(SECCOMP_RET_KILL_PROCESS),
	LOAD(args[3]), /* mmap */
	ANY(MAP_ANONYMOUS, 0, 7),
	LOAD(args[2]), /* mmap and mprotect */
	ANY(PROT_EXEC, 5, 4),
	LOAD(args[0]), /* pread64 */
	IS(SANDBOX_INPUT, 2, 3),
	LOAD(args[0]), /* write */
	IS(SANDBOX_OUTPUT, 0, 1),
	DO(SECCOMP_RET_ALLOW),
	DO(SECCOMP_RET_KILL_PROCESS),
};

static const struct {
	struct sock_fprog filter;
	rlim_t cpu_seconds;
} kinds[] = {
	[SANDBOX_BARE] = { { sizeof(bare) / sizeof(bare[0]), (struct sock_filter *)bare },
			   CPU_SECONDS },
	[SANDBOX_HEAP] = { { sizeof(heap) / sizeof(heap[0]), (struct sock_filter *)heap },
			   HEAP_CPU_SECONDS },
};

static bool keep_two(int input, int output)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	/* Out of the way first: each may be where the other must go. */
	int in = fcntl(input, F_DUPFD_CLOEXEC, 10), out = fcntl(output, F_DUPFD_CLOEXEC, 10);
	if (in < 0 || out < 0)
		return false;
	for (int fd = 0; fd < 3; fd++) {
		if (null < 0)
			close(fd);
		else if (dup2(null, fd) < 0)
			return false;
	}
	return dup2(in, SANDBOX_INPUT) >= 0 && dup2(out, SANDBOX_OUTPUT) >= 0 &&
	       syscall(SYS_close_range, 5u, ~0u, 0u) == 0;
}

static bool set_limits(rlim_t cpu_seconds)
{
	const struct rlimit none = { 0, 0 }, cpu = { cpu_seconds, cpu_seconds },
			    memory = { MEMORY_BYTES, MEMORY_BYTES };

	return setrlimit(RLIMIT_CPU, &cpu) == 0 && setrlimit(RLIMIT_AS, &memory) == 0 &&
	       setrlimit(RLIMIT_CORE, &none) == 0 && setrlimit(RLIMIT_FSIZE, &none) == 0 &&
	       setrlimit(RLIMIT_NPROC, &none) == 0 && setrlimit(RLIMIT_NOFILE, &none) == 0;
}

static bool drop_user(void)
{
	if (geteuid() != 0)
		return true; /* on an ordinary PC: nothing to drop */
	return rights_drop_bounding(0) && setgroups(0, NULL) == 0 &&
	       setresgid(SANDBOX_UID, SANDBOX_UID, SANDBOX_UID) == 0 &&
	       setresuid(SANDBOX_UID, SANDBOX_UID, SANDBOX_UID) == 0;
}

bool sandbox_enter(enum sandbox_kind kind, int input, int output, struct error *e)
{
	if (!keep_two(input, output))
		return error_errno(e, _("cannot leave files outside of the sandbox"));
	if (!drop_user() || !rights_set(0))
		return error_errno(e, _("cannot give up rights"));
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
		return error_errno(e, _("cannot give up rights"));
	if (!set_limits(kinds[kind].cpu_seconds))
		return error_errno(e, _("cannot set limits"));
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &kinds[kind].filter, 0, 0) != 0)
		return error_errno(e, _("this kernel has no seccomp filter"));
	return true;
}
