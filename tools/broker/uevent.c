/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Listening to the kernel: devices come and go. */
#include "broker/uevent.h"

#include <errno.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/language.h"

#define BUFFER_BYTES (16 << 20) /* a server with many disks says much at once */
#define GROUP_KERNEL 1

bool uevent_parse(struct uevent *u, const void *bytes, size_t len)
{
	const struct {
		const char *key;
		const char **into;
	} keys[] = {
		{ "ACTION=", &u->action },     { "SUBSYSTEM=", &u->subsystem },
		{ "DEVTYPE=", &u->devtype },   { "DEVNAME=", &u->devname },
		{ "MODALIAS=", &u->modalias },
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		*keys[i].into = "";
	u->media_change = false;
	if (len == 0 || len >= sizeof(u->bytes))
		return false;
	memcpy(u->bytes, bytes, len);
	u->bytes[len] = '\0';
	if (!strchr(u->bytes, '@'))
		return false;
	for (size_t at = strlen(u->bytes) + 1; at < len; at += strlen(u->bytes + at) + 1) {
		const char *s = u->bytes + at;

		for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
			if (strncmp(s, keys[i].key, strlen(keys[i].key)) == 0)
				*keys[i].into = s + strlen(keys[i].key);
		if (strcmp(s, "DISK_MEDIA_CHANGE=1") == 0)
			u->media_change = true;
	}
	return u->action[0] != '\0';
}

int uevent_open(struct error *e)
{
	struct sockaddr_nl from = { .nl_family = AF_NETLINK, .nl_groups = GROUP_KERNEL };
	int size = BUFFER_BYTES;
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			NETLINK_KOBJECT_UEVENT);

	if (fd < 0) {
		error_errno(e, _("cannot listen to the kernel"));
		return -1;
	}
	/* FORCE needs rights that an ordinary PC's user lacks; a smaller one works too. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) != 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (bind(fd, (struct sockaddr *)&from, sizeof(from)) != 0) {
		error_errno(e, _("cannot listen to the kernel"));
		close(fd);
		return -1;
	}
	return fd;
}

enum uevent_result uevent_next(int fd, struct uevent *u)
{
	char bytes[UEVENT_MAX];

	for (;;) {
		struct sockaddr_nl from = { 0 };
		socklen_t size = sizeof(from);
		ssize_t n = recvfrom(fd, bytes, sizeof(bytes), 0, (struct sockaddr *)&from, &size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == ENOBUFS ? UEVENT_LOST : UEVENT_NONE;
		/* Only the kernel has port 0: programs may send here too. */
		if (from.nl_pid == 0 && uevent_parse(u, bytes, (size_t)n))
			return UEVENT_GOT;
	}
}
