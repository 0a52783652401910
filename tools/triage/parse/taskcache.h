/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_TASKCACHE_H
#define TRIAGE_PARSE_TASKCACHE_H

#include "lib/base/reader.h"
#include "triage/parse/regf.h"

/* Scheduled tasks as the registry has them: docs/formats/taskcache.md. */
struct taskcache_times { /* FILETIME; 0: never */
	uint64_t created, last_run, last_ended;
	uint32_t last_result; /* of the task */
	bool has_ended;       /* Windows 8 and later */
};
/* The value DynamicInfo. False: it is of no form that is known. */
__attribute__((warn_unused_result)) bool taskcache_times(struct regf_bytes b,
							 struct taskcache_times *t);

enum taskcache_kind {
	TASKCACHE_EXEC = 0x6666,
	TASKCACHE_COM = 0x7777,
	TASKCACHE_MAIL = 0x8888,
	TASKCACHE_MESSAGE = 0x9999,
};

enum taskcache_mail {
	TASKCACHE_FROM,
	TASKCACHE_TO,
	TASKCACHE_CC,
	TASKCACHE_BCC,
	TASKCACHE_REPLY_TO,
	TASKCACHE_SERVER,
	TASKCACHE_SUBJECT,
	TASKCACHE_BODY,
	TASKCACHE_MAIL_TEXTS,
};

struct taskcache_action {
	enum taskcache_kind kind;
	struct regf_text id;
	struct regf_text command, arguments, folder; /* TASKCACHE_EXEC */
	const uint8_t *class_id;                     /* TASKCACHE_COM */
	struct regf_text data;
	struct regf_text title, body;                /* TASKCACHE_MESSAGE */
	struct regf_text mail[TASKCACHE_MAIL_TEXTS]; /* TASKCACHE_MAIL */
	struct reader attachments, headers; /* for taskcache_string(); a name, its text, ... */
	uint32_t attachment_count, header_count;
};

/* The value Actions, one after another. */
struct taskcache_actions {
	struct reader r;
	unsigned version;
	struct regf_text context; /* who runs them: "LocalSystem", "Author" */
	bool damaged;             /* what is left could not be read */
};
__attribute__((warn_unused_result)) bool taskcache_actions(struct regf_bytes b,
							   struct taskcache_actions *a);
/* False: there are no more, or (a->damaged) none that can be read. */
bool taskcache_next(struct taskcache_actions *a, struct taskcache_action *action);
/* The next string: of no bytes where there is none. */
struct regf_text taskcache_string(struct reader *r);

#endif
