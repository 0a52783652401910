/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Capturing a disk of this PC onto a medium. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/size.h"
#include "sysimage/pages.h"

#define LOOK_MS 1000
#define DISKS 40
#define PRODUCT_MAX 64 /* docs/formats/kimg.md */

struct disks {
	struct ui_item items[DISKS];
	const char *names[DISKS];
	size_t count;
	bool searching;
	struct arena memory;
};

static void frame(void *ctx)
{
	pages_frame(ctx);
}

static bool load(struct disks *l, struct broker *b, struct error *e)
{
	struct broker_disks disks = { 0 };

	*l = (struct disks){ 0 };
	if (!broker_disks(b, &l->memory, &disks, e))
		return false;
	l->searching = disks.searching;
	for (size_t i = 0; i < disks.count && l->count < DISKS; i++) {
		const struct broker_disk *d = &disks.disks[i];
		char size[32], *words;

		if (d->stick || !d->size_bytes)
			continue;
		size_words(size, sizeof(size), d->size_bytes);
		words = mem_format("%s, %s", *d->model ? d->model : d->name, size);
		l->names[l->count] = d->name;
		l->items[l->count++] = (struct ui_item){
			.label = arena_string(&l->memory, words),
			.detail = *d->serial ? d->serial : d->bus,
		};
		free(words);
	}
	return true;
}

/* Which disk? Its name into `name`, its words into `words`. */
static enum ui_result ask_disk(struct pages *p, char name[64], char words[200])
{
	struct broker b = BROKER_NONE;
	struct error e = { 0 };
	enum ui_result r = UI_REFRESH;
	size_t selected = 0;

	if (!broker_connect(&b, &e)) {
		pages_error(p, _("Capture a disk of this PC"), &e);
		return UI_BACK;
	}
	while (r == UI_REFRESH || r == UI_REDRAW) {
		struct disks *l = mem_alloc(sizeof(*l));

		if (!load(l, &b, &e)) {
			pages_error(p, _("Capture a disk of this PC"), &e);
			r = UI_BACK;
		} else {
			const struct ui_list list = {
				.title = _("Capture a disk of this PC"),
				.intro =
					l->searching ? _("Disks are being looked for.")
					: l->count
						? _("Which one? It is only read. The PC must be prepared: "
						    "generalised, shut down, not encrypted.")
						: _("No disk was found."),
				.items = l->items,
				.count = l->count,
				.footer = "",
				.refresh_ms = LOOK_MS,
			};

			pages_frame(p);
			selected = selected < l->count ? selected : 0;
			r = ui_list(p->ui, &list, &selected);
			if (r == UI_CHOSEN && selected < l->count) {
				snprintf(name, 64, "%s", l->names[selected]);
				snprintf(words, 200, "%s", l->items[selected].label);
			}
		}
		arena_release(&l->memory);
		free(l);
	}
	broker_close(&b);
	return r;
}

/* As docs/formats/kimg.md has it; it is part of the file's name, too. */
static bool check_product(void *context, const char *typed, struct error *e)
{
	size_t n = strlen(typed);

	(void)context;
	return (n > 0 && n <= PRODUCT_MAX && typed[0] != '-' &&
		strspn(typed, "abcdefghijklmnopqrstuvwxyz0123456789-") == n) ||
	       error_set(e, ERROR_USAGE,
			 _("small letters a to z, digits and - only, no - in front: office-pc"));
}

static bool check_counter(void *context, const char *typed, struct error *e)
{
	uint64_t number;

	(void)context;
	return cli_number(typed, 1, 999999999999999, &number, e);
}

static enum ui_result ask_line(struct pages *p, const struct ui_line *l, char *typed, size_t size)
{
	enum ui_result r;

	do {
		struct ui_line line = *l;

		line.title = _(l->title);
		line.intro = _(l->intro);
		line.prompt = _(l->prompt);
		pages_frame(p);
		r = ui_line(p->ui, &line, typed, size);
	} while (r == UI_REDRAW || r == UI_REFRESH);
	return r;
}

/* What the person has said so far. */
struct wish {
	char disk[64], words[200]; /* "sda", "Beispiel SSD 970, 512 GB" */
	struct medium medium;
	char product[PRODUCT_MAX + 1], counter[17];
	char *file; /* owned */
};

static enum ui_result ask_source(struct pages *p, struct wish *w)
{
	return ask_disk(p, w->disk, w->words);
}

/* It is opened, and changes, once the person has seen all of it and said yes. */
static enum ui_result ask_medium(struct pages *p, struct wish *w)
{
	const struct medium_question q = {
		p->ui,
		_("Capture a disk of this PC"),
		_("To which one? It will be written to: a new file is added, what is there stays."),
		frame,
		p,
		ACCESS_WRITE,
	};

	if (!medium_choose(&q, &w->medium))
		return UI_CLOSED;
	return *w->medium.name ? UI_CHOSEN : UI_BACK;
}

static enum ui_result ask_product(struct pages *p, struct wish *w)
{
	const struct ui_line what = {
		.title = N_("Capture a disk of this PC"),
		.intro = N_("A short name for this kind of PC, the same each time one is made: "
			    "office-pc"),
		.prompt = N_("What is it an image of"),
		.check = check_product,
	};

	return ask_line(p, &what, w->product, sizeof(w->product));
}

static enum ui_result ask_counter(struct pages *p, struct wish *w)
{
	const struct ui_line number = {
		.title = N_("Capture a disk of this PC"),
		.intro = N_("Higher than that of the image before: older ones are refused then."),
		.prompt = N_("Number of this image"),
		.check = check_counter,
	};

	return ask_line(p, &number, w->counter, sizeof(w->counter));
}

static enum ui_result ask_yes(struct pages *p, struct wish *w)
{
	enum ui_result r;

	free(w->file);
	w->file = mem_format("%s-%s.kimg", w->product, w->counter);
	char *question =
		mem_format(_("Capture %s (%s) as %s onto %s?\n\nThe disk is only read. The "
			     "medium is written to: a new file is added, what is there "
			     "stays. If it belongs to a PC that is still to be examined, "
			     "take another one. This can take hours."),
			   w->words, w->disk, w->file, w->medium.full);
	do {
		pages_frame(p);
		r = ui_confirm(p->ui, _("Capture a disk of this PC"), question);
	} while (r == UI_REDRAW || r == UI_REFRESH);
	free(question);
	return r;
}

static bool run(struct pages *p, const struct wish *w)
{
	const char *const argv[] = { "capture",   "--broker", "--medium",  w->medium.name,
				     "--product", w->product, "--counter", w->counter,
				     "--",        w->disk,    w->file,     NULL };

	return pages_run_and_show(
		p, w->file,
		N_("Captured. It is not signed yet: signers look at it, and sign it, on "
		   "another PC. The medium can be taken out now."),
		N_("NOT CAPTURED. Why:"), argv);
}

bool page_capture(struct pages *p)
{
	static enum ui_result (*const steps[])(struct pages *, struct wish *) = {
		ask_source, ask_medium, ask_product, ask_counter, ask_yes,
	};
	const size_t count = sizeof(steps) / sizeof(steps[0]);
	struct wish w = { .medium = MEDIUM_NONE };
	enum ui_result r = UI_CHOSEN;
	size_t at = 0;

	/* Back is one page back, and what was typed there stands there still. */
	while (r != UI_CLOSED && at < count) {
		r = steps[at](p, &w);
		if (r == UI_BACK && at == 0)
			break;
		if (r == UI_CHOSEN)
			at++;
		else if (r == UI_BACK)
			at--;
	}
	bool open = r != UI_CLOSED && (at < count || run(p, &w));
	free(w.file);
	return open;
}
