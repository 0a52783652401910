/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding the right entry from what tired fingers typed. */
#include "handbook/find.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handbook/distance.h"
#include "handbook/phonetic.h"
#include "lib/base/language.h"
#include "lib/data/namefold.h"
#include "lib/data/phone.h"

#define WORD 64 /* bytes of a folded word that are compared */
#define QUERY_WORDS 8
#define TEXT_HITS 30 /* from the full-text index */

/*
 * Ranking. Each word of the query gets the best of these over all words of an
 * entry; an entry that leaves one word unmatched is out. The sum decides, then
 * the kind in the order of enum kit_kind (who to call comes before what to
 * read), then the folded title, then the id: the same query always gives the
 * same order.
 */
enum {
	SCORE_EXACT = 0,
	SCORE_PREFIX = 10,
	SCORE_INSIDE = 18,  /* "aufsicht" in "datenschutzaufsicht" */
	SCORE_MISTAKE = 20, /* for each */
	SCORE_SOUND = 45,
	SCORE_SOUND_BONUS = -5,    /* a mistake that also sounds alike */
	SCORE_PREFIX_MISTAKE = 12, /* more than the same in a whole word */
	SCORE_TEXT = 200,          /* found only in a plan's text */
	NO_MATCH = 1 << 20,
};

/* What a field counts on top. */
enum { FIELD_NAME = 0, FIELD_SYNONYM = 1, FIELD_OTHER = 6 };

struct word {
	char german[WORD], plain[WORD];
	char code[PHONETIC_MAX];
	bool same; /* german and plain are equal: compare once */
	int field;
};

struct entry {
	struct find_result result;
	size_t first, end; /* its words */
};

struct number {
	size_t entry;
	const char *type, *value, *normal;
};

struct finder {
	struct book *book;
	struct entry *entries;
	size_t entry_count, entry_capacity;
	struct word *words;
	size_t word_count, word_capacity;
	struct number *numbers;
	size_t number_count, number_capacity;
	struct arena memory; /* of entries */
	struct find_result *results;
	size_t result_count, result_capacity;
	struct arena found; /* of the last results */
};

/* Both foldings word by word: they part at the same places, for only letters
 * differ between them. */
static size_t split(const char *text, struct word *out, size_t max)
{
	char german[512], plain[512];
	const char *g = german, *p = plain;
	size_t n = 0;

	name_fold(german, sizeof(german), text, FOLD_GERMAN);
	name_fold(plain, sizeof(plain), text, FOLD_PLAIN);
	while (*g && *p && n < max) {
		size_t lg = strcspn(g, " "), lp = strcspn(p, " ");
		struct word *w = &out[n++];

		snprintf(w->german, WORD, "%.*s", (int)lg, g);
		snprintf(w->plain, WORD, "%.*s", (int)lp, p);
		w->same = strcmp(w->german, w->plain) == 0;
		phonetic_code(w->code, w->plain);
		g += lg + (g[lg] == ' ');
		p += lp + (p[lp] == ' ');
	}
	return n;
}

static void add_words(struct finder *f, const char *text, int field)
{
	struct word found[48];
	size_t n = split(text, found, sizeof(found) / sizeof(found[0]));

	mem_grow(&f->words, &f->word_capacity, f->word_count + n, sizeof(*f->words));
	for (size_t i = 0; i < n; i++) {
		found[i].field = field;
		f->words[f->word_count++] = found[i];
	}
}

static const char *keep(struct finder *f, const char *s)
{
	return *s ? arena_string(&f->memory, s) : "";
}

/* One entry from a row: id, title, synonyms, other words, detail. */
static void add_entry(struct finder *f, enum kit_kind kind, struct db_statement *s)
{
	struct entry x = { .first = f->word_count };
	char sort[256];

	x.result.kind = kind;
	x.result.id = keep(f, db_text(s, 0));
	x.result.title = keep(f, db_text(s, 1));
	x.result.detail = keep(f, db_text(s, 4));
	x.result.number = x.result.number_kind = "";
	x.result.sort = keep(f, name_fold(sort, sizeof(sort), x.result.title, FOLD_PLAIN));
	add_words(f, x.result.title, FIELD_NAME);
	add_words(f, x.result.id, FIELD_SYNONYM);
	add_words(f, db_text(s, 2), FIELD_SYNONYM);
	add_words(f, db_text(s, 3), FIELD_OTHER);
	x.end = f->word_count;
	mem_grow(&f->entries, &f->entry_capacity, f->entry_count + 1, sizeof(*f->entries));
	f->entries[f->entry_count++] = x;
}

static bool load_entries(struct finder *f, enum kit_kind kind, const char *sql, struct error *e)
{
	struct db_statement *s = db_prepare(f->book->db, sql, e);
	bool row = true, ok = s != NULL;

	while (ok && (ok = db_step(s, &row, e)) && row)
		add_entry(f, kind, s);
	db_finish(s);
	return ok;
}

/* Numbers come sorted by owner and priority; entries by kind and id. */
static bool load_numbers(struct finder *f, struct error *e)
{
	struct db_statement *s = db_prepare(
		f->book->db,
		"SELECT owner_kind, owner_id, type, value, ifnull(normal, '') FROM channel"
		" ORDER BY owner_kind = 'organisation', owner_id, priority, type, value",
		e);
	bool row = true, ok = s != NULL;
	size_t at = 0;

	while (ok && (ok = db_step(s, &row, e)) && row) {
		enum kit_kind kind = kit_kind_parse(db_text(s, 0), strlen(db_text(s, 0)));
		const char *id = db_text(s, 1);
		struct find_result *owner;

		while (at < f->entry_count && (f->entries[at].result.kind < kind ||
					       (f->entries[at].result.kind == kind &&
						strcmp(f->entries[at].result.id, id) < 0)))
			at++;
		if (at == f->entry_count)
			break;
		owner = &f->entries[at].result;
		if (owner->kind != kind || strcmp(owner->id, id) != 0 || !*db_text(s, 4))
			continue;
		mem_grow(&f->numbers, &f->number_capacity, f->number_count + 1,
			 sizeof(*f->numbers));
		struct number *n = &f->numbers[f->number_count++];
		*n = (struct number){ at, keep(f, db_text(s, 2)), keep(f, db_text(s, 3)),
				      keep(f, db_text(s, 4)) };
		if (!*owner->number) {
			owner->number = n->value;
			owner->number_kind = n->type;
		}
	}
	db_finish(s);
	return ok;
}

struct finder *finder_open(struct book *b, struct error *e)
{
	/* In the order of enum kit_kind and of the id, for load_numbers(). */
	static const struct {
		enum kit_kind kind;
		const char *sql;
	} sources[] = {
		{ KIT_ROLE, "SELECT role_id, name, ifnull(short,'') || ' ' || ifnull(synonyms,'')"
			    " || ' ' || ifnull(name_en,''), ifnull(board,''), ifnull(task,'')"
			    " FROM role ORDER BY role_id" },
		{ KIT_ORGANISATION,
		  "SELECT organisation_id, name, ifnull(synonyms,''), type,"
		  " ifnull(hours,'') FROM organisation ORDER BY organisation_id" },
		{ KIT_PLAN, "SELECT plan_id, title, '', ifnull(occasion,''), ifnull(occasion,'')"
			    " FROM plan ORDER BY plan_id" },
		{ KIT_CHAIN, "SELECT chain_id, title, '', occasion, occasion FROM chain"
			     " ORDER BY chain_id" },
		{ KIT_DEADLINE, "SELECT deadline_id, title, '', legal_basis, legal_basis"
				" FROM deadline ORDER BY deadline_id" },
		{ KIT_SYSTEM, "SELECT system_id, name, ifnull(type,''), '', '' FROM system"
			      " ORDER BY system_id" },
	};
	struct finder *f = mem_alloc(sizeof(*f));

	f->book = b;
	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
		if (!load_entries(f, sources[i].kind, sources[i].sql, e)) {
			finder_close(f);
			return NULL;
		}
	if (load_numbers(f, e))
		return f;
	finder_close(f);
	return NULL;
}

void finder_close(struct finder *f)
{
	if (!f)
		return;
	free(f->entries);
	free(f->words);
	free(f->numbers);
	free(f->results);
	arena_release(&f->memory);
	arena_release(&f->found);
	free(f);
}

static int score_forms(const char *typed, const char *word, unsigned limit)
{
	size_t n = strlen(typed);
	struct distance d;
	int score = NO_MATCH;

	if (strcmp(typed, word) == 0)
		return SCORE_EXACT;
	if (strncmp(typed, word, n) == 0)
		return SCORE_PREFIX;
	if (n >= 4 && strstr(word, typed))
		return SCORE_INSIDE;
	if (n < 3)
		return NO_MATCH;
	d = distance_between(typed, word, limit);
	if (d.whole <= limit)
		score = SCORE_MISTAKE * (int)d.whole;
	/* Half a word with mistakes fits too much unless it is long. */
	if (n >= 5 && d.prefix <= limit && (d.prefix < 2 || n >= 8)) {
		int prefix = SCORE_MISTAKE * (int)d.prefix + SCORE_PREFIX_MISTAKE;

		if (prefix < score)
			score = prefix;
	}
	return score;
}

static int score_word(const struct word *q, const struct word *w)
{
	/* Two mistakes in a short word make any other short word of it. */
	unsigned limit = strlen(q->plain) < 5 || strlen(w->plain) < 5 ? 1 : 2;
	int best = score_forms(q->german, w->german, limit);
	bool sound = strlen(q->code) >= 2 && strlen(q->plain) >= 3 && strcmp(q->code, w->code) == 0;

	if (best > SCORE_EXACT && !(q->same && w->same)) {
		int others[] = { score_forms(q->plain, w->plain, limit),
				 score_forms(q->german, w->plain, limit),
				 score_forms(q->plain, w->german, limit) };

		for (size_t i = 0; i < 3; i++)
			if (others[i] < best)
				best = others[i];
	}
	if (sound && best > SCORE_SOUND)
		best = SCORE_SOUND;
	else if (sound && best >= SCORE_MISTAKE)
		best += SCORE_SOUND_BONUS;
	return best < NO_MATCH ? best + w->field : NO_MATCH;
}

static int score_entry(const struct finder *f, const struct entry *x, const struct word *query,
		       size_t count)
{
	int sum = 0;

	for (size_t q = 0; q < count; q++) {
		int best = NO_MATCH;

		for (size_t i = x->first; i < x->end && best > SCORE_EXACT; i++) {
			int score = score_word(&query[q], &f->words[i]);

			if (score < best)
				best = score;
		}
		if (best == NO_MATCH)
			return NO_MATCH;
		sum += best;
	}
	return sum;
}

static struct find_result *add_result(struct finder *f, const struct find_result *r, int score)
{
	mem_grow(&f->results, &f->result_capacity, f->result_count + 1, sizeof(*f->results));
	f->results[f->result_count] = *r;
	f->results[f->result_count].score = score;
	return &f->results[f->result_count++];
}

static int by_rank(const void *a, const void *b)
{
	const struct find_result *x = a, *y = b;
	int order;

	if (x->score != y->score)
		return x->score < y->score ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	order = strcmp(x->sort, y->sort);
	return order ? order : strcmp(x->id, y->id);
}

/* Who is reached at this number? */
static void find_numbers(struct finder *f, const char *typed)
{
	for (size_t i = 0; i < f->number_count; i++) {
		const struct number *n = &f->numbers[i];
		int match = phone_match(typed, n->normal);
		struct find_result *last = f->result_count ? &f->results[f->result_count - 1]
							   : NULL;
		const struct find_result *owner = &f->entries[n->entry].result;

		if (match < 0)
			continue;
		/* Several numbers of one owner are neighbours here: keep the best. */
		if (last && last->kind == owner->kind && strcmp(last->id, owner->id) == 0) {
			if (last->score <= match)
				continue;
			f->result_count--;
		}
		last = add_result(f, owner, match);
		last->number = n->value;
		last->number_kind = n->type;
	}
}

/* ("mueller"* OR "muller"*) AND ... : folded words hold no quotation marks. */
static void text_query(const struct word *query, size_t count, struct text *out)
{
	for (size_t i = 0; i < count; i++)
		text_addf(out, "%s(\"%s\"* OR \"%s\"*)", i ? " AND " : "", query[i].german,
			  query[i].plain);
}

static bool is_found(const struct finder *f, enum kit_kind kind, const char *id)
{
	for (size_t i = 0; i < f->result_count; i++)
		if (f->results[i].kind == kind && strcmp(f->results[i].id, id) == 0)
			return true;
	return false;
}

/* What was found in a text: the step or the thing, with where it stands. */
static void add_text_hit(struct finder *f, enum kit_kind kind, const char *id, const char *title,
			 int score)
{
	struct find_result r = { .kind = kind, .number = "", .number_kind = "", .detail = "" };
	struct text words = { 0 }, where = { 0 };
	char sort[256];

	if (kind == KIT_STEP) {
		char plan[64];

		book_add_words(f->book, title, &words);
		snprintf(plan, sizeof(plan), "%.*s", (int)strcspn(id, "/"), id);
		book_add_name(f->book, KIT_PLAN, plan, &where);
	} else {
		book_add_name(f->book, kind, id, &words);
	}
	r.id = arena_string(&f->found, id);
	r.title = arena_string(&f->found, text_end(&words));
	r.detail = arena_string(&f->found, text_end(&where));
	r.sort = arena_string(&f->found, name_fold(sort, sizeof(sort), r.title, FOLD_PLAIN));
	text_release(&words);
	text_release(&where);
	add_result(f, &r, score);
}

static bool find_texts(struct finder *f, const struct word *query, size_t count, struct error *e)
{
	struct text match = { 0 };
	struct db_statement *s;
	bool row = false, ok;
	int order = 0;

	text_query(query, count, &match);
	s = db_prepare(f->book->db,
		       "SELECT kind, id, title FROM search WHERE search MATCH ?1"
		       " ORDER BY rank, kind, id LIMIT ?2",
		       e);
	ok = s != NULL;
	if (s) {
		db_bind_text(s, 1, text_end(&match));
		db_bind_number(s, 2, TEXT_HITS);
	}
	while (ok && (ok = db_step(s, &row, e)) && row) {
		enum kit_kind kind = kit_kind_parse(db_text(s, 0), strlen(db_text(s, 0)));

		if (kind && !is_found(f, kind, db_text(s, 1)))
			add_text_hit(f, kind, db_text(s, 1), db_text(s, 2), SCORE_TEXT + order++);
	}
	db_finish(s);
	text_release(&match);
	return ok;
}

bool finder_search(struct finder *f, const char *typed, size_t max,
		   const struct find_result **results, size_t *count, struct error *e)
{
	struct word query[QUERY_WORDS];
	size_t words = split(typed, query, QUERY_WORDS);
	bool ok = true;

	f->result_count = 0;
	arena_release(&f->found);
	if (phone_looks_like(typed)) {
		find_numbers(f, typed);
	} else if (words) {
		for (size_t i = 0; i < f->entry_count; i++) {
			int score = score_entry(f, &f->entries[i], query, words);

			if (score < NO_MATCH)
				add_result(f, &f->entries[i].result, score);
		}
		ok = find_texts(f, query, words, e);
	}
	if (f->result_count)
		qsort(f->results, f->result_count, sizeof(*f->results), by_rank);
	*results = f->results;
	*count = f->result_count < max ? f->result_count : max;
	return ok;
}

void find_add_title(struct book *b, const struct find_result *r, struct text *out)
{
	if (r->kind == KIT_ROLE)
		book_add_name(b, r->kind, r->id, out);
	else
		text_add(out, r->title);
}
