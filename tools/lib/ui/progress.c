/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Progress of slow steps, for people and for programs. */
#include "lib/ui/progress.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/base/size.h"
#include "lib/base/text.h"

#define SHOW_EVERY_MS 250
#define LINES_EVERY_MS 1000
#define MEANINGFUL_MS 2000

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void add_time_left(char *out, size_t size, uint64_t seconds)
{
	size_t n = strlen(out);

	if (seconds < 60)
		snprintf(out + n, size - n, _("  %llu s left"), seconds + 0ULL);
	else if (seconds < 90 * 60)
		snprintf(out + n, size - n, _("  %llu min left"), (seconds + 30) / 60ULL);
	else
		snprintf(out + n, size - n, _("  %llu h %llu min left"), seconds / 3600ULL,
			 seconds % 3600 / 60ULL);
}

char *progress_words(char *out, size_t size, uint64_t done_bytes, uint64_t total_bytes,
		     uint64_t elapsed_ms)
{
	char amount[32];

	if (done_bytes > total_bytes && total_bytes)
		done_bytes = total_bytes;
	if (total_bytes)
		snprintf(out, size, "%3u %%",
			 (unsigned)((double)done_bytes * 100.0 / (double)total_bytes));
	else
		snprintf(out, size, "%s", size_words(amount, sizeof(amount), done_bytes));
	if (elapsed_ms < MEANINGFUL_MS || done_bytes == 0)
		return out;
	double rate = (double)done_bytes * 1000.0 / (double)elapsed_ms;
	size_t n = strlen(out);

	snprintf(out + n, size - n, "  %s/s", size_words(amount, sizeof(amount), (uint64_t)rate));
	if (total_bytes > done_bytes && rate > 0)
		add_time_left(out, size, (uint64_t)((double)(total_bytes - done_bytes) / rate));
	return out;
}

static void show(struct progress *p, int64_t now, bool last)
{
	char words[96], what[200];

	p->shown_ms = now;
	text_mask(what, sizeof(what), p->what);
	if (p->form == PROGRESS_LINES) {
		fprintf(p->out, "progress %" PRIu64 " %" PRIu64 " %s\n", p->done_bytes,
			p->total_bytes, what);
	} else {
		progress_words(words, sizeof(words), p->done_bytes, p->total_bytes,
			       (uint64_t)(now - p->start_ms));
		/* One carriage return and spaces: works on every terminal. */
		fprintf(p->out, "\r%s  %-44s%s", what, words, last ? "\n" : "");
	}
	fflush(p->out);
}

struct progress progress_begin(const char *what, uint64_t total_bytes)
{
	const char *form = getenv("BLACKSTART_PROGRESS");
	struct progress p = { .what = what, .total_bytes = total_bytes, .out = stderr };

	p.start_ms = now_ms();
	if (form && strcmp(form, "lines") == 0)
		p.form = PROGRESS_LINES;
	else if (isatty(STDERR_FILENO))
		p.form = PROGRESS_TERMINAL;
	if (p.form != PROGRESS_SILENT)
		show(&p, p.start_ms, false);
	return p;
}

void progress_at(struct progress *p, uint64_t done_bytes)
{
	int64_t every = p->form == PROGRESS_LINES ? LINES_EVERY_MS : SHOW_EVERY_MS;

	p->done_bytes = done_bytes;
	if (p->form == PROGRESS_SILENT)
		return;
	int64_t now = now_ms();

	if (now - p->shown_ms >= every)
		show(p, now, false);
}

void progress_end(struct progress *p)
{
	if (p->form != PROGRESS_SILENT)
		show(p, now_ms(), true);
	p->form = PROGRESS_SILENT;
}
