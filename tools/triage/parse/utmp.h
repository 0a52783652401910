/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_UTMP_H
#define TRIAGE_PARSE_UTMP_H

#include "triage/parse/parse.h"
#include "triage/parse/words.h"

/* Logins of Linux (docs/formats/utmp.md): utmp, wtmp, btmp, and lastlog, as x86 writes them, and with times of 64 bits
 * as arm64 does. */
#define UTMP_RECORD_BYTES 384u
#define UTMP_WIDE_RECORD_BYTES 400u
#define LASTLOG_RECORD_BYTES 292u
#define LASTLOG_WIDE_RECORD_BYTES 296u
#define UTMP_TYPE_MAX 9u
#define UTMP_BYTES_MAX (UINT64_C(4) << 30)

struct utmp_record {
	uint64_t number; /* from 0; of lastlog the user's number */
	uint16_t type;   /* above UTMP_TYPE_MAX: none that there is */
	int32_t pid, session;
	struct words terminal, terminal_id, user, host;
	int16_t termination, exit;
	int64_t seconds;        /* since 1970; those of 32 bits have no sign */
	uint32_t microseconds;  /* 0 if what stands there is none */
	const uint8_t *address; /* 16 bytes; an IPv4 one is in the first four. NULL: none */
};

/* Each record that is not empty. False from `each` ends it. False with e: nothing in it can be one. */
__attribute__((warn_unused_result))
bool utmp_read(const struct partition_source *s, bool is_lastlog,
	       bool (*each)(void *ctx, const struct utmp_record *r, struct error *e), void *ctx,
	       const struct parse_problems *problems, struct error *e);

#endif
