/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Key files on the disk, and the passphrases that go with them. */
#include "trust/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/base/wholefile.h"
#include "lib/base/memory.h"
#include "lib/base/newfile.h"

#define PASSPHRASE_MIN 12 /* characters */

bool keyfile_name_fits(const char *name, struct error *e)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

	if (len > 0 && len <= KEYFILE_NAME_MAX && name[len] == '\0' && *name != '-')
		return true;
	return error_set(
		e, ERROR_USAGE,
		_("%s is no name for a key: at most %d small letters, digits and hyphens, "
		  "no hyphen first; name an office or a place (isb, safe-2), never a person"),
		name, KEYFILE_NAME_MAX);
}

bool keyfile_public(const char *path, struct minisign_public *p, struct error *e)
{
	struct text text = { 0 };
	bool ok = wholefile_read(AT_FDCWD, path, O_NOFOLLOW, MINISIGN_FILE_MAX, &text, e) &&
		  (minisign_public_parse(text_end(&text), text.len, p, e) ||
		   error_prefix(e, "%s: ", path));

	text_release(&text);
	return ok;
}

static bool open_secret(const char *path, const struct text *text, const char *passphrase_file,
			struct minisign_secret *s, struct error *e)
{
	struct secret passphrase = { 0 };
	bool encrypted;
	char *prompt = mem_format(_("Passphrase for %s: "), path);
	bool ok = (minisign_secret_encrypted(text->s, text->len, &encrypted, e) &&
		   (!encrypted || secret_read(&passphrase, passphrase_file, prompt, NULL, e)) &&
		   minisign_secret_open(text->s, text->len, passphrase.s, s, e)) ||
		  error_prefix(e, "%s: ", path);

	free(prompt);
	secret_wipe(&passphrase);
	return ok;
}

bool keyfile_secret(const char *path, const char *passphrase_file, struct minisign_secret *s,
		    struct error *e)
{
	struct text text = { 0 };
	bool ok = wholefile_read(AT_FDCWD, path, O_NOFOLLOW, MINISIGN_FILE_MAX, &text, e);

	text_end(&text);
	if (ok && text.len == 0)
		ok = error_set(e, ERROR_UNTRUSTED, _("%s is empty"), path);
	ok = ok && open_secret(path, &text, passphrase_file, s, e);
	if (text.s)
		explicit_bzero(text.s, text.capacity);
	text_release(&text);
	return ok;
}

bool keyfile_new_passphrase(const char *name, const char *passphrase_file, struct secret *s,
			    struct error *e)
{
	char *prompt = mem_format(_("New passphrase for the key %s: "), name);
	bool ok = secret_read(s, passphrase_file, prompt, _("The same once more: "), e);
	char bad = 0;

	free(prompt);
	if (ok && strlen(s->s) < PASSPHRASE_MIN)
		ok = error_set(e, ERROR_USAGE,
			       _("the passphrase has fewer than %d characters; take four words or "
				 "more"),
			       PASSPHRASE_MIN);
	if (ok && !secret_is_layout_safe(s, &bad))
		ok = error_set(e, ERROR_USAGE,
			       _("the passphrase has a character that lies elsewhere on other "
				 "keyboards; use the small letters a to x, digits, space, comma, "
				 "full stop"));
	if (!ok)
		secret_wipe(s);
	return ok;
}

static bool is_new(const char *path, struct error *e)
{
	struct stat st;

	if (lstat(path, &st) == 0)
		return error_set(e, ERROR_FAILED,
				 _("%s is there already and is not replaced; choose another name "
				   "or folder"),
				 path);
	return errno == ENOENT || error_errno(e, _("cannot look for %s"), path);
}

bool keyfile_is_new(const char *folder, const char *name, struct error *e)
{
	char *key = mem_format("%s/%s.key", folder, name);
	char *public = mem_format("%s/%s.pub", folder, name);
	bool ok = is_new(key, e) && is_new(public, e);

	free(key);
	free(public);
	return ok;
}

/* Write a file that was not there. The name is taken first, so that two of us cannot
 * both have it; what then replaces the empty file is whole. */
static bool write_new(const char *path, mode_t mode, const struct text *bytes, struct error *e)
{
	struct newfile f = NEWFILE_NONE;
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);

	if (fd < 0)
		return error_errno(e, _("cannot create %s"), path);
	close(fd);
	bool ok = newfile_create(&f, path, e);
	if (ok && fchmod(f.fd, mode) != 0)
		ok = error_errno(e, _("cannot protect %s"), path);
	ok = ok && newfile_write(&f, bytes->s, bytes->len, e) && newfile_commit(&f, e);
	newfile_discard(&f);
	if (!ok)
		unlink(path);
	return ok;
}

/* The number as minisign shows it. */
static unsigned long long number_of(const struct minisign_public *p)
{
	unsigned long long n = 0;

	for (int i = 7; i >= 0; i--)
		n = n << 8 | p->number[i];
	return n;
}

bool keyfile_save(const char *folder, const char *name, const struct minisign_secret *s,
		  const char *passphrase, struct error *e)
{
	struct text key = { 0 }, public = { 0 };
	char *key_path = mem_format("%s/%s.key", folder, name);
	char *public_path = mem_format("%s/%s.pub", folder, name);
	char *key_comment = mem_format("%s: minisign encrypted secret key", name);
	char *comment = mem_format("%s: minisign public key %016llX", name, number_of(&s->public));
	char line[MINISIGN_LINE];

	minisign_public_write(&s->public, comment, &public);
	minisign_public_line(&s->public, line);
	/* The public one first: a secret key alone is the worse half to be left with. */
	bool ok = minisign_secret_write(s, passphrase, key_comment, &key, e) &&
		  write_new(public_path, 0644, &public, e);
	if (ok && !write_new(key_path, 0600, &key, e)) {
		unlink(public_path);
		ok = false;
	}
	if (ok)
		printf(_("Secret key  %s\nPublic key  %s\n            %s\n"), key_path, public_path,
		       line);
	free(key_path);
	free(public_path);
	free(key_comment);
	free(comment);
	text_release(&key);
	text_release(&public);
	return ok;
}
