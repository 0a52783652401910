/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a key costs: from the key until the screen stands still, on a pseudo terminal
 * of 80x25. Prints rows of docs/benchmarks.md. */
#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/ui/ui.h"

#define STEPS 60
#define KEYS 50     /* fewer than there are steps: each changes the screen */
#define QUIET_MS 10 /* nothing came for so long: it stands still */

static const char *const words = "Call the control room of the fire brigade and ask whether the "
				 "telephones of the town hall are answered there; note who said "
				 "so and when, and tell +49 171 39200 50.";

static void show_list(struct ui *ui)
{
	static struct ui_item items[STEPS];
	size_t selected = 0;

	for (size_t i = 0; i < STEPS; i++)
		items[i] = (struct ui_item){ words, "Head of IT, due 04:30", false, false };
	const struct ui_list list = { "Plan", words, items, STEPS, words, 0, false };

	ui_list(ui, &list, &selected);
}

static void show_text(struct ui *ui)
{
	struct text text = { 0 };

	for (size_t i = 0; i < STEPS; i++)
		text_addf(&text, "%zu. %s\n", i + 1, words);
	ui_text(ui, "Plan", text_end(&text));
	text_release(&text);
}

static void show_line(struct ui *ui)
{
	static char typed[2048];

	for (size_t n = 0; n < 1000; n = strlen(typed))
		snprintf(typed + n, sizeof(typed) - n, "%s ", words);
	ui_line(ui, &(struct ui_line){ .title = "Entry", .intro = words, .prompt = "What?" }, typed,
		sizeof(typed));
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* When the last byte came. */
static double read_all(int fd, int wait_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	double last = now_ms();
	char bytes[4096];

	for (; poll(&p, 1, wait_ms) > 0 && read(fd, bytes, sizeof(bytes)) > 0; wait_ms = QUIET_MS)
		last = now_ms();
	return last;
}

static void measure(const char *name, const char *key, void (*show)(struct ui *ui))
{
	struct winsize size = { .ws_row = 25, .ws_col = 80 };
	double ms[KEYS];
	int terminal;
	pid_t pid = forkpty(&terminal, NULL, NULL, &size);

	if (pid == 0) {
		struct error e = { 0 };
		struct ui *ui =
			ui_open(&(struct ui_options){ false, "Stadt Musterlingen", "" }, &e);

		show(ui);
		ui_close(ui);
		_exit(0);
	}
	read_all(terminal, 2000);
	for (int i = 0; i < KEYS; i++) {
		double start = now_ms();

		if (write(terminal, key, strlen(key)) < 0)
			exit(1);
		ms[i] = read_all(terminal, 1000) - start;
	}
	close(terminal);
	waitpid(pid, NULL, 0);
	qsort(ms, KEYS, sizeof(ms[0]), by_size);
	printf("| %s | < 100 ms | %.1f ms | %.1f ms |\n", name, ms[KEYS / 2], ms[KEYS - 1]);
}

int main(void)
{
	setenv("TERM", "linux", 1);
	printf("| Key | Target | Median of %d | Worst |\n|---|---|---|---|\n", KEYS);
	fflush(stdout);
	measure("down, in a list of 60 steps", "\x1b[B", show_list);
	measure("down, in a plan of 60 steps as text", "\x1b[B", show_text);
	measure("a letter, into a line of 1,000", "x", show_line);
	return 0;
}
