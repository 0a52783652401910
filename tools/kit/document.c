/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that go into the kit as they are: documents/, and the roots in trust/. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kit/folder.h"
#include "lib/base/language.h"
#include "lib/crypto/sha256.h"
#include "lib/crypto/trust.h"

/* Is it what its name says? A viewer chooses by the name. */
static bool is_what_it_says(const char *name, const struct text *bytes)
{
	static const struct {
		const char *ending, *magic;
		size_t len;
	} kinds[] = {
		{ ".pdf", "%PDF-", 5 },
		{ ".png", "\x89PNG\r\n\x1a\n", 8 },
		{ ".jpg", "\xff\xd8\xff", 3 },
	};
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(dot, kinds[i].ending) == 0)
			return bytes->len > kinds[i].len &&
			       memcmp(bytes->s, kinds[i].magic, kinds[i].len) == 0;
	if (!bytes->len || memchr(bytes->s, 0, bytes->len) || !text_is_utf8(bytes->s, bytes->len))
		return false;
	return strcmp(dot ? dot : "", ".svg") != 0 || strstr(bytes->s, "<svg") != NULL;
}

/* The bytes of one document, and their sum compared with the one given. */
static void take_document(struct source *s, struct record *r, size_t nr, const char *shown,
			  struct text *bytes)
{
	const struct table *t = &s->tables[DOCUMENTS];
	const char *want = table_get(t, r, "sha256");
	char hex[SHA256_HEX];

	sha256_hex(hex, bytes->s ? bytes->s : "", bytes->len);
	if (*want && strcmp(want, hex) != 0)
		findings_add(&s->findings, FAULT, r->file, r->line,
			     _("sha256: %s has another sum, %s; is it the right file?"), shown,
			     hex);
	if (!is_what_it_says(table_get(t, r, "file"), bytes))
		findings_add(&s->findings, FAULT, shown, 0,
			     _("is not what its name says, or is empty; save it again as PDF, "
			       "PNG, JPG, SVG or text in UTF-8"));
	table_set(t, r, "sha256", arena_string(&s->memory, hex));
	s->documents[nr] = (struct source_bytes){
		.name = table_get(t, r, "file"),
		.bytes = arena_string_n(&s->memory, text_end(bytes), bytes->len),
		.len = bytes->len,
	};
}

/* Every file in the folder that no row names. */
static void name_unlisted(struct source *s, int dir)
{
	const struct table *t = &s->tables[DOCUMENTS];
	struct error e = { 0 };
	const char **names;
	size_t count;

	if (!folder_names(s, dir, &names, &count, &e)) {
		findings_error(&s->findings, "documents", 0, &e);
		return;
	}
	for (size_t i = 0; i < count && !t->unread; i++) {
		char shown[300];
		size_t k = 0;

		while (k < t->count && strcmp(table_get(t, &t->records[k], "file"), names[i]) != 0)
			k++;
		snprintf(shown, sizeof(shown), "documents/%s", names[i]);
		if (k == t->count && strncmp(names[i], "README", 6) != 0)
			findings_add(&s->findings, WARNING, shown, 0,
				     _("is not read: documents.csv does not name it"));
	}
	free(names);
}

void documents_load(struct source *s, int dir)
{
	const struct table *t = &s->tables[DOCUMENTS];
	bool absent;
	size_t sum = 0;
	int folder = folder_open(s, dir, "documents", &absent);

	s->documents = arena_alloc(&s->memory, (t->count + 1) * sizeof(*s->documents));
	for (size_t i = 0; i < t->count; i++) {
		struct record *r = &t->records[i];
		const char *name = table_get(t, r, "file");
		struct text bytes = { 0 };
		char shown[300];

		snprintf(shown, sizeof(shown), "documents/%s", name);
		if (!*name || (folder < 0 && !absent))
			continue;
		if (folder >= 0 &&
		    folder_bytes(s, folder, name, shown, SOURCE_DOCUMENT_MAX, &bytes, &absent)) {
			sum += bytes.len;
			if (sum <= SOURCE_DOCUMENTS_MAX)
				take_document(s, r, i, shown, &bytes);
			else if (sum - bytes.len <= SOURCE_DOCUMENTS_MAX)
				findings_add(&s->findings, FAULT, shown, 0,
					     _("with this one the documents have more than %d MiB"),
					     SOURCE_DOCUMENTS_MAX >> 20);
		} else if (folder < 0 || absent) {
			findings_add(&s->findings, FAULT, r->file, r->line,
				     _("file: there is no %s"), shown);
		}
		text_release(&bytes);
	}
	if (folder >= 0) {
		name_unlisted(s, folder);
		close(folder);
	}
}

/* "12.root" or "12.root.minisig": the 12, else 0. */
static size_t root_number(const char *name, bool *signature)
{
	size_t n = strspn(name, "0123456789");

	*signature = strcmp(name + n, ".root.minisig") == 0;
	if (n == 0 || n > 3 || *name == '0' || (!*signature && strcmp(name + n, ".root") != 0))
		return 0;
	return strtoul(name, NULL, 10);
}

/* Roots are numbered from 1 without a gap, each with its signatures. */
static void check_roots(struct source *s, const bool roots[1000], const bool signatures[1000],
			size_t last)
{
	char name[64];

	for (size_t i = 1; i <= last; i++) {
		snprintf(name, sizeof(name), "trust/%zu.root%s", i, roots[i] ? ".minisig" : "");
		if (!roots[i] || !signatures[i])
			findings_add(&s->findings, FAULT, name, 0,
				     _("is missing; copy the whole folder from where 'trust' "
				       "made it"));
	}
}

/* Would whoever reads the kit believe these roots? Better said here than at start. */
static void verify_roots(struct source *s, size_t last)
{
	struct trust_file *files = mem_array(last + 1, sizeof(*files));
	struct trust_chain chain = { 0 };
	struct error e = { 0 };

	for (size_t i = 0; i < s->root_count; i++) {
		bool signature;
		size_t nr = root_number(s->roots[i].name, &signature);

		if (signature) {
			files[nr - 1].signatures = s->roots[i].bytes;
			files[nr - 1].signatures_len = s->roots[i].len;
		} else {
			files[nr - 1].root = s->roots[i].bytes;
			files[nr - 1].root_len = s->roots[i].len;
		}
	}
	if (last && !trust_chain_verify(files, last, &s->memory, &chain, &e))
		findings_error(&s->findings, "trust", 0, &e);
	free(files);
}

void trust_folder_load(struct source *s, int dir)
{
	bool roots[1000] = { false }, signatures[1000] = { false }, absent;
	struct error e = { 0 };
	const char **names;
	size_t count, last = 0;
	int folder = folder_open(s, dir, "trust", &absent);

	if (folder < 0)
		return;
	if (!folder_names(s, folder, &names, &count, &e))
		findings_error(&s->findings, "trust", 0, &e);
	s->roots = arena_alloc(&s->memory, (count + 1) * sizeof(*s->roots));
	for (size_t i = 0; i < count; i++) {
		struct text bytes = { 0 };
		char shown[300];
		bool signature;
		size_t number = root_number(names[i], &signature);

		snprintf(shown, sizeof(shown), "trust/%s", names[i]);
		if (!number) {
			findings_add(&s->findings, WARNING, shown, 0,
				     _("is not read: roots are called 1.root, 1.root.minisig, "
				       "2.root ..."));
			continue;
		}
		(signature ? signatures : roots)[number] = true;
		last = number > last ? number : last;
		if (folder_bytes(s, folder, names[i], shown, SOURCE_ROOT_MAX, &bytes, &absent))
			s->roots[s->root_count++] = (struct source_bytes){
				.name = names[i],
				.bytes = arena_string_n(&s->memory, text_end(&bytes), bytes.len),
				.len = bytes.len,
			};
		text_release(&bytes);
	}
	check_roots(s, roots, signatures, last);
	if (s->root_count == 2 * last)
		verify_roots(s, last);
	free(names);
	close(folder);
}
