/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fields of histories of shells: docs/formats/shell_history.md. */
#include "triage/parse/history.h"

#include <stdlib.h>

#include "lib/base/language.h"
#include "triage/format.h"

static bool put(struct emit *o, const struct history_entry *entry, struct error *e)
{
	emit_begin(o, entry->shell == HISTORY_ZSH ? "shell:zsh:history" : "bash:history:entry");
	emit_says(o, entry->command, entry->len);
	if (entry->shell == HISTORY_PLAIN)
		emit_null(o, "written_time");
	else
		emit_unix(o, "written_time", entry->seconds, 0, 0, MOMENT_RUN);
	emit_text(o, "command", entry->command, entry->len);
	if (entry->shell == HISTORY_ZSH)
		emit_number(o, "elapsed_seconds", entry->elapsed_seconds);
	emit_number(o, "line_number", entry->line);
	return emit_end(o, e);
}

static bool run(const struct format_job *job, struct emit *o, struct error *e)
{
	struct history_entry entry;
	size_t len;
	uint8_t *bytes = format_whole(&job->inputs[0], HISTORY_BYTES_MAX, &len, e);
	bool ok = bytes;

	if (ok) {
		struct history h = history_begin(bytes, len);

		while (ok && history_next(&h, &entry))
			ok = put(o, &entry, e);
		text_release(&h.command);
	}
	free(bytes);
	return ok;
}

static const char *const columns[] = { "written_time", "command", "elapsed_seconds", "line_number",
				       NULL };

const struct format format_shell_history = {
	.name = "shell_history",
	.help = N_("what was typed into bash or zsh, with times where they are kept"),
	.columns = columns,
	.has_moments = true,
	.inputs_max = 1,
	.run = run,
};
