/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a file lies: the folders above it, each looked at once. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/copy.h"
#include "lib/disk/utf16.h"
#include "lib/ntfs/scan_inside.h"

uint32_t scan_store_add(struct scan_store *s, size_t limit, const void *bytes, size_t len)
{
	if (!s->count || s->used + len > SCAN_CHUNK_BYTES) {
		if (s->count == SCAN_CHUNKS_MAX || (s->count + 1) * SCAN_CHUNK_BYTES > limit)
			return SCAN_STORE_FULL;
		s->chunks[s->count++] = mem_alloc(SCAN_CHUNK_BYTES);
		s->used = 0;
	}
	uint32_t at = (uint32_t)((s->count - 1) * SCAN_CHUNK_BYTES + s->used);
	if (len)
		memcpy(s->chunks[s->count - 1] + s->used, bytes, len);
	s->used += len;
	return at;
}

void scan_store_release(struct scan_store *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->chunks[i]);
	*s = (struct scan_store){ 0 };
}

size_t ntfs_scan_name_text(char out[NTFS_SCAN_NAME_BYTES], struct reader units)
{
	const uint64_t slash = 0x0001000100010001u * '/', ones = 0x0001000100010001u;
	size_t n = units.left / 2, i = 0;

	for (uint64_t four; i + 4 <= n; i += 4) { /* units of ASCII, none of them a slash */
		memcpy(&four, units.at + 2 * i, 8);
		if ((four & 0xff80ff80ff80ff80u) | (((four ^ slash) - ones) & 0x8000800080008000u))
			break;
		four = (four | four >> 8) & 0x0000ffff0000ffffu;
		four |= four >> 16;
		memcpy(out + i, &four, 4);
	}
	for (; i < n && units.at[2 * i] < 0x80 && !units.at[2 * i + 1] && units.at[2 * i] != '/';
	     i++)
		out[i] = (char)units.at[2 * i];
	if (i == n)
		return n;
	char raw[NTFS_SCAN_NAME_BYTES];
	size_t len = utf16_wtf8(raw, units), to = 0;
	for (i = 0; i < len; i++) {
		if (raw[i] != '/') {
			out[to++] = raw[i];
			continue;
		}
		/* U+FFFD; a unit has room for three bytes. */
		memcpy(out + to, "\xef\xbf\xbd", 3);
		to += 3;
	}
	return to;
}

void scan_note_folder(struct ntfs_scan *s, struct scan_node *node, struct reader attributes)
{
	struct ntfs_attribute a;
	struct ntfs_scan_name n;
	char text[NTFS_SCAN_NAME_BYTES];

	while (ntfs_attribute_next(&attributes, &a) == NTFS_NEXT_ONE) {
		if (a.type > NTFS_FILE_NAME)
			return; /* attributes are sorted by type */
		if (a.type != NTFS_FILE_NAME || !a.resident || !scan_name_parse(a.value, &n))
			continue;
		if (node->len && !(node->flags & SCAN_SHORT_NAME))
			return;
		size_t len = ntfs_scan_name_text(text, n.units);
		uint32_t at = scan_store_add(&s->names, NTFS_SCAN_NAMES_BYTES, text, len);
		if (at == SCAN_STORE_FULL) {
			s->names_full = true;
			return;
		}
		node->name = at;
		node->len = (uint16_t)len;
		node->parent = n.parent;
		node->flags = (uint8_t)(node->flags & ~SCAN_SHORT_NAME);
		if (n.space == NTFS_DOS)
			node->flags |= SCAN_SHORT_NAME;
	}
}

/* The folder that a reference leads to; NULL with *why, where NTFS_ORPHAN_NOT is the root. */
static struct scan_node *parent_of(const struct ntfs_scan *s, uint64_t reference,
				   enum ntfs_orphan *why)
{
	struct scan_node *n = scan_node_of(s, NTFS_NUMBER(reference));

	*why = NTFS_ORPHAN_NOT;
	if (NTFS_NUMBER(reference) == NTFS_FILE_ROOT &&
	    (!n || !(n->flags & SCAN_THERE) || scan_same_use(n, NTFS_SEQUENCE(reference))))
		return NULL;
	if (!n || !(n->flags & SCAN_THERE))
		*why = NTFS_ORPHAN_ABSENT;
	else if (!scan_same_use(n, NTFS_SEQUENCE(reference)))
		*why = NTFS_ORPHAN_REUSED;
	else if (!(n->flags & SCAN_FOLDER))
		*why = NTFS_ORPHAN_NO_FOLDER;
	else if (!n->len)
		*why = NTFS_ORPHAN_NAMELESS;
	return *why == NTFS_ORPHAN_NOT ? n : NULL;
}

static void place(struct scan_node *n, const struct scan_node *parent, enum ntfs_orphan why)
{
	n->flags |= SCAN_KNOWN;
	if (parent && parent->depth >= NTFS_SCAN_DEPTH) {
		parent = NULL;
		why = NTFS_ORPHAN_DEEP;
	}
	if (!parent)
		n->flags |= SCAN_TOP;
	n->depth = parent ? (uint16_t)(parent->depth + 1) : 1;
	n->why = parent ? parent->why : (uint8_t)why;
}

/* Find out the places of a folder and of all those above it. A folder whose depth is set but not its place
 * is on the way now. */
static void resolve(struct ntfs_scan *s, struct scan_node *n)
{
	enum ntfs_orphan why = NTFS_ORPHAN_NOT;
	struct scan_node *above = n;
	size_t count = 0;

	while (above && !(above->flags & SCAN_KNOWN) && !above->depth) {
		if (count == s->way_capacity)
			mem_grow(&s->way, &s->way_capacity, count + 1, sizeof(*s->way));
		above->depth = 1;
		s->way[count++] = (uint32_t)(above - s->nodes);
		above = parent_of(s, above->parent, &why);
	}
	if (above && !(above->flags & SCAN_KNOWN)) {
		/* All from where it was met first lie in the loop. */
		struct scan_node *one;

		do {
			one = &s->nodes[s->way[--count]];
			place(one, NULL, NTFS_ORPHAN_LOOP);
		} while (one != above);
	}
	while (count--) {
		struct scan_node *one = &s->nodes[s->way[count]];

		place(one, above, why);
		above = one;
	}
}

/* Make s->path what stands before the name, or of that the end that has at most so many bytes. */
static void prefix(struct ntfs_scan *s, uint64_t parent, size_t most)
{
	enum ntfs_orphan why;
	struct scan_node *n = parent_of(s, parent, &why);
	size_t len = 0;

	s->path_known = true;
	s->path_parent = parent;
	text_clear(&s->path);
	if (n && !(n->flags & SCAN_KNOWN))
		resolve(s, n);
	s->path_why = n ? (enum ntfs_orphan)n->why : why;
	for (const struct scan_node *one = n; one;) {
		if (one->len + 1u > most - len) {
			s->path_why = NTFS_ORPHAN_DEEP;
			break;
		}
		len += one->len + 1u;
		one = one->flags & SCAN_TOP ? NULL : parent_of(s, one->parent, &why);
	}
	if (s->path.capacity < len + NTFS_SCAN_NAME_BYTES + 1)
		mem_grow(&s->path.s, &s->path.capacity, len + NTFS_SCAN_NAME_BYTES + 1, 1);
	char *at = s->path.s + len;
	for (const struct scan_node *one = n; one && at > s->path.s;) {
		*--at = '/';
		at -= one->len;
		copy_short(at, scan_store_at(&s->names, one->name), one->len);
		one = one->flags & SCAN_TOP ? NULL : parent_of(s, one->parent, &why);
	}
	s->path_prefix = len;
}

struct ntfs_scan_path ntfs_scan_path(struct ntfs_scan *s, uint64_t parent, struct reader units)
{
	if (!s->path_known || s->path_parent != parent)
		prefix(s, parent, SIZE_MAX);
	s->path_left += NTFS_SCAN_PATHS_EACH;
	if (s->path_prefix > NTFS_SCAN_PATH_LONG && s->path_prefix > s->path_left)
		prefix(s, parent, NTFS_SCAN_PATH_LONG);
	else if (s->path_prefix > NTFS_SCAN_PATH_LONG)
		s->path_left -= s->path_prefix;
	size_t len = s->path_prefix + ntfs_scan_name_text(s->path.s + s->path_prefix, units);
	return (struct ntfs_scan_path){ s->path.s, len, s->path_prefix, s->path_why };
}

struct ntfs_scan_path ntfs_scan_nameless(struct ntfs_scan *s, uint64_t number)
{
	text_clear(&s->path);
	text_addf(&s->path, "%llu", number + 0ULL);
	s->path_known = false;
	if (s->path.capacity < s->path.len + NTFS_SCAN_NAME_BYTES + 1)
		mem_grow(&s->path.s, &s->path.capacity, s->path.len + NTFS_SCAN_NAME_BYTES + 1, 1);
	return (struct ntfs_scan_path){ s->path.s, s->path.len, 0, NTFS_ORPHAN_NAMELESS };
}

bool ntfs_scan_folder(const struct ntfs_scan *s, uint64_t number, struct ntfs_scan_folder *f)
{
	const struct scan_node *n = scan_node_of(s, number);

	if (!n || !(n->flags & SCAN_FOLDER) || !n->len)
		return false;
	*f = (struct ntfs_scan_folder){
		.parent = n->parent,
		.sequence = n->sequence,
		.in_use = n->flags & SCAN_IN_USE,
		.name = (const char *)scan_store_at(&s->names, n->name),
		.len = n->len,
	};
	return true;
}

const char *ntfs_orphan_name(enum ntfs_orphan why)
{
	static const char *const names[] = {
		[NTFS_ORPHAN_NOT] = NULL,
		[NTFS_ORPHAN_ABSENT] = "parent_absent",
		[NTFS_ORPHAN_REUSED] = "parent_reused",
		[NTFS_ORPHAN_NO_FOLDER] = "parent_no_folder",
		[NTFS_ORPHAN_LOOP] = "loop",
		[NTFS_ORPHAN_DEEP] = "too_deep",
		[NTFS_ORPHAN_NAMELESS] = "nameless",
	};

	return names[why];
}
