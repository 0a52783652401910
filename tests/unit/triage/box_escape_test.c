/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The box: what a reader that was taken over could try, and must die of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "box_job.h"

/* Raw calls: no library between us and the filter. */
static void do_nothing(void)
{
}
static void do_clock(void)
{
	syscall(SYS_clock_gettime, 0, NULL);
}
static void do_write_stderr(void) /* fails */
{
	if (syscall(SYS_write, 2, "x", 1) != -1)
		syscall(SYS_exit_group, 9);
}
static void do_open(void)
{
	syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY);
}
static void do_open_old(void)
{
#ifdef SYS_open
	syscall(SYS_open, "/etc/passwd", O_RDONLY);
#else
	syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", NULL, 0);
#endif
}
static void do_create(void)
{
	syscall(SYS_openat, AT_FDCWD, "new", O_WRONLY | O_CREAT, 0600);
}
static void do_socket(void)
{
	syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
}
static void do_connect(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	syscall(SYS_connect, CELL_INPUT(0), &a, sizeof(a));
}
static void do_exec(void)
{
	syscall(SYS_execve, "/bin/true", NULL, NULL);
}
static void do_fork(void)
{
	syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}
static void do_thread(void)
{
	syscall(SYS_clone3, NULL, 0);
}
static void do_ptrace(void)
{
	syscall(SYS_ptrace, 16, getppid(), 0, 0);
}
static void do_read_parent(void)
{
	syscall(SYS_process_vm_readv, 1, NULL, 0, NULL, 0, 0);
}
static void do_kill_parent(void)
{
	syscall(SYS_kill, syscall(SYS_getppid), SIGTERM);
}
static void do_kill_all(void)
{
	syscall(SYS_kill, -1, SIGTERM);
}
static void do_write_input(void)
{
	syscall(SYS_write, CELL_INPUT(0), "x", 1);
}
static void do_pwrite_input(void)
{
	syscall(SYS_pwrite64, CELL_INPUT(0), "x", 1, 0);
}
static void do_write_stdout(void)
{
	syscall(SYS_write, 1, "x", 1);
}
static void do_writev_stdout(void)
{
	syscall(SYS_writev, 1, NULL, 0);
}
static void do_writev_output(void)
{
	syscall(SYS_writev, CELL_OUTPUT, NULL, 0);
}
static void do_read_output(void)
{
	char c;
	syscall(SYS_pread64, CELL_OUTPUT, &c, 1, 0);
}
static void do_read_behind(void)
{
	char c;
	syscall(SYS_pread64, CELL_INPUT(1), &c, 1, 0);
}
static void do_ioctl(void)
{
	syscall(SYS_ioctl, CELL_INPUT(0), 0x125d, NULL); /* BLKROSET */
}
static void do_map_exec(void)
{
	syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}
static void do_map_file(void)
{
	syscall(SYS_mmap, NULL, 4096, PROT_READ, MAP_PRIVATE, CELL_INPUT(0), 0);
}
static void do_protect_exec(void)
{
	syscall(SYS_mprotect, (uintptr_t)do_map_exec & ~(uintptr_t)4095, 4096,
		PROT_READ | PROT_EXEC);
}
static void do_raise_limits(void)
{
	syscall(SYS_prlimit64, 0, 7, NULL, NULL);
}
static void do_setuid(void)
{
	syscall(SYS_setuid, 0);
}
static void do_unshare(void)
{
	syscall(SYS_unshare, 0x10000000);
}
static void do_dup(void)
{
	syscall(SYS_dup, CELL_INPUT(0));
}
static void do_mount(void)
{
	syscall(SYS_mount, NULL, NULL, NULL, 0, NULL);
}
static void do_io_uring(void)
{
	syscall(425, 1, NULL); /* io_uring_setup */
}
static void do_prctl(void)
{
	syscall(SYS_prctl, 4, 1, 0, 0, 0); /* PR_SET_DUMPABLE */
}
static void do_sleep(void)
{
	syscall(SYS_nanosleep, NULL, NULL);
}
static void do_x32(void)
{
	syscall(0x40000000 | SYS_getpid);
}

/* By the old door: 231 is exit_group() here and fgetxattr() there. */
static void do_32_bits(void)
{
#ifdef __x86_64__
	long number = 231;
	__asm__ volatile("int $0x80"
			 : "+a"(number)
			 : "b"(CELL_INPUT(0)), "c"(0L), "d"(0L)
			 : "memory");
#else
	syscall(SYS_dup, CELL_INPUT(0));
#endif
}

static const struct {
	const char *name;
	void (*run)(void);
	bool survives;
} attempts[] = {
	{ "nothing", do_nothing, true },
	{ "clock_gettime", do_clock, true },
	{ "write to stderr", do_write_stderr, true },
	{ "openat", do_open, false },
	{ "open", do_open_old, false },
	{ "create", do_create, false },
	{ "socket", do_socket, false },
	{ "connect", do_connect, false },
	{ "execve", do_exec, false },
	{ "fork", do_fork, false },
	{ "clone3", do_thread, false },
	{ "ptrace of the parent", do_ptrace, false },
	{ "process_vm_readv", do_read_parent, false },
	{ "kill of the parent", do_kill_parent, false },
	{ "kill of all", do_kill_all, false },
	{ "write to the input", do_write_input, false },
	{ "pwrite to the input", do_pwrite_input, false },
	{ "write to stdout", do_write_stdout, false },
	{ "writev to stdout", do_writev_stdout, false },
	{ "writev to the pipe", do_writev_output, false },
	{ "pread of the pipe", do_read_output, false },
	{ "pread of what is no input", do_read_behind, false },
	{ "ioctl", do_ioctl, false },
	{ "mmap to execute", do_map_exec, false },
	{ "mmap of a file", do_map_file, false },
	{ "mprotect to execute", do_protect_exec, false },
	{ "limits", do_raise_limits, false },
	{ "setuid", do_setuid, false },
	{ "unshare", do_unshare, false },
	{ "dup", do_dup, false },
	{ "mount", do_mount, false },
	{ "io_uring", do_io_uring, false },
	{ "prctl", do_prctl, false },
	{ "sleep", do_sleep, false },
	{ "a call of the x32 ABI", do_x32, false },
	{ "a call of 32 bits", do_32_bits, false },
};

static bool try_it(struct box *b, const void *ctx, struct error *e)
{
	if (!box_write(b, "before\n", 7, e))
		return false;
	box_alive(b, 4711);
	(*(void (*const *)(void))ctx)();
	return box_write(b, "after\n", 6, e);
}

static void nothing_escapes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(attempts) / sizeof(*attempts); i++) {
		struct seen seen = { 0 };
		struct error e = { 0 };
		const struct box_job job = job_of(try_it, &seen, &attempts[i].run);
		enum box_result result = box_run(&job, &e);
		const char *want = attempts[i].survives ? "before\nafter\n" : "before\n";

		if (result != (attempts[i].survives ? BOX_DONE : BOX_BROKE) ||
		    seen.problems != !attempts[i].survives ||
		    strcmp(text_end(&seen.lines), want) != 0)
			fail_msg("%s: %d, %zu problems, %s", attempts[i].name, (int)result,
				 seen.problems, text_end(&seen.words));
		if (!attempts[i].survives) {
			assert_int_equal(seen.offset, 4711);
			if (attempts[i].run == do_32_bits && strstr(seen.words.s, "signal 11")) {
				forget(&seen); /* a kernel without that door */
				continue;
			}
			assert_string_equal(seen.words.s,
					    "the reader of 'test' asked for what it must not and "
					    "was ended");
		}
		forget(&seen);
	}
}

static bool refuses(struct box *b, const void *ctx, struct error *e)
{
	(void)ctx;
	return box_write(b, "one\n", 4, e) && error_set(e, ERROR_UNTRUSTED, "no evtx");
}

/* What the kernel says of it from outside, while it waits. */
static bool looked_at(void *to, const char *s, size_t len, struct error *e)
{
	char path[64], text[4096] = "";
	FILE *children;
	int pid = 0;

	(void)s, (void)len;
	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	children = fopen(path, "re");
	if (!children || fscanf(children, "%d", &pid) != 1)
		return error_set(e, ERROR_FAILED, "no child");
	fclose(children);
	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text_add_n(&((struct seen *)to)->lines, text, n > 0 ? (size_t)n : 0);
	return true;
}

static void nothing_is_left(void **state)
{
	static const char *const lines[] = {
		"Seccomp:\t2",
		"NoNewPrivs:\t1",
		"CapPrm:\t0000000000000000",
		"CapEff:\t0000000000000000",
		"CapInh:\t0000000000000000",
		"CapAmb:\t0000000000000000",
	};
	struct seen seen = { 0 };
	struct error e = { 0 };
	struct box_job job = job_of(refuses, &seen, NULL);

	(void)state;
	job.lines = looked_at;
	(void)box_run(&job, &e);
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		if (!strstr(text_end(&seen.lines), lines[i]))
			fail_msg("not '%s' in:\n%s", lines[i], seen.lines.s);
	if (geteuid() == 0)
		assert_non_null(strstr(seen.lines.s, "Uid:\t65534\t65534\t65534\t65534"));
	forget(&seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_escapes),
		cmocka_unit_test(nothing_is_left),
	};

	input = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("box_escape", tests, NULL, NULL);
}
