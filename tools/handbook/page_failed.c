/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "What has failed?": a list to tick; what is ticked, and what needs it, is dead everywhere. */
#include <stdlib.h>

#include "handbook/lock.h"
#include "lib/base/language.h"

#define REFRESH_MS 2000 /* another console may tick too */

/* In words: a colour or a mark would say it to some only. */
static const char *state_of(const struct outage *o, const struct outage_system *s, struct arena *m)
{
	struct text words = { 0 };
	const char *kept;

	outage_add_state(o, s, &words);
	kept = arena_string(m, text_end(&words));
	text_release(&words);
	return kept;
}

/* The systems with a name, and those that an event names: the entries, by index. */
static size_t fill(const struct outage *o, struct ui_item *items, size_t *systems, struct arena *m)
{
	size_t count = 0;

	for (size_t i = 0; i < o->count; i++) {
		const struct outage_system *s = &o->systems[i];

		if (!*s->name && !s->failed)
			continue;
		systems[count] = i;
		items[count++] = (struct ui_item){
			.label = *s->name ? s->name : s->id,
			.detail = state_of(o, s, m),
		};
	}
	return count;
}

static void toggle(struct pages *p, const struct outage_system *s)
{
	char *id = mem_string(s->id); /* the view may be read anew, and the list with it */
	bool failed = !s->failed;
	struct message m;

	message_start(&m, "kind", "system");
	message_add(&m, "system", id);
	message_add(&m, "state", failed ? "failed" : "works");
	(void)!pages_record(p, &m);
	/* Also where nothing is recorded: numbers that are dead must not look alive. */
	outage_set(&p->book.outage, id, failed);
	free(id);
}

bool page_failed(struct pages *p)
{
	enum ui_result r = UI_REDRAW;
	size_t selected = 0;

	while (r != UI_BACK && r != UI_CLOSED) {
		const struct outage *o = &p->book.outage;
		struct ui_item *items = mem_array(o->count + 1, sizeof(*items));
		size_t *systems = mem_array(o->count + 1, sizeof(*systems));
		struct arena memory = { 0 };
		const struct ui_list list = {
			.title = _("What has failed?"),
			.intro =
				_("Choose what does not work; choose it again when it works. What "
				  "needs it is dead with it, and numbers that are dead stand last, "
				  "everywhere."),
			.items = items,
			.count = fill(o, items, systems, &memory),
			.footer = can_unlock(p) ? _("More systems, and what needs what, may be in "
						    "the protected part.")
						: "",
			.refresh_ms = REFRESH_MS,
		};

		pages_frame(p);
		r = ui_list(p->ui, &list, &selected);
		if (r == UI_CHOSEN && selected < list.count)
			toggle(p, &o->systems[systems[selected]]);
		free(items);
		free(systems);
		arena_release(&memory);
	}
	return r != UI_CLOSED;
}
