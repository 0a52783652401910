/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages as lines: no cursor movement, nothing that a Braille display or a slow
 * serial line could not follow. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/ui/face.h"
#include "lib/ui/fold.h"

#define USUAL_ROWS 24
#define USUAL_COLUMNS 80
#define WIDEST 100

/* The size of the terminal, or false: not one, print all at once and unfolded. */
static bool terminal_size(unsigned *rows, unsigned *columns)
{
	struct winsize w;

	if (!isatty(STDOUT_FILENO))
		return false;
	*rows = USUAL_ROWS;
	*columns = USUAL_COLUMNS;
	/* A serial line does not know its size and says 0. */
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_row > 4 && w.ws_col > 20) {
		*rows = w.ws_row;
		*columns = w.ws_col > WIDEST ? WIDEST : w.ws_col - 1u;
	}
	return true;
}

static unsigned fold_columns(void)
{
	unsigned rows, columns = 0;

	return terminal_size(&rows, &columns) ? columns : 0;
}

static void add_folded(struct text *out, const char *text, unsigned indent)
{
	struct folded f = { 0 };
	unsigned columns = fold_columns();

	fold_text(&f, text, columns > indent ? columns - indent : columns);
	for (size_t i = 0; i < f.count; i++)
		text_addf(out, "%*s%s\n", (int)(f.lines[i].indent + indent), "", f.lines[i].text);
	fold_release(&f);
}

static void add_paragraph(struct text *out, const char *before, const char *text)
{
	struct folded f = { 0 };
	unsigned columns = fold_columns(), hang = (unsigned)text_width(before);

	fold_words(&f, text, columns > hang + 8 ? columns - hang : columns);
	for (size_t i = 0; i < f.count; i++)
		text_addf(out, "%*s%s\n", i ? (int)hang : 0, i ? "" : before, f.lines[i].text);
	fold_release(&f);
}

static void add_title(struct ui *ui, struct text *out, const char *title)
{
	text_add(out, "\n");
	if (*ui->header)
		add_paragraph(out, "", ui->header);
	if (*ui->notice)
		add_paragraph(out, "!! ", ui->notice);
	add_paragraph(out, "== ", title);
	text_add(out, "\n");
}

static void add_items(struct text *out, const struct ui_item *items, size_t count)
{
	size_t number = 0;

	for (size_t i = 0; i < count; i++) {
		struct text line = { 0 };
		char before[32];

		if (!items[i].label) {
			text_add(out, "\n");
			continue;
		}
		text_add(&line, items[i].label);
		if (items[i].detail && *items[i].detail)
			text_addf(&line, items[i].off ? " (%s)" : " - %s", items[i].detail);
		if (items[i].heading) {
			add_paragraph(out, "", text_end(&line));
		} else {
			snprintf(before, sizeof(before), "%2zu. ", ++number);
			add_paragraph(out, before, text_end(&line));
		}
		text_release(&line);
	}
}

static void print(const char *s)
{
	fputs(s, stdout);
	fflush(stdout);
}

enum line_end { LINE_READ, LINE_CLOSED, LINE_TIME_OVER };

/* One line, read byte by byte: what comes after it may belong to a program that
 * is started next. */
static enum line_end read_line(char *line, size_t size, unsigned timeout_ms)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
	size_t n = 0;

	for (;;) {
		char c;
		int ready = poll(&p, 1, timeout_ms && n == 0 ? (int)timeout_ms : -1);

		if (ready == 0)
			return LINE_TIME_OVER;
		if (ready < 0 && errno == EINTR)
			continue;
		ssize_t r = read(STDIN_FILENO, &c, 1);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0 && n == 0)
			return LINE_CLOSED;
		if (r <= 0 || c == '\n' || c == '\r')
			break;
		if (n < size - 1)
			line[n++] = c;
	}
	while (n > 0 && line[n - 1] == ' ')
		n--;
	line[n] = '\0';
	memmove(line, line + strspn(line, " "), n + 1 - strspn(line, " "));
	return LINE_READ;
}

/* Ask for a line and carry out the commands that are the same everywhere. True:
 * `line` is for the page (perhaps ""), or the page is over with *result. */
static bool ask(struct ui *ui, char *line, size_t size, unsigned timeout_ms, bool *over,
		enum ui_result *result)
{
	static const struct {
		char command;
		enum ui_function function;
	} commands[] = {
		{ '?', FUNCTION_HELP },
		{ 'l', FUNCTION_LANGUAGE },
		{ 'k', FUNCTION_KEYBOARD },
		{ 'f', FUNCTION_FACE },
	};
	enum line_end end = read_line(line, size, timeout_ms);

	*over = end != LINE_READ;
	*result = end == LINE_CLOSED ? UI_CLOSED : UI_REFRESH;
	if (*over)
		return true;
	if (line[0] && line[1] == '\0') {
		if (line[0] == 'b') {
			*over = true;
			*result = UI_BACK;
			return true;
		}
		for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
			if (line[0] != commands[i].command)
				continue;
			*over = ui_function(ui, commands[i].function, result);
			return *over;
		}
	}
	return true;
}

/* Print the page, unless it stands there already: a page that refreshes itself
 * says nothing as long as nothing has changed. */
static void print_page(struct ui *ui, struct text *page)
{
	if (!ui->printed || strcmp(text_end(&ui->page), text_end(page)) != 0) {
		print(text_end(page));
		print("> ");
	}
	text_clear(&ui->page);
	text_add(&ui->page, text_end(page));
	ui->printed = true;
}

/* The entry that a line names; false with a word to the person if none. */
static bool pick(const struct ui_item *items, size_t count, const char *line, size_t *selected)
{
	struct error ignored = { 0 };
	size_t numbers = item_numbers(items, count), index;
	uint64_t n;
	char masked[64];

	if (!cli_number(line, 1, numbers ? numbers : 1, &n, &ignored) || numbers == 0) {
		printf(_("There is no entry '%s'; ? explains the commands.\n> "),
		       text_mask(masked, sizeof(masked), line));
		fflush(stdout);
		return false;
	}
	index = item_by_number(items, count, n);
	if (items[index].off) {
		printf("%s\n> ", _("This entry cannot be chosen now."));
		fflush(stdout);
		return false;
	}
	*selected = index;
	return true;
}

enum ui_result plain_list(struct ui *ui, const struct ui_list *list, size_t *selected)
{
	struct text page = { 0 };
	enum ui_result result = UI_CHOSEN;
	char line[128];
	bool over;

	add_title(ui, &page, list->title);
	add_folded(&page, list->intro, 0);
	if (*list->intro)
		text_add(&page, "\n");
	add_items(&page, list->items, list->count);
	if (*list->footer)
		text_add(&page, "\n");
	add_folded(&page, list->footer, 0);
	for (;;) {
		print_page(ui, &page);
		if (!ask(ui, line, sizeof(line), list->refresh_ms, &over, &result))
			continue;
		if (over && !(result == UI_BACK && list->first_page))
			break;
		if (over || !*line) {
			ui->printed = false;
			continue;
		}
		result = UI_CHOSEN;
		if (pick(list->items, list->count, line, selected))
			break;
	}
	if (result != UI_REFRESH)
		ui->printed = false;
	text_release(&page);
	return result;
}

/* Print lines a screenful at a time. False if the person had enough, or the page
 * is over. */
static bool print_paged(struct ui *ui, const char *s, bool *over, enum ui_result *result)
{
	unsigned rows, columns, printed = 0;
	char line[16];

	if (!terminal_size(&rows, &columns)) {
		print(s);
		return true;
	}
	while (*s) {
		size_t n = strcspn(s, "\n");

		n += s[n] == '\n';
		fwrite(s, 1, n, stdout);
		s += n;
		if (++printed < rows - 2 || !*s)
			continue;
		print(_("Enter: more, b: back > "));
		while (!ask(ui, line, sizeof(line), 0, over, result))
			print(_("Enter: more, b: back > "));
		if (*over)
			return false;
		printed = 0;
	}
	fflush(stdout);
	return true;
}

static enum ui_result show_text(struct ui *ui, const char *title, const char *text,
				const char *question)
{
	struct text page = { 0 };
	enum ui_result result = UI_BACK;
	char line[16];
	bool over = false;

	ui->printed = false;
	add_title(ui, &page, title);
	add_folded(&page, text, 0);
	if (!print_paged(ui, text_end(&page), &over, &result))
		goto out;
	for (;;) {
		printf("\n%s > ", question);
		fflush(stdout);
		if (ask(ui, line, sizeof(line), 0, &over, &result))
			break;
	}
	if (!over)
		result = UI_BACK;
out:
	text_release(&page);
	return result;
}

enum ui_result plain_text(struct ui *ui, const char *title, const char *text)
{
	return show_text(ui, title, text, _("b: back"));
}

enum ui_result plain_message(struct ui *ui, const char *title, const char *text)
{
	return show_text(ui, title, text, _("Enter: go on"));
}

static void print_search(struct ui *ui, const struct ui_search *s, const char *typed,
			 const struct ui_item *items, size_t count)
{
	struct text page = { 0 };
	char masked[256];

	add_title(ui, &page, s->title);
	if (*typed)
		text_addf(&page, "%s %s\n", s->prompt, text_mask(masked, sizeof(masked), typed));
	add_items(&page, items, count);
	if (*typed && item_numbers(items, count) == 0)
		text_addf(&page, "%s\n", _("Nothing found."));
	if (item_numbers(items, count))
		text_addf(&page, "%s\n", _("A number opens an entry; other words search again."));
	text_addf(&page, "%s > ", s->prompt);
	print(text_end(&page));
	text_release(&page);
}

enum ui_result plain_search(struct ui *ui, const struct ui_search *s, char *typed, size_t size,
			    size_t *selected)
{
	const struct ui_item *items = NULL;
	size_t count = 0;
	enum ui_result result;
	char line[256];
	bool over;

	ui->printed = false;
	s->search(s->context, typed, &items, &count);
	for (;;) {
		struct error ignored = { 0 };
		uint64_t n;

		print_search(ui, s, typed, items, count);
		if (!ask(ui, line, sizeof(line), 0, &over, &result))
			continue;
		if (over)
			return result;
		/* A short number is one of the entries, a long one part of a telephone
		 * number. */
		if (cli_number(line, 1, item_numbers(items, count), &n, &ignored)) {
			size_t index = item_by_number(items, count, n);

			if (index < count && !items[index].off) {
				*selected = index;
				return UI_CHOSEN;
			}
		}
		if (*line) {
			snprintf(typed, size, "%s", line);
			if (!text_is_utf8(typed, strlen(typed)))
				text_mask(typed, size, line);
			s->search(s->context, typed, &items, &count);
		}
	}
}
