/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a head on paper proves. */
#include "journal/proof.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/hex.h"
#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/wholefile.h"
#include "lib/crypto/words.h"
#include "lib/journal/history.h"
#include "lib/journal/schema.h"

#define PAPER_BYTES ((WORDS_FINGERPRINT * WORDS_BITS + 7) / 8)
#define STICK_PURPOSE "blackstart journal stick"

static void found(struct proof *p, const char *words)
{
	p->faults++;
	text_addf(&p->words, "%s\n", words);
}

static void refer(struct proof_chain *c, const char *boot, uint64_t count, const char *head)
{
	struct proof_reference r = { .at = c->chain.count - 1, .count = count };

	if (count == 0 || !boot_valid(boot, BOOT_HEX - 1) ||
	    !digest_from_hex(&r.head, head, strlen(head)))
		return;
	memcpy(r.boot, boot, BOOT_HEX - 1);
	mem_grow(&c->references, &c->reference_capacity, c->reference_count + 1,
		 sizeof(*c->references));
	c->references[c->reference_count++] = r;
}

/* A tie to a stick that the stick did not sign is none. */
static void check_tie(struct proof *p, const struct proof_chain *c, const struct record *r)
{
	uint8_t key[32], signature[SIGNKEY_SIGNATURE_BYTES], boot[BOOT_BYTES];
	struct error why = { 0 };

	if (hex_decode(key, sizeof(key), message_text(&r->open, "stick")) &&
	    hex_decode(signature, sizeof(signature), message_text(&r->open, "proof")) &&
	    hex_decode(boot, sizeof(boot), c->chain.boot) &&
	    signkey_valid(key, STICK_PURPOSE, boot, sizeof(boot), signature))
		return;
	error_set(&why, ERROR_UNTRUSTED,
		  _("%s:%llu: the stick named there did not sign this chain"), c->chain.boot,
		  r->sequence + 0ULL);
	found(p, why.text);
}

/* What a record names of other chains. */
static void take_references(struct proof *p, struct proof_chain *c, const struct record *r)
{
	const struct message *m = &r->open;
	const char *previous = message_text(m, "previous");
	char boot[BOOT_HEX], first[RECORD_ID] = "";
	uint64_t count;

	if (message_is(m, "stick")) {
		check_tie(p, c, r);
	} else if (message_is(m, "merge") && message_number(m, "entries", UINT64_MAX, &count)) {
		refer(c, message_text(m, "chain"), count, message_text(m, "head"));
	} else if (message_is(m, "boot") && strlen(previous) > DIGEST_HEX) {
		size_t n = strlen(previous) - DIGEST_HEX; /* what stands before ":HASH" */

		if (n < sizeof(first)) {
			memcpy(first, previous, n);
			first[n] = '\0';
		}
		if (journal_record_id(first, boot, &count))
			refer(c, boot, count, previous + n + 1);
	}
}

static bool load_chain(struct proof *p, struct proof_chain *c, int folder, struct error *e)
{
	char name[CHAIN_NAME];
	struct text bytes = { 0 };
	struct error why = { 0 };
	enum chain_step step = CHAIN_END;
	struct record r;
	bool there;

	chain_name(name, c->chain.boot);
	if (!wholefile_read_if(folder, name, O_NOFOLLOW, CHAIN_FILE_MAX, &bytes, &there, &why))
		step = CHAIN_DAMAGED;
	while (!why.kind && there &&
	       (step = chain_next(&c->chain, 0, text_end(&bytes), bytes.len, &r, &why)) ==
		       CHAIN_RECORD) {
		mem_grow(&c->hashes, &c->capacity, (size_t)c->chain.count, sizeof(*c->hashes));
		c->hashes[c->chain.count - 1] = r.hash;
		take_references(p, c, &r);
	}
	c->damaged = step == CHAIN_DAMAGED;
	c->cut = step == CHAIN_CUT;
	if (c->damaged)
		chain_fault(&c->chain, name, &why);
	else if (c->cut)
		chain_cut_words(&c->chain, name, &why);
	if (why.kind)
		found(p, why.text);
	text_release(&bytes);
	return !e->kind;
}

static void name_variants(struct proof *p, int folder, const char *boot)
{
	struct error why = { 0 };

	if (!history_variants(folder, boot))
		return;
	error_set(&why, ERROR_UNTRUSTED,
		  _("%s: this chain has several histories, kept in files %s.*.fork; where they "
		    "part, none of them is right by itself"),
		  boot, boot);
	found(p, why.text);
}

bool proof_load(struct proof *p, int folder, struct error *e)
{
	struct boots boots = { 0 };
	bool ok = boots_list(folder, &boots, e);

	if (ok && boots.count)
		p->chains = mem_array(boots.count, sizeof(*p->chains));
	for (size_t i = 0; ok && i < boots.count; i++) {
		chain_start(&p->chains[p->count].chain, boots.list[i]);
		ok = load_chain(p, &p->chains[p->count++], folder, e);
		name_variants(p, folder, boots.list[i]);
	}
	free(boots.list);
	return ok;
}

void proof_release(struct proof *p)
{
	for (size_t i = 0; i < p->count; i++) {
		free(p->chains[i].hashes);
		free(p->chains[i].references);
	}
	free(p->chains);
	text_release(&p->words);
	*p = (struct proof){ 0 };
}

/* Is the chain that a proven record names here, and as it says? Then it is proven so far;
 * the return value is that chain if more of it is proven than before. */
static struct proof_chain *follow(struct proof *p, const struct proof_chain *from,
				  const struct proof_reference *r)
{
	struct proof_chain *to = NULL;
	struct error why = { 0 };

	for (size_t i = 0; i < p->count && !to; i++)
		if (strcmp(p->chains[i].chain.boot, r->boot) == 0)
			to = &p->chains[i];
	if (!to || to->chain.count < r->count)
		error_set(&why, ERROR_UNTRUSTED,
			  _("%s:%llu names %llu records of the chain %s; here are %llu of them"),
			  from->chain.boot, r->at + 0ULL, r->count + 0ULL, r->boot,
			  to ? to->chain.count + 0ULL : 0ULL);
	else if (!digest_equal(&to->hashes[r->count - 1], &r->head))
		error_set(&why, ERROR_UNTRUSTED,
			  _("%s:%llu names another history of the chain %s than is here"),
			  from->chain.boot, r->at + 0ULL, r->boot);
	if (why.kind) {
		found(p, why.text);
		return NULL;
	}
	if (to->proven >= r->count)
		return NULL;
	to->proven = r->count;
	return to;
}

/* Everything that proven records name, until nothing more is learnt. Each round proves at
 * least one record more, so it ends. */
static void spread(struct proof *p)
{
	uint64_t *done = mem_array(p->count, sizeof(*done));
	bool more = true;

	while (more) {
		more = false;
		for (size_t i = 0; i < p->count; i++) {
			struct proof_chain *c = &p->chains[i];
			uint64_t until = c->proven, since = done[i];

			done[i] = until;
			for (size_t k = 0; k < c->reference_count; k++)
				if (c->references[k].at >= since && c->references[k].at < until &&
				    follow(p, c, &c->references[k]))
					more = true;
		}
	}
	free(done);
}

bool proof_by_paper(struct proof *p, const char *words, uint64_t entries, struct error *e)
{
	uint8_t paper[PAPER_BYTES];
	bool any = false;

	if (!words_decode(words, paper, sizeof(paper), WORDS_FINGERPRINT, e))
		return false;
	for (size_t i = 0; i < p->count; i++) {
		struct proof_chain *c = &p->chains[i];

		if (entries > 0 && entries <= c->chain.count &&
		    memcmp(c->hashes[entries - 1].bytes, paper, sizeof(paper)) == 0) {
			c->proven = entries;
			any = true;
		}
	}
	if (!any)
		return error_set(
			e, ERROR_UNTRUSTED,
			_("no chain here has these words at %llu records: entries are missing "
			  "or were written anew, or the words or the number are of another "
			  "journal"),
			entries + 0ULL);
	spread(p);
	return true;
}
