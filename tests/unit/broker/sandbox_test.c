/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cell: what a parser that was taken over could try, and must die of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "broker/job.h"
#include "broker/probe.h"
#include "broker/sandbox.h"

struct attempt {
	const char *name;
	void (*run)(void);
	bool survives, survives_with_heap;
};

/* Raw calls: no library between us and the filter. */
static void do_nothing(void)
{
}
static void do_read(void)
{
	char c;
	if (syscall(SYS_pread64, SANDBOX_INPUT, &c, 1, 0) != 1)
		syscall(SYS_exit_group, 9);
}
static void do_open(void)
{
	syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY);
}
static void do_open_old(void)
{
	syscall(SYS_open, "/etc/passwd", O_RDONLY);
}
static void do_socket(void)
{
	syscall(SYS_socket, 1, 1, 0);
}
static void do_connect(void)
{
	syscall(SYS_connect, SANDBOX_INPUT, NULL, 0);
}
static void do_exec(void)
{
	syscall(SYS_execve, "/bin/true", NULL, NULL);
}
static void do_fork(void)
{
	syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}
static void do_ioctl(void)
{
	syscall(SYS_ioctl, SANDBOX_INPUT, 0x125d, NULL);
}
static void do_kill(void)
{
	syscall(SYS_kill, 1, 0);
}
static void do_ptrace(void)
{
	syscall(SYS_ptrace, 16, 1, 0, 0);
}
static void do_map(void)
{
	syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}
static void do_map_disk(void)
{
	syscall(SYS_mmap, NULL, 4096, PROT_READ, MAP_PRIVATE, SANDBOX_INPUT, 0);
}
static void do_protect(void)
{
	syscall(SYS_mprotect, (uintptr_t)do_map & ~(uintptr_t)4095, 4096, PROT_READ | PROT_EXEC);
}
static void do_memory(void)
{
	long at = syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);
	if (at < 0 && at > -4096)
		syscall(SYS_exit_group, 9);
	syscall(SYS_munmap, at, 4096);
}
static void do_brk(void)
{
	syscall(SYS_brk, 0);
}
static void do_write_disk(void)
{
	syscall(SYS_pwrite64, SANDBOX_INPUT, "x", 1, 0);
}
static void do_write_input(void)
{
	syscall(SYS_write, SANDBOX_INPUT, "x", 1);
}
static void do_write_stderr(void)
{
	syscall(SYS_write, 2, "x", 1);
}
static void do_read_pipe(void)
{
	char c;
	syscall(SYS_pread64, SANDBOX_OUTPUT, &c, 1, 0);
}
static void do_setuid(void)
{
	syscall(SYS_setuid, 0);
}
static void do_dup(void)
{
	syscall(SYS_dup, SANDBOX_INPUT);
}
static void do_clock(void)
{
	syscall(SYS_clock_gettime, 0, NULL);
}
static void do_x32(void)
{
	syscall(0x40000000 | SYS_getpid);
}

static const struct attempt attempts[] = {
	{ "nothing", do_nothing, true, true },
	{ "pread of the disk", do_read, true, true },
	{ "openat", do_open, false, false },
	{ "open", do_open_old, false, false },
	{ "socket", do_socket, false, false },
	{ "connect", do_connect, false, false },
	{ "execve", do_exec, false, false },
	{ "fork", do_fork, false, false },
	{ "ioctl", do_ioctl, false, false },
	{ "kill", do_kill, false, false },
	{ "ptrace", do_ptrace, false, false },
	{ "mmap to execute", do_map, false, false },
	{ "mmap of the disk", do_map_disk, false, false },
	{ "mprotect to execute", do_protect, false, false },
	{ "mmap of memory", do_memory, false, true },
	{ "brk", do_brk, false, true },
	{ "pwrite", do_write_disk, false, false },
	{ "write to the disk", do_write_input, false, false },
	{ "write to stderr", do_write_stderr, false, false },
	{ "pread of the pipe", do_read_pipe, false, false },
	{ "setuid", do_setuid, false, false },
	{ "dup", do_dup, false, false },
	{ "clock_gettime", do_clock, false, false },
	{ "a call of the x32 ABI", do_x32, false, false },
};

struct ctx {
	enum sandbox_kind kind;
	const struct attempt *a;
	int disk;
};

static int run(int output, const void *ctx)
{
	const struct ctx *c = ctx;
	struct error e = { 0 };

	if (!sandbox_enter(c->kind, c->disk, output, &e))
		return 8;
	c->a->run();
	return 0;
}

static struct job ended(int (*child)(int, const void *), const void *ctx, int64_t limit_ms)
{
	struct jobs jobs = { 0 };
	struct job done;
	struct error e = { 0 };

	assert_non_null(jobs_start(&jobs, JOB_PROBE, limit_ms, child, ctx, &e));
	while (jobs_look(&jobs), !jobs_next_finished(&jobs, &done)) {
		jobs_read(&jobs, jobs.list[0].output);
		poll(NULL, 0, 5);
	}
	jobs_release(&jobs);
	return done;
}

static void cell_holds(void **state)
{
	int disk = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	(void)state;
	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]) * 2; i++) {
		const struct attempt *a = &attempts[i / 2];
		const struct ctx c = { i % 2 ? SANDBOX_HEAP : SANDBOX_BARE, a, disk };
		bool survives = i % 2 ? a->survives_with_heap : a->survives;
		struct job done = ended(run, &c, 5000);

		if (done.end != (survives ? JOB_DONE : JOB_CRASHED))
			fail_msg("%s, kind %d: end %d", a->name, (int)c.kind, (int)done.end);
		job_release(&done);
	}
	close(disk);
}

/* What the kernel says of the child from outside, while it waits in the cell. */
static int wait_in_cell(int output, const void *ctx)
{
	struct error e = { 0 };

	if (!sandbox_enter(SANDBOX_BARE, *(const int *)ctx, output, &e))
		return 8;
	for (;;) {
		char c;
		(void)!syscall(SYS_pread64, SANDBOX_INPUT, &c, 1, 0);
	}
}

static void has_line(const char *status, const char *line)
{
	if (!strstr(status, line))
		fail_msg("not '%s' in:\n%s", line, status);
}

static void nothing_is_left(void **state)
{
	int disk = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct jobs jobs = { 0 };
	struct error e = { 0 };
	char path[64], text[4096];
	ssize_t n = 0;

	(void)state;
	assert_non_null(jobs_start(&jobs, JOB_PROBE, 20000, wait_in_cell, &disk, &e));
	snprintf(path, sizeof(path), "/proc/%d/status", (int)jobs.list[0].pid);
	for (int i = 0; i < 200; i++) { /* until the filter stands */
		int fd = open(path, O_RDONLY);

		n = read(fd, text, sizeof(text) - 1);
		close(fd);
		text[n > 0 ? n : 0] = '\0';
		if (strstr(text, "Seccomp:\t2"))
			break;
		poll(NULL, 0, 10);
	}
	has_line(text, "Seccomp:\t2");
	has_line(text, "NoNewPrivs:\t1");
	has_line(text, "CapPrm:\t0000000000000000");
	has_line(text, "CapEff:\t0000000000000000");
	has_line(text, "CapInh:\t0000000000000000");
	if (geteuid() == 0) {
		has_line(text, "Uid:\t65534\t65534\t65534\t65534");
		has_line(text, "Gid:\t65534\t65534\t65534\t65534");
		has_line(text, "Groups:\t \n");
		has_line(text, "CapBnd:\t0000000000000000");
	}
	jobs_release(&jobs);
	close(disk);
}

static int say_nonsense(int output, const void *ctx)
{
	return write(output, ctx, strlen(ctx) + 1) > 0 ? 0 : 1;
}

static int flood(int output, const void *ctx)
{
	char packet[4096] = { 0 };

	(void)ctx;
	while (write(output, packet, sizeof(packet)) > 0)
		;
	return 0;
}

static int hang(int output, const void *ctx)
{
	(void)output, (void)ctx;
	poll(NULL, 0, 60000);
	return 0;
}

static int table_then_crash(int output, const void *ctx)
{
	static const char table[] = "type=table\0table=gpt\0readable=1\0flags=0\0id=";

	(void)ctx;
	(void)!write(output, table, sizeof(table));
	raise(SIGKILL); /* cmocka would catch the others */
	return 0;
}

/* Whatever the child does, the broker has a whole answer with the reason. */
static void bad_children(void **state)
{
	static const struct {
		const char *name;
		int (*run)(int, const void *);
		const char *ctx;
		int64_t limit_ms;
		unsigned want;
	} tests[] = {
		{ "nonsense", say_nonsense, "hello", 5000, NOTE_CRASHED },
		{ "unknown type", say_nonsense, "type=surprise", 5000, NOTE_CRASHED },
		{ "no table", say_nonsense, "type=end", 5000, NOTE_CRASHED },
		{ "crash after the table", table_then_crash, "", 5000, NOTE_CRASHED },
		{ "flood", flood, "", 20000, NOTE_CRASHED },
		{ "time-out", hang, "", 50, NOTE_TIMED_OUT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		struct job done = ended(tests[i].run, tests[i].ctx, tests[i].limit_ms);
		struct disk_content c = { 0 };

		probe_take(&done, &c);
		if (c.notes != tests[i].want)
			fail_msg("%s: notes %x", tests[i].name, c.notes);
		assert_string_equal(c.table, "damaged");
		assert_int_equal(c.partitions, 0);
		disk_content_clear(&c);
		job_release(&done);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cell_holds),
		cmocka_unit_test(nothing_is_left),
		cmocka_unit_test(bad_children),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
