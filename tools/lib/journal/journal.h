/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_JOURNAL_JOURNAL_H
#define LIB_JOURNAL_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/crypto/words.h"
#include "lib/data/message.h"

/*
 * A client of the journal's one writer (docs/formats/journal.md). Every call asks and
 * waits for the answer; "no" is an error in the writer's words, translated.
 *
 * An event is a message whose first key is its kind:
 *
 *     struct message m;
 *     message_start(&m, "kind", "step");
 *     message_add(&m, "plan", "P01");
 *     message_add_number(&m, "nr", 6);
 *     message_add(&m, "state", "done");
 *     ok = journal_append(&j, &m, &receipt, e);
 *
 * Which of its keys are readable without a passphrase and which are sealed, the
 * writer decides by the format's table.
 */
struct journal {
	int fd; /* -1 without a connection */
};
#define JOURNAL_NONE { .fd = -1 }

#define JOURNAL_FOLDER "/run/journal" /* BLACKSTART_JOURNAL names another one */
#define JOURNAL_SOCKET "journal.socket"

/* The run folder: where all chains lie as files, and the writer's socket. */
const char *journal_folder(void);

/* What became of an event. */
struct journal_receipt {
	char boot[33]; /* 32 hexadecimal digits */
	uint64_t sequence;
	bool stored;   /* on the stick; else in memory only, and every page says so */
	char why[256]; /* where it is not stored: the reason, translated */
};

struct journal_status {
	char boot[33];
	uint64_t entries;   /* records of this boot */
	uint64_t total;     /* records of all chains */
	uint64_t waiting;   /* records in memory only */
	bool stored;        /* the stick takes records now */
	char why[256];      /* why not, translated */
	struct digest head; /* of this boot's chain */
};

__attribute__((warn_unused_result))
bool journal_connect(struct journal *j, struct error *e);
void journal_close(struct journal *j);

__attribute__((warn_unused_result))
bool journal_append(struct journal *j, const struct message *event, struct journal_receipt *r,
		    struct error *e);

__attribute__((warn_unused_result))
bool journal_ask_status(struct journal *j, struct journal_status *s, struct error *e);

/* What became of a folder whose chains the writer was to take over. */
struct journal_merged {
	uint64_t added;  /* records */
	uint64_t chains; /* that changed */
	uint64_t refused, forked, damaged;
};

/* `folder` is one that the writer can open, by its whole path. */
__attribute__((warn_unused_result))
bool journal_ask_merge(struct journal *j, const char *folder, struct journal_merged *m,
		       struct error *e);

/* Any question whose answer has the type `wanted`: what the calls above are made of. Without
 * an answer the connection is closed; the next question needs another one. */
__attribute__((warn_unused_result))
bool journal_ask(struct journal *j, const struct message *question, const char *wanted,
		 struct message *answer, struct error *e);

#endif
