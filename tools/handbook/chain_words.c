/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A call chain in words: who comes next, what to say, what is waited for. */
#include <string.h>

#include "handbook/chain_words.h"
#include "handbook/when.h"
#include "lib/base/language.h"
#include "lib/ui/dial.h"

#define MINUTE_MS 60000

const char *chain_result_label(enum chain_result r)
{
	static const char *const labels[CHAIN_RESULTS] = {
		[CHAIN_ACKNOWLEDGED] = N_("Acknowledged"),
		[CHAIN_REACHED] = N_("Reached, not acknowledged"),
		[CHAIN_MAILBOX] = N_("Mailbox"),
		[CHAIN_BUSY] = N_("Busy"),
		[CHAIN_NO_ANSWER] = N_("No answer"),
		[CHAIN_WRONG_NUMBER] = N_("Wrong number"),
		[CHAIN_SKIPPED] = N_("Go on without"),
	};

	return _(labels[r]);
}

const char *chain_mark(const struct chain_node *n)
{
	static const char *const marks[] = {
		[CHAIN_CLOSED] = "[ ]", [CHAIN_TO_CALL] = "[ ]",  [CHAIN_WAITING] = "[~]",
		[CHAIN_LATE] = "[!]",   [CHAIN_GIVEN_UP] = "[!]", [CHAIN_WITHOUT] = "[-]",
		[CHAIN_DONE] = "[x]",
	};

	return marks[n->state];
}

void chain_add_whom(struct book *b, const struct chain_sheet *s, const struct chain_node *n,
		    struct text *out)
{
	const struct chain_row *row = chain_sheet_row(s, n);

	book_add_name(b, row->kind, row->whom, out);
}

/* "acknowledged, 04:31" of a node that was called. */
static void add_last(const struct chain_node *n, int64_t now_ms, struct text *out)
{
	char when[WHEN_WORDS];

	text_addf(out, "%s, %s", chain_result_label(n->last), when_words(when, n->last_ms, now_ms));
}

void chain_add_state(const struct chain_node *n, const struct chain_look *look, struct text *out)
{
	int64_t now_ms = look->now_ms;
	char when[WHEN_WORDS], left[WHEN_WORDS];

	switch (n->state) {
	case CHAIN_CLOSED:
		text_add(out, n->unneeded ? _("not needed") : _("its turn comes later"));
		break;
	case CHAIN_TO_CALL:
		text_addf(out, _("to call, %u of %u"), n->calls + 1, n->limit);
		if (n->calls) {
			text_add(out, "; ");
			add_last(n, now_ms, out);
		}
		if (n->waiting)
			text_addf(out, _(", may answer until %s"),
				  when_words(when, n->until_ms, now_ms));
		break;
	case CHAIN_WAITING:
		text_addf(out, _("waiting until %s, %s left"),
			  when_words(when, n->until_ms, now_ms),
			  when_left(left, n->until_ms - now_ms, look->seconds));
		break;
	case CHAIN_LATE:
		text_addf(out, _("no acknowledgement since %s"),
			  when_words(when, n->until_ms, now_ms));
		break;
	case CHAIN_GIVEN_UP:
		text_addf(out, _("not reached, called %u times; "), n->calls);
		add_last(n, now_ms, out);
		break;
	case CHAIN_WITHOUT:
		text_add(out, _("gone on without"));
		break;
	case CHAIN_DONE:
		text_addf(out, _("acknowledged %s"), when_words(when, n->last_ms, now_ms));
		break;
	}
}

/* "No acknowledgement from IT duty officer for 10 min: go on to Head of IT". */
static void add_late(struct book *b, const struct chain_sheet *s, const struct chain_node *n,
		     int64_t now_ms, struct text *out)
{
	const struct chain_node *instead = chain_instead(&s->chain, n);
	bool own = n->state == CHAIN_TO_CALL; /* a number of its own is left */
	struct text whom = { 0 }, other = { 0 }, since = { 0 };

	chain_add_whom(b, s, n, &whom);
	book_add_minutes((now_ms - n->last_ms) / MINUTE_MS, &since);
	if (instead && !own) {
		chain_add_whom(b, s, instead, &other);
		text_addf(out, _("No acknowledgement from %s for %s: go on to %s"), text_end(&whom),
			  text_end(&since), text_end(&other));
	} else {
		text_addf(out,
			  own ? _("No acknowledgement from %s for %s: call the next number")
			      : _("No acknowledgement from %s for %s: call again"),
			  text_end(&whom), text_end(&since));
	}
	text_release(&whom);
	text_release(&other);
	text_release(&since);
}

bool chain_add_late(struct book *b, const struct chain_sheet *s, int64_t now_ms,
		    const char *between, struct text *out)
{
	size_t before = out->len;

	for (size_t i = 0; i < s->chain.count; i++) {
		if (!s->chain.nodes[i].late)
			continue;
		if (out->len > before)
			text_add(out, between);
		add_late(b, s, &s->chain.nodes[i], now_ms, out);
	}
	return out->len > before;
}

bool chain_add_waiting(struct book *b, const struct chain_sheet *s, int64_t now_ms,
		       struct text *out)
{
	size_t before = out->len;
	char when[WHEN_WORDS];

	for (size_t i = 0; i < s->chain.count; i++) {
		const struct chain_node *n = &s->chain.nodes[i];

		if (!n->waiting)
			continue;
		text_add(out, out->len > before ? ", " : _("Waiting for acknowledgement: "));
		chain_add_whom(b, s, n, out);
		text_addf(out, _(" until %s"), when_words(when, n->until_ms, now_ms));
	}
	return out->len > before;
}

void chain_add_number(const struct chain_node *n, size_t number, struct text *out)
{
	const struct chain_number *dial = number < n->number_count ? &n->numbers[number] : NULL;

	if (!dial) {
		text_add(out, _("No number is known here. Reach them another way: radio, "
				"messenger, or unlock the people's numbers."));
		return;
	}
	dial_add(out, dial->value);
	if (*dial->whom)
		text_addf(out, "  %s", dial->whom);
	if (dial->dead)
		text_addf(out, "  %s", _("(probably dead: what it hangs on has failed)"));
}

void chain_add_task(struct book *b, const struct chain_sheet *s, const struct chain_node *n,
		    size_t number, const struct chain_look *look, struct text *out)
{
	const struct chain_row *row = chain_sheet_row(s, n);
	struct text words = { 0 };

	text_addf(out, "%lld. ", (long long)n->nr);
	chain_add_whom(b, s, n, out);
	text_add(out, " (");
	chain_add_state(n, look, out);
	text_add(out, ")\n");
	text_addf(out, "%s: ", _("Dial"));
	chain_add_number(n, number, out);
	chain_blanks_add(look->blanks, row->text, &words);
	text_addf(out, _("\nSay: \"%s\"\n"), text_end(&words));
	text_release(&words);
	if (*row->caller) {
		text_addf(out, "%s: ", _("Who calls"));
		book_add_name(b, KIT_ROLE, row->caller, out);
		text_add(out, "\n");
	}
	if (*row->deadline) {
		text_addf(out, "%s: ", _("Deadline that starts"));
		book_add_due(b, row->deadline, out);
		text_add(out, "\n");
	}
}

void chain_add_beside(struct book *b, const struct chain_sheet *s, const struct chain_node *n,
		      struct text *out)
{
	const struct chain *c = &s->chain;
	bool any = false;

	for (size_t i = 0; i < c->fresh; i++) {
		const struct chain_node *other = &c->nodes[c->next[i]];

		if (other == n || !other->parallel)
			continue;
		text_add(out, any ? ", " : _("A second person can call meanwhile: "));
		chain_add_whom(b, s, other, out);
		any = true;
	}
	if (any)
		text_add(out, "\n");
}

void chain_add_summary(const struct chain_sheet *s, struct text *out)
{
	unsigned done = 0, without = 0, lost = 0;

	for (size_t i = 0; i < s->chain.count; i++) {
		done += s->chain.nodes[i].state == CHAIN_DONE;
		without += s->chain.nodes[i].state == CHAIN_WITHOUT;
		lost += s->chain.nodes[i].state == CHAIN_GIVEN_UP;
	}
	text_addf(out,
		  _("Acknowledged: %u. Not reached: %u. Gone on without: %u. Calls noted: %zu."),
		  done, lost, without, s->call_count);
}
