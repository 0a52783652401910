/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compares what was read with the tables, and changes what is new. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "kit/import.h"
#include "kit/import_index.h"
#include "kit/import_sheet.h"
#include "lib/base/language.h"
#include "lib/data/namefold.h"

static const char *const person_keys[IMPORT_FIELDS] = {
	"last_name",   "first_name",     "salutation",    "organisation",     "function",
	"mobile_work", "mobile_private", "landline_work", "landline_private", "email",
};
static const char *const device_keys[IMPORT_FIELDS] = { "name", "serial", "site" };
static const char *const key_keys[IMPORT_FIELDS] = { "key_id", "key", "device", "volume_id",
						     "created_on" };
static const char *const *const keys_of[IMPORT_TABLES] = { person_keys, device_keys, key_keys };
static const enum table_name table_of[IMPORT_TABLES] = { PEOPLE, DEVICES, RECOVERY_KEYS };

#define KEY_MAX 256   /* bytes of what finds a row: its name, mail, numbers, id */
#define SHARED_MAX 50 /* a number of more people is a switchboard and proves nothing */

struct merge {
	struct import *im;
	struct import_sheet sheets[IMPORT_TABLES], organisations;
	struct import_index rows[IMPORT_TABLES]; /* keys of rows */
	struct import_index organisation_ids;
	/* Which item brought the row's values in this import, NULL for none. */
	const struct import_item ***brought[IMPORT_TABLES];
};

static void name_key(char out[KEY_MAX], const char *last, const char *first)
{
	char a[120], b[120];

	name_fold(a, sizeof(a), last, FOLD_GERMAN);
	name_fold(b, sizeof(b), first, FOLD_GERMAN);
	snprintf(out, KEY_MAX, "n:%s/%s", a, b);
}

static void word_key(char out[KEY_MAX], const char *kind, const char *word)
{
	snprintf(out, KEY_MAX, "%s:%.200s", kind, word);
	for (char *p = out; *p; p++)
		*p = (char)(*p >= 'A' && *p <= 'Z' ? *p | 0x20 : *p);
}

/* All the keys of a person's values to the index. */
static void index_person(struct import_index *index, const char *const values[IMPORT_FIELDS],
			 size_t row)
{
	char key[KEY_MAX], normal[PHONE_MAX];

	name_key(key, values[PERSON_LAST], values[PERSON_FIRST]);
	index_add(index, key, row);
	if (*values[PERSON_EMAIL]) {
		word_key(key, "m", values[PERSON_EMAIL]);
		index_add(index, key, row);
	}
	for (int f = PERSON_MOBILE_WORK; f <= PERSON_LANDLINE_PRIVATE; f++)
		if (phone_normal(values[f], normal)) {
			word_key(key, "t", normal);
			index_add(index, key, row);
		}
}

static void index_row(struct merge *m, enum import_table t, size_t row)
{
	struct import_sheet *s = &m->sheets[t];
	const char *values[IMPORT_FIELDS] = { 0 };
	char key[KEY_MAX];

	for (size_t f = 0; f < IMPORT_FIELDS; f++)
		values[f] = keys_of[t][f] ? sheet_get(s, row, keys_of[t][f]) : "";
	if (t == IMPORT_PEOPLE) {
		index_person(&m->rows[t], values, row);
	} else if (t == IMPORT_DEVICES && *values[DEVICE_NAME]) {
		word_key(key, "n", values[DEVICE_NAME]);
		index_add(&m->rows[t], key, row);
	} else if (t == IMPORT_KEYS) {
		const char *id = values[KEY_ID] + (*values[KEY_ID] == '{');

		word_key(key, "id", id);
		key[3 + strcspn(key + 3, "}")] = '\0';
		index_add(&m->rows[t], key, row);
		return;
	}
	word_key(key, "id", sheet_get(s, row, "id"));
	index_add(&m->rows[t], key, row);
}

/* Do two people have the same first or the same last name? A mail address or a
 * number alone proves little: offices share both. */
static bool names_alike(const struct import_sheet *s, size_t row, const struct import_item *item)
{
	char a[120], b[120];
	const char *last = sheet_get(s, row, "last_name"), *first = sheet_get(s, row, "first_name");

	name_fold(a, sizeof(a), last, FOLD_GERMAN);
	name_fold(b, sizeof(b), item->values[PERSON_LAST], FOLD_GERMAN);
	if (strcmp(a, b) == 0)
		return !*first || !*item->values[PERSON_FIRST];
	name_fold(a, sizeof(a), first, FOLD_GERMAN);
	name_fold(b, sizeof(b), item->values[PERSON_FIRST], FOLD_GERMAN);
	return *a && strcmp(a, b) == 0;
}

/* Has the row this mail address or one of these numbers? */
static bool shares_way(const struct import_sheet *s, size_t row, const struct import_item *item)
{
	char a[PHONE_MAX], b[PHONE_MAX];
	const char *mail = item->values[PERSON_EMAIL];

	if (*mail && strcasecmp(sheet_get(s, row, "email"), mail) == 0)
		return true;
	for (int f = PERSON_MOBILE_WORK; f <= PERSON_LANDLINE_PRIVATE; f++)
		for (int g = PERSON_MOBILE_WORK; g <= PERSON_LANDLINE_PRIVATE; g++)
			if (phone_normal(item->values[f], a) &&
			    phone_normal(sheet_get(s, row, person_keys[g]), b) && strcmp(a, b) == 0)
				return true;
	return false;
}

/* Rows with this key: none, one (*row), or several: those that share a way. */
static enum import_result pick(struct merge *m, const char *key, const struct import_item *item,
			       bool by_name, size_t *row)
{
	struct import_sheet *s = &m->sheets[IMPORT_PEOPLE];
	size_t found = 0, sharing = 0, visited = 0, at;

	for (at = index_first(&m->rows[IMPORT_PEOPLE], key); at != SIZE_MAX;
	     at = index_next(&m->rows[IMPORT_PEOPLE], key)) {
		if (visited++ == SHARED_MAX)
			return by_name ? IMPORT_AMBIGUOUS : IMPORT_NEW;
		if (!by_name && !names_alike(s, at, item))
			continue;
		if (++found == 1)
			*row = at;
		if (shares_way(s, at, item)) {
			sharing++;
			*row = at;
		}
	}
	if (!found)
		return IMPORT_NEW;
	return found == 1 || sharing == 1 ? IMPORT_CHANGED : IMPORT_AMBIGUOUS;
}

/* The row of a person: by name, else by mail, else by number. */
static enum import_result find_person(struct merge *m, const struct import_item *item, size_t *row)
{
	char key[KEY_MAX], normal[PHONE_MAX];
	enum import_result found;

	name_key(key, item->values[PERSON_LAST], item->values[PERSON_FIRST]);
	found = pick(m, key, item, true, row);
	if (found == IMPORT_NEW && *item->values[PERSON_EMAIL]) {
		word_key(key, "m", item->values[PERSON_EMAIL]);
		found = pick(m, key, item, false, row);
	}
	for (int f = PERSON_MOBILE_WORK; found == IMPORT_NEW && f <= PERSON_LANDLINE_PRIVATE; f++)
		if (phone_normal(item->values[f], normal)) {
			word_key(key, "t", normal);
			found = pick(m, key, item, false, row);
		}
	return found;
}

static enum import_result find_row(struct merge *m, const struct import_item *item, size_t *row)
{
	char key[KEY_MAX];
	size_t at;

	if (item->table == IMPORT_PEOPLE)
		return find_person(m, item, row);
	word_key(key, item->table == IMPORT_KEYS ? "id" : "n", item->values[0]);
	at = index_first(&m->rows[item->table], key);
	if (at == SIZE_MAX && item->table == IMPORT_DEVICES) {
		word_key(key, "id", item->values[0]);
		at = index_first(&m->rows[item->table], key);
	}
	*row = at;
	return at == SIZE_MAX ? IMPORT_NEW : IMPORT_CHANGED;
}

/* Is `b` only `a` as written without umlauts ("Mueller")? Then `a` is better. */
static bool is_poorer(const char *a, const char *b)
{
	char x[120], y[120];

	for (const char *p = b; *p; p++)
		if ((unsigned char)*p >= 0x80)
			return false;
	name_fold(x, sizeof(x), a, FOLD_GERMAN);
	name_fold(y, sizeof(y), b, FOLD_GERMAN);
	return strcmp(x, y) == 0;
}

/* Does `b`, from a file, say the same as `a` of a table? */
static bool same_value(const char *key, const char *a, const char *b)
{
	char x[PHONE_MAX], y[PHONE_MAX];

	if (strcmp(a, b) == 0)
		return true;
	if (strcmp(key, "last_name") == 0 || strcmp(key, "first_name") == 0)
		return *a && is_poorer(a, b);
	if (strcmp(key, "key_id") == 0 || strcmp(key, "email") == 0 || strcmp(key, "name") == 0)
		return strcasecmp(a + (*a == '{'), b) == 0 ||
		       (*a == '{' && strncasecmp(a + 1, b, strlen(b)) == 0);
	if (strcmp(key, "key") == 0) { /* hyphens or spaces */
		for (; *a && *b; a++, b++)
			if (*a != *b && !(*a == ' ' && *b == '-'))
				return false;
		return *a == *b;
	}
	return (strncmp(key, "mobile_", 7) == 0 || strncmp(key, "landline_", 9) == 0) &&
	       phone_normal(a, x) && phone_normal(b, y) && strcmp(x, y) == 0;
}

static void add_change(struct import *im, const struct import_change *c)
{
	mem_grow(&im->changes, &im->change_capacity, im->change_count + 1, sizeof(*im->changes));
	im->changes[im->change_count++] = *c;
}

/* What a row is called on the screen. */
static const char *row_name(struct merge *m, enum import_table t, size_t row)
{
	struct import_sheet *s = &m->sheets[t];
	struct text name = { 0 };
	const char *copy;

	if (t == IMPORT_PEOPLE)
		text_addf(&name, "%s, %s", sheet_get(s, row, "last_name"),
			  sheet_get(s, row, "first_name"));
	else
		text_add(&name, sheet_get(s, row, t == IMPORT_DEVICES ? "name" : "device"));
	copy = arena_string(&m->im->memory, text_end(&name));
	text_release(&name);
	return copy;
}

static const char *row_id(struct merge *m, enum import_table t, size_t row)
{
	return arena_string(&m->im->memory,
			    sheet_get(&m->sheets[t], row, t == IMPORT_KEYS ? "key_id" : "id"));
}

/* An id that nobody has: "p-mueller", "p-mueller-2". */
static const char *new_id(struct merge *m, enum import_table t, const char *prefix,
			  const char *name)
{
	char folded[34], id[48], key[KEY_MAX];
	size_t n = 0;

	name_fold(folded, sizeof(folded), name, FOLD_GERMAN);
	for (char *p = folded; *p; p++) /* letters of other scripts cannot stand in ids */
		if ((unsigned char)*p < 0x80)
			folded[n++] = *p == ' ' ? '-' : *p;
	folded[n] = '\0';
	/* The first number not yet tried, or 20,000 people of one name take forever. */
	for (size_t number = 1;; number++) {
		char suffix[24] = "";

		word_key(key, "count", folded);
		if (number == 1) {
			size_t used = index_first(&m->rows[t], key);

			number = used == SIZE_MAX ? 1 : used;
		}
		if (number > 1)
			snprintf(suffix, sizeof(suffix), "-%zu", number);
		snprintf(id, sizeof(id), "%s%.*s%s", prefix, (int)(37 - strlen(suffix)),
			 *folded ? folded : "x", suffix);
		index_replace(&m->rows[t], key, number + 1);
		word_key(key, "id", id);
		if (index_first(&m->rows[t], key) == SIZE_MAX)
			return arena_string(&m->im->memory, id);
	}
}

static const char *id_for(struct merge *m, const struct import_item *item)
{
	if (item->table == IMPORT_PEOPLE)
		return new_id(m, IMPORT_PEOPLE, "p-", item->values[PERSON_LAST]);
	return new_id(m, IMPORT_DEVICES, "", item->values[DEVICE_NAME]);
}

/* Add words to the note unless they stand there. */
static bool add_note(struct merge *m, enum import_table t, size_t row, const char *words)
{
	const char *note = sheet_get(&m->sheets[t], row, "note");
	struct text both = { 0 };

	if (!*words || strstr(note, words))
		return false;
	text_addf(&both, "%s%s%s", note, *note ? "; " : "", words);
	sheet_set(&m->sheets[t], row, "note", text_end(&both));
	text_release(&both);
	return true;
}

/* Organisation names become ids, unknown ones words in the note. */
static void resolve(struct merge *m, struct import_item *item)
{
	char key[KEY_MAX], folded[200];
	const char *name;
	size_t at;

	if (item->table == IMPORT_KEYS && *item->values[KEY_DEVICE]) {
		name = item->values[KEY_DEVICE];
		word_key(key, "n", name);
		at = index_first(&m->rows[IMPORT_DEVICES], key);
		if (at == SIZE_MAX) {
			word_key(key, "id", name);
			at = index_first(&m->rows[IMPORT_DEVICES], key);
		}
		if (at == SIZE_MAX) {
			import_unmapped(
				m->im, item->file, item->line, "device", name,
				_("no such computer in devices.csv; its name is kept in the "
				  "note"));
			item->note = name;
		}
		item->values[KEY_DEVICE] = at == SIZE_MAX ? "" : row_id(m, IMPORT_DEVICES, at);
		return;
	}
	if (item->table != IMPORT_PEOPLE || !*item->values[PERSON_ORGANISATION])
		return;
	name = item->values[PERSON_ORGANISATION];
	name_fold(folded, sizeof(folded), name, FOLD_GERMAN);
	at = index_first(&m->organisation_ids, folded);
	if (at != SIZE_MAX) {
		item->values[PERSON_ORGANISATION] = sheet_get(&m->organisations, at, "id");
		return;
	}
	import_unmapped(m->im, item->file, item->line, "organisation", name,
			_("no such name in organisations.csv; it is kept in the note"));
	item->values[PERSON_ORGANISATION] = "";
	if (!strstr(item->note, name)) {
		struct text note = { 0 };

		text_addf(&note, "%s%s%s", item->note, *item->note ? "; " : "", name);
		item->note = arena_string(&m->im->memory, text_end(&note));
		text_release(&note);
	}
}

/* The items that brought something to a row, one per field. */
static const struct import_item **brought_to(struct merge *m, enum import_table t, size_t row,
					     size_t *capacity)
{
	mem_grow(&m->brought[t], &capacity[t], row + 1, sizeof(*m->brought[t]));
	if (!m->brought[t][row])
		m->brought[t][row] =
			arena_alloc(&m->im->memory, IMPORT_FIELDS * sizeof(**m->brought[t]));
	return m->brought[t][row];
}

/* Does the item say otherwise than one before it in this import? */
static bool contradicts(struct merge *m, const struct import_item *item, size_t row,
			const struct import_item *const *brought)
{
	for (size_t f = 0; f < IMPORT_FIELDS; f++) {
		const char *key = keys_of[item->table][f];

		if (key && *item->values[f] && brought[f] &&
		    !same_value(key, sheet_get(&m->sheets[item->table], row, key), item->values[f]))
			return true;
	}
	return false;
}

/* Bring the values of an item into a row that was there. True if one changed. */
static bool change_row(struct merge *m, const struct import_item *item, size_t row,
		       const struct import_item **brought)
{
	struct import_sheet *s = &m->sheets[item->table];
	struct import_change c = { .item = item, .table = item->table, .result = IMPORT_CHANGED };
	bool changed = false;

	c.id = row_id(m, item->table, row);
	c.name = row_name(m, item->table, row);
	for (size_t f = 0; f < IMPORT_FIELDS; f++) {
		const char *key = keys_of[item->table][f], *old;

		if (!key || !*item->values[f])
			continue;
		old = arena_string(&m->im->memory, sheet_get(s, row, key));
		if (same_value(key, old, item->values[f])) {
			brought[f] = item;
			continue;
		}
		if (brought[f]) {
			import_unmapped(
				m->im, item->file, item->line, key,
				item->table == IMPORT_KEYS ? "" : item->values[f],
				_("another entry of this import says otherwise; the first is "
				  "used"));
			continue;
		}
		brought[f] = item;
		sheet_set(s, row, key, item->values[f]);
		c.column = key;
		c.before = strcmp(key, "key") == 0 ? "••••" : old;
		c.after = strcmp(key, "key") == 0 ? "••••" : item->values[f];
		add_change(m->im, &c);
		changed = true;
	}
	c.column = "note";
	c.before = arena_string(&m->im->memory, sheet_get(s, row, "note"));
	if (add_note(m, item->table, row, item->note)) {
		c.after = arena_string(&m->im->memory, sheet_get(s, row, "note"));
		add_change(m->im, &c);
		changed = true;
	}
	return changed;
}

static void add_row(struct merge *m, const struct import_item *item, size_t *capacity)
{
	struct import_sheet *s = &m->sheets[item->table];
	size_t row = sheet_add(s);
	const struct import_item **brought = brought_to(m, item->table, row, capacity);
	struct import_change c = { .item = item, .table = item->table, .result = IMPORT_NEW };

	if (item->table != IMPORT_KEYS)
		sheet_set(s, row, "id", id_for(m, item));
	if (item->table == IMPORT_DEVICES)
		sheet_set(s, row, "class", "ordinary");
	for (size_t f = 0; f < IMPORT_FIELDS; f++)
		if (keys_of[item->table][f] && *item->values[f]) {
			sheet_set(s, row, keys_of[item->table][f], item->values[f]);
			brought[f] = item;
		}
	add_note(m, item->table, row, item->note);
	c.id = row_id(m, item->table, row);
	c.name = row_name(m, item->table, row);
	add_change(m->im, &c);
	index_row(m, item->table, row);
}

/* A changed row is no longer checked: somebody has to look at it again. */
static void uncheck(struct merge *m, enum import_table t, size_t row)
{
	struct import_sheet *s = &m->sheets[t];

	if (t != IMPORT_PEOPLE ||
	    (!*sheet_get(s, row, "checked_on") && !*sheet_get(s, row, "checked_by")))
		return;
	sheet_set(s, row, "checked_on", "");
	sheet_set(s, row, "checked_by", "");
	m->im->unchecked++;
}

static void merge_item(struct merge *m, struct import_item *item, size_t *capacity)
{
	const struct import_item **brought = NULL;
	enum import_result result;
	size_t row = 0;

	resolve(m, item);
	result = find_row(m, item, &row);
	if (result == IMPORT_CHANGED) {
		brought = brought_to(m, item->table, row, capacity);
		if (item->table == IMPORT_PEOPLE && contradicts(m, item, row, brought) &&
		    !shares_way(&m->sheets[item->table], row, item))
			result = IMPORT_AMBIGUOUS;
	}
	if (result == IMPORT_NEW) {
		add_row(m, item, capacity);
	} else if (result == IMPORT_AMBIGUOUS) {
		struct text name = { 0 };

		text_addf(&name, "%s, %s", item->values[PERSON_LAST], item->values[PERSON_FIRST]);
		import_unmapped(m->im, item->file, item->line, "person", text_end(&name),
				_("several people could be meant; nothing of it is taken: enter it "
				  "by hand"));
		text_release(&name);
	} else if (change_row(m, item, row, brought)) {
		uncheck(m, item->table, row);
		index_row(m, item->table, row);
	} else {
		result = IMPORT_EQUAL;
	}
	m->im->results[item->table][result]++;
}

static bool load(struct merge *m, const char *source, struct error *e)
{
	char folded[200];

	for (enum import_table t = 0; t < IMPORT_TABLES; t++) {
		if (!sheet_load(&m->sheets[t], layout_of(table_of[t]), source, e))
			return false;
		for (size_t row = 0; row < m->sheets[t].count; row++)
			index_row(m, t, row);
	}
	if (!sheet_load(&m->organisations, layout_of(ORGANISATIONS), source, e))
		return false;
	for (size_t row = 0; row < m->organisations.count; row++) {
		name_fold(folded, sizeof(folded), sheet_get(&m->organisations, row, "name"),
			  FOLD_GERMAN);
		if (*folded)
			index_add(&m->organisation_ids, folded, row);
	}
	return true;
}

/* All three tables are written before the first gets its name. */
static bool write_all(struct merge *m, const char *source, struct error *e)
{
	struct newfile files[IMPORT_TABLES] = { NEWFILE_NONE, NEWFILE_NONE, NEWFILE_NONE };
	bool ok = true;

	for (enum import_table t = 0; ok && t < IMPORT_TABLES; t++)
		if (m->sheets[t].changed)
			ok = sheet_write(&m->sheets[t], source, &files[t], e);
	for (enum import_table t = 0; ok && t < IMPORT_TABLES; t++)
		if (m->sheets[t].changed)
			ok = newfile_commit(&files[t], e);
	for (enum import_table t = 0; t < IMPORT_TABLES; t++)
		newfile_discard(&files[t]);
	return ok;
}

bool import_merge(struct import *im, const char *source, bool write, struct error *e)
{
	struct merge m = { .im = im };
	size_t capacity[IMPORT_TABLES] = { 0 };
	bool ok = load(&m, source, e);

	/* Keys name devices: those come first. */
	for (enum import_table t = 0; ok && t < IMPORT_TABLES; t++)
		for (size_t i = 0; i < im->item_count; i++)
			if (im->items[i].table == t)
				merge_item(&m, &im->items[i], capacity);
	ok = ok && (!write || write_all(&m, source, e));
	for (enum import_table t = 0; t < IMPORT_TABLES; t++) {
		sheet_release(&m.sheets[t]);
		index_release(&m.rows[t]);
		free(m.brought[t]);
	}
	sheet_release(&m.organisations);
	index_release(&m.organisation_ids);
	return ok;
}
