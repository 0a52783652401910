/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Address book cards into people. */
#include <string.h>
#include <strings.h>

#include "kit/import.h"
#include "lib/base/language.h"
#include "lib/data/namefold.h"
#include "lib/data/vcard.h"

/* What types and labels say about a number, folded; longest words first where one
 * holds another. */
static const struct {
	const char *words;
	struct import_number kind;
	bool main;
} kinds[] = {
	{ "|cell|mobil|mobile|handy|mobiltelefon|iphone|", { .mobile = true }, false },
	{ "|diensthandy|", { .mobile = true, .work = true }, false },
	{ "|home|privat|private|zuhause|", { .private = true }, false },
	{ "|work|arbeit|dienst|dienstlich|geschaeft|geschaeftlich|buero|firma|business|",
	  { .work = true },
	  false },
	{ "|main|zentrale|hauptnummer|", { 0 }, true },
	{ "|fax|telefax|faxnummer|homefax|workfax|faxhome|faxwork|otherfax|pager|modem|bbs|isdn|"
	  "telex|tty|textphone|tlx|",
	  { .other = true },
	  false },
};

/* Properties that say nothing about a person. */
static const char technical[] = "|PRODID|REV|UID|SORT-STRING|CLASS|MAILER|KIND|TZ|GEO|LANG|SOURCE|"
				"NAME|PROFILE|CLIENTPIDMAP|X-ABUID|X-ABSHOWAS|X-MOZILLA-HTML|"
				"X-EVOLUTION-FILE-AS|X-IMAGETYPE|X-IMAGEHASH|X-RADICALE-NAME|";
static const char pictures[] = "|PHOTO|LOGO|SOUND|KEY|";

struct card {
	struct import *im;
	const struct vcard *vcard;
	struct import_item item;
	struct text part;
	size_t *line;
};

static bool in_words(const char *list, const char *word)
{
	char key[64];

	return strlen(word) < sizeof(key) - 2 &&
	       (snprintf(key, sizeof(key), "|%s|", word), strstr(list, key) != NULL);
}

/* Add what one type or label says; false if no word of it is known. */
static bool read_label(const char *label, struct import_number *kind, bool *main)
{
	char folded[128];
	bool known = false;

	name_fold(folded, sizeof(folded), label, FOLD_GERMAN);
	for (char *word = folded, *next; word; word = next) {
		next = strchr(word, ' ');
		if (next)
			*next++ = '\0';
		for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
			if (!in_words(kinds[i].words, word))
				continue;
			kind->mobile |= kinds[i].kind.mobile;
			kind->private |= kinds[i].kind.private;
			kind->work |= kinds[i].kind.work;
			kind->other |= kinds[i].kind.other;
			*main |= kinds[i].main;
			known = true;
		}
	}
	return known;
}

static const char *why_unread(const struct vcard_property *p, const char *why)
{
	if (p->base64)
		return _("is in base64");
	if (p->charset == VCARD_OTHER)
		return _("is in a character set that is not read; export it as UTF-8");
	return why ? _(why) : NULL;
}

/* Part n of a property as text; NULL if it cannot be read, with *why. */
static const char *part_text(struct card *c, const struct vcard_property *p, char separator,
			     size_t n, const char **why)
{
	const char *text;

	*why = NULL;
	if (!vcard_part(p, separator, n, &c->part))
		return "";
	text = p->base64 || p->charset == VCARD_OTHER
		       ? NULL
		       : import_text(c->im, text_end(&c->part), c->part.len,
				     p->charset == VCARD_1252, why);
	if (text && p->charset == VCARD_UTF8 && !text_is_utf8(c->part.s, c->part.len)) {
		*why = N_("is not the UTF-8 that it says to be");
		text = NULL;
	}
	*why = why_unread(p, *why);
	return text;
}

/* The same for what goes into the kit: unreadable is an error. */
static const char *get(struct card *c, const struct vcard_property *p, char separator, size_t n,
		       struct error *e)
{
	const char *why, *text = part_text(c, p, separator, n, &why);

	*c->line = p->line;
	if (!text)
		error_set(e, ERROR_UNTRUSTED, "%s: %s", p->name, why);
	return text;
}

static void list(struct card *c, const struct vcard_property *p, const char *why)
{
	const char *unread, *text = part_text(c, p, '\0', 0, &unread);

	import_unmapped(c->im, c->item.file, p->line, p->name, text ? text : p->value,
			text ? why : unread);
}

/* Has the property any content? "N:;;;;" has none. */
static bool is_empty(const struct vcard_property *p)
{
	return strspn(p->value, "; \t,") == p->len;
}

static const struct vcard_property *find(const struct card *c, const char *name)
{
	for (size_t i = 0; i < c->vcard->count; i++)
		if (strcmp(c->vcard->properties[i].name, name) == 0 &&
		    !is_empty(&c->vcard->properties[i]))
			return &c->vcard->properties[i];
	return NULL;
}

/* The label that a telephone gave to the property of this group. */
static const struct vcard_property *label_of(const struct card *c, const char *group)
{
	for (size_t i = 0; *group && i < c->vcard->count; i++)
		if (strcasecmp(c->vcard->properties[i].group, group) == 0 &&
		    strcmp(c->vcard->properties[i].name, "X-ABLABEL") == 0)
			return &c->vcard->properties[i];
	return NULL;
}

static struct import_number number_kind(struct card *c, const struct vcard_property *p, bool *main)
{
	const struct vcard_property *label = label_of(c, p->group);
	struct import_number kind = { 0 };
	const char *why, *text;

	*main = false;
	text = import_text(c->im, p->types, strlen(p->types), false, &why);
	for (const char *t = text ? text : ""; *t; t += strcspn(t, ","), t += *t == ',')
		read_label(arena_string_n(&c->im->memory, t, strcspn(t, ",")), &kind, main);
	text = label ? part_text(c, label, '\0', 0, &why) : NULL;
	if (text)
		read_label(text, &kind, main);
	kind.private &= !kind.work;
	return kind;
}

static bool take_name(struct card *c, const struct vcard_property *n, struct error *e)
{
	static const int fields[4] = { PERSON_LAST, PERSON_FIRST, PERSON_FIRST, PERSON_SALUTATION };
	const char *value[5];

	for (size_t i = 0; i < 5; i++) {
		value[i] = get(c, n, ';', i, e);
		if (!value[i])
			return false;
	}
	if (*value[2]) { /* additional names belong to the first */
		struct text both = { 0 };

		text_addf(&both, "%s%s%s", value[1], *value[1] ? " " : "", value[2]);
		value[1] = arena_string(&c->im->memory, text_end(&both));
		text_release(&both);
	}
	for (size_t i = 0; i < 4; i++)
		if (i != 2 && !import_set(c->im, &c->item, fields[i], "N", n->line, value[i], e))
			return false;
	if (*value[4])
		import_unmapped(c->im, c->item.file, n->line, "N", value[4],
				_("there is no column for what follows a name"));
	return true;
}

/* Does the written name hold a word that the parts of the name have not? */
static bool says_more(const char *full, const char *parts)
{
	char a[256], b[260];

	name_fold(a, sizeof(a), full, FOLD_PLAIN);
	name_fold(b, sizeof(b), parts, FOLD_PLAIN);
	for (char *word = a, *next; word && *word; word = next) {
		next = strchr(word, ' ');
		if (next)
			*next++ = '\0';
		if (!strstr(b, word))
			return true;
	}
	return false;
}

static bool take_names(struct card *c, struct error *e)
{
	const struct vcard_property *n = find(c, "N"), *fn = find(c, "FN");
	const char *full = NULL, *parts;

	if (n && !take_name(c, n, e))
		return false;
	if (fn) {
		full = get(c, fn, '\0', 0, e);
		if (!full)
			return false;
	}
	if (!n && fn)
		return import_split_name(c->im, &c->item, "FN", fn->line, full, e);
	parts = n ? get(c, n, '\0', 0, e) : "";
	if (!parts)
		return false;
	if (fn && says_more(full, parts))
		list(c, fn, _("says something else than N, which is used"));
	return true;
}

static bool take_function(struct card *c, struct error *e)
{
	const struct vcard_property *org = find(c, "ORG"), *title = find(c, "TITLE");
	const struct vcard_property *role = find(c, "ROLE");
	const char *department = "", *words = "";

	if (org) {
		const char *name = get(c, org, ';', 0, e);

		department = name ? get(c, org, ';', 1, e) : NULL;
		if (!department ||
		    !import_set(c->im, &c->item, PERSON_ORGANISATION, "ORG", org->line, name, e))
			return false;
		if (vcard_part(org, ';', 2, &c->part) && c->part.len)
			list(c, org, _("only organisation and department have a column"));
	}
	if (role && title)
		list(c, role, _("there is a TITLE already, and only one column for it"));
	if (!title)
		title = role;
	if (title)
		words = get(c, title, '\0', 0, e);
	return words &&
	       import_function(c->im, &c->item, title ? title->line : 0, words, department, e);
}

/* Numbers in three rounds: preferred ones, others, switchboards. */
static bool take_numbers(struct card *c, struct error *e)
{
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < c->vcard->count; i++) {
			const struct vcard_property *p = &c->vcard->properties[i];
			bool main = false, mail = strcmp(p->name, "EMAIL") == 0;
			struct import_number kind;
			const char *value;

			if ((!mail && strcmp(p->name, "TEL") != 0) || is_empty(p))
				continue;
			kind = number_kind(c, p, &main);
			if ((main ? 2 : vcard_has_type(p, "pref") ? 0 : 1) != round)
				continue;
			value = get(c, p, '\0', 0, e);
			if (!value)
				return false;
			if (mail && strncasecmp(value, "mailto:", 7) == 0)
				value += 7;
			if (!mail)
				import_phone(c->im, &c->item, p->name, p->line, value, kind);
			else if (!import_mail(c->im, &c->item, p->name, p->line, value,
					      kind.private, e))
				return false;
		}
	}
	return true;
}

static bool take_note(struct card *c, const struct vcard_property *p, struct error *e)
{
	const char *note = get(c, p, '\0', 0, e);

	if (!note)
		return false;
	if (!import_clean(note))
		return error_set(e, ERROR_UNTRUSTED,
				 _("NOTE holds an escape, an invisible or a bidi character; delete "
				   "it there and export again"));
	if (*c->item.note)
		list(c, p, _("there is one already, and only one column for it"));
	else
		c->item.note = note;
	return true;
}

/* All that has no place. */
static bool take_rest(struct card *c, struct error *e)
{
	static const char taken[] = "|N|FN|ORG|TITLE|ROLE|TEL|EMAIL|";

	for (size_t i = 0; i < c->vcard->count; i++) {
		const struct vcard_property *p = &c->vcard->properties[i];
		struct import_number kind = { 0 };
		const char *why, *text;
		bool main = false;

		if (is_empty(p) || (in_words(taken, p->name) && p == find(c, p->name)) ||
		    strcmp(p->name, "TEL") == 0 || strcmp(p->name, "EMAIL") == 0)
			continue;
		if (strcmp(p->name, "NOTE") == 0) {
			if (!take_note(c, p, e))
				return false;
			continue;
		}
		text = strcmp(p->name, "X-ABLABEL") == 0 ? part_text(c, p, '\0', 0, &why) : NULL;
		if (text && read_label(text, &kind, &main))
			continue;
		if (in_words(pictures, p->name) || p->base64)
			import_tally(c->im, c->item.file, p->line, p->name, _("not kept"));
		else if (in_words(technical, p->name))
			import_tally(c->im, c->item.file, p->line, p->name,
				     _("says nothing about a person"));
		else
			list(c, p,
			     in_words(taken, p->name)
				     ? _("there is one already, and only one column for it")
				     : _("there is no column for it"));
	}
	return true;
}

/* Of a firm, as telephones and programs for mail mark it: by a word, or by no name but that
 * of the firm. */
static bool is_company(struct card *c)
{
	const struct vcard_property *mark = find(c, "X-ABSHOWAS");
	const struct vcard_property *fn = find(c, "FN"), *org = find(c, "ORG");
	const char *name, *firm, *why;

	if (mark && strcasecmp(mark->value, "COMPANY") == 0)
		return true;
	if (!fn || !org || find(c, "N"))
		return false;
	name = part_text(c, fn, '\0', 0, &why);
	firm = part_text(c, org, ';', 0, &why);
	return name && firm && strcasecmp(name, firm) == 0;
}

static bool take_card(struct card *c, struct error *e)
{
	const struct vcard_property *kind = find(c, "KIND");
	const struct vcard_property *name = find(c, "FN") ? find(c, "FN") : find(c, "ORG");

	if (kind && strcasecmp(kind->value, "individual") != 0) {
		import_tally(c->im, c->item.file, c->vcard->line, kind->value,
			     _("cards of a kind that is no person"));
		return true;
	}
	if (is_company(c)) {
		import_tally(c->im, c->item.file, c->vcard->line, "org",
			     _("cards of a kind that is no person"));
		return true;
	}
	if (!take_names(c, e))
		return false;
	if (!*c->item.values[PERSON_LAST]) {
		import_unmapped(c->im, c->item.file, c->vcard->line, "VCARD",
				name ? name->value : "",
				_("the card has no last name; nothing of it is taken"));
		return true;
	}
	return take_function(c, e) && take_numbers(c, e) && take_rest(c, e) &&
	       import_add(c->im, IMPORT_PEOPLE, c->item.file, c->vcard->line, &c->item, e);
}

bool import_vcard(struct import *im, const char *file, char *bytes, size_t len, size_t *line,
		  struct error *e)
{
	struct vcard_reader r = vcard_read(bytes, len);
	struct vcard *vcard = mem_alloc(sizeof(*vcard));
	struct card c = { .im = im, .vcard = vcard, .line = line };
	bool ok, more;

	for (;;) {
		ok = vcard_next(&r, vcard, &more, e);
		if (!ok)
			*line = r.line;
		if (!ok || !more)
			break;
		c.item = (struct import_item){ .file = file, .note = "" };
		for (size_t i = 0; i < IMPORT_FIELDS; i++)
			c.item.values[i] = "";
		*line = vcard->line;
		ok = take_card(&c, e);
		if (!ok)
			break;
	}
	text_release(&c.part);
	free(vcard);
	return ok;
}
