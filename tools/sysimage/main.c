/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sysimage: known-good images of whole PCs. */
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "sysimage/sysimage.h"

int main(int argc, char **argv)
{
	static const struct cli_verb verbs[] = {
		{ "info", sysimage_info, N_("what is in an image, and who vouches for it") },
		{ "sign", sysimage_sign, N_("sign an image") },
		{ "verify", sysimage_verify, N_("is every byte what enough people signed?") },
		{ 0 },
	};
	static const struct cli_tool tool = { "sysimage",
					      N_("make, sign, check and restore known-good images"),
					      verbs };

	return cli_main(&tool, argc, argv);
}
