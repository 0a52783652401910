/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Choosing a medium to read or write: only what can be plugged in, never a disk of the PC. */
#include "lib/ui/askmedium.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/base/size.h"
#include "lib/base/text.h"

#define LOOK_MS 1000 /* a medium may be plugged in while the page is shown */
#define MEDIA 40

struct media {
	struct ui_item items[MEDIA];
	struct {
		const char *disk;
		unsigned partition;
	} of[MEDIA];
	size_t count;
	bool searching;
	struct arena memory;
};

/* What the broker mounts (broker.h, broker_medium). */
static bool can_be_opened(const char *content)
{
	return strcmp(content, "vfat") == 0 || strcmp(content, "exfat") == 0 ||
	       strcmp(content, "ext4") == 0;
}

static void add(struct media *m, const struct broker_disk *d, const struct broker_partition *p)
{
	char size[40];
	struct text words = { 0 };

	if (m->count == MEDIA)
		return;
	size_words(size, sizeof(size), p->size_bytes);
	text_addf(&words, "%s, %s", *d->model ? d->model : d->name, size);
	m->of[m->count].disk = d->name;
	m->of[m->count].partition = p->number;
	m->items[m->count++] = (struct ui_item){
		.label = arena_string(&m->memory, text_end(&words)),
		.detail = *p->label ? p->label : p->content,
	};
	text_release(&words);
}

static bool load(struct media *m, struct broker *b, struct error *e)
{
	struct broker_disks disks = { 0 };

	*m = (struct media){ 0 };
	if (!broker_disks(b, &m->memory, &disks, e))
		return false;
	m->searching = disks.searching;
	for (size_t i = 0; i < disks.count; i++) {
		const struct broker_disk *d = &disks.disks[i];

		if (!d->removable || d->stick)
			continue;
		for (size_t n = 0; n < d->partition_count; n++)
			if (can_be_opened(d->partitions[n].content))
				add(m, d, &d->partitions[n]);
	}
	return true;
}

static const char *intro_of(const struct medium_question *q, const struct media *m)
{
	if (m->count)
		return q->intro;
	if (m->searching)
		return _("Media are being looked for.");
	return _("Plug in a USB stick or a memory card now, not the one this PC was started from. "
		 "It must be formatted as FAT, exFAT or ext4.");
}

/* "sdb" and 1 as "sdb1", "mmcblk0" and 1 as "mmcblk0p1", as the kernel calls them. */
static void name_of(char *out, size_t size, const char *disk, unsigned partition)
{
	size_t n = strlen(disk);
	bool digit = n > 0 && disk[n - 1] >= '0' && disk[n - 1] <= '9';

	if (partition)
		snprintf(out, size, "%s%s%u", disk, digit ? "p" : "", partition);
	else
		snprintf(out, size, "%s", disk);
}

/* What the one of that number is called. */
static void describe(struct medium *m, const struct media *list, size_t selected)
{
	const struct ui_item *item = &list->items[selected];

	snprintf(m->words, sizeof(m->words), "%s", item->label);
	name_of(m->name, sizeof(m->name), list->of[selected].disk, list->of[selected].partition);
	snprintf(m->full, sizeof(m->full), "%s (%s, %s)", m->words, m->name, item->detail);
}

bool medium_choose(const struct medium_question *q, struct medium *m)
{
	struct error e = { 0 };
	enum ui_result r = UI_REFRESH;
	size_t selected = 0;

	*m = (struct medium)MEDIUM_NONE;
	if (!broker_connect(&m->broker, &e)) {
		ui_message(q->ui, q->title, e.text);
		return true;
	}
	while (r == UI_REFRESH || r == UI_REDRAW) {
		struct media *list = mem_alloc(sizeof(*list));

		if (!load(list, &m->broker, &e)) {
			ui_message(q->ui, q->title, e.text);
			r = UI_BACK;
		} else {
			const struct ui_list page = {
				.title = q->title,
				.intro = intro_of(q, list),
				.items = list->items,
				.count = list->count,
				.footer = "",
				.refresh_ms = LOOK_MS,
			};

			q->frame(q->ctx);
			selected = selected < list->count ? selected : 0;
			r = ui_list(q->ui, &page, &selected);
			if (r == UI_CHOSEN && selected < list->count)
				describe(m, list, selected);
		}
		arena_release(&list->memory);
		free(list);
	}
	broker_close(&m->broker);
	return r != UI_CLOSED;
}

/* Which of them is called so? Its number, or -1. */
static int find(const struct media *list, const char *name)
{
	int of_disk = -1, on_disk = 0;
	char full[80];

	for (size_t i = 0; i < list->count; i++) {
		name_of(full, sizeof(full), list->of[i].disk, list->of[i].partition);
		if (strcmp(full, name) == 0)
			return (int)i;
		if (strcmp(list->of[i].disk, name) == 0) {
			of_disk = (int)i;
			on_disk++;
		}
	}
	return on_disk == 1 ? of_disk : -1;
}

/* What could have been meant. */
static bool not_found(const struct media *list, const char *name, struct error *e)
{
	struct text there = { 0 };
	char full[80];

	for (size_t i = 0; i < list->count; i++) {
		name_of(full, sizeof(full), list->of[i].disk, list->of[i].partition);
		text_addf(&there, "%s%s (%s)", i ? ", " : "", full, list->items[i].label);
	}
	if (list->count)
		error_set(e, ERROR_USAGE, _("no medium is called %s. There are: %s"), name,
			  text_end(&there));
	else
		error_set(e, ERROR_FAILED,
			  _("there is no medium: plug in a USB stick or a memory card with FAT, "
			    "exFAT or ext4, not the one that this PC was started from"));
	text_release(&there);
	return false;
}

/* `full`: it must be this one still, or NULL. */
static bool find_and_open(struct medium *m, const char *name, const char *full,
			  enum broker_access access, struct error *e)
{
	const struct timespec pause = { .tv_nsec = 250000000 };
	struct media *list = mem_alloc(sizeof(*list));
	bool ok, again = true;
	int at = -1;

	*m = (struct medium)MEDIUM_NONE;
	ok = broker_connect(&m->broker, e);
	/* Just plugged in, it may still be looked at. */
	while (ok && at < 0 && again) {
		arena_release(&list->memory);
		ok = load(list, &m->broker, e);
		at = ok ? find(list, name) : -1;
		again = ok && at < 0 && list->searching && nanosleep(&pause, NULL) == 0;
	}
	ok = ok && (at >= 0 || not_found(list, name, e));
	if (ok)
		describe(m, list, (size_t)at);
	if (ok && full && strcmp(full, m->full) != 0)
		ok = error_set(e, ERROR_FAILED, _("this is not the one that was chosen: %s"),
			       m->full);
	if (ok)
		m->fd = broker_medium(&m->broker, list->of[at].disk, list->of[at].partition, access,
				      e);
	if (m->fd < 0)
		broker_close(&m->broker);
	arena_release(&list->memory);
	free(list);
	return m->fd >= 0;
}

bool medium_find(struct medium *m, const char *name, enum broker_access access, struct error *e)
{
	return find_and_open(m, name, NULL, access, e);
}

static enum ui_result confirm(const struct medium_question *q, const struct medium *m)
{
	char *question =
		mem_format(_("Write to %s?\n\nA new file is added; what is there stays. But "
			     "the medium is changed by it: if it belongs to a PC that is "
			     "still to be examined, take another one."),
			   m->full);
	enum ui_result r;

	do {
		q->frame(q->ctx);
		r = ui_confirm(q->ui, q->title, question);
	} while (r == UI_REDRAW || r == UI_REFRESH);
	free(question);
	return r;
}

bool medium_ask(const struct medium_question *q, struct medium *m)
{
	struct error e = { 0 };
	struct medium chosen;
	enum ui_result r = UI_BACK;

	*m = (struct medium)MEDIUM_NONE;
	while (r == UI_BACK) {
		if (!medium_choose(q, &chosen))
			return false;
		if (!*chosen.name)
			return true;
		r = q->access == ACCESS_WRITE ? confirm(q, &chosen) : UI_CHOSEN;
	}
	if (r == UI_CHOSEN && !find_and_open(m, chosen.name, chosen.full, q->access, &e))
		ui_message(q->ui, q->title, e.text);
	return r != UI_CLOSED;
}

bool medium_done(struct medium *m, struct error *e)
{
	bool ok;

	if (m->fd < 0)
		return true;
	close(m->fd);
	m->fd = -1;
	ok = broker_medium_done(&m->broker, e);
	broker_close(&m->broker);
	return ok;
}
