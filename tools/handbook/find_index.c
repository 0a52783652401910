/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be found, read from the kit and folded. */
#include "handbook/find_index.h"

#include <stdlib.h>
#include <string.h>

#include "handbook/people.h"
#include "lib/data/namefold.h"

/* Both foldings word by word: they part at the same places, for only letters
 * differ between them. */
void find_split(struct find_split *s, const char *text)
{
	s->german = name_fold(s->german_text, sizeof(s->german_text), text, FOLD_GERMAN);
	s->plain = name_fold(s->plain_text, sizeof(s->plain_text), text, FOLD_PLAIN);
}

/* End the word at `at` there; behind it begins the next one. */
static char *cut(char *at, unsigned *len)
{
	size_t n = strcspn(at, " ");
	char *next = at + n + (at[n] == ' ');

	*len = (unsigned)(n < FIND_WORD ? n : FIND_WORD - 1);
	at[*len] = '\0';
	return next;
}

bool find_split_next(struct find_split *s, struct find_word *w)
{
	if (!*s->german || !*s->plain)
		return false;
	*w = (struct find_word){ .german = s->german, .plain = s->plain };
	s->german = cut(s->german, &w->german_len);
	s->plain = cut(s->plain, &w->plain_len);
	return true;
}

static uint32_t letters_of(const char *s)
{
	uint32_t set = 0;

	for (; *s; s++)
		set |= 1u << (*s & 31);
	return set;
}

void find_word_keep(struct find_word *w, struct arena *m)
{
	bool same = strcmp(w->german, w->plain) == 0;
	char code[PHONETIC_MAX];

	w->code = arena_string(m, phonetic_code(code, w->plain));
	w->german = arena_string_n(m, w->german, w->german_len);
	w->plain = same ? w->german : arena_string_n(m, w->plain, w->plain_len);
	w->german_letters = letters_of(w->german);
	w->plain_letters = letters_of(w->plain);
}

/* FNV-1a, 64 bits. */
static size_t hash(const struct find_word *w)
{
	uint64_t h = 14695981039346656037u;

	for (const char *c = w->german; *c; c++)
		h = (h ^ (unsigned char)*c) * 1099511628211u;
	return (size_t)(h ^ h >> 32);
}

static size_t *place(const struct find_index *x, const struct find_word *w)
{
	size_t at = hash(w) & (x->table_size - 1);

	for (; x->table[at]; at = (at + 1) & (x->table_size - 1)) {
		const struct find_word *there = &x->words[x->table[at] - 1];

		if (strcmp(there->german, w->german) == 0 && strcmp(there->plain, w->plain) == 0)
			break;
	}
	return &x->table[at];
}

static void grow_table(struct find_index *x)
{
	free(x->table);
	x->table_size = x->table_size ? 2 * x->table_size : 4096;
	x->table = mem_array(x->table_size, sizeof(*x->table));
	for (size_t i = 0; i < x->word_count; i++)
		*place(x, &x->words[i]) = i + 1;
}

static size_t add_word(struct find_index *x, struct find_word *w)
{
	size_t *at;

	if (2 * x->word_count >= x->table_size)
		grow_table(x);
	at = place(x, w);
	if (!*at) {
		find_word_keep(w, &x->memory);
		mem_grow(&x->words, &x->word_capacity, x->word_count + 1, sizeof(*x->words));
		x->words[x->word_count++] = *w;
		*at = x->word_count;
	}
	return *at - 1;
}

static void add_words(struct find_index *x, const char *text, int field)
{
	struct find_split s;
	struct find_word w;

	find_split(&s, text);
	while (find_split_next(&s, &w)) {
		size_t word = add_word(x, &w);

		mem_grow(&x->uses, &x->use_capacity, x->use_count + 1, sizeof(*x->uses));
		x->uses[x->use_count++] = (struct find_use){ word, field };
	}
}

static const char *keep(struct find_index *x, const char *s)
{
	return *s ? arena_string(&x->memory, s) : "";
}

/* One entry from a row: id, title, synonyms, other words, detail, what sorts it, and the words
 * of what somebody is on duty for now (NULL: nothing). */
static void add_entry(struct find_index *x, enum kit_kind kind, struct db_statement *s)
{
	struct find_entry n = { .first = x->use_count };
	char sort[256];

	n.result.kind = kind;
	n.result.id = keep(x, db_text(s, 0));
	n.result.title = keep(x, db_text(s, 1));
	n.result.detail = keep(x, db_text(s, 4));
	n.result.number = n.result.number_kind = "";
	n.result.sort = keep(x, name_fold(sort, sizeof(sort), db_text(s, 5), FOLD_PLAIN));
	n.result.on_duty = !db_is_null(s, 6);
	add_words(x, n.result.title, FIELD_NAME);
	add_words(x, n.result.id, FIELD_SYNONYM);
	add_words(x, db_text(s, 2), FIELD_SYNONYM);
	add_words(x, db_text(s, 3), FIELD_OTHER);
	add_words(x, db_text(s, 6), FIELD_DUTY);
	n.end = x->use_count;
	mem_grow(&x->entries, &x->entry_capacity, x->entry_count + 1, sizeof(*x->entries));
	x->entries[x->entry_count++] = n;
}

#define ROLE_WORDS                                                                                 \
	"group_concat(r.name || ' ' || ifnull(r.name_en,'') || ' ' || ifnull(r.short,'') || ' '"   \
	" || ifnull(r.synonyms,''), ' ') AS words"

/* In the order of enum kit_kind and of the id, for load_numbers(). */
static const struct {
	enum kit_kind kind;
	const char *sql;
} sources[] = {
	{ KIT_ROLE, "SELECT role_id, name, ifnull(short,'') || ' ' || ifnull(synonyms,'')"
		    " || ' ' || ifnull(name_en,''), ifnull(board,''), ifnull(task,''), name, NULL"
		    " FROM role ORDER BY role_id" },
	{ KIT_ORGANISATION, "SELECT organisation_id, name, ifnull(synonyms,''), type,"
			    " ifnull(hours,''), name, NULL FROM organisation"
			    " ORDER BY organisation_id" },
	{ KIT_PLAN, "SELECT plan_id, title, '', ifnull(occasion,''), ifnull(occasion,''), title,"
		    " NULL FROM plan ORDER BY plan_id" },
	{ KIT_CHAIN, "SELECT chain_id, title, '', occasion, occasion, title, NULL FROM chain"
		     " ORDER BY chain_id" },
	{ KIT_DEADLINE, "SELECT deadline_id, title, '', legal_basis, legal_basis, title, NULL"
			" FROM deadline ORDER BY deadline_id" },
	{ KIT_SYSTEM, "SELECT system_id, name, ifnull(type,''), '', '', name, NULL FROM system"
		      " ORDER BY system_id" },
	/* Whoever looks for a role's name finds its holders too. */
	{ KIT_PERSON,
	  "SELECT p.person_id, ltrim(ifnull(p.first_name,'') || ' ' || p.last_name), '',"
	  " ifnull(p.salutation,'') || ' ' || ifnull(p.function,'') || ' ' || ifnull(o.name,'') || ' ' || ifnull(h.words,''),"
	  " ifnull(p.function,''), p.last_name || ' ' || ifnull(p.first_name,''), d.words"
	  " FROM person p LEFT JOIN organisation o ON o.organisation_id = p.organisation_id"
	  " LEFT JOIN (SELECT h.person_id, " ROLE_WORDS " FROM holder h JOIN role r"
	  "  ON r.role_id = h.role_id GROUP BY h.person_id) h ON h.person_id = p.person_id"
	  " LEFT JOIN (SELECT d.person_id, " ROLE_WORDS " FROM roster d JOIN role r"
	  "  ON r.role_id = d.role_id WHERE d.from_time <= ?1 AND d.to_time > ?1"
	  "  GROUP BY d.person_id) d ON d.person_id = p.person_id ORDER BY p.person_id" },
};

static bool load_entries(struct find_index *x, struct book *b, enum kit_kind kind, const char *sql,
			 struct error *e)
{
	struct db_statement *s = db_prepare(b->db, sql, e);
	bool row = true, ok = s != NULL;
	char now[BOOK_TIME];

	if (s && kind == KIT_PERSON)
		db_bind_text(s, 1, book_local_time(b, now));
	while (ok && (ok = db_step(s, &row, e)) && row)
		add_entry(x, kind, s);
	db_finish(s);
	return ok;
}

/* An entry shows the first number that works; if none does, none. */
static void add_number(struct find_index *x, size_t entry, struct db_statement *s, bool dead)
{
	struct find_result *owner = &x->entries[entry].result;
	struct find_number *n;

	mem_grow(&x->numbers, &x->number_capacity, x->number_count + 1, sizeof(*x->numbers));
	n = &x->numbers[x->number_count++];
	*n = (struct find_number){ entry, keep(x, db_text(s, 2)), keep(x, db_text(s, 3)),
				   keep(x, db_text(s, 4)), dead };
	if (*owner->number)
		return;
	owner->dead = dead;
	if (!dead) {
		owner->number = n->value;
		owner->number_kind = n->type;
	}
}

static bool comes_before(const struct find_result *r, enum kit_kind kind, const char *id)
{
	return r->kind < kind || (r->kind == kind && strcmp(r->id, id) < 0);
}

/* Numbers come sorted by owner and priority; entries by kind and id. */
static bool load_numbers(struct find_index *x, struct book *b, struct error *e)
{
	struct db_statement *s = db_prepare(
		b->db,
		"SELECT owner_kind, owner_id, type, value, normal, ifnull(depends_on, '')"
		" FROM channel WHERE normal IS NOT NULL"
		" ORDER BY CASE owner_kind WHEN 'role' THEN 0 WHEN 'organisation' THEN 1 ELSE 2 END,"
		" owner_id, priority, type, value",
		e);
	bool row = true, ok = s != NULL;
	size_t at = 0;

	while (ok && (ok = db_step(s, &row, e)) && row) {
		enum kit_kind kind = kit_kind_parse(db_text(s, 0), strlen(db_text(s, 0)));
		const char *id = db_text(s, 1);

		while (at < x->entry_count && comes_before(&x->entries[at].result, kind, id))
			at++;
		if (at == x->entry_count)
			break;
		if (x->entries[at].result.kind == kind && strcmp(x->entries[at].result.id, id) == 0)
			add_number(x, at, s, outage_is_dead(&b->outage, db_text(s, 5)));
	}
	db_finish(s);
	return ok;
}

bool find_index_load(struct find_index *x, struct book *b, struct error *e)
{
	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
		if (!load_entries(x, b, sources[i].kind, sources[i].sql, e))
			return false;
	return load_numbers(x, b, e);
}

void find_index_release(struct find_index *x)
{
	free(x->words);
	free(x->table);
	free(x->uses);
	free(x->entries);
	free(x->numbers);
	arena_release(&x->memory);
	*x = (struct find_index){ 0 };
}
