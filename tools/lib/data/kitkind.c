/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of the kinds of things in a kit, and links between them. */
#include "lib/data/kitkind.h"

#include <string.h>

#include "lib/base/language.h"

static const struct {
	const char *name;
	enum kit_kind kind;
} words[] = {
	{ "role", KIT_ROLE },
	{ "rolle", KIT_ROLE },
	{ "organisation", KIT_ORGANISATION },
	{ "org", KIT_ORGANISATION },
	{ "organization", KIT_ORGANISATION },
	{ "plan", KIT_PLAN },
	{ "card", KIT_PLAN },
	{ "karte", KIT_PLAN },
	{ "step", KIT_STEP },
	{ "schritt", KIT_STEP },
	{ "chain", KIT_CHAIN },
	{ "kette", KIT_CHAIN },
	{ "alarmkette", KIT_CHAIN },
	{ "node", KIT_NODE },
	{ "knoten", KIT_NODE },
	{ "deadline", KIT_DEADLINE },
	{ "frist", KIT_DEADLINE },
	{ "system", KIT_SYSTEM },
	{ "person", KIT_PERSON },
	{ "department", KIT_DEPARTMENT },
	{ "amt", KIT_DEPARTMENT },
	{ "dienststelle", KIT_DEPARTMENT },
	{ "process", KIT_PROCESS },
	{ "prozess", KIT_PROCESS },
	{ "device", KIT_DEVICE },
	{ "geraet", KIT_DEVICE },
	{ "document", KIT_DOCUMENT },
	{ "dokument", KIT_DOCUMENT },
	{ "form", KIT_FORM },
	{ "formular", KIT_FORM },
};

enum kit_kind kit_kind_parse(const char *s, size_t n)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i].name) == n && memcmp(words[i].name, s, n) == 0)
			return words[i].kind;
	return KIT_NONE;
}

const char *kit_kind_name(enum kit_kind kind)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i].kind == kind)
			return words[i].name;
	return "";
}

const char *kit_kind_label(enum kit_kind kind)
{
	switch (kind) {
	case KIT_ROLE:
		return _("Role");
	case KIT_ORGANISATION:
		return _("Organisation");
	case KIT_PLAN:
		return _("Plan");
	case KIT_STEP:
		return _("Step");
	case KIT_CHAIN:
		return _("Call chain");
	case KIT_NODE:
		return _("Call");
	case KIT_DEADLINE:
		return _("Deadline");
	case KIT_SYSTEM:
		return _("System");
	case KIT_PERSON:
		return _("Person");
	case KIT_DEPARTMENT:
		return _("Department");
	case KIT_PROCESS:
		return _("Process");
	case KIT_DEVICE:
		return _("Device");
	case KIT_DOCUMENT:
		return _("Document");
	case KIT_FORM:
		return _("Form");
	case KIT_NONE:
		break;
	}
	return "";
}

bool kit_id_valid(const char *s, size_t n)
{
	if (n == 0 || n > 40)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!(s[i] >= 'a' && s[i] <= 'z') && !(s[i] >= 'A' && s[i] <= 'Z') &&
		    !(s[i] >= '0' && s[i] <= '9') && s[i] != '-' && s[i] != '_' && s[i] != '.')
			return false;
	return true;
}

/* A step's id holds its plan's id and a slash. */
static bool link_id_valid(enum kit_kind kind, const char *id, size_t n)
{
	const char *slash = memchr(id, '/', n);

	if (kind != KIT_STEP || !slash)
		return kit_id_valid(id, n);
	return kit_id_valid(id, (size_t)(slash - id)) &&
	       kit_id_valid(slash + 1, n - (size_t)(slash - id) - 1);
}

bool kit_link_next(const char *s, struct kit_link *link)
{
	const char *open = strstr(s, "[["), *close = open ? strstr(open, "]]") : NULL;
	const char *colon;

	if (!close)
		return false;
	colon = memchr(open, ':', (size_t)(close - open));
	*link = (struct kit_link){ .before = (size_t)(open - s),
				   .length = (size_t)(close - open) + 2,
				   .id = "" };
	if (!colon)
		return true;
	link->id = colon + 1;
	link->id_len = (size_t)(close - colon) - 1;
	link->kind = kit_kind_parse(open + 2, (size_t)(colon - open) - 2);
	if (!link_id_valid(link->kind, link->id, link->id_len))
		link->kind = KIT_NONE;
	return true;
}
