/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cell in which bytes from others are parsed. */
#include "lib/base/cell.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/base/rights.h"
#include "lib/base/seccomp_inside.h"

/* AddressSanitizer has terabytes mapped before we begin. */
#ifdef __SANITIZE_ADDRESS__
#define MEMORY_UNLIMITED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MEMORY_UNLIMITED 1
#endif
#endif
#ifndef MEMORY_UNLIMITED
#define MEMORY_UNLIMITED 0
#endif

/*
 * The filters. A descriptor is compared as a number; its upper half is ignored by the calls, so the
 * lower half (little-endian: the first) decides. `end` is the first descriptor behind the inputs.
 */
#define HEAD LOAD(arch), IS(ARCHITECTURE, 1, 0), KILL, LOAD(nr), PASS(exit_group), PASS(exit)
#define READ_INPUTS(end)                                                                           \
	IS(SYS_pread64, 0, 5), LOAD(args[0]), FROM(end, 2, 0), FROM(CELL_INPUT(0), 0, 1), ALLOW,   \
		KILL

static bool filter(const struct sock_filter *rules, size_t count)
{
	const struct sock_fprog program = { (unsigned short)count, (struct sock_filter *)rules };

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

static bool filter_bare(unsigned end)
{
	const struct sock_filter rules[] = {
		HEAD,
		READ_INPUTS(end),
		IS(SYS_write, 0, 4),
		LOAD(args[0]),
		IS(CELL_OUTPUT, 0, 1),
		ALLOW,
		KILL,
		KILL,
	};

	return filter(rules, sizeof(rules) / sizeof(rules[0]));
}

/* The same with memory that belongs to no file and cannot be executed. */
static bool filter_heap(unsigned end, bool large)
{
	const uint32_t on_stderr = large ? SECCOMP_RET_ERRNO | EBADF : SECCOMP_RET_KILL_PROCESS;
	const uint32_t on_clock = large ? SECCOMP_RET_ALLOW : SECCOMP_RET_KILL_PROCESS;
	const struct sock_filter rules[] = {
		HEAD,
		READ_INPUTS(end),
		IS(SYS_write, 0, 6),
		LOAD(args[0]),
		IS(CELL_OUTPUT, 0, 1),
		ALLOW,
		IS(STDERR_FILENO, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, on_stderr),
		KILL,
		IS(SYS_writev, 0, 4), /* musl's stderr */
		LOAD(args[0]),
		IS(STDERR_FILENO, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, on_stderr),
		KILL,
		PASS(brk),
		PASS(munmap),
		PASS(mremap),
		PASS(madvise),
		IS(SYS_clock_gettime, 0, 1), /* on PCs whose clock the vDSO cannot read */
		BPF_STMT(BPF_RET | BPF_K, on_clock),
		IS(SYS_mprotect, 0, 4),
		LOAD(args[2]),
		ANY(PROT_EXEC, 1, 0),
		ALLOW,
		KILL,
		IS(SYS_mmap, 0, 6),
		LOAD(args[2]),
		ANY(PROT_EXEC, 3, 0),
		LOAD(args[3]),
		ANY(MAP_ANONYMOUS, 0, 1),
		ALLOW,
		KILL,
		KILL,
	};

	return filter(rules, sizeof(rules) / sizeof(rules[0]));
}

/* Name spaces. */

#define SPACES (CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWNS)

pid_t cell_fork(void)
{
	/* Root stays in its name space of users, so that it can become nobody there. */
	unsigned long spaces = SPACES | (geteuid() ? CLONE_NEWUSER : 0);
	long pid = syscall(SYS_clone, spaces | SIGCHLD, NULL, NULL, NULL, NULL);

	return pid < 0 ? fork() : (pid_t)pid;
}

/* Landlock: no path may be used any more, no port bound or connected to, no signal sent and no abstract
 * socket reached outside. The names are newer than the headers that some build with; what a version
 * of the interface knows is in the kernel's own document (userspace-api/landlock). */
#define LANDLOCK_CREATE 444
#define LANDLOCK_RESTRICT 446
#define LANDLOCK_ASK_VERSION 1u

static void landlock(void)
{
	static const uint64_t files[] = { 0, 0x1fff, 0x3fff, 0x7fff, 0x7fff, 0xffff };
	struct {
		uint64_t files, ports, scopes;
	} attributes = { 0 };
	long version = syscall(LANDLOCK_CREATE, NULL, 0, LANDLOCK_ASK_VERSION);

	if (version < 1)
		return; /* none in this kernel: the filter forbids all of it, too */
	attributes.files = files[version < 5 ? version : 5];
	attributes.ports = version >= 4 ? 3 : 0;
	attributes.scopes = version >= 6 ? 3 : 0;
	size_t size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
	int rules = (int)syscall(LANDLOCK_CREATE, &attributes, size, 0);
	if (rules >= 0) {
		(void)!syscall(LANDLOCK_RESTRICT, rules, 0);
		close(rules);
	}
}

/* Give up the rest. */

static bool keep_descriptors(const struct cell *c)
{
	int moved[CELL_INPUTS_MAX], out;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	/* Out of the way first: each may be where another must go. */
	out = fcntl(c->output, F_DUPFD_CLOEXEC, CELL_INPUT(c->input_count));
	if (out < 0)
		return false;
	for (size_t i = 0; i < c->input_count; i++) {
		moved[i] = fcntl(c->inputs[i], F_DUPFD_CLOEXEC, CELL_INPUT(c->input_count));
		if (moved[i] < 0)
			return false;
	}
	for (int fd = 0; fd < 3; fd++) {
		if (null < 0)
			close(fd);
		else if (dup2(null, fd) < 0)
			return false;
	}
	if (dup2(out, CELL_OUTPUT) < 0)
		return false;
	for (size_t i = 0; i < c->input_count; i++)
		if (dup2(moved[i], CELL_INPUT(i)) < 0)
			return false;
	return syscall(SYS_close_range, (unsigned)CELL_INPUT(c->input_count), ~0u, 0u) == 0;
}

static bool set_limits(const struct cell *c)
{
	const struct rlimit none = { 0, 0 }, cpu = { c->cpu_seconds, c->cpu_seconds };
	const rlim_t bytes = MEMORY_UNLIMITED ? RLIM_INFINITY : c->memory_bytes;
	const struct rlimit memory = { bytes, bytes };

	return setrlimit(RLIMIT_CPU, &cpu) == 0 && setrlimit(RLIMIT_AS, &memory) == 0 &&
	       setrlimit(RLIMIT_CORE, &none) == 0 && setrlimit(RLIMIT_FSIZE, &none) == 0 &&
	       setrlimit(RLIMIT_NPROC, &none) == 0 && setrlimit(RLIMIT_NOFILE, &none) == 0;
}

static bool drop_user(void)
{
	if (geteuid() != 0)
		return true; /* nothing to drop */
	return rights_drop_bounding(0) && setgroups(0, NULL) == 0 &&
	       setresgid(CELL_UID, CELL_UID, CELL_UID) == 0 &&
	       setresuid(CELL_UID, CELL_UID, CELL_UID) == 0;
}

bool cell_enter(const struct cell *c, struct error *e)
{
	assert(c->input_count <= CELL_INPUTS_MAX);
	if (!keep_descriptors(c))
		return error_errno(e,
				   _("cannot close the files that do not belong into the sandbox"));
	if (!drop_user() || !rights_set(0))
		return error_errno(e, _("cannot give up rights"));
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
		return error_errno(e, _("cannot give up rights"));
	landlock();
	if (!set_limits(c))
		return error_errno(e, _("cannot set limits"));

	unsigned end = (unsigned)CELL_INPUT(c->input_count);
	if (!(c->heap ? filter_heap(end, c->large) : filter_bare(end)))
		return error_errno(e, _("this kernel has no seccomp filter"));
	return true;
}
