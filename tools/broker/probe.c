/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looking at a disk: a child without rights reads it, the broker checks its words. */
#include "broker/probe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "broker/sandbox.h"
#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/disk/partition.h"

#define STICK_NAME "BLACKSTART"
#define SETTINGS_NAME "BLACKSTART-BOOT"
#define MIB (UINT64_C(1) << 20)

static bool read_disk(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	uint8_t *p = buf;

	(void)ctx;
	while (len) {
		ssize_t n = pread(SANDBOX_INPUT, p, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(e, "byte %llu", (unsigned long long)offset);
		if (n == 0) /* shorter than it said: as unreadable */
			return error_set(e, ERROR_FAILED, "byte %llu", (unsigned long long)offset);
		p += n;
		offset += (uint64_t)n;
		len -= (size_t)n;
	}
	return true;
}

static bool send_hardware(const struct identity_raw *raw, struct message *m)
{
	struct identity who;

	identity_parse(&who, raw);
	message_start(m, "type", "hardware");
	message_add_foreign(m, "model", who.model);
	message_add_foreign(m, "serial", who.serial);
	message_add(m, "bus", who.bus);
	message_add_yes(m, "ata_locked", who.ata_locked);
	message_add_yes(m, "opal_locked", who.opal_locked);
	return job_send(SANDBOX_OUTPUT, m);
}

static bool send_partition(const struct partition *p, struct message *m)
{
	message_start(m, "type", "partition");
	message_add_number(m, "number", p->number);
	message_add_number(m, "first", p->first_byte);
	message_add_number(m, "size", p->size_bytes);
	message_add(m, "kind", p->type);
	message_add(m, "kind_id", p->type_id);
	message_add(m, "id", p->id);
	message_add_foreign(m, "label", p->label);
	message_add(m, "content", p->content);
	return job_send(SANDBOX_OUTPUT, m);
}

static bool send_table(const struct partition_table *t, bool readable, struct message *m)
{
	message_start(m, "type", "table");
	message_add(m, "table", readable ? partition_table_name(t->kind) : "none");
	message_add_yes(m, "readable", readable);
	message_add_number(m, "flags", t->flags);
	message_add(m, "id", t->id);
	return job_send(SANDBOX_OUTPUT, m);
}

struct work {
	const struct probe_request *r;
	struct partition_table *table; /* before the fork: the cell has no memory to give */
	struct message *message;
};

static int look(int output, const void *ctx)
{
	const struct work *w = ctx;
	struct identity_raw raw = w->r->raw;
	const struct partition_source source = { read_disk, NULL, w->r->size_bytes,
						 w->r->sector_bytes };
	struct error e = { 0 };

	if (w->r->hardware)
		identity_fetch(&raw, w->r->fd);
	if (!sandbox_enter(SANDBOX_BARE, w->r->fd, output, &e))
		return ERROR_FAILED;
	if (!send_hardware(&raw, w->message))
		return ERROR_FAILED;
	bool readable = partition_table_read(&source, w->table, &e);
	if (!send_table(w->table, readable, w->message))
		return ERROR_FAILED;
	for (size_t i = 0; i < w->table->count; i++)
		if (!send_partition(&w->table->list[i], w->message))
			return ERROR_FAILED;
	message_start(w->message, "type", "end");
	return job_send(SANDBOX_OUTPUT, w->message) ? 0 : ERROR_FAILED;
}

struct job *probe_start(struct jobs *j, const struct probe_request *r, struct error *e)
{
	struct partition_table *table = mem_alloc(sizeof(*table));
	struct message *message = mem_alloc(sizeof(*message));
	const struct work w = { r, table, message };
	struct job *job = jobs_start(j, JOB_PROBE, PROBE_MS, look, &w, e);

	free(table);
	free(message);
	return job;
}

/* True if the value is one of the words. */
static bool one_of(const char *value, const char *const *words)
{
	for (; *words; words++)
		if (strcmp(value, *words) == 0)
			return true;
	return false;
}

/* The child's text once more through the mask: it may be someone else by now. */
static void copy_foreign(char out[MESSAGE_DEVICE_TEXT + 1], const struct message *m,
			 const char *key)
{
	text_mask(out, MESSAGE_DEVICE_TEXT + 1, message_text(m, key));
}

static bool take_hardware(const struct message *m, struct disk_content *c)
{
	static const char *const buses[] = { "", "sata", "ide", NULL };
	bool ata, opal;

	if (!one_of(message_text(m, "bus"), buses) || !message_yes(m, "ata_locked", &ata) ||
	    !message_yes(m, "opal_locked", &opal))
		return false;
	copy_foreign(c->model, m, "model");
	copy_foreign(c->serial, m, "serial");
	snprintf(c->bus, sizeof(c->bus), "%s", message_text(m, "bus"));
	c->notes |= (ata ? NOTE_ATA_LOCKED : 0) | (opal ? NOTE_OPAL_LOCKED : 0);
	return true;
}

static bool take_table(const struct message *m, struct disk_content *c)
{
	static const char *const kinds[] = { "gpt", "mbr", "none", "damaged", NULL };
	static const struct {
		enum partition_table_flag flag;
		enum disk_note note;
	} meaning[] = {
		{ TABLE_BACKUP_USED, NOTE_BACKUP_USED },
		{ TABLE_OTHER_SECTOR, NOTE_OTHER_SECTOR },
		{ TABLE_NOT_PROTECTED, NOTE_NOT_PROTECTED },
		{ TABLE_MORE, NOTE_MORE },
		{ TABLE_BEYOND_END, NOTE_BEYOND_END },
		{ TABLE_CHAIN_BROKEN, NOTE_CHAIN_BROKEN },
		{ TABLE_PART_UNREADABLE, NOTE_PART_UNREADABLE },
	};
	uint64_t flags;
	bool readable;

	if (*c->table || !one_of(message_text(m, "table"), kinds) ||
	    !message_number(m, "flags", UINT32_MAX, &flags) ||
	    !message_yes(m, "readable", &readable))
		return false;
	snprintf(c->table, sizeof(c->table), "%s", message_text(m, "table"));
	for (size_t i = 0; i < sizeof(meaning) / sizeof(meaning[0]); i++)
		if (flags & (unsigned)meaning[i].flag)
			c->notes |= meaning[i].note;
	if (!readable)
		c->notes |= NOTE_UNREADABLE;
	if (strcmp(c->table, "damaged") == 0)
		c->notes |= NOTE_TABLE_DAMAGED;
	return true;
}

static bool take_partition(const struct message *m, struct disk_content *c)
{
	static const char *const contents[] = { "",     "ntfs",   "bitlocker", "luks1", "luks2",
						"ext2", "ext3",   "ext4",      "vfat",  "exfat",
						"swap", "lvm2",   "btrfs",     "xfs",   "iso9660",
						"refs", "mdraid", NULL };
	char label[MESSAGE_DEVICE_TEXT + 1], kind[MESSAGE_DEVICE_TEXT + 1];
	uint64_t number, first, size;
	struct message copy;

	if (!*c->table || c->partitions == PARTITIONS_MAX ||
	    !message_number(m, "number", 1024, &number) ||
	    !message_number(m, "first", UINT64_MAX, &first) ||
	    !message_number(m, "size", UINT64_MAX, &size) ||
	    !one_of(message_text(m, "content"), contents))
		return false;
	copy_foreign(label, m, "label");
	copy_foreign(kind, m, "kind");
	message_start(&copy, "type", "partition");
	message_add_number(&copy, "number", number);
	message_add_number(&copy, "first", first);
	message_add_number(&copy, "size", size);
	message_add(&copy, "kind", kind);
	message_add_foreign(&copy, "kind_id", message_text(m, "kind_id"));
	message_add_foreign(&copy, "id", message_text(m, "id"));
	message_add(&copy, "label", label);
	message_add(&copy, "content", message_text(m, "content"));
	char length[2] = { (char)(copy.len & 0xff), (char)(copy.len >> 8) };
	text_add_n(&c->messages, length, 2);
	text_add_n(&c->messages, copy.bytes, copy.len);
	c->partitions++;
	bool gpt = strcmp(c->table, "gpt") == 0;
	if (gpt && strcmp(label, STICK_NAME) == 0) {
		c->stick = true;
		c->settings = c->settings && number == 2;
	}
	/* Set by partition 1, kept only if partition 2 is the stick's (above). */
	if (gpt && number == 1 && strcmp(label, SETTINGS_NAME) == 0 &&
	    strcmp(kind, "BIOS boot") == 0 && first == MIB && size == MIB)
		c->settings = true;
	return true;
}

static bool take_all(struct job *job, struct disk_content *c)
{
	struct message m;

	while (job_message(job, &m)) {
		if (message_is(&m, "end"))
			return *c->table != '\0';
		if (!(message_is(&m, "hardware") && take_hardware(&m, c)) &&
		    !(message_is(&m, "table") && take_table(&m, c)) &&
		    !(message_is(&m, "partition") && take_partition(&m, c)))
			return false;
	}
	return false;
}

void probe_take(struct job *job, struct disk_content *c)
{
	bool whole = take_all(job, c);

	c->settings = c->settings && c->stick && !(c->notes & NOTE_OTHER_SECTOR);
	if (job->end == JOB_DONE && whole)
		return;
	/* What was said before it died is not worth trusting. */
	unsigned hardware = c->notes & ((unsigned)NOTE_ATA_LOCKED | NOTE_OPAL_LOCKED);
	text_release(&c->messages);
	c->partitions = 0;
	c->stick = c->settings = false;
	snprintf(c->table, sizeof(c->table), "damaged");
	c->notes = hardware | (job->end == JOB_TIMED_OUT ? NOTE_TIMED_OUT : NOTE_CRASHED);
}
