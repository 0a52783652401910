/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BROKER_CLIENTS_H
#define BROKER_CLIENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/data/message.h"

#define CLIENTS_MAX 32
#define CLIENT_STALL_MS 5000

/* What a client may hold open until it says that it is done, or leaves. */
enum client_use { USE_DATA, USE_MEDIUM, CLIENT_USES };

struct client_volume {
	bool waits, uses;
	bool leaves; /* is done, and hears of it once it is unmounted */
	bool lost;   /* the disk went while this one could write to it: said when it is done */
	const char *folder; /* below its top, or "" */
	uint64_t disk;      /* of a medium: which */
	unsigned partition;
	bool writes; /* of a medium: else it is only read */
};

/*
 * The connections. Nothing here ever waits for a client: answers are queued and
 * sent as far as the client reads.
 */
struct client {
	uint64_t id;
	int fd;
	uid_t uid;    /* the kernel's word on who it is; (uid_t)-1 unknown */
	bool waiting; /* a job works on its answer */
	bool leaving; /* close once the queue is empty */
	struct client_volume volume[CLIENT_USES];
	struct text queue;  /* messages, each behind its length in two bytes */
	size_t sent;        /* bytes of queue that are out */
	int descriptor;     /* goes with the first queued message; -1 none; owned */
	int64_t stalled_ms; /* since when it does not read; 0 it does */
};

struct clients {
	struct client list[CLIENTS_MAX];
	size_t count;
	uint64_t last_id;
};

/* The listening socket: it appears under its name when it can be connected to.
 * gid: its group, or -1 to leave it. -1 with e on failure. */
int clients_listen(const char *path, long gid, struct error *e);

void clients_accept(struct clients *c, int listening);
struct client *clients_by_id(struct clients *c, uint64_t id); /* NULL once it left */

enum client_input { CLIENT_REQUEST, CLIENT_NOTHING, CLIENT_LEFT, CLIENT_TOO_LONG };

/* Its next datagram into buf of MESSAGE_MAX bytes. */
enum client_input client_receive(struct client *k, char *buf, size_t *len);

void client_queue(struct client *k, const struct message *m);

/* As client_queue, with a descriptor, which is taken over. */
void client_queue_with(struct client *k, const struct message *m, int descriptor);

/* A `type=error`. `text` is a message id, `about` may be "". */
void client_refuse(struct client *k, const char *text, const char *about);

bool client_has_queue(const struct client *k);

/* Send what it will take; false if it is gone. */
bool client_flush(struct client *k);

void clients_drop(struct clients *c, size_t i);
void clients_release(struct clients *c);

#endif
