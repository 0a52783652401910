/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of key slots on disk, written; and asking for new entries. */
#include "kit/slotfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/newfile.h"

bool file_write_private(const char *path, const void *bytes, size_t len, struct error *e)
{
	struct newfile f = NEWFILE_NONE;
	struct stat st;
	mode_t mode = stat(path, &st) == 0 ? st.st_mode & 0666 : 0600;
	bool ok = newfile_create(&f, path, e) &&
		  (fchmod(f.fd, mode) == 0 || error_errno(e, _("cannot keep %s private"), path)) &&
		  newfile_write(&f, bytes, len, e) && newfile_commit(&f, e);

	newfile_discard(&f);
	return ok;
}

bool file_must_be_new(const char *path, struct error *e)
{
	struct stat st;

	if (lstat(path, &st) == 0)
		return error_set(e, ERROR_FAILED,
				 _("%s exists and is not overwritten; take another name"), path);
	if (errno != ENOENT)
		return error_errno(e, _("cannot look at %s"), path);
	return true;
}

bool slotfile_write(const char *path, const struct slots *s, struct error *e)
{
	struct text bytes = { 0 };
	bool ok;

	slots_write(s, &bytes);
	ok = file_write_private(path, bytes.s, bytes.len, e);
	text_release(&bytes);
	return ok;
}

bool slotfile_open_by(const char *path, const char *keys, const char *passphrase_file,
		      struct slots *s, struct tier_keys *k, struct error *e)
{
	bool missing = access(path, F_OK) != 0 && errno == ENOENT;
	struct slots author;

	if (!keys && missing)
		return error_set(e, ERROR_USAGE,
				 _("there is no %s; to begin one, name the author's key file with "
				   "--keys"),
				 path);
	if (!keys)
		return slotfile_open(path, passphrase_file, s, k, e);
	if (!slotfile_open(keys, passphrase_file, &author, k, e))
		return false;
	if (missing) {
		slots_init(s, k);
		return true;
	}
	return slotfile_read(path, s, e) && (slots_of(s, k, e) || error_prefix(e, "%s: ", path));
}

static size_t characters(const char *s)
{
	const char *end = s + strlen(s);
	size_t n = 0;

	for (; s < end; n++)
		text_next(&s, end);
	return n;
}

bool slotfile_new_passphrase(struct secret *entry, const char *file, struct error *e)
{
	char bad;

	if (!secret_read(entry, file, _("New passphrase: "), _("The same again: "), e))
		return false;
	secret_normalise(entry);
	if (characters(entry->s) < PASSPHRASE_MIN)
		return error_set(e, ERROR_USAGE,
				 _("the new passphrase has fewer than %d characters; take four or "
				   "more words that do not belong together"),
				 PASSPHRASE_MIN);
	/* The character itself is not printed: it is part of a secret. */
	if (!secret_is_layout_safe(entry, &bad))
		return error_set(
			e, ERROR_USAGE,
			_("the new passphrase has a character that lies elsewhere on other "
			  "keyboards; take only letters a to x, digits, space, comma and "
			  "full stop"));
	return true;
}

const char *slot_tiers_words(uint8_t tiers)
{
	if (tiers == SLOTS_TIERS_BOTH)
		return _("protected and strict");
	return tiers == 2 ? _("protected") : _("strict");
}
