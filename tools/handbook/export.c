/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What leaves the stick is written down. */
#include "handbook/export.h"

#include <stdio.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/language.h"
#include "lib/base/text.h"
#include "lib/journal/journal.h"

void export_event(struct message *m, const char *form, const char *what, const char *to)
{
	message_start(m, "kind", "export");
	message_add(m, "form", form);
	message_add(m, "what", what);
	if (*to)
		message_add(m, "to", to);
}

void export_note(const char *form, const char *what, const char *to)
{
	struct journal j = JOURNAL_NONE;
	struct journal_receipt receipt;
	struct error e = { 0 };
	struct message m;
	char masked[3 * sizeof(e.text)];

	if (access(journal_folder(), F_OK) != 0)
		return;
	export_event(&m, form, what, to);
	if (!journal_connect(&j, &e) || !journal_append(&j, &m, &receipt, &e))
		fprintf(stderr, _("handbook: not entered in the journal: %s\n"),
			text_mask(masked, sizeof(masked), e.text));
	journal_close(&j);
}
