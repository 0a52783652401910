/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `journal serve`: one loop over the clients and the stick. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "journal/journal.h"
#include "journal/writer.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/journal/journal.h"

#define CLIENTS_MAX 32
#define HOLD_MS 3000  /* the stick is held this long behind the last entry */
#define RETRY_MS 2000 /* and asked for again this long after it failed */
#define FIXED 2       /* descriptors before those of clients */

struct server {
	struct writer w;
	struct store store;
	struct view v;
	struct arena memory; /* the machine's name */
	int listening, signals;
	int clients[CLIENTS_MAX];
	size_t count;
	int64_t let_go_ms; /* when to let go of the stick; 0: it is not held */
	int64_t retry_ms;  /* not before; 0: at once */
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int listen_at(const char *folder, struct error *e)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int n = snprintf(at.sun_path, sizeof(at.sun_path), "%s/" JOURNAL_SOCKET, folder);
	int fd = -1;

	if (n < 0 || (size_t)n >= sizeof(at.sun_path)) {
		error_set(e, ERROR_USAGE, _("the name of the journal's folder is too long: %s"),
			  folder);
		return -1;
	}
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	unlink(at.sun_path);
	mode_t mask = umask(0007); /* owner and group: whoever may read the folder */
	bool bound = fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0;
	umask(mask);
	if (bound && listen(fd, CLIENTS_MAX) == 0)
		return fd;
	error_errno(e, _("cannot make the socket %s"), at.sun_path);
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Bring the stick up to date, unless it failed a moment ago. */
static void store(struct server *s)
{
	if (now_ms() < s->retry_ms)
		return;
	bool ok = writer_store(&s->w);
	s->retry_ms = ok ? 0 : now_ms() + RETRY_MS;
	s->let_go_ms = ok ? now_ms() + HOLD_MS : 0;
}

static void answer_error(struct message *answer, const struct refusal *no)
{
	message_start(answer, "type", "error");
	message_add(answer, "text", no->text);
	message_add_foreign(answer, "about", no->about);
}

static void add_stored(struct message *answer, const struct writer *w)
{
	bool stored = writer_waiting(w) == 0 && !w->why.text;

	message_add_yes(answer, "stored", stored);
	if (stored)
		return;
	message_add(answer, "why", w->why.text ? w->why.text : N_("the stick was not there"));
	message_add_foreign(answer, "about", w->why.about);
}

static void append(struct server *s, const struct message *question, struct message *answer)
{
	struct message event;
	struct refusal no = { 0 };

	/* Behind `op=append` the event begins, with its kind. */
	size_t skip = strlen(question->bytes) + 1;
	struct error e = { 0 };
	bool ok = message_parse(&event, "kind", question->bytes + skip, question->len - skip, &e);

	if (!ok) {
		no.text = e.text;
	} else if (writer_append(&s->w, &event, &no)) {
		/* What the writer adds on its own (record 0) stands before it. */
		uint64_t sequence = s->w.chain.count - 1;

		store(s);
		message_start(answer, "type", "done");
		message_add(answer, "boot", s->w.chain.boot);
		message_add_number(answer, "sequence", sequence);
		add_stored(answer, &s->w);
		explicit_bzero(&event, sizeof(event));
		return;
	}
	answer_error(answer, &no);
	explicit_bzero(&event, sizeof(event));
}

static void status(struct server *s, struct message *answer)
{
	char hex[DIGEST_HEX];
	struct error e = { 0 };
	bool changed;

	if (!view_refresh(&s->v, &changed, &e)) {
		struct refusal no = { .text = e.text };

		answer_error(answer, &no);
		return;
	}
	message_start(answer, "type", "status");
	message_add(answer, "boot", s->w.chain.boot);
	message_add_number(answer, "entries", s->w.chain.count);
	message_add(answer, "head", digest_to_hex(hex, &s->w.chain.head));
	message_add_number(answer, "total", s->v.events);
	message_add_number(answer, "waiting", writer_waiting(&s->w));
	add_stored(answer, &s->w);
}

static void merge(struct server *s, const struct message *question, struct message *answer)
{
	struct merge_result r = { 0 };
	struct refusal no = { 0 };

	if (!writer_merge(&s->w, message_text(question, "folder"), &r, &no)) {
		answer_error(answer, &no);
	} else {
		message_start(answer, "type", "merged");
		message_add_number(answer, "added", r.added);
		message_add_number(answer, "chains", r.count);
		message_add_number(answer, "refused", r.refused);
		message_add_number(answer, "forked", r.forked);
		message_add_number(answer, "damaged", r.damaged);
		store(s);
		add_stored(answer, &s->w);
	}
	merge_release(&r);
}

static void answer_to(struct server *s, const char *bytes, size_t len, struct message *answer)
{
	struct refusal no = { .text = N_("the journal does not know this request") };
	struct message question;
	struct error e = { 0 };

	if (!message_parse(&question, "op", bytes, len, &e)) {
		no.text = e.text;
		answer_error(answer, &no);
	} else if (message_is(&question, "append")) {
		append(s, &question, answer);
	} else if (message_is(&question, "status")) {
		status(s, answer);
	} else if (message_is(&question, "merge")) {
		merge(s, &question, answer);
	} else {
		answer_error(answer, &no);
	}
	explicit_bzero(&question, sizeof(question));
}

/* False if the client is to be dropped. */
static bool hear(struct server *s, int fd)
{
	char bytes[MESSAGE_MAX];
	struct message answer;
	ssize_t n = recv(fd, bytes, sizeof(bytes), MSG_TRUNC | MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n <= 0 || (size_t)n > sizeof(bytes))
		return false;
	answer_to(s, bytes, (size_t)n, &answer);
	explicit_bzero(bytes, sizeof(bytes));
	/* One answer a question: who does not read it is gone or broken. */
	return send(fd, answer.bytes, answer.len, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0;
}

static void accept_client(struct server *s)
{
	int fd = accept4(s->listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd >= 0 && s->count < CLIENTS_MAX)
		s->clients[s->count++] = fd;
	else if (fd >= 0)
		close(fd);
}

/* Is there something to do that only a stick can take, or did it fail last? */
static bool wants_stick(const struct server *s)
{
	return writer_waiting(&s->w) > 0 || !s->w.met_stick || s->w.why.text;
}

/* Until when nothing is to be done, as poll(2) wants it. */
static int pause_ms(const struct server *s)
{
	int64_t until = s->let_go_ms, left;

	if (wants_stick(s))
		until = s->retry_ms ? s->retry_ms : now_ms();
	if (until == 0)
		return -1;
	left = until - now_ms();
	return left < 0 ? 0 : (int)left;
}

static void look_at_stick(struct server *s)
{
	if (wants_stick(s) && now_ms() >= s->retry_ms) {
		store(s);
	} else if (s->let_go_ms && now_ms() >= s->let_go_ms) {
		writer_let_go(&s->w);
		s->let_go_ms = 0;
	}
}

/* One round; false when a signal asked for the end. */
static bool turn(struct server *s, struct error *e)
{
	struct pollfd fds[FIXED + CLIENTS_MAX] = {
		{ .fd = s->listening, .events = POLLIN },
		{ .fd = s->signals, .events = POLLIN },
	};
	size_t clients = s->count;

	for (size_t i = 0; i < clients; i++)
		fds[FIXED + i] = (struct pollfd){ .fd = s->clients[i], .events = POLLIN };
	if (poll(fds, FIXED + clients, pause_ms(s)) < 0 && errno != EINTR)
		return error_errno(e, _("cannot wait for events"));
	for (size_t i = clients; i-- > 0;) {
		if (!fds[FIXED + i].revents || hear(s, s->clients[i]))
			continue;
		close(s->clients[i]);
		s->clients[i] = s->clients[--s->count];
	}
	if (fds[0].revents)
		accept_client(s);
	look_at_stick(s);
	return !fds[1].revents;
}

/* What PC this is, as its maker calls it; for record 0. */
static void name_machine(struct server *s)
{
	struct broker_machine m;
	struct error quiet = { 0 };

	if (!broker_connect(&s->store.broker, &quiet) ||
	    !broker_machine(&s->store.broker, &s->memory, &m, &quiet))
		return;
	char *name = mem_format("%s %s", m.vendor, m.model);
	s->w.machine = arena_string(&s->memory, name);
	free(name);
}

static bool start(struct server *s, const char *run, struct error *e)
{
	const struct rlimit no_core = { 0, 0 };
	sigset_t set;

	/* What people write passes through here: nothing of it goes to a file by itself. */
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	setrlimit(RLIMIT_CORE, &no_core);
	umask(0027);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	s->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (s->signals < 0)
		return error_errno(e, _("cannot wait for events"));
	if (!writer_open(&s->w, run, &s->store, e) || !view_open(&s->v, run, NULL, e))
		return false;
	if (s->store.by_broker)
		name_machine(s);
	s->listening = listen_at(run, e);
	return s->listening >= 0;
}

static bool serve(const char *run, const char *folder, bool by_broker, struct error *e)
{
	struct server s = { .store = STORE_NONE, .listening = -1, .signals = -1 };

	s.store.folder = folder;
	s.store.by_broker = by_broker;
	s.w.file = s.w.folder = s.w.stick_file = -1;
	s.w.store = &s.store;
	if (start(&s, run, e))
		while (turn(&s, e))
			;
	for (size_t i = 0; i < s.count; i++)
		close(s.clients[i]);
	if (s.listening >= 0)
		close(s.listening);
	if (s.signals >= 0)
		close(s.signals);
	view_close(&s.v);
	writer_release(&s.w);
	broker_close(&s.store.broker);
	arena_release(&s.memory);
	return !e->kind;
}

int journal_serve(int argc, char **argv)
{
	struct error e = { 0 };
	const char *run = journal_folder(), *folder = NULL;
	bool by_broker = false;
	const struct cli_option options[] = {
		{ "run", CLI_TEXT, &run, "DIR", N_("the run folder; else /run/journal"), 0, 0 },
		{ "store", CLI_TEXT, &folder, "DIR",
		  N_("a folder that plays the stick's data partition"), 0, 0 },
		{ "broker", CLI_FLAG, &by_broker, NULL,
		  N_("the stick itself: ask the broker for its data partition"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"journal",
		"serve",
		"",
		N_("Write the journal: take events from other programs, keep them in the run\n"
		   "folder and on the stick. There is one on a PC."),
		options,
		0,
		0,
	};

	if (!cli_parse(&usage, &argc, &argv, &e) || !serve(run, folder, by_broker, &e))
		return report("journal", &e);
	return 0;
}
