/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The box from inside: reads, frames, and its end. */
#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/cell.h"
#include "lib/base/language.h"
#include "lib/base/text.h"
#include "triage/box_frame.h"

struct box {
	const struct box_job *job;
	const uint64_t *sizes;
	struct box_shared *shared;
	size_t problems;
	unsigned slot; /* that is written to next */
};

static bool write_all(const void *bytes, size_t len)
{
	const char *from = bytes;

	while (len) {
		ssize_t n = write(CELL_OUTPUT, from, len);

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0) {
			from += n;
			len -= (size_t)n;
		}
	}
	return true;
}

static void put_le(uint8_t *to, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		to[i] = (uint8_t)(value >> (8 * i));
}

static bool frame(enum box_frame type, enum error_kind kind, uint64_t offset, const char *s,
		  size_t len)
{
	uint8_t head[FRAME_HEAD_BYTES] = { (uint8_t)type, (uint8_t)kind };

	put_le(head + 4, len, 4);
	put_le(head + 8, offset, 8);
	return write_all(head, sizeof(head)) && write_all(s, len);
}

/* Words as one line without its end, masked. */
static bool frame_words(enum box_frame type, enum error_kind kind, uint64_t offset,
			const char *words)
{
	char masked[FRAME_WORDS_MAX];

	text_mask(masked, sizeof(masked), words);
	return frame(type, kind, offset, masked, strlen(masked));
}

uint64_t box_input_bytes(const struct box *b, size_t nr)
{
	assert(nr < b->job->input_count);
	return b->sizes[nr];
}

void box_alive(struct box *b, uint64_t offset)
{
	atomic_store_explicit(&b->shared->offset, offset, memory_order_relaxed);
	atomic_fetch_add_explicit(&b->shared->steps, 1, memory_order_relaxed);
}

bool box_read(struct box *b, size_t nr, uint64_t offset, void *buf, size_t len, struct error *e)
{
	uint8_t *to = buf;

	assert(nr < b->job->input_count);
	box_alive(b, offset);
	if (offset > b->sizes[nr] || len > b->sizes[nr] - offset)
		return error_set(e, ERROR_UNTRUSTED, _("it ends before byte %llu"),
				 (unsigned long long)offset + len);
	while (len) {
		ssize_t n = pread(CELL_INPUT(nr), to, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(e, _("cannot read at byte %llu"),
					   (unsigned long long)offset);
		if (n == 0)
			return error_set(e, ERROR_FAILED, _("it became shorter while it was read"));
		to += n;
		len -= (size_t)n;
		offset += (size_t)n;
	}
	return true;
}

char *box_room(void *ctx, size_t *bytes)
{
	struct box *b = ctx;

	*bytes = BOX_SLOT_BYTES;
	return b->shared->slots[b->slot];
}

/* What stands in the slot, and waits until the next one is free. */
static bool hand_over(struct box *b, size_t len, bool more)
{
	uint8_t head[BOX_PAGE_BYTES] = { b->job->bytes ? FRAME_BYTES : FRAME_LINES, 0, more };

	put_le(head + 4, len, 4);
	b->slot = (b->slot + 1) % BOX_SLOTS;
	return write_all(head, sizeof(head));
}

bool box_write(struct box *b, const char *s, size_t len, struct error *e)
{
	atomic_fetch_add_explicit(&b->shared->steps, 1, memory_order_relaxed);
	for (size_t n; len; len -= n, s += n) {
		char *slot = b->shared->slots[b->slot];

		n = len < BOX_SLOT_BYTES ? len : BOX_SLOT_BYTES;
		if (s != slot)
			memcpy(slot, s, n);
		if (!hand_over(b, n, n < len))
			return error_errno(e, _("cannot hand over what was read"));
	}
	return true;
}

void box_problem(struct box *b, uint64_t offset, const char *what)
{
	if (b->problems++ <=
	    BOX_PROBLEMS_MAX) /* one too many: so the parent can say that there are more */
		(void)!frame_words(FRAME_PROBLEM, ERROR_NONE, offset, what);
}

/* Not _exit(), nor any function that does not return: sanitizers tidy up before those, and the box
 * forbids that. */
static void leave(int status)
{
	syscall(SYS_exit_group, status);
}

_Noreturn void box_child(const struct box_job *job, int output, const uint64_t *sizes,
			 struct box_shared *shared)
{
	struct box b = { .job = job, .sizes = sizes, .shared = shared };
	const struct cell cell = {
		.inputs = job->inputs,
		.input_count = job->input_count,
		.output = output,
		.heap = true,
		.large = true,
		.cpu_seconds = job->limits.cpu_seconds,
		.memory_bytes = job->limits.memory_bytes,
	};
	struct error e = { 0 };

	/* A crash is a crash: no handler that was set outside makes anything else of it. */
	static const int crashes[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT };
	for (size_t i = 0; i < sizeof(crashes) / sizeof(*crashes); i++)
		signal(crashes[i], SIG_DFL);
	if (!cell_enter(&cell, &e))
		leave(BOX_CANNOT_ENTER);
	if (job->run(&b, job->ctx, &e))
		(void)!frame(FRAME_END, ERROR_NONE, 0, NULL, 0);
	else
		(void)!frame_words(FRAME_REFUSED, e.kind, 0, e.text);
	for (;;)
		leave(0);
}
