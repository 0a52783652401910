/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns of a kit's databases in words, for `kit diff`. */
#include <string.h>

#include "kit/diff.h"
#include "lib/base/language.h"

struct word {
	const char *name, *label;
};

/* Those whose name is no good word as it stands. */
static const struct word columns[] = {
	{ "a", N_("accountable") },
	{ "acknowledge_min", N_("minutes until acknowledged") },
	{ "after_id", N_("comes after") },
	{ "applies_if", N_("applies if") },
	{ "by_min", N_("due after minutes") },
	{ "c", N_("to be asked") },
	{ "caller_id", N_("caller") },
	{ "card", N_("is a card") },
	{ "chain_id", N_("call chain") },
	{ "checked_by", N_("checked by") },
	{ "checked_on", N_("checked on") },
	{ "consent_on", N_("consent given on") },
	{ "contract_number", N_("contract number") },
	{ "customer_number", N_("customer number") },
	{ "data_date", N_("date of the data") },
	{ "deadline_id", N_("deadline") },
	{ "delete_by", N_("to be deleted by") },
	{ "department_id", N_("department") },
	{ "depends_on", N_("dies with") },
	{ "detail", N_("explanation") },
	{ "device_id", N_("device") },
	{ "first_name", N_("first name") },
	{ "form_id", N_("form") },
	{ "full", N_("full width") },
	{ "head_id", N_("head") },
	{ "holder_id", N_("holder") },
	{ "i", N_("to be told") },
	{ "image_hash", N_("hash of the image") },
	{ "issued_on", N_("issued on") },
	{ "key_dates", N_("key dates") },
	{ "last_exercised", N_("last exercised") },
	{ "last_name", N_("last name") },
	{ "legal_basis", N_("legal basis") },
	{ "name_en", N_("English name") },
	{ "nr", N_("number in the order") },
	{ "organisation_id", N_("organisation") },
	{ "otherwise_id", N_("otherwise") },
	{ "parent_id", N_("belongs to") },
	{ "paper_copy", N_("paper copy") },
	{ "protected_key", N_("key of the protected tier") },
	{ "r", N_("responsible") },
	{ "recipient_id", N_("recipient") },
	{ "reported_on", N_("reported on") },
	{ "response_time", N_("response time") },
	{ "responsible_id", N_("responsible") },
	{ "review_by", N_("review by") },
	{ "role_id", N_("role") },
	{ "self_operated", N_("self-operated") },
	{ "starts_at", N_("starts at") },
	{ "strict_key", N_("key of the strict tier") },
	{ "support_end", N_("end of support") },
	{ "tier", N_("tier") },
	{ "to_time", N_("until") },
	{ "valid_from", N_("from") },
	{ "valid_to", N_("until") },
	{ "valid_until", N_("valid until") },
	{ "whom_id", N_("whom") },
	{ "whom_kind", N_("kind of whom") },
};

static const struct word channels[] = {
	{ "duty", N_("duty number") },
	{ "mobile_work", N_("work mobile") },
	{ "mobile_private", N_("private mobile") },
	{ "landline_work", N_("work telephone") },
	{ "landline_private", N_("private telephone") },
	{ "satellite", N_("satellite telephone") },
	{ "radio", N_("radio") },
	{ "pager", N_("pager") },
	{ "messenger", N_("messenger") },
	{ "fax", N_("fax") },
	{ "email_emergency", N_("emergency mail") },
	{ "email", N_("mail") },
	{ "web", N_("web") },
	{ "meeting_point", N_("meeting point") },
	{ "address", N_("address") },
};

static const char *find(const struct word *list, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i].name, name) == 0)
			return list[i].label;
	return name;
}

const char *diff_column_label(const char *column)
{
	return find(columns, sizeof(columns) / sizeof(columns[0]), column);
}

const char *diff_channel_label(const char *type)
{
	return find(channels, sizeof(channels) / sizeof(channels[0]), type);
}
