/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Channels as lines of a page: what works where it belongs, what is dead at its end. */
#include <string.h>

#include "handbook/show.h"
#include "lib/base/language.h"
#include "lib/ui/dial.h"

#define LABEL_WIDEST 22u /* columns; one that is longer stands out of its column */

static void add_value(const struct channel *c, struct text *out)
{
	if (*c->normal)
		dial_add(out, c->value);
	else
		text_add(out, c->value);
}

/* "  telephone:  +49 69 900 090 22", what else is to be known below it. */
static void add_channel(const struct channel *c, size_t widest, const char *hours,
			const char *checked, struct text *out)
{
	const char *label = book_channel_label(c->type);
	size_t column = widest + 5, w = text_width(label);

	text_addf(out, "  %s:%*s", label, (int)(w < widest ? widest - w + 2 : 2), "");
	add_value(c, out);
	if (*c->hours && strcmp(c->hours, hours) != 0)
		text_addf(out, "  (%s)", c->hours);
	text_add(out, "\n");
	if (*c->system && !c->dead) {
		text_addf(out, "%*s", (int)column, "");
		text_addf(out, _("dead if this has failed: %s\n"), c->system);
	}
	if (*c->note)
		text_addf(out, "%*s%s\n", (int)column, "", c->note);
	if (*c->checked_on && strcmp(c->checked_on, checked) != 0) {
		text_addf(out, "%*s%s: ", (int)column, "", _("checked"));
		book_add_date(c->checked_on, out);
		text_add(out, "\n");
	}
}

static bool is_shown(const struct channel *c, enum kit_kind owner, const char *id)
{
	return !c->dead && c->owner_kind == owner && strcmp(c->owner_id, id) == 0;
}

/* Before they are shown: the widest label, and the hours if all have the same. */
static size_t look(const struct channels *list, enum kit_kind owner, const char *id, size_t *widest,
		   const char **hours)
{
	size_t count = 0;
	bool same = true;

	*widest = 0;
	*hours = "";
	for (size_t i = 0; i < list->count; i++) {
		const struct channel *c = &list->items[i];
		size_t w = text_width(book_channel_label(c->type));

		if (!is_shown(c, owner, id))
			continue;
		*widest = w > *widest && w <= LABEL_WIDEST ? w : *widest;
		if (count++ == 0)
			*hours = c->hours;
		same = same && strcmp(*hours, c->hours) == 0;
	}
	if (!same || count < 2)
		*hours = "";
	return count;
}

void show_channels(struct book *b, const struct channels *list, enum kit_kind owner, const char *id,
		   const char *known, const char *checked, struct text *out)
{
	const char *hours;
	size_t widest;

	if (look(list, owner, id, &widest, &hours) == 0)
		return;
	text_addf(out, "\n# %s\n", _("How to reach"));
	if (strcmp(hours, known) != 0)
		show_fact(b, out, _("Hours"), hours);
	if (!*hours)
		hours = known;
	for (size_t i = 0; i < list->count; i++)
		if (is_shown(&list->items[i], owner, id))
			add_channel(&list->items[i], widest, hours, checked, out);
}

void show_dead(struct book *b, const struct channels *list, struct text *out)
{
	bool any = false;

	for (size_t i = 0; i < list->count; i++) {
		const struct channel *c = &list->items[i];

		if (!c->dead)
			continue;
		if (!any)
			text_addf(out, "\n# %s\n", _("Dead now"));
		any = true;
		text_add(out, "- ");
		book_add_name(b, c->owner_kind, c->owner_id, out);
		text_addf(out, ", %s: ", book_channel_label(c->type));
		add_value(c, out);
		text_addf(out, ". %s.\n", c->why);
	}
}

void show_first(const struct channels *list, enum kit_kind owner, const char *id, struct text *out)
{
	bool dead = false;

	for (size_t i = 0; i < list->count; i++) {
		const struct channel *c = &list->items[i];

		if (!*c->normal || c->owner_kind != owner || strcmp(c->owner_id, id) != 0)
			continue;
		if (!c->dead) {
			text_add(out, ", ");
			dial_add(out, c->value);
			return;
		}
		dead = true;
	}
	if (dead)
		text_addf(out, ", %s", _("no number works now"));
}
