/* SPDX-License-Identifier: GPL-3.0-or-later */
/* About: what this is, whose parts it is made of, what it changed and cannot prove. */
#include <fcntl.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "menu/menu.h"

/* Written by shim: the list of loader generations that this PC still starts. */
#define SBAT_LEVEL "/sys/firmware/efi/efivars/SbatLevelRT-605dab50-e046-4300-abb6-3dd810dd8b23"
#define EFI_ATTRIBUTE_BYTES 4 /* in front of every variable in efivarfs */

static void read_sbat_level(char *out, size_t size)
{
	char bytes[512];
	int fd = open(SBAT_LEVEL, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, bytes, sizeof(bytes) - 1);

	if (fd >= 0)
		close(fd);
	out[0] = '\0';
	if (n <= EFI_ATTRIBUTE_BYTES)
		return;
	bytes[n] = '\0';
	for (char *c = bytes + EFI_ATTRIBUTE_BYTES; *c; c++)
		if (*c == '\n')
			*c = ' ';
	snprintf(out, size, "%s", bytes + EFI_ATTRIBUTE_BYTES);
}

static void add_parts(struct text *out)
{
	static const struct {
		const char *name, *licence;
	} parts[] = {
		{ "Linux", "GPL-2.0" },
		{ "shim", "BSD-2-Clause" },
		{ "GRUB", "GPL-3.0-or-later" },
		{ "musl", "MIT" },
		{ "BusyBox", "GPL-2.0" },
		{ "ncurses", "MIT" },
		{ "SQLite", N_("public domain") },
		{ "libsodium", "ISC" },
		{ "libqrencode", "LGPL-2.1-or-later" },
		{ "libharu", "Zlib" },
		{ "zlib", "Zlib" },
		{ "e2fsprogs", "GPL-2.0" },
		{ "Zstandard", "BSD-3-Clause" },
		{ "libdeflate", "MIT" },
		{ "curl", "curl" },
		{ "cryptsetup", "GPL-2.0-or-later" },
		{ "libdevmapper", "LGPL-2.1" },
		{ "popt", "MIT" },
		{ "json-c", "MIT" },
		{ "Terminus Font", "OFL-1.1" },
		{ "DejaVu", N_("free, Bitstream Vera licence") },
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		text_addf(out, "- %s: %s\n", parts[i].name, _(parts[i].licence));
}

void about_words(struct text *out, const struct kitinfo *kit, const char *sbat_level)
{
	text_addf(out,
		  _("Blackstart %s: the stick for the day when nothing else can be trusted.\n"),
		  BLACKSTART_VERSION);
	text_add(out, _("Free software under the GNU General Public License, version 3 or later. "
			"There is no warranty.\n"));
	if (kit)
		text_addf(out, _("Handbook: %s, kit %llu, published by %s.\n"), kit->organisation,
			  kit->version + 0ULL, kit->publisher);
	text_addf(out, "\n# %s\n", _("What it changes on this PC"));
	text_add(out, _("- No disk of this PC is written to: each was locked before anything could "
			"touch it.\n"));
	text_add(out, _("- With Secure Boot, the first part of the stick (shim) writes a list of "
			"minimum versions, SbatLevel, into the memory of the firmware. Old Linux "
			"loaders on this PC may refuse to start afterwards. Windows is not "
			"affected.\n"));
	text_add(out,
		 _("- Its clock is not set, and its network stays off until somebody prints.\n"));
	if (*sbat_level)
		text_addf(out, _("- SbatLevel of this PC now: %s\n"), sbat_level);
	text_addf(out, "\n# %s\n", _("What stays on the stick"));
	text_add(out, _("- The journal: what was done and when can be read by whoever finds the "
			"stick; names, numbers and sentences only with a passphrase.\n"));
	text_addf(out, "\n# %s\n", _("What it does not prove"));
	text_add(out, _("- The firmware vouches for the kernel only. A forged copy of this stick "
			"would start as well, and would look like this one.\n"));
	text_add(out, _("- What helps: number the sticks, keep them under lock, and check a stick "
			"from another one that you trust.\n"));
	text_add(out, _("- A firmware that was tampered with can deceive everything that it "
			"starts.\n"));
	text_add(out, _("- The clock of a PC proves nothing. Compare it with a watch.\n"));
	text_addf(out, "\n# %s\n", _("Parts made by others, and their licences"));
	add_parts(out);
	text_add(out, _("\nThe exact versions, where they come from and their checksums stand in "
			"build/pins.lock of the sources.\n"));
}

bool about_page(struct menu *m)
{
	char sbat_level[512];
	enum ui_result r;

	read_sbat_level(sbat_level, sizeof(sbat_level));
	do {
		struct text text = { 0 };

		about_words(&text, m->kit_loaded ? &m->kit : NULL, sbat_level);
		r = ui_text(m->ui, _("About Blackstart"), text_end(&text));
		text_release(&text);
		if (r == UI_REDRAW)
			menu_frame(m);
	} while (r == UI_REDRAW);
	return r != UI_CLOSED;
}
