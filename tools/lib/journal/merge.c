/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders of chains made one, whatever the order. */
#include "lib/journal/merge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/newfile.h"
#include "lib/journal/history.h"

/* One chain while it is merged. */
struct merging {
	int into;
	const char *boot;
	struct merge_rule *rule;
	struct merge_result *result;
	struct histories all;
	struct history *had; /* the file that is there, or NULL */
};

static void say(struct merge_result *r, const char *name, const char *words)
{
	text_addf(&r->words, "%s: %s\n", name, words);
}

/* May it come in? The first chain that is seen decides what the others must be. */
static bool fits(struct merge_rule *rule, const struct chain *c)
{
	if (!rule->known) {
		rule->known = true;
		rule->exercise = c->exercise;
		memcpy(rule->kit_id, c->kit_id, sizeof(rule->kit_id));
	}
	return rule->exercise == c->exercise && strcmp(rule->kit_id, c->kit_id) == 0;
}

static void refuse_strangers(struct merging *m)
{
	for (size_t i = 0; i < m->all.count; i++) {
		struct history *h = &m->all.list[i];

		if (h->ours || h->chain.count == 0 || fits(m->rule, &h->chain))
			continue;
		m->result->refused++;
		if (strcmp(m->rule->kit_id, h->chain.kit_id) != 0)
			say(m->result, h->name,
			    _("it belongs to another kit, and stays where it is"));
		else if (h->chain.exercise)
			say(m->result, h->name,
			    _("it is of an exercise, these are real, and it stays where it is"));
		else
			say(m->result, h->name,
			    _("it is real, these are of an exercise, and it stays where it is"));
		h->chain.count = h->chain.bytes = 0;
	}
}

/* What is the beginning of another one says nothing more. */
static void drop_shorter(struct histories *all)
{
	for (size_t i = 0; i < all->count; i++)
		for (size_t k = 0; k < all->count; k++) {
			struct history *a = &all->list[i], *b = &all->list[k];

			if (i != k && a->chain.count && history_begins(a, b) &&
			    (a->chain.count < b->chain.count || i > k))
				a->chain.count = a->chain.bytes = 0;
		}
}

static bool put(struct merging *m, const char *name, const char *bytes, uint64_t len,
		struct error *e)
{
	struct newfile f = NEWFILE_NONE;
	bool ok;

	if (m->rule->only_look)
		return true;
	ok = newfile_create_at(&f, m->into, name, e) && newfile_write(&f, bytes, (size_t)len, e) &&
	     newfile_commit(&f, e);
	newfile_discard(&f);
	return ok;
}

/* Before a damaged file gives way to a good one, its bytes are kept beside it. */
static bool keep_damaged(struct merging *m, struct error *e)
{
	char name[CHAIN_NAME + 32], hex[DIGEST_HEX];
	struct digest d;

	if (!m->had || m->had->end != CHAIN_DAMAGED)
		return true;
	d = digest_bytes(text_end(&m->had->bytes), m->had->bytes.len);
	snprintf(name, sizeof(name), "%s.%.16s.damaged", m->boot, digest_to_hex(hex, &d));
	return put(m, name, text_end(&m->had->bytes), m->had->bytes.len, e);
}

static void note_change(struct merging *m, const struct history *now, uint64_t had)
{
	struct merge_result *r = m->result;

	mem_grow(&r->changes, &r->capacity, r->count + 1, sizeof(*r->changes));
	struct merge_change *c = &r->changes[r->count++];
	memcpy(c->boot, m->boot, sizeof(c->boot));
	c->count = now->chain.count;
	c->head = now->chain.head;
	c->added = now->chain.count - had;
	r->added += c->added;
}

/* One history: it is the chain. */
static bool put_chain(struct merging *m, const struct history *only, uint64_t had, struct error *e)
{
	char name[CHAIN_NAME];

	if (only->ours && only == m->had)
		return true;
	if (m->had && had == only->chain.count)
		return true; /* the same, in a file of the other folder */
	chain_name(name, m->boot);
	if (!keep_damaged(m, e) || !put(m, name, only->bytes.s, only->chain.bytes, e))
		return false;
	note_change(m, only, had);
	return true;
}

/* Several: each in a file of its own, and the chain is what they have in common. */
static bool put_variants(struct merging *m, uint64_t had_bytes, struct error *e)
{
	const struct history *first = NULL;
	char name[CHAIN_VARIANT_NAME];
	uint64_t common = 0;

	for (size_t i = 0; i < m->all.count; i++) {
		struct history *h = &m->all.list[i];

		if (!h->chain.count)
			continue;
		uint64_t with_first = first ? history_common(first, h) : h->chain.bytes;
		common = !first || with_first < common ? with_first : common;
		first = first ? first : h;
		chain_variant_name(name, &h->chain);
		if (h->ours && strcmp(name, h->name) == 0)
			continue;
		if (!put(m, name, h->bytes.s, h->chain.bytes, e))
			return false;
		if (!h->ours)
			note_change(m, h, 0);
	}
	m->result->forked++;
	say(m->result, m->boot,
	    _("this chain has two histories: somebody wrote one of them anew, or a PC was copied "
	      "while it ran. Each is kept in a file of its own, and only what they have in common "
	      "counts. Ask who wrote them"));
	chain_name(name, m->boot);
	if (m->had && had_bytes == common)
		return true;
	return keep_damaged(m, e) && put(m, name, first->bytes.s, common, e);
}

/* Variants of ours that another one has outgrown. */
static bool remove_outgrown(struct merging *m, const bool *outgrown, struct error *e)
{
	for (size_t i = 0; i < m->all.count; i++) {
		const struct history *h = &m->all.list[i];

		if (h->ours && outgrown[i] && chain_is_variant(h->name) && !m->rule->only_look &&
		    unlinkat(m->into, h->name, 0) < 0)
			return error_errno(e, _("cannot remove %s"), h->name);
	}
	return true;
}

static bool merge_histories(struct merging *m, struct error *e)
{
	bool *outgrown = mem_array(m->all.count, sizeof(bool));
	const struct history *last = NULL;
	uint64_t had = 0, had_bytes = 0;
	size_t left = 0;
	bool ok = true;

	for (size_t i = 0; i < m->all.count; i++) {
		struct history *h = &m->all.list[i];

		outgrown[i] = h->chain.count > 0;
		if (h->end == CHAIN_DAMAGED) {
			m->result->damaged++;
			text_addf(&m->result->words, "%s\n", h->why.text);
		}
		if (h->ours && !chain_is_variant(h->name)) {
			m->had = h;
			had = h->chain.count;
			had_bytes = h->chain.bytes;
		}
	}
	refuse_strangers(m);
	drop_shorter(&m->all);
	for (size_t i = 0; i < m->all.count; i++) {
		outgrown[i] = outgrown[i] && !m->all.list[i].chain.count;
		left += m->all.list[i].chain.count > 0;
		last = m->all.list[i].chain.count ? &m->all.list[i] : last;
	}
	if (left == 1)
		ok = put_chain(m, last, had, e);
	else if (left > 1)
		ok = put_variants(m, had_bytes, e);
	ok = ok && remove_outgrown(m, outgrown, e);
	free(outgrown);
	return ok;
}

static bool merge_chain(int into, int from, const char *boot, struct merge_rule *rule,
			struct merge_result *r, struct error *e)
{
	struct merging m = { .into = into, .boot = boot, .rule = rule, .result = r };
	bool ok = history_same(into, from, boot) ||
		  (histories_load(&m.all, into, boot, true, e) &&
		   histories_load(&m.all, from, boot, false, e) && merge_histories(&m, e));

	histories_release(&m.all);
	return ok;
}

/* Take the rule from what the folder holds already. */
static bool rule_of(int folder, struct merge_rule *rule, struct error *e)
{
	struct boots boots = { 0 };
	bool ok = boots_list(folder, &boots, e);

	for (size_t i = 0; ok && !rule->known && i < boots.count; i++) {
		struct chain c;

		if (history_peek(folder, boots.list[i], &c))
			(void)fits(rule, &c);
	}
	free(boots.list);
	return ok;
}

bool merge_folder(int into, int from, struct merge_rule *rule, struct merge_result *r,
		  struct error *e)
{
	struct boots boots = { 0 };
	bool ok = (rule->known || rule_of(into, rule, e)) && boots_list(from, &boots, e);

	for (size_t i = 0; ok && i < boots.count; i++)
		if (!rule->without || strcmp(rule->without, boots.list[i]) != 0)
			ok = merge_chain(into, from, boots.list[i], rule, r, e);
	free(boots.list);
	return ok;
}

void merge_release(struct merge_result *r)
{
	free(r->changes);
	text_release(&r->words);
	*r = (struct merge_result){ 0 };
}
