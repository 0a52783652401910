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

/* Frames that are none, written past box_write(): `slot` is what stands in the memory that is shared. */
struct raw {
	const char *name;
	const char *slot;
	const char *bytes;
	size_t slot_len, len, written;
};
#define RAW(name, s)                                                                               \
	{                                                                                          \
		name, "", s, 0, sizeof(s) - 1, sizeof(s) - 1                                       \
	}
#define SLOT(name, slot, s)                                                                        \
	{                                                                                          \
		name, slot, s, sizeof(slot) - 1, sizeof(s) - 1, BOX_PAGE_BYTES                     \
	}
#define HEAD(type, len) type "\0\0\0" len "\0\0\0\0\0\0\0\0\0\0\0"
#define MORE(type, len) type "\0\1\0" len "\0\0\0\0\0\0\0\0\0\0\0"

static bool writes_raw(struct box *b, const void *ctx, struct error *e)
{
	char page[BOX_PAGE_BYTES] = "";
	const struct raw *raw = ctx;
	size_t room;

	if (!box_write(b, "{}\n", 3, e))
		return false;
	memcpy(box_room(b, &room), raw->slot, raw->slot_len);
	memcpy(page, raw->bytes, raw->len);
	return write(CELL_OUTPUT, page, raw->written) == (ssize_t)raw->written;
}

static void nonsense_is_refused(void **state)
{
	static const struct raw tests[] = {
		RAW("unknown type", HEAD("X", "\0") ""),
		SLOT("no lines", "", HEAD("L", "\0")),
		SLOT("half a line", "{}", HEAD("L", "\x02")),
		SLOT("a control", "{\x1b}\n", HEAD("L", "\x04")),
		SLOT("no JSON", "abc\n", HEAD("L", "\x04")),
		SLOT("bytes", "{}\n", HEAD("B", "\x03")),
		RAW("more than a slot", "L\0\0\0\1\0\5\0\0\0\0\0\0\0\0\0"),
		RAW("longer than may be", "L\0\0\0\xff\xff\xff\xff\0\0\0\0\0\0\0\0"),
		SLOT("reserved", "{}\n", "L\0\0\1\3\0\0\0\0\0\0\0\0\0\0\0"),
		SLOT("neither more nor all", "{}\n", "L\0\2\0\3\0\0\0\0\0\0\0\0\0\0\0"),
		RAW("a problem with more", MORE("P", "\x01") "a"),
		RAW("a problem without words", HEAD("P", "\0")),
		RAW("a problem of two lines", HEAD("P", "\x03") "a\nb"),
		RAW("a problem with an escape", HEAD("P", "\x03") "a\x1b["),
		RAW("a problem with a zero", HEAD("P", "\x03") "a\0b"),
		RAW("a problem of many words", HEAD("P", "\0\4")),
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

/* Slots as they lie one after another; before anything was written it is the turn of the first. */
typedef char slot_bytes[BOX_SLOT_BYTES];

static slot_bytes *slots_of(struct box *b)
{
	size_t room;

	return (slot_bytes *)box_room(b, &room);
}

static bool write_page(const char *head, size_t len)
{
	char page[BOX_PAGE_BYTES] = "";

	memcpy(page, head, len);
	return write(CELL_OUTPUT, page, sizeof(page)) == (ssize_t)sizeof(page);
}

/* Frames of many pieces that are none. */
enum pieces { UNENDING, PROBLEM_WITHIN, END_WITHIN, CONTROL_ACROSS };
#define PIECE_BYTES 0x028000u
#define PIECE_LEN "\0\x80\2\0\0\0\0\0\0\0\0\0"

static bool writes_pieces(struct box *b, const void *ctx, struct error *e)
{
	const enum pieces kind = *(const enum pieces *)ctx;
	slot_bytes *slots = slots_of(b);

	(void)e;
	for (size_t i = 0; i < (kind == UNENDING ? 200 : 1); i++) {
		char *slot = slots[i % BOX_SLOTS];

		memset(slot, 'x', PIECE_BYTES);
		slot[PIECE_BYTES - 1] = kind == CONTROL_ACROSS ? '\xe2' : '\n';
		if (!write_page("L\0\1\0" PIECE_LEN, FRAME_HEAD_BYTES))
			return false;
	}
	if (kind == PROBLEM_WITHIN)
		return write(CELL_OUTPUT, HEAD("P", "\1") "a", FRAME_HEAD_BYTES + 1) > 0;
	if (kind == END_WITHIN)
		return true;
	memset(slots[1], 'x', PIECE_BYTES); /* U+202E, of which the first piece has a byte */
	memcpy(slots[1], "\x80\xae", 2);
	slots[1][PIECE_BYTES - 1] = '\n';
	return write_page("L\0\0\0" PIECE_LEN, FRAME_HEAD_BYTES);
}

static void pieces_are_judged_together(void **state)
{
	static const enum pieces kinds[] = { UNENDING, PROBLEM_WITHIN, END_WITHIN, CONTROL_ACROSS };

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct seen seen = { 0 };
		struct error e = { 0 };
		const struct box_job job = job_of(writes_pieces, &seen, &kinds[i]);

		assert_int_equal(box_run(&job, &e), BOX_BROKE);
		assert_string_equal(text_end(&seen.words),
				    "the reader of 'test' wrote what it must not and was ended");
		assert_int_equal(seen.lines.len, 0);
		forget(&seen);
	}
}

/* A box that changes its lines while they are judged. */
#define CHANGED_BYTES 0x040000u /* 256 KiB */

static bool changes_lines(struct box *b, const void *ctx, struct error *e)
{
	slot_bytes *slots = slots_of(b);

	(void)ctx, (void)e;
	for (unsigned i = 0; i < 20; i++) {
		volatile char *middle = slots[i % BOX_SLOTS] + CHANGED_BYTES / 2;

		memset(slots[i % BOX_SLOTS], 'x', CHANGED_BYTES);
		slots[i % BOX_SLOTS][CHANGED_BYTES - 1] = '\n';
		if (!write_page("L\0\0\0\0\0\4\0\0\0\0\0\0\0\0\0", FRAME_HEAD_BYTES))
			return false;
		for (unsigned k = 0; k < 50000; k++) /* now harmless, now not */
			*middle = k % 128 < 64 ? '\x1b' : 'x';
	}
	return true;
}

/* As somebody would who prints them. */
static bool take_lines_of_it(void *to, const char *s, size_t len, struct error *e)
{
	struct seen *seen = to;

	(void)e;
	seen->blocks++;
	if (memchr(s, '\x1b', len))
		seen->stop_at++;
	return true;
}

static void judged_is_a_copy(void **state)
{
	(void)state;
	for (int run = 0; run < 60; run++) {
		struct seen seen = { 0 };
		struct error e = { 0 };
		struct box_job job = job_of(changes_lines, &seen, NULL);

		job.lines = take_lines_of_it;
		enum box_result result = box_run(&job, &e);
		assert_true(result == BOX_DONE || result == BOX_BROKE);
		assert_int_equal(seen.stop_at, 0);
		forget(&seen);
	}
}

/* Everything arrives once and in order, however fast either side is, in room of the box or not. */
static bool writes_much(struct box *b, const void *ctx, struct error *e)
{
	size_t room;

	(void)ctx;
	for (unsigned i = 0; i < 300; i++) {
		size_t len = i % 7 == 0 ? BOX_SLOT_BYTES * 2 + i : 1000 * i + 9;
		char *own = calloc(len, 1),
		     *to = i % 2 && len <= BOX_SLOT_BYTES ? box_room(b, &room) : own;

		memset(to, (int)('a' + i % 26), len - 1);
		to[len - 1] = '\n';
		bool good = box_write(b, to, len, e);
		free(own);
		if (!good)
			return false;
		if (i % 5 == 0)
			box_problem(b, i, "between");
	}
	return true;
}

static bool take_in_order(void *to, const char *s, size_t len, struct error *e)
{
	struct seen *seen = to;
	const unsigned i = (unsigned)seen->blocks++;
	size_t want = i % 7 == 0 ? BOX_SLOT_BYTES * 2 + i : 1000 * i + 9;

	for (volatile unsigned wait = 0; wait < i % 16 * 20000;)
		wait++;
	if (len != want)
		return error_set(e, ERROR_FAILED, "%u: %zu bytes", i, len);
	for (size_t k = 0; k + 1 < len; k++)
		if (s[k] != (char)('a' + i % 26))
			return error_set(e, ERROR_FAILED, "%u: byte %zu", i, k);
	return true;
}

static void all_arrives_in_order(void **state)
{
	struct seen seen = { 0 };
	struct error e = { 0 };
	struct box_job job = job_of(writes_much, &seen, NULL);

	(void)state;
	job.lines = take_in_order;
	if (box_run(&job, &e) != BOX_DONE)
		fail_msg("%s %s", e.text, text_end(&seen.words));
	assert_int_equal(seen.blocks, 300);
	assert_int_equal(seen.problems, 60);
	forget(&seen);
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
		cmocka_unit_test(pieces_are_judged_together),
		cmocka_unit_test(judged_is_a_copy),
		cmocka_unit_test(all_arrives_in_order),
		cmocka_unit_test(problems_are_bounded),
		cmocka_unit_test(ends_with_its_reader),
		cmocka_unit_test(bytes_where_wanted),
	};

	input = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("box", tests, NULL, NULL);
}
