/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines and secrets typed on a full screen, what stays of them, and the frame that
 * changes meanwhile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <linux/kd.h>

#include "glass.h"
#include "lib/base/language.h"
#include "lib/ui/ui.h"

#define CELL_BYTES 28 /* of ncurses: attributes, five wide letters, colours */
#define UP "\x1b[A"
#define LEFT "\x1b[D"
#define HOME "\x1b[1~"
#define END "\x1b[4~"
#define DELETE "\x1b[3~"
#define ERASE "\x7f"
#define ERASE_LINE "\x15"
#define ESC "\x1b"
#define F6 "\x1b[17~"
#define F8 "\x1b[19~"

static struct glass glass;
static char answer_file[200];
static int locks = -1; /* what the console says of them; -1: there is none */

int __real_ioctl(int fd, unsigned long request, void *argument);
int __wrap_ioctl(int fd, unsigned long request, void *argument);

int __wrap_ioctl(int fd, unsigned long request, void *argument)
{
	if (request != KDGKBLED)
		return __real_ioctl(fd, request, argument);
	if (locks >= 0)
		*(char *)argument = (char)locks;
	return locks < 0 ? -1 : 0;
}

static struct ui *open_ui(const char *term, const char *notice)
{
	struct error e = { 0 };

	setenv("TERM", term, 1);
	language_set("en");
	return ui_open(&(struct ui_options){ false, "KOPF", notice }, &e);
}

/* The answer goes into a file, for the test to read. */
static int done(struct ui *ui, enum ui_result r, const char *typed)
{
	FILE *out = fopen(answer_file, "w");

	ui_close(ui);
	fputs(typed, out);
	fclose(out);
	return (int)r;
}

static const char *answer(void)
{
	static char line[4096];
	FILE *in = fopen(answer_file, "r");

	assert_non_null(in);
	line[fread(line, 1, sizeof(line) - 1, in)] = '\0';
	fclose(in);
	return line;
}

static bool is_time(void *context, const char *typed, struct error *e)
{
	(void)context;
	return (strlen(typed) == 5 && typed[2] == ':') ||
	       error_set(e, ERROR_USAGE,
			 "'%s' is no time. Write hours and minutes with a colon between them, as "
			 "on a clock with 24 hours: 04:30, 17:05.",
			 typed);
}

static int time_page(const char *term)
{
	const struct ui_line l = { "Zeit", "Vorweg", "Uhrzeit", false, NULL, is_time };
	char typed[16] = "1:05";
	struct ui *ui = open_ui(term, "");

	return done(ui, ui_line(ui, &l, typed, sizeof(typed)), typed);
}

static void test_line(void **state)
{
	static const struct {
		const char *name;
		const char *keys[6];
		int want;
		const char *typed, *shows; /* before the last keys */
	} cases[] = {
		{ "refused, then corrected in front",
		  { "\r", HOME, "1", "\r" },
		  UI_CHOSEN,
		  "11:05",
		  "Enter accept" },
		{ "refused in as many words as it takes",
		  { "\r", ESC },
		  UI_BACK,
		  "1:05",
		  "with 24 hours: 04:30, 17:05." },
		{ "inserted in the middle",
		  { LEFT LEFT LEFT LEFT, DELETE, "09", "\r" },
		  UI_CHOSEN,
		  "09:05",
		  " 09:05" },
		{ "all anew, spaces do not count",
		  { ERASE_LINE, "  ", "12:00  ", "\r" },
		  UI_CHOSEN,
		  "12:00",
		  "Uhrzeit" },
		{ "letters and digits are no commands",
		  { ERASE_LINE, "bb:b1", "\r" },
		  UI_CHOSEN,
		  "bb:b1",
		  "Vorweg" },
		{ "umlauts are one letter",
		  { ERASE_LINE, "ä:ö" LEFT LEFT, ERASE, "12", "\r" },
		  UI_CHOSEN,
		  "12:ö",
		  "12:ö" },
		{ "nothing is no answer", { ERASE_LINE, "\r", ESC }, UI_BACK, "", "Type something" },
		{ "Backspace on nothing stays",
		  { ERASE_LINE, ERASE ERASE, "12:00", "\r" },
		  UI_CHOSEN,
		  "12:00",
		  "Zeit" },
		{ "full", { "123456789012", ESC }, UI_BACK, "1:0512345678901", "line is full" },
		{ "language and back", { "\x1bOQ" }, UI_REDRAW, "1:05", "F2 language" },
		{ "plain and back", { F8, "f\r", "\r", ESC }, UI_BACK, "1:05", "is no time" },
		{ "closed", { GLASS_HANG_UP }, UI_CLOSED, "1:05", "Zeit" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int got = glass_run(&glass, "vt220", 25, 80, cases[i].keys, time_page);

		if (got != cases[i].want || strcmp(answer(), cases[i].typed) != 0)
			fail_msg("%s: got %d and '%s', want %d and '%s'", cases[i].name, got,
				 answer(), cases[i].want, cases[i].typed);
		if (!glass_shows(&glass, cases[i].shows))
			fail_msg("%s: does not show %s", cases[i].name, cases[i].shows);
	}
}

/* A journal entry: 1,000 letters are there, one can go up into them and insert. */
static int long_page(const char *term)
{
	const struct ui_line l = { "Eintrag", "", "Was ist geschehen?", false, NULL, NULL };
	static char typed[2048];
	struct ui *ui = open_ui(term, "");

	for (size_t i = 0; i < 100; i++)
		memcpy(typed + 10 * i, "neun Zehn ", 11);
	return done(ui, ui_line(ui, &l, typed, sizeof(typed)), typed);
}

static void test_folded_line(void **state)
{
	unsigned rows = 0;

	(void)state;
	assert_int_equal(glass_run(&glass, "linux", 25, 80,
				   (const char *[]){ UP UP, HOME "X", "\r", NULL }, long_page),
			 UI_CHOSEN);
	assert_int_equal(strlen(answer()), 1000);
	assert_int_equal(answer()[0], 'X');
	for (unsigned y = 0; y < glass.rows; y++)
		rows += strstr(glass_row(&glass, y), " neun Zehn neun Zehn") != NULL;
	assert_int_equal(rows, 15); /* 7 groups each, the last one with 2 */
	/* One row up from the end: the letter goes there. */
	assert_int_equal(glass_run(&glass, "linux", 25, 80,
				   (const char *[]){ UP LEFT "X", "\r", NULL }, long_page),
			 UI_CHOSEN);
	assert_int_equal(strchr(answer(), 'X') - answer(), 910 + 20 - 1);
}

static int secret_page(const char *term)
{
	const struct ui_line l = { "Schloss", "", "Wort", false, NULL, NULL };
	char typed[64] = "";
	struct ui *ui = open_ui(term, "");

	return done(ui, ui_secret(ui, &l, typed, sizeof(typed)), typed);
}

static void test_secret(void **state)
{
	(void)state;
	assert_int_equal(glass_run(&glass, "vt220", 25, 80,
				   (const char *[]){ "geheim", "\r", NULL }, secret_page),
			 UI_CHOSEN);
	assert_string_equal(answer(), "geheim");
	assert_null(strstr(glass.raw, "geh"));
	assert_null(strchr(glass.raw, '*'));
	assert_true(glass_shows(&glass, "F6 shows it"));
	assert_true(glass_shows(&glass, "F6 show"));
	assert_int_equal(glass_run(&glass, "vt220", 25, 80,
				   (const char *[]){ "geheim", F6, "\r", NULL }, secret_page),
			 UI_CHOSEN);
	assert_true(glass_shows(&glass, " geheim"));
	assert_int_equal(glass_run(&glass, "vt220", 25, 80,
				   (const char *[]){ "geheim", F6, F6, ESC, NULL }, secret_page),
			 UI_BACK);
	assert_false(glass_shows(&glass, "geheim"));
	assert_string_equal(answer(), "");
}

static void test_caps_lock(void **state)
{
	(void)state;
	for (locks = -1; locks <= K_CAPSLOCK; locks++) {
		glass_run(&glass, "linux", 25, 80, (const char *[]){ "x", ESC, NULL }, secret_page);
		assert_int_equal(glass_shows(&glass, "Caps lock"), locks == K_CAPSLOCK);
	}
	locks = -1;
}

static bool in_page(const unsigned char *page, size_t size, const unsigned char *inverted, size_t n)
{
	static const size_t strides[] = { 1, sizeof(wchar_t), CELL_BYTES };
	const unsigned char *at = page;

	for (; (at = memchr(at, inverted[0] ^ 0xff, size - (size_t)(at - page))); at++) {
		for (size_t s = 0; s < sizeof(strides) / sizeof(strides[0]); s++) {
			size_t k = 0;

			while (k < n && at + k * strides[s] < page + size &&
			       (at[k * strides[s]] ^ inverted[k]) == 0xff)
				k++;
			if (k == n)
				return true;
		}
	}
	return false;
}

/* Does anything that this process may write hold the word, as bytes, as wide letters,
 * or as a row of ncurses' cells? It comes inverted, so as not to find itself. */
static bool in_memory(const unsigned char *inverted, size_t n)
{
	static unsigned char page[1 << 16];
	FILE *maps = fopen("/proc/self/maps", "r");
	int memory = open("/proc/self/mem", O_RDONLY);
	char line[512], rights[8];
	unsigned long from, to;
	bool found = false;

	while (!found && fgets(line, sizeof(line), maps)) {
		/* The sanitizer's shadow is large, and holds no bytes. */
		if (sscanf(line, "%lx-%lx %7s", &from, &to, rights) != 3 || rights[1] != 'w' ||
		    to - from > 256ul << 20)
			continue;
		for (; from < to && !found; from += sizeof(page) - sizeof("geheim") * CELL_BYTES) {
			ssize_t got = pread(memory, page, sizeof(page), (off_t)from);

			found = got > 0 && in_page(page, (size_t)got, inverted, n);
		}
	}
	fclose(maps);
	close(memory);
	return found;
}

#define INVERTED                                                                                   \
	{                                                                                          \
		(unsigned char)~'g', (unsigned char)~'e', (unsigned char)~'h',                     \
			(unsigned char)~'e', (unsigned char)~'i', (unsigned char)~'m'              \
	}

/* The test's own eyes: is it found while it is there? */
static int forgetting_page(const char *term)
{
	static const unsigned char word[] = INVERTED;
	const struct ui_line l = { "Schloss", "", "Wort", false, NULL, NULL };
	char typed[64] = "";
	struct ui *ui = open_ui(term, "");
	enum ui_result r = ui_secret(ui, &l, typed, sizeof(typed));
	bool there = r == UI_BACK || in_memory(word, sizeof(word));

	explicit_bzero(typed, sizeof(typed));
	bool left = in_memory(word, sizeof(word));

	ui_close(ui);
	return there + 2 * left;
}

static void test_forgets(void **state)
{
	static const char *const ways[][6] = {
		{ "geheim", "\r", NULL },
		{ "geheim", F6, "\r", NULL },
		{ "geheim", F6, F6, "\r", NULL },
		{ "geheim", F6, "\x1bOP", ESC, ESC, NULL }, /* the help in between */
		{ "geheim", F6, F8, "f\r", ESC, NULL },
		{ "geheim", F6, "xx" ERASE ERASE, "\r", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		int got = glass_run(&glass, "linux", 25, 80, ways[i], forgetting_page);

		if (got != 1)
			fail_msg("way %zu: %d", i, got);
	}
}

/* A notice that grows, once, behind a page that is in use. */
static bool tick(void *context)
{
	static int ticks;

	if (ticks++ == 0)
		return false;
	ui_frame(context, "KOPF",
		 "EXERCISE\nDEADLINE: the data protection authority wants to hear "
		 "of it until Monday 16:30, there are 20 minutes left");
	return ticks == 2;
}

static int ticking_list(const char *term)
{
	struct ui_item items[60];
	const struct ui_list list = { "Titel", "", items, 60, "", 0, false };
	size_t selected = 40;
	struct ui *ui = open_ui(term, "EXERCISE");

	for (size_t i = 0; i < 60; i++)
		items[i] = (struct ui_item){ "Schritt", "", false, false };
	ui_set_hooks(ui, &(struct ui_hooks){ .context = ui, .tick = tick });
	enum ui_result r = ui_list(ui, &list, &selected);

	ui_close(ui);
	return (int)r * 64 + (int)selected;
}

static int ticking_line(const char *term)
{
	const struct ui_line l = { "Zeit", "", "Uhrzeit", false, NULL, NULL };
	char typed[16] = "";
	struct ui *ui = open_ui(term, "");

	ui_set_hooks(ui, &(struct ui_hooks){ .context = ui, .tick = tick });
	return done(ui, ui_line(ui, &l, typed, sizeof(typed)), typed);
}

static void test_tick(void **state)
{
	(void)state;
	/* "4" and "2" are one number although the frame was painted anew between them. */
	assert_int_equal(glass_run(&glass, "vt220", 25, 80,
				   (const char *[]){ "4", GLASS_WAIT, "2", NULL }, ticking_list),
			 UI_CHOSEN * 64 + 41);
	assert_string_equal(glass_row(&glass, 1), "   EXERCISE");
	assert_string_equal(
		glass_row(&glass, 2),
		"   DEADLINE: the data protection authority wants to hear of it until Monday");
	assert_string_equal(glass_row(&glass, 3), "     16:30, there are 20 minutes left");
	assert_true(glass_shows(&glass, "Number 4: press Enter"));
	assert_int_equal(glass_run(&glass, "linux", 25, 80,
				   (const char *[]){ "halb", GLASS_WAIT, "ganz\r", NULL },
				   ticking_line),
			 UI_CHOSEN);
	assert_string_equal(answer(), "halbganz");
	assert_true(glass_shows(&glass, "DEADLINE"));
	assert_true(glass_shows(&glass, " halb"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line),    cmocka_unit_test(test_folded_line),
		cmocka_unit_test(test_secret),  cmocka_unit_test(test_caps_lock),
		cmocka_unit_test(test_forgets), cmocka_unit_test(test_tick),
	};

	snprintf(answer_file, sizeof(answer_file), "%s/answer", getenv("TMPDIR"));
	setenv("BLACKSTART_LOCALEDIR", "/nonexistent", 1);
	setenv("BLACKSTART_RUN", "/nonexistent", 1);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
