/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The key of an encrypted volume, as people have it: typed, scanned, piped, or in a file. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/base/secret.h"
#include "lib/base/wholefile.h"
#include "lib/data/recovery_key.h"
#include "lib/disk/broker.h"

#define FILE_MAX 16384 /* what Windows saves beside a recovery password is 1 to 2 KiB */

static bool read_key(const char *file, struct text *key, struct error *e)
{
	struct secret typed;

	if (strcmp(file, "/dev/null") == 0)
		return true;
	if (strcmp(file, "-") != 0)
		return wholefile_read(AT_FDCWD, file, 0, FILE_MAX, key, e);
	/* A pipe brings it from a program, which shows it to nobody. */
	bool good = secret_read(&typed, isatty(STDIN_FILENO) ? NULL : "-",
				_("Passphrase or recovery password: "), NULL, e);
	if (good)
		text_add(key, typed.s);
	secret_wipe(&typed);
	return good;
}

/* UTF-16, as Windows saves it, to ASCII; what is not ASCII becomes a question mark. */
static void narrow(struct text *key)
{
	size_t len = 0;

	if (key->len < 2 || memcmp(key->s, "\xff\xfe", 2) != 0)
		return;
	for (size_t i = 2; i + 1 < key->len; i += 2) {
		bool ascii = key->s[i + 1] == 0 && key->s[i] > 0;

		key->s[len++] = ascii ? key->s[i] : '?';
	}
	explicit_bzero(key->s + len, key->len - len);
	key->len = len;
}

static void replace(struct text *key, const char *bytes, size_t len)
{
	explicit_bzero(key->s, key->len);
	memcpy(key->s, bytes, len);
	key->len = len;
}

/* A recovery password as cryptsetup wants it; anything else stays as it is. */
static bool settle(struct text *key, struct error *e)
{
	char good[RECOVERY_KEY_TEXT], copy[FILE_MAX + 1];
	bool ok = true;

	/* A startup key is binary; its text is no text. */
	if (key->len == 0 || memchr(key->s, 0, key->len) != NULL)
		return true;
	memcpy(copy, key->s, key->len);
	copy[key->len] = '\0';
	const char *found = recovery_key_find(copy);
	if (found)
		copy[found - copy + RECOVERY_KEY_TEXT - 1] = '\0';
	if (found || recovery_key_is_meant(copy)) {
		unsigned wrong = recovery_key_read(found ? found : copy, good);

		ok = !wrong ||
		     error_set(
			     e, ERROR_USAGE,
			     _("group %u of the recovery password cannot be right: it is 8 groups "
			       "of 6 digits; compare this group with the print-out"),
			     wrong);
		if (ok)
			replace(key, good, RECOVERY_KEY_TEXT - 1);
	}
	explicit_bzero(good, sizeof(good));
	explicit_bzero(copy, sizeof(copy));
	return ok;
}

/* Without the line's end behind a passphrase. */
static void end_line(struct text *key)
{
	if (!key->len || memchr(key->s, 0, key->len))
		return;
	if (key->s[key->len - 1] == '\n')
		key->len--;
	if (key->len && key->s[key->len - 1] == '\r')
		key->len--;
}

static bool is_bitlocker(const struct broker_disks *d, const char *disk, unsigned partition)
{
	for (size_t i = 0; i < d->count; i++) {
		const struct broker_disk *k = &d->disks[i];

		for (size_t n = 0; strcmp(k->name, disk) == 0 && n < k->partition_count; n++)
			if (k->partitions[n].number == partition)
				return strcmp(k->partitions[n].content, "bitlocker") == 0;
	}
	return false;
}

static bool as_wanted(struct text *key, bool bitlocker, struct error *e)
{
	if (bitlocker) {
		narrow(key);
		if (!settle(key, e))
			return false;
	}
	end_line(key);
	return true;
}

int broker_encrypted_by(struct broker *b, const char *disk, unsigned partition,
			const char *key_file, struct error *e)
{
	struct broker_disks d;
	struct arena a = { 0 };
	struct text key = { 0 };
	int fd = -1;

	/* What the partition holds must be known: a disk just plugged in is waited for. */
	if (read_key(key_file, &key, e) && broker_all_disks(b, &a, &d, e) &&
	    as_wanted(&key, is_bitlocker(&d, disk, partition), e))
		fd = broker_encrypted(b, disk, partition, (const uint8_t *)text_end(&key), key.len,
				      e);
	if (key.s)
		explicit_bzero(key.s, key.capacity);
	text_release(&key);
	arena_release(&a);
	return fd;
}
