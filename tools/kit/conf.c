/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kit.conf: KEY = VALUE. */
#include <string.h>

#include "kit/source.h"
#include "lib/base/language.h"
#include "lib/data/berlin.h"
#include "lib/data/date.h"

enum conf_form { FORM_TEXT, FORM_ID, FORM_NUMBER, FORM_DATE, FORM_WORDS, FORM_FOLDER, FORM_ZONE };

#define DEMO_KIT_ID "musterlingen"

struct conf_key {
	const char *name;
	size_t offset; /* of the const char * in struct conf */
	enum conf_form form;
	const char *words;     /* FORM_WORDS: what is allowed */
	const char *otherwise; /* used where the key is missing; NULL: it must be there */
};

#define KEY(name) #name, offsetof(struct conf, name)

static const struct conf_key keys[] = {
	{ KEY(organisation), FORM_TEXT, NULL, NULL },
	{ KEY(kit_id), FORM_ID, NULL, NULL },
	{ KEY(version), FORM_NUMBER, NULL, NULL },
	{ KEY(data_date), FORM_DATE, NULL, NULL },
	{ KEY(review_by), FORM_DATE, NULL, NULL },
	{ KEY(valid_until), FORM_DATE, NULL, NULL },
	{ KEY(publisher), FORM_TEXT, NULL, NULL },
	{ KEY(signer), FORM_TEXT, NULL, "" },
	{ KEY(language), FORM_WORDS, "de en", "de" },
	{ KEY(keyboard), FORM_WORDS, "de us fr ch gb", "de" },
	{ KEY(timezone), FORM_ZONE, NULL, "Europe/Berlin" },
	{ KEY(exercise), FORM_WORDS, "yes no", "no" },
	{ KEY(public), FORM_FOLDER, NULL, "" },
	{ KEY(own_hosts), FORM_TEXT, NULL, "" },
	{ KEY(demo), FORM_WORDS, "yes no", "no" },
};

static const char **slot_of(struct conf *conf, const struct conf_key *key)
{
	return (const char **)(void *)((char *)conf + key->offset);
}

static const struct conf_key *find_key(const char *name)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strcmp(keys[i].name, name) == 0)
			return &keys[i];
	return NULL;
}

static bool in_words(const char *words, const char *value)
{
	size_t n = strlen(value);

	for (; *words; words += strcspn(words, " "), words += *words == ' ')
		if (strcspn(words, " ") == n && memcmp(words, value, n) == 0)
			return true;
	return false;
}

static bool is_number(const char *s)
{
	size_t n = strspn(s, "0123456789");

	return n > 0 && n < 10 && !s[n];
}

/* The value in the form it is used in, or "" with a finding. */
static const char *check(struct source *s, const struct conf_key *key, const char *value,
			 const char *file, size_t line)
{
	char date[DATE_TEXT];

	if (!*value) {
		findings_add(&s->findings, FAULT, file, line, _("%s has no value"), key->name);
		return "";
	}
	switch (key->form) {
	case FORM_TEXT:
		return value;
	case FORM_ID:
		if (kit_id_valid(value, strlen(value)))
			return value;
		findings_add(&s->findings, FAULT, file, line,
			     _("%s: '%s' may hold only letters "
			       "a to z, digits, and - _ ."),
			     key->name, value);
		return "";
	case FORM_NUMBER:
		if (is_number(value))
			return value;
		findings_add(&s->findings, FAULT, file, line, _("%s: '%s' is not a whole number"),
			     key->name, value);
		return "";
	case FORM_DATE:
		if (date_canonical(value, false, date))
			return arena_string(&s->memory, date);
		findings_add(&s->findings, FAULT, file, line,
			     _("%s: '%s' is not a date; write "
			       "it like 2026-11-01"),
			     key->name, value);
		return "";
	case FORM_FOLDER:
		if (*value != '/')
			return value;
		findings_add(&s->findings, FAULT, file, line,
			     _("%s: '%s' must be relative to the source folder, "
			       "like ../public"),
			     key->name, value);
		return "";
	case FORM_ZONE:
		if (berlin_same_rules(value))
			return value;
		findings_add(
			&s->findings, FAULT, file, line,
			_("%s: '%s' is no zone whose clocks show the same time as Europe/Berlin "
			  "all year; deadlines would be wrong there"),
			key->name, value);
		return "";
	case FORM_WORDS:
		if (in_words(key->words, value))
			return value;
		findings_add(&s->findings, FAULT, file, line,
			     _("%s: '%s' is not known; use one "
			       "of: %s"),
			     key->name, value, key->words);
		return "";
	}
	return "";
}

/* Cut spaces off both ends, and a comment that follows a space and '#'. */
static char *trimmed(struct source *s, const char *from, size_t n)
{
	while (n && (*from == ' ' || *from == '\t'))
		from++, n--;
	for (size_t i = 1; i < n; i++)
		if (from[i] == '#' && (from[i - 1] == ' ' || from[i - 1] == '\t'))
			n = i;
	while (n && (from[n - 1] == ' ' || from[n - 1] == '\t'))
		n--;
	if (n >= 2 && from[0] == '"' && from[n - 1] == '"')
		from++, n -= 2;
	return arena_string_n(&s->memory, from, n);
}

static void parse_line(struct source *s, const char *file, size_t line, const char *at, size_t n)
{
	const char *equals = memchr(at, '=', n);
	const struct conf_key *key;
	const char *name, *value;

	while (n && (*at == ' ' || *at == '\t'))
		at++, n--;
	if (n == 0 || *at == '#')
		return;
	if (!equals || equals == at) {
		findings_add(&s->findings, FAULT, file, line, _("is not of the form KEY = VALUE"));
		return;
	}
	name = trimmed(s, at, (size_t)(equals - at));
	value = trimmed(s, equals + 1, n - (size_t)(equals + 1 - at));
	key = find_key(name);
	if (!key)
		findings_add(&s->findings, WARNING, file, line, _("no key '%s'; it is not used"),
			     name);
	else if (*slot_of(&s->conf, key))
		findings_add(&s->findings, FAULT, file, line, _("%s stands here twice"), name);
	else
		*slot_of(&s->conf, key) = check(s, key, value, file, line);
}

static void check_order(struct source *s, const char *file)
{
	const struct conf *c = &s->conf;

	if (c->data_date && c->review_by && strcmp(c->review_by, c->data_date) < 0)
		findings_add(&s->findings, FAULT, file, 0, _("review_by lies before data_date"));
	if (c->review_by && c->valid_until && strcmp(c->valid_until, c->review_by) < 0)
		findings_add(&s->findings, FAULT, file, 0, _("valid_until lies before review_by"));
}

void conf_fill(struct source *s)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (!*slot_of(&s->conf, &keys[i]))
			*slot_of(&s->conf, &keys[i]) = "";
}

void conf_parse(struct source *s, const char *file, const char *text, size_t len)
{
	const char *at = text, *end = text + len;
	size_t faults = s->findings.faults;

	for (size_t line = 1; at < end; line++) {
		const char *eol = memchr(at, '\n', (size_t)(end - at));
		size_t n = (size_t)((eol ? eol : end) - at);

		parse_line(s, file, line, at, n);
		at += n + (eol != NULL);
	}
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char **slot = slot_of(&s->conf, &keys[i]);

		if (*slot) /* also "": it was there and wrong, and has its finding */
			continue;
		*slot = keys[i].otherwise ? keys[i].otherwise : "";
		if (!keys[i].otherwise)
			findings_add(&s->findings, FAULT, file, 0, _("%s is missing"),
				     keys[i].name);
	}
	if (s->findings.faults != faults)
		return;
	check_order(s, file);
	/* Whoever has these sources has the keys that the demonstration is sealed with. */
	if (strcmp(s->conf.demo, "yes") == 0 && strcmp(s->conf.kit_id, DEMO_KIT_ID) != 0)
		findings_add(
			&s->findings, FAULT, file, 0,
			_("demo = yes is only for the kit '%s', whose keys are published; take "
			  "the line out and make keys of your own"),
			DEMO_KIT_ID);
}
