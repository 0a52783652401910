/* SPDX-License-Identifier: GPL-3.0-or-later */
/* QR codes and large figures on a terminal, read by a machine and cell by cell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "glass.h"
#include "lib/base/language.h"
#include "lib/data/qr.h"
#include "lib/ui/ui.h"

#define CELL 4 /* pixels of half a cell, both ways */

static struct glass glass;
static const char *content; /* of the code that a page shows */

static struct ui *open_ui(const char *term)
{
	struct error e = { 0 };

	setenv("TERM", term, 1);
	language_set("en");
	return ui_open(&(struct ui_options){ false, "KOPF", "EXERCISE" }, &e);
}

static int qr_page(const char *term)
{
	struct ui *ui = open_ui(term);
	struct qr *code = mem_alloc(sizeof(*code));
	struct error e = { 0 };

	if (!qr_encode(code, content, QR_LOW, &e))
		return 99;
	int result = (int)ui_qr(ui, "Änne Müller", code, "Hold a telephone to it.", "TYPE THIS");

	ui_close(ui);
	free(code);
	return result;
}

/* What zbarimg reads on a picture of the screen; "" if nothing. */
static const char *scanned(void)
{
	static char read[4096];
	char path[200], command[300];

	snprintf(path, sizeof(path), "%s/screen.pgm", getenv("TMPDIR"));
	snprintf(command, sizeof(command),
		 "zbarimg -q --raw -Sdisable -Sqrcode.enable %s 2>/dev/null", path);
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	fprintf(out, "P5 %u %u 255\n", glass.columns * CELL, glass.rows * 2 * CELL);
	for (unsigned y = 0; y < glass.rows * 2 * CELL; y++)
		for (unsigned x = 0; x < glass.columns * CELL; x++)
			putc(glass_lit(&glass, y / CELL / 2, x / CELL, y / CELL % 2) ? 255 : 0,
			     out);
	fclose(out);
	FILE *in = popen(command, "r");

	assert_non_null(in);
	read[fread(read, 1, sizeof(read) - 1, in)] = '\0';
	pclose(in);
	read[strcspn(read, "\r")] = '\0';
	if (*read && read[strlen(read) - 1] == '\n')
		read[strlen(read) - 1] = '\0';
	return read;
}

/* Columns, from the left, until the first dark one of the middle row. */
static unsigned quiet_columns(void)
{
	unsigned x = 0;

	while (x < glass.columns && glass_lit(&glass, glass.rows / 2, x, 0))
		x++;
	return x;
}

static void test_qr(void **state)
{
	static char long_text[300], longer[1200];
	static const char *const any[] = { "x", NULL };
	static const struct {
		const char *term;
		unsigned rows, columns;
		const char *content;
		bool fits;
	} cases[] = {
		{ "linux", 25, 80, "tel:+49171392001", true },
		{ "vt220", 25, 80, "tel:+49171392001", true },
		{ "xterm-256color", 25, 80, "tel:+49171392001", true },
		/* Version 5, 37 modules: a person with one number. */
		{ "linux", 25, 80,
		  "BEGIN:VCARD\nVERSION:3.0\nN:Müller;Änne;;;\nFN:Änne Müller\n"
		  "TEL;TYPE=CELL:+491713920050\nEND:VCARD\n\n\n\n",
		  true },
		{ "vt220", 25, 80,
		  "BEGIN:VCARD\nVERSION:3.0\nN:Müller;Änne;;;\nFN:Änne Müller\n"
		  "TEL;TYPE=CELL:+491713920050\nEND:VCARD\n\n\n\n",
		  true },
		/* Version 7, 45 modules, with half of the quiet zone. */
		{ "linux", 25, 80, long_text, true },
		{ "vt220", 25, 80, long_text, true },
		{ "linux", 25, 80, longer, false },
		{ "linux", 24, 40, "tel:+49171392001", false },
		{ "linux", 67, 240, "tel:+49171392001", true },
		{ "linux", 67, 240, long_text, true },
		{ "vt220", 48, 170, longer, false },
	};

	(void)state;
	memset(long_text, 'q', 150);
	memset(longer, 'q', 1000);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		content = cases[i].content;
		int got = glass_run(&glass, cases[i].term, cases[i].rows, cases[i].columns, any,
				    qr_page);

		if (got != UI_BACK)
			fail_msg("case %zu: ended with %d", i, got);
		assert_true(glass_shows(&glass, "KOPF"));
		assert_true(glass_shows(&glass, "EXERCISE"));
		if (!cases[i].fits) {
			assert_true(glass_shows(&glass, "TYPE THIS"));
			assert_true(glass_shows(&glass, "does not fit"));
			continue;
		}
		if (strcmp(scanned(), content) != 0)
			fail_msg("case %zu: read '%s'", i, scanned());
		/* Lit around it, whatever the reader makes of it; and words beside it. */
		if (quiet_columns() < 2)
			fail_msg("case %zu: no quiet zone", i);
		assert_true(glass_shows(&glass, "Änne Müller"));
		assert_true(glass_shows(&glass, "Hold a telephone to it."));
		assert_true(glass_shows(&glass, "Esc back"));
	}
}

static int large_page(const char *term)
{
	struct ui *ui = open_ui(term);
	int result = (int)ui_large(ui, "Feuerwehr", content);

	ui_close(ui);
	return result;
}

/* Figures as they stand, a row of letters for each row of the screen: # is lit. */
static const char *drawn(unsigned from, unsigned to)
{
	static struct text out;

	text_clear(&out);
	for (unsigned y = from; y < to; y++) {
		for (unsigned x = 2; x < glass.columns; x++)
			text_add(&out, glass_lit(&glass, y, x, 0) ? "#" : " ");
		while (out.len > 0 && out.s[out.len - 1] == ' ')
			out.s[--out.len] = '\0';
		text_add(&out, "\n");
	}
	return text_end(&out);
}

/* Rows of the screen where something is lit below the title. */
static unsigned lit_rows(void)
{
	unsigned n = 0;

	for (unsigned y = 5; y < glass.rows; y++)
		n += strchr(drawn(y, y + 1), '#') != NULL;
	return n;
}

static void test_large(void **state)
{
	static const char *const any[] = { " ", NULL };

	(void)state;
	content = "112";
	assert_int_equal(glass_run(&glass, "linux", 14, 80, any, large_page), UI_BACK);
	assert_string_equal(drawn(3, 8), "  ##      ##    ######\n"
					 "####    ####        ##\n"
					 "  ##      ##    ######\n"
					 "  ##      ##    ##\n"
					 "######  ######  ######\n");
	assert_true(glass_shows(&glass, "Feuerwehr"));
	assert_true(glass_shows(&glass, "112"));
	/* The more room, the larger. */
	assert_int_equal(glass_run(&glass, "vt220", 25, 80, any, large_page), UI_BACK);
	assert_int_equal(lit_rows(), 15);
	/* On two lines, between groups. */
	content = "+49 171 3920050";
	assert_int_equal(glass_run(&glass, "linux", 25, 80, any, large_page), UI_BACK);
	assert_int_equal(lit_rows(), 10);
	assert_true(glass_shows(&glass, "+49 171 392 00 50"));
	assert_string_equal(drawn(5, 6), "        ##  ##  ######            ##    ######    ##\n");
	/* What has no figure, or no room, is said as it is. */
	content = "Funk 7";
	assert_int_equal(glass_run(&glass, "linux", 25, 80, any, large_page), UI_BACK);
	assert_true(glass_shows(&glass, "Funk 7"));
	assert_int_equal(lit_rows(), 0);
	content = "112";
	assert_int_equal(glass_run(&glass, "linux", 8, 80, any, large_page), UI_BACK);
	assert_true(glass_shows(&glass, "112"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_qr),
		cmocka_unit_test(test_large),
	};

	setenv("BLACKSTART_LOCALEDIR", "/nonexistent", 1);
	setenv("BLACKSTART_RUN", "/nonexistent", 1);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
