/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_AT_H
#define TRIAGE_PARSE_AT_H

#include "lib/base/text.h"
#include "triage/parse/lines.h"

/* Jobs of at(1) as it spools them: docs/formats/at.md. */
#define AT_TEXT_MAX (1u << 20) /* of the commands, and of the environment */

struct at_name {
	char queue;       /* 'a' ...; '=': it is being run */
	uint32_t number;  /* of the job */
	uint32_t minutes; /* since 1970: when it is due */
};

/* False: at gives no file such a name. */
bool at_name_parse(const char *name, struct at_name *n);

struct at_job {
	struct text uid, gid, mail_to, umask, directory; /* as they stand; NULL: not there */
	/* NAME=value, each with a line feed behind; one within a value has a quote on both sides, as at writes it */
	struct text environment;
	struct text commands; /* all that is no head */
};

/* Release it in either case. */
__attribute__((warn_unused_result)) bool at_job_read(const struct partition_source *s,
						     const struct parse_problems *problems,
						     struct at_job *j, struct error *e);
void at_job_release(struct at_job *j);

#endif
