/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A client of raw printer ports that waits for nothing without a limit. */
#include "lib/data/printer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sockios.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/language.h"

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool no_address(const char *word, struct error *e)
{
	return error_set(e, ERROR_USAGE,
			 _("'%s' is not the address of a printer. Type it as on the printer's "
			   "own display or configuration page, such as 192.0.2.17 or "
			   "[2001:db8::17]:9100; names cannot be looked up here."),
			 word);
}

/* "ADDRESS", "ADDRESS:PORT", "[ADDRESS]:PORT" into its parts; an address with several
 * colons has a port only behind brackets. */
static bool split(const char *word, char host[64], char port[8])
{
	const char *colon = strchr(word, ':'), *end = word + strlen(word), *from = word;

	if (*word == '[') {
		from = word + 1;
		end = strchr(word, ']');
		if (!end || (end[1] && end[1] != ':'))
			return false;
		colon = end[1] ? end + 1 : NULL;
	} else if (colon && !strchr(colon + 1, ':')) {
		end = colon;
	} else {
		const char *zone = strchr(word, '%');

		if (zone && strchr(zone, ':')) /* a port that needs the brackets */
			return false;
		colon = NULL;
	}
	if (end == from || end - from >= 64 || (colon && (!colon[1] || strlen(colon + 1) > 5)))
		return false;
	snprintf(host, 64, "%.*s", (int)(end - from), from);
	snprintf(port, 8, "%s", colon ? colon + 1 : PRINTER_PORT);
	return strspn(port, "0123456789") == strlen(port);
}

bool printer_address_parse(const char *word, struct printer_address *a, struct error *e)
{
	static const struct addrinfo numbers = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
		.ai_socktype = SOCK_STREAM,
	};
	char host[64], port[8], numeric[64];
	const struct sockaddr_in6 *six;
	struct addrinfo *found = NULL;
	struct in_addr four;
	long number;

	/* Of IPv4, not also the old shorter forms: "192.0.2" is a typing mistake. */
	if (!split(word, host, port) ||
	    (!strchr(host, ':') && inet_pton(AF_INET, host, &four) != 1) ||
	    getaddrinfo(host, port, &numbers, &found) != 0)
		return no_address(word, e);
	*a = (struct printer_address){ .length = found->ai_addrlen };
	memcpy(&a->address, found->ai_addr, found->ai_addrlen);
	freeaddrinfo(found);
	number = strtol(port, NULL, 10);
	if (number < 1 || number > 65535)
		return no_address(word, e);
	six = (const struct sockaddr_in6 *)&a->address;
	if (a->address.ss_family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&six->sin6_addr) &&
	    !six->sin6_scope_id)
		return error_set(e, ERROR_USAGE,
				 _("the address %s is valid on one cable only: say which, as in "
				   "%s%%eth0"),
				 host, host);
	if (getnameinfo((struct sockaddr *)&a->address, a->length, numeric, sizeof(numeric), NULL,
			0, NI_NUMERICHOST) != 0)
		return no_address(word, e);
	snprintf(a->words, sizeof(a->words), strchr(numeric, ':') ? "[%s]:%ld" : "%s:%ld", numeric,
		 number);
	return true;
}

bool printer_begin(struct printer_job *j, const struct printer_address *to, const char *bytes,
		   size_t length, int64_t patience_ms, struct error *e)
{
	*j = (struct printer_job){
		.fd = socket(to->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0),
		.to = *to,
		.bytes = bytes,
		.length = length,
		.since_ms = now_ms(),
		.patience_ms = patience_ms,
	};
	if (j->fd < 0)
		return error_errno(e, _("cannot open a connection to %s"), to->words);
	if (connect(j->fd, (const struct sockaddr *)&to->address, to->length) < 0 &&
	    errno != EINPROGRESS) {
		error_errno(e, _("cannot reach the printer %s"), to->words);
		printer_end(j);
		return false;
	}
	return true;
}

void printer_end(struct printer_job *j)
{
	if (j->fd >= 0)
		close(j->fd);
	j->fd = -1;
}

static bool closed_early(const struct printer_job *j, struct error *e)
{
	return error_set(e, ERROR_FAILED,
			 _("the printer %s closed the connection after %zu of %zu bytes. What "
			   "it has printed may be incomplete; see what its display says. Try "
			   "another form (PCL, text), or write a file"),
			 j->to.words, j->sent - j->waiting, j->length);
}

static bool connected(struct printer_job *j, struct error *e)
{
	socklen_t size = sizeof(int);
	int code = 0;

	if (getsockopt(j->fd, SOL_SOCKET, SO_ERROR, &code, &size) < 0)
		code = errno;
	if (code == ECONNREFUSED)
		return error_set(e, ERROR_FAILED,
				 _("%s is there but takes no raw print jobs on this port. Is it "
				   "the printer's address? Is raw printing (port 9100) switched on "
				   "in its menu?"),
				 j->to.words);
	errno = code;
	if (code)
		return error_errno(e, _("cannot reach the printer %s"), j->to.words);
	j->state = PRINTER_SENDING;
	j->since_ms = now_ms();
	return true;
}

/* What the printer says is of no use here; that it hangs up is. One that only has nothing
 * more to say may still take the rest: what it no longer takes is answered by an error. */
static bool listen_to(struct printer_job *j, struct error *e)
{
	socklen_t size = sizeof(int);
	char said[4096];
	int code = 0;
	ssize_t n;

	if (getsockopt(j->fd, SOL_SOCKET, SO_ERROR, &code, &size) < 0 || code)
		return closed_early(j, e);
	n = recv(j->fd, said, sizeof(said), MSG_DONTWAIT);
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		return closed_early(j, e);
	j->hung_up = j->hung_up || n == 0;
	return true;
}

static bool send_more(struct printer_job *j, struct error *e)
{
	ssize_t n =
		send(j->fd, j->bytes + j->sent, j->length - j->sent, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n < 0 && errno != EAGAIN && errno != EINTR)
		return closed_early(j, e);
	if (n > 0) {
		j->sent += (size_t)n;
		j->since_ms = now_ms();
	}
	if (j->sent == j->length) {
		shutdown(j->fd, SHUT_WR);
		j->state = PRINTER_CLOSING;
	}
	return true;
}

/* How much of what was sent has not arrived yet. */
static void look_at_queue(struct printer_job *j)
{
	int queued = 0;
	size_t waiting;

	if (j->state == PRINTER_CONNECTING || ioctl(j->fd, SIOCOUTQ, &queued) < 0)
		return;
	/* The end of the stream counts as one byte, which is none of the document's. */
	if (j->state == PRINTER_CLOSING && queued > 0)
		queued--;
	waiting = (size_t)queued < j->sent ? (size_t)queued : j->sent;
	if (waiting != j->waiting)
		j->since_ms = now_ms();
	j->waiting = waiting;
}

static bool in_time(struct printer_job *j, struct error *e)
{
	int64_t quiet_ms = now_ms() - j->since_ms;

	switch (j->state) {
	case PRINTER_CONNECTING:
		return quiet_ms < PRINTER_CONNECT_MS ||
		       error_set(e, ERROR_FAILED,
				 _("no printer answers at %s. Is it switched on and on the same "
				   "network? Is the address right?"),
				 j->to.words);
	case PRINTER_SENDING:
	case PRINTER_CLOSING:
		if (j->state == PRINTER_CLOSING && j->waiting == 0 &&
		    (j->hung_up || quiet_ms >= PRINTER_CLOSE_MS))
			j->state = PRINTER_DONE;
		return quiet_ms < j->patience_ms || j->state == PRINTER_DONE ||
		       error_set(e, ERROR_FAILED,
				 _("the printer %s has taken %zu of %zu bytes and then nothing "
				   "for %lld seconds. See what its display says: paper, toner, a "
				   "question?"),
				 j->to.words, j->sent - j->waiting, j->length,
				 (long long)(j->patience_ms / 1000));
	case PRINTER_DONE:
		break;
	}
	return true;
}

bool printer_step(struct printer_job *j, int wait_ms, struct error *e)
{
	struct pollfd p = { .fd = j->fd };
	bool ok = true;

	if (j->state != PRINTER_CLOSING)
		p.events |= POLLOUT;
	if (!j->hung_up)
		p.events |= POLLIN;
	else if (j->state == PRINTER_CLOSING)
		p.fd = -1; /* it would be ready at once, for ever: only wait */
	if (poll(&p, 1, wait_ms) < 0 && errno != EINTR)
		return error_errno(e, _("cannot reach the printer %s"), j->to.words);
	look_at_queue(j);
	if (j->state == PRINTER_CONNECTING && p.revents)
		ok = connected(j, e);
	else if (j->state != PRINTER_CONNECTING)
		ok = listen_to(j, e);
	if (ok && j->state == PRINTER_SENDING && (p.revents & POLLOUT))
		ok = send_more(j, e);
	return ok && in_time(j, e);
}
