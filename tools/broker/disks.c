/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of disks: locked first, then listed. */
#include "broker/disks.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "broker/identity.h"
#include "broker/sysfs.h"
#include "broker/unlock.h"
#include "lib/base/language.h"

#define KERNEL_SECTOR 512 /* what sysfs counts in, whatever the disk has */

static const char *const notes[] = {
	N_("This disk could not be made read-only: do not work on this PC; take the "
	   "disk out or use a hardware write blocker."),
	N_("There is no medium in it, or it does not answer."),
	N_("Its partition table could not be read: the reader ended on it. Treat the"
	   " disk as suspect."),
	N_("It did not answer in time: the disk may be failing. Copy it before anything else."),
	N_("It cannot be read: check the cable, then treat it as failing."),
	N_("A part of it cannot be read: the disk may be failing. Copy it before anything else."),
	N_("It is a self-encrypting disk (Opal) and locked: its content shows only "
	   "after its password was given."),
	N_("It is locked with an ATA password: nothing on it can be read without that."),
	N_("Its partition table is damaged: neither copy is valid."),
	N_("The first copy of its partition table is damaged; the second one is shown."),
	N_("Its partition table was made for another sector size, as by a USB "
	   "enclosure: Windows does not start from it here."),
	N_("The protective MBR in front of its partition table is missing: something"
	   " wrote over the first sector."),
	N_("It has more partitions than are shown."),
	N_("A partition reaches past the end of the disk: the disk was larger once, "
	   "or the table is wrong."),
	N_("The chain of its logical partitions is broken: there may be more than are shown."),
	N_("One partition of it is in use for writing: everything else on it is locked. Wait"
	   " before pulling it."),
};

const char *disk_note_text(enum disk_note bit)
{
	for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++)
		if ((unsigned)bit == 1u << i)
			return notes[i];
	return NULL;
}

static bool begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

enum disk_class disk_classify(const char *name)
{
	static const char *const ignored[] = { "loop", "ram", "zram", "dm-", "md",
					       "sr",   "fd",  "nbd",  "mtd" };
	const char *area = begins(name, "mmcblk") ? strpbrk(name + 6, "br") : NULL;

	if (strlen(name) >= sizeof(((struct disk *)0)->name) || strchr(name, '/'))
		return DISK_IGNORED;
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		if (begins(name, ignored[i]))
			return DISK_IGNORED;
	if (area && (begins(area, "boot") || begins(area, "rpmb")))
		return DISK_LOCKED_ONLY;
	return DISK_LISTED;
}

static bool is_this_disk(const struct disk *k, const struct places *p, int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return false;
	if (p->images)
		return S_ISREG(st.st_mode);
	return S_ISBLK(st.st_mode) && st.st_rdev == makedev(k->major, k->minor);
}

int disk_open(const struct disk *k, const struct places *p, int flags, struct error *e)
{
	char path[256], number[32], now[32];

	snprintf(path, sizeof(path), "%s/%s", p->dev, k->name);
	snprintf(number, sizeof(number), "%u:%u", k->major, k->minor);
	if (!sysfs_text(now, sizeof(now), "%s/block/%s/dev", p->sysfs, k->name) ||
	    strcmp(number, now) != 0) {
		error_set(e, ERROR_FAILED, N_("this disk is gone"));
		return -1;
	}
	int fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0) {
		error_set(e, ERROR_FAILED, "%s", strerror(errno));
		return -1;
	}
	if (!is_this_disk(k, p, fd)) {
		close(fd);
		error_set(e, ERROR_FAILED, N_("this disk is gone"));
		return -1;
	}
	return fd;
}

bool disk_lock(const struct disk *k, const struct places *p, struct error *e)
{
	int read_only = 1, now = 0;
	int fd = disk_open(k, p, O_RDONLY, e);

	if (fd < 0)
		return false;
	if (ioctl(fd, BLKROSET, &read_only) != 0 || ioctl(fd, BLKROGET, &now) != 0)
		error_set(e, ERROR_FAILED, "%s", strerror(errno));
	else if (!now)
		error_set(e, ERROR_FAILED, N_("the kernel did not keep it read-only"));
	close(fd);
	return e->kind == ERROR_NONE;
}

bool disk_is_locked(const struct disk *k, const struct places *p)
{
	return !k->lock_failed && sysfs_number("%s/block/%s/ro", p->sysfs, k->name) == 1;
}

void disks_lock_again(struct disks *d, const struct places *p)
{
	for (size_t i = 0; i < d->count; i++) {
		struct disk *k = &d->list[i];
		struct error e = { 0 };
		bool told = k->lock_failed;

		/* Without a medium: locked when one comes. */
		if (p->images || k->open.is || k->settings_sectors || !k->size_bytes ||
		    disk_is_locked(k, p))
			continue;
		k->notes &= ~(unsigned)NOTE_UNLOCKED;
		k->lock_failed = !disk_lock(k, p, &e);
		if (!k->lock_failed)
			continue;
		k->notes |= NOTE_UNLOCKED;
		error_prefix(&e, _("%s is not read-only: "), k->name);
		if (!told)
			report("broker", &e);
	}
}

/* `below` is "" for the disk, or "sda1/". */
static uint64_t counted_sectors(const struct disk *k, const struct places *p, const char *below)
{
	char line[512];
	uint64_t total = 0;

	if (!sysfs_text(line, sizeof(line), "%s/block/%s/%sstat", p->sysfs, k->name, below))
		return 0;
	/* Linux, Documentation/block/stat.rst: 7th sectors written, 14th discarded. */
	char *at = line;
	for (int field = 1; field <= 14; field++) {
		char *end;
		uint64_t n = strtoull(at, &end, 10);

		if (end == at)
			break;
		if (field == 7 || field == 14)
			total += n;
		at = end;
	}
	return total;
}

uint64_t disk_open_sectors(const struct disk *k, const struct places *p)
{
	char name[48], below[50] = "";

	if (k->open.partition)
		snprintf(below, sizeof(below), "%s/",
			 unlock_name(name, k->name, k->open.partition));
	return counted_sectors(k, p, below);
}

uint64_t disk_written_sectors(const struct disk *k, const struct places *p)
{
	uint64_t now = counted_sectors(k, p, ""), ours = k->written_base + k->settings_sectors;

	if (k->open.is)
		ours += disk_open_sectors(k, p) - k->open.base + k->open.allowed;
	return now > ours ? now - ours : 0;
}

static struct disk *find(struct disks *d, const char *name)
{
	for (size_t i = 0; i < d->count; i++)
		if (strcmp(d->list[i].name, name) == 0)
			return &d->list[i];
	return NULL;
}

struct disk *disks_named(struct disks *d, const char *name)
{
	struct disk *k = find(d, name);

	return k && k->listed ? k : NULL;
}

struct disk *disks_by_id(struct disks *d, uint64_t id)
{
	for (size_t i = 0; i < d->count; i++)
		if (d->list[i].id == id)
			return &d->list[i];
	return NULL;
}

bool disks_probing(const struct disks *d)
{
	for (size_t i = 0; i < d->count; i++)
		if (d->list[i].listed && d->list[i].probe != PROBE_FINISHED)
			return true;
	return false;
}

void disk_content_clear(struct disk_content *c)
{
	text_release(&c->messages);
	*c = (struct disk_content){ 0 };
}

static bool find_partition(const struct disk_content *c, unsigned partition, struct message *m)
{
	for (size_t at = 0; at + 2 <= c->messages.len;) {
		const unsigned char *p = (const unsigned char *)c->messages.s + at;
		size_t n = (size_t)(p[0] | p[1] << 8);
		struct error e = { 0 };
		uint64_t number;

		at += 2 + n;
		if (message_parse(m, "type", p + 2, n, &e) &&
		    message_number(m, "number", UINT32_MAX, &number) && number == partition)
			return true;
	}
	return false;
}

bool disk_content_of(const struct disk_content *c, unsigned partition, char out[16])
{
	struct message m;

	if (!find_partition(c, partition, &m))
		return false;
	snprintf(out, 16, "%s", message_text(&m, "content"));
	return true;
}

bool disk_partition_is(const struct disk *k, const struct places *p, unsigned partition, bool grows,
		       struct error *e)
{
	uint64_t first, size;
	struct message m;
	char at[600], name[48];

	if (!partition)
		return true;
	snprintf(at, sizeof(at), "%s/block/%s/%s", p->sysfs, k->name,
		 unlock_name(name, k->name, partition));
	bool is = find_partition(&k->content, partition, &m) &&
		  message_number(&m, "first", UINT64_MAX, &first) &&
		  message_number(&m, "size", UINT64_MAX, &size) && sysfs_exists("%s/start", at) &&
		  sysfs_number("%s/start", at) == first / KERNEL_SECTOR;
	/* One that reaches past the end is cut off there (Linux, block/partitions/core.c). */
	if (is && first < k->size_bytes && size > k->size_bytes - first)
		size = k->size_bytes - first;
	if (is && (grows || sysfs_number("%s/size", at) == size / KERNEL_SECTOR))
		return true;
	return error_set(e, ERROR_FAILED,
			 N_("the kernel sees another partition under this number, or none: its "
			    "partition table is damaged or unusual, so nothing is done with it"));
}

void disks_gone(struct disks *d, const char *name)
{
	struct disk *k = find(d, name);

	if (!k)
		return;
	disk_content_clear(&k->content);
	size_t i = (size_t)(k - d->list);
	d->count--;
	memmove(k, k + 1, (d->count - i) * sizeof(*k));
}

/* What sysfs knows; returns true if it is another medium than before. */
static bool refresh(struct disk *k, const struct places *p)
{
	const char *s = p->sysfs, *n = k->name;
	uint64_t before = k->size_bytes;

	if (__builtin_mul_overflow(sysfs_number("%s/block/%s/size", s, n), (uint64_t)KERNEL_SECTOR,
				   &k->size_bytes))
		k->size_bytes = 0;
	k->logical = (uint32_t)sysfs_number("%s/block/%s/queue/logical_block_size", s, n);
	k->physical = (uint32_t)sysfs_number("%s/block/%s/queue/physical_block_size", s, n);
	k->removable = sysfs_number("%s/block/%s/removable", s, n) == 1;
	identity_read(k, p);
	return k->size_bytes != before;
}

static void lock(struct disk *k, const struct places *p)
{
	struct error e = { 0 };

	k->notes &= ~((unsigned)NOTE_UNLOCKED | NOTE_NO_MEDIUM);
	k->lock_failed = false;
	if (disk_lock(k, p, &e))
		return;
	k->lock_failed = true;
	/* An empty card reader cannot be opened; it is locked when a card comes. */
	k->notes |= k->size_bytes == 0 ? NOTE_NO_MEDIUM : NOTE_UNLOCKED;
	if (k->size_bytes != 0) {
		error_prefix(&e, _("%s is not read-only: "), k->name);
		report("broker", &e);
	}
}

void disks_seen(struct disks *d, const struct places *p, const char *name, bool media_change)
{
	enum disk_class class = disk_classify(name);
	struct disk new = { 0 }, *k;
	char number[32];

	if (class == DISK_IGNORED || sysfs_number("%s/block/%s/hidden", p->sysfs, name) == 1 ||
	    !sysfs_text(number, sizeof(number), "%s/block/%s/dev", p->sysfs, name) ||
	    sscanf(number, "%u:%u", &new.major, &new.minor) != 2)
		return;
	k = find(d, name);
	/* The same name with other numbers: the old one left unheard. */
	if (k && (k->major != new.major || k->minor != new.minor)) {
		disks_gone(d, name);
		k = NULL;
	}
	bool is_new = !k;
	if (is_new) {
		snprintf(new.name, sizeof(new.name), "%s", name);
		new.listed = class == DISK_LISTED && d->count < DISKS_MAX;
		new.size_bytes = sysfs_number("%s/block/%s/size", p->sysfs, name) * KERNEL_SECTOR;
		k = &new;
	}
	if (!k->open.is || media_change)
		lock(k, p); /* before anything else, and before anyone can ask for it */
	if (is_new) {
		k->written_base = counted_sectors(k, p, "");
		if (d->count == DISKS_MAX) {
			struct error e = { 0 };

			error_set(&e, ERROR_FAILED, _("too many disks: %s is not listed"), name);
			report("broker", &e);
			return;
		}
		d->list[d->count] = *k;
		k = &d->list[d->count++];
		k->id = ++d->last_id;
	}
	bool other = refresh(k, p);
	if (is_new || other || media_change) {
		disk_content_clear(&k->content);
		k->probe = k->size_bytes && k->listed ? PROBE_WANTED : PROBE_FINISHED;
		if (!is_new) {
			k->id = ++d->last_id; /* answers about the old medium are void */
			k->written_base = counted_sectors(k, p, "");
			k->proof = PROOF_OPEN;
			k->settings_sectors = 0;
			if (k->open.is)
				lock(k, p);
			k->open.is = false;
		}
	}
}

void disks_rescan(struct disks *d, const struct places *p)
{
	char folder[256];

	for (size_t i = d->count; i-- > 0;)
		if (!sysfs_exists("%s/block/%s", p->sysfs, d->list[i].name))
			disks_gone(d, d->list[i].name);
	snprintf(folder, sizeof(folder), "%s/block", p->sysfs);
	DIR *dir = opendir(folder);
	if (!dir)
		return;
	for (struct dirent *n; (n = readdir(dir));)
		if (n->d_name[0] != '.')
			disks_seen(d, p, n->d_name, false);
	closedir(dir);
}

void disk_message(const struct disk *k, const struct places *p, struct message *m)
{
	const struct disk_content *c = &k->content;
	struct text sentences = { 0 };
	unsigned all = k->notes | c->notes | (k->open.is ? NOTE_IN_USE : 0);

	for (unsigned i = 0; i < sizeof(notes) / sizeof(notes[0]); i++)
		if (all & 1u << i)
			text_addf(&sentences, "%s%s", sentences.len ? "\n" : "", notes[i]);
	message_start(m, "type", "disk");
	message_add(m, "name", k->name);
	message_add_foreign(m, "model", *c->model ? c->model : k->model);
	message_add_foreign(m, "serial", *c->serial ? c->serial : k->serial);
	message_add(m, "bus", *c->bus ? c->bus : k->bus);
	message_add_number(m, "size", k->size_bytes);
	message_add_number(m, "logical", k->logical);
	message_add_number(m, "physical", k->physical);
	message_add_yes(m, "removable", k->removable || strcmp(k->bus, "usb") == 0);
	message_add_yes(m, "locked", disk_is_locked(k, p));
	message_add_yes(m, "written", !k->lock_failed && disk_written_sectors(k, p) > 0);
	message_add_yes(m, "stick", c->stick);
	message_add(m, "table", c->table);
	message_add(m, "note", text_end(&sentences));
	text_release(&sentences);
}

void disks_release(struct disks *d)
{
	for (size_t i = 0; i < d->count; i++)
		disk_content_clear(&d->list[i].content);
	d->count = 0;
}
