/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Choosing a medium to write to: only what can be plugged in, never a disk of the PC. */
#include "handbook/page_medium.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/base/size.h"

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
static bool can_be_written(const char *content)
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
			if (can_be_written(d->partitions[n].content))
				add(m, d, &d->partitions[n]);
	}
	return true;
}

static const char *intro_of(const struct media *m)
{
	if (m->count)
		return _("To which one? Only a new file is added; nothing on it is changed.");
	if (m->searching)
		return _("Media are being looked for.");
	return _("Plug in a USB stick or a memory card now, not the one this PC was started from. "
		 "It must be formatted as FAT, exFAT or ext4.");
}

/* Open what was chosen. */
static void open_medium(struct pages *p, const char *title, const struct media *list,
			size_t selected, struct medium *m)
{
	struct error e = { 0 };

	snprintf(m->words, sizeof(m->words), "%s", list->items[selected].label);
	m->fd = broker_medium(&m->broker, list->of[selected].disk, list->of[selected].partition,
			      &e);
	if (m->fd < 0)
		pages_error(p, title, &e);
}

bool page_medium(struct pages *p, const char *title, struct medium *m)
{
	struct error e = { 0 };
	enum ui_result r = UI_REFRESH;
	size_t selected = 0;

	*m = (struct medium){ .broker = BROKER_NONE, .fd = -1 };
	if (!broker_connect(&m->broker, &e)) {
		pages_error(p, title, &e);
		return true;
	}
	while (r == UI_REFRESH || r == UI_REDRAW) {
		struct media *list = mem_alloc(sizeof(*list));

		if (!load(list, &m->broker, &e)) {
			pages_error(p, title, &e);
			r = UI_BACK;
		} else {
			const struct ui_list page = {
				.title = title,
				.intro = intro_of(list),
				.items = list->items,
				.count = list->count,
				.footer = "",
				.refresh_ms = LOOK_MS,
			};

			pages_frame(p);
			selected = selected < list->count ? selected : 0;
			r = ui_list(p->ui, &page, &selected);
			if (r == UI_CHOSEN && selected < list->count)
				open_medium(p, title, list, selected, m);
		}
		arena_release(&list->memory);
		free(list);
	}
	if (m->fd < 0)
		broker_close(&m->broker);
	return r != UI_CLOSED;
}

bool medium_done(struct medium *m, struct error *e)
{
	bool ok;

	close(m->fd);
	m->fd = -1;
	ok = broker_medium_done(&m->broker, e);
	broker_close(&m->broker);
	return ok;
}
