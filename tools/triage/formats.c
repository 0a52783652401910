/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The formats that `triage parse` knows, and what their readers share. */
#include "triage/format.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"

extern const struct format format_amcache;
extern const struct format format_at;
extern const struct format format_authorized_keys;
extern const struct format format_bam;
extern const struct format format_bcd;
extern const struct format format_cron;
extern const struct format format_cron_user;
extern const struct format format_detection_history;
extern const struct format format_e01;
extern const struct format format_efivars;
extern const struct format format_evtx;
extern const struct format format_group;
extern const struct format format_gshadow;
extern const struct format format_journald;
extern const struct format format_jumplist;
extern const struct format format_lnk;
extern const struct format format_logfile;
extern const struct format format_mft;
extern const struct format format_mplog;
extern const struct format format_passwd;
extern const struct format format_pe;
extern const struct format format_prefetch;
extern const struct format format_quarantine;
extern const struct format format_recycle;
extern const struct format format_registry;
extern const struct format format_shadow;
extern const struct format format_shell_history;
extern const struct format format_shimcache;
extern const struct format format_sudoers;
extern const struct format format_syslog;
extern const struct format format_systemd_unit;
extern const struct format format_task;
extern const struct format format_taskcache;
extern const struct format format_userassist;
extern const struct format format_usn;
extern const struct format format_utmp;
extern const struct format format_wmi;

/* One a line, in the order of their names. */
/* clang-format off */
const struct format *const formats[] = {
	&format_amcache,
	&format_at,
	&format_authorized_keys,
	&format_bam,
	&format_bcd,
	&format_cron,
	&format_cron_user,
	&format_detection_history,
	&format_e01,
	&format_efivars,
	&format_evtx,
	&format_group,
	&format_gshadow,
	&format_journald,
	&format_jumplist,
	&format_lnk,
	&format_logfile,
	&format_mft,
	&format_mplog,
	&format_passwd,
	&format_pe,
	&format_prefetch,
	&format_quarantine,
	&format_recycle,
	&format_registry,
	&format_shadow,
	&format_shell_history,
	&format_shimcache,
	&format_sudoers,
	&format_syslog,
	&format_systemd_unit,
	&format_task,
	&format_taskcache,
	&format_userassist,
	&format_usn,
	&format_utmp,
	&format_wmi,
	NULL,
};
/* clang-format on */

const struct format *format_find(const char *name)
{
	for (size_t i = 0; formats[i]; i++)
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
	return NULL;
}

uint8_t *format_whole(const struct partition_source *s, size_t max, size_t *len, struct error *e)
{
	if (s->size_bytes > max) {
		error_set(e, ERROR_UNTRUSTED,
			  _("it has %llu bytes, more than the %zu that such a file can have"),
			  s->size_bytes + 0ULL, max);
		return NULL;
	}
	uint8_t *bytes = mem_alloc((size_t)s->size_bytes);

	*len = (size_t)s->size_bytes;
	if (*len && !partition_source_read(s, 0, bytes, *len, e)) {
		free(bytes);
		return NULL;
	}
	return bytes;
}
