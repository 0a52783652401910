/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Manifests: read, written, and compared with a folder. */
#include "lib/crypto/manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One field or path as the format allows it: UTF-8, nothing that could break a
 * line or a terminal, nothing that could be taken for a separator. */
static bool is_word(const char *s)
{
	size_t len = strlen(s);
	const char *at = s, *end = s + len;

	if (len == 0 || len > MANIFEST_PATH_MAX || s[0] == ' ' || s[len - 1] == ' ' ||
	    strstr(s, "  ") || !text_is_utf8(s, len))
		return false;
	while (at < end)
		if (text_is_unsafe(text_next(&at, end)))
			return false;
	return true;
}

/* A relative path without empty, "." and ".." parts. */
static bool is_path(const char *s)
{
	if (!is_word(s))
		return false;
	for (const char *part = s;;) {
		size_t n = strcspn(part, "/");

		if (n == 0 || (n == 1 && part[0] == '.') ||
		    (n == 2 && part[0] == '.' && part[1] == '.'))
			return false;
		if (!part[n])
			return true;
		part += n + 1;
	}
}

/* The next field of a line, ended by two spaces or by the end of the line. The
 * line is cut there; NULL if there is none. */
static char *next_field(char **at)
{
	char *start = *at, *two;

	if (!start)
		return NULL;
	two = strstr(start, "  ");
	if (two) {
		*two = '\0';
		*at = two + 2;
	} else {
		*at = NULL;
	}
	return start;
}

static bool parse_size(const char *s, uint64_t *out)
{
	char *end;

	if (*s < '0' || *s > '9' || (s[0] == '0' && s[1]))
		return false;
	errno = 0;
	*out = strtoull(s, &end, 10);
	return !*end && errno == 0 && *out <= INT64_MAX;
}

static bool parse_mode(const char *s, uint32_t *out)
{
	*out = 0;
	if (strlen(s) != 4)
		return false;
	for (; *s; s++) {
		if (*s < '0' || *s > '7')
			return false;
		*out = *out << 3 | (uint32_t)(*s - '0');
	}
	return true;
}

static bool parse_line(char *line, struct manifest_entry *entry)
{
	const char *kind = next_field(&line);

	if (strcmp(kind, "link") == 0) {
		const char *target = next_field(&line), *path = line;

		entry->kind = MANIFEST_LINK;
		entry->target = target;
		entry->path = path;
		return target && path && is_word(target) && is_path(path);
	}
	const char *hex = next_field(&line);
	const char *size = next_field(&line);
	const char *mode = next_field(&line);

	entry->kind = MANIFEST_FILE;
	entry->path = line;
	return strcmp(kind, "file") == 0 && mode && line && is_path(line) &&
	       digest_from_hex(&entry->digest, hex, strlen(hex)) &&
	       parse_size(size, &entry->size_bytes) && parse_mode(mode, &entry->mode);
}

bool manifest_parse(const void *bytes, size_t len, struct arena *a, struct manifest *m,
		    struct error *e)
{
	size_t header = strlen(MANIFEST_HEADER), number = 1, capacity = 0;
	struct manifest_entry *grown = NULL;
	const char *at = bytes, *end = at + len;

	*m = (struct manifest){ 0 };
	if (len > MANIFEST_BYTES_MAX)
		return error_set(e, ERROR_UNTRUSTED, "manifest too large");
	if (len < header || memcmp(bytes, MANIFEST_HEADER, header) != 0)
		return error_set(e, ERROR_UNTRUSTED, "not a manifest that this version can read");
	if (end[-1] != '\n')
		return error_set(e, ERROR_UNTRUSTED, "manifest cut short");
	for (at += header; at < end;) {
		size_t n = (size_t)((const char *)memchr(at, '\n', (size_t)(end - at)) - at);
		char *line = arena_string_n(a, at, n);
		struct manifest_entry entry = { 0 };

		number++;
		at += n + 1;
		/* A NUL inside would hide the rest of the line from the functions above. */
		if (strlen(line) != n || !parse_line(line, &entry) ||
		    m->count == MANIFEST_ENTRIES_MAX ||
		    (m->count && strcmp(grown[m->count - 1].path, entry.path) >= 0)) {
			free(grown);
			return error_set(e, ERROR_UNTRUSTED,
					 "manifest, line %zu: malformed, "
					 "out of order or listed twice",
					 number);
		}
		mem_grow(&grown, &capacity, m->count + 1, sizeof(*grown));
		grown[m->count++] = entry;
	}
	if (m->count) {
		m->entries = arena_alloc(a, m->count * sizeof(*grown));
		memcpy(m->entries, grown, m->count * sizeof(*grown));
	}
	free(grown);
	return true;
}

static int by_path(const void *a, const void *b)
{
	const struct manifest_entry *x = a, *y = b;

	return strcmp(x->path, y->path);
}

const struct manifest_entry *manifest_find(const struct manifest *m, const char *path)
{
	struct manifest_entry key = { .path = path };

	if (!m->count)
		return NULL;
	return bsearch(&key, m->entries, m->count, sizeof(key), by_path);
}

/* Open the folder that holds the last part of `path`, part by part and without
 * following a link: with no ".." in the path this cannot leave the root. */
static int open_parent(int root_fd, const char *path, const char **last, struct error *e)
{
	int fd = openat(root_fd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	const char *slash;

	for (; fd >= 0 && (slash = strchr(path, '/')); path = slash + 1) {
		char *part = mem_string_n(path, (size_t)(slash - path));
		int next = openat(fd, part, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		int saved = errno;

		free(part);
		close(fd);
		errno = saved;
		fd = next;
	}
	if (fd < 0)
		error_errno(e, "cannot open its folder");
	*last = path;
	return fd;
}

static bool check_link(int dir, const char *name, const char *target, struct error *e)
{
	char found[MANIFEST_PATH_MAX + 2];
	ssize_t n = readlinkat(dir, name, found, sizeof(found));

	if (n < 0)
		return error_errno(e, "not a symbolic link, or not readable");
	if ((size_t)n != strlen(target) || memcmp(found, target, (size_t)n) != 0)
		return error_set(e, ERROR_UNTRUSTED, "points to another place");
	return true;
}

static bool check_file(int dir, const char *name, const struct manifest_entry *entry,
		       struct error *e)
{
	struct digest found;
	struct stat st;
	uint64_t size;
	bool ok = false;
	/* Without O_NONBLOCK, a named pipe in its place would hang us. */
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return error_errno(e, "cannot open");
	if (fstat(fd, &st) != 0)
		error_errno(e, "cannot look at it");
	else if (!S_ISREG(st.st_mode))
		error_set(e, ERROR_UNTRUSTED, "is not a regular file");
	else if ((uint64_t)st.st_size != entry->size_bytes)
		error_set(e, ERROR_UNTRUSTED, "has %jd bytes instead of %" PRIu64,
			  (intmax_t)st.st_size, entry->size_bytes);
	else if ((st.st_mode & 07777) != entry->mode)
		error_set(e, ERROR_UNTRUSTED, "has mode %04o instead of %04o",
			  (unsigned)st.st_mode & 07777, (unsigned)entry->mode);
	else if (digest_file(fd, &found, &size, e)) {
		ok = size == entry->size_bytes && digest_equal(&found, &entry->digest);
		if (!ok)
			error_set(e, ERROR_UNTRUSTED, "its content is altered");
	}
	close(fd);
	return ok;
}

bool manifest_check(int root_fd, const struct manifest *m, struct error *e)
{
	for (size_t i = 0; i < m->count; i++) {
		const struct manifest_entry *entry = &m->entries[i];
		const char *name;
		int dir = open_parent(root_fd, entry->path, &name, e);
		bool ok = false;

		if (dir >= 0) {
			ok = entry->kind == MANIFEST_LINK ? check_link(dir, name, entry->target, e)
							  : check_file(dir, name, entry, e);
			close(dir);
		}
		if (!ok)
			return error_prefix(e, "%s: ", entry->path);
	}
	return true;
}

static struct manifest_entry *add(struct manifest_writer *w, const char *path)
{
	mem_grow(&w->entries, &w->capacity, w->count + 1, sizeof(*w->entries));
	w->entries[w->count].path = arena_string(&w->memory, path);
	return &w->entries[w->count++];
}

void manifest_add_file(struct manifest_writer *w, const char *path, uint32_t mode,
		       uint64_t size_bytes, const struct digest *digest)
{
	struct manifest_entry *entry = add(w, path);

	entry->kind = MANIFEST_FILE;
	entry->mode = mode & 07777;
	entry->size_bytes = size_bytes;
	entry->digest = *digest;
}

void manifest_add_link(struct manifest_writer *w, const char *path, const char *target)
{
	struct manifest_entry *entry = add(w, path);

	entry->kind = MANIFEST_LINK;
	entry->target = arena_string(&w->memory, target);
}

bool manifest_write(struct manifest_writer *w, struct text *out, struct error *e)
{
	if (w->count)
		qsort(w->entries, w->count, sizeof(*w->entries), by_path);
	if (w->count > MANIFEST_ENTRIES_MAX)
		return error_set(e, ERROR_FAILED, "too many files for a manifest: %zu", w->count);
	text_add(out, MANIFEST_HEADER);
	for (size_t i = 0; i < w->count; i++) {
		const struct manifest_entry *entry = &w->entries[i];
		char hex[DIGEST_HEX];

		if (!is_path(entry->path) || (entry->target && !is_word(entry->target)))
			return error_set(e, ERROR_FAILED, "%s: a manifest cannot hold this name",
					 entry->path);
		if (i && strcmp(entry->path, entry[-1].path) == 0)
			return error_set(e, ERROR_FAILED, "%s: twice in the manifest", entry->path);
		if (entry->kind == MANIFEST_LINK)
			text_addf(out, "link  %s  %s\n", entry->target, entry->path);
		else
			text_addf(out, "file  %s  %" PRIu64 "  %04o  %s\n",
				  digest_to_hex(hex, &entry->digest), entry->size_bytes,
				  (unsigned)entry->mode, entry->path);
	}
	return true;
}

void manifest_writer_release(struct manifest_writer *w)
{
	free(w->entries);
	arena_release(&w->memory);
	*w = (struct manifest_writer){ 0 };
}
