/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines typed in plain mode on a terminal: echo, correction, notices, signals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <termios.h>

#include "glass.h"
#include "lib/base/language.h"
#include "lib/ui/ui.h"

static struct glass glass;

static struct ui *open_ui(void)
{
	struct error e = { 0 };

	language_set("en");
	return ui_open(&(struct ui_options){ true, "KOPF", "" }, &e);
}

/* The terminal must be as it was, whatever the page did. */
static int done(struct ui *ui, enum ui_result r, const struct termios *before)
{
	struct termios now;

	ui_close(ui);
	tcgetattr(0, &now);
	return now.c_lflag == before->c_lflag ? (int)r : 99;
}

static int answer(const char *typed)
{
	printf("<%s>\n", typed);
	return fflush(stdout);
}

static int line_page(const char *term)
{
	const struct ui_line l = { "Grund", "", "Grund", false, NULL, NULL };
	char typed[16] = "";
	struct termios before;
	struct ui *ui = open_ui();

	(void)term;
	tcgetattr(0, &before);
	enum ui_result r = ui_line(ui, &l, typed, sizeof(typed));

	answer(typed);
	return done(ui, r, &before);
}

static int secret_page(const char *term)
{
	const struct ui_line l = { "Schloss", "", "Wort", false, NULL, NULL };
	char typed[16] = "";
	struct termios before;
	struct ui *ui = open_ui();

	(void)term;
	tcgetattr(0, &before);
	enum ui_result r = ui_secret(ui, &l, typed, sizeof(typed));

	for (char *c = typed; *c; c++)
		(*c)++; /* so that it is not mistaken for an echo */
	answer(typed);
	return done(ui, r, &before);
}

static bool tick(void *context)
{
	static int ticks;

	if (++ticks == 2)
		ui_frame(context, "KOPF", "FRIST VORBEI");
	return ticks == 2;
}

static int ticking_page(const char *term)
{
	const struct ui_line l = { "Grund", "", "Grund", false, NULL, NULL };
	char typed[16] = "";
	struct termios before;
	struct ui *ui = open_ui();

	(void)term;
	tcgetattr(0, &before);
	ui_set_hooks(ui, &(struct ui_hooks){ .context = ui, .tick = tick });
	enum ui_result r = ui_line(ui, &l, typed, sizeof(typed));

	answer(typed);
	return done(ui, r, &before);
}

static void test_typing(void **state)
{
	static const struct {
		const char *name;
		int (*page)(const char *term);
		const char *keys[6];
		int want;
		const char *shows[3]; /* rows from the prompt on, up to the end */
	} cases[] = {
		{ "echo", line_page, { "neu\r" }, UI_CHOSEN, { "Grund > neu", "<neu>" } },
		{ "a letter back, of two bytes",
		  line_page,
		  { "naü", "\x7f", "e\r" },
		  UI_CHOSEN,
		  { "Grund > nae", "<nae>" } },
		{ "all back",
		  line_page,
		  { "falsch", "\x15", "neu\r" },
		  UI_CHOSEN,
		  { "Grund > neu", "<neu>" } },
		{ "back over the beginning",
		  line_page,
		  { "a", "\b\b\b", "neu\r" },
		  UI_CHOSEN,
		  { "Grund > neu", "<neu>" } },
		{ "arrows and function keys write nothing",
		  line_page,
		  { "n\x1b[De\x1bOPu\x1b[[A", "\x1b[15~\r" },
		  UI_CHOSEN,
		  { "Grund > neu", "<neu>" } },
		{ "no more than there is room for",
		  line_page,
		  { "12345678901234567890\r", "\x7f\r", "b\r" },
		  UI_BACK,
		  { "Grund > b", "<>" } },
		{ "end of input", line_page, { "\x04" }, UI_CLOSED, { "Grund >", "<>" } },
		{ "nothing of a secret",
		  secret_page,
		  { "wort", "\r" },
		  UI_CHOSEN,
		  { "Wort >", "<xpsu>" } },
		{ "a secret shown",
		  secret_page,
		  { "show\r", "wort\r" },
		  UI_CHOSEN,
		  { "Wort > wort", "<xpsu>" } },
		{ "a notice at once",
		  ticking_page,
		  { GLASS_WAIT, "neu\r" },
		  UI_CHOSEN,
		  { "! FRIST VORBEI", "Grund > neu", "<neu>" } },
		{ "a notice after the line",
		  ticking_page,
		  { "ne", GLASS_WAIT, "u\r" },
		  UI_CHOSEN,
		  { "Grund > neu", "! FRIST VORBEI", "<neu>" } },
	};

	(void)state;
	glass.to_end = true;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int got = glass_run(&glass, "linux", 25, 80, cases[i].keys, cases[i].page);
		unsigned row = glass.rows;

		if (got != cases[i].want)
			fail_msg("%s: ended with %d, want %d", cases[i].name, got, cases[i].want);
		while (row > 0 && !*glass_row(&glass, row - 1))
			row--;
		for (size_t n = 3; n-- > 0;) {
			if (!cases[i].shows[n])
				continue;
			if (row == 0 || strcmp(glass_row(&glass, row - 1), cases[i].shows[n]) != 0)
				fail_msg("%s: '%s' stands where '%s' should", cases[i].name,
					 glass_row(&glass, row - 1), cases[i].shows[n]);
			row--;
		}
	}
}

/* Ctrl-C ends the program, and the terminal echoes again. */
static int killed_page(const char *term)
{
	struct termios before, now;
	int status;

	tcgetattr(0, &before);
	pid_t pid = fork();
	if (pid == 0) {
		/* Who was started in the background ignores it, and passes that on. */
		signal(SIGINT, SIG_DFL);
		_exit(line_page(term));
	}
	signal(SIGINT, SIG_IGN);
	waitpid(pid, &status, 0);
	tcgetattr(0, &now);
	return now.c_lflag == before.c_lflag && WIFSIGNALED(status) ? WTERMSIG(status) : 99;
}

static void test_signal(void **state)
{
	(void)state;
	assert_int_equal(glass_run(&glass, "linux", 25, 80, (const char *[]){ "ab", "\x03", NULL },
				   killed_page),
			 SIGINT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_typing),
		cmocka_unit_test(test_signal),
	};

	setenv("BLACKSTART_LOCALEDIR", "/nonexistent", 1);
	setenv("BLACKSTART_RUN", "/nonexistent", 1);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
