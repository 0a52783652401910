/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The box from outside: starts it, judges each frame, and says what became of it. */
#include "triage/box.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/cell.h"
#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/reader.h"
#include "triage/box_frame.h"
#include "triage/check.h"

#define LOOK_MS 100
#define WORDS_MAX 512

struct parent {
	const struct box_job *job;
	struct error *e;
	pid_t pid;
	int pipe;
	struct box_shared *shared;
	uint64_t steps; /* as they were at `since` */
	int64_t since_ms;
	char *buf; /* what of a frame has come */
	size_t room, len;
	bool more;     /* its next piece is still to come */
	unsigned slot; /* that is read next */
	size_t problems;
	bool too_slow, nonsense;
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* C libraries ask the kernel once for what they need again and again: glibc how much memory there is,
 * when it sorts, and for its own words, when it says why a read failed. The box could not. */
static int compare_bytes(const void *a, const void *b)
{
	return memcmp(a, b, 8);
}

static void ask_before(void)
{
	const size_t count = 8192;
	void *list = mem_array(count, 8);

	qsort(list, count, 8, compare_bytes);
	free(list);
	(void)_("cannot give up rights");
	(void)strerror(EIO);
	fflush(NULL); /* or the child would write it again */
}

/* Wait until something can be read. False: too long without a step. */
static bool wait_readable(struct parent *p)
{
	p->since_ms = now_ms();
	for (;;) {
		struct pollfd fd = { .fd = p->pipe, .events = POLLIN };
		uint64_t steps;

		if (poll(&fd, 1, LOOK_MS) > 0)
			return true;
		steps = atomic_load_explicit(&p->shared->steps, memory_order_relaxed);
		if (steps != p->steps) {
			p->steps = steps;
			p->since_ms = now_ms();
		} else if (now_ms() - p->since_ms > (int64_t)p->job->limits.seconds * 1000) {
			p->too_slow = true;
			return false;
		}
	}
}

/* Exactly len bytes. False: its end, or too slow. */
static bool take(struct parent *p, void *to, size_t len)
{
	char *at = to;

	while (len) {
		if (!wait_readable(p))
			return false;
		ssize_t n = read(p->pipe, at, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

/* Words that the box said: one line of text, or NULL. */
static const char *words_of(struct parent *p, size_t len)
{
	if (len >= FRAME_WORDS_MAX || memchr(p->buf, '\n', len) || memchr(p->buf, '\0', len))
		return NULL;
	p->buf[len] = '\n';
	if (!check_lines(p->buf, len + 1))
		return NULL;
	p->buf[len] = '\0';
	return p->buf;
}

static void tell(struct parent *p, uint64_t offset, const char *words)
{
	if (p->problems < BOX_PROBLEMS_MAX)
		p->job->problem(p->job->to, offset, words);
	else if (p->problems == BOX_PROBLEMS_MAX)
		p->job->problem(p->job->to, offset, _("there are more problems than are listed"));
	p->problems++;
}

static enum error_kind kind_of(uint8_t kind)
{
	return kind > ERROR_NONE && kind <= ERROR_FINDINGS ? (enum error_kind)kind : ERROR_FAILED;
}

enum verdict { GO_ON, ENDED, REFUSED, BROKE, STOPPED };

static enum verdict nonsense(struct parent *p)
{
	p->nonsense = true;
	return BROKE;
}

/* One frame, whose bytes are in p->buf. */
static enum verdict judge(struct parent *p, uint8_t type, uint8_t kind, size_t len, uint64_t offset)
{
	const struct box_job *job = p->job;
	const char *words;

	switch (type) {
	case FRAME_LINES:
		if (!(job->json ? check_json_lines(p->buf, len) : check_lines(p->buf, len)))
			return nonsense(p);
		return job->lines(job->to, p->buf, len, p->e) ? GO_ON : STOPPED;
	case FRAME_BYTES:
		return job->lines(job->to, p->buf, len, p->e) ? GO_ON : STOPPED;
	case FRAME_PROBLEM:
		if (!len || !(words = words_of(p, len)))
			return nonsense(p);
		tell(p, offset, _(words));
		return GO_ON;
	case FRAME_REFUSED:
		if (!(words = words_of(p, len)))
			return nonsense(p);
		error_set(p->e, kind_of(kind), "%s", words);
		return REFUSED;
	case FRAME_END:
		return len ? nonsense(p) : ENDED;
	default:
		return nonsense(p);
	}
}

/* A piece of lines or bytes, out of the memory that the child can change: judged is the copy only. */
static enum verdict next_piece(struct parent *p, uint8_t type, bool more, size_t len)
{
	uint8_t rest[BOX_PAGE_BYTES - FRAME_HEAD_BYTES];

	if (type != (p->job->bytes ? FRAME_BYTES : FRAME_LINES) || !len || len > BOX_SLOT_BYTES ||
	    p->len + len > BOX_FRAME_MAX)
		return nonsense(p);
	mem_grow(&p->buf, &p->room, p->len + len + FRAME_WORDS_MAX, 1);
	memcpy(p->buf + p->len, p->shared->slots[p->slot], len);
	atomic_signal_fence(
		memory_order_seq_cst); /* nothing below may be taken from the slot again */
	p->len += len;
	p->slot = (p->slot + 1) % BOX_SLOTS;
	p->more = more;
	if (!take(p, rest, sizeof(rest))) /* from here on the slot is the child's */
		return BROKE;
	if (more)
		return GO_ON;
	len = p->len;
	p->len = 0;
	return judge(p, type, 0, len, 0);
}

static enum verdict next_frame(struct parent *p)
{
	uint8_t head[FRAME_HEAD_BYTES];

	if (!take(p, head, sizeof(head)))
		return BROKE;
	struct reader r = reader_of(head, sizeof(head));
	uint8_t type = reader_u8(&r), kind = reader_u8(&r), more = reader_u8(&r);
	bool zero = reader_u8(&r) == 0;
	uint32_t len = reader_le32(&r);
	uint64_t offset = reader_le64(&r);
	if (!zero || more > 1)
		return nonsense(p);
	if (type == FRAME_LINES || type == FRAME_BYTES)
		return next_piece(p, type, more, len);
	if (more || p->more || len >= FRAME_WORDS_MAX)
		return nonsense(p);
	if (!take(p, p->buf, len))
		return BROKE;
	return judge(p, type, kind, len, offset);
}

/* How it ended, in words. */
static void describe(const struct parent *p, int status, const struct rusage *used, char *to)
{
	const char *what = p->job->what;
	bool all_time = used->ru_utime.tv_sec + used->ru_stime.tv_sec + 1 >=
			(int64_t)p->job->limits.cpu_seconds;

	if (p->too_slow)
		snprintf(to, WORDS_MAX, _("the reader of '%s' made no step for %u s and was ended"),
			 what, p->job->limits.seconds);
	else if (p->nonsense)
		snprintf(to, WORDS_MAX,
			 _("the reader of '%s' wrote what it must not and was ended"), what);
	else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		snprintf(to, WORDS_MAX,
			 _("the reader of '%s' asked for what it must not and was ended"), what);
	else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL && all_time)
		snprintf(to, WORDS_MAX, _("the reader of '%s' worked for longer than %u s"), what,
			 p->job->limits.cpu_seconds);
	else if (WIFSIGNALED(status))
		snprintf(to, WORDS_MAX, _("the reader of '%s' crashed (signal %d)"), what,
			 WTERMSIG(status));
	else if (WEXITSTATUS(status) == 1)
		snprintf(to, WORDS_MAX, _("the reader of '%s' needed more memory than %llu MiB"),
			 what, (p->job->limits.memory_bytes >> 20) + 0ULL);
	else
		snprintf(to, WORDS_MAX, _("the reader of '%s' ended before it was done"), what);
}

static enum box_result finish(struct parent *p, enum verdict v)
{
	char words[WORDS_MAX], byte;
	struct rusage used;
	int status = 0;

	/* Behind its last frame comes nothing. */
	if ((v == ENDED || v == REFUSED) && take(p, &byte, 1))
		v = nonsense(p);
	if (v == STOPPED || p->nonsense || p->too_slow)
		kill(p->pid, SIGKILL);
	while (wait4(p->pid, &status, 0, &used) < 0 && errno == EINTR)
		;
	if (v == STOPPED)
		return BOX_FAILED;
	if (WIFEXITED(status) && WEXITSTATUS(status) == BOX_CANNOT_ENTER) {
		error_set(p->e, ERROR_FAILED,
			  _("this PC's system cannot shut in what reads a suspect disk: it "
			    "lacks seccomp"));
		return BOX_FAILED;
	}
	if (v == ENDED && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return BOX_DONE;
	if (v == REFUSED && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return BOX_REFUSED;
	*p->e = (struct error){ 0 };
	describe(p, status, &used, words);
	p->problems = 0; /* this one is told, whatever came before */
	tell(p, atomic_load_explicit(&p->shared->offset, memory_order_relaxed), words);
	return BOX_BROKE;
}

static bool measure(const struct box_job *job, uint64_t *sizes, struct error *e)
{
	for (size_t i = 0; i < job->input_count; i++) {
		off_t end = lseek(job->inputs[i], 0, SEEK_END); /* disks, too */

		if (end < 0)
			return error_errno(e, _("cannot tell the size of the input"));
		sizes[i] = (uint64_t)end;
	}
	return true;
}

static enum box_result start_and_read(struct parent *p, const uint64_t *sizes)
{
	enum verdict v = GO_ON;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0) {
		error_errno(p->e, _("cannot make a pipe"));
		return BOX_FAILED;
	}
	p->pipe = ends[0];
	/* The slots rely on its size: box_frame.h. It is never smaller than that before. */
	if (fcntl(ends[0], F_SETPIPE_SZ, BOX_PIPE_PAGES * BOX_PAGE_BYTES) !=
	    (int)(BOX_PIPE_PAGES * BOX_PAGE_BYTES)) {
		error_errno(p->e, _("cannot make a pipe"));
		close(ends[0]);
		close(ends[1]);
		return BOX_FAILED;
	}
	p->pid = cell_fork();
	if (p->pid == 0)
		box_child(p->job, ends[1], sizes, p->shared);
	close(ends[1]);
	if (p->pid < 0) {
		error_errno(p->e, _("cannot start a process"));
		close(p->pipe);
		return BOX_FAILED;
	}
	while (v == GO_ON)
		v = next_frame(p);
	enum box_result result = finish(p, v);
	close(p->pipe);
	return result;
}

enum box_result box_run(const struct box_job *job, struct error *e)
{
	uint64_t sizes[CELL_INPUTS_MAX] = { 0 };
	struct parent p = { .job = job, .e = e };

	if (job->input_count > CELL_INPUTS_MAX) {
		error_set(e, ERROR_USAGE, _("more than %d inputs at once"), CELL_INPUTS_MAX);
		return BOX_FAILED;
	}
	if (!measure(job, sizes, e))
		return BOX_FAILED;
	p.shared = mmap(NULL, sizeof(*p.shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			-1, 0);
	if (p.shared == MAP_FAILED) {
		error_errno(e, _("cannot share memory with the reader"));
		return BOX_FAILED;
	}
	mem_grow(&p.buf, &p.room, BOX_SLOT_BYTES + FRAME_WORDS_MAX, 1);
	ask_before();
	enum box_result result = start_and_read(&p, sizes);
	free(p.buf);
	munmap(p.shared, sizeof(*p.shared));
	return result;
}
