/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A client of the journal's writer: ask, wait, check the answer. */
#include "lib/journal/journal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/journal/chain.h"

#define ANSWER_SECONDS 60 /* a worn stick takes its time; then it is said */

const char *journal_folder(void)
{
	const char *folder = getenv("BLACKSTART_JOURNAL");

	return folder && *folder ? folder : JOURNAL_FOLDER;
}

bool journal_connect(struct journal *j, struct error *e)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct timeval limit = { .tv_sec = ANSWER_SECONDS };
	int n = snprintf(to.sun_path, sizeof(to.sun_path), "%s/" JOURNAL_SOCKET, journal_folder());

	j->fd = -1;
	if (n < 0 || (size_t)n >= sizeof(to.sun_path))
		return error_set(e, ERROR_USAGE,
				 _("the name of the journal's folder is too long: %s"),
				 journal_folder());
	j->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (j->fd >= 0 && connect(j->fd, (struct sockaddr *)&to, sizeof(to)) == 0 &&
	    setsockopt(j->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) == 0)
		return true;
	error_errno(e,
		    _("nobody writes the journal in %s, so nothing can be entered; 'journal serve' "
		      "does, on a PC started from the stick"),
		    journal_folder());
	journal_close(j);
	return false;
}

void journal_close(struct journal *j)
{
	if (j->fd >= 0)
		close(j->fd);
	j->fd = -1;
}

static bool malformed(struct error *e)
{
	return error_set(e, ERROR_UNTRUSTED, _("the journal's answer is malformed"));
}

/* What the writer says in English is a message id. */
static bool refused(const struct message *m, struct error *e)
{
	const char *text = message_text(m, "text"), *about = message_text(m, "about");

	if (!*text)
		return malformed(e);
	if (*about)
		return error_set(e, ERROR_FAILED, "%s (%s)", _(text), about);
	return error_set(e, ERROR_FAILED, "%s", _(text));
}

/* The next answer; after one that is late or none, the connection is ended: it would be
 * taken for the answer to the next question. */
static bool receive(struct journal *j, struct message *answer, struct error *e)
{
	char bytes[MESSAGE_MAX];
	ssize_t n;

	do
		n = recv(j->fd, bytes, sizeof(bytes), MSG_TRUNC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		error_errno(e, _("the journal does not answer; look at it before entering the "
				 "same again"));
	else if (n == 0)
		error_set(e, ERROR_FAILED,
			  _("the journal ended the connection; look at it "
			    "before entering the same again"));
	else if ((size_t)n > sizeof(bytes) || !message_parse(answer, "type", bytes, (size_t)n, e))
		malformed(e);
	else
		return true;
	journal_close(j);
	return false;
}

bool journal_ask(struct journal *j, const struct message *question, const char *wanted,
		 struct message *answer, struct error *e)
{
	ssize_t n;

	if (question->overflow)
		return error_set(e, ERROR_USAGE,
				 _("the entry is too long; write it as two entries"));
	do
		n = send(j->fd, question->bytes, question->len, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		error_errno(e, _("the journal does not answer"));
		journal_close(j);
		return false;
	}
	if (!receive(j, answer, e))
		return false;
	if (message_is(answer, "error"))
		return refused(answer, e);
	return message_is(answer, wanted) || malformed(e);
}

static bool take_boot(const struct message *m, char boot[33])
{
	const char *s = message_text(m, "boot");

	if (!boot_valid(s, strlen(s)))
		return false;
	memcpy(boot, s, BOOT_HEX);
	return true;
}

/* Why something is not stored: a sentence of the writer, and what the system said. */
static void take_why(const struct message *m, char why[256])
{
	const char *text = message_text(m, "why"), *about = message_text(m, "about");

	snprintf(why, 256, *about ? "%s (%s)" : "%s%s", *text ? _(text) : "", about);
}

bool journal_append(struct journal *j, const struct message *event, struct journal_receipt *r,
		    struct error *e)
{
	struct message question, answer;
	bool ok;

	message_start(&question, "op", "append");
	for (size_t at = 0; at < event->len; at += strlen(event->bytes + at) + 1)
		message_add_string(&question, event->bytes + at);
	question.overflow = question.overflow || event->overflow;
	ok = journal_ask(j, &question, "done", &answer, e);
	explicit_bzero(&question, sizeof(question));
	if (!ok)
		return false;
	*r = (struct journal_receipt){ 0 };
	take_why(&answer, r->why);
	return (take_boot(&answer, r->boot) &&
		message_number(&answer, "sequence", UINT64_MAX, &r->sequence) &&
		message_yes(&answer, "stored", &r->stored)) ||
	       malformed(e);
}

bool journal_ask_status(struct journal *j, struct journal_status *s, struct error *e)
{
	struct message question, answer;
	const char *head;

	message_start(&question, "op", "status");
	if (!journal_ask(j, &question, "status", &answer, e))
		return false;
	*s = (struct journal_status){ 0 };
	head = message_text(&answer, "head");
	take_why(&answer, s->why);
	return (take_boot(&answer, s->boot) &&
		message_number(&answer, "entries", UINT64_MAX, &s->entries) &&
		message_number(&answer, "total", UINT64_MAX, &s->total) &&
		message_number(&answer, "waiting", UINT64_MAX, &s->waiting) &&
		message_yes(&answer, "stored", &s->stored) &&
		digest_from_hex(&s->head, head, strlen(head))) ||
	       malformed(e);
}

bool journal_ask_merge(struct journal *j, const char *folder, struct journal_merged *m,
		       struct error *e)
{
	struct message question, answer;

	message_start(&question, "op", "merge");
	message_add(&question, "folder", folder);
	if (!journal_ask(j, &question, "merged", &answer, e))
		return false;
	*m = (struct journal_merged){ 0 };
	return (message_number(&answer, "added", UINT64_MAX, &m->added) &&
		message_number(&answer, "chains", SIZE_MAX, &m->chains) &&
		message_number(&answer, "refused", UINT64_MAX, &m->refused) &&
		message_number(&answer, "forked", UINT64_MAX, &m->forked) &&
		message_number(&answer, "damaged", UINT64_MAX, &m->damaged)) ||
	       malformed(e);
}
