/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one table of tables: files, columns, headers in both languages. */
#include "kit/layout.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lib/data/namefold.h"

#define CHECKED_COLUMNS                                                                            \
	{ "checked_on", "geprueft_am|geprueft|stand", CELL_DATE, NULL, false },                    \
	{                                                                                          \
		"checked_by", "geprueft_von|pruefer", CELL_TEXT, NULL, false                       \
	}
#define NOTE { "note", "notiz|bemerkung|bemerkungen|hinweis", CELL_TEXT, NULL, false }
#define TIER { "tier", "sicht|stufe_sicht|schutz", CELL_TIER, NULL, false }
#define MADE_TIER { "tier", "", CELL_TIER, NULL, false } /* of its plan */
#define HOURS { "hours", "zeiten|erreichbar|erreichbarkeit|reachable", CELL_TEXT, NULL, false }
#define ID { "id", "kennung|kuerzel_id|nr", CELL_ID, NULL, true }

/* Channels as wide columns, the same for organisations and roles. */
#define CHANNEL_COLUMNS                                                                            \
	{ "duty", "bereitschaft|notruf|rufbereitschaft", CELL_PHONE, NULL, false },                \
		{ "mobile", "mobil|mobil_dienst|handy|diensthandy|mobiltelefon", CELL_PHONE, NULL, \
		  false },                                                                         \
		{ "phone", "telefon|tel|fest|fest_dienst|festnetz|rufnummer|telefonnummer",        \
		  CELL_PHONE, NULL, false },                                                       \
		{ "satellite", "satellit|sat", CELL_PHONE, NULL, false },                          \
		{ "fax", "telefax", CELL_PHONE, NULL, false },                                     \
		{ "radio", "funk|funkrufname", CELL_TEXT, NULL, false },                           \
		{ "email", "e_mail|mail|e_mail_adresse|mailadresse", CELL_MAIL, NULL, false },     \
		{ "email_emergency", "email_not|notfall_email|notfall_e_mail", CELL_MAIL, NULL,    \
		  false },                                                                         \
		{ "web", "internet|webseite|website", CELL_TEXT, NULL, false },                    \
		{ "address", "anschrift|adresse", CELL_TEXT, NULL, false },                        \
		{ "meeting_point", "treffpunkt", CELL_TEXT, NULL, false },                         \
		{ "phone_depends_on", "telefon_abhaengig|telefon_abhaengig_von|fest_abhaengig",    \
		  CELL_REF, "system", false },                                                     \
	{                                                                                          \
		"email_depends_on", "email_abhaengig|email_abhaengig_von|mail_abhaengig",          \
			CELL_REF, "system", false                                                  \
	}

static const struct column organisations[] = {
	ID,
	{ "name", "bezeichnung", CELL_TEXT, NULL, true },
	{ "type", "art", CELL_CHOICE,
	  "internal=intern;authority=behoerde;police=polizei;supervisory=aufsicht;"
	  "provider=dienstleister;insurer=versicherung;press=presse;"
	  "partner_town=partnerkommune;utility=versorger",
	  true },
	{ "parent", "ober|ober_id|gehoert_zu", CELL_REF, "organisation", false },
	{ "synonyms", "synonyme|auch|suchworte", CELL_TEXT, NULL, false },
	CHANNEL_COLUMNS,
	HOURS,
	TIER,
	{ "source", "quelle", CELL_TEXT, NULL, false },
	CHECKED_COLUMNS,
	NOTE,
	{ 0 },
};

static const struct column people[] = {
	ID,
	{ "last_name", "nachname|name|familienname", CELL_TEXT, NULL, true },
	{ "first_name", "vorname", CELL_TEXT, NULL, false },
	{ "salutation", "anrede", CELL_TEXT, NULL, false },
	{ "organisation", "org|organisation_id|firma", CELL_REF, "organisation", false },
	{ "function", "funktion|position", CELL_TEXT, NULL, false },
	{ "languages", "sprachen", CELL_TEXT, NULL, false },
	{ "mobile_work", "mobil_dienst|diensthandy|mobil", CELL_PHONE, NULL, false },
	{ "mobile_private", "mobil_privat|handy_privat", CELL_PHONE, NULL, false },
	{ "landline_work", "fest_dienst|telefon|telefon_dienst", CELL_PHONE, NULL, false },
	{ "landline_private", "fest_privat|telefon_privat", CELL_PHONE, NULL, false },
	{ "email", "e_mail|mail", CELL_MAIL, NULL, false },
	{ "email_emergency", "email_not|notfall_email|notfall_e_mail", CELL_MAIL, NULL, false },
	HOURS,
	TIER,
	CHECKED_COLUMNS,
	{ "consent_on", "einwilligung_am|einwilligung", CELL_DATE, NULL, false },
	{ "delete_by", "loeschen_am|loeschen_bis", CELL_DATE, NULL, false },
	NOTE,
	{ 0 },
};

static const struct column roles[] = {
	ID,
	{ "name", "name_de|bezeichnung|rolle", CELL_TEXT, NULL, true },
	{ "name_en", "name_englisch|englisch", CELL_TEXT, NULL, false },
	{ "short", "kuerzel|kurz|abkuerzung", CELL_TEXT, NULL, false },
	{ "board", "gremium", CELL_TEXT, NULL, false },
	{ "task", "aufgabe|aufgaben", CELL_TEXT, NULL, false },
	{ "synonyms", "synonyme|auch|suchworte", CELL_TEXT, NULL, false },
	{ "holders", "besetzung|inhaber|personen", CELL_REFS, "person", false },
	CHANNEL_COLUMNS,
	HOURS,
	CHECKED_COLUMNS,
	NOTE,
	{ 0 },
};

static const struct column roster[] = {
	{ "role", "rolle", CELL_REF, "role", true },
	{ "person", "name", CELL_REF, "person", true },
	{ "from", "von|beginn", CELL_TIME, NULL, true },
	{ "to", "bis|ende", CELL_TIME, NULL, true },
	{ 0 },
};

static const struct column channels[] = {
	{ "owner", "wer|gehoert|inhaber", CELL_REF, "role organisation person", true },
	{ "type", "art", CELL_CHOICE,
	  "duty=bereitschaft;mobile_work=mobil_dienst|mobil;mobile_private=mobil_privat;"
	  "landline_work=fest_dienst|telefon;landline_private=fest_privat;satellite=satellit|sat;"
	  "radio=funk;pager=melder;fax=telefax;email=e_mail|mail;"
	  "email_emergency=email_not;messenger=messenger;address=anschrift;"
	  "meeting_point=treffpunkt;web=internet",
	  true },
	{ "value", "wert|nummer", CELL_TEXT, NULL, true },
	{ "priority", "prio|prioritaet|rang", CELL_NUMBER, NULL, false },
	HOURS,
	{ "depends_on", "abhaengig|abhaengig_von", CELL_REF, "system", false },
	TIER,
	CHECKED_COLUMNS,
	NOTE,
	{ 0 },
};

static const struct column contracts[] = {
	ID,
	{ "organisation", "org|vertragspartner", CELL_REF, "organisation", true },
	{ "subject", "gegenstand", CELL_TEXT, NULL, true },
	{ "contract_number", "vertragsnr|vertragsnummer", CELL_TEXT, NULL, false },
	{ "customer_number", "kundennr|kundennummer", CELL_TEXT, NULL, false },
	{ "response_time", "reaktionszeit", CELL_TEXT, NULL, false },
	{ "may_order", "abrufberechtigt", CELL_TEXT, NULL, false },
	{ "until", "laufzeit_bis|bis", CELL_DATE, NULL, false },
	TIER,
	NOTE,
	{ 0 },
};

static const struct column systems[] = {
	ID,
	{ "name", "bezeichnung", CELL_TEXT, NULL, true },
	{ "type", "art", CELL_TEXT, NULL, false },
	{ "site", "standort", CELL_TEXT, NULL, false },
	{ "address", "adresse|ip", CELL_TEXT, NULL, false },
	{ "os", "betriebssystem", CELL_TEXT, NULL, false },
	{ "support_end", "supportende", CELL_DATE, NULL, false },
	{ "critical", "kritisch|kritikalitaet", CELL_NUMBER, NULL, false },
	{ "organisation", "org|betreiber", CELL_REF, "organisation", false },
	{ "self_operated", "selbst_betrieben", CELL_YES, NULL, false },
	{ "independent", "ohne_abhaengigkeit|unabhaengig", CELL_YES, NULL, false },
	{ "image", "abbild", CELL_TEXT, NULL, false },
	{ "image_hash", "abbild_sha256|image_sha256", CELL_HEX64, NULL, false },
	TIER,
	NOTE,
	{ 0 },
};

static const struct column dependencies[] = {
	{ "from", "von|system", CELL_REF, "system", true },
	{ "to", "zu|braucht|haengt_ab_von", CELL_REF, "system", true },
	{ "reason", "grund", CELL_TEXT, NULL, false },
	{ 0 },
};

static const struct column chains[] = {
	ID,
	{ "title", "titel", CELL_TEXT, NULL, true },
	{ "occasion", "ausloeser|anlass|trigger", CELL_TEXT, NULL, true },
	{ "level", "stufe", CELL_TEXT, NULL, false },
	{ 0 },
};

static const struct column nodes[] = {
	ID,
	{ "chain", "kette", CELL_REF, "chain", true },
	{ "after", "nach", CELL_REF, "node", false },
	{ "whom", "wen", CELL_REF, "role organisation", true },
	{ "caller", "anrufer", CELL_REF, "role", false },
	{ "attempts", "versuche", CELL_NUMBER, NULL, false },
	{ "acknowledge_min", "quittung_min|quittung", CELL_NUMBER, NULL, false },
	{ "otherwise", "sonst|ersatz", CELL_REF, "node", false },
	{ "parallel", "gleichzeitig", CELL_YES, NULL, false },
	{ "text", "ansage", CELL_TEXT, NULL, true },
	{ "deadline", "frist", CELL_REF, "deadline", false },
	{ 0 },
};

static const struct column deadlines[] = {
	ID,
	{ "title", "titel", CELL_TEXT, NULL, true },
	{ "legal_basis", "rechtsgrundlage", CELL_TEXT, NULL, true },
	{ "starts_at", "ausgangsereignis|beginn", CELL_CHOICE,
	  "awareness=kenntnis;occurrence=eintritt;first_report=erstmeldung;report_72h=meldung72;"
	  "decision=entscheidung;release=freigabe",
	  true },
	{ "hours", "stunden", CELL_NUMBER, NULL, false },
	{ "months", "kalendermonate|monate", CELL_NUMBER, NULL, false },
	{ "text", "text_frist|frist", CELL_TEXT, NULL, false },
	{ "applies_if", "gilt_wenn", CELL_TEXT, NULL, true },
	{ "recipient", "empfaenger", CELL_REF, "organisation", false },
	{ "contents", "inhalt", CELL_TEXT, NULL, false },
	{ "source", "quelle", CELL_TEXT, NULL, true },
	{ "checked_on", "geprueft_am", CELL_DATE, NULL, true },
	{ "checked_by", "geprueft_von", CELL_TEXT, NULL, true },
	{ "form", "formular", CELL_REF, "form", false },
	{ 0 },
};

static const struct column plans[] = {
	ID,
	{ "title", "titel", CELL_TEXT, NULL, true },
	{ "category", "kategorie", CELL_TEXT, NULL, false },
	{ "occasion", "ausloeser|anlass|trigger", CELL_TEXT, NULL, false },
	{ "audience", "zielgruppe", CELL_TEXT, NULL, false },
	{ "goal", "ziel", CELL_TEXT, NULL, false },
	{ "responsible", "verantwortlich", CELL_REF, "role", true },
	{ "version", "fassung", CELL_TEXT, NULL, false },
	{ "data_date", "stand", CELL_DATE, NULL, true },
	{ "review_by", "pruefen_bis", CELL_DATE, NULL, true },
	{ "last_exercised", "zuletzt_geuebt", CELL_DATE, NULL, false },
	TIER,
	{ "file", "", CELL_MADE, NULL, false },
	{ "card", "", CELL_MADE, NULL, false }, /* "1": it lies in cards/ */
	{ 0 },
};

static const struct column phases[] = {
	{ "plan", "", CELL_MADE, NULL, false },
	{ "nr", "", CELL_MADE, NULL, false },
	{ "title", "", CELL_TEXT, NULL, false },
	{ "intro", "", CELL_TEXT, NULL, false },
	MADE_TIER,
	{ 0 },
};

static const struct column steps[] = {
	{ "plan", "", CELL_MADE, NULL, false },
	{ "nr", "", CELL_MADE, NULL, false },
	{ "phase", "", CELL_MADE, NULL, false },
	{ "text", "", CELL_TEXT, NULL, false },
	{ "detail", "", CELL_TEXT, NULL, false },
	{ "r", "responsible", CELL_REF, "role", false },
	{ "a", "accountable", CELL_REF, "role", false },
	{ "c", "consulted", CELL_REFS, "role", false },
	{ "i", "informed", CELL_REFS, "role", false },
	{ "by", "bis", CELL_MINUTES, NULL, false },
	{ "kind", "art", CELL_CHOICE,
	  "task=aufgabe;decision=entscheidung;call=anruf;report=meldung;warning=warnung;"
	  "evidence=nachweis",
	  false },
	{ "needs", "braucht", CELL_TEXT, NULL, false },
	{ "deadline", "frist", CELL_REF, "deadline", false },
	{ "chain", "kette", CELL_REF, "chain", false },
	{ "form", "formular", CELL_REF, "form", false },
	MADE_TIER,
	{ 0 },
};

static const struct column holders[] = {
	{ "role", "rolle", CELL_REF, "role", true },
	{ "person", "name", CELL_REF, "person", true },
	{ "rank", "rang", CELL_NUMBER, NULL, false },
	{ "from", "von|ab", CELL_DATE, NULL, false },
	{ "to", "bis", CELL_DATE, NULL, false },
	{ 0 },
};

static const struct column departments[] = {
	ID,
	{ "name", "bezeichnung", CELL_TEXT, NULL, true },
	{ "short", "kuerzel|kurz|abkuerzung", CELL_TEXT, NULL, false },
	{ "secrecy", "verschwiegenheit", CELL_CHOICE,
	  "ordinary=normal|gewoehnlich;personnel=personal;tax=steuer;social=sozial;youth=jugend;"
	  "health=gesundheit;registry=standesamt;other=sonstige",
	  true },
	{ "head", "leitung", CELL_REF, "role", false },
	NOTE,
	{ 0 },
};

static const struct column processes[] = {
	ID,
	{ "name", "bezeichnung", CELL_TEXT, NULL, true },
	{ "department", "amt|dienststelle", CELL_REF, "department", false },
	{ "rank", "rang", CELL_NUMBER, NULL, true },
	{ "mtpd_h", "mtpd|mta_h", CELL_NUMBER, NULL, false },
	{ "rto_h", "rto", CELL_NUMBER, NULL, false },
	{ "rpo_h", "rpo", CELL_NUMBER, NULL, false },
	{ "emergency_level", "notbetriebsniveau", CELL_TEXT, NULL, false },
	{ "substitute", "ersatzverfahren", CELL_TEXT, NULL, false },
	{ "key_dates", "stichtage", CELL_TEXT, NULL, false },
	{ "legal_duty", "rechtspflicht", CELL_TEXT, NULL, false },
	{ "role", "rolle", CELL_REF, "role", false },
	{ "systems", "systeme", CELL_REFS, "system", false },
	{ "payment", "zahlung", CELL_YES, NULL, false },
	TIER,
	NOTE,
	{ 0 },
};

static const struct column devices[] = {
	{ "id", "inventarnr|inventar|inventarnummer|kennung|nr", CELL_ID, NULL, true },
	{ "name", "rechnername|bezeichnung", CELL_TEXT, NULL, false },
	{ "department", "amt|dienststelle", CELL_REF, "department", false },
	{ "site", "standort|raum", CELL_TEXT, NULL, false },
	{ "model", "modell", CELL_TEXT, NULL, false },
	{ "serial", "seriennr|seriennummer", CELL_TEXT, NULL, false },
	{ "disk_serial", "platten_seriennr|plattennr|festplatte", CELL_TEXT, NULL, false },
	{ "mac", "mac_adresse", CELL_TEXT, NULL, false },
	{ "class", "klasse", CELL_CHOICE,
	  "ordinary=gewoehnlich|normal;protected=geschuetzt;retention_hold=aufbewahren|sperre",
	  true },
	{ "hold_reason", "grund", CELL_TEXT, NULL, false },
	{ "image", "abbild", CELL_TEXT, NULL, false },
	{ "driver_pack", "treiberpaket", CELL_TEXT, NULL, false },
	TIER,
	NOTE,
	{ 0 },
};

static const struct column models[] = {
	{ "id", "modell|kennung|nr", CELL_ID, NULL, true },
	{ "manufacturer", "hersteller", CELL_TEXT, NULL, false },
	{ "count", "anzahl", CELL_NUMBER, NULL, false },
	{ "surveyed_on", "erhoben_am", CELL_DATE, NULL, false },
	{ "surveyed_by", "erhoben_von", CELL_TEXT, NULL, false },
	{ "boots_usb", "startet_usb", CELL_YES, NULL, false },
	{ "secure_boot", "sicherer_start", CELL_TEXT, NULL, false },
	{ "network", "netz|netzwerk", CELL_YES, NULL, false },
	{ "readiness", "eignung", CELL_CHOICE,
	  "ready=bereit;partly=teilweise;not_ready=nicht|nicht_bereit", false },
	NOTE,
	{ 0 },
};

static const struct column issued[] = {
	ID,
	{ "type", "art", CELL_CHOICE, "stick=stick;folder=ordner|papier;envelope=umschlag", true },
	{ "holder", "inhaber", CELL_REF, "role organisation", true },
	{ "place", "ort", CELL_TEXT, NULL, false },
	{ "issued_on", "ausgegeben_am", CELL_DATE, NULL, false },
	{ "kit_version", "kit_fassung|fassung", CELL_NUMBER, NULL, false },
	{ "reported_on", "gemeldet_am", CELL_DATE, NULL, false },
	{ "status", "zustand", CELL_CHOICE,
	  "active=aktiv;lost=verloren;returned=zurueck;destroyed=vernichtet", false },
	NOTE,
	{ 0 },
};

static const struct column recovery_keys[] = {
	{ "key_id", "schluessel_id|kennung|id", CELL_GUID, NULL, true },
	{ "key", "schluessel|wiederherstellungsschluessel", CELL_RECOVERY_KEY, NULL, true },
	{ "device", "geraet", CELL_REF, "device", false },
	{ "volume_id", "laufwerk_id|volume", CELL_TEXT, NULL, false },
	{ "created_on", "erstellt_am", CELL_DATE, NULL, false },
	NOTE,
	{ 0 },
};

static const struct column restart_waves[] = {
	{ "system", "verfahren", CELL_REF, "system", true },
	{ "wave", "welle", CELL_NUMBER, NULL, true },
	{ "nr", "nummer|reihenfolge", CELL_NUMBER, NULL, false },
	{ "precondition", "voraussetzung", CELL_TEXT, NULL, false },
	{ "test", "pruefung", CELL_TEXT, NULL, true },
	{ "duration_min", "dauer_min|dauer", CELL_NUMBER, NULL, false },
	{ "role", "rolle", CELL_REF, "role", false },
	{ 0 },
};

static const struct column exercises[] = {
	ID,
	{ "date", "datum", CELL_DATE, NULL, true },
	{ "type", "art", CELL_CHOICE, "exercise=uebung;advice=beratung;audit=pruefung", true },
	{ "title", "titel", CELL_TEXT, NULL, true },
	{ "plans", "plaene", CELL_REFS, "plan", false },
	{ "organisations", "beteiligte", CELL_REFS, "organisation", false },
	{ "participants", "teilnehmer", CELL_NUMBER, NULL, false },
	{ "result", "ergebnis", CELL_TEXT, NULL, false },
	NOTE,
	{ 0 },
};

static const struct column questions[] = {
	ID,
	{ "topic", "thema", CELL_CHOICE,
	  "backup=sicherung;network=netz;contracts=vertraege;other=sonstiges", true },
	{ "question", "frage", CELL_TEXT, NULL, true },
	{ "answer", "antwort", CELL_TEXT, NULL, false },
	CHECKED_COLUMNS,
	TIER,
	{ 0 },
};

static const struct column documents[] = {
	ID,
	{ "title", "titel", CELL_TEXT, NULL, true },
	{ "file", "datei", CELL_FILE, NULL, true },
	{ "sha256", "pruefsumme", CELL_HEX64, NULL, false }, /* filled in if empty */
	{ "paper_copy", "papierkopie", CELL_YES, NULL, false },
	TIER,
	NOTE,
	{ 0 },
};

static const struct column forms[] = {
	ID,
	{ "title", "titel", CELL_TEXT, NULL, true },
	{ "data_date", "stand", CELL_DATE, NULL, true },
	{ "intro", "einleitung", CELL_TEXT, NULL, false },
	TIER,
	{ "file", "", CELL_MADE, NULL, false },
	{ 0 },
};

static const struct column form_parts[] = {
	{ "form", "", CELL_MADE, NULL, false },
	{ "nr", "", CELL_MADE, NULL, false },   /* from 1, in the order of the page */
	{ "kind", "", CELL_MADE, NULL, false }, /* heading, text, field, tick */
	{ "text", "", CELL_TEXT, NULL, false }, /* of a field: its label, may be "" */
	{ "full", "", CELL_MADE, NULL, false }, /* "1": a field as wide as the page */
	MADE_TIER,
	{ 0 },
};

static const struct layout layouts[TABLES] = {
	[ORGANISATIONS] = { "organisations.csv", KIT_ORGANISATION, '0', organisations, "id" },
	[PEOPLE] = { "people.csv", KIT_PERSON, '1', people, "id" },
	[ROLES] = { "roles.csv", KIT_ROLE, '0', roles, "id" },
	[ROSTER] = { "roster.csv", KIT_NONE, '1', roster, "role person from" },
	[CHANNELS] = { "channels.csv", KIT_NONE, '1', channels, "owner type value" },
	[CONTRACTS] = { "contracts.csv", KIT_NONE, '2', contracts, "id" },
	[SYSTEMS] = { "systems.csv", KIT_SYSTEM, '1', systems, "id" },
	[DEPENDENCIES] = { "dependencies.csv", KIT_NONE, '1', dependencies, "from to" },
	[CHAINS] = { "phone_chains.csv", KIT_CHAIN, '0', chains, "id" },
	[NODES] = { "phone_chain_nodes.csv", KIT_NODE, '0', nodes, "id" },
	[DEADLINES] = { "deadlines.csv", KIT_DEADLINE, '0', deadlines, "id" },
	[PLANS] = { NULL, KIT_PLAN, '0', plans, "id" },
	[PHASES] = { NULL, KIT_NONE, '0', phases, NULL },
	[STEPS] = { NULL, KIT_STEP, '0', steps, NULL },
	[HOLDERS] = { "holders.csv", KIT_NONE, '1', holders, "role person" },
	[DEPARTMENTS] = { "departments.csv", KIT_DEPARTMENT, '0', departments, "id" },
	[PROCESSES] = { "processes.csv", KIT_PROCESS, '1', processes, "id" },
	[DEVICES] = { "devices.csv", KIT_DEVICE, '1', devices, "id" },
	[MODELS] = { "models.csv", KIT_NONE, '0', models, "id" },
	[ISSUED] = { "issued.csv", KIT_NONE, '1', issued, "id" },
	[RECOVERY_KEYS] = { "recovery_keys.csv", KIT_NONE, '2', recovery_keys, "key_id" },
	[RESTART_WAVES] = { "restart_waves.csv", KIT_NONE, '1', restart_waves, "system" },
	[EXERCISES] = { "exercises.csv", KIT_NONE, '0', exercises, "id" },
	[QUESTIONS] = { "questions.csv", KIT_NONE, '2', questions, "id" },
	[DOCUMENTS] = { "documents.csv", KIT_DOCUMENT, '1', documents, "id" },
	[FORMS] = { NULL, KIT_FORM, '0', forms, "id" },
	[FORM_PARTS] = { NULL, KIT_NONE, '0', form_parts, NULL },
};

const struct layout *layout_of(enum table_name table)
{
	return &layouts[table];
}

size_t layout_column(const struct layout *l, const char *key)
{
	size_t i = 0;

	while (l->columns[i].key && strcmp(l->columns[i].key, key) != 0)
		i++;
	assert(l->columns[i].key);
	return i;
}

size_t layout_width(const struct layout *l)
{
	size_t n = 0;

	while (l->columns[n].key)
		n++;
	return n;
}

/* Is `word` one of the words in `list`, separated by '|'? */
static bool in_list(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (; *list; list += strcspn(list, "|"), list += *list == '|')
		if (strcspn(list, "|") == n && memcmp(list, word, n) == 0)
			return true;
	return false;
}

int layout_header(const struct layout *l, const char *header)
{
	char word[128];

	/* "Prüfen bis", "geprueft-am" and "GEPRUEFT_AM" are one header each. */
	name_fold(word, sizeof(word), header, FOLD_GERMAN);
	for (char *p = word; *p; p++)
		if (*p == ' ')
			*p = '_';
	for (size_t i = 0; l->columns[i].key; i++) {
		const struct column *c = &l->columns[i];

		if (!*c->also || !*word) /* the parser's own columns have no other name */
			continue;
		if (strcmp(c->key, word) == 0 || in_list(c->also, word))
			return (int)i;
	}
	return -1;
}
