/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was seen of each product's images: read strictly, raised, written whole. */
#include "lib/image/seen.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/newfile.h"
#include "lib/base/wholefile.h"

#define HEADER "blackstart-seen 1\n"
#define SPACE "  "

static bool take_product(const char **at, const char *end, char product[65])
{
	size_t n = 0;

	for (const char *s = *at; s < end && *s != ' '; s++, n++)
		if (n == 64 ||
		    !((*s >= 'a' && *s <= 'z') || (*s >= '0' && *s <= '9') || (*s == '-' && n)))
			return false;
	memcpy(product, *at, n);
	product[n] = '\0';
	*at += n;
	return n;
}

static bool take_number(const char **at, const char *end, uint64_t *number)
{
	const char *start = *at;

	*number = 0;
	while (*at < end && **at >= '0' && **at <= '9' && *at - start < 15)
		*number = *number * 10 + (uint64_t)(*(*at)++ - '0');
	return *at > start && *start != '0';
}

static bool take_space(const char **at, const char *end)
{
	if (end - *at < 2 || memcmp(*at, SPACE, 2) != 0)
		return false;
	*at += 2;
	return true;
}

static bool take_line(const char *at, const char *end, struct seen_entry *s)
{
	return take_product(&at, end, s->product) && take_space(&at, end) &&
	       take_number(&at, end, &s->counter) && take_space(&at, end) &&
	       digest_from_hex(&s->identity, at, (size_t)(end - at));
}

bool seen_parse(const char *text, size_t len, struct seen *s, struct error *e)
{
	const char *at = text, *end = text + len;
	size_t line = 1;

	*s = (struct seen){ 0 };
	if (len < strlen(HEADER) || memcmp(text, HEADER, strlen(HEADER)) != 0)
		return error_set(e, ERROR_UNTRUSTED,
				 _("not a file of seen counters: its first line is not "
				   "'blackstart-seen 1'"));
	for (at += strlen(HEADER); at < end; line++) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		struct seen_entry entry;

		if (s->count == SEEN_LINES_MAX || !stop || !take_line(at, stop, &entry) ||
		    (s->count && strcmp(s->entries[s->count - 1].product, entry.product) >= 0)) {
			seen_release(s);
			return error_set(e, ERROR_UNTRUSTED,
					 _("line %zu is not 'PRODUCT  COUNTER  IDENTITY', or not "
					   "in its place"),
					 line + 1);
		}
		mem_grow(&s->entries, &s->capacity, s->count + 1, sizeof(*s->entries));
		s->entries[s->count++] = entry;
		at = stop + 1;
	}
	return true;
}

void seen_write(const struct seen *s, struct text *out)
{
	char hex[DIGEST_HEX];

	text_add(out, HEADER);
	for (size_t i = 0; i < s->count; i++)
		text_addf(out, "%s" SPACE "%llu" SPACE "%s\n", s->entries[i].product,
			  s->entries[i].counter + 0ULL,
			  digest_to_hex(hex, &s->entries[i].identity));
}

bool seen_read(struct seen *s, const char *path, struct error *e)
{
	struct text bytes = { 0 };
	bool there = false, ok;

	*s = (struct seen){ 0 };
	ok = wholefile_read_if(AT_FDCWD, path, 0, SEEN_BYTES_MAX, &bytes, &there, e) &&
	     (!there || seen_parse(text_end(&bytes), bytes.len, s, e) ||
	      error_prefix(e, "%s: ", path));
	text_release(&bytes);
	return ok;
}

void seen_release(struct seen *s)
{
	free(s->entries);
	*s = (struct seen){ 0 };
}

const struct seen_entry *seen_find(const struct seen *s, const char *product)
{
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->entries[i].product, product) == 0)
			return &s->entries[i];
	return NULL;
}

bool seen_check(const struct seen *s, const char *product, uint64_t counter,
		const struct digest *identity, struct error *e)
{
	const struct seen_entry *before = seen_find(s, product);

	if (before && counter < before->counter)
		return error_set(e, ERROR_UNTRUSTED,
				 _("too old: it is number %llu of %s, and number %llu was seen "
				   "already"),
				 counter + 0ULL, product, before->counter + 0ULL);
	if (before && counter == before->counter && !digest_equal(identity, &before->identity))
		return error_set(e, ERROR_UNTRUSTED,
				 _("another image with number %llu of %s was seen already: each "
				   "release needs a number of its own"),
				 counter + 0ULL, product);
	return true;
}

/* Into its place; true if anything changed. */
static bool raise(struct seen *s, const char *product, uint64_t counter,
		  const struct digest *identity)
{
	size_t at = 0;

	while (at < s->count && strcmp(s->entries[at].product, product) < 0)
		at++;
	if (at == s->count || strcmp(s->entries[at].product, product) != 0) {
		mem_grow(&s->entries, &s->capacity, s->count + 1, sizeof(*s->entries));
		memmove(s->entries + at + 1, s->entries + at,
			(s->count - at) * sizeof(*s->entries));
		s->count++;
		s->entries[at] = (struct seen_entry){ 0 };
		snprintf(s->entries[at].product, sizeof(s->entries[at].product), "%s", product);
	} else if (s->entries[at].counter == counter) {
		return false;
	}
	s->entries[at].counter = counter;
	s->entries[at].identity = *identity;
	return true;
}

/* Its folder, held against others that note something at the same time. */
static int hold_folder(const char *path, struct error *e)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? mem_string_n(path, (size_t)(slash - path) + (slash == path))
			     : mem_string(".");
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || flock(fd, LOCK_EX) != 0) {
		error_errno(e, _("cannot hold the folder %s"), folder);
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	free(folder);
	return fd;
}

bool seen_can_note(const struct seen *s, const char *path, const char *product, uint64_t counter,
		   struct error *e)
{
	const struct seen_entry *before = seen_find(s, product);
	int folder;
	bool ok;

	if (before && before->counter == counter)
		return true; /* nothing would be written */
	folder = hold_folder(path, e);
	if (folder < 0)
		return false;
	ok = faccessat(folder, ".", W_OK, AT_EACCESS) == 0 ||
	     error_errno(e, _("%s cannot be written"), path);
	close(folder);
	return ok;
}

bool seen_note(const char *path, const char *product, uint64_t counter,
	       const struct digest *identity, struct error *e)
{
	struct seen s = { 0 };
	struct text out = { 0 };
	int folder = hold_folder(path, e);
	bool ok = folder >= 0 && seen_read(&s, path, e) &&
		  seen_check(&s, product, counter, identity, e);

	if (ok && raise(&s, product, counter, identity)) {
		seen_write(&s, &out);
		ok = s.count <= SEEN_LINES_MAX
			     ? newfile_whole(path, out.s, out.len, e)
			     : error_set(e, ERROR_FAILED, _("%s is full: more than %d products"),
					 path, SEEN_LINES_MAX);
	}
	if (folder >= 0)
		close(folder);
	text_release(&out);
	seen_release(&s);
	return ok;
}
