/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kit as a thing: its age, what was handed out, and what lies beside the plans. */
#include <stdlib.h>
#include <string.h>

#include "kit/check.h"
#include "lib/base/language.h"

static void check_conf(struct check *c)
{
	static const char file[] = "kit.conf";
	struct findings *f = &c->s->findings;
	const struct conf *conf = &c->s->conf;
	int64_t days;

	if (check_age(c, conf->valid_until ? conf->valid_until : "", &days) && days > 0)
		findings_rule(f, WARNING, "kit-expired", file, 0,
			      _("the kit was valid until %s; review it and make a new version"),
			      conf->valid_until);
	else if (check_age(c, conf->review_by ? conf->review_by : "", &days) && days > 0)
		findings_rule(f, WARNING, "kit-review", file, 0,
			      _("the kit was to be reviewed by %s; do it and make a new version"),
			      conf->review_by);
	if (check_age(c, conf->data_date ? conf->data_date : "", &days) && days < 0)
		findings_rule(f, WARNING, "date-ahead", file, 0,
			      _("data_date is %s, which is still to come; correct the date"),
			      conf->data_date);
}

static void check_contracts(struct check *c)
{
	const struct table *t = &c->s->tables[CONTRACTS];

	for (size_t i = 0; i < t->count; i++) {
		const struct record *r = &t->records[i];
		const char *until = table_get(t, r, "until");
		int64_t days;

		if (check_age(c, until, &days) && days > 0)
			check_say(c, WARNING, "contract-ended", r,
				  _("the contract '%s' ended on %s; renew it and enter the new "
				    "date, or take it out"),
				  table_get(t, r, "id"), until);
	}
}

static void check_lost(struct check *c, const struct record *r, const char *id)
{
	const char *theirs = check_cell(c, ISSUED, r, "kit_version");
	const char *ours = c->s->conf.version ? c->s->conf.version : "";

	if (*theirs && strtoul(theirs, NULL, 10) < strtoul(ours, NULL, 10))
		return;
	check_say(c, WARNING, "stick-lost", r,
		  _("'%s' is lost and holds this version of the kit; change the keys, raise "
		    "version in kit.conf and hand out new ones"),
		  id);
}

static void check_issued(struct check *c)
{
	const struct table *t = &c->s->tables[ISSUED];

	for (size_t i = 0; i < t->count; i++) {
		const struct record *r = &t->records[i];
		const char *id = table_get(t, r, "id"), *status = table_get(t, r, "status");
		const char *seen = table_get(t, r, "reported_on");
		int64_t days;

		if (!*seen)
			seen = table_get(t, r, "issued_on");
		if (strcmp(status, "lost") == 0)
			check_lost(c, r, id);
		else if (*status && strcmp(status, "active") != 0)
			continue;
		else if (!check_age(c, seen, &days))
			check_say(c, WARNING, "issued-unseen", r,
				  _("nobody entered when '%s' was handed out or seen; ask its "
				    "holder and enter reported_on"),
				  id);
		else if (days > CHECK_ISSUED_DAYS)
			check_say(c, WARNING, "issued-unseen", r,
				  _("'%s' was last seen on %s; ask its holder and enter "
				    "reported_on"),
				  id, seen);
	}
}

static void check_devices(struct check *c)
{
	const struct table *t = &c->s->tables[DEVICES], *keys = &c->s->tables[RECOVERY_KEYS];

	for (size_t i = 0; i < t->count; i++)
		if (strcmp(table_get(t, &t->records[i], "class"), "retention_hold") == 0 &&
		    !*table_get(t, &t->records[i], "hold_reason"))
			check_say(c, WARNING, "hold-without-reason", &t->records[i],
				  _("'%s' must be kept as it is, but nobody says why; fill in "
				    "hold_reason"),
				  table_get(t, &t->records[i], "id"));
	for (size_t i = 0; i < keys->count; i++)
		if (!*table_get(keys, &keys->records[i], "device"))
			check_say(c, WARNING, "key-without-device", &keys->records[i],
				  _("the recovery key %s belongs to no device; fill in device"),
				  table_get(keys, &keys->records[i], "key_id"));
}

/* What the records of one table name of a kind, in cells and in links. */
static void collect_named(struct check *c, enum table_name n, enum kit_kind kind, struct words *out)
{
	const struct table *t = &c->s->tables[n];

	for (size_t i = 0; i < t->count; i++)
		for (size_t k = 0; t->layout->columns[k].key; k++) {
			const struct column *column = &t->layout->columns[k];
			const char *at = t->records[i].cells[k];
			const char *id = check_of_kind(at, kind); /* one of several kinds */
			struct kit_link link;

			if (column->type == CELL_REF && *at && (id || !strchr(column->of, ' ')) &&
			    (id || strcmp(column->of, kit_kind_name(kind)) == 0))
				words_add(out, id ? id : at);
			if (column->type != CELL_TEXT)
				continue;
			for (; kit_link_next(at, &link); at += link.before + link.length)
				if (link.kind == kind)
					words_add(out, arena_string_n(&c->s->memory, link.id,
								      link.id_len));
		}
}

/* Whoever a plan, a call or a deadline sends people to must have a number. */
static void check_called(struct check *c)
{
	static const enum table_name sending[] = { PHASES, STEPS, NODES, DEADLINES };
	const struct table *t = &c->s->tables[ORGANISATIONS];
	struct words called = { 0 };

	for (size_t i = 0; i < sizeof(sending) / sizeof(sending[0]); i++)
		collect_named(c, sending[i], KIT_ORGANISATION, &called);
	words_sort(&called);
	for (size_t i = 0; i < t->count; i++) {
		const char *id = table_get(t, &t->records[i], "id");

		if (words_have(&called, id) && !check_reach(c, ORGANISATIONS, &t->records[i]).ways)
			check_say(c, WARNING, "organisation-without-number", &t->records[i],
				  _("a plan, a call or a deadline leads to '%s', and there is no "
				    "way to reach it; enter a number"),
				  id);
	}
	words_release(&called);
}

static void check_forms(struct check *c)
{
	const struct table *t = &c->s->tables[FORMS];
	struct words linked = { 0 };

	for (enum table_name n = 0; t->count && n < TABLES; n++)
		collect_named(c, n, KIT_FORM, &linked);
	words_sort(&linked);
	for (size_t i = 0; i < t->count; i++) {
		const char *id = table_get(t, &t->records[i], "id");

		if (!words_have(&linked, id))
			check_say(
				c, WARNING, "form-unused", &t->records[i],
				_("nothing leads to the form '%s'; name it at a step (form=%s) or "
				  "a deadline"),
				id, id);
	}
	words_release(&linked);
}

void check_stock(struct check *c)
{
	check_conf(c);
	check_contracts(c);
	check_issued(c);
	check_devices(c);
	check_forms(c);
	check_called(c);
}
