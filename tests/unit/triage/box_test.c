/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The box: what a reader that was taken over could try, and what becomes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/cell.h"
#include "lib/base/text.h"
#include "triage/box_frame.h"

struct seen {
	struct text lines, words;
	size_t problems, blocks, stop_at; /* the block that is not taken, from 1 */
	uint64_t offset;                  /* of the last problem */
};

static bool take_lines(void *to, const char *s, size_t len, struct error *e)
{
	struct seen *seen = to;

	if (++seen->blocks == seen->stop_at)
		return error_set(e, ERROR_FAILED, "the disk is full");
	text_add_n(&seen->lines, s, len);
	return true;
}

static void take_problem(void *to, uint64_t offset, const char *words)
{
	struct seen *seen = to;

	seen->problems++;
	seen->offset = offset;
	text_clear(&seen->words);
	text_add(&seen->words, words);
}

typedef bool run_function(struct box *b, const void *ctx, struct error *e);

static int input = -1; /* this program: there are more than 4096 bytes of it */

static struct box_job job_of(run_function *run, struct seen *seen, const void *ctx)
{
	return (struct box_job){ .inputs = &input,
				 .input_count = 1,
				 .what = "test",
				 .limits = { (uint64_t)256 << 20, 20, 10 },
				 .run = run,
				 .ctx = ctx,
				 .lines = take_lines,
				 .problem = take_problem,
				 .to = seen };
}

static void forget(struct seen *seen)
{
	text_release(&seen->lines);
	text_release(&seen->words);
	*seen = (struct seen){ 0 };
}

/* Raw calls: no library between us and the filter. */
static void do_nothing(void)
{
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

static const struct {
	const char *name;
	void (*run)(void);
	bool survives;
} attempts[] = {
	{ "nothing", do_nothing, true },
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
			assert_string_equal(seen.words.s,
					    "the reader of 'test' asked for what it must not and "
					    "was ended");
		}
		forget(&seen);
	}
}

/* What it may: its input, memory, problems, frames of any size. */
static bool works(struct box *b, const void *ctx, struct error *e)
{
	char bytes[4096], want[4096], *memory = malloc(8u << 20);

	(void)ctx;
	if (pread(CELL_INPUT(0), want, sizeof(want), 1) != (ssize_t)sizeof(want) ||
	    !box_read(b, 0, 1, bytes, sizeof(bytes), e) || memcmp(bytes, want, sizeof(want)) != 0)
		return false;
	box_problem(b, 77, "the \x1b[2Jchecksum is wrong");
	memset(memory, 'x', 8u << 20);
	memory[(8u << 20) - 1] = '\n';
	if (!box_write(b, memory, 8u << 20, e))
		return false;
	free(memory);
	/* Behind its end nothing is read. */
	struct error beyond = { 0 };
	return !box_read(b, 0, box_input_bytes(b, 0) - 1, bytes, 2, &beyond) &&
	       beyond.kind == ERROR_UNTRUSTED;
}

static void may_work(void **state)
{
	struct seen seen = { 0 };
	struct error e = { 0 };
	const struct box_job job = job_of(works, &seen, NULL);

	(void)state;
	assert_int_equal(box_run(&job, &e), BOX_DONE);
	assert_int_equal(seen.lines.len, 8u << 20);
	assert_int_equal(seen.problems, 1);
	assert_int_equal(seen.offset, 77);
	assert_string_equal(seen.words.s, "the \xef\xbf\xbd[2Jchecksum is wrong");
	forget(&seen);
}

static bool refuses(struct box *b, const void *ctx, struct error *e)
{
	(void)ctx;
	return box_write(b, "one\n", 4, e) && error_set(e, ERROR_UNTRUSTED, "no \xff evtx\n");
}

static void may_refuse(void **state)
{
	struct seen seen = { 0 };
	struct error e = { 0 };
	const struct box_job job = job_of(refuses, &seen, NULL);

	(void)state;
	assert_int_equal(box_run(&job, &e), BOX_REFUSED);
	assert_int_equal(e.kind, ERROR_UNTRUSTED);
	assert_string_equal(e.text, "no \xef\xbf\xbd evtx\xef\xbf\xbd");
	assert_string_equal(seen.lines.s, "one\n");
	assert_int_equal(seen.problems, 0);
	forget(&seen);
}

/* Ends that are none. Each wrote a line before. */
static bool crashes(struct box *b, const void *ctx, struct error *e)
{
	(void)ctx, (void)e;
	box_alive(b, 1234);
	syscall(SYS_munmap, (uintptr_t)crashes & ~(uintptr_t)4095, 4096);
	return true;
}
static bool leaves(struct box *b, const void *ctx, struct error *e)
{
	(void)b, (void)e;
	syscall(SYS_exit_group, *(const int *)ctx);
	return true;
}
static bool spins(struct box *b, const void *ctx, struct error *e)
{
	(void)ctx, (void)e;
	for (uint64_t n = 0; n < UINT64_MAX; n++)
		box_alive(b, n);
	return true;
}
static bool hangs(struct box *b, const void *ctx, struct error *e)
{
	static volatile int forever = 1;
	(void)b, (void)ctx, (void)e;
	while (forever)
		;
	return true;
}
static bool complains(struct box *b, const void *ctx, struct error *e)
{
	(void)b, (void)ctx, (void)e;
	fputs("out of memory\n", stderr); /* as lib/base/memory.h does */
	syscall(SYS_exit_group, 1);
	return true;
}

static bool line_then(struct box *b, const void *ctx, struct error *e)
{
	const struct box_job *inner = ctx;

	return box_write(b, "one\n", 4, e) && inner->run(b, inner->ctx, e);
}

static void broken_ends(void **state)
{
	static const int zero = 0, one = 1, three = 3;
	static const struct {
		const char *name;
		run_function *run;
		const int *ctx;
		const char *words;
	} tests[] = {
		{ "crash", crashes, NULL, "the reader of 'test' crashed (signal 11)" },
		{ "exit 0", leaves, &zero, "the reader of 'test' ended before it was done" },
		{ "exit 3", leaves, &three, "the reader of 'test' ended before it was done" },
		{ "exit 1", leaves, &one, "the reader of 'test' needed more memory than 256 MiB" },
		{ "memory", complains, NULL,
		  "the reader of 'test' needed more memory than 256 MiB" },
		{ "processor", spins, NULL, "the reader of 'test' worked for longer than 1 s" },
		{ "hangs", hangs, NULL, "the reader of 'test' made no step for 0 s and was ended" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++) {
		struct seen seen = { 0 };
		struct error e = { 0 };
		const struct box_job inner = { .run = tests[i].run, .ctx = tests[i].ctx };
		struct box_job job = job_of(line_then, &seen, &inner);

		job.limits.cpu_seconds = tests[i].run == spins ? 1 : 20;
		job.limits.seconds = tests[i].run == hangs ? 0 : 10;
		enum box_result result = box_run(&job, &e);
		if (result != BOX_BROKE || seen.problems != 1 ||
		    strcmp(text_end(&seen.words), tests[i].words) != 0)
			fail_msg("%s: %d, %zu problems: %s", tests[i].name, (int)result,
				 seen.problems, text_end(&seen.words));
		assert_string_equal(seen.lines.s, "one\n"); /* what came before stays */
		if (tests[i].run == crashes)
			assert_int_equal(seen.offset, 1234);
		forget(&seen);
	}
}

/* Frames that are none, written past box_write(). */
struct raw {
	const char *name;
	const char *bytes;
	size_t len;
};
#define RAW(name, s)                                                                               \
	{                                                                                          \
		name, s, sizeof(s) - 1                                                             \
	}
#define HEAD(type, len) type "\0\0\0" len "\0\0\0\0\0\0\0\0\0\0\0"

static bool writes_raw(struct box *b, const void *ctx, struct error *e)
{
	const struct raw *raw = ctx;

	if (!box_write(b, "{}\n", 3, e))
		return false;
	return write(CELL_OUTPUT, raw->bytes, raw->len) == (ssize_t)raw->len;
}

static void nonsense_is_refused(void **state)
{
	static const struct raw tests[] = {
		RAW("unknown type", HEAD("X", "\0")),
		RAW("no lines", HEAD("L", "\0")),
		RAW("half a line", HEAD("L", "\x02") "{}"),
		RAW("a control", HEAD("L", "\x04") "{\x1b}\n"),
		RAW("no JSON", HEAD("L", "\x04") "abc\n"),
		RAW("bytes", HEAD("B", "\x03") "{}\n"),
		RAW("longer than may be", "L\0\0\0\xff\xff\xff\xff\0\0\0\0\0\0\0\0"),
		RAW("reserved", "L\0\1\0\3\0\0\0\0\0\0\0\0\0\0\0{}\n"),
		RAW("a problem without words", HEAD("P", "\0")),
		RAW("a problem of two lines", HEAD("P", "\x03") "a\nb"),
		RAW("a problem with an escape", HEAD("P", "\x03") "a\x1b["),
		RAW("a problem with a zero", HEAD("P", "\x03") "a\0b"),
		RAW("a refusal with an escape", HEAD("R", "\x02") "\x1b["),
		RAW("an end with bytes", HEAD("E", "\x01") "x"),
		RAW("something behind the end", HEAD("E", "\0") "x"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++) {
		struct seen seen = { 0 };
		struct error e = { 0 };
		struct box_job job = job_of(writes_raw, &seen, &tests[i]);

		job.json = true;
		enum box_result result = box_run(&job, &e);
		if (result != BOX_BROKE || seen.problems != 1 ||
		    strcmp(text_end(&seen.words),
			   "the reader of 'test' wrote what it must not and was ended") != 0)
			fail_msg("%s: %d, %s", tests[i].name, (int)result, text_end(&seen.words));
		assert_string_equal(seen.lines.s, "{}\n");
		assert_int_equal(e.kind, ERROR_NONE);
		forget(&seen);
	}
}

static bool floods(struct box *b, const void *ctx, struct error *e)
{
	(void)ctx, (void)e;
	for (uint64_t n = 0; n < BOX_PROBLEMS_MAX + 1000; n++)
		box_problem(b, n, "again");
	return true;
}

static void problems_are_bounded(void **state)
{
	struct seen seen = { 0 };
	struct error e = { 0 };
	const struct box_job job = job_of(floods, &seen, NULL);

	(void)state;
	assert_int_equal(box_run(&job, &e), BOX_DONE);
	assert_int_equal(seen.problems, BOX_PROBLEMS_MAX + 1);
	assert_string_equal(seen.words.s, "there are more problems than are listed");
	forget(&seen);
}

static bool writes_on(struct box *b, const void *ctx, struct error *e)
{
	(void)ctx;
	while (box_write(b, "one\n", 4, e))
		;
	return false;
}

static void ends_with_its_reader(void **state)
{
	struct seen seen = { .stop_at = 3 };
	struct error e = { 0 };
	const struct box_job job = job_of(writes_on, &seen, NULL);

	(void)state;
	assert_int_equal(box_run(&job, &e), BOX_FAILED);
	assert_string_equal(e.text, "the disk is full");
	assert_string_equal(seen.lines.s, "one\none\n");
	assert_int_equal(seen.problems, 0);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
	forget(&seen);
}

static bool gives_bytes(struct box *b, const void *ctx, struct error *e)
{
	(void)ctx;
	return box_write(b, "\0\x1b\xff", 3, e);
}

static void bytes_where_wanted(void **state)
{
	struct seen seen = { 0 };
	struct error e = { 0 };
	struct box_job job = job_of(gives_bytes, &seen, NULL);

	(void)state;
	job.bytes = true;
	assert_int_equal(box_run(&job, &e), BOX_DONE);
	assert_int_equal(seen.lines.len, 3);
	assert_memory_equal(seen.lines.s, "\0\x1b\xff", 3);
	forget(&seen);
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
		cmocka_unit_test(nothing_escapes),      cmocka_unit_test(may_work),
		cmocka_unit_test(may_refuse),           cmocka_unit_test(broken_ends),
		cmocka_unit_test(nonsense_is_refused),  cmocka_unit_test(problems_are_bounded),
		cmocka_unit_test(ends_with_its_reader), cmocka_unit_test(bytes_where_wanted),
		cmocka_unit_test(nothing_is_left),
	};

	input = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("box", tests, NULL, NULL);
}
