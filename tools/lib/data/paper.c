/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Places what was written on pages. */
#include "lib/data/paper_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/newfile.h"
#include "lib/base/text.h"

#define PASSES 8

/* Words cut to fit a width. */
static void draw_cut(struct paper *p, enum pdf_face face, double size, double grey, double x,
		     double y, double width, const char *words)
{
	struct text t = { 0 };

	text_add(&t, words);
	while (size > 6.5 && pdf_width(p->pdf, face, size, t.s, t.len) > width)
		size -= 0.25;
	if (pdf_width(p->pdf, face, size, t.s, t.len) > width) {
		do {
			while (t.len && ((unsigned char)t.s[t.len - 1] & 0xc0) == 0x80)
				t.len--;
			t.s[t.len -= t.len > 0] = '\0';
		} while (t.len && pdf_width(p->pdf, face, size, t.s, t.len) > width - size);
		text_add(&t, "\xe2\x80\xa6");
	}
	pdf_text(p->pdf, face, size, grey, x, y, text_end(&t));
	text_release(&t);
}

static void draw_right(struct paper *p, enum pdf_face face, double size, double right, double y,
		       const char *words)
{
	pdf_text(p->pdf, face, size, PDF_BLACK,
		 right - pdf_width(p->pdf, face, size, words, strlen(words)), y, words);
}

static void draw_frame(struct paper *p)
{
	double down = *p->frame->mark ? MARK : 0, y = 42 + down, width;
	struct text number = { 0 };

	if (*p->frame->mark) {
		double size = 14;

		width = pdf_width(p->pdf, PDF_BOLD, size, p->frame->mark, strlen(p->frame->mark));
		if (width > PDF_WIDTH - 2 * RIGHT) {
			size *= (PDF_WIDTH - 2 * RIGHT) / width;
			width = PDF_WIDTH - 2 * RIGHT;
		}
		pdf_band(p->pdf, 0, 16, PDF_WIDTH, 26, PDF_BLACK);
		pdf_text(p->pdf, PDF_BOLD, size, PDF_WHITE, (PDF_WIDTH - width) / 2, 34,
			 p->frame->mark);
	}
	draw_cut(p, PDF_SANS, 8, PDF_GREY, LEFT, y, WIDTH / 2 - 6, p->frame->title);
	if (*p->section) {
		width = pdf_width(p->pdf, PDF_BOLD, 8, p->section, strlen(p->section));
		if (width > WIDTH / 2)
			width = WIDTH / 2;
		draw_cut(p, PDF_BOLD, 8, PDF_BLACK, LEFT + WIDTH - width, y, width + 0.1,
			 p->section);
	}
	pdf_line(p->pdf, LEFT, y + 6, LEFT + WIDTH, y + 6, 0.5, PDF_LIGHT);
	y = PDF_HEIGHT - 34;
	pdf_line(p->pdf, LEFT, y - 11, LEFT + WIDTH, y - 11, 0.5, PDF_LIGHT);
	text_addf(&number, _("page %zu of %zu"), pdf_pages(p->pdf), p->pages_before);
	draw_right(p, PDF_BOLD, 8, LEFT + WIDTH, y, number.s);
	draw_cut(p, PDF_SANS, 8, PDF_BLACK, LEFT, y,
		 WIDTH - 12 - pdf_width(p->pdf, PDF_BOLD, 8, number.s, number.len),
		 p->frame->footer);
	text_release(&number);
}

static void draw_line(struct paper *p, const struct flow_line *line)
{
	double y = p->y;

	for (const struct flow_item *i = line->items; i; i = i->next) {
		double x = LEFT + i->x;

		switch (i->what) {
		case FLOW_TEXT:
			pdf_text(p->pdf, i->face, i->size, i->grey, x, y + i->y, i->text);
			break;
		case FLOW_RULE:
			pdf_line(p->pdf, x, y + i->y, x + i->w, y + i->y + i->h, i->size, i->grey);
			break;
		case FLOW_BOX:
			pdf_box(p->pdf, x, y + i->y, i->w, i->h, i->size);
			break;
		case FLOW_LINK:
			mem_grow(&p->links, &p->link_capacity, p->link_count + 1,
				 sizeof(*p->links));
			p->links[p->link_count++] = (struct link){
				pdf_pages(p->pdf), i->page, x, y + i->y, i->w, i->h
			};
			break;
		}
	}
	if (line->heading)
		p->now.list[line->heading - 1].page = pdf_pages(p->pdf);
	p->y += line->height;
}

static void draw_banner(struct paper *p)
{
	double size = 12, width = pdf_width(p->pdf, PDF_BOLD, size, p->banner, strlen(p->banner));

	pdf_box(p->pdf, LEFT, p->y, WIDTH, 24, 1.4);
	pdf_text(p->pdf, PDF_BOLD, size, PDF_BLACK, LEFT + 9, p->y + 16.3, p->banner);
	draw_cut(p, PDF_SANS, 8.5, PDF_BLACK, LEFT + width + 22, p->y + 15.5, WIDTH - width - 30,
		 p->hint);
	p->y += 36;
}

static void begin_page(struct paper *p)
{
	pdf_page(p->pdf);
	draw_frame(p);
	p->page_wanted = false;
	p->y = TOP + (*p->frame->mark ? MARK : 0);
	if (*p->banner)
		draw_banner(p);
	if (p->table.columns && p->table.placed)
		for (size_t i = 0; i < p->table.head.count; i++)
			draw_line(p, &p->table.head.lines[i]);
	p->top = p->y;
}

void paper_flush(struct paper *p)
{
	struct flow *b = &p->block;
	double need = flow_height(b);

	for (size_t i = b->count; i-- && b->lines[i].space;)
		need -= b->lines[i].height;
	if (b->count && !p->page_wanted && p->y + need > BOTTOM && need <= BOTTOM - p->top)
		p->page_wanted = p->y > p->top;
	for (size_t i = 0; i < b->count; i++) {
		const struct flow_line *line = &b->lines[i];

		if (p->page_wanted && line->space)
			continue;
		if (p->page_wanted ||
		    (p->y + line->height > BOTTOM && p->y > p->top && !line->space))
			begin_page(p);
		if (line->space && p->y <= p->top)
			continue;
		draw_line(p, line);
		p->table.placed = p->table.placed || line->head;
	}
	b->count = 0;
	p->half = 0;
	p->glue = false;
}

void paper_block_end(struct paper *p)
{
	p->half = 0;
	p->glue = false;
	if (!p->keep)
		paper_flush(p);
}

void paper_page(struct paper *p)
{
	paper_flush(p);
	p->page_wanted = p->page_wanted || p->y > p->top;
}

void paper_section(struct paper *p, const char *name)
{
	p->section = arena_string(&p->memory, name ? name : "");
}

void paper_banner(struct paper *p, const char *word, const char *hint)
{
	p->banner = arena_string(&p->memory, word ? word : "");
	p->hint = arena_string(&p->memory, word && hint ? hint : "");
}

void paper_add_space(struct paper *p, double points)
{
	flow_add_line(&p->block, points * p->block.scale)->space = true;
}

void paper_space(struct paper *p, double points)
{
	paper_add_space(p, points);
	if (!p->glue)
		paper_block_end(p);
}

void paper_keep(struct paper *p)
{
	/* What waits for something to stay with joins the group. */
	if (!p->keep && !p->glue)
		paper_flush(p);
	p->keep++;
}

void paper_loose(struct paper *p)
{
	if (p->keep && !--p->keep)
		paper_flush(p);
}

void paper_heading(struct paper *p, int level, const char *text, const char *key)
{
	static const struct {
		double size, leading, before, after;
	} looks[] = {
		{ 20, 26, 0, 10 },
		{ 13, 17.5, 14, 5 },
		{ 10.5, 14.6, 9, 2 },
	};
	struct headings *h = &p->now;
	struct flow words = { .pdf = p->pdf, .memory = &p->memory, .scale = p->block.scale };
	double ratio = looks[level - 1].size / flow_style(&words, PAPER_STRONG).size;

	words.scale *= ratio * words.scale;
	mem_grow(&h->list, &h->capacity, h->count + 1, sizeof(*h->list));
	h->list[h->count++] = (struct heading){ level, arena_string(&p->memory, text),
						arena_string(&p->memory, key ? key : ""), 0 };
	if (!p->glue && !p->keep)
		paper_flush(p);
	paper_add_space(p, looks[level - 1].before);
	flow_add_text(&words, PAPER_STRONG, 0, WIDTH, text);
	for (size_t i = 0; i < words.count; i++) {
		struct flow_line *line = flow_add_line(&p->block, 0);

		*line = words.lines[i];
		line->height = looks[level - 1].leading * p->block.scale;
		line->heading = i == 0 ? h->count : 0;
	}
	free(words.lines);
	paper_add_space(p, looks[level - 1].after);
	p->half = 0;
	p->glue = true;
}

static const struct heading *find_heading(const struct paper *p, const char *key)
{
	for (size_t i = 0; i < p->before.count; i++)
		if (*key && strcmp(p->before.list[i].key, key) == 0)
			return &p->before.list[i];
	return NULL;
}

size_t paper_page_of(const struct paper *p, const char *key)
{
	const struct heading *h = find_heading(p, key);

	return h ? h->page : 0;
}

void paper_contents(struct paper *p)
{
	for (size_t i = 0; i < p->before.count; i++) {
		const struct heading *h = &p->before.list[i];
		enum pdf_face face = h->level == 1 ? PDF_BOLD : PDF_SANS;
		double indent = h->level == 1 ? 0 : 14, size = 10, y = 11, width, number;
		struct flow_item *link;
		char page[24];

		if (!*h->key || h->level > 2)
			continue;
		if (h->level == 1)
			paper_add_space(p, 3);
		snprintf(page, sizeof(page), "%zu", h->page);
		flow_add_line(&p->block, 15);
		number = pdf_width(p->pdf, face, size, page, strlen(page));
		flow_add_words(&p->block, face, size, PDF_BLACK, WIDTH - number, y, page);
		while (size > 7 && pdf_width(p->pdf, face, size, h->title, strlen(h->title)) >
					   WIDTH - indent - 40)
			size -= 0.5;
		width = flow_add_words(&p->block, face, size, PDF_BLACK, indent, y, h->title);
		if (indent + width + 12 < WIDTH - number)
			flow_add_rule(&p->block, indent + width + 6, y,
				      WIDTH - number - indent - width - 12, 0, 0.3, PDF_LIGHT);
		link = flow_add_item(&p->block);
		*link = (struct flow_item){
			.what = FLOW_LINK, .w = WIDTH, .h = 15, .page = h->page
		};
		paper_block_end(p);
	}
}

void paper_text(struct paper *p, enum paper_style style, const char *text)
{
	flow_add_text(&p->block, style, 0, WIDTH, text);
	paper_add_space(p, 4);
	paper_block_end(p);
}

unsigned paper_tight(const struct paper *p)
{
	return p->tight;
}

/* The whole. */

static void end_pass(struct paper *p)
{
	pdf_free(p->pdf);
	p->pdf = NULL;
	free(p->block.lines);
	p->block = (struct flow){ 0 };
	free(p->links);
	p->links = NULL;
	p->link_count = p->link_capacity = 0;
	free(p->before.list);
	p->before = p->now;
	p->now = (struct headings){ 0 };
}

static bool begin_pass(struct paper *p, struct error *e)
{
	p->pdf = pdf_new(p->frame->title, p->frame->author, p->frame->date, e);
	p->block =
		(struct flow){ .pdf = p->pdf, .memory = &p->memory, .scale = 1 - 0.04 * p->tight };
	p->page_wanted = true;
	p->keep = 0;
	p->y = p->top = TOP;
	p->section = p->banner = p->hint = "";
	return p->pdf != NULL;
}

static bool same_headings(const struct headings *a, const struct headings *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (a->list[i].page != b->list[i].page)
			return false;
	return true;
}

/* What leads from one page to another, once all of them are there. */
static void connect_pages(struct paper *p)
{
	size_t pages = pdf_pages(p->pdf);

	for (size_t i = 0; i < p->link_count; i++) {
		const struct link *l = &p->links[i];

		if (l->to >= 1 && l->to <= pages)
			pdf_link(p->pdf, l->page, l->x, l->y, l->w, l->h, l->to);
	}
	for (size_t i = 0; i < p->now.count; i++)
		if (*p->now.list[i].key && p->now.list[i].level <= 2 && p->now.list[i].page)
			pdf_outline(p->pdf, p->now.list[i].title, p->now.list[i].page);
}

/* Draw until page numbers no longer change; the last drawing is in p->pdf. */
static bool draw_pages(struct paper *p, void (*draw)(struct paper *, const void *),
		       const void *with, struct error *e)
{
	for (int pass = 0; pass < PASSES; pass++) {
		size_t pages = p->pages_before;

		if (pass)
			end_pass(p);
		if (!begin_pass(p, e))
			return false;
		draw(p, with);
		p->keep = 0;
		paper_flush(p);
		if (!pdf_pages(p->pdf))
			begin_page(p);
		p->pages_before = pdf_pages(p->pdf);
		if (p->pages_before == pages && same_headings(&p->now, &p->before))
			break;
	}
	connect_pages(p);
	return true;
}

bool paper_bytes(const struct paper_frame *frame, void (*draw)(struct paper *p, const void *with),
		 const void *with, struct text *out, size_t *pages, struct error *e)
{
	struct paper p = { .frame = frame };
	bool ok;

	for (;;) {
		ok = draw_pages(&p, draw, with, e);
		if (!ok || !frame->one_page || p.pages_before == 1)
			break;
		if (p.tight == PAPER_TIGHTEST) {
			ok = error_set(e, ERROR_FAILED,
				       _("there is too much to say for one page; shorten the "
					 "texts"));
			break;
		}
		end_pass(&p);
		p.tight++;
	}
	ok = ok && pdf_bytes(p.pdf, out, e);
	*pages = p.pages_before;
	end_pass(&p);
	free(p.before.list);
	arena_release(&p.memory);
	return ok;
}

bool paper_write(const struct paper_frame *frame, void (*draw)(struct paper *p, const void *with),
		 const void *with, const char *path, struct error *e)
{
	struct text bytes = { 0 };
	size_t pages;
	bool ok = paper_bytes(frame, draw, with, &bytes, &pages, e) ||
		  error_prefix(e, "%s: ", path);

	ok = ok && newfile_whole(path, bytes.s, bytes.len, e);
	text_release(&bytes);
	return ok;
}
