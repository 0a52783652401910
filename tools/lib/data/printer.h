/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DATA_PRINTER_H
#define LIB_DATA_PRINTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "lib/base/error.h"

/*
 * Sending a document to a network printer: raw TCP, port 9100 ("JetDirect", "AppSocket").
 * Whatever bytes arrive are printed. The printer is named by its address: there is nobody
 * here to look up a name. Needs no rights.
 */
#define PRINTER_PORT "9100"
#define PRINTER_CONNECT_MS 10000 /* until it answers */
#define PRINTER_CLOSE_MS 5000    /* until it closes after the last byte; some never do */

struct printer_address {
	struct sockaddr_storage address;
	socklen_t length;
	char words[80]; /* "192.0.2.17:9100", "[fe80::1%eth0]:9100" */
};

/* "192.0.2.17", "192.0.2.17:9100", "2001:db8::5", "[fe80::1%eth0]:9100". */
__attribute__((warn_unused_result))
bool printer_address_parse(const char *word, struct printer_address *a, struct error *e);

struct printer_job {
	int fd; /* -1: none is open */
	enum printer_state {
		PRINTER_CONNECTING,
		PRINTER_SENDING,
		PRINTER_CLOSING, /* all is sent, not all of it acknowledged */
		PRINTER_DONE,    /* the printer has all of it */
	} state;
	struct printer_address to;
	const char *bytes;
	size_t length, sent;
	int64_t since_ms;    /* when it last took something */
	bool hung_up;        /* it has nothing more to say */
	size_t waiting;      /* bytes sent but not acknowledged, when last looked at */
	int64_t patience_ms; /* how long it may take nothing */
};
#define PRINTER_JOB_NONE { .fd = -1 }

/* Begin to send `length` bytes, which stay the caller's until printer_end(). */
__attribute__((warn_unused_result))
bool printer_begin(struct printer_job *j, const struct printer_address *to, const char *bytes,
		   size_t length, int64_t patience_ms, struct error *e);

/* Go on for at most wait_ms; look at j->state and j->sent after it. False: the printer did
 * not answer, refused, took nothing for too long or closed too early; *e says which, and
 * how much it had. */
__attribute__((warn_unused_result))
bool printer_step(struct printer_job *j, int wait_ms, struct error *e);

void printer_end(struct printer_job *j); /* at any time; accepts the empty state */

#endif
