/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_UNIT_LIB_DESCRIPTORS_H
#define TESTS_UNIT_LIB_DESCRIPTORS_H

/* The broker's end of a socket; cmocka.h has to stand before this. */
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

/* One message, with a descriptor if it is not below 0. */
static inline void say(int fd, const char *bytes, size_t len, int descriptor)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec part = { (char *)(uintptr_t)bytes, len };
	struct msghdr h = { .msg_iov = &part, .msg_iovlen = 1 };

	if (descriptor >= 0) {
		h.msg_control = control;
		h.msg_controllen = sizeof(control);
		struct cmsghdr *c = CMSG_FIRSTHDR(&h);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &descriptor, sizeof(int));
	}
	assert_int_equal(sendmsg(fd, &h, 0), len);
}

#endif
