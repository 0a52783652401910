/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chains as whole files: read, checked, compared. */
#include "lib/journal/history.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/wholefile.h"

/* Names in a folder for which `take` says so. */
static bool each_name(int folder, void (*take)(void *with, const char *name), void *with,
		      struct error *e)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!list) {
		error_errno(e, _("cannot look into the folder of the journal"));
		if (fd >= 0)
			close(fd);
		return false;
	}
	while ((entry = readdir(list)) != NULL)
		take(with, entry->d_name);
	closedir(list);
	return true;
}

static void take_boot(void *with, const char *name)
{
	struct boots *b = with;
	char boot[BOOT_HEX];

	if (!chain_boot(name, boot) && !chain_is_variant(name))
		return;
	mem_grow(&b->list, &b->capacity, b->count + 1, sizeof(*b->list));
	memcpy(b->list[b->count], name, BOOT_HEX - 1);
	b->list[b->count++][BOOT_HEX - 1] = '\0';
}

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

bool boots_list(int folder, struct boots *b, struct error *e)
{
	size_t kept = 0;

	if (!each_name(folder, take_boot, b, e))
		return false;
	if (b->count)
		qsort(b->list, b->count, sizeof(*b->list), by_name);
	for (size_t i = 0; i < b->count; i++)
		if (i == 0 || strcmp(b->list[i], b->list[kept - 1]) != 0)
			memmove(b->list[kept++], b->list[i], sizeof(*b->list));
	b->count = kept;
	return true;
}

struct search {
	struct histories *h;
	const char *boot;
	bool ours;
};

static void take_file(void *with, const char *name)
{
	struct search *s = with;
	struct histories *h = s->h;
	char boot[BOOT_HEX];

	if (strncmp(name, s->boot, BOOT_HEX - 1) != 0 ||
	    (!chain_boot(name, boot) && !chain_is_variant(name)))
		return;
	mem_grow(&h->list, &h->capacity, h->count + 1, sizeof(*h->list));
	struct history *new = &h->list[h->count++];
	*new = (struct history){ .ours = s->ours };
	memcpy(new->name, name, strlen(name) + 1);
	chain_start(&new->chain, s->boot);
}

static void check(struct history *h)
{
	struct record r;

	do
		h->end = chain_next(&h->chain, 0, text_end(&h->bytes), h->bytes.len, &r, &h->why);
	while (h->end == CHAIN_RECORD);
	if (h->end == CHAIN_DAMAGED)
		chain_fault(&h->chain, h->name, &h->why);
}

bool histories_load(struct histories *h, int folder, const char *boot, bool ours, struct error *e)
{
	struct search s = { h, boot, ours };
	size_t first = h->count;

	if (!each_name(folder, take_file, &s, e))
		return false;
	for (size_t i = first; i < h->count; i++) {
		struct history *new = &h->list[i];
		bool known = wholefile_read(folder, new->name, O_NOFOLLOW, CHAIN_FILE_MAX,
					    &new->bytes, &new->why);

		if (known)
			check(new);
		else
			new->end = CHAIN_DAMAGED;
		/* Ours is written over only where all of it is known. */
		if (ours && !known)
			return error_set(e, new->why.kind, "%s", new->why.text);
	}
	return true;
}

void histories_release(struct histories *h)
{
	for (size_t i = 0; i < h->count; i++)
		text_release(&h->list[i].bytes);
	free(h->list);
	*h = (struct histories){ 0 };
}

struct counting {
	const char *boot;
	size_t variants;
};

static void count_variant(void *with, const char *name)
{
	struct counting *c = with;

	c->variants += chain_is_variant(name) && strncmp(name, c->boot, BOOT_HEX - 1) == 0;
}

size_t history_variants(int folder, const char *boot)
{
	struct counting c = { .boot = boot };
	struct error quiet = { 0 };

	(void)!each_name(folder, count_variant, &c, &quiet);
	return c.variants;
}

bool history_peek(int folder, const char *boot, struct chain *c)
{
	char name[CHAIN_NAME], bytes[RECORD_MAX];
	struct error quiet = { 0 };
	struct record r;
	ssize_t n;
	int fd;

	chain_name(name, boot);
	chain_start(c, boot);
	fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	n = fd < 0 ? -1 : pread(fd, bytes, sizeof(bytes), 0);
	if (fd >= 0)
		close(fd);
	return n > 0 && chain_next(c, 0, bytes, (size_t)n, &r, &quiet) == CHAIN_RECORD;
}

bool history_same(int a, int b, const char *boot)
{
	char name[CHAIN_NAME];
	struct text in_a = { 0 }, in_b = { 0 };
	struct error quiet = { 0 };
	bool same;

	chain_name(name, boot);
	same = history_variants(a, boot) + history_variants(b, boot) == 0 &&
	       wholefile_read(a, name, O_NOFOLLOW, CHAIN_FILE_MAX, &in_a, &quiet) &&
	       wholefile_read(b, name, O_NOFOLLOW, CHAIN_FILE_MAX, &in_b, &quiet) &&
	       in_a.len == in_b.len && memcmp(text_end(&in_a), text_end(&in_b), in_a.len) == 0;
	text_release(&in_a);
	text_release(&in_b);
	return same;
}

bool history_begins(const struct history *a, const struct history *b)
{
	return a->chain.bytes == 0 || (a->chain.bytes <= b->chain.bytes &&
				       memcmp(a->bytes.s, b->bytes.s, (size_t)a->chain.bytes) == 0);
}

uint64_t history_common(const struct history *a, const struct history *b)
{
	uint64_t least = a->chain.bytes < b->chain.bytes ? a->chain.bytes : b->chain.bytes;
	uint64_t same = 0, whole = 0;
	struct record r;
	struct error quiet = { 0 };

	while (same < least && a->bytes.s[same] == b->bytes.s[same])
		same++;
	while (whole < same &&
	       record_decode(a->bytes.s + whole, (size_t)(a->chain.bytes - whole), &r, &quiet) ==
		       RECORD_WHOLE &&
	       whole + r.len <= same)
		whole += r.len;
	return whole;
}
