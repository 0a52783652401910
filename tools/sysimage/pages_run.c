/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A verb that runs while a page says how far it is. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/ui/progress.h"
#include "sysimage/pages.h"

#define LOOK_MS 500
#define QUICK_MS 1500  /* what ends sooner needs no page of its own */
#define SAID_MAX 65536 /* of its words; more nobody reads */
#define ARGUMENTS 24
#define PLAIN_STEP 10 /* percent: said aloud, each of them would be too much */

struct running {
	pid_t pid;
	int from;         /* its standard output and error */
	struct text rest; /* a line that has not ended yet */
	struct text *said;
	char what[80];
	uint64_t done_bytes, total_bytes;
	int64_t start_ms;
	bool ended;
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int left_ms(int64_t until_ms)
{
	const int64_t left = until_ms - now_ms();

	return left > 0 ? (int)left : 0;
}

static bool start(struct running *r, const char *const *argv, struct error *e)
{
	const char *words[ARGUMENTS + 2] = { "sysimage" };
	const pid_t parent = getpid();
	int ends[2];

	for (size_t i = 0; i < ARGUMENTS && argv[i]; i++)
		words[i + 1] = argv[i];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(e, _("cannot start another process"));
	r->pid = fork();
	if (r->pid == 0) {
		setenv("BLACKSTART_PROGRESS", "lines", 1);
		if (prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0) == 0 && getppid() == parent &&
		    dup2(ends[1], STDOUT_FILENO) >= 0 && dup2(ends[1], STDERR_FILENO) >= 0)
			execv("/proc/self/exe", (char *const *)words);
		_exit(ERROR_FAILED);
	}
	close(ends[1]);
	r->from = ends[0];
	r->start_ms = now_ms();
	if (r->pid > 0)
		return true;
	close(r->from);
	return error_errno(e, _("cannot start another process"));
}

/* "progress DONE TOTAL WHAT" (lib/ui/progress.h), or words for the person. */
static void take_line(struct running *r, const char *line)
{
	unsigned long long done, total;
	int at = 0;

	if (sscanf(line, "progress %llu %llu %n", &done, &total, &at) == 2 && at > 0) {
		if (strcmp(r->what, line + at) != 0)
			r->start_ms = now_ms();
		r->done_bytes = done;
		r->total_bytes = total;
		snprintf(r->what, sizeof(r->what), "%s", line + at);
	} else if (r->said->len < SAID_MAX) {
		text_addf(r->said, "%s\n", line);
	}
}

/* All that it says by then. */
static void listen(struct running *r, int64_t until_ms)
{
	struct pollfd p = { .fd = r->from, .events = POLLIN };
	char bytes[4096];

	while (!r->ended && poll(&p, 1, left_ms(until_ms)) > 0) {
		ssize_t n = read(r->from, bytes, sizeof(bytes));

		r->ended = n == 0 || (n < 0 && errno != EINTR);
		for (ssize_t i = 0; i < n; i++) {
			if (bytes[i] != '\n') {
				text_add_n(&r->rest, &bytes[i], 1);
				continue;
			}
			take_line(r, text_end(&r->rest));
			text_clear(&r->rest);
		}
	}
	if (r->ended && r->rest.len)
		take_line(r, text_end(&r->rest));
}

static void words_of(const struct running *r, bool plain, struct text *out)
{
	char words[80];

	text_add(out, *r->what ? r->what : _("This begins"));
	if (!r->total_bytes)
		return;
	if (plain)
		text_addf(out, ": %llu %%",
			  (unsigned long long)(100 * (r->done_bytes / 1024) /
					       (r->total_bytes / 1024 + 1) / PLAIN_STEP *
					       PLAIN_STEP));
	else
		text_addf(out, ": %s",
			  progress_words(words, sizeof(words), r->done_bytes, r->total_bytes,
					 (uint64_t)(now_ms() - r->start_ms)));
}

static enum ui_result show(struct pages *p, const char *title, const struct running *r)
{
	const struct ui_item stop[] = { { .label = _("Stop"), .detail = "" } };
	struct text intro = { 0 };
	size_t selected = 0;
	enum ui_result result;

	words_of(r, ui_is_plain(p->ui), &intro);
	const struct ui_list list = {
		.title = title,
		.intro = text_end(&intro),
		.items = stop,
		.count = 1,
		.footer = "",
		.refresh_ms = LOOK_MS,
	};
	pages_frame(p);
	result = ui_list(p->ui, &list, &selected);
	text_release(&intro);
	return result;
}

/* Enter alone must not end the work of hours. It goes on meanwhile, and is listened to: who tells and
 * is not heard waits in the end. UI_CHOSEN is yes; where it has ended there is nothing to ask. */
static enum ui_result ask_to_stop(struct pages *p, const char *title, struct running *r)
{
	enum ui_result result = UI_REFRESH;
	size_t selected = 0;

	while (!r->ended && (result == UI_REFRESH || result == UI_REDRAW)) {
		const struct ui_item items[] = {
			{ .label = _("No"), .detail = "" },
			{ .label = _("Yes"), .detail = "" },
		};
		const struct ui_list list = {
			.title = title,
			.intro = _("Stop it? What was done so far is lost."),
			.items = items,
			.count = 2,
			.footer = "",
			.refresh_ms = LOOK_MS,
		};

		pages_frame(p);
		result = ui_list(p->ui, &list, &selected);
		listen(r, 0);
	}
	return result == UI_CHOSEN && selected == 0 ? UI_BACK : result;
}

bool pages_run(struct pages *p, const char *title, const char *const *argv,
	       struct pages_result *result)
{
	struct running r = { .said = &result->said };
	struct error e = { 0 };
	enum ui_result u = UI_REFRESH;
	int status = 0;

	result->status = -1;
	result->stopped = false;
	if (!start(&r, argv, &e)) {
		text_add(&result->said, e.text);
		return true;
	}
	listen(&r, r.start_ms + QUICK_MS);
	while (!r.ended && u != UI_CHOSEN && u != UI_CLOSED) {
		u = show(p, title, &r);
		if (u == UI_CHOSEN || u == UI_BACK)
			u = ask_to_stop(p, title, &r);
		listen(&r, 0);
	}
	if (!r.ended) {
		kill(r.pid, SIGTERM);
		result->stopped = true;
	}
	while (waitpid(r.pid, &status, 0) < 0 && errno == EINTR)
		;
	listen(&r, 0);
	if (WIFEXITED(status) && !result->stopped)
		result->status = WEXITSTATUS(status);
	close(r.from);
	text_release(&r.rest);
	return u != UI_CLOSED;
}
