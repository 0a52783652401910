/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What only those may read who keep it locked away: people, duty, private numbers. */
#include <stdlib.h>
#include <string.h>

#include "kit/print.h"
#include "lib/base/language.h"
#include "lib/base/text.h"

/* What names somebody or something is printed in the part of its tier. */
static char tier_of(const struct print *pr, enum table_name table, const char *id)
{
	const struct record *r = print_find(pr, table, "id", id);
	char tier = r ? table_tier(&pr->s->tables[table], r) : '0';

	return tier < '1' ? '1' : tier;
}

/* Who holds a role: of roles.csv and holders.csv, each person once. */
struct holder {
	const char *person, *from, *to;
	long rank;
	size_t place; /* as the source has them */
};

struct holders {
	struct holder *list;
	size_t count, capacity;
};

static int by_holder(const void *a, const void *b)
{
	const struct holder *x = a, *y = b;

	return x->rank != y->rank ? (x->rank > y->rank) - (x->rank < y->rank)
				  : (x->place > y->place) - (x->place < y->place);
}

/* The holder with this person, who is new with a rank of 0. */
static struct holder *holder_at(struct holders *h, const char *person)
{
	for (size_t i = 0; i < h->count; i++)
		if (strcmp(h->list[i].person, person) == 0)
			return &h->list[i];
	mem_grow(&h->list, &h->capacity, h->count + 1, sizeof(*h->list));
	h->list[h->count] = (struct holder){ person, "", "", 0, h->count };
	return &h->list[h->count++];
}

/* As rows.c has them on the stick: the place in roles.csv is a rank, and a row of
 * holders.csv counts more; without a rank it comes last of those of its tier. */
static void find_holders(const struct print *pr, const struct record *role, struct holders *h)
{
	const struct table *t = &pr->s->tables[HOLDERS];
	const char *ids = print_cell(pr, ROLES, role, "holders");
	const char *id = print_cell(pr, ROLES, role, "id");

	for (long place = 1; *ids; place++) {
		size_t n = strcspn(ids, ",");

		holder_at(h, print_format(pr, "%.*s", (int)n, ids))->rank = place;
		ids += n + (ids[n] == ',');
	}
	for (size_t i = 0; i < t->count; i++) {
		const struct record *r = &t->records[i];
		const char *rank = table_get(t, r, "rank"), *person = table_get(t, r, "person");
		struct holder *at;
		long last = 0;

		if (strcmp(table_get(t, r, "role"), id) != 0)
			continue;
		for (size_t k = 0; k < h->count; k++)
			if (h->list[k].rank > last &&
			    tier_of(pr, PEOPLE, h->list[k].person) == tier_of(pr, PEOPLE, person))
				last = h->list[k].rank;
		at = holder_at(h, person);
		if (*rank)
			at->rank = strtol(rank, NULL, 10);
		else if (!at->rank)
			at->rank = last + 1;
		at->from = table_get(t, r, "from");
		at->to = table_get(t, r, "to");
	}
	if (h->count)
		qsort(h->list, h->count, sizeof(*h->list), by_holder);
}

/* "Name (1 Nov 2026 - ), Name": up to `tier`, the first one first. *highest is the highest
 * tier of them all, '0' if nobody holds it. */
static const char *holders_of(const struct print *pr, const struct record *role, char tier,
			      char *highest)
{
	struct holders h = { 0 };
	struct text out = { 0 };

	find_holders(pr, role, &h);
	*highest = '0';
	for (size_t i = 0; i < h.count; i++) {
		const struct holder *at = &h.list[i];
		char of = tier_of(pr, PEOPLE, at->person);

		*highest = of > *highest ? of : *highest;
		if (of > tier)
			continue;
		text_addf(&out, "%s%s", out.len ? ", " : "",
			  print_name(pr, KIT_PERSON, at->person));
		if (*at->from || *at->to)
			text_addf(&out, " (%s \u2013 %s)",
				  *at->from ? print_date(pr, at->from) : "",
				  *at->to ? print_date(pr, at->to) : "");
	}
	free(h.list);
	return print_keep(pr, &out);
}

/* In the strict part: those roles alone that somebody of the strict tier holds, too. */
static void print_holders(const struct print *pr, char tier)
{
	const struct paper_column columns[] = {
		{ _("Function"), 200, PAPER_BODY, PAPER_WORDS },
		{ _("Held by: the first one first"), 283, PAPER_BODY, PAPER_WORDS },
	};
	const struct table *t = &pr->s->tables[ROLES];
	bool open = false;

	for (size_t i = 0; i < t->count; i++) {
		char highest;
		const char *who = holders_of(pr, &t->records[i], tier, &highest);

		if (tier > '1' && highest != tier)
			continue;
		if (!open) {
			paper_heading(pr->p, 1, _("Who holds which function"),
				      tier == '1' ? "holders" : "holders2");
			paper_table(pr->p, columns, 2, PAPER_RULED);
		}
		open = true;
		const char *const cells[] = {
			print_name(pr, KIT_ROLE, table_get(t, &t->records[i], "id")),
			*who             ? who
			: highest > tier ? _("somebody of the strict part")
					 : _("nobody"),
		};

		paper_row(pr->p, cells, 0);
	}
	if (open)
		paper_table_end(pr->p);
}

static void print_roster(const struct print *pr, char tier)
{
	const struct paper_column columns[] = {
		{ _("Function"), 150, PAPER_NOTE, PAPER_WORDS },
		{ _("On duty"), 113, PAPER_STRONG, PAPER_WORDS },
		{ _("From"), 110, PAPER_NOTE, PAPER_WORDS },
		{ _("Until"), 110, PAPER_NOTE, PAPER_WORDS },
	};
	const struct table *t = &pr->s->tables[ROSTER];
	bool open = false;

	for (size_t i = 0; i < t->count; i++) {
		const struct record *r = &t->records[i];
		const char *const cells[] = {
			print_name(pr, KIT_ROLE, table_get(t, r, "role")),
			print_name(pr, KIT_PERSON, table_get(t, r, "person")),
			print_date(pr, table_get(t, r, "from")),
			print_date(pr, table_get(t, r, "to")),
		};

		if (tier_of(pr, PEOPLE, table_get(t, r, "person")) != tier)
			continue;
		if (!open) {
			paper_keep(pr->p);
			paper_heading(pr->p, 2, _("Duty roster"),
				      tier == '1' ? "roster" : "roster2");
			paper_table(pr->p, columns, 4, PAPER_RULED);
		}
		open = true;
		paper_row(pr->p, cells, 0);
		paper_loose(pr->p);
	}
	if (open)
		paper_table_end(pr->p);
}

/* The people whose own tier is at most `to` and who can be reached in it. */
static void print_contacts(const struct print *pr, const char *title, const char *key, char from,
			   char to)
{
	const struct paper_column columns[] = {
		{ _("Name, function"), 190, PAPER_BODY, PAPER_WORDS },
		{ _("How to reach them"), 190, PAPER_NOTE, PAPER_WORDS },
		{ _("Hours, checked"), 103, PAPER_NOTE, PAPER_WORDS },
	};
	const struct table *t = &pr->s->tables[PEOPLE];

	if (!t->count)
		return;
	paper_heading(pr->p, 1, title, key);
	paper_table(pr->p, columns, 3, PAPER_RULED);
	for (size_t i = 0; i < t->count; i++) {
		const struct record *r = &t->records[i];
		const char *id = table_get(t, r, "id"), *org = table_get(t, r, "organisation");
		const char *function = table_get(t, r, "function");
		const char *checked = table_get(t, r, "checked_on"), *cells[3];

		cells[1] = print_channels(pr, KIT_PERSON, id, from, to, false);
		if (table_tier(t, r) > to || !*cells[1])
			continue;
		cells[0] = print_format(pr, "**%s, %s**%s%s%s%s", table_get(t, r, "last_name"),
					table_get(t, r, "first_name"),
					*function ? "\n" PAPER_SMALL : "", function,
					*org ? "\n" PAPER_SMALL : "",
					*org ? print_name(pr, KIT_ORGANISATION, org) : "");
		cells[2] = print_format(pr, "%s%s%s%s", table_get(t, r, "hours"),
					*checked ? "\n" : "", *checked ? _("checked on ") : "",
					*checked ? print_date(pr, checked) : "");
		paper_row(pr->p, cells, 0);
	}
	paper_table_end(pr->p);
}

struct ranked {
	long rank;
	size_t at;
};

static int by_rank(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	return x->rank != y->rank ? (x->rank > y->rank) - (x->rank < y->rank)
				  : (x->at > y->at) - (x->at < y->at);
}

/* The records of a table by two numbers of theirs, the second may be NULL. */
static struct ranked *ranked(const struct table *t, const char *first, const char *second)
{
	struct ranked *list = mem_array(t->count + 1, sizeof(*list));

	for (size_t i = 0; i < t->count; i++) {
		const struct record *r = &t->records[i];

		list[i].rank = strtol(table_get(t, r, first), NULL, 10) * 100000;
		list[i].rank += second ? strtol(table_get(t, r, second), NULL, 10) : 0;
		list[i].at = i;
	}
	qsort(list, t->count, sizeof(*list), by_rank);
	return list;
}

static const char *hours_words(const struct print *pr, const char *label, const char *hours)
{
	return *hours ? print_format(pr, PAPER_SMALL "%s: %s h\n", label, hours) : "";
}

/* The systems of a process that may be named in this part. */
static const char *systems_of(const struct print *pr, const char *ids, char tier)
{
	struct text out = { 0 };

	while (*ids) {
		size_t n = strcspn(ids, ",");
		const char *id = print_format(pr, "%.*s", (int)n, ids);

		if (tier_of(pr, SYSTEMS, id) <= tier)
			text_addf(&out, "%s%s", out.len ? ", " : "",
				  print_name(pr, KIT_SYSTEM, id));
		ids += n + (ids[n] == ',');
	}
	return print_keep(pr, &out);
}

static void print_process(const struct print *pr, const struct record *r, char tier)
{
	const struct table *t = &pr->s->tables[PROCESSES];
	const char *department = table_get(t, r, "department"), *role = table_get(t, r, "role");
	const char *key_dates = table_get(t, r, "key_dates");
	const char *level = table_get(t, r, "emergency_level");
	const char *const cells[] = {
		table_get(t, r, "rank"),
		print_format(
			pr, "**%s**%s%s%s%s%s", table_get(t, r, "name"),
			*department ? "\n" PAPER_SMALL : "",
			print_name(pr, KIT_DEPARTMENT, department), *role ? "\n" PAPER_SMALL : "",
			*role ? print_name(pr, KIT_ROLE, role) : "",
			table_yes(t, r, "payment")
				? print_format(pr, "\n" PAPER_SMALL "**%s**", _("pays money out"))
				: ""),
		print_format(pr, "%s%s%s%s%s", print_words(pr, table_get(t, r, "substitute")),
			     *level ? "\n" PAPER_SMALL : "", level,
			     *key_dates ? "\n" PAPER_SMALL : "",
			     *key_dates ? print_format(pr, "%s: **%s**", _("Key dates"), key_dates)
					: ""),
		print_format(pr, "%s%s%s" PAPER_SMALL "%s",
			     hours_words(pr, _("at most down"), table_get(t, r, "mtpd_h")),
			     hours_words(pr, _("back after"), table_get(t, r, "rto_h")),
			     hours_words(pr, _("data lost at most"), table_get(t, r, "rpo_h")),
			     systems_of(pr, table_get(t, r, "systems"), tier)),
	};

	paper_row(pr->p, cells, 0);
}

static void print_processes(const struct print *pr, char tier)
{
	const struct paper_column columns[] = {
		{ _("Rank"), 34, PAPER_STRONG, PAPER_WORDS },
		{ _("Process"), 145, PAPER_BODY, PAPER_WORDS },
		{ _("How it is done by hand"), 184, PAPER_NOTE, PAPER_WORDS },
		{ _("Times, systems"), 120, PAPER_NOTE, PAPER_WORDS },
	};
	const struct table *t = &pr->s->tables[PROCESSES];
	struct ranked *order = ranked(t, "rank", NULL);
	bool open = false;

	for (size_t i = 0; i < t->count; i++) {
		const struct record *r = &t->records[order[i].at];

		if (table_tier(t, r) > tier)
			continue;
		if (!open) {
			paper_page(pr->p);
			paper_heading(pr->p, 1, _("Processes, the most urgent first"), "processes");
			paper_table(pr->p, columns, 4, PAPER_RULED);
		}
		open = true;
		print_process(pr, r, tier);
	}
	if (open)
		paper_table_end(pr->p);
	free(order);
}

static void print_waves(const struct print *pr, char tier)
{
	const struct paper_column columns[] = {
		{ "", 20, PAPER_BODY, PAPER_TICK },
		{ _("System"), 135, PAPER_BODY, PAPER_WORDS },
		{ _("First there must be"), 125, PAPER_NOTE, PAPER_WORDS },
		{ _("Test that proves it"), 133, PAPER_NOTE, PAPER_WORDS },
		{ _("Released: time, initials"), 70, PAPER_NOTE, PAPER_WORDS },
	};
	const struct table *t = &pr->s->tables[RESTART_WAVES];
	struct ranked *order = ranked(t, "wave", "nr");
	const char *wave = "";

	for (size_t i = 0; i < t->count; i++) {
		const struct record *r = &t->records[order[i].at];
		const char *role = table_get(t, r, "role"), *time = table_get(t, r, "duration_min");
		const char *cells[5] = { "x" };

		if (tier_of(pr, SYSTEMS, table_get(t, r, "system")) != tier)
			continue;
		if (!*wave) {
			paper_page(pr->p);
			paper_heading(pr->p, 1, _("Restart in waves"),
				      tier == '1' ? "waves" : "waves2");
		}
		if (strcmp(table_get(t, r, "wave"), wave) != 0) {
			if (*wave)
				paper_table_end(pr->p);
			wave = table_get(t, r, "wave");
			paper_keep(pr->p);
			paper_heading(pr->p, 2, print_format(pr, _("Wave %s"), wave), NULL);
			paper_table(pr->p, columns, 5, PAPER_RULED);
		}
		cells[1] = print_format(pr, "**%s**%s%s%s%s",
					print_name(pr, KIT_SYSTEM, table_get(t, r, "system")),
					*role ? "\n" PAPER_SMALL : "",
					*role ? print_name(pr, KIT_ROLE, role) : "",
					*time ? "\n" PAPER_SMALL : "", print_minutes(pr, time));
		cells[2] = print_words(pr, table_get(t, r, "precondition"));
		cells[3] = print_words(pr, table_get(t, r, "test"));
		cells[4] = NULL;
		paper_row(pr->p, cells, 34);
		paper_loose(pr->p);
	}
	if (*wave)
		paper_table_end(pr->p);
	free(order);
}

static void print_contracts(const struct print *pr, char tier)
{
	const struct paper_column columns[] = {
		{ _("Contract"), 175, PAPER_BODY, PAPER_WORDS },
		{ _("Numbers"), 150, PAPER_NOTE, PAPER_WORDS },
		{ _("Who may order, how fast"), 158, PAPER_NOTE, PAPER_WORDS },
	};
	const struct table *t = &pr->s->tables[CONTRACTS];
	bool open = false;

	for (size_t i = 0; i < t->count; i++) {
		const struct record *r = &t->records[i];
		const char *note = table_get(t, r, "note"), *until = table_get(t, r, "until");
		const char *org = table_get(t, r, "organisation"), *cells[3];

		if (table_tier(t, r) != tier)
			continue;
		if (!open) {
			paper_keep(pr->p);
			paper_heading(pr->p, 1, _("Contracts"),
				      print_format(pr, "contracts%c", tier));
			paper_table(pr->p, columns, 3, PAPER_RULED);
		}
		open = true;
		cells[0] = print_format(pr, "**%s**\n%s\n" PAPER_SMALL "%s",
					print_name(pr, KIT_ORGANISATION, org),
					table_get(t, r, "subject"),
					print_number(pr, KIT_ORGANISATION, org));
		cells[1] = print_format(
			pr, "%s: **%s**\n%s: **%s**%s%s", _("contract"),
			table_get(t, r, "contract_number"), _("customer"),
			table_get(t, r, "customer_number"), *until ? "\n" : "",
			*until ? print_format(pr, _("until %s"), print_date(pr, until)) : "");
		cells[2] = print_format(pr, "%s\n%s%s%s", table_get(t, r, "may_order"),
					table_get(t, r, "response_time"), *note ? "\n" : "",
					print_words(pr, note));
		paper_row(pr->p, cells, 0);
		paper_loose(pr->p);
	}
	if (open)
		paper_table_end(pr->p);
}

void print_protected(const struct print *pr)
{
	paper_page(pr->p);
	paper_banner(pr->p, _("PROTECTED"),
		     _("People and their numbers. Keep this part locked away, hand it to nobody."));
	paper_section(pr->p, _("Protected part"));
	print_holders(pr, '1');
	print_roster(pr, '1');
	paper_page(pr->p);
	print_contacts(pr, _("People: work numbers"), "people", '0', '1');
	print_organisations(pr, '1');
	paper_section(pr->p, _("Protected part"));
	print_contracts(pr, '1');
	print_processes(pr, '1');
	print_waves(pr, '1');
	print_forms(pr, '1');
}

void print_strict(const struct print *pr)
{
	paper_page(pr->p);
	paper_banner(pr->p, _("STRICT"),
		     _("Private numbers and contracts. Keep in a sealed envelope in the safe."));
	paper_section(pr->p, _("Strict part"));
	print_holders(pr, '2');
	print_roster(pr, '2');
	print_contacts(pr, _("People: private numbers"), "private", '2', '2');
	print_organisations(pr, '2');
	paper_section(pr->p, _("Strict part"));
	print_contracts(pr, '2');
	print_waves(pr, '2');
	print_forms(pr, '2');
}
