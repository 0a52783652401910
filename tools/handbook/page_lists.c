/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the kit lists: plans, chains, deadlines, numbers. */
#include "handbook/pages.h"
#include "lib/base/language.h"

bool page_plans(struct pages *p)
{
	return page_pick(p, N_("All plans"), "", NULL,
			 "SELECT 'plan', plan_id, plan_id || '  ' || title, ifnull(occasion,'')"
			 " FROM plan ORDER BY card, plan_id");
}

bool page_chains(struct pages *p)
{
	return page_pick(p, N_("Call chains"),
			 N_("Who calls whom, in which order, and what to say. Write down each "
			    "call with its time."),
			 NULL,
			 "SELECT 'chain', chain_id, title, occasion FROM chain ORDER BY chain_id");
}

/* The first number of an owner, in the list beside its name. */
#define FIRST_NUMBER(kind, id)                                                                     \
	"ifnull((SELECT value FROM channel WHERE owner_kind = '" kind "' AND owner_id = " id       \
	" AND normal IS NOT NULL ORDER BY priority LIMIT 1), '')"
#define ORGANISATIONS(part, types)                                                                 \
	" SELECT " part ", 1, 'organisation', organisation_id, name, " FIRST_NUMBER(               \
		"organisation", "organisation_id") " FROM organisation WHERE type " types          \
						   " ('authority', 'police', 'supervisory')"

static const char numbers[] =
	"SELECT kind, id, label, detail FROM ("
	"SELECT 0 AS part, 0 AS line, '' AS kind, 0 AS id, '' AS label, '' AS detail UNION ALL"
	" SELECT 0, 1, 'role', role_id,"
	" CASE WHEN ?1 = 'en' THEN ifnull(name_en, name) ELSE name END, " FIRST_NUMBER(
		"role",
		"role_id") " FROM role UNION ALL"
			   " SELECT 1, 0, '', 1, '', '' UNION ALL" ORGANISATIONS(
				   "1",
				   "IN") " UNION ALL"
					 " SELECT 2, 0, '', 2, '', '' UNION ALL" ORGANISATIONS(
						 "2",
						 "NOT IN") ")"
							   " ORDER BY part, line, label COLLATE NOCASE, id";

bool page_numbers(struct pages *p)
{
	static const char *const headings[] = {
		N_("Functions"),
		N_("Authorities and police"),
		N_("Partners, suppliers, press"),
	};

	return page_pick(p, N_("Authorities and function numbers"), "", headings, numbers);
}
