/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The full-screen face on a pseudo terminal: keys, sequences, hang-up, masking. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/ui/ui.h"

#define SELECTED(result, index) ((int)(result)*32 + (int)(index))
#define HANG_UP "HANG UP" /* instead of keys: close the terminal */

#define RESIZE "RESIZE" /* instead of keys: 40x12 from now on, nobody is told */

static char shown[65536];
static size_t shown_len, resized_at;

/* Collect what the child paints until it is quiet for a while. */
static void collect(int fd, int quiet_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	while (poll(&p, 1, quiet_ms) > 0 && shown_len < sizeof(shown) - 1) {
		ssize_t n = read(fd, shown + shown_len, sizeof(shown) - 1 - shown_len);

		if (n <= 0)
			break;
		shown_len += (size_t)n;
	}
	shown[shown_len] = '\0';
}

/* Keys are sent one string at a time, each after the screen has come to rest. */
static int run(const char *name, const char *term, const char *const keys[],
	       int (*page)(struct ui *))
{
	struct winsize size = { .ws_row = 25, .ws_col = 80 };
	const struct winsize smaller = { .ws_row = 12, .ws_col = 40 };
	int terminal, status;

	fflush(stdout);
	shown_len = 0;
	pid_t pid = forkpty(&terminal, NULL, NULL, &size);
	assert_true(pid >= 0);
	if (pid == 0) {
		struct error e = { 0 };

		setenv("TERM", term, 1);
		language_set("en");
		struct ui *ui = ui_open(&(struct ui_options){ false, "KOPF", "" }, &e);
		int result = page(ui);

		ui_close(ui);
		_exit(result);
	}
	poll(&(struct pollfd){ .fd = terminal, .events = POLLIN }, 1, 3000);
	for (size_t i = 0; keys[i]; i++) {
		collect(terminal, 30);
		if (strcmp(keys[i], HANG_UP) == 0)
			break;
		if (strcmp(keys[i], RESIZE) == 0) {
			resized_at = shown_len;
			assert_int_equal(ioctl(terminal, TIOCSWINSZ, &smaller), 0);
			/* Its signal is ignored there; half a second must do. */
			collect(terminal, 900);
			continue;
		}
		assert_int_equal(write(terminal, keys[i], strlen(keys[i])), strlen(keys[i]));
	}
	if (keys[0] && strcmp(keys[0], HANG_UP) == 0) {
		close(terminal);
		terminal = -1;
	}
	/* It must end by itself within 5 s; meanwhile its output is taken off it. */
	for (int i = 0; waitpid(pid, &status, WNOHANG) == 0; i++) {
		if (terminal >= 0)
			collect(terminal, 0);
		usleep(1000);
		if (i == 5000) {
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
			fail_msg("the page does not end after its last key: %s", name);
		}
	}
	if (terminal >= 0) {
		collect(terminal, 10);
		close(terminal);
	}
	if (!WIFEXITED(status))
		fail_msg("ended by signal %d", WTERMSIG(status));
	return WEXITSTATUS(status);
}

static int list_page(struct ui *ui)
{
	static const struct ui_item off = { "Aus", "nicht", false, true };
	struct ui_item items[13];
	struct ui_list list = { "Titel", "", items, 13, "", 0, false };
	size_t selected = 0;

	for (size_t i = 0; i < 13; i++)
		items[i] = (struct ui_item){ "Eintrag\x1b]0;x", "", false, false };
	items[1] = off;
	return SELECTED(ui_list(ui, &list, &selected), selected);
}

static void test_keys(void **state)
{
	static const struct {
		const char *name, *term;
		const char *keys[4];
		int want;
	} cases[] = {
		{ "Enter", "vt220", { "\r" }, SELECTED(UI_CHOSEN, 0) },
		{ "down skips what is off", "vt220", { "\x1b[B", "\r" }, SELECTED(UI_CHOSEN, 2) },
		{ "application keys", "xterm-256color", { "\x1bOB", "\r" }, SELECTED(UI_CHOSEN, 2) },
		{ "console", "linux", { "\x1b[B", "\r" }, SELECTED(UI_CHOSEN, 2) },
		{ "unknown terminal",
		  "no-such-terminal",
		  { "\x1b[B", "\r" },
		  SELECTED(UI_CHOSEN, 2) },
		{ "end", "vt100", { "\x1b[4~", "\r" }, SELECTED(UI_CHOSEN, 12) },
		{ "up at the top stays", "vt220", { "\x1b[A", "\r" }, SELECTED(UI_CHOSEN, 0) },
		{ "a number without another reading", "vt220", { "5" }, SELECTED(UI_CHOSEN, 4) },
		{ "one or the start of ten", "vt220", { "1", "\r" }, SELECTED(UI_CHOSEN, 0) },
		{ "two digits", "vt220", { "1", "3" }, SELECTED(UI_CHOSEN, 12) },
		{ "taken back", "vt220", { "1", "\x7f", "3" }, SELECTED(UI_CHOSEN, 2) },
		{ "off cannot be chosen", "vt220", { "2", "3" }, SELECTED(UI_CHOSEN, 2) },
		{ "zero is nothing", "vt220", { "0", "3" }, SELECTED(UI_CHOSEN, 2) },
		{ "Esc", "vt220", { "\x1b" }, SELECTED(UI_BACK, 0) },
		{ "Backspace", "vt220", { "\x7f" }, SELECTED(UI_BACK, 0) },
		{ "Ctrl-C", "vt220", { "\x03" }, SELECTED(UI_BACK, 0) },
		{ "digits of an unknown sequence choose nothing",
		  "vt220",
		  { "\x1b[35~", "\x1b" },
		  SELECTED(UI_BACK, 0) },
		{ "Esc and a key in one go",
		  "vt220",
		  { "\x1b[B", "\x1b"
			      "5" },
		  SELECTED(UI_BACK, 2) },
		{ "F2 of a console on another TERM",
		  "vt220",
		  { "\x1b[[B" },
		  SELECTED(UI_REDRAW, 0) },
		{ "help and back", "linux", { "\x1b[[A", " ", "\r" }, SELECTED(UI_CHOSEN, 0) },
		{ "plain and back", "vt220", { "\x1b[19~", "f\r", "\r" }, SELECTED(UI_CHOSEN, 0) },
		{ "hang-up", "vt220", { HANG_UP }, SELECTED(UI_CLOSED, 0) },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int got = run(cases[i].name, cases[i].term, cases[i].keys, list_page);

		if (got != cases[i].want)
			fail_msg("%s: got %d, want %d", cases[i].name, got, cases[i].want);
		/* The title of the window would have been set. */
		assert_null(strstr(shown, "\x1b]0;"));
		assert_non_null(strstr(shown, "KOPF"));
	}
}

static void search(void *context, const char *typed, const struct ui_item **items, size_t *count)
{
	static const struct ui_item found[] = {
		{ "Müller", "", false, false },
		{ "Möller", "", false, false },
	};

	(void)context;
	*items = found;
	*count = strcmp(typed, "mü1") == 0 ? 2 : 0;
}

static int search_page(struct ui *ui)
{
	const struct ui_search s = { "Suche", "Name:", NULL, search, 0 };
	char typed[8] = "";
	size_t selected = 7;
	enum ui_result r = ui_search(ui, &s, typed, sizeof(typed), &selected);

	return SELECTED(r, selected);
}

static void test_search(void **state)
{
	static const struct {
		const char *name;
		const char *keys[5];
		int want;
	} cases[] = {
		{ "type and choose", { "mü1", "\x1b[B", "\r" }, SELECTED(UI_CHOSEN, 1) },
		{ "correct a letter", { "mü", "ä", "\x7f", "1\r" }, SELECTED(UI_CHOSEN, 0) },
		{ "start again", { "xyz", "\x15", "mü1\r" }, SELECTED(UI_CHOSEN, 0) },
		{ "Enter without a result stays", { "x\r", "\x1b" }, SELECTED(UI_BACK, 7) },
		{ "Backspace on an empty line", { "x", "\x7f", "\x7f" }, SELECTED(UI_BACK, 7) },
		{ "too long a line", { "mü1234567890", "\x1b" }, SELECTED(UI_BACK, 7) },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int got = run(cases[i].name, "vt220", cases[i].keys, search_page);

		if (got != cases[i].want)
			fail_msg("%s: got %d, want %d", cases[i].name, got, cases[i].want);
	}
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* After a second the results come in another order. */
static void search_turned(void *context, const char *typed, const struct ui_item **items,
			  size_t *count)
{
	static const struct ui_item found[] = {
		{ "Müller", "", false, false },
		{ "Möller", "", false, false },
		{ "Müller", "", false, false },
	};

	if (*typed && !*(int64_t *)context)
		*(int64_t *)context = now_ms();
	*items = found + (*typed && now_ms() > *(int64_t *)context + 1000);
	*count = *typed ? 2 : 0;
}

static int turned_page(struct ui *ui)
{
	int64_t begun = 0;
	const struct ui_search s = { "Suche", "Name:", &begun, search_turned, 200 };
	char typed[8] = "";
	size_t selected = 7;
	enum ui_result r = ui_search(ui, &s, typed, sizeof(typed), &selected);

	return SELECTED(r, selected);
}

static void test_search_again(void **state)
{
	(void)state;
	/* Down to Möller, who then stands first: Enter still means Möller. */
	assert_int_equal(run("search again", "vt220",
			     (const char *[]){ "m", "\x1b[B", RESIZE, RESIZE, "\r", NULL },
			     turned_page),
			 SELECTED(UI_CHOSEN, 0));
}

/* Nothing to go back to: Esc and Backspace do nothing, and are not offered. */
static int first_page(struct ui *ui)
{
	static const struct ui_item one[] = { { "Eins", "", false, false } };
	const struct ui_list list = { "Titel", "", one, 1, "", 0, true };
	size_t selected = 0;

	return SELECTED(ui_list(ui, &list, &selected), selected);
}

static void test_first_page(void **state)
{
	(void)state;
	assert_int_equal(run("first page", "vt220",
			     (const char *[]){ "\x1b", "\x7f", "\x03", "\r", NULL }, first_page),
			 SELECTED(UI_CHOSEN, 0));
	assert_null(strstr(shown, "back"));
	assert_non_null(strstr(shown, "choose"));
}

/* The console gets another font before anybody listens: the size changes, and no
 * signal ever says so. */
static int resized_page(struct ui *ui)
{
	struct winsize small = { .ws_row = 12, .ws_col = 40 };
	const struct sigaction deaf = { .sa_handler = SIG_IGN };

	sigaction(SIGWINCH, &deaf, NULL);
	ioctl(STDOUT_FILENO, TIOCSWINSZ, &small);
	return first_page(ui);
}

/* The same while the page stands there: whoever runs the terminal changes it. */
static int deaf_page(struct ui *ui)
{
	const struct sigaction deaf = { .sa_handler = SIG_IGN };

	sigaction(SIGWINCH, &deaf, NULL);
	return first_page(ui);
}

/* The longest rule painted after `from`, in columns. */
static size_t longest_rule(const char *from)
{
	size_t longest = 0, now = 0;

	for (; *from; from++) {
		if (strncmp(from, "\xe2\x94\x80", 3) == 0) {
			now++;
			from += 2;
		} else {
			now = 0;
		}
		longest = now > longest ? now : longest;
	}
	return longest;
}

static void test_follows_the_size(void **state)
{
	(void)state;
	run("80 columns", "vt220", (const char *[]){ "\r", NULL }, first_page);
	assert_int_equal(longest_rule(shown), 76);
	run("before the first page", "vt220", (const char *[]){ "\r", NULL }, resized_page);
	assert_int_equal(longest_rule(shown), 36);
	run("while it stands", "vt220", (const char *[]){ RESIZE, "\r", NULL }, deaf_page);
	assert_int_equal(longest_rule(shown + resized_at), 36);
}

static int confirm_page(struct ui *ui)
{
	return (int)ui_confirm(ui, "Aus?", "Wirklich?");
}

static int long_confirm_page(struct ui *ui)
{
	char question[60 * 7 + 1] = "";

	for (unsigned i = 0; i < 60; i++)
		snprintf(question + (size_t)i * 7, 8, "Was %02u\n", i);
	return (int)ui_confirm(ui, "Aus?", question);
}

static void test_confirm(void **state)
{
	(void)state;
	assert_int_equal(run("confirm", "vt220", (const char *[]){ "\r", NULL }, confirm_page),
			 UI_BACK);
	assert_int_equal(run("confirm", "vt220", (const char *[]){ "2", NULL }, confirm_page),
			 UI_CHOSEN);
	/* Both answers are in sight below a question that is not. */
	run("long", "vt220", (const char *[]){ "\r", NULL }, long_confirm_page);
	assert_non_null(strstr(shown, "Was 59"));
	assert_non_null(strstr(shown, "Yes"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),         cmocka_unit_test(test_search),
		cmocka_unit_test(test_search_again), cmocka_unit_test(test_confirm),
		cmocka_unit_test(test_first_page),   cmocka_unit_test(test_follows_the_size),
	};

	setenv("BLACKSTART_LOCALEDIR", "/nonexistent", 1);
	setenv("BLACKSTART_RUN", "/nonexistent", 1);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
