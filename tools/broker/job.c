/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Children: started, listened to, ended when their time is up. */
#include "broker/job.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"

#define OUTPUT_MAX ((size_t)256 << 10) /* 128 partitions take 50 KiB */

int64_t job_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

_Noreturn static void child(int (*run)(int, const void *), int output, const void *ctx)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	/* Not _exit(): sanitizers tidy up in it, and the cell forbids that. */
	for (int status = run(output, ctx);;)
		syscall(SYS_exit_group, status);
}

struct job *jobs_start(struct jobs *j, enum job_kind kind, int64_t limit_ms,
		       int (*run)(int output, const void *ctx), const void *ctx, struct error *e)
{
	int ends[2];

	mem_grow(&j->list, &j->capacity, j->count + 1, sizeof(*j->list));
	/* O_DIRECT: one write is one packet, at most PIPE_BUF, which is a message. */
	_Static_assert(PIPE_BUF >= MESSAGE_MAX, "a message must fit into a packet");
	if (pipe2(ends, O_CLOEXEC | O_DIRECT) != 0) {
		error_errno(e, _("cannot make a pipe"));
		return NULL;
	}
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0) {
		close(ends[0]);
		child(run, ends[1], ctx);
	}
	int saved = errno;
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		errno = saved;
		error_errno(e, _("cannot start a process"));
		return NULL;
	}
	fcntl(ends[0], F_SETFL, O_NONBLOCK | O_DIRECT);
	struct job *job = &j->list[j->count++];
	*job = (struct job){
		.kind = kind,
		.pid = pid,
		.output = ends[0],
		.deadline_ms = job_now_ms() + limit_ms,
	};
	return job;
}

static void drain(struct job *job)
{
	char bytes[MESSAGE_MAX];
	ssize_t n;

	while (job->output >= 0) {
		n = read(job->output, bytes, sizeof(bytes));
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0) {
			close(job->output);
			job->output = -1;
			return;
		}
		if (job->got.len + (size_t)n + 2 > OUTPUT_MAX) {
			job->flooded = true;
			kill(job->pid, SIGKILL);
			/* It may not end at once, and what it still says must not wake us. */
			close(job->output);
			job->output = -1;
			return;
		}
		char length[2] = { (char)(n & 0xff), (char)(n >> 8) };
		text_add_n(&job->got, length, 2);
		text_add_n(&job->got, bytes, (size_t)n);
	}
}

void jobs_read(struct jobs *j, int output)
{
	for (size_t i = 0; i < j->count; i++)
		if (j->list[i].output == output)
			drain(&j->list[i]);
}

static void reap(struct job *job)
{
	int status;

	if (job->pid <= 0 || waitpid(job->pid, &status, WNOHANG) != job->pid)
		return;
	if (!job->flooded)
		drain(job);
	job->pid = 0;
	if (job->killed)
		job->end = JOB_TIMED_OUT;
	else if (job->flooded || !WIFEXITED(status))
		job->end = JOB_CRASHED;
	else
		job->end = WEXITSTATUS(status) == 0 ? JOB_DONE : JOB_FAILED;
}

static void end(struct job *job)
{
	job->killed = true;
	job->end = JOB_TIMED_OUT;
	kill(job->pid, SIGKILL);
	reap(job);
}

void jobs_end(struct jobs *j, enum job_kind kind)
{
	for (size_t i = 0; i < j->count; i++)
		if (j->list[i].kind == kind && j->list[i].pid > 0 && !j->list[i].killed)
			end(&j->list[i]);
}

void jobs_look(struct jobs *j)
{
	int64_t now = job_now_ms();

	for (size_t i = 0; i < j->count; i++) {
		struct job *job = &j->list[i];

		reap(job);
		if (job->pid > 0 && now >= job->deadline_ms && !job->killed)
			end(job);
	}
}

static void remove_at(struct jobs *j, size_t i)
{
	j->count--;
	memmove(&j->list[i], &j->list[i + 1], (j->count - i) * sizeof(*j->list));
}

bool jobs_next_finished(struct jobs *j, struct job *out)
{
	for (size_t i = 0; i < j->count; i++) {
		struct job *job = &j->list[i];

		if (job->pid == 0 && job->told) {
			job_release(job); /* the process of a time-out is gone at last */
			remove_at(j, i--);
		} else if (job->pid == 0) {
			*out = *job;
			remove_at(j, i);
			return true;
		} else if (job->killed && !job->told) {
			*out = *job;
			job->told = true;
			job->output = -1; /* what it said went with *out */
			job->got = (struct text){ 0 };
			return true;
		}
	}
	return false;
}

bool job_message(struct job *job, struct message *m)
{
	struct error e = { 0 };

	if (job->taken + 2 > job->got.len)
		return false;
	const unsigned char *p = (const unsigned char *)job->got.s + job->taken;
	size_t n = (size_t)(p[0] | p[1] << 8);
	bool ok = message_parse(m, "type", p + 2, n, &e);

	job->taken += 2 + n;
	if (job->taken == job->got.len) { /* a helper that runs for days says much */
		text_clear(&job->got);
		job->taken = 0;
	}
	if (!ok)
		job->end = JOB_CRASHED;
	return ok;
}

void job_release(struct job *job)
{
	if (job->output >= 0)
		close(job->output);
	job->output = -1;
	text_release(&job->got);
}

struct job *jobs_find(struct jobs *j, enum job_kind kind)
{
	for (size_t i = 0; i < j->count; i++)
		if (j->list[i].kind == kind)
			return &j->list[i];
	return NULL;
}

size_t jobs_running(const struct jobs *j, enum job_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < j->count; i++)
		n += j->list[i].kind == kind;
	return n;
}

size_t jobs_in_time(const struct jobs *j, enum job_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < j->count; i++)
		n += j->list[i].kind == kind && !j->list[i].told;
	return n;
}

void jobs_release(struct jobs *j)
{
	for (size_t i = 0; i < j->count; i++) {
		if (j->list[i].pid > 0) {
			kill(j->list[i].pid, SIGKILL);
			waitpid(j->list[i].pid, NULL, 0);
		}
		job_release(&j->list[i]);
	}
	free(j->list);
	*j = (struct jobs){ 0 };
}

bool job_send(int output, const struct message *m)
{
	return !m->overflow && write(output, m->bytes, m->len) == (ssize_t)m->len;
}

int job_exec(const char *path, const char *const *argv)
{
	char setting[512];
	char *environment[] = { setting, NULL };

	snprintf(setting, sizeof(setting), "PATH=%s", path);
	for (const char *p = path; *p;) {
		char file[512];
		size_t n = strcspn(p, ":");

		snprintf(file, sizeof(file), "%.*s/%s", (int)n, p, argv[0]);
		execve(file, (char *const *)(uintptr_t)argv, environment);
		p += n + (p[n] == ':');
	}
	return 127;
}
