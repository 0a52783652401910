/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connections to the broker: accepted, heard, answered, dropped when they stall. */
#include "broker/clients.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "broker/job.h"
#include "lib/base/language.h"

#define BACKLOG CLIENTS_MAX

int clients_listen(const char *path, long gid, struct error *e)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int n = snprintf(at.sun_path, sizeof(at.sun_path), "%s.new", path);

	if (n < 0 || (size_t)n >= sizeof(at.sun_path)) {
		error_set(e, ERROR_USAGE, _("the name of the socket is too long: %s"), path);
		return -1;
	}
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	unlink(at.sun_path);
	/* No one may connect until owner and mode are right. */
	mode_t mask = umask(0177);
	bool bound = fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0;
	umask(mask);
	if (bound && (gid < 0 || chown(at.sun_path, (uid_t)-1, (gid_t)gid) == 0) &&
	    (gid < 0 || chmod(at.sun_path, 0660) == 0) && listen(fd, BACKLOG) == 0 &&
	    rename(at.sun_path, path) == 0)
		return fd;
	error_errno(e, _("cannot make the socket %s"), path);
	if (fd >= 0)
		close(fd);
	if (bound)
		unlink(at.sun_path);
	return -1;
}

void clients_accept(struct clients *c, int listening)
{
	int fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	if (c->count == CLIENTS_MAX) {
		close(fd);
		return;
	}
	struct ucred who = { .uid = (uid_t)-1 };
	socklen_t size = sizeof(who);
	(void)getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size);
	c->list[c->count++] =
		(struct client){ .id = ++c->last_id, .fd = fd, .uid = who.uid, .descriptor = -1 };
}

struct client *clients_by_id(struct clients *c, uint64_t id)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->list[i].id == id)
			return &c->list[i];
	return NULL;
}

enum client_input client_receive(struct client *k, char *buf, size_t *len)
{
	struct iovec part = { buf, MESSAGE_MAX };
	/* No room for descriptors: the kernel throws away what a client sends. */
	struct msghdr h = { .msg_iov = &part, .msg_iovlen = 1 };
	ssize_t n = recvmsg(k->fd, &h, MSG_CMSG_CLOEXEC);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return CLIENT_NOTHING;
	if (n <= 0)
		return CLIENT_LEFT;
	if (h.msg_flags & MSG_TRUNC)
		return CLIENT_TOO_LONG;
	*len = (size_t)n;
	return CLIENT_REQUEST;
}

void client_queue(struct client *k, const struct message *m)
{
	struct message instead;

	if (m->overflow) {
		message_start(&instead, "type", "error");
		message_add(&instead, "text", N_("the broker's answer does not fit"));
		m = &instead;
	}
	char length[2] = { (char)(m->len & 0xff), (char)(m->len >> 8) };
	text_add_n(&k->queue, length, 2);
	text_add_n(&k->queue, m->bytes, m->len);
}

void client_queue_with(struct client *k, const struct message *m, int descriptor)
{
	client_queue(k, m);
	k->descriptor = descriptor;
}

void client_refuse(struct client *k, const char *text, const char *about)
{
	struct message m;

	message_start(&m, "type", "error");
	message_add(&m, "text", text);
	message_add_foreign(&m, "about", about);
	client_queue(k, &m);
}

bool client_has_queue(const struct client *k)
{
	return k->sent < k->queue.len;
}

static ssize_t send_one(struct client *k, const char *bytes, size_t len)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec part = { (char *)(uintptr_t)bytes, len };
	struct msghdr h = { .msg_iov = &part, .msg_iovlen = 1 };

	if (k->descriptor >= 0) {
		h.msg_control = control;
		h.msg_controllen = sizeof(control);
		struct cmsghdr *c = CMSG_FIRSTHDR(&h);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &k->descriptor, sizeof(int));
	}
	return sendmsg(k->fd, &h, MSG_NOSIGNAL | MSG_DONTWAIT);
}

bool client_flush(struct client *k)
{
	while (client_has_queue(k)) {
		const unsigned char *p = (const unsigned char *)k->queue.s + k->sent;
		size_t len = (size_t)(p[0] | p[1] << 8);
		ssize_t n = send_one(k, (const char *)p + 2, len);

		if (n < 0 && (errno == EAGAIN || errno == EINTR || errno == ENOBUFS)) {
			if (!k->stalled_ms)
				k->stalled_ms = job_now_ms();
			return job_now_ms() - k->stalled_ms < CLIENT_STALL_MS;
		}
		if (n < 0)
			return false;
		if (k->descriptor >= 0)
			close(k->descriptor);
		k->descriptor = -1;
		k->sent += len + 2;
		k->stalled_ms = 0;
	}
	text_clear(&k->queue);
	k->sent = 0;
	return !k->leaving;
}

static void release(struct client *k)
{
	close(k->fd);
	if (k->descriptor >= 0)
		close(k->descriptor);
	text_release(&k->queue);
}

void clients_drop(struct clients *c, size_t i)
{
	release(&c->list[i]);
	c->count--;
	memmove(&c->list[i], &c->list[i + 1], (c->count - i) * sizeof(c->list[0]));
}

void clients_release(struct clients *c)
{
	for (size_t i = 0; i < c->count; i++)
		release(&c->list[i]);
	c->count = 0;
}
