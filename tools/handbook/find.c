/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding the right entry from what tired fingers typed. */
#include "handbook/find.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handbook/distance.h"
#include "handbook/find_index.h"
#include "handbook/unlock.h"
#include "lib/data/namefold.h"
#include "lib/data/phone.h"

#define QUERY_WORDS 8
#define TEXT_HITS 30 /* from the full-text index of each tier */
#define SPARE 500    /* results more than asked for, before the worst are dropped */

/*
 * Ranking. Each word of the query gets the best of these over all words of an
 * entry; an entry that leaves one word unmatched is out, but for those that people put beside
 * what they look for ("Frau", "Handy"). The sum decides, then
 * who is on duty, then the kind in the order of enum kit_kind (who to call comes
 * before what to read), then the folded title, then the id: the same query always
 * gives the same order.
 */
enum {
	SCORE_EXACT = 0,
	SCORE_PREFIX = 10,
	SCORE_INSIDE = 18,  /* "aufsicht" in "datenschutzaufsicht" */
	SCORE_MISTAKE = 20, /* for each */
	SCORE_SOUND = 45,
	SCORE_SOUND_BONUS = -5,    /* a mistake that also sounds alike */
	SCORE_PREFIX_MISTAKE = 12, /* more than the same in a whole word */
	SCORE_BESIDE = 10,         /* "Frau" or "Handy", which the entry does not have */
	SCORE_TEXT = 200,          /* found only in a plan's text */
	NO_MATCH = 1 << 20,
};

struct finder {
	struct book *book;
	struct find_index index;
	int *scores; /* of each word of the index, for each word of the query */
	struct find_result *results;
	size_t result_count, result_capacity;
	size_t wanted;      /* how many are asked for */
	struct arena found; /* of the last results */
};

struct finder *finder_open(struct book *b, struct error *e)
{
	struct finder *f = mem_alloc(sizeof(*f));

	f->book = b;
	if (find_index_load(&f->index, b, e)) {
		f->scores = mem_array(QUERY_WORDS * (f->index.word_count + 1), sizeof(*f->scores));
		return f;
	}
	finder_close(f);
	return NULL;
}

void finder_close(struct finder *f)
{
	if (!f)
		return;
	find_index_release(&f->index);
	free(f->scores);
	free(f->results);
	arena_release(&f->found);
	free(f);
}

/* One writing of a word, and which letters are in it: a set of their low five bits. */
struct form {
	const char *s;
	unsigned len;
	uint32_t letters;
};

static struct form german(const struct find_word *w)
{
	return (struct form){ w->german, w->german_len, w->german_letters };
}

static struct form plain(const struct find_word *w)
{
	return (struct form){ w->plain, w->plain_len, w->plain_letters };
}

/* How well one writing fits another; `limit` is how many mistakes are forgiven. A letter that
 * is not in the word at all takes a mistake of its own: most words are done with here. */
static int score_forms(struct form typed, struct form word, unsigned limit)
{
	unsigned missing = (unsigned)__builtin_popcount(typed.letters & ~word.letters);
	struct distance d;
	int score = NO_MATCH;

	if (missing > limit || typed.len > word.len + limit)
		return NO_MATCH;
	if (missing == 0 && typed.len <= word.len && memcmp(typed.s, word.s, typed.len) == 0)
		return typed.len == word.len ? SCORE_EXACT : SCORE_PREFIX;
	if (missing == 0 && typed.len >= 4 && strstr(word.s, typed.s))
		return SCORE_INSIDE;
	/* Half a word with mistakes fits too much unless it is long. */
	if (typed.len < 3 || (typed.len < 5 && word.len > typed.len + limit))
		return NO_MATCH;
	d = distance_between(typed.s, word.s, limit);
	if (d.whole <= limit)
		score = SCORE_MISTAKE * (int)d.whole;
	if (typed.len >= 5 && d.prefix <= limit && (d.prefix < 2 || typed.len >= 8)) {
		int prefix = SCORE_MISTAKE * (int)d.prefix + SCORE_PREFIX_MISTAKE;

		if (prefix < score)
			score = prefix;
	}
	return score;
}

static int score_word(const struct find_word *q, const struct find_word *w)
{
	/* Two mistakes in a short word make any other short word of it. */
	unsigned limit = q->plain_len < 5 || w->plain_len < 5 ? 1 : 2;
	int best = score_forms(german(q), german(w), limit);
	bool sound = q->code[0] == w->code[0] && q->code[0] && q->code[1] && q->plain_len >= 3 &&
		     strcmp(q->code, w->code) == 0;

	if (best > SCORE_EXACT && !(q->german == q->plain && w->german == w->plain)) {
		int others[] = { score_forms(plain(q), plain(w), limit),
				 score_forms(german(q), plain(w), limit),
				 score_forms(plain(q), german(w), limit) };

		for (size_t i = 0; i < 3; i++)
			if (others[i] < best)
				best = others[i];
	}
	if (sound && best > SCORE_SOUND)
		best = SCORE_SOUND;
	else if (sound && best >= SCORE_MISTAKE)
		best += SCORE_SOUND_BONUS;
	return best;
}

/* What people put beside the word that they look for. */
static bool is_beside(const struct find_word *w)
{
	static const char *const words[] = {
		"frau",      "herr",          "herrn", "mr",      "mrs",    "dr",          "prof",
		"handy",     "mobil",         "tel",   "telefon", "nummer", "handynummer", "number",
		"telephone", "telefonnummer", "phone",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(w->german, words[i]) == 0)
			return true;
	return false;
}

/* The words of the query against each word of the index. */
static void score_words(struct finder *f, const struct find_word *query, size_t count)
{
	for (size_t q = 0; q < count; q++) {
		int *scores = f->scores + q * f->index.word_count;

		for (size_t i = 0; i < f->index.word_count; i++)
			scores[i] = score_word(&query[q], &f->index.words[i]);
	}
}

/* The first `must` words of the query have to fit, those after them need not. */
static int score_entry(const struct finder *f, const struct find_entry *x, size_t must,
		       size_t count)
{
	int sum = 0;

	for (size_t q = 0; q < count; q++) {
		const int *scores = f->scores + q * f->index.word_count;
		int best = q < must ? NO_MATCH : SCORE_BESIDE;

		for (size_t i = x->first; i < x->end; i++) {
			const struct find_use *use = &f->index.uses[i];

			if (scores[use->word] < NO_MATCH && scores[use->word] + use->field < best)
				best = scores[use->word] + use->field;
		}
		if (best == NO_MATCH)
			return NO_MATCH;
		sum += best;
	}
	return sum;
}

static int by_rank(const void *a, const void *b)
{
	const struct find_result *x = a, *y = b;
	int order;

	if (x->number_found && y->number_found && x->dead != y->dead)
		return x->dead ? 1 : -1;
	if (x->score != y->score)
		return x->score < y->score ? -1 : 1;
	if (x->on_duty != y->on_duty)
		return x->on_duty ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	order = strcmp(x->sort, y->sort);
	return order ? order : strcmp(x->id, y->id);
}

/* Keep only the best that are asked for: a single letter fits thousands. */
static void drop_worst(struct finder *f)
{
	qsort(f->results, f->result_count, sizeof(*f->results), by_rank);
	if (f->result_count > f->wanted)
		f->result_count = f->wanted;
}

static struct find_result *add_result(struct finder *f, const struct find_result *r, int score)
{
	if (f->result_count >= 2 * f->wanted + SPARE)
		drop_worst(f);
	mem_grow(&f->results, &f->result_capacity, f->result_count + 1, sizeof(*f->results));
	f->results[f->result_count] = *r;
	f->results[f->result_count].score = score;
	return &f->results[f->result_count++];
}

/* Who is reached at this number? Numbers of one owner are neighbours: the best one is shown,
 * and a live one is better than a dead one. */
static void find_numbers(struct finder *f, const char *typed)
{
	const struct find_index *x = &f->index;
	char query[PHONE_QUERY_MAX];

	if (!phone_query(typed, query))
		return;
	for (size_t i = 0; i < x->number_count;) {
		const struct find_number *best = NULL;
		size_t entry = x->numbers[i].entry;
		int score = 0;

		for (; i < x->number_count && x->numbers[i].entry == entry; i++) {
			const struct find_number *n = &x->numbers[i];
			int match = phone_query_match(query, n->normal);

			if (match < 0 ||
			    (best && (n->dead != best->dead ? n->dead : match >= score)))
				continue;
			best = n;
			score = match;
		}
		if (!best)
			continue;
		struct find_result *r = add_result(f, &x->entries[entry].result, score);

		r->number = best->value;
		r->number_kind = best->type;
		r->dead = best->dead;
		r->number_found = true;
	}
}

/* ("mueller"* OR "muller"*) AND ... : folded words hold no quotation marks. */
static void text_query(const struct find_word *query, size_t count, struct text *out)
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

/* What fits in the texts of one tier: the index of each is asked by itself. */
static bool find_texts_of(struct finder *f, const char *schema, const char *match, int *order,
			  struct error *e)
{
	char *sql = mem_format("SELECT kind, id, title FROM %s.search WHERE search MATCH ?1"
			       " ORDER BY rank, kind, id LIMIT ?2",
			       schema);
	struct db_statement *s = db_prepare(f->book->db, sql, e);
	bool row = false, ok = s != NULL;

	free(sql);
	if (s) {
		db_bind_text(s, 1, match);
		db_bind_number(s, 2, TEXT_HITS);
	}
	while (ok && (ok = db_step(s, &row, e)) && row) {
		enum kit_kind kind = kit_kind_parse(db_text(s, 0), strlen(db_text(s, 0)));

		if (kind && !is_found(f, kind, db_text(s, 1)))
			add_text_hit(f, kind, db_text(s, 1), db_text(s, 2),
				     SCORE_TEXT + (*order)++);
	}
	db_finish(s);
	return ok;
}

static bool find_texts(struct finder *f, const struct find_word *query, size_t count,
		       struct error *e)
{
	struct text match = { 0 };
	bool ok = true;
	int order = 0;

	text_query(query, count, &match);
	for (enum tier t = TIER_OPEN; ok && t <= TIER_STRICT; t++)
		if (t == TIER_OPEN || f->book->tiers[t].open)
			ok = find_texts_of(f, book_tier_schema(t), text_end(&match), &order, e);
	text_release(&match);
	return ok;
}

/* The words of a query: those that must fit first. Nothing but words that stand beside others is
 * what was meant. */
static size_t split_query(struct finder *f, const char *typed, struct find_word *query,
			  size_t *must)
{
	struct find_word word[QUERY_WORDS];
	struct find_split s;
	size_t n = 0, at = 0;

	find_split(&s, typed);
	while (n < QUERY_WORDS && find_split_next(&s, &word[n]))
		find_word_keep(&word[n++], &f->found);
	for (size_t i = 0; i < n; i++)
		if (!is_beside(&word[i]))
			query[at++] = word[i];
	*must = at ? at : n;
	for (size_t i = 0; i < n; i++)
		if (is_beside(&word[i]))
			query[at++] = word[i];
	return n;
}

bool finder_search(struct finder *f, const char *typed, size_t max,
		   const struct find_result **results, size_t *count, struct error *e)
{
	struct find_word query[QUERY_WORDS];
	size_t words, must;
	bool ok = true;

	f->result_count = 0;
	f->wanted = max;
	arena_release(&f->found);
	words = split_query(f, typed, query, &must);
	if (phone_looks_like(typed)) {
		find_numbers(f, typed);
	} else if (words) {
		score_words(f, query, words);
		for (size_t i = 0; i < f->index.entry_count; i++) {
			int score = score_entry(f, &f->index.entries[i], must, words);

			if (score < NO_MATCH)
				add_result(f, &f->index.entries[i].result, score);
		}
		ok = find_texts(f, query, must, e);
	}
	if (f->result_count)
		drop_worst(f);
	*results = f->results;
	*count = f->result_count;
	return ok;
}

void find_add_title(struct book *b, const struct find_result *r, struct text *out)
{
	if (r->kind == KIT_ROLE)
		book_add_name(b, r->kind, r->id, out);
	else
		text_add(out, r->title);
}
