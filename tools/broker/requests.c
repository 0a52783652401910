/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each request does: one function an op, one table of keys. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "broker/clock.h"
#include "broker/data.h"
#include "broker/encrypted.h"
#include "broker/machine.h"
#include "broker/medium.h"
#include "broker/power.h"
#include "broker/remember.h"
#include "broker/settings.h"
#include "broker/service.h"
#include "lib/base/hex.h"
#include "lib/base/language.h"

#define KEYS_MAX 3
#define PARTITION_NUMBER_MAX 1024

static void answer_ok(struct client *k)
{
	struct message m;

	message_start(&m, "type", "ok");
	client_queue(k, &m);
}

/* The answer comes when the job ends; without a job, it is the error. */
static void wait_for(struct client *k, struct job *job, const struct error *e, const char *about)
{
	if (!job) {
		client_refuse(k, e->text, about);
		return;
	}
	job->client = k->id;
	k->waiting = true;
}

static void op_ping(struct service *s, struct client *k, const struct message *q)
{
	struct message m;

	(void)s, (void)q;
	message_start(&m, "type", "pong");
	message_add(&m, "version", "1");
	message_add(&m, "program", BLACKSTART_VERSION);
	client_queue(k, &m);
}

static void op_ready(struct service *s, struct client *k, const struct message *q)
{
	(void)q;
	drivers_reach(&s->drivers, &s->places, STAGE_STORAGE);
	answer_ok(k);
}

static void op_machine(struct service *s, struct client *k, const struct message *q)
{
	struct message m;

	(void)q;
	machine_message(&s->places, &m);
	client_queue(k, &m);
}

static void queue_partitions(struct client *k, const struct disk *disk)
{
	const struct text *all = &disk->content.messages;

	/* What the probe said and probe_take() wrote anew, with the disk's name. */
	for (size_t at = 0; at + 2 <= all->len;) {
		const unsigned char *p = (const unsigned char *)all->s + at;
		size_t n = (size_t)(p[0] | p[1] << 8);
		struct message m;
		struct error e = { 0 };

		if (message_parse(&m, "type", p + 2, n, &e)) {
			message_add(&m, "disk", disk->name);
			client_queue(k, &m);
		}
		at += n + 2;
	}
}

static void op_disks(struct service *s, struct client *k, const struct message *q)
{
	struct machine_notes notes;
	struct message m;
	bool searching;

	(void)q;
	drivers_reach(&s->drivers, &s->places, STAGE_STORAGE);
	service_start_waiting(s);
	for (size_t i = 0; i < s->disks.count; i++) {
		if (!s->disks.list[i].listed)
			continue;
		disk_message(&s->disks.list[i], &s->places, &m);
		client_queue(k, &m);
		queue_partitions(k, &s->disks.list[i]);
	}
	searching = drivers_busy(&s->drivers, &s->jobs) || disks_probing(&s->disks);
	/* While drivers load, a controller without one is no finding. */
	machine_look(&s->places, &notes);
	notes.vmd_idle = notes.vmd_idle && !searching;
	for (unsigned i = 0; machine_note_text(&notes, i); i++) {
		message_start(&m, "type", "note");
		message_add(&m, "text", machine_note_text(&notes, i));
		client_queue(k, &m);
	}
	message_start(&m, "type", "end");
	message_add_yes(&m, "searching", searching);
	client_queue(k, &m);
}

static struct disk *wanted_disk(struct service *s, struct client *k, const struct message *q)
{
	struct disk *disk = disks_named(&s->disks, message_text(q, "disk"));

	if (!disk)
		client_refuse(k, N_("there is no such disk"), message_text(q, "disk"));
	return disk;
}

static void op_open(struct service *s, struct client *k, const struct message *q)
{
	struct disk *disk = wanted_disk(s, k, q);
	struct error e = { 0 };
	struct message m;

	if (!disk)
		return;
	int fd = disk_open(disk, &s->places, O_RDONLY, &e);
	if (fd < 0) {
		client_refuse(k, N_("the disk cannot be opened"), e.text);
		return;
	}
	message_start(&m, "type", "disk-open");
	message_add(&m, "disk", disk->name);
	client_queue_with(k, &m, fd);
}

static void op_keyboard(struct service *s, struct client *k, const struct message *q)
{
	struct error e = { 0 };
	const char *layout = message_text(q, "layout");

	wait_for(k, console_keyboard(&s->jobs, &s->places, layout, &e), &e, layout);
}

static void op_font(struct service *s, struct client *k, const struct message *q)
{
	const char *step = message_text(q, "step");
	bool larger = strcmp(step, "1") == 0;
	struct error e = { 0 };

	if (!larger && strcmp(step, "-1") != 0) {
		client_refuse(k, N_("this value is not one of those allowed"), step);
		return;
	}
	if (larger ? s->console.chosen + 1 >= s->console.count : s->console.chosen == 0) {
		client_refuse(k,
			      larger ? N_("there are no larger letters")
				     : N_("there are no smaller letters"),
			      "");
		return;
	}
	size_t index = larger ? s->console.chosen + 1 : s->console.chosen - 1;
	wait_for(k, console_font(&s->console, &s->jobs, &s->places, index, &e), &e, "");
}

static void op_remember(struct service *s, struct client *k, const struct message *q)
{
	const char *language = message_text(q, "language"), *keyboard = message_text(q, "keyboard");
	struct disk *disk = wanted_disk(s, k, q);
	struct error e = { 0 };

	if (!disk)
		return;
	if (!settings_is_language(language) || !settings_is_keyboard(keyboard)) {
		client_refuse(k, N_("this value is not one of those allowed"),
			      settings_is_language(language) ? keyboard : language);
		return;
	}
	if (jobs_running(&s->jobs, JOB_REMEMBER)) {
		client_refuse(k, N_("the settings are being written already"), disk->name);
		return;
	}
	/* Its lock is just being lifted, or just falling back. */
	if (jobs_running(&s->jobs, JOB_OPEN) || jobs_running(&s->jobs, JOB_CLOSE)) {
		client_refuse(k, N_("the stick is busy: try again in a moment"), disk->name);
		return;
	}
	struct job *job = remember_start(&s->jobs, disk, &s->places, language, keyboard, &e);
	if (job) {
		job->disk = disk->id;
		disk->settings_sectors = REMEMBER_SECTORS;
	}
	wait_for(k, job, &e, disk->name);
}

/* True, with an answer, where nothing can be mounted. */
static bool serves_images(const struct service *s, struct client *k)
{
	if (s->places.images)
		client_refuse(k, N_("this broker serves image files: it mounts nothing"), "");
	return s->places.images;
}

static void op_data(struct service *s, struct client *k, const struct message *q)
{
	const struct data_folder *folder = data_folder(message_text(q, "folder"));

	if (!folder) {
		client_refuse(k, N_("this value is not one of those allowed"),
			      message_text(q, "folder"));
		return;
	}
	if (folder->uid != k->uid) {
		client_refuse(k, N_("this folder belongs to another program"), folder->name);
		return;
	}
	if (serves_images(s, k))
		return;
	k->volume[USE_DATA].folder = folder->name;
	volumes_ask(k, USE_DATA);
}

static void op_data_done(struct service *s, struct client *k, const struct message *q)
{
	(void)q;
	volumes_done(s, k, USE_DATA);
}

static void op_medium(struct service *s, struct client *k, const struct message *q)
{
	struct client_volume *v = &k->volume[USE_MEDIUM];
	struct disk *disk = wanted_disk(s, k, q);
	struct error e = { 0 };
	uint64_t number, writes;

	if (!disk)
		return;
	if (!message_number(q, "partition", PARTITION_NUMBER_MAX, &number)) {
		client_refuse(k, N_("this value is not one of those allowed"),
			      message_text(q, "partition"));
		return;
	}
	if (!message_number(q, "write", 1, &writes)) {
		client_refuse(k, N_("this value is not one of those allowed"),
			      message_text(q, "write"));
		return;
	}
	if (!medium_type(disk, (unsigned)number, &e)) {
		client_refuse(k, e.text, disk->name);
		return;
	}
	if (serves_images(s, k))
		return;
	v->folder = "";
	v->disk = disk->id;
	v->partition = (unsigned)number;
	v->writes = writes;
	volumes_ask(k, USE_MEDIUM);
}

static void op_medium_done(struct service *s, struct client *k, const struct message *q)
{
	(void)q;
	volumes_done(s, k, USE_MEDIUM);
}

/* `key` is in hexadecimal digits: a startup key is no text. */
static bool wanted_key(struct client *k, const struct message *q, struct encrypted_key *key)
{
	const char *digits = message_text(q, "key");
	size_t len = strlen(digits) / 2;

	key->len = len;
	if (len <= sizeof(key->bytes) && hex_decode(key->bytes, len, digits))
		return true;
	client_refuse(k, N_("this value is not one of those allowed"), "key");
	return false;
}

static void op_encrypted(struct service *s, struct client *k, const struct message *q)
{
	struct disk *disk = wanted_disk(s, k, q);
	struct encrypted_key key = { 0 };
	struct error e = { 0 };
	uint64_t number;

	if (!disk)
		return;
	if (!message_number(q, "partition", PARTITION_NUMBER_MAX, &number)) {
		client_refuse(k, N_("this value is not one of those allowed"),
			      message_text(q, "partition"));
		return;
	}
	if (!encrypted_type(disk, (unsigned)number, &e)) {
		client_refuse(k, e.text, disk->name);
		return;
	}
	if (serves_images(s, k))
		return;
	if (jobs_running(&s->jobs, JOB_DECRYPT)) {
		client_refuse(k, N_("another volume is just being opened: try again in a moment"),
			      disk->name);
		return;
	}
	if (wanted_key(k, q, &key))
		wait_for(k, encrypted_start(&s->jobs, disk, &s->places, (unsigned)number, &key, &e),
			 &e, disk->name);
	explicit_bzero(&key, sizeof(key));
}

static void op_clock(struct service *s, struct client *k, const struct message *q)
{
	struct error e = { 0 };
	uint64_t utc_ms;

	if (!message_number(q, "utc_ms", CLOCK_MAX_MS, &utc_ms) || utc_ms < CLOCK_MIN_MS) {
		client_refuse(k, N_("this time is before this release or after the year 2199"),
			      message_text(q, "utc_ms"));
		return;
	}
	if (s->places.images) {
		client_refuse(k, N_("this broker serves image files: it sets no clock"), "");
		return;
	}
	if (clock_set(utc_ms, &e))
		answer_ok(k);
	else
		client_refuse(k, N_("the clock cannot be set"), e.text);
}

static void op_network(struct service *s, struct client *k, const struct message *q)
{
	struct message m;

	(void)q;
	if (s->places.images) {
		client_refuse(k, N_("this broker serves image files: it has no network"), "");
		return;
	}
	drivers_reach(&s->drivers, &s->places, STAGE_NETWORK);
	network_want(&s->network);
	service_start_waiting(s);
	network_message(&s->network, &m);
	client_queue(k, &m);
}

static void op_power(struct service *s, struct client *k, const struct message *q)
{
	const char *action = message_text(q, "action");
	bool off = strcmp(action, "off") == 0;
	struct error e = { 0 };

	if (!off && strcmp(action, "reboot") != 0) {
		client_refuse(k, N_("this value is not one of those allowed"), action);
		return;
	}
	if (s->places.images) {
		client_refuse(k, N_("this broker serves image files: it does not switch a PC off"),
			      "");
		return;
	}
	bool writes = jobs_running(&s->jobs, JOB_SYNC);

	if (writes && !s->unwritten) {
		client_refuse(k, N_("the PC is being switched off already"), "");
		return;
	}
	s->power = off ? POWER_GOES_OFF : POWER_RESTARTS;
	if (writes) /* it still hangs; who asks again was told what that means */
		service_switch_off(s, k);
	else
		wait_for(k, power_sync(&s->jobs, &e), &e, "");
}

static const struct op {
	const char *name;
	void (*run)(struct service *s, struct client *k, const struct message *q);
	const char *keys[KEYS_MAX + 1]; /* all of them, and no other */
} ops[] = {
	{ "ping", op_ping, { NULL } },
	{ "ready", op_ready, { NULL } },
	{ "machine", op_machine, { NULL } },
	{ "disks", op_disks, { NULL } },
	{ "open", op_open, { "disk", NULL } },
	{ "keyboard", op_keyboard, { "layout", NULL } },
	{ "font", op_font, { "step", NULL } },
	{ "remember", op_remember, { "disk", "language", "keyboard", NULL } },
	{ "data", op_data, { "folder", NULL } },
	{ "data-done", op_data_done, { NULL } },
	{ "medium", op_medium, { "disk", "partition", "write", NULL } },
	{ "medium-done", op_medium_done, { NULL } },
	{ "encrypted", op_encrypted, { "disk", "partition", "key", NULL } },
	{ "clock", op_clock, { "utc_ms", NULL } },
	{ "network", op_network, { NULL } },
	{ "power", op_power, { "action", NULL } },
};

void service_request(struct service *s, struct client *k, const char *bytes, size_t len)
{
	char unknown[MESSAGE_KEY_MAX + 1];
	const struct op *op = NULL;
	struct error e = { 0 };
	struct message q;

	if (!message_parse(&q, "op", bytes, len, &e)) {
		client_refuse(k, e.text, "");
		return;
	}
	if (message_get(&q, "version") && strcmp(message_text(&q, "version"), "1") != 0) {
		client_refuse(k, N_("the broker does not speak this version"),
			      message_text(&q, "version"));
		return;
	}
	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]) && !op; i++)
		if (message_is(&q, ops[i].name))
			op = &ops[i];
	if (!op) {
		client_refuse(k, N_("the broker does not know this request"),
			      message_text(&q, "op"));
		return;
	}
	if (message_unknown_key(&q, op->keys, unknown)) {
		client_refuse(k, N_("the request has a key that does not belong there"), unknown);
		return;
	}
	for (const char *const *key = op->keys; *key; key++)
		if (!message_get(&q, *key)) {
			client_refuse(k, N_("the request lacks a key"), *key);
			return;
		}
	op->run(s, k, &q);
	explicit_bzero(&q, sizeof(q)); /* it may have held a key */
}
