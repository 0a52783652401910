/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The disks of this PC: what they are, and that nothing writes to them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/size.h"
#include "menu/menu.h"

#define SEARCHING_MS 700
#define WATCHING_MS 2000

const char *disk_lock_words(const struct broker_disk *d)
{
	if (d->written)
		return _("WRITTEN TO THOUGH LOCKED: stop, and tell the person in charge");
	return d->locked ? _("locked: nothing can write to it") : _("NOT LOCKED");
}

const char *disk_content_words(const char *content)
{
	static const struct {
		const char *content, *words;
	} known[] = {
		{ "ntfs", N_("Windows (NTFS)") },
		{ "refs", N_("Windows (ReFS)") },
		{ "bitlocker", N_("BitLocker-encrypted") },
		{ "luks1", N_("LUKS-encrypted") },
		{ "luks2", N_("LUKS-encrypted") },
		{ "ext2", N_("Linux (ext2)") },
		{ "ext3", N_("Linux (ext3)") },
		{ "ext4", N_("Linux (ext4)") },
		{ "btrfs", N_("Linux (btrfs)") },
		{ "xfs", N_("Linux (XFS)") },
		{ "vfat", N_("FAT") },
		{ "exfat", N_("exFAT") },
		{ "swap", N_("Linux swap space") },
		{ "lvm2", N_("part of a Linux volume group (LVM)") },
		{ "mdraid", N_("part of a Linux RAID") },
		{ "iso9660", N_("CD image") },
		{ "", N_("not recognised") },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].content, content) == 0)
			return _(known[i].words);
	return content;
}

static const char *bus_words(const char *bus)
{
	static const struct {
		const char *bus, *words;
	} known[] = {
		{ "usb", "USB" },
		{ "sata", "SATA" },
		{ "ide", "IDE" },
		{ "nvme", "NVMe" },
		{ "scsi", "SCSI" },
		{ "mmc", N_("memory card or eMMC") },
		{ "virtio", N_("virtual disk") },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].bus, bus) == 0)
			return _(known[i].words);
	return *bus ? bus : _("unknown");
}

static const char *table_words(const char *table)
{
	if (strcmp(table, "gpt") == 0)
		return "GPT";
	if (strcmp(table, "mbr") == 0)
		return "MBR";
	if (strcmp(table, "none") == 0)
		return _("none");
	if (strcmp(table, "damaged") == 0)
		return _("damaged");
	return _("being read");
}

void disk_label(struct text *out, const struct broker_disk *d)
{
	char size[32];

	text_addf(out, "%s  %s  %s", d->name, *d->model ? d->model : _("no model name"),
		  d->size_bytes ? size_words(size, sizeof(size), d->size_bytes) : _("no medium"));
}

static bool has_content(const struct broker_disk *d, const char *content)
{
	for (size_t i = 0; i < d->partition_count; i++)
		if (strcmp(d->partitions[i].content, content) == 0)
			return true;
	return false;
}

/* The line below a disk in the list: the lock first, it is what matters. */
static void add_summary(struct text *out, const struct broker_disk *d)
{
	text_add(out, disk_lock_words(d));
	if (d->stick)
		text_addf(out, "; %s", _("a Blackstart stick"));
	if (has_content(d, "bitlocker"))
		text_addf(out, "; %s", _("BitLocker-encrypted"));
	if (*d->note)
		text_addf(out, "; %s", _("not all could be seen"));
}

static void add_line(struct text *out, const char *name, const char *value)
{
	text_addf(out, "%s: %s\n", name, *value ? value : _("unknown"));
}

void disk_details(struct text *out, const struct broker_disk *d)
{
	char size[32];

	text_addf(out, "%s\n\n", disk_lock_words(d));
	add_line(out, _("Name in Linux"), d->name);
	add_line(out, _("Model"), d->model);
	add_line(out, _("Serial number"), d->serial);
	text_addf(out, _("Size: %s (%llu bytes, sectors of %u bytes)\n"),
		  size_words(size, sizeof(size), d->size_bytes), d->size_bytes + 0ULL,
		  d->logical_sector_bytes);
	add_line(out, _("Connected by"), bus_words(d->bus));
	add_line(out, _("Partition table"), table_words(d->table));
	if (d->stick)
		text_addf(out, "%s\n",
			  _("It has the layout of a Blackstart stick. That says nothing of who "
			    "made it."));
	if (*d->note)
		text_addf(out, "\n# %s\n%s\n", _("What could not be seen"), d->note);
	if (d->partition_count)
		text_addf(out, "\n# %s\n", _("Partitions"));
	for (size_t i = 0; i < d->partition_count; i++) {
		const struct broker_partition *p = &d->partitions[i];

		text_addf(out, p->number ? "- %u: " : "- ", p->number);
		text_addf(out, "%s, %s", disk_content_words(p->content),
			  size_words(size, sizeof(size), p->size_bytes));
		if (*p->type)
			text_addf(out, ", %s", p->type);
		if (*p->label)
			text_addf(out, ", \"%s\"", p->label);
		text_add(out, "\n");
	}
}

/* What stands above the list. */
static void add_intro(struct text *out, const struct broker_disks *disks)
{
	for (size_t i = 0; i < disks->count; i++)
		if (disks->disks[i].written)
			text_addf(out, "# %s: %s\n\n", disks->disks[i].name,
				  disk_lock_words(&disks->disks[i]));
	text_add(out, _("Every disk was locked against writing before anything could touch it."));
	for (size_t i = 0; i < disks->note_count; i++)
		text_addf(out, "\n\n%s", disks->notes[i]);
	if (disks->searching)
		text_addf(out, "\n\n%s", _("Still searching for disks ..."));
	else if (disks->count == 0)
		text_addf(out, "\n\n%s", _("No disk was found."));
}

/* One disk; it is looked up by name each time, for it may be gone. */
static bool show_disk(struct menu *m, const struct broker_disk *d)
{
	enum ui_result r;

	do {
		struct text title = { 0 }, text = { 0 };

		disk_label(&title, d);
		disk_details(&text, d);
		r = ui_text(m->ui, text_end(&title), text_end(&text));
		text_release(&title);
		text_release(&text);
		if (r == UI_REDRAW)
			menu_frame(m);
	} while (r == UI_REDRAW);
	return r != UI_CLOSED;
}

static size_t count_sticks(const struct broker_disks *disks)
{
	size_t n = 0;

	for (size_t i = 0; i < disks->count; i++)
		n += disks->disks[i].stick;
	return n;
}

/* Which of the sticks is to be checked; one alone needs no question. */
static bool choose_stick(struct menu *m, const struct broker_disks *disks)
{
	const struct broker_disk **sticks = mem_array(disks->count, sizeof(*sticks));
	struct ui_item *items = mem_array(disks->count, sizeof(*items));
	struct text *labels = mem_array(disks->count, sizeof(*labels));
	size_t count = 0, selected = 0;
	enum ui_result r = UI_CHOSEN;

	for (size_t i = 0; i < disks->count; i++)
		if (disks->disks[i].stick) {
			disk_label(&labels[count], &disks->disks[i]);
			items[count].label = text_end(&labels[count]);
			items[count].detail = "";
			sticks[count++] = &disks->disks[i];
		}
	do {
		const struct ui_list list = {
			.title = _("Check a stick"),
			.intro = _("Which one? What it carries is compared with what its own "
				   "manifests say, and its kit with the organisation's root."),
			.items = items,
			.count = count,
			.footer = "",
		};

		if (r == UI_REDRAW)
			menu_frame(m);
		if (count > 1)
			r = ui_list(m->ui, &list, &selected);
	} while (r == UI_REDRAW);
	bool open = r != UI_CLOSED;
	if (r == UI_CHOSEN && count)
		open = check_stick(m, sticks[selected]);
	for (size_t i = 0; i < count; i++)
		text_release(&labels[i]);
	free(labels);
	free(items);
	free(sticks);
	return open;
}

/* The disks, and behind them the entry that checks a stick. */
static enum ui_result list_disks(struct menu *m, const struct broker_disks *disks, size_t *selected)
{
	struct ui_item *items = mem_array(disks->count + 2, sizeof(*items));
	size_t sticks = count_sticks(disks);
	struct text *texts = mem_array(disks->count * 2, sizeof(*texts)), intro = { 0 };
	enum ui_result r;

	add_intro(&intro, disks);
	for (size_t i = 0; i < disks->count; i++) {
		disk_label(&texts[2 * i], &disks->disks[i]);
		add_summary(&texts[2 * i + 1], &disks->disks[i]);
		items[i] = (struct ui_item){ text_end(&texts[2 * i]), text_end(&texts[2 * i + 1]),
					     false, false };
	}
	items[disks->count + 1] = (struct ui_item){
		_("Check a stick"),
		sticks ? _("is it what its manifests say, and the organisation's?")
		       : _("none is plugged in"),
		false,
		!sticks,
	};
	const struct ui_list list = {
		.title = _("Disks of this PC"),
		.intro = text_end(&intro),
		.items = items,
		.count = disks->count + 2,
		.footer = "",
		.refresh_ms = disks->searching ? SEARCHING_MS : WATCHING_MS,
	};

	r = ui_list(m->ui, &list, selected);
	for (size_t i = 0; i < disks->count * 2; i++)
		text_release(&texts[i]);
	text_release(&intro);
	free(texts);
	free(items);
	return r;
}

bool disks_page(struct menu *m)
{
	size_t selected = 0;
	bool stay = true, open = true;

	while (stay && open) {
		struct arena a = { 0 };
		struct broker_disks disks = { 0 };
		struct error e = { 0 };

		if (!menu_connect(m, &e) || !broker_disks(&m->broker, &a, &disks, &e)) {
			menu_disconnect(m);
			error_prefix(&e, "%s\n\n",
				     m->boot.on_stick
					     ? _("The disks cannot be shown.")
					     : _("The disks cannot be shown: this PC was not "
						 "started from a Blackstart stick."));
			menu_error(m, _("Disks of this PC"), &e);
			arena_release(&a);
			return true;
		}
		switch (list_disks(m, &disks, &selected)) {
		case UI_CHOSEN:
			open = selected < disks.count ? show_disk(m, &disks.disks[selected])
						      : choose_stick(m, &disks);
			break;
		case UI_BACK:
			stay = false;
			break;
		case UI_CLOSED:
			open = false;
			break;
		case UI_REDRAW:
			menu_frame(m);
			break;
		case UI_REFRESH:
			break;
		}
		arena_release(&a);
	}
	return open;
}
