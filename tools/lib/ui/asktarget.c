/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is this the disk that is meant? */
#include "lib/ui/asktarget.h"

#include <string.h>

#include "lib/base/language.h"
#include "lib/base/size.h"
#include "lib/base/text.h"

static bool show_content(struct target *t, struct partition_table *table, struct error *e)
{
	const struct partition_source source = target_source(t);
	char size[32], label[3 * PARTITION_LABEL_MAX];

	if (!partition_table_read(&source, table, e))
		return false;
	if (!table->count)
		fputs(_("  on it now: no partitions\n"), stderr);
	for (size_t i = 0; i < table->count; i++) {
		const struct partition *p = &table->list[i];

		fprintf(stderr, _("  on it now: %u: %s, %s %s \"%s\"\n"), p->number,
			size_words(size, sizeof(size), p->size_bytes), p->type,
			*p->content ? p->content : "-", text_mask(label, sizeof(label), p->label));
	}
	return true;
}

bool target_show(struct target *t, const char *warning, struct partition_table *table,
		 struct error *e)
{
	char size[32], path[512];

	fprintf(stderr, _("%s: %s, %s, serial number %s\n"), text_mask(path, sizeof(path), t->path),
		*t->model ? t->model
		: t->disk ? _("no model name")
			  : _("a file"),
		size_words(size, sizeof(size), t->size_bytes), *t->serial ? t->serial : "-");
	if (t->disk && !t->removable)
		fputs(warning, stderr);
	return show_content(t, table, e);
}

bool target_confirm(const struct target *t, const char *yes, FILE *answers, struct error *e)
{
	char typed[256] = "";

	if (yes)
		return target_meant(t, yes) ||
		       error_set(e, ERROR_USAGE,
				 _("--yes names another one than %s: the word asked for is %s"),
				 t->path, t->word);
	fprintf(stderr, _("Everything on it will be lost. To go on, type %s: "), t->word);
	if (!fgets(typed, sizeof(typed), answers))
		return error_set(e, ERROR_USAGE,
				 _("that is not what was asked for: nothing came, and nothing was "
				   "written. Without a terminal say --yes %s"),
				 t->word);
	typed[strcspn(typed, "\r\n")] = '\0';
	return target_meant(t, typed) ||
	       error_set(e, ERROR_USAGE, _("that is not what was asked for; nothing was written"));
}
