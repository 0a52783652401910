/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of the box share: a job, and what came of it. */
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
