/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A process with threads that can reach nothing but what it has open. */
#include "lib/base/confine.h"

#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/base/seccomp_inside.h"

/* Arguments are judged by their lower half (little-endian: the first), which is all that the kernel
 * uses of flags. */
static const struct sock_filter rules[] = {
	LOAD(arch),
	IS(ARCHITECTURE, 1, 0),
	KILL,
	LOAD(nr),
	/* Descriptors that it has. */
	PASS(read),
	PASS(write),
	PASS(pread64),
	PASS(pwrite64),
	PASS(writev),
	PASS(lseek),
	PASS(fstat),
	PASS(close),
	PASS(ftruncate),
	PASS(fallocate),
	PASS(fadvise64),
	PASS(fsync),
	PASS(fdatasync),
	/* Memory and threads. */
	PASS(brk),
	PASS(munmap),
	PASS(mremap),
	PASS(madvise),
	PASS(futex),
	PASS(set_robust_list),
	PASS(rseq),
	PASS(gettid),
	PASS(getpid),
	PASS(sched_yield),
	PASS(sched_getaffinity),
	PASS(rt_sigprocmask),
	PASS(rt_sigaction),
	PASS(rt_sigreturn),
	PASS(sigaltstack),
	/* Time and chance. */
	PASS(clock_gettime),
	PASS(clock_nanosleep),
	PASS(nanosleep),
	PASS(getrandom),
	PASS(restart_syscall),
	PASS(exit),
	PASS(exit_group),
	/* Threads, never processes. What clone3() is asked for cannot be seen from here: without
	 * it, C libraries take clone(). */
	IS(SYS_clone3, 0, 1),
	REFUSE(ENOSYS),
	IS(SYS_clone, 0, 4),
	LOAD(args[0]),
	ANY(CLONE_THREAD, 0, 1),
	ALLOW,
	REFUSE(EPERM),
	/* Nothing to be executed, no file mapped. */
	IS(SYS_mprotect, 0, 4),
	LOAD(args[2]),
	ANY(PROT_EXEC, 1, 0),
	ALLOW,
	REFUSE(EPERM),
	IS(SYS_mmap, 0, 6),
	LOAD(args[2]),
	ANY(PROT_EXEC, 3, 0),
	LOAD(args[3]),
	ANY(MAP_ANONYMOUS, 0, 1),
	ALLOW,
	REFUSE(EPERM),
	/* Is it a terminal, and how wide? */
	IS(SYS_ioctl, 0, 6),
	LOAD(args[1]),
	IS(TCGETS, 0, 1),
	ALLOW,
	IS(TIOCGWINSZ, 0, 1),
	ALLOW,
	REFUSE(EPERM),
	/* Limits are asked for, not set. */
	IS(SYS_prlimit64, 0, 5),
	LOAD(args[2]),
	IS(0, 0, 3),
	LOAD_HIGH(args[2]),
	IS(0, 0, 1),
	ALLOW,
	REFUSE(EPERM),
};

static bool drop_capabilities(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	const struct __user_cap_data_struct none[2] = { { 0 } };

	return syscall(SYS_capset, &head, none) == 0;
}

bool confine_enter(struct error *e)
{
	const struct sock_fprog filter = { sizeof(rules) / sizeof(rules[0]),
					   (struct sock_filter *)rules };
	const struct rlimit none = { 0, 0 };

	if (!drop_capabilities() || setrlimit(RLIMIT_CORE, &none) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return error_errno(e, _("cannot give up rights"));
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) != 0)
		return error_errno(e, _("this kernel has no seccomp filter"));
	return true;
}
