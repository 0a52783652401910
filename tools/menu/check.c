/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Check a stick: `stick verify` runs beside the page that shows how far it is. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/ui/progress.h"
#include "menu/menu.h"

#define PROGRAM "stick"
#define WATCHING_MS 500
#define OUTPUT_MAX 65536

/* The program and what it has said so far. */
struct check {
	pid_t pid;
	int out; /* the report and, between, lines of progress; -1 at its end */
	struct text said;
	uint64_t done_bytes, all_bytes;
	struct timespec start;
};

static bool start(struct menu *m, struct check *c, const char *disk, struct error *e)
{
	/* Without a kit there is nothing to judge its kit by. */
	const bool judge = m->boot.on_stick && m->kit_loaded;
	const char *const argv[] = {
		PROGRAM, "verify", "--broker", disk, judge ? "--kit" : NULL, "/", NULL,
	};
	int ends[2];

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
		return error_errno(e, _("%s could not be started"), PROGRAM);
	c->pid = fork();
	if (c->pid == 0) {
		/* The child writes as usual, only we do not wait. */
		fcntl(ends[1], F_SETFL, 0);
		dup2(ends[1], STDOUT_FILENO);
		dup2(ends[1], STDERR_FILENO);
		setenv("BLACKSTART_PROGRESS", "lines", 1);
		signal(SIGINT, SIG_DFL);
		signal(SIGQUIT, SIG_DFL);
		execvp(PROGRAM, (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	close(ends[1]);
	c->out = ends[0];
	clock_gettime(CLOCK_MONOTONIC, &c->start);
	if (c->pid < 0) {
		close(c->out);
		return error_errno(e, _("%s could not be started"), PROGRAM);
	}
	return true;
}

/* Take what it said; the last line of progress counts, the rest is the report. */
static void listen(struct check *c)
{
	char bytes[4096];
	ssize_t n;

	while (c->out >= 0 && (n = read(c->out, bytes, sizeof(bytes))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return; /* nothing for now */
		if (c->said.len < OUTPUT_MAX)
			text_add_n(&c->said, bytes, (size_t)n);
	}
	if (c->out >= 0)
		close(c->out);
	c->out = -1;
}

/* The lines of progress out of the text. */
static void take_progress(struct check *c)
{
	struct text rest = { 0 };

	for (const char *line = text_end(&c->said); *line;) {
		size_t n = strcspn(line, "\n");
		unsigned long long done, all;

		if (line[n] == '\n' && sscanf(line, "progress %llu %llu ", &done, &all) == 2) {
			c->done_bytes = done;
			c->all_bytes = all;
		} else {
			text_add_n(&rest, line, n + (line[n] == '\n'));
		}
		line += n + (line[n] == '\n');
	}
	text_release(&c->said);
	c->said = rest;
}

static uint64_t elapsed_ms(const struct check *c)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)((now.tv_sec - c->start.tv_sec) * 1000 +
			  (now.tv_nsec - c->start.tv_nsec) / 1000000);
}

/* The page while it runs. False: the person had enough, or *open is false. */
static bool watch(struct menu *m, struct check *c, const char *title, bool *open)
{
	size_t selected = 0;

	for (;;) {
		const struct ui_item stop = { _("Stop"), "", false, false };
		char intro[128];

		listen(c);
		take_progress(c);
		if (c->out < 0)
			return true;
		const struct ui_list list = {
			.title = title,
			.intro = progress_words(intro, sizeof(intro), c->done_bytes, c->all_bytes,
						elapsed_ms(c)),
			.items = &stop,
			.count = 1,
			.footer = "",
			.refresh_ms = WATCHING_MS,
		};
		switch (ui_list(m->ui, &list, &selected)) {
		case UI_CLOSED:
			*open = false;
			return false;
		case UI_CHOSEN:
		case UI_BACK:
			return false;
		case UI_REDRAW:
			menu_frame(m);
			break;
		case UI_REFRESH:
			break;
		}
	}
}

static bool show(struct menu *m, const char *title, const char *text)
{
	enum ui_result r;

	while ((r = ui_text(m->ui, title, text)) == UI_REDRAW)
		menu_frame(m);
	return r != UI_CLOSED;
}

bool check_stick(struct menu *m, const struct broker_disk *d)
{
	struct check c = { .out = -1 };
	struct text title = { 0 };
	struct error e = { 0 };
	bool open = true, finished = false;
	int status = 0;

	disk_label(&title, d);
	if (!start(m, &c, d->name, &e)) {
		menu_error(m, text_end(&title), &e);
		text_release(&title);
		return true;
	}
	finished = watch(m, &c, text_end(&title), &open);
	if (!finished)
		kill(c.pid, SIGTERM);
	while (waitpid(c.pid, &status, 0) < 0 && errno == EINTR)
		;
	if (c.out >= 0)
		close(c.out);
	if (finished && WIFSIGNALED(status))
		text_addf(&c.said, "%s\n",
			  _("The check ended unexpectedly: that is a finding about this stick. Do "
			    "not start a PC from it."));
	if (finished)
		open = show(m, text_end(&title), text_end(&c.said));
	text_release(&c.said);
	text_release(&title);
	return open;
}
