/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `stick write`: an image becomes a stick. */
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/crypto/digest.h"
#include "lib/disk/target.h"
#include "lib/ui/asktarget.h"
#include "stick/copy.h"

#define SETTINGS_HEADER "# GRUB Environment Block\n"

struct options {
	const char *yes;
	bool dry, internal, keep_settings;
};

/* Nothing is written that would not pass as a stick. */
static bool prove_image(struct input *image, const char *name, struct error *e)
{
	const struct stick_source source = { input_source(image), NULL, NULL };
	const struct stick_expect anybody = { 0 };
	struct stick_report report;

	return stick_prove(&source, &anybody, &report, e) || error_prefix(e, "%s: ", name);
}

/* GRUB for BIOS PCs and the layout of the stick know sectors of 512 bytes only. */
static bool startable(const struct target *t, struct error *e)
{
	return t->sector_bytes == SECTOR_BYTES ||
	       error_set(e, ERROR_FAILED,
			 _("%s has sectors of %d bytes; PCs start sticks of 512 only. Take "
			   "another one"),
			 t->path, (int)t->sector_bytes);
}

/* The settings of a stick of ours, as they lie there. */
static bool take_settings(struct copy *c, const struct partition_table *table, struct error *e)
{
	const struct partition *p = table->list;
	bool ours = table->kind == TABLE_GPT && table->count >= 2 &&
		    strcmp(p[0].label, "BLACKSTART-BOOT") == 0 && p[0].first_byte == 1 * MIB &&
		    p[0].size_bytes == 1 * MIB && strcmp(p[1].label, "BLACKSTART") == 0;

	if (ours && !read_at(c->target->fd, SETTINGS_AT, c->settings, SETTINGS_BYTES, e))
		return false;
	for (size_t i = 0; ours && i < SETTINGS_BYTES; i++)
		ours = c->settings[i] == '\n' || (c->settings[i] >= ' ' && c->settings[i] < 0x7f);
	if (!ours || memcmp(c->settings, SETTINGS_HEADER, strlen(SETTINGS_HEADER)) != 0)
		return error_set(e, ERROR_USAGE,
				 _("%s has no settings to keep: it is not a stick of ours. Leave "
				   "out --keep-settings"),
				 c->target->path);
	c->keep_settings = true;
	return true;
}

static bool write_it(const char *image_name, const char *path, const struct options *o,
		     struct error *e)
{
	struct input image = INPUT_NONE;
	struct target target = TARGET_NONE;
	struct copy c = { .target = &target };
	struct partition_table *table = mem_alloc(sizeof(*table));
	bool ok = input_open(&image, image_name, false, e) && prove_image(&image, image_name, e) &&
		  target_open(&target, path, "/sys", o->internal, o->dry, image.size_bytes, e) &&
		  startable(&target, e) && target_is_not(&target, image.fd, e) &&
		  target_show(&target, _("  THIS IS A DISK OF THIS PC, NOT A STICK\n"), table, e);

	c.image = image.fd;
	c.image_bytes = image.size_bytes - image.size_bytes % SECTOR_BYTES;
	if (ok && o->keep_settings)
		ok = take_settings(&c, table, e);
	if (ok && o->dry) {
		printf(_("would write %s to it; nothing was written\n"), image_name);
	} else if (ok && target_confirm(&target, o->yes, stdin, e)) {
		ok = copy_image(&c, e) ||
		     error_prefix(e, _("%s is no stick now, and no PC starts from it: "),
				  target.path);
		/* Let the kernel see the new partitions; if it will not, pulling the stick does. */
		if (ok && target.disk)
			(void)ioctl(target.fd, BLKRRPART);
		if (ok)
			printf(_("%s: written, read back and compared\n"), target.path);
	}
	target_close(&target);
	input_close(&image);
	free(table);
	return ok && !e->kind;
}

int stick_write(int argc, char **argv)
{
	struct error e = { 0 };
	struct options o = { 0 };
	const struct cli_option options[] = {
		{ "n", CLI_FLAG, &o.dry, NULL,
		  N_("show what would be written to, and write nothing"), 0, 0 },
		{ "yes", CLI_TEXT, &o.yes, "SERIAL",
		  N_("do not ask: the stick with this serial number (or its end) is meant"), 0, 0 },
		{ "keep-settings", CLI_FLAG, &o.keep_settings, NULL,
		  N_("keep language and keyboard of the stick that is overwritten"), 0, 0 },
		{ "internal", CLI_FLAG, &o.internal, NULL,
		  N_("also a disk that is neither on USB nor removable"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"stick",
		"write",
		"IMAGE DEVICE",
		N_("Write an image to a whole stick and read it back. Everything on it is lost; "
		   "what it is and what is on it is shown first, and must be confirmed."),
		options,
		2,
		2,
	};

	digest_ready();
	if (!cli_parse(&usage, &argc, &argv, &e) || !write_it(argv[0], argv[1], &o, &e))
		return report("stick", &e);
	return 0;
}
