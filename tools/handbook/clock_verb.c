/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `handbook clock`: what time it is, how far that is confirmed, and confirming it. */
#include <stdio.h>
#include <string.h>

#include "handbook/desk.h"
#include "handbook/handbook.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/data/berlin.h"

struct confirmation {
	const char *time, *source, *author;
	bool as_json, dry_run;
};

static bool is_source(const char *name)
{
	const char *words, *source;

	for (size_t i = 0; (source = clock_source(i, &words)) != NULL; i++)
		if (strcmp(source, name) == 0)
			return true;
	return false;
}

static bool confirm(struct desk *d, const struct confirmation *o, struct error *e)
{
	int64_t wrong_ms, time_ms;
	struct clock *c = &d->book.clock;
	struct error why = { 0 };
	struct message event;

	if (!is_source(o->source ? o->source : ""))
		return error_set(e, ERROR_USAGE,
				 _("say what showed the time: --source watch, radio, phone, gps or "
				   "other"));
	if (!clock_typed(c, o->time, &time_ms, e))
		return false;
	wrong_ms = clock_pc_ms() - time_ms;
	clock_event(time_ms, o->source, o->author ? o->author : "", &event);
	if (!o->dry_run && !desk_can_record(d, e))
		return false;
	if (!o->dry_run && !desk_record(d, &event, e))
		return false;
	if (!o->dry_run && !clock_set_system(time_ms, &why))
		fprintf(stderr,
			_("handbook: the PC's own clock stays as it is (%s); times are "
			  "reckoned with the difference\n"),
			why.text);
	*c = (struct clock){
		.confirmed = true, .time_ms = time_ms, .up_ms = clock_up_ms(), .wrong_ms = wrong_ms
	};
	snprintf(c->source, sizeof(c->source), "%s", o->source);
	snprintf(c->author, sizeof(c->author), "%s", o->author ? o->author : "");
	return true;
}

static void show_json(const struct clock *c)
{
	struct json j = json_to(stdout);
	char words[BERLIN_WORDS];
	int64_t now_ms = clock_now_ms(c);

	json_object(&j, NULL);
	json_string(&j, "now", berlin_stamp(words, now_ms));
	json_number(&j, "now_ms", (uint64_t)now_ms);
	json_bool(&j, "confirmed", c->confirmed);
	json_string(&j, "source", c->confirmed ? c->source : NULL);
	if (c->confirmed) {
		json_number(&j, "pc_ahead_ms", (uint64_t)(c->wrong_ms > 0 ? c->wrong_ms : 0));
		json_number(&j, "pc_behind_ms", (uint64_t)(c->wrong_ms < 0 ? -c->wrong_ms : 0));
	}
	json_end(&j);
}

static void show_words(const struct clock *c)
{
	struct text out = { 0 };
	char words[BERLIN_WORDS], masked[512];

	clock_add_words(c, &out);
	printf("%s: %s\n", _("Now"), berlin_words(words, clock_now_ms(c)));
	printf("%s\n", text_mask(masked, sizeof(masked), text_end(&out)));
	text_release(&out);
}

int handbook_clock(int argc, char **argv)
{
	struct error e = { 0 };
	struct confirmation o = { 0 };
	const struct cli_option options[] = {
		{ "time", CLI_TEXT, &o.time, "TIME",
		  N_("what another clock shows now: 12:05, or with the day"), 0, 0 },
		{ "source", CLI_TEXT, &o.source, "CLOCK", N_("watch, radio, phone, gps or other"),
		  0, 0 },
		{ "author", CLI_TEXT, &o.author, "NAME", N_("who says so; sealed"), 0, 0 },
		{ "json", CLI_FLAG, &o.as_json, NULL, N_("print a JSON object"), 0, 0 },
		{ "n", CLI_FLAG, &o.dry_run, NULL, N_("only say what would be entered"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"handbook",
		"clock",
		"",
		N_("What time it is, and how far that is confirmed. With --time, enter it into the\n"
		   "journal: all times of this PC are then reckoned from it; what was entered before\n"
		   "is shown corrected and stays as it was."),
		options,
		0,
		0,
	};
	struct desk desk;

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("handbook", &e);
	if (desk_open(&desk, &e) && (!o.time || confirm(&desk, &o, &e)))
		(o.as_json ? show_json : show_words)(&desk.book.clock);
	desk_close(&desk);
	return e.kind ? report("handbook", &e) : 0;
}
