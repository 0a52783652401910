/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plain face, driven through files: what is printed, how pages end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/ui/ui.h"

#define SELECTED(result, index) ((int)(result)*16 + (int)(index))

static char output[16384];

/* Run a page in a child whose terminal is `input`; its exit status is returned. */
static int run(const char *input, int (*page)(struct ui *ui))
{
	FILE *in = tmpfile(), *out = tmpfile();
	int status;

	assert_non_null(in);
	assert_non_null(out);
	fputs(input, in);
	fflush(in);
	rewind(in);
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		struct error e = { 0 };

		dup2(fileno(in), 0);
		lseek(0, 0, SEEK_SET);
		dup2(fileno(out), 1);
		struct ui *ui = ui_open(&(struct ui_options){ true, "KOPF", "ÜBUNG" }, &e);
		int result = page(ui);

		ui_close(ui);
		fflush(stdout);
		_exit(result);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	rewind(out);
	output[fread(output, 1, sizeof(output) - 1, out)] = '\0';
	fclose(in);
	fclose(out);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static bool printed(const char *s)
{
	return strstr(output, s) != NULL;
}

static int list_page(struct ui *ui)
{
	static const struct ui_item items[] = {
		{ "Gruppe", "", true, false },
		{ "Eins", "erstes", false, false },
		{ "Zwei", "noch nicht", false, true },
		{ "Drei\x1b[2J", "", false, false },
	};
	const struct ui_list list = { "Titel", "Vorweg", items, 4, "Schluss", 0, false };
	size_t selected = 0;

	return SELECTED(ui_list(ui, &list, &selected), selected);
}

static void test_list(void **state)
{
	static const struct {
		const char *name, *input;
		int want;
		const char *says;
	} cases[] = {
		{ "a number chooses", "1\n", SELECTED(UI_CHOSEN, 1), "\n== Titel\n" },
		{ "the last one", "3\n", SELECTED(UI_CHOSEN, 3), " 3. Drei\xef\xbf\xbd[2J\n" },
		{ "spaces do not matter", "  1  \n", SELECTED(UI_CHOSEN, 1),
		  " 1. Eins - erstes\n" },
		{ "line of a PC terminal", "1\r\n", SELECTED(UI_CHOSEN, 1), "Vorweg\n" },
		{ "off", "2\nb\n", SELECTED(UI_BACK, 0), "cannot be chosen" },
		{ "too large", "4\nb\n", SELECTED(UI_BACK, 0), "no entry '4'" },
		{ "zero", "0\nb\n", SELECTED(UI_BACK, 0), "no entry '0'" },
		{ "huge", "99999999999999999999\nb\n", SELECTED(UI_BACK, 0), "no entry '9999" },
		{ "hostile line", "\x1b[31m\nb\n", SELECTED(UI_BACK, 0), "'\xef\xbf\xbd[31m'" },
		{ "back", "b\n", SELECTED(UI_BACK, 0), "!! ÜBUNG\n" },
		{ "end of input", "", SELECTED(UI_CLOSED, 0), "KOPF\n" },
		{ "end within a line", "1", SELECTED(UI_CHOSEN, 1), "Schluss\n" },
		{ "help comes back", "?\n\nb\n", SELECTED(UI_BACK, 0), "An empty line shows" },
		{ "language", "l\n", SELECTED(UI_REDRAW, 0), "> " },
		{ "no full screen here", "f\n\nb\n", SELECTED(UI_BACK, 0), "no terminal here" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int got = run(cases[i].input, list_page);

		if (got != cases[i].want || !printed(cases[i].says))
			fail_msg("%s: got %d, want %d; printed:\n%s", cases[i].name, got,
				 cases[i].want, output);
		assert_null(strchr(output, '\x1b'));
	}
}

/* What follows a chosen line stays for the program that is started next. */
static int rest_page(struct ui *ui)
{
	char rest[8] = { 0 };

	list_page(ui);
	return read(0, rest, sizeof(rest)) == 5 && strcmp(rest, "rest\n") == 0;
}

static void test_reads_no_further(void **state)
{
	(void)state;
	assert_int_equal(run("1\nrest\n", rest_page), 1);
}

static int text_page(struct ui *ui)
{
	return (int)ui_text(ui, "Plan", "# Lage\n- ruhig bleiben\n\nEnde\x1b]0;x\a");
}

static void test_text(void **state)
{
	(void)state;
	assert_int_equal(run("\n", text_page), UI_BACK);
	assert_true(printed("== Plan\n\nLage\n- ruhig bleiben\n\nEnde\xef\xbf\xbd]0;x"));
	assert_null(strchr(output, '\x1b'));
	assert_int_equal(run("", text_page), UI_CLOSED);
}

static void search(void *context, const char *typed, const struct ui_item **items, size_t *count)
{
	static const struct ui_item found[] = {
		{ "Müller", "030 23125 001", false, false },
		{ "Möller", "030 23125 002", false, false },
	};

	(*(int *)context)++;
	*items = found;
	*count = strstr(typed, "ller") ? 2 : 0;
}

static int search_page(struct ui *ui)
{
	int calls = 0;
	const struct ui_search s = { "Suche", "Name:", &calls, search, 0 };
	char typed[16] = "";
	size_t selected = 9;
	enum ui_result r = ui_search(ui, &s, typed, sizeof(typed), &selected);

	return SELECTED(r, selected) + 64 * (strcmp(typed, "müller") == 0);
}

static void test_search(void **state)
{
	(void)state;
	assert_int_equal(run("müller\n2\n", search_page), SELECTED(UI_CHOSEN, 1) + 64);
	assert_true(printed(" 2. Möller - 030 23125 002\n"));
	/* A number that is no entry is part of a telephone number. */
	assert_int_equal(run("0171392\nmüller\n1\n", search_page), SELECTED(UI_CHOSEN, 0) + 64);
	assert_true(printed("Nothing found."));
	assert_int_equal(run("b\n", search_page), SELECTED(UI_BACK, 9));
	assert_int_equal(run("müller\n", search_page), SELECTED(UI_CLOSED, 9) + 64);
	/* Longer than the field, cut within a character. */
	assert_int_equal(run("aaaaaaaaaaaaaaüüüü\nb\n", search_page), SELECTED(UI_BACK, 9));
	assert_true(printed("Name: aaaaaaaaaaaaaa"));
}

static int confirm_page(struct ui *ui)
{
	return (int)ui_confirm(ui, "Aus?", "Wirklich?");
}

static void test_confirm(void **state)
{
	(void)state;
	assert_int_equal(run("2\n", confirm_page), UI_CHOSEN);
	assert_int_equal(run("1\n", confirm_page), UI_BACK);
	assert_int_equal(run("l\n1\n", confirm_page), UI_BACK);
	assert_int_equal(run("", confirm_page), UI_CLOSED);
}

/* A page that refreshes itself says nothing while nothing changes. */
static int refresh_page(struct ui *ui)
{
	const struct ui_item item = { "Eins", "", false, false };
	struct ui_list list = { "Suche läuft", "", &item, 1, "", 10, false };
	size_t selected = 0;
	int pipes[2];

	if (pipe(pipes) < 0 || dup2(pipes[0], 0) < 0)
		return 99;
	for (int i = 0; i < 3; i++)
		if (ui_list(ui, &list, &selected) != UI_REFRESH)
			return 98;
	list.footer = "fertig";
	return (int)ui_list(ui, &list, &selected);
}

static void test_refresh(void **state)
{
	const char *first;

	(void)state;
	assert_int_equal(run("", refresh_page), UI_REFRESH);
	first = strstr(output, "Suche läuft");
	assert_non_null(first);
	first = strstr(first + 1, "Suche läuft");
	assert_non_null(first);
	assert_null(strstr(first + 1, "Suche läuft"));
}

static bool is_short(void *context, const char *typed, struct error *e)
{
	(void)context;
	return strlen(typed) < 6 || error_set(e, ERROR_USAGE, "ZU LANG: %s", typed);
}

/* Prints the answer below the page. */
static int line_page(struct ui *ui)
{
	const struct ui_line l = { "Grund", "Vorweg", "Grund", false, NULL, is_short };
	char typed[16] = "alt";
	enum ui_result r = ui_line(ui, &l, typed, sizeof(typed));

	printf("<%s>", typed);
	return (int)r;
}

static int optional_page(struct ui *ui)
{
	const struct ui_line l = { "Grund", "", "Grund", true, NULL, NULL };
	char typed[16] = "alt";
	enum ui_result r = ui_line(ui, &l, typed, sizeof(typed));

	printf("<%s>", typed);
	return (int)r;
}

static int secret_page(struct ui *ui)
{
	const struct ui_line l = { "Schloss", "", "Wort", false, NULL, NULL };
	char typed[16] = "";
	enum ui_result r = ui_secret(ui, &l, typed, sizeof(typed));

	printf("<%s>", typed);
	return (int)r;
}

static void test_line(void **state)
{
	static const struct {
		const char *name;
		int (*page)(struct ui *ui);
		const char *input;
		int want;
		const char *says;
	} cases[] = {
		{ "an answer", line_page, "  neu \n", UI_CHOSEN, "Grund > <neu>" },
		{ "what is proposed", line_page, "\n", UI_CHOSEN, "Proposed: alt\n" },
		{ "refused", line_page, "zu lang\nkurz\n", UI_CHOSEN,
		  "ZU LANG: zu lang\nGrund > <kurz>" },
		{ "refused is not proposed", line_page, "zu lang\n\n", UI_CHOSEN, "<alt>" },
		{ "how to say nothing", optional_page, "\n", UI_CHOSEN, "A full stop alone" },
		{ "back", line_page, "b\n", UI_BACK, "<alt>" },
		{ "b as an answer", line_page, ".b\n", UI_CHOSEN, "<b>" },
		{ ".b as an answer", line_page, "..b\n", UI_CHOSEN, "<.b>" },
		{ "a full stop is no sign elsewhere", line_page, ".bc\n", UI_CHOSEN, "<.bc>" },
		{ "nothing is no answer", line_page, ".\nneu\n", UI_CHOSEN, "<neu>" },
		{ "nothing is an answer", optional_page, ".\n", UI_CHOSEN, "<>" },
		{ "help", line_page, "?\n\nneu\n", UI_CHOSEN, "<neu>" },
		{ "language", line_page, "l\n", UI_REDRAW, "<alt>" },
		{ "too long", line_page, "1234567890123456\nb\n", UI_BACK, "at most 15 bytes" },
		{ "not UTF-8", line_page, "\xff\n", UI_CHOSEN, "<\xef\xbf\xbd>" },
		{ "closed", line_page, "", UI_CLOSED, "<alt>" },
		{ "a secret", secret_page, "wort\n", UI_CHOSEN, "<wort>" },
		{ "a secret shown", secret_page, "show\nwort\n", UI_CHOSEN, "is shown now" },
		{ "no command left in it", secret_page, "l\n", UI_REDRAW, "<>" },
		{ "no secret, back", secret_page, "b\n", UI_BACK, "<>" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int got = run(cases[i].input, cases[i].page);

		if (got != cases[i].want || !printed(cases[i].says))
			fail_msg("%s: got %d, want %d; printed:\n%s", cases[i].name, got,
				 cases[i].want, output);
	}
}

static bool tick(void *context)
{
	ui_frame(context, "KOPF", "ÜBUNG\nFRIST\x1b");
	return true;
}

/* Nothing comes in for two ticks; then the list is left. */
static int ticking_page(struct ui *ui)
{
	int pipes[2];

	ui_set_hooks(ui, &(struct ui_hooks){ .context = ui, .tick = tick });
	if (pipe(pipes) < 0)
		return 99;
	if (fork() == 0) {
		usleep(1200000);
		(void)!write(pipes[1], "b\n", 2);
		_exit(0);
	}
	dup2(pipes[0], 0);
	return list_page(ui);
}

static void test_tick(void **state)
{
	const char *said;

	(void)state;
	assert_int_equal(run("", ticking_page), SELECTED(UI_BACK, 0));
	said = strstr(output, "> \n! FRIST\xef\xbf\xbd\n> ");
	assert_non_null(said);
	if (strstr(said + 6, "FRIST"))
		fail_msg("said twice:\n%s", output);
	/* What was said on the page is not said again. */
	assert_null(strstr(output, "! ÜBUNG\n! "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list),    cmocka_unit_test(test_reads_no_further),
		cmocka_unit_test(test_text),    cmocka_unit_test(test_search),
		cmocka_unit_test(test_confirm), cmocka_unit_test(test_refresh),
		cmocka_unit_test(test_line),    cmocka_unit_test(test_tick),
	};

	/* No catalogue, no settings of the machine that tests. */
	setenv("BLACKSTART_LOCALEDIR", "/nonexistent", 1);
	setenv("BLACKSTART_RUN", "/nonexistent", 1);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
