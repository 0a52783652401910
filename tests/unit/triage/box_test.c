/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The box: what becomes of a reader, however it ends and whatever it writes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "box_job.h"

/* What it may: its input, memory, problems, frames of any size. */
static bool works(struct box *b, const void *ctx, struct error *e)
{
	char bytes[4096], want[4096];

	(void)ctx;
	if (pread(CELL_INPUT(0), want, sizeof(want), 1) != (ssize_t)sizeof(want) ||
	    !box_read(b, 0, 1, bytes, sizeof(bytes), e) || memcmp(bytes, want, sizeof(want)) != 0)
		return false;
	box_problem(b, 77, "the \x1b[2Jchecksum is wrong");
	char *memory = malloc(8u << 20);
	memset(memory, 'x', 8u << 20);
	memory[(8u << 20) - 1] = '\n';
	bool written = box_write(b, memory, 8u << 20, e);
	free(memory);
	if (!written)
		return false;
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(may_work),
		cmocka_unit_test(may_refuse),
		cmocka_unit_test(broken_ends),
		cmocka_unit_test(nonsense_is_refused),
		cmocka_unit_test(problems_are_bounded),
		cmocka_unit_test(ends_with_its_reader),
		cmocka_unit_test(bytes_where_wanted),
	};

	input = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("box", tests, NULL, NULL);
}
