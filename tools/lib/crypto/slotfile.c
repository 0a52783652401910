/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of key slots on disk, read and opened. */
#include "lib/crypto/slotfile.h"

#include <fcntl.h>
#include <stdlib.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/wholefile.h"

bool slotfile_read(const char *path, struct slots *s, struct error *e)
{
	struct text bytes = { 0 };
	bool ok = wholefile_read(AT_FDCWD, path, 0, SLOTS_FILE_MAX, &bytes, e) &&
		  (slots_parse(text_end(&bytes), bytes.len, s, e) || error_prefix(e, "%s: ", path));

	text_release(&bytes);
	return ok;
}

bool slotfile_open(const char *path, const char *passphrase_file, struct slots *s,
		   struct tier_keys *k, struct error *e)
{
	struct secret entry = { 0 };
	char *prompt = mem_format(_("Passphrase or words of an envelope, for %s: "), path);
	size_t which;
	bool ok = slotfile_read(path, s, e) &&
		  secret_read(&entry, passphrase_file, prompt, NULL, e) &&
		  ((slots_open(s, entry.s, k, &which, e) &&
		    tier_keys_allowed(k, s->kit_id, s->exercise, e)) ||
		   error_prefix(e, "%s: ", path));

	secret_wipe(&entry);
	free(prompt);
	return ok;
}
