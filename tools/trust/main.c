/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trust: who may sign what for an organisation, and the keys it is done with. */
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "trust/trust.h"

int main(int argc, char **argv)
{
	static const struct cli_verb verbs[] = {
		{ "keygen", trust_keygen, N_("make a key pair for signing") },
		{ "backup", trust_backup, N_("print a secret key as words, for paper") },
		{ "restore", trust_restore, N_("make a key pair again from the words on paper") },
		{ "init", trust_init, N_("write an organisation's first root") },
		{ "sign", trust_sign, N_("add a signature to a file or a root") },
		{ "verify", trust_verify_file, N_("is a file signed by enough holders?") },
		{ "rotate", trust_rotate, N_("change who may sign: the next root") },
		{ "revoke", trust_revoke, N_("a key that counts no more: the next root") },
		{ "show", trust_show, N_("who may sign what, and the fingerprint") },
		{ 0 },
	};
	static const struct cli_tool tool = {
		"trust", N_("says who may sign what, makes keys and signatures"), verbs
	};

	return cli_main(&tool, argc, argv);
}
