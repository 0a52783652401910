/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the kit lists: plans, chains, deadlines. */
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
