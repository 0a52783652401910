/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_SUDOERS_H
#define TRIAGE_PARSE_SUDOERS_H

#include "triage/parse/lines.h"

/* /etc/sudoers and files of sudoers.d, sudoers(5): docs/formats/sudoers.md. */
#define SUDOERS_ENTRY_MAX 65536u  /* bytes of a line with those that it goes on in */
#define SUDOERS_COMMANDS_MAX 256u /* of one rule: who and where are handed out with each */

enum sudoers_kind {
	SUDOERS_RULE,     /* one command of it */
	SUDOERS_ALIAS,    /* name, value; `what` says of what */
	SUDOERS_DEFAULTS, /* name: "@host", ":user", "!command", ">user" for whom they are; value */
	SUDOERS_INCLUDE,  /* value: a file or a folder */
	SUDOERS_UNKNOWN,  /* value: all of it that was not handed out as commands of a rule */
};

struct sudoers_entry {
	enum sudoers_kind kind;
	uint64_t line, offset; /* where it begins */
	struct span users, hosts, command;
	struct span run_as_users, run_as_groups; /* absent: nothing is said, which is root */
	struct span options;                     /* and tags, that stand before this command */
	bool no_password;                        /* also by a tag of a command before */
	struct span what, name, value;
};

__attribute__((warn_unused_result)) bool
sudoers_parse(const struct partition_source *s, const struct parse_problems *problems,
	      bool (*each)(void *ctx, const struct sudoers_entry *x, struct error *e), void *ctx,
	      struct error *e);

#endif
