/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages on a full screen that are chosen from, read, searched. */
#include <stdio.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/ui/edit.h"
#include "lib/ui/page.h"

/* The next entry that can be chosen, `steps` of them down (or up), or as far as
 * there are any. */
static size_t step_item(const struct ui_item *items, size_t count, size_t from, bool down,
			size_t steps)
{
	size_t at = from, last = from;

	while (steps > 0) {
		if (down ? at + 1 >= count : at == 0)
			break;
		at = down ? at + 1 : at - 1;
		if (item_choosable(&items[at])) {
			last = at;
			steps--;
		}
	}
	return last;
}

static size_t first_choosable(const struct ui_item *items, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (item_choosable(&items[i]))
			return i;
	return NO_ITEM;
}

/* Move the bar. At the ends the text around the entries scrolls instead. */
static void move_bar(struct page *p, const struct ui_item *items, size_t count, uint32_t key)
{
	size_t before = p->selected;
	bool down = key == PRESS_DOWN || key == PRESS_PAGE_DOWN || key == PRESS_END;
	size_t steps = 1;

	/* A new size, or a key without a meaning, must not put another entry below the finger. */
	if (!down && key != PRESS_UP && key != PRESS_PAGE_UP && key != PRESS_HOME)
		return;
	if (p->selected == NO_ITEM || p->selected >= count) {
		page_scroll(p, key);
		return;
	}
	if (key == PRESS_PAGE_DOWN || key == PRESS_PAGE_UP)
		steps = p->height / 2 > 1 ? p->height / 2 : 1;
	else if (key == PRESS_HOME || key == PRESS_END)
		steps = count;
	p->selected = step_item(items, count, p->selected, down, steps);
	if (p->selected == before)
		page_scroll(p, key);
	else
		page_scroll_to_bar(p);
}

/* A digit: the number so far, or a new one. True if it names an entry that no
 * further digit could change. */
static bool type_number(struct page *p, const struct ui_item *items, size_t count, uint32_t key,
			size_t *number)
{
	size_t numbers = item_numbers(items, count), n = *number * 10 + (key - '0');

	if (n == 0 || n > numbers)
		n = key - '0';
	if (n == 0 || n > numbers) {
		*number = 0;
		snprintf(p->status, sizeof(p->status), _("There is no number %u here."),
			 (unsigned)(key - '0'));
		return false;
	}
	size_t index = item_by_number(items, count, n);

	*number = n;
	if (items[index].off) {
		*number = n * 10 <= numbers ? n : 0;
		snprintf(p->status, sizeof(p->status), "%s", _("This entry cannot be chosen now."));
		return false;
	}
	p->selected = index;
	page_scroll_to_bar(p);
	if (n * 10 > numbers)
		return true;
	snprintf(p->status, sizeof(p->status), _("Number %zu: press Enter, or type on."), n);
	return false;
}

/* Only where the size of the body has changed: on a long list it costs more than
 * everything else that a key does. */
static void lay_out_list(struct page *p, const struct ui_list *list)
{
	if (!page_measure(p))
		return;
	rows_clear(&p->rows);
	rows_list(&p->rows, list, p->height);
	page_clamp_top(p);
	page_scroll_to_bar(p);
}

enum ui_result full_list(struct ui *ui, const struct ui_list *list, size_t *selected)
{
	struct page p = { .ui = ui, .title = list->title, .selected = *selected };
	enum ui_result result;
	size_t number = 0;

	if (p.selected >= list->count || !item_choosable(&list->items[p.selected]))
		p.selected = first_choosable(list->items, list->count);
	p.top = ui->top_hint;
	for (;;) {
		uint32_t key;

		p.accept = p.selected == NO_ITEM ? NULL : _("choose");
		p.back = list->first_page ? NULL : _("back");
		lay_out_list(&p, list);
		page_paint(&p);
		key = page_key(&p, list->refresh_ms);
		/* Half a number typed: a refresh must not lose it. */
		if (key == PRESS_TICK || (number && key == PRESS_NOTHING))
			continue;
		if (number && key == PRESS_ERASE) {
			number = 0;
			continue;
		}
		if (key >= '0' && key <= '9') {
			if (!type_number(&p, list->items, list->count, key, &number))
				continue;
			key = PRESS_ACCEPT;
		}
		number = 0;
		result = UI_CHOSEN;
		if (key == PRESS_ACCEPT && p.selected != NO_ITEM)
			break;
		if (page_common_key(&p, key, &result) && !(result == UI_BACK && list->first_page))
			break;
		move_bar(&p, list->items, list->count, key);
	}
	/* A page that comes again at once keeps its place. */
	ui->top_hint = result == UI_REFRESH ? p.top : 0;
	if (p.selected != NO_ITEM)
		*selected = p.selected;
	page_release(&p);
	return result;
}

/* A text; with `any_key` every key that does not scroll ends it. */
static enum ui_result show_text(struct ui *ui, const char *title, const char *text, bool any_key)
{
	struct page p = { .ui = ui, .title = title, .selected = NO_ITEM };
	enum ui_result result = UI_BACK;

	for (;;) {
		uint32_t key;

		p.accept = any_key ? _("go on") : NULL;
		p.back = any_key ? NULL : _("back");
		if (page_measure(&p)) {
			rows_clear(&p.rows);
			rows_text(&p.rows, text);
		}
		page_paint(&p);
		key = page_key(&p, 0);
		if (key == PRESS_TICK)
			continue;
		if (page_common_key(&p, key, &result))
			break;
		if (any_key && (key < PRESS_FIRST || key == PRESS_ACCEPT) &&
		    !(key == ' ' && p.top + p.height < p.rows.count))
			break;
		page_scroll(&p, key);
	}
	ui->top_hint = 0;
	page_release(&p);
	return result;
}

enum ui_result full_text(struct ui *ui, const char *title, const char *text)
{
	return show_text(ui, title, text, false);
}

enum ui_result full_message(struct ui *ui, const char *title, const char *text)
{
	return show_text(ui, title, text, true);
}

/* Home and End move the bar here, as in a list. */
static bool is_of_the_bar(uint32_t key)
{
	return key == PRESS_HOME || key == PRESS_END;
}

/* Search for the same once more. The bar goes where its entry has gone. */
static void search_again(struct page *p, const struct ui_search *s, const struct ui_item **items,
			 size_t *count)
{
	size_t at = p->selected, found = NO_ITEM;
	char *label = at < *count ? mem_string((*items)[at].label) : NULL;

	s->search(s->context, p->typed, items, count);
	for (size_t i = 0; label && i < *count; i++)
		if ((found == NO_ITEM || i == at) && (*items)[i].label &&
		    strcmp((*items)[i].label, label) == 0)
			found = i;
	p->selected = found;
	free(label);
}

enum ui_result full_search(struct ui *ui, const struct ui_search *s, char *typed, size_t size,
			   size_t *selected)
{
	struct page p = { .ui = ui,
			  .title = s->title,
			  .prompt = s->prompt,
			  .typed = typed,
			  .selected = *selected };
	const struct ui_item *items = NULL;
	size_t count = 0;
	enum ui_result result;

	s->search(s->context, typed, &items, &count);
	for (;;) {
		size_t end = strlen(typed);
		uint32_t key;

		if (p.selected >= count || !item_choosable(&items[p.selected]))
			p.selected = first_choosable(items, count);
		p.accept = p.selected == NO_ITEM ? NULL : _("choose");
		p.back = _("back");
		page_measure(&p);
		rows_clear(&p.rows);
		rows_items(&p.rows, items, count, ROWS_AS_GIVEN);
		page_scroll_to_bar(&p);
		page_paint(&p);
		key = page_key(&p, s->refresh_ms);
		if (key == PRESS_NOTHING)
			search_again(&p, s, &items, &count);
		if (key == PRESS_NOTHING || key == PRESS_TICK)
			continue;
		result = UI_CHOSEN;
		if (key == PRESS_ACCEPT && p.selected != NO_ITEM)
			break;
		if (!is_of_the_bar(key) && edit_line(typed, size, &end, key) == EDIT_CHANGED) {
			p.selected = NO_ITEM;
			p.top = 0;
			s->search(s->context, typed, &items, &count);
			continue;
		}
		result = UI_BACK;
		if (key == PRESS_ERASE || page_common_key(&p, key, &result))
			break;
		move_bar(&p, items, count, key);
	}
	if (p.selected != NO_ITEM)
		*selected = p.selected;
	page_release(&p);
	return result;
}
