/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one write that the broker does: 1024 bytes of settings on a stick. */
#include "broker/remember.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "broker/sandbox.h"
#include "broker/settings.h"
#include "lib/base/language.h"
#include "lib/base/memory.h"

#define WRITE_MS 40000
#define PARSE_MS 5000
#define PAGE_BYTES 4096 /* the block lies alone in its page: 2093056 = 511 * 4096 */

struct order {
	const struct disk *k;
	const struct places *p;
	const char *language, *keyboard;
	int fd;
	uint8_t *page; /* aligned, before the fork */
};

/* In the cell: read the old block, send the new one. */
static int make_block(int output, const void *ctx)
{
	const struct order *o = ctx;
	uint8_t old[SETTINGS_BYTES];
	char new[SETTINGS_BYTES + 1];
	struct message m;
	struct error e = { 0 };

	if (!sandbox_enter(SANDBOX_BARE, o->fd, output, &e))
		return ERROR_FAILED;
	if (pread(SANDBOX_INPUT, old, sizeof(old), SETTINGS_OFFSET) != (ssize_t)sizeof(old))
		error_set(&e, ERROR_FAILED, N_("the stick cannot be read"));
	else if (settings_update(old, o->language, o->keyboard, (uint8_t *)new, &e))
		new[SETTINGS_BYTES] = '\0';
	if (e.kind) {
		message_start(&m, "type", "error");
		message_add(&m, "text", e.text);
	} else {
		message_start(&m, "type", "settings");
		message_add(&m, "block", new);
	}
	return job_send(SANDBOX_OUTPUT, &m) ? 0 : ERROR_FAILED;
}

/* The cell's word is checked before it goes anywhere near the stick. */
static bool check_block(const struct message *m, uint8_t block[SETTINGS_BYTES], struct error *e)
{
	const char *s = message_text(m, "block");

	if (message_is(m, "error"))
		return error_set(e, ERROR_FAILED, "%s", message_text(m, "text"));
	if (!message_is(m, "settings") || strlen(s) != SETTINGS_BYTES)
		return error_set(e, ERROR_UNTRUSTED, N_("the reader of the settings failed"));
	for (size_t i = 0; i < SETTINGS_BYTES; i++)
		if (s[i] != '\n' && (s[i] < ' ' || s[i] > '~'))
			return error_set(e, ERROR_UNTRUSTED,
					 N_("the reader of the settings failed"));
	memcpy(block, s, SETTINGS_BYTES);
	return true;
}

static bool new_block(const struct order *o, uint8_t block[SETTINGS_BYTES], struct error *e)
{
	struct jobs jobs = { 0 };
	struct job done;
	struct message m;
	struct job *started = jobs_start(&jobs, JOB_REMEMBER, PARSE_MS, make_block, o, e);
	bool ok;

	if (!started)
		return false;
	while (jobs_look(&jobs), !jobs_next_finished(&jobs, &done)) {
		struct pollfd f = { .fd = started->output, .events = POLLIN };

		if (poll(&f, 1, 50) > 0)
			jobs_read(&jobs, started->output);
	}
	ok = job_message(&done, &m) && done.end == JOB_DONE;
	if (!ok)
		error_set(e, ERROR_UNTRUSTED, N_("the reader of the settings failed"));
	ok = ok && check_block(&m, block, e);
	job_release(&done);
	jobs_release(&jobs);
	return ok;
}

static bool set_lock(int fd, int value, const struct places *p, struct error *e)
{
	if (p->images || ioctl(fd, BLKROSET, &value) == 0)
		return true;
	return error_set(e, ERROR_FAILED, "%s", strerror(errno));
}

static bool write_block(const struct order *o, const uint8_t block[SETTINGS_BYTES], struct error *e)
{
	/* O_EXCL: not while anything else, a mount of others say, holds the disk. */
	bool alone = !o->p->images && !o->k->open.is;
	int fd = disk_open(o->k, o->p, O_RDWR | (alone ? O_EXCL : 0), e);
	bool ok = fd >= 0;

	if (ok && (pwrite(fd, block, SETTINGS_BYTES, SETTINGS_OFFSET) != SETTINGS_BYTES ||
		   fsync(fd) != 0))
		ok = error_set(e, ERROR_FAILED, "%s", strerror(errno));
	if (fd >= 0 && close(fd) != 0 && ok)
		ok = error_set(e, ERROR_FAILED, "%s", strerror(errno));
	return ok;
}

static bool read_back(const struct order *o, const uint8_t block[SETTINGS_BYTES], struct error *e)
{
	int fd = -1;
	bool same;

	/* Past the cache. Files on some file systems know no O_DIRECT. */
	(void)ioctl(o->fd, BLKFLSBUF, 0);
	struct error quiet = { 0 };
	fd = disk_open(o->k, o->p, O_RDONLY | O_DIRECT, &quiet);
	if (fd < 0 && o->p->images)
		fd = disk_open(o->k, o->p, O_RDONLY, e);
	if (fd < 0)
		return error_set(e, ERROR_FAILED, "%s", quiet.text);
	same = pread(fd, o->page, PAGE_BYTES, SETTINGS_OFFSET) == PAGE_BYTES &&
	       memcmp(o->page, block, SETTINGS_BYTES) == 0;
	close(fd);
	if (!same)
		return error_set(e, ERROR_FAILED,
				 N_("what was written to the stick cannot be read back: do "
				    "not trust this stick"));
	return true;
}

static bool remember(const struct order *o, struct error *e)
{
	uint8_t block[SETTINGS_BYTES];
	struct error second = { 0 };
	bool ok;

	if (!new_block(o, block, e))
		return false;
	/* While its data partition is open, the disk is so already and stays so. */
	bool lock = !o->k->open.is;
	ok = (!lock || set_lock(o->fd, 0, o->p, e)) && write_block(o, block, e);
	/* Whatever happened: locked again, and the failure to do so told. */
	if (lock && !set_lock(o->fd, 1, o->p, &second) && ok) {
		*e = second;
		ok = false;
	}
	return ok && read_back(o, block, e);
}

static int run(int output, const void *ctx)
{
	const struct order *o = ctx;
	struct message m;
	struct error e = { 0 };

	if (remember(o, &e)) {
		message_start(&m, "type", "ok");
	} else {
		message_start(&m, "type", "error");
		message_add(&m, "text", e.text);
		message_add(&m, "about", o->k->name);
	}
	return job_send(output, &m) ? 0 : ERROR_FAILED;
}

struct job *remember_start(struct jobs *j, const struct disk *k, const struct places *p,
			   const char *language, const char *keyboard, struct error *e)
{
	struct order o = { k, p, language, keyboard, -1, NULL };
	struct job *job = NULL;

	if (strcmp(k->bus, "usb") != 0 && !k->removable) {
		error_set(e, ERROR_FAILED, N_("this disk is built in; settings go on sticks only"));
		return NULL;
	}
	if (!k->content.settings || k->logical != 512) {
		error_set(e, ERROR_FAILED, N_("this disk is not a Blackstart stick"));
		return NULL;
	}
	o.fd = disk_open(k, p, O_RDONLY, e);
	if (o.fd < 0)
		return NULL;
	o.page = aligned_alloc(PAGE_BYTES, PAGE_BYTES);
	if (o.page)
		job = jobs_start(j, JOB_REMEMBER, WRITE_MS, run, &o, e);
	else
		error_set(e, ERROR_FAILED, "%s", strerror(ENOMEM));
	free(o.page);
	close(o.fd);
	return job;
}
