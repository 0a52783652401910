/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A client of the broker: ask, wait, check the answer. */
#include "lib/disk/broker.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/base/hex.h"
#include "lib/base/language.h"
#include "lib/base/text.h"
#include "lib/data/message.h"

#define ANSWER_SECONDS 60     /* writing to a slow stick takes long; nothing else does */
#define SEARCH_SECONDS 60     /* a slow controller finds its disks */
#define ENCRYPTED_SECONDS 200 /* nor than to derive a key on an old PC */
#define FOLDER_SECONDS 900    /* but a stick that proves itself and grows */
#define DONE_SECONDS 200      /* or comes to its end: what is still in memory is written */
#define POWER_SECONDS 240     /* and to write all that is in memory before the power goes */

/* What the broker says in English is a message id; "" would be the catalogue's head. */
static const char *translated(const char *id)
{
	return *id ? _(id) : "";
}

bool broker_connect(struct broker *b, struct error *e)
{
	const char *path = getenv("BLACKSTART_BROKER");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct timeval limit = { .tv_sec = ANSWER_SECONDS };

	b->fd = -1;
	if (!path || !*path)
		path = BROKER_SOCKET;
	if (strlen(path) >= sizeof(to.sun_path))
		return error_set(e, ERROR_USAGE, _("the broker's socket has too long a name: %s"),
				 path);
	memcpy(to.sun_path, path, strlen(path) + 1);
	b->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (b->fd >= 0 && connect(b->fd, (struct sockaddr *)&to, sizeof(to)) == 0 &&
	    setsockopt(b->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) == 0)
		return true;
	error_errno(e, _("cannot reach the broker at %s; it runs on a PC started from the stick"),
		    path);
	broker_close(b);
	return false;
}

void broker_close(struct broker *b)
{
	if (b->fd >= 0)
		close(b->fd);
	b->fd = -1;
}

static void wait_at_most(struct broker *b, int seconds)
{
	const struct timeval limit = { .tv_sec = seconds };

	(void)setsockopt(b->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
}

static bool ask(struct broker *b, const struct message *m, struct error *e)
{
	ssize_t n;

	if (m->overflow)
		return error_set(e, ERROR_USAGE, _("a question to the broker is too long"));
	do
		n = send(b->fd, m->bytes, m->len, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n >= 0)
		return true;
	error_errno(e, _("the broker does not answer"));
	broker_close(b);
	return false;
}

/* As receive(), which closes the connection if this fails. */
static bool receive_one(struct broker *b, struct message *m, int *fd, struct error *e)
{
	char bytes[MESSAGE_MAX];
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
	struct iovec part = { bytes, sizeof(bytes) };
	struct msghdr h = { .msg_iov = &part, .msg_iovlen = 1 };
	ssize_t n;

	if (fd) {
		*fd = -1;
		h.msg_control = control;
		h.msg_controllen = sizeof(control);
	}
	do
		n = recvmsg(b->fd, &h, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return error_errno(e, _("the broker does not answer"));
	if (n == 0)
		return error_set(e, ERROR_FAILED, _("the broker ended the connection"));
	struct cmsghdr *c = fd ? CMSG_FIRSTHDR(&h) : NULL;
	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
	    c->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(fd, CMSG_DATA(c), sizeof(int));
	if ((h.msg_flags & MSG_TRUNC) || !message_parse(m, "type", bytes, (size_t)n, e)) {
		error_set(e, ERROR_UNTRUSTED, _("the message is empty or too long"));
		return error_prefix(e, "%s: ", _("the broker's answer"));
	}
	return true;
}

/* Receive one message; a descriptor beside it goes to *fd if that is wanted. */
static bool receive(struct broker *b, struct message *m, int *fd, struct error *e)
{
	if (receive_one(b, m, fd, e))
		return true;
	broker_close(b);
	return false;
}

/* An answer `type=error` becomes our error; any other but `wanted` is a mistake. */
static bool expect(const struct message *m, const char *wanted, struct error *e)
{
	const char *about = message_text(m, "about");

	if (message_is(m, wanted))
		return true;
	if (!message_is(m, "error"))
		return error_set(e, ERROR_UNTRUSTED,
				 _("the broker's answer is not the one expected"));
	if (*about) /* a name, or a reason that may have a translation too */
		return error_set(e, ERROR_FAILED, "%s (%s)", translated(message_text(m, "text")),
				 translated(about));
	return error_set(e, ERROR_FAILED, "%s", translated(message_text(m, "text")));
}

static bool ask_and_wait(struct broker *b, struct message *m, const char *wanted, int *fd,
			 struct error *e)
{
	return ask(b, m, e) && receive(b, m, fd, e) && expect(m, wanted, e);
}

static bool malformed(struct error *e)
{
	return error_set(e, ERROR_UNTRUSTED, _("the broker's answer is malformed"));
}

bool broker_machine(struct broker *b, struct arena *a, struct broker_machine *out, struct error *e)
{
	struct message m;

	message_start(&m, "op", "machine");
	if (!ask_and_wait(b, &m, "machine", NULL, e))
		return false;
	const char *secure = message_text(&m, "secure_boot");
	*out = (struct broker_machine){
		.firmware = strcmp(message_text(&m, "firmware"), "uefi") == 0 ? FIRMWARE_UEFI
									      : FIRMWARE_BIOS,
		.secure_boot = strcmp(secure, "on") == 0    ? SECURE_BOOT_ON
			       : strcmp(secure, "off") == 0 ? SECURE_BOOT_OFF
							    : SECURE_BOOT_UNKNOWN,
		.vendor = arena_string(a, message_text(&m, "vendor")),
		.model = arena_string(a, message_text(&m, "model")),
		.serial = arena_string(a, message_text(&m, "serial")),
		.uuid = arena_string(a, message_text(&m, "uuid")),
	};
	if (!message_number(&m, "memory", UINT64_MAX, &out->memory_bytes))
		return malformed(e);
	return true;
}

/* The sentences of a note, each translated, in one line. */
static const char *note_text(struct arena *a, const char *note)
{
	char line[MESSAGE_MAX];
	struct text whole = { 0 };

	while (*note) {
		size_t n = strcspn(note, "\n");

		snprintf(line, sizeof(line), "%.*s", (int)n, note);
		if (n)
			text_addf(&whole, "%s%s", whole.len ? " " : "", translated(line));
		note += n + (note[n] == '\n');
	}
	const char *s = arena_string(a, text_end(&whole));
	text_release(&whole);
	return s;
}

static bool take_disk(const struct message *m, struct arena *a, struct broker_disk *d)
{
	uint64_t logical, physical;

	*d = (struct broker_disk){
		.name = arena_string(a, message_text(m, "name")),
		.model = arena_string(a, message_text(m, "model")),
		.serial = arena_string(a, message_text(m, "serial")),
		.bus = arena_string(a, message_text(m, "bus")),
		.table = arena_string(a, message_text(m, "table")),
		.note = note_text(a, message_text(m, "note")),
	};
	if (!*d->name || !message_number(m, "size", UINT64_MAX, &d->size_bytes) ||
	    !message_number(m, "logical", UINT32_MAX, &logical) ||
	    !message_number(m, "physical", UINT32_MAX, &physical) ||
	    !message_yes(m, "removable", &d->removable) || !message_yes(m, "locked", &d->locked) ||
	    !message_yes(m, "written", &d->written) || !message_yes(m, "stick", &d->stick))
		return false;
	d->logical_sector_bytes = (uint32_t)logical;
	d->physical_sector_bytes = (uint32_t)physical;
	return true;
}

static bool take_partition(const struct message *m, struct arena *a, struct broker_partition *p)
{
	uint64_t number;

	*p = (struct broker_partition){
		.type = arena_string(a, message_text(m, "kind")),
		.label = arena_string(a, message_text(m, "label")),
		.content = arena_string(a, message_text(m, "content")),
	};
	if (!message_number(m, "number", UINT32_MAX, &number) ||
	    !message_number(m, "first", UINT64_MAX, &p->first_byte) ||
	    !message_number(m, "size", UINT64_MAX, &p->size_bytes))
		return false;
	p->number = (unsigned)number;
	return true;
}

/* Disks while they arrive: growing arrays, moved to the arena at the end. */
struct collected {
	struct broker_disk *disks;
	size_t disk_count, disk_capacity;
	struct broker_partition *parts; /* of the last disk */
	size_t part_count, part_capacity;
	const char **notes;
	size_t note_count, note_capacity;
};

static void *to_arena(struct arena *a, const void *from, size_t count, size_t size)
{
	/* count is at most what arrived in messages; no product of input sizes. */
	void *p = arena_alloc(a, count ? count * size : 1);

	if (count)
		memcpy(p, from, count * size);
	return p;
}

static void close_disk(struct collected *c, struct arena *a)
{
	if (!c->disk_count)
		return;
	struct broker_disk *d = &c->disks[c->disk_count - 1];
	if (!d->partitions) {
		d->partitions = to_arena(a, c->parts, c->part_count, sizeof(*c->parts));
		d->partition_count = c->part_count;
	}
	c->part_count = 0;
}

static bool collect(struct collected *c, const struct message *m, struct arena *a, struct error *e)
{
	if (message_is(m, "disk")) {
		close_disk(c, a);
		mem_grow(&c->disks, &c->disk_capacity, c->disk_count + 1, sizeof(*c->disks));
		return take_disk(m, a, &c->disks[c->disk_count++]) || malformed(e);
	}
	if (message_is(m, "partition")) {
		if (!c->disk_count ||
		    strcmp(message_text(m, "disk"), c->disks[c->disk_count - 1].name) != 0)
			return malformed(e);
		mem_grow(&c->parts, &c->part_capacity, c->part_count + 1, sizeof(*c->parts));
		return take_partition(m, a, &c->parts[c->part_count++]) || malformed(e);
	}
	if (message_is(m, "note")) {
		mem_grow(&c->notes, &c->note_capacity, c->note_count + 1, sizeof(*c->notes));
		c->notes[c->note_count++] = note_text(a, message_text(m, "text"));
		return true;
	}
	return expect(m, "end", e);
}

bool broker_disks(struct broker *b, struct arena *a, struct broker_disks *out, struct error *e)
{
	struct collected c = { 0 };
	struct message m;
	bool ok;

	message_start(&m, "op", "disks");
	ok = ask(b, &m, e);
	while (ok) {
		ok = receive(b, &m, NULL, e) && collect(&c, &m, a, e);
		if (ok && message_is(&m, "end"))
			break;
	}
	if (ok) {
		close_disk(&c, a);
		*out = (struct broker_disks){
			.disks = to_arena(a, c.disks, c.disk_count, sizeof(*c.disks)),
			.count = c.disk_count,
			.notes = to_arena(a, c.notes, c.note_count, sizeof(*c.notes)),
			.note_count = c.note_count,
		};
		if (!message_yes(&m, "searching", &out->searching))
			ok = malformed(e);
	}
	/* The rest of a list that made no sense may still come. */
	if (!ok && !message_is(&m, "error"))
		broker_close(b);
	free(c.disks);
	free(c.parts);
	free(c.notes);
	return ok;
}

/* The descriptor of a disk or a volume that the answer brings. */
static int take_readable(struct broker *b, struct message *m, struct error *e)
{
	int fd = -1;

	if (!ask_and_wait(b, m, "disk-open", &fd, e)) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	if (fd < 0) {
		malformed(e);
		return -1;
	}
	/* A writable one would be a broken broker: better none. */
	if ((fcntl(fd, F_GETFL) & O_ACCMODE) != O_RDONLY) {
		close(fd);
		error_set(e, ERROR_UNTRUSTED, _("the broker gave a disk that is not read-only"));
		return -1;
	}
	return fd;
}

int broker_open_disk(struct broker *b, const char *name, struct error *e)
{
	struct message m;

	message_start(&m, "op", "open");
	message_add(&m, "disk", name);
	return take_readable(b, &m, e);
}

int broker_encrypted(struct broker *b, const char *disk, unsigned partition, const uint8_t *key,
		     size_t len, struct error *e)
{
	char digits[2 * BROKER_KEY_MAX + 1];
	struct message m;

	if (len > BROKER_KEY_MAX) {
		error_set(e, ERROR_USAGE, _("a key is at most %d bytes"), BROKER_KEY_MAX);
		return -1;
	}
	message_start(&m, "op", "encrypted");
	message_add(&m, "disk", disk);
	message_add_number(&m, "partition", partition);
	message_add(&m, "key", hex_encode(digits, key, len));
	wait_at_most(b, ENCRYPTED_SECONDS);
	int fd = take_readable(b, &m, e);
	wait_at_most(b, ANSWER_SECONDS);
	explicit_bzero(digits, sizeof(digits));
	explicit_bzero(&m, sizeof(m));
	return fd;
}

bool broker_all_disks(struct broker *b, struct arena *a, struct broker_disks *d, struct error *e)
{
	for (int i = 0; i < SEARCH_SECONDS * 5; i++) {
		if (!broker_disks(b, a, d, e))
			return false;
		if (!d->searching)
			return true;
		usleep(200000);
	}
	return true; /* and says that it is not finished */
}

bool broker_ready(struct broker *b, struct error *e)
{
	struct message m;

	message_start(&m, "op", "ready");
	return ask_and_wait(b, &m, "ok", NULL, e);
}

bool broker_keyboard(struct broker *b, const char *layout, struct error *e)
{
	struct message m;

	message_start(&m, "op", "keyboard");
	message_add(&m, "layout", layout);
	return ask_and_wait(b, &m, "ok", NULL, e);
}

bool broker_font(struct broker *b, int step, struct error *e)
{
	struct message m;

	message_start(&m, "op", "font");
	message_add(&m, "step", step < 0 ? "-1" : "1");
	return ask_and_wait(b, &m, "ok", NULL, e);
}

bool broker_remember(struct broker *b, const char *disk, const char *language, const char *keyboard,
		     struct error *e)
{
	struct message m;

	message_start(&m, "op", "remember");
	message_add(&m, "disk", disk);
	message_add(&m, "language", language);
	message_add(&m, "keyboard", keyboard);
	return ask_and_wait(b, &m, "ok", NULL, e);
}

/* An answer with a folder: the broker gives only its place (O_PATH). Opened with the
 * rights of whoever asks, it can be listed and synchronised. */
static int take_folder(struct broker *b, struct error *e)
{
	struct message m;
	int place = -1, fd = -1;

	wait_at_most(b, FOLDER_SECONDS);
	bool ok = receive(b, &m, &place, e) && expect(&m, "folder", e);
	wait_at_most(b, ANSWER_SECONDS);
	if (ok && place < 0)
		malformed(e);
	if (ok && place >= 0) {
		fd = openat(place, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			error_errno(e, _("cannot open the folder that the broker gave"));
	}
	if (place >= 0)
		close(place);
	return fd;
}

bool broker_data_ask(struct broker *b, const char *folder, struct error *e)
{
	struct message m;

	message_start(&m, "op", "data");
	message_add(&m, "folder", folder);
	return ask(b, &m, e);
}

int broker_data_take(struct broker *b, struct error *e)
{
	return take_folder(b, e);
}

int broker_data(struct broker *b, const char *folder, struct error *e)
{
	return broker_data_ask(b, folder, e) ? take_folder(b, e) : -1;
}

static bool done(struct broker *b, const char *op, struct error *e)
{
	struct message m;

	message_start(&m, "op", op);
	wait_at_most(b, DONE_SECONDS);
	bool ok = ask_and_wait(b, &m, "ok", NULL, e);
	wait_at_most(b, ANSWER_SECONDS);
	return ok;
}

bool broker_data_done(struct broker *b, struct error *e)
{
	return done(b, "data-done", e);
}

int broker_medium(struct broker *b, const char *disk, unsigned partition, enum broker_access access,
		  struct error *e)
{
	struct message m;

	message_start(&m, "op", "medium");
	message_add(&m, "disk", disk);
	message_add_number(&m, "partition", partition);
	message_add_yes(&m, "write", access == ACCESS_WRITE);
	return ask(b, &m, e) ? take_folder(b, e) : -1;
}

bool broker_medium_done(struct broker *b, struct error *e)
{
	return done(b, "medium-done", e);
}

bool broker_clock(struct broker *b, int64_t utc_ms, struct error *e)
{
	struct message m;

	message_start(&m, "op", "clock");
	message_add_number(&m, "utc_ms", utc_ms < 0 ? 0 : (uint64_t)utc_ms);
	return ask_and_wait(b, &m, "ok", NULL, e);
}

bool broker_network(struct broker *b, struct broker_network *n, struct error *e)
{
	static const char *const states[] = { "starting", "up", "failed" };
	struct message m;
	bool known = false;

	message_start(&m, "op", "network");
	if (!ask_and_wait(b, &m, "network", NULL, e))
		return false;
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		known = known || strcmp(message_text(&m, "state"), states[i]) == 0;
	if (!known)
		return malformed(e);
	snprintf(n->state, sizeof(n->state), "%s", message_text(&m, "state"));
	text_mask(n->interface, sizeof(n->interface), message_text(&m, "interface"));
	text_mask(n->address, sizeof(n->address), message_text(&m, "address"));
	text_mask(n->how, sizeof(n->how), message_text(&m, "how"));
	text_mask(n->note, sizeof(n->note), translated(message_text(&m, "note")));
	return true;
}

bool broker_power(struct broker *b, enum broker_power what, struct error *e)
{
	struct message m;

	message_start(&m, "op", "power");
	message_add(&m, "action", what == POWER_REBOOT ? "reboot" : "off");
	wait_at_most(b, POWER_SECONDS);
	/* No answer is a good one. The connection ended and the PC still runs: not this one. */
	bool said = ask(b, &m, e) && receive(b, &m, NULL, e);
	wait_at_most(b, ANSWER_SECONDS);
	return said && expect(&m, "off", e);
}
