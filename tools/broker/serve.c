/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `broker serve`: one loop over the kernel, the clients and the children. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "broker/broker.h"
#include "broker/rights.h"
#include "broker/service.h"
#include "broker/uevent.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/disk/broker.h"

#define TICK_MS 1000         /* deadlines of children and clients are looked at this often */
#define EVENTS_AT_ONCE 20000 /* then clients have their turn */
#define FIXED 3              /* descriptors before those of clients and children */

/* Disks that events named since the list was last brought up to date. */
struct touched {
	struct {
		char name[sizeof(((struct disk *)0)->name)];
		bool media_change;
	} list[DISKS_MAX];
	size_t count;
	bool all; /* events were lost, or too many names */
};

struct loop {
	struct service s;
	struct touched touched;
	int listening, uevents, signals;
	struct pollfd *fds;
	size_t capacity;
	struct uevent event;
	bool ended;
};

static void touch(struct touched *t, const char *name, bool media_change)
{
	if (disk_classify(name) == DISK_IGNORED) /* also: a name too long for the list */
		return;
	for (size_t i = 0; i < t->count; i++)
		if (strcmp(t->list[i].name, name) == 0) {
			t->list[i].media_change = t->list[i].media_change || media_change;
			return;
		}
	if (t->count == DISKS_MAX) {
		t->all = true;
		return;
	}
	snprintf(t->list[t->count].name, sizeof(t->list[0].name), "%s", name);
	t->list[t->count++].media_change = media_change;
}

static void handle_event(struct loop *l, const struct uevent *u)
{
	struct service *s = &l->s;
	bool add = strcmp(u->action, "add") == 0;

	if (*u->modalias && add)
		drivers_offer(&s->drivers, u->modalias);
	if (strcmp(u->subsystem, "block") != 0 || strcmp(u->devtype, "disk") != 0)
		return;
	if (strcmp(u->action, "remove") == 0)
		disks_gone(&s->disks, u->devname);
	else if (add || strcmp(u->action, "change") == 0)
		touch(&l->touched, u->devname, u->media_change);
	if (add)
		s->drivers.active_ms = job_now_ms();
}

/* Events are emptied first and disks looked at then, once each: a thousand
 * changes of one disk must not keep another one unlocked. */
static void hear_kernel(struct loop *l)
{
	struct touched *t = &l->touched;
	enum uevent_result got;

	for (int i = 0; i < EVENTS_AT_ONCE; i++) {
		got = uevent_next(l->uevents, &l->event);
		if (got == UEVENT_NONE)
			break;
		if (got == UEVENT_LOST)
			t->all = true;
		else
			handle_event(l, &l->event);
	}
	for (size_t i = 0; i < t->count; i++)
		disks_seen(&l->s.disks, &l->s.places, t->list[i].name, t->list[i].media_change);
	if (t->all) {
		enum driver_stage stage = l->s.drivers.reached;

		disks_rescan(&l->s.disks, &l->s.places);
		/* Aliases were lost as well: begin the stage anew. */
		l->s.drivers.reached = STAGE_NEVER;
		drivers_reach(&l->s.drivers, &l->s.places, stage);
	}
	t->count = 0;
	t->all = false;
}

static void hear_signals(struct loop *l)
{
	struct signalfd_siginfo info;

	while (read(l->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGHUP)
			disks_rescan(&l->s.disks, &l->s.places);
		else if (info.ssi_signo != SIGCHLD)
			l->ended = true;
	}
}

/* False if the client is to be dropped. */
static bool hear_client(struct service *s, struct client *k)
{
	char bytes[MESSAGE_MAX];
	size_t len;

	switch (client_receive(k, bytes, &len)) {
	case CLIENT_LEFT:
		return false;
	case CLIENT_TOO_LONG:
		client_refuse(k, N_("the message is empty or too long"), "");
		k->leaving = true;
		return true;
	case CLIENT_REQUEST:
		service_request(s, k, bytes, len);
		explicit_bzero(bytes, sizeof(bytes)); /* it may have held a key */
		return true;
	case CLIENT_NOTHING:
		break;
	}
	return true;
}

static size_t fill(struct loop *l)
{
	size_t n = 0, clients = l->s.clients.count, jobs = l->s.jobs.count;

	mem_grow(&l->fds, &l->capacity, FIXED + clients + jobs, sizeof(*l->fds));
	l->fds[n++] = (struct pollfd){ .fd = l->listening, .events = POLLIN };
	l->fds[n++] = (struct pollfd){ .fd = l->uevents, .events = POLLIN };
	l->fds[n++] = (struct pollfd){ .fd = l->signals, .events = POLLIN };
	for (size_t i = 0; i < clients; i++) {
		const struct client *k = &l->s.clients.list[i];
		short events = client_has_queue(k) ? POLLOUT : k->waiting ? 0 : POLLIN;

		l->fds[n++] = (struct pollfd){ .fd = k->fd, .events = events };
	}
	for (size_t i = 0; i < jobs; i++)
		l->fds[n++] = (struct pollfd){ .fd = l->s.jobs.list[i].output, .events = POLLIN };
	return n;
}

/* Clients from the last to the first, so that dropping one moves none ahead. */
static void serve_clients(struct loop *l, size_t polled)
{
	for (size_t i = polled; i-- > 0;) {
		struct client *k = &l->s.clients.list[i];
		short got = l->fds[FIXED + i].revents;
		bool stays = !(got & (POLLERR | POLLNVAL));

		if (stays && (got & POLLIN) && !client_has_queue(k) && !k->waiting)
			stays = hear_client(&l->s, k);
		else if (got & POLLHUP)
			stays = false;
		if (!stays)
			clients_drop(&l->s.clients, i);
	}
}

static void flush_clients(struct clients *c)
{
	for (size_t i = c->count; i-- > 0;)
		if (!client_flush(&c->list[i]))
			clients_drop(c, i);
}

static void finish_jobs(struct service *s)
{
	struct job job;

	jobs_look(&s->jobs);
	while (jobs_next_finished(&s->jobs, &job)) {
		service_job_ended(s, &job);
		job_release(&job);
	}
}

static bool turn(struct loop *l, struct error *e)
{
	size_t n = fill(l), clients = l->s.clients.count;
	bool waiting = l->s.jobs.count > 0 || volumes_pending(&l->s.volumes) ||
		       network_pending(&l->s.network);

	for (size_t i = 0; i < clients; i++)
		waiting = waiting || client_has_queue(&l->s.clients.list[i]);
	if (poll(l->fds, n, waiting ? TICK_MS : -1) < 0 && errno != EINTR)
		return error_errno(e, _("cannot wait for events"));
	/* The kernel first: what it says decides what clients are told. */
	if (l->uevents >= 0)
		hear_kernel(l);
	hear_signals(l);
	for (size_t i = FIXED + clients; i < n; i++)
		if (l->fds[i].revents)
			jobs_read(&l->s.jobs, l->fds[i].fd);
	finish_jobs(&l->s);
	serve_clients(l, clients);
	if (l->fds[0].revents)
		clients_accept(&l->s.clients, l->listening);
	service_start_waiting(&l->s);
	flush_clients(&l->s.clients);
	return true;
}

static bool start(struct loop *l, const char *socket_path, long gid, struct error *e)
{
	struct service *s = &l->s;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	l->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (l->signals < 0)
		return error_errno(e, _("cannot wait for events"));
	/* Listen before looking: what comes in between is heard twice, not never. */
	if (!s->places.images) {
		l->uevents = uevent_open(e);
		if (l->uevents < 0)
			return false;
	}
	if (!s->places.images)
		volumes_clear();
	disks_rescan(&s->disks, &s->places);
	l->listening = clients_listen(socket_path, gid, e);
	if (l->listening < 0 || !rights_keep_needed(e))
		return false;
	drivers_reach(&s->drivers, &s->places, STAGE_INPUT);
	drivers_start(&s->drivers, &s->jobs, &s->places);
	console_init(&s->console, &s->places);
	if (s->console.count) {
		struct error quiet = { 0 }; /* letters of another size harm nobody */

		(void)console_font(&s->console, &s->jobs, &s->places, s->console.chosen, &quiet);
	}
	return true;
}

static bool serve(const struct places *p, const char *socket_path, long gid, struct error *e)
{
	struct loop *l = mem_alloc(sizeof(*l));
	bool ok;

	l->s.places = *p;
	l->listening = l->uevents = l->signals = -1;
	ok = start(l, socket_path, gid, e);
	while (ok && !l->ended)
		ok = turn(l, e);
	if (l->listening >= 0) {
		close(l->listening);
		unlink(socket_path);
	}
	jobs_release(&l->s.jobs);
	clients_release(&l->s.clients);
	drivers_release(&l->s.drivers);
	disks_release(&l->s.disks);
	if (l->signals >= 0)
		close(l->signals);
	if (l->uevents >= 0)
		close(l->uevents);
	free(l->fds);
	free(l);
	return ok;
}

int broker_serve(int argc, char **argv)
{
	struct places p = { "/sys", "/dev", "/usr/share", "/sbin:/usr/sbin:/bin:/usr/bin", false };
	const char *socket_path = getenv("BLACKSTART_BROKER");
	uint64_t gid = UINT64_MAX;
	struct error e = { 0 };

	if (!socket_path || !*socket_path)
		socket_path = BROKER_SOCKET;
	const struct cli_option options[] = {
		{ "socket", CLI_TEXT, &socket_path, "PATH", N_("where clients connect"), 0, 0 },
		{ "group", CLI_NUMBER, &gid, "GID", N_("group that may connect"), 0, INT32_MAX },
		{ "sysfs", CLI_TEXT, &p.sysfs, "DIR", N_("instead of /sys"), 0, 0 },
		{ "dev", CLI_TEXT, &p.dev, "DIR", N_("instead of /dev"), 0, 0 },
		{ "share", CLI_TEXT, &p.share, "DIR",
		  N_("instead of /usr/share: keymaps, consolefonts"), 0, 0 },
		{ "path", CLI_TEXT, &p.path, "DIRS", N_("where modprobe and others lie"), 0, 0 },
		{ "images", CLI_FLAG, &p.images, NULL,
		  N_("the disks in --dev are image files: nothing is locked"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"broker", "serve",
		"",       N_("Run the broker: lock disks as they appear, answer other programs."),
		options,  0,
		0,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("broker", &e);
	/* A model of a PC next to the real one would lock or switch off the real one. */
	if (p.images && (strcmp(p.dev, "/dev") == 0 || strcmp(p.sysfs, "/sys") == 0)) {
		error_set(&e, ERROR_USAGE, _("--images needs --dev and --sysfs of its own"));
		return report("broker", &e);
	}
	if (!serve(&p, socket_path, gid == UINT64_MAX ? -1 : (long)gid, &e))
		return report("broker", &e);
	return 0;
}
