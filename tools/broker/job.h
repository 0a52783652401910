/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BROKER_JOB_H
#define BROKER_JOB_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/data/message.h"

/*
 * Short-lived children of the broker, so that a slow disk or a hostile one
 * never stops the broker itself. A child may send messages through a pipe that
 * keeps their borders; how it ended is told once.
 */
enum job_kind {
	JOB_PROBE,    /* look at a disk */
	JOB_REMEMBER, /* write the settings of a stick */
	JOB_PROVE,    /* let a stick prove itself */
	JOB_OPEN,     /* mount a volume */
	JOB_CLOSE,    /* unmount one */
	JOB_DECRYPT,  /* open an encrypted volume */
	JOB_DRIVERS,  /* modprobe */
	JOB_LINK,     /* network cards up */
	JOB_LEASE,    /* udhcpc or zcip, as long as its address holds */
	JOB_ADDRESS,  /* give a card its address */
	JOB_KEYBOARD, /* loadkmap */
	JOB_FONT,     /* setfont */
	JOB_SYNC,     /* before the power goes */
};

enum job_end {
	JOB_DONE,      /* exit status 0 */
	JOB_FAILED,    /* another exit status */
	JOB_CRASHED,   /* a signal, or more output than anyone needs */
	JOB_TIMED_OUT, /* its time was up, or nobody wants it any more; it was killed */
};

struct job {
	enum job_kind kind;
	enum job_end end; /* once finished */
	pid_t pid;
	int output; /* read end of the pipe */
	int64_t deadline_ms;
	bool killed, flooded, told;
	uint64_t disk, client; /* whom it is for; 0 nobody */
	unsigned value;        /* the starter's own */
	struct text got;       /* messages, each behind its length in two bytes */
	size_t taken;          /* of got, by job_message() */
};

struct jobs {
	struct job *list;
	size_t count, capacity;
};

int64_t job_now_ms(void); /* a clock that only goes forward */

/* Fork. The child runs `run`, which returns its exit status; `output` is the
 * write end of the pipe. NULL if that fails; valid until the next jobs_start(). */
struct job *jobs_start(struct jobs *j, enum job_kind kind, int64_t limit_ms,
		       int (*run)(int output, const void *ctx), const void *ctx, struct error *e);

/* The job that a pollfd belongs to has something to say. */
void jobs_read(struct jobs *j, int output);

/* Look for children that ended, and end those whose time is up. */
void jobs_look(struct jobs *j);

/* Move one finished job out of the list, for job_release(); false if none. A
 * job whose time is up counts as finished even if the kernel cannot end its
 * process yet (a disk that hangs). */
bool jobs_next_finished(struct jobs *j, struct job *out);

/* The next message it sent; false at the end. A malformed one ends the list and
 * turns job->end into JOB_CRASHED. */
bool job_message(struct job *job, struct message *m);

void job_release(struct job *job);
/* One of this kind that still runs, or NULL; job_message() gives what it said so far. */
struct job *jobs_find(struct jobs *j, enum job_kind kind);
size_t jobs_running(const struct jobs *j, enum job_kind kind);
/* Without those that were told to be finished although their process is still there. */
size_t jobs_in_time(const struct jobs *j, enum job_kind kind);

/* Kill those of this kind. Each is still found until its process is gone. */
void jobs_end(struct jobs *j, enum job_kind kind);

/* End all children; for the end of the broker. */
void jobs_release(struct jobs *j);

/* In a child: send a message through the pipe. */
__attribute__((warn_unused_result))
bool job_send(int output, const struct message *m);

/* In a child: become the program. Looked up in `path` only, with an environment
 * of nothing but PATH; returns only on failure, with an exit status. */
int job_exec(const char *path, const char *const *argv);

#endif
