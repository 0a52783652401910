/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sysimage: known-good images of whole PCs. */
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "sysimage/sysimage.h"

int main(int argc, char **argv)
{
	static const struct cli_verb verbs[] = {
		{ "capture", sysimage_capture, N_("make an image of a prepared PC's disk") },
		{ "diff", sysimage_diff, N_("what differs between two images") },
		{ "export", sysimage_export, N_("write an image as other programs take it") },
		{ "files", sysimage_files, N_("which files are in an image") },
		{ "import", sysimage_import, N_("make an image of what other programs made") },
		{ "info", sysimage_info, N_("what is in an image, and who vouches for it") },
		{ "pages", sysimage_pages, N_("check and capture images on the screen") },
		{ "restore", sysimage_restore, N_("restore an image to a disk and read it back") },
		{ "sign", sysimage_sign, N_("sign an image") },
		{ "verify", sysimage_verify, N_("is every byte what enough people signed?") },
		{ 0 },
	};
	static const struct cli_tool tool = { "sysimage",
					      N_("make, sign, check and restore known-good images"),
					      verbs };

	return cli_main(&tool, argc, argv);
}
