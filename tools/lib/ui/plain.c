/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages as lines: no cursor movement, nothing that a Braille display or a slow
 * serial line could not follow. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/ui/dial.h"
#include "lib/ui/face.h"
#include "lib/ui/fold.h"
#include "lib/ui/typing.h"

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

/* What stands above every page. It says the notice, so that it need not be said again
 * by itself. */
static void add_head(struct ui *ui, struct text *out)
{
	text_add(out, "\n");
	if (*ui->header)
		add_paragraph(out, "", ui->header);
	for (const char *s = ui->notice; *s;) {
		size_t n = strcspn(s, "\n"), length = n;
		const char *words = s;
		char *line;

		ui_warns(&words, &length);
		line = mem_string_n(words, length);
		add_paragraph(out, "!! ", line);
		free(line);
		s += n + (s[n] == '\n');
	}
	free(ui->said);
	ui->said = mem_string(ui->notice);
}

static void add_title(struct text *out, const char *title)
{
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

/* Commands are one character. What is the same everywhere: */
static const struct {
	char command;
	enum ui_function function;
} commands[] = {
	{ '?', FUNCTION_HELP },  { 'l', FUNCTION_LANGUAGE }, { 'k', FUNCTION_KEYBOARD },
	{ 'p', FUNCTION_OFFER }, { 'f', FUNCTION_FACE },
};
#define COMMAND_BACK 'b'
#define COMMAND_SHOW "show" /* what is typed of a secret */

/* Ask for a line and carry out the commands that are the same everywhere. True:
 * `line` is for the page (perhaps ""), or the page is over with *result. */
static bool ask(struct ui *ui, const struct typing *t, char *line, size_t size, bool *over,
		enum ui_result *result)
{
	enum line_end end = typing_line(ui, t, line, size);

	*over = end != LINE_READ;
	*result = end == LINE_CLOSED ? UI_CLOSED : UI_REFRESH;
	if (*over)
		return true;
	if (line[0] && line[1] == '\0') {
		if (line[0] == COMMAND_BACK) {
			*over = true;
			*result = UI_BACK;
			return true;
		}
		for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
			if (line[0] != commands[i].command)
				continue;
			if (commands[i].function == FUNCTION_OFFER && !ui->offer)
				return true; /* it is no command now */
			*over = ui_function(ui, commands[i].function, result);
			return *over;
		}
	}
	return true;
}

/* What `p` does now, "" for nothing. */
static const char *offer_of(const struct ui *ui)
{
	return ui->offer ? _(ui->offer) : "";
}

/* Print the page, unless it stands there already: a page that refreshes itself
 * says nothing as long as nothing has changed. What is new in the frame alone is
 * said by typing_line(). */
static void print_page(struct ui *ui, struct text *page)
{
	if (!ui->printed || strcmp(text_end(&ui->page), text_end(page)) != 0) {
		struct text head = { 0 };

		add_head(ui, &head);
		print(text_end(&head));
		print(text_end(page));
		if (ui->offer)
			printf("p: %s\n", offer_of(ui));
		print("> ");
		text_release(&head);
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

	add_title(&page, list->title);
	add_folded(&page, list->intro, 0);
	if (*list->intro)
		text_add(&page, "\n");
	add_items(&page, list->items, list->count);
	if (*list->footer)
		text_add(&page, "\n");
	add_folded(&page, list->footer, 0);
	for (;;) {
		print_page(ui, &page);
		if (!ask(ui, &(struct typing){ "> ", list->refresh_ms, false }, line, sizeof(line),
			 &over, &result))
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
	const struct typing more = { _("Enter: more, b: back > "), 0, false };
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
		print(more.prompt);
		while (!ask(ui, &more, line, sizeof(line), over, result))
			print(more.prompt);
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
	char *prompt = mem_format(ui->offer ? "%s, p: %s > " : "%s > ", question, offer_of(ui));
	char line[16];
	bool over = false;

	ui->printed = false;
	add_head(ui, &page);
	add_title(&page, title);
	add_folded(&page, text, 0);
	if (!print_paged(ui, text_end(&page), &over, &result))
		goto out;
	do {
		print("\n");
		print(prompt);
	} while (
		!ask(ui, &(struct typing){ prompt, 0, false }, line, sizeof(line), &over, &result));
	if (!over)
		result = UI_BACK;
out:
	free(prompt);
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

enum ui_result plain_qr(struct ui *ui, const char *title, const char *words)
{
	char *text = mem_format("%s\n\n%s",
				_("Lines cannot show the QR code. This is what it says:"), words);
	enum ui_result result = plain_message(ui, title, text);

	free(text);
	return result;
}

/* "+ 4 9, 1 7 1": so every reader says digits one by one, and stops between groups. */
enum ui_result plain_large(struct ui *ui, const char *name, const char *number)
{
	struct text groups = { 0 }, digits = { 0 };
	enum ui_result result;

	dial_add(&groups, number);
	for (const char *s = text_end(&groups); *s; s++) {
		if (*s == ' ')
			text_add(&digits, ",");
		else
			text_addf(&digits, "%s%c", digits.len ? " " : "", *s);
	}
	result = plain_message(ui, name, text_end(&digits));
	text_release(&groups);
	text_release(&digits);
	return result;
}

static void print_search(struct ui *ui, const struct ui_search *s, const char *prompt,
			 const char *typed, const struct ui_item *items, size_t count)
{
	struct text page = { 0 };
	char masked[256];

	add_head(ui, &page);
	add_title(&page, s->title);
	if (*typed)
		text_addf(&page, "%s %s\n", s->prompt, text_mask(masked, sizeof(masked), typed));
	add_items(&page, items, count);
	if (*typed && item_numbers(items, count) == 0)
		text_addf(&page, "%s\n", _("Nothing found."));
	if (item_numbers(items, count))
		text_addf(&page, "%s\n", _("A number opens an entry; other words search again."));
	text_add(&page, prompt);
	print(text_end(&page));
	text_release(&page);
}

enum ui_result plain_search(struct ui *ui, const struct ui_search *s, char *typed, size_t size,
			    size_t *selected)
{
	char *prompt = mem_format("%s > ", s->prompt);
	const struct ui_item *items = NULL;
	size_t count = 0;
	enum ui_result result = UI_CHOSEN;
	char line[256];
	bool over;

	ui->printed = false;
	s->search(s->context, typed, &items, &count);
	for (;;) {
		struct error ignored = { 0 };
		uint64_t n;

		print_search(ui, s, prompt, typed, items, count);
		if (!ask(ui, &(struct typing){ prompt, 0, false }, line, sizeof(line), &over,
			 &result))
			continue;
		if (over)
			break;
		/* A short number is one of the entries, a long one part of a telephone
		 * number. */
		if (cli_number(line, 1, item_numbers(items, count), &n, &ignored)) {
			size_t index = item_by_number(items, count, n);

			if (index < count && !items[index].off) {
				*selected = index;
				result = UI_CHOSEN;
				break;
			}
		}
		if (*line) {
			snprintf(typed, size, "%s", line);
			if (!text_is_utf8(typed, strlen(typed)))
				text_mask(typed, size, line);
			s->search(s->context, typed, &items, &count);
		}
	}
	free(prompt);
	return result;
}

/* An answer that looks like a command has a full stop in front: ".b" means "b", and
 * "." nothing. The stop is taken off; "..b" means ".b". */
static void unstop(char *line)
{
	size_t stops = strspn(line, "."), rest = strlen(line + stops);
	bool command = rest == 0 || (rest == 1 && line[stops] == COMMAND_BACK);

	for (size_t i = 0; rest == 1 && i < sizeof(commands) / sizeof(commands[0]); i++)
		command = command || line[stops] == commands[i].command;
	if (stops > 0 && command)
		memmove(line, line + 1, strlen(line));
}

/* Print a sentence. */
static void say(const char *words)
{
	struct text out = { 0 };

	add_paragraph(&out, "", words);
	print(text_end(&out));
	text_release(&out);
}

static void print_line_page(struct ui *ui, const struct ui_line *l, const char *proposed)
{
	struct text page = { 0 };

	add_head(ui, &page);
	add_title(&page, l->title);
	add_folded(&page, l->intro, 0);
	if (*l->intro)
		text_add(&page, "\n");
	if (*proposed) {
		add_paragraph(&page, _("Proposed: "), proposed);
		add_paragraph(&page, "", _("Enter takes it; what you type replaces it."));
		if (l->optional)
			add_paragraph(&page, "", _("A full stop alone takes nothing instead."));
	}
	print(text_end(&page));
	text_release(&page);
}

/* Is the line an answer? Else it was said why not. */
static bool answers(const struct ui_line *l, const char *line)
{
	struct error e = { 0 };

	if (!l->check || l->check(l->context, line, &e))
		return true;
	say(e.text);
	return false;
}

/* Once masked, which makes three bytes of one that is not UTF-8. Else it is said. */
static bool fits(const char *line, size_t size)
{
	char *masked = mem_alloc(size + 3), *words;
	size_t len = strlen(text_mask(masked, size + 3, line));

	free(masked);
	if (len < size)
		return true;
	words = mem_format(_("This line is too long; at most %zu bytes fit."), size - 1);
	say(words);
	free(words);
	return false;
}

enum ui_result plain_line(struct ui *ui, const struct ui_line *l, char *typed, size_t size)
{
	char *prompt = mem_format("%s > ", l->prompt), *line = mem_alloc(size + 2);
	char *proposed = mem_string(typed);
	enum ui_result result = UI_CHOSEN;
	bool over = false, again = true;

	ui->printed = false;
	for (;;) {
		if (again)
			print_line_page(ui, l, typed);
		print(prompt);
		again = !ask(ui, &(struct typing){ prompt, 0, false }, line, size + 2, &over,
			     &result);
		if (again)
			continue;
		if (over)
			break;
		if (*line) {
			unstop(line);
			if (!fits(line, size))
				continue;
			text_mask(typed, size, line);
		}
		/* Nothing typed, nothing proposed, nothing wanted: once more. */
		again = !*typed && !l->optional;
		result = UI_CHOSEN;
		if (!again && answers(l, typed))
			break;
		/* What was refused stands for nothing: Enter alone must not propose it again. */
		snprintf(typed, size, "%s", proposed);
	}
	free(proposed);
	free(line);
	free(prompt);
	return result;
}

static void say_hidden(bool hidden)
{
	say(hidden ? _("What you type is hidden. The word \"show\" as the line shows it.")
		   : _("What you type is shown now. \"show\" hides it again."));
}

enum ui_result plain_secret(struct ui *ui, const struct ui_line *l, char *typed, size_t size)
{
	char *prompt = mem_format("%s > ", l->prompt);
	enum ui_result result = UI_CHOSEN;
	bool over = false, again = true, shown = false;

	ui->printed = false;
	for (;;) {
		if (again) {
			print_line_page(ui, l, "");
			say_hidden(!shown);
		}
		print(prompt);
		again = !ask(ui, &(struct typing){ prompt, 0, !shown }, typed, size, &over,
			     &result);
		if (again || over)
			explicit_bzero(typed, size); /* a command */
		if (again)
			continue;
		if (over)
			break;
		if (strcmp(typed, COMMAND_SHOW) == 0) {
			shown = !shown;
			say_hidden(!shown);
			continue;
		}
		unstop(typed);
		again = !*typed && !l->optional;
		result = UI_CHOSEN;
		if (!again && answers(l, typed))
			break;
	}
	free(prompt);
	return result;
}
