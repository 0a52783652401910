/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entries of a directory into people, devices and recovery keys. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "kit/import.h"
#include "lib/base/language.h"
#include "lib/base/reader.h"
#include "lib/data/ldif.h"

#define ACCOUNT_DISABLED 2u /* ADS_UF_ACCOUNTDISABLE of userAccountControl */

/* Attributes that say nothing about a person or PC that a kit needs: only counted.
 * Operational ones of OpenLDAP, and those of Active Directory's own. */
static const char technical[] =
	"|objectclass|structuralobjectclass|entryuuid|entrycsn|entrydn|creatorsname|modifiersname|"
	"createtimestamp|modifytimestamp|subschemasubentry|hassubordinates|contextcsn|uid|"
	"uidnumber|gidnumber|homedirectory|loginshell|gecos|shadowlastchange|shadowmax|shadowmin|"
	"shadowwarning|userpassword|sambasid|sambantpassword|distinguishedname|instancetype|"
	"whencreated|whenchanged|usncreated|usnchanged|objectguid|objectsid|objectcategory|"
	"useraccountcontrol|badpwdcount|badpasswordtime|codepage|countrycode|lastlogoff|lastlogon|"
	"lastlogontimestamp|pwdlastset|primarygroupid|accountexpires|logoncount|samaccountname|"
	"samaccounttype|userprincipalname|serviceprincipalname|dscorepropagationdata|memberof|"
	"admincount|logonhours|lockouttime|msds-supportedencryptiontypes|localpolicyflags|"
	"iscriticalsystemobject|showinaddressbook|proxyaddresses|legacyexchangedn|mailnickname|"
	"msexchversion|homemdb|msmqdigests|msmqsigncertificates|usercertificate|"
	"msds-externaldirectoryobjectid|scriptpath|profilepath|homedrive|name|displaynameprintable|"
	"operatingsystemversion|operatingsystemhotfix|operatingsystemservicepack|"
	"msfve-keypackage|rid|ridsetreferences|showinadvancedviewonly|mozillausehtmlmail|"
	"jpegphoto|thumbnailphoto|thumbnaillogo|audio|photo|";

struct directory {
	struct import *im;
	const char *file;
	struct ldif_entry entry;
	struct import_item item;
	size_t *line;
};

static bool in_words(const char *list, const char *word)
{
	char key[80];

	return strlen(word) < sizeof(key) - 2 &&
	       (snprintf(key, sizeof(key), "|%s|", word), strstr(list, key) != NULL);
}

static const struct ldif_attribute *find(const struct ldif_entry *entry, const char *name)
{
	for (size_t i = 0; i < entry->count; i++)
		if (strcmp(entry->attributes[i].name, name) == 0 && !entry->attributes[i].url)
			return &entry->attributes[i];
	return NULL;
}

static bool has_class(const struct ldif_entry *entry, const char *class)
{
	for (size_t i = 0; i < entry->count; i++)
		if (strcmp(entry->attributes[i].name, "objectclass") == 0 &&
		    strcasecmp(entry->attributes[i].value, class) == 0)
			return true;
	return false;
}

static bool is_disabled(const struct ldif_entry *entry)
{
	const struct ldif_attribute *a = find(entry, "useraccountcontrol");

	return a && strtoul(a->value, NULL, 10) & ACCOUNT_DISABLED;
}

static void list(struct directory *d, const struct ldif_attribute *a, const char *why)
{
	const char *unread = "", *text;

	if (a->url) {
		import_unmapped(d->im, d->file, a->line, a->name, a->value,
				_("is the address of a file; such are never opened"));
	} else if (in_words(technical, a->name)) {
		import_tally(d->im, d->file, a->line, a->name, _("says nothing that a kit needs"));
	} else {
		text = import_text(d->im, a->value, a->len, false, &unread);
		import_unmapped(d->im, d->file, a->line, a->name, text ? text : "",
				text ? why : _(unread));
	}
}

/* The text of a value that goes into the kit. */
static const char *get(struct directory *d, const struct ldif_attribute *a, struct error *e)
{
	const char *why = "", *text = import_text(d->im, a->value, a->len, false, &why);

	*d->line = a->line;
	if (!text)
		error_set(e, ERROR_UNTRUSTED, "%s: %s", a->name, _(why));
	return text;
}

/* Attributes of people with a column of their own. */
static const struct {
	const char *name;
	int field;
} person_fields[] = {
	{ "sn", PERSON_LAST },
	{ "givenname", PERSON_FIRST },
	{ "personaltitle", PERSON_SALUTATION },
	{ "o", PERSON_ORGANISATION },
	{ "company", PERSON_ORGANISATION },
};

static const struct {
	const char *name;
	struct import_number kind;
} person_numbers[] = {
	{ "telephonenumber", { .work = true } }, { "mobile", { .mobile = true } },
	{ "homephone", { .private = true } },    { "facsimiletelephonenumber", { .other = true } },
	{ "pager", { .other = true } },
};

/* One attribute of a person; *taken if it had a place, or none and was listed. */
static bool take_attribute(struct directory *d, const struct ldif_attribute *a, bool *taken,
			   struct error *e)
{
	const char *value;

	*taken = true;
	for (size_t i = 0; i < sizeof(person_fields) / sizeof(person_fields[0]); i++)
		if (strcmp(a->name, person_fields[i].name) == 0) {
			value = get(d, a, e);
			return value && import_set(d->im, &d->item, person_fields[i].field, a->name,
						   a->line, value, e);
		}
	for (size_t i = 0; i < sizeof(person_numbers) / sizeof(person_numbers[0]); i++)
		if (strcmp(a->name, person_numbers[i].name) == 0) {
			value = get(d, a, e);
			if (value)
				import_phone(d->im, &d->item, a->name, a->line, value,
					     person_numbers[i].kind);
			return value != NULL;
		}
	if (strcmp(a->name, "mail") == 0) {
		value = get(d, a, e);
		return value && import_mail(d->im, &d->item, a->name, a->line, value, false, e);
	}
	*taken = false;
	return true;
}

/* title and department (or ou) make the function; cn is only another form of the
 * name where there is a last name. */
static bool take_person(struct directory *d, struct error *e)
{
	const struct ldif_entry *entry = &d->entry;
	const struct ldif_attribute *title = find(entry, "title"), *cn = find(entry, "cn");
	const struct ldif_attribute *department = find(entry, "department");
	const char *words = "", *where = "", *full;

	if (!department)
		department = find(entry, "ou");
	/* Values in a language of their own ("sn;lang-en") come second. */
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < entry->count; i++) {
			const struct ldif_attribute *a = &entry->attributes[i];
			bool taken;

			if ((*a->options != '\0') != (round == 1) || !a->len)
				continue;
			if (a->url) {
				list(d, a, "");
				continue;
			}
			if (!take_attribute(d, a, &taken, e))
				return false;
			if (taken || a == title || a == department || strcmp(a->name, "cn") == 0 ||
			    strcmp(a->name, "displayname") == 0)
				continue;
			list(d, a, _("there is no column for it"));
		}
	}
	if (!*d->item.values[PERSON_LAST] && !find(entry, "samaccountname") && cn &&
	    strchr(cn->value, ' ')) {
		full = get(d, cn, e);
		if (!full || !import_split_name(d->im, &d->item, "cn", cn->line, full, e))
			return false;
	}
	if (!*d->item.values[PERSON_LAST]) {
		import_unmapped(d->im, d->file, entry->line, "dn", entry->dn,
				_("the entry has no last name (sn); nothing of it is taken"));
		return true;
	}
	if (title)
		words = get(d, title, e);
	if (department)
		where = words ? get(d, department, e) : NULL;
	return words && where && import_function(d->im, &d->item, entry->line, words, where, e) &&
	       import_add(d->im, IMPORT_PEOPLE, d->file, entry->line, &d->item, e);
}

static bool take_computer(struct directory *d, struct error *e)
{
	static const struct {
		const char *name;
		int field;
	} fields[] = { { "cn", DEVICE_NAME },
		       { "serialnumber", DEVICE_SERIAL },
		       { "physicaldeliveryofficename", DEVICE_SITE },
		       { "location", DEVICE_SITE } };
	const struct ldif_entry *entry = &d->entry;

	for (size_t i = 0; i < entry->count; i++) {
		const struct ldif_attribute *a = &entry->attributes[i];
		const struct ldif_attribute *cn = find(entry, "cn");
		size_t f = 0, n = cn ? cn->len : 0;

		while (f < sizeof(fields) / sizeof(fields[0]) &&
		       strcmp(fields[f].name, a->name) != 0)
			f++;
		if (f < sizeof(fields) / sizeof(fields[0]) && !a->url) {
			const char *value = get(d, a, e);

			if (!value || !import_set(d->im, &d->item, fields[f].field, a->name,
						  a->line, value, e))
				return false;
		} else if (strcmp(a->name, "dnshostname") == 0 && cn && a->len > n &&
			   strncasecmp(a->value, cn->value, n) == 0) {
			import_tally(d->im, d->file, a->line, a->name,
				     _("begins with the name, which is kept"));
		} else {
			list(d, a, _("there is no column for it"));
		}
	}
	if (!*d->item.values[DEVICE_NAME]) {
		import_unmapped(d->im, d->file, entry->line, "dn", entry->dn,
				_("the computer has no cn; nothing of it is taken"));
		return true;
	}
	return import_add(d->im, IMPORT_DEVICES, d->file, entry->line, &d->item, e);
}

/* A GUID as Windows stores it ([MS-DTYP] 2.3.4.2): the first three parts are
 * little-endian. Written "8-4-4-4-12", upper case. False if it is no GUID. */
static bool guid_text(const struct ldif_attribute *a, char out[37])
{
	struct reader r = reader_of(a->value, a->len);
	uint32_t first = reader_le32(&r);
	uint16_t second = reader_le16(&r), third = reader_le16(&r);
	const uint8_t *rest = reader_take(&r, 8);

	if (!rest || !reader_done(&r))
		return false;
	snprintf(out, 37, "%08X-%04X-%04X-%02X%02X-%02X%02X%02X%02X%02X%02X", (unsigned)first,
		 second, third, rest[0], rest[1], rest[2], rest[3], rest[4], rest[5], rest[6],
		 rest[7]);
	return true;
}

/* Eight groups of six digits, each divisible by 11 and below 65,536 * 11. */
static bool key_text(const char *s, char out[56])
{
	size_t n = 0;

	for (int group = 0; group < 8; group++) {
		unsigned value = 0;

		if (group && (*s == '-' || *s == ' '))
			s++;
		for (int i = 0; i < 6; i++, s++) {
			if (*s < '0' || *s > '9')
				return false;
			value = value * 10 + (unsigned)(*s - '0');
			out[n++] = *s;
		}
		if (value % 11 != 0 || value >= 720896)
			return false;
		out[n++] = '-';
	}
	out[n - 1] = '\0';
	return *s == '\0';
}

/* The computer above a key in the tree: the second name of its dn (RFC 4514). */
static const char *parent_name(struct directory *d, const char *dn)
{
	struct text name = { 0 };
	const char *found, *s = dn;

	while (*s && *s != ',')
		s += *s == '\\' && s[1] ? 2 : 1;
	s += *s == ',';
	s += strcspn(s, "=,");
	if (*s == '=')
		for (s++; *s && *s != ','; s++) {
			s += *s == '\\' && s[1];
			text_add_n(&name, s, 1);
		}
	found = arena_string(&d->im->memory, text_end(&name));
	text_release(&name);
	return found;
}

/* "20260301080000.0Z" as 2026-03-01. */
static const char *date_of(struct directory *d, const char *s)
{
	char date[16];

	if (strspn(s, "0123456789") < 8)
		return "";
	snprintf(date, sizeof(date), "%.4s-%.2s-%.2s", s, s + 4, s + 6);
	return arena_string(&d->im->memory, date);
}

static bool take_key(struct directory *d, struct error *e)
{
	const struct ldif_entry *entry = &d->entry;
	const struct ldif_attribute *guid = find(entry, "msfve-recoveryguid");
	const struct ldif_attribute *key = find(entry, "msfve-recoverypassword");
	const struct ldif_attribute *volume = find(entry, "msfve-volumeguid");
	const struct ldif_attribute *created = find(entry, "whencreated");
	char id[37], digits[56], volume_id[37];
	const char *device = parent_name(d, entry->dn);

	for (size_t i = 0; i < entry->count; i++) {
		const struct ldif_attribute *a = &entry->attributes[i];

		if (a != guid && a != key && a != volume && a != created &&
		    strcmp(a->name, "cn") != 0)
			list(d, a, _("there is no column for it"));
	}
	if (!guid || !guid_text(guid, id) || !key || !key_text(key->value, digits)) {
		/* The value stays where it is: it may be a key with one wrong digit. */
		import_unmapped(
			d->im, d->file, entry->line, "msFVE-RecoveryInformation", device,
			_("its GUID or its key of 48 digits is missing or wrong; nothing of "
			  "it is taken"));
		return true;
	}
	if (!import_clean(device))
		return error_set(e, ERROR_UNTRUSTED,
				 _("the name of the computer holds an invisible character"));
	d->item.values[KEY_ID] = arena_string(&d->im->memory, id);
	d->item.values[KEY_KEY] = arena_string(&d->im->memory, digits);
	d->item.values[KEY_DEVICE] = device;
	if (volume && guid_text(volume, volume_id))
		d->item.values[KEY_VOLUME] = arena_string(&d->im->memory, volume_id);
	if (created)
		d->item.values[KEY_CREATED] = date_of(d, created->value);
	return import_add(d->im, IMPORT_KEYS, d->file, entry->line, &d->item, e);
}

static bool take_entry(struct directory *d, struct error *e)
{
	static const char *const people[] = { "person", "inetOrgPerson", "organizationalPerson",
					      "user",   "contact",       "mozillaAbPersonAlpha" };
	const struct ldif_entry *entry = &d->entry;
	const char *class = _("no object class");
	bool person = false;

	if (!*entry->dn)
		return true;
	/* ldifde writes "changetype: add" before every entry that it exports. */
	if (*entry->changetype && strcmp(entry->changetype, "add") != 0) {
		import_unmapped(d->im, d->file, entry->line, "changetype", entry->changetype,
				_("is a change to a directory and no entry; export the entries"));
		return true;
	}
	for (size_t i = 0; i < entry->count; i++)
		if (strcmp(entry->attributes[i].name, "objectclass") == 0)
			class = entry->attributes[i].value;
	if (has_class(entry, "msFVE-RecoveryInformation"))
		return take_key(d, e);
	if (is_disabled(entry)) {
		import_tally(d->im, d->file, entry->line, class, _("disabled accounts, skipped"));
		return true;
	}
	for (size_t i = 0; i < sizeof(people) / sizeof(people[0]); i++)
		person |= has_class(entry, people[i]);
	/* Managed service accounts are computers by class; no PC stands behind them. */
	if (strncasecmp(class, "msDS-", 5) == 0)
		person = false;
	else if (has_class(entry, "computer"))
		return take_computer(d, e);
	if (person)
		return take_person(d, e);
	import_tally(d->im, d->file, entry->line, class,
		     _("entries that are neither person nor computer, skipped"));
	return true;
}

bool import_ldif(struct import *im, const char *file, char *bytes, size_t len, size_t *line,
		 struct error *e)
{
	struct ldif_reader r = ldif_read(bytes, len);
	struct directory d = { .im = im, .file = file, .line = line };
	bool ok, more;

	for (;;) {
		ok = ldif_next(&r, &d.entry, &more, e);
		if (!ok)
			*line = r.line;
		if (!ok || !more)
			break;
		d.item = (struct import_item){ .note = "" };
		for (size_t i = 0; i < IMPORT_FIELDS; i++)
			d.item.values[i] = "";
		d.item.file = file;
		*line = d.entry.line;
		ok = take_entry(&d, e);
		if (!ok)
			break;
	}
	ldif_release(&d.entry);
	return ok;
}
