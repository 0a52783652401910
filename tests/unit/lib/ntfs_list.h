/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NTFS_LIST_H
#define NTFS_LIST_H

/* What a walk found, as text: "type size flags path[:stream]" a line, with the first bytes
 * of the content behind it, up to a zero; "!" if it cannot be read. Flags as numbers. */
#include "lib/base/text.h"
#include "ntfs_builder.h"

struct list {
	struct filesystem *f;
	struct text text;
	size_t entries;
	size_t limit; /* entries after which `each` ends it; 0: none */
};

static inline bool list_entry(void *ctx, const struct filesystem_entry *entry, struct error *e)
{
	struct list *l = ctx;
	struct error own = { 0 };
	char content[41];
	size_t got = 0;

	l->entries++;
	text_addf(&l->text, "%c %llu %u %s%s%s", entry->type, entry->size_bytes + 0ULL,
		  entry->flags, entry->path, entry->stream ? ":" : "",
		  entry->stream ? entry->stream : "");
	if (entry->type != 'd' && entry->type != 'o') {
		if (!l->f->read(l->f, entry, 0, content, sizeof(content) - 1, &got, &own))
			text_add(&l->text, " !");
		else if (got && content[0])
			text_addf(&l->text, " = %.*s", (int)got, content);
	}
	text_add(&l->text, "\n");
	if (l->limit && l->entries == l->limit)
		return error_set(e, ERROR_FAILED, "enough");
	return true;
}

/* The list of a builder's volume; to be freed. */
static inline char *list_of(struct builder *b)
{
	struct error e = { 0 };
	struct list l = { .f = build_open(b, &e) };

	if (!l.f || !l.f->walk(l.f, list_entry, &l, &e))
		text_addf(&l.text, "failed: %s", e.text);
	if (l.f)
		l.f->close(l.f);
	(void)text_end(&l.text);
	return l.text.s ? l.text.s : mem_string("");
}

#define LIST_IS(builder, want)                                                                     \
	do {                                                                                       \
		char *list_got = list_of(builder);                                                 \
		assert_string_equal(list_got, want);                                               \
		free(list_got);                                                                    \
	} while (0)

#endif
