/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_BOX_H
#define TRIAGE_BOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"

/*
 * The box in which bytes of a suspect disk are read: a child that was forked for one job. It
 * has its inputs (read-only descriptors), one pipe to write to, memory and its own end; anything
 * else that it asks of the kernel kills it (docs/formats/triage-box.md). It has its own user, process,
 * network and mount name spaces where the kernel allows it, and Landlock where there is one.
 *
 * What it writes are frames, which the parent copies out of its reach and checks as a stranger's: whole lines
 * of valid UTF-8 without controls, problems with an offset, bytes where bytes were asked for. A crash, a limit, a
 * time-out or a frame that is none becomes a problem ("the reader of evtx failed at byte 1234");
 * what came before it stays.
 */
struct box_limits {
	uint64_t memory_bytes;
	unsigned cpu_seconds;
	unsigned seconds; /* without a frame: a box that works says so, box_alive() */
};

struct box; /* within the child */

struct box_job {
	const int *inputs; /* descriptors, borrowed; the child has them in this order */
	size_t input_count;
	const char *what; /* for problems: "evtx", "list" */
	struct box_limits limits;
	bool json;  /* lines are JSON objects, and checked as such */
	bool bytes; /* frames of bytes are wanted, not lines */
	/* In the child. False with e: the job as a whole failed. */
	bool (*run)(struct box *b, const void *ctx, struct error *e);
	const void *ctx;
	/* In the parent: what came. False ends the box. `words` are translated. */
	bool (*lines)(void *to, const char *s, size_t len, struct error *e);
	void (*problem)(void *to, uint64_t offset, const char *words);
	void *to;
};

enum box_result {
	BOX_DONE,
	BOX_REFUSED, /* run() was false: *e has its words and kind */
	BOX_BROKE,   /* crash, limit, time-out, nonsense: was given to problem(), too */
	BOX_FAILED,  /* could not be started, or lines() was false: *e says why */
};

/* Run a job to its end. The caller has one thread and used gettext once: catalogues cannot be opened
 * in the box. */
enum box_result box_run(const struct box_job *job, struct error *e);

/* In the child: exactly len bytes of input nr, which it has. */
__attribute__((warn_unused_result)) bool box_read(struct box *b, size_t nr, uint64_t offset,
						  void *buf, size_t len, struct error *e);
uint64_t box_input_bytes(const struct box *b, size_t nr);
/* Whole lines, at most BOX_FRAME_MAX of them at once; or, where bytes are wanted, bytes. */
#define BOX_FRAME_MAX (20u << 20)
__attribute__((warn_unused_result)) bool box_write(struct box *b, const char *s, size_t len,
						   struct error *e);
/* Memory in which to put together what box_write() gets next, which then is not copied. It is another one after
 * each box_write(), whatever that wrote. ctx is the box: for emit_lend(). */
char *box_room(void *ctx, size_t *bytes);
/* `what` is a message id, or words that are translated already. */
void box_problem(struct box *b, uint64_t offset, const char *what);
void box_alive(struct box *b, uint64_t offset); /* where it is; cheap */

#endif
