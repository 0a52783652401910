/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loops among records: call chains that go round, systems that need each other. */
#include <stdlib.h>

#include "kit/check.h"

#define PATH_SHOWN 12 /* names of a loop; of a longer one, those at both ends */

void graph_add(struct graph *g, size_t from, size_t to, const struct record *record)
{
	mem_grow(&g->edges, &g->capacity, g->count + 1, sizeof(*g->edges));
	g->edges[g->count++] = (struct edge){ from, to, record };
}

void graph_release(struct graph *g)
{
	free(g->edges);
	*g = (struct graph){ 0 };
}

static int by_from(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	return (x->record > y->record) - (x->record < y->record);
}

/* Two records may say the same thing: "otherwise" of one, "after" of the other. */
static bool is_repeated(const struct graph *g, size_t e)
{
	return e > 0 && g->edges[e - 1].from == g->edges[e].from &&
	       g->edges[e - 1].to == g->edges[e].to;
}

/* Depth first, with a stack of its own: a chain may be as long as a table. */
struct walk {
	size_t *stack, depth;
	size_t *next;  /* per node: the edge to follow next */
	size_t *place; /* per node: 1 + where it is on the stack, 0 if it is not */
	bool *done;
};

static void enter(struct walk *w, size_t node)
{
	w->stack[w->depth++] = node;
	w->place[node] = w->depth;
}

/* What is on the stack from `first` on is a loop. Name it from the record on that
 * stands last: usually the one that was added. */
static void report_loop(const struct graph *g, const struct walk *w, size_t first,
			void (*found)(void *context, const struct record *last, const size_t *loop,
				      size_t count),
			void *context)
{
	size_t count = w->depth - first, start = 0;
	size_t *loop = mem_array(count, sizeof(*loop));
	const struct record *last = NULL;

	for (size_t i = 0; i < count; i++) {
		const struct record *r = g->edges[w->next[w->stack[first + i]] - 1].record;

		if (!last || r > last) {
			last = r;
			start = i;
		}
	}
	for (size_t i = 0; i < count; i++)
		loop[i] = w->stack[first + (start + i) % count];
	found(context, last, loop, count);
	free(loop);
}

void graph_loops(struct graph *g, size_t nodes,
		 void (*found)(void *context, const struct record *last, const size_t *loop,
			       size_t count),
		 void *context)
{
	struct walk w = { 0 };
	size_t loops = 0;

	if (!g->count || !nodes)
		return;
	qsort(g->edges, g->count, sizeof(*g->edges), by_from);
	w.stack = mem_array(nodes, sizeof(*w.stack));
	w.next = mem_array(nodes, sizeof(*w.next));
	w.place = mem_array(nodes, sizeof(*w.place));
	w.done = mem_array(nodes, sizeof(*w.done));
	for (size_t e = g->count; e-- > 0;)
		w.next[g->edges[e].from] = e;
	for (size_t first = 0; first < nodes && loops < CHECK_LOOPS_MAX; first++) {
		if (!w.done[first])
			enter(&w, first);
		while (w.depth && loops < CHECK_LOOPS_MAX) {
			size_t node = w.stack[w.depth - 1], e = w.next[node];
			size_t to = e < g->count ? g->edges[e].to : 0;

			if (e >= g->count || g->edges[e].from != node) {
				w.done[node] = true;
				w.place[node] = 0;
				w.depth--;
				continue;
			}
			w.next[node]++;
			if (is_repeated(g, e))
				continue;
			if (w.place[to]) {
				loops++;
				report_loop(g, &w, w.place[to] - 1, found, context);
			} else if (!w.done[to]) {
				enter(&w, to);
			}
		}
	}
	free(w.stack);
	free(w.next);
	free(w.place);
	free(w.done);
}

void graph_path(struct text *out, const size_t *loop, size_t count, const char *const *names)
{
	for (size_t i = 0; i < count; i++) {
		if (count > PATH_SHOWN && i == PATH_SHOWN / 2) {
			text_add(out, "... -> ");
			i = count - PATH_SHOWN / 2;
		}
		text_addf(out, "%s -> ", names[loop[i]]);
	}
	text_add(out, names[loop[0]]);
}
