/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The root: one text of keys, roles and revocations, read and written. */
#include "lib/crypto/trust.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/text.h"

#define HEADER "blackstart-root 1"

static const char *const role_names[TRUST_ROLES] = { "root", "image", "kit", "release",
						     "operator" };

const char *trust_role_name(enum trust_role role)
{
	return role_names[role];
}

bool trust_role_parse(const char *s, size_t len, enum trust_role *role)
{
	for (unsigned i = 0; i < TRUST_ROLES; i++)
		if (strlen(role_names[i]) == len && memcmp(role_names[i], s, len) == 0) {
			*role = (enum trust_role)i;
			return true;
		}
	return false;
}

/* A decimal number as the format allows it. */
static bool parse_number(const char *s, size_t len, uint64_t *out)
{
	*out = 0;
	if (len == 0 || len > TRUST_DIGITS_MAX || (len > 1 && *s == '0'))
		return false;
	for (; len; s++, len--) {
		if (*s < '0' || *s > '9')
			return false;
		*out = *out * 10 + (uint64_t)(*s - '0');
	}
	return true;
}

void trust_comment(char *out, size_t size, enum trust_role role, uint64_t counter)
{
	snprintf(out, size, "blackstart role=%s counter=%llu", role_names[role],
		 (unsigned long long)counter);
}

bool trust_comment_parse(const char *s, enum trust_role *role, uint64_t *counter)
{
	static const char head[] = "blackstart role=", middle[] = " counter=";
	size_t n;

	if (strncmp(s, head, sizeof(head) - 1) != 0)
		return false;
	s += sizeof(head) - 1;
	n = strcspn(s, " ");
	if (!trust_role_parse(s, n, role) || strncmp(s + n, middle, sizeof(middle) - 1) != 0)
		return false;
	s += n + sizeof(middle) - 1;
	return parse_number(s, strlen(s), counter);
}

bool trust_name_ok(const char *s, size_t len)
{
	if (len == 0 || len > TRUST_NAME_MAX || *s == '-')
		return false;
	for (; len; s++, len--)
		if ((*s < 'a' || *s > 'z') && (*s < '0' || *s > '9') && *s != '-')
			return false;
	return true;
}

static bool is_title(const char *s, size_t len)
{
	const char *at = s, *end = s + len;

	if (len == 0 || len > TRUST_TITLE_MAX || s[0] == ' ' || s[len - 1] == ' ' ||
	    memmem(s, len, "  ", 2) || !text_is_utf8(s, len))
		return false;
	while (at < end)
		if (text_is_unsafe(text_next(&at, end)))
			return false;
	return true;
}

struct trust_key *trust_root_find(const struct trust_root *root, const char *name, size_t len)
{
	for (size_t i = 0; i < root->key_count; i++)
		if (strlen(root->keys[i].name) == len && memcmp(root->keys[i].name, name, len) == 0)
			return &root->keys[i];
	return NULL;
}

/* What is left of a root's text, one line after another. */
struct lines {
	const char *at, *end;
	size_t number; /* of the line in hand */
	const char *line, *line_end;
	struct error *e;
};

static bool refuse(const struct lines *l, const char *why)
{
	return error_set(l->e, ERROR_UNTRUSTED, _("root, line %zu: %s"), l->number, why);
}

/* Take the next line in hand, if it begins with this word and two spaces. */
static bool next_is(struct lines *l, const char *word)
{
	size_t n = strlen(word);
	const char *stop = l->at < l->end ? memchr(l->at, '\n', (size_t)(l->end - l->at)) : NULL;

	if (!stop || (size_t)(stop - l->at) < n + 2 || memcmp(l->at, word, n) != 0 ||
	    l->at[n] != ' ' || l->at[n + 1] != ' ')
		return false;
	l->line = l->at + n + 2;
	l->line_end = stop;
	l->at = stop + 1;
	l->number++;
	return true;
}

/* As next_is(), but there must be one. */
static bool expect(struct lines *l, const char *word)
{
	if (next_is(l, word))
		return true;
	return error_set(l->e, ERROR_UNTRUSTED, _("root, line %zu: here must stand '%s'"),
			 l->number + 1, word);
}

/* The next field of the line in hand, ended by two spaces or by the line's end. */
static bool field(struct lines *l, const char **s, size_t *len)
{
	const char *two;

	if (!l->line)
		return false;
	two = memmem(l->line, (size_t)(l->line_end - l->line), "  ", 2);
	*s = l->line;
	*len = (size_t)((two ? two : l->line_end) - l->line);
	l->line = two ? two + 2 : NULL;
	return true;
}

/* "WORD  N", and nothing else in the line. */
static bool number_line(struct lines *l, const char *word, uint64_t *out)
{
	const char *s;
	size_t len;

	if (!expect(l, word))
		return false;
	if (!field(l, &s, &len) || l->line || !parse_number(s, len, out))
		return refuse(l, _("not a number of at most 15 digits"));
	return true;
}

static bool parse_head(struct lines *l, struct arena *a, struct trust_root *root)
{
	size_t len;

	if (!expect(l, "organisation"))
		return false;
	len = (size_t)(l->line_end - l->line);
	if (!is_title(l->line, len))
		return refuse(l, _("the organisation's name is empty, too long or has "
				   "characters that are not allowed"));
	root->organisation = arena_string_n(a, l->line, len);
	if (!number_line(l, "version", &root->version) ||
	    !number_line(l, "serial", &root->serial) || !expect(l, "exercise"))
		return false;
	if (root->version == 0)
		return refuse(l, _("versions begin with 1"));
	len = (size_t)(l->line_end - l->line);
	root->exercise = len == 3 && memcmp(l->line, "yes", 3) == 0;
	if (!root->exercise && (len != 2 || memcmp(l->line, "no", 2) != 0))
		return refuse(l, _("neither yes nor no"));
	return true;
}

/* One more key: different from all before in name, key and number. */
static bool add_key(struct lines *l, struct arena *a, struct trust_root *root, bool revoked)
{
	struct trust_key *k = &root->keys[root->key_count];
	const char *name, *line;
	size_t name_len, line_len;
	char again[MINISIGN_LINE];

	if (root->key_count == TRUST_KEYS_MAX)
		return refuse(l, _("more than 64 keys"));
	if (!field(l, &name, &name_len) || !field(l, &line, &line_len) || l->line ||
	    !trust_name_ok(name, name_len))
		return refuse(l, _("not a name of a-z, 0-9 and hyphens with one key"));
	*k = (struct trust_key){ .name = arena_string_n(a, name, name_len), .revoked = revoked };
	/* One key has one form: base64 has more, and libsodium reads some that are none. */
	if (!minisign_public_from_line(line, line_len, &k->key) ||
	    (minisign_public_line(&k->key, again), memcmp(line, again, line_len) != 0))
		return refuse(l, _("not a public key of minisign"));
	for (const struct trust_key *o = root->keys; o < k; o++) {
		if (strcmp(o->name, k->name) == 0)
			return refuse(l, _("this name is there already"));
		if (memcmp(o->key.key, k->key.key, sizeof(k->key.key)) == 0)
			return refuse(l, _("this key is there already under another name"));
		if (memcmp(o->key.number, k->key.number, sizeof(k->key.number)) == 0)
			return refuse(l, _("another key has the same number"));
		if (o->revoked == revoked && strcmp(o->name, k->name) > 0)
			return refuse(l, _("the names are not in order"));
	}
	root->key_count++;
	return true;
}

static bool parse_role(struct lines *l, struct trust_root *root, enum trust_role role)
{
	const char *s, *before = "";
	uint64_t threshold, names = 0;
	enum trust_role found;
	size_t len;

	if (!expect(l, "role"))
		return false;
	if (!field(l, &s, &len) || !trust_role_parse(s, len, &found) || found != role)
		return refuse(l, _("the roles are root, image, kit, release, operator, "
				   "in this order"));
	if (!field(l, &s, &len) || !parse_number(s, len, &threshold) || !field(l, &s, &len) ||
	    !parse_number(s, len, &root->minimum[role]))
		return refuse(l, _("after the role come threshold and smallest counter"));
	for (; field(l, &s, &len); names++) {
		struct trust_key *k = trust_root_find(root, s, len);

		if (!k)
			return refuse(l, _("names somebody who has no key here"));
		if (k->revoked)
			return refuse(l, _("names a revoked key"));
		if (strcmp(before, k->name) >= 0)
			return refuse(l, _("the names are not in order"));
		before = k->name;
		k->roles |= 1u << role;
	}
	if (threshold > names || (threshold == 0) != (names == 0))
		return refuse(l, _("the threshold does not fit the number of names"));
	if (role == TRUST_ROOT && (threshold == 0 || root->minimum[role] > root->version))
		return refuse(l, _("nobody could sign this root"));
	root->threshold[role] = (unsigned)threshold;
	return true;
}

bool trust_is_root(const void *bytes, size_t len)
{
	return len > strlen(HEADER) && memcmp(bytes, HEADER "\n", strlen(HEADER) + 1) == 0;
}

bool trust_root_parse(const void *bytes, size_t len, struct arena *a, struct trust_root *root,
		      struct error *e)
{
	const char *text = bytes;
	struct lines l = { text + strlen(HEADER) + 1, text + len, 1, NULL, NULL, e };

	*root = (struct trust_root){ 0 };
	if (len > TRUST_BYTES_MAX)
		return error_set(e, ERROR_UNTRUSTED, _("too large for a root"));
	if (!trust_is_root(bytes, len))
		return error_set(e, ERROR_UNTRUSTED, _("not a root that this version can read"));
	if (text[len - 1] != '\n' || memchr(text, '\0', len))
		return error_set(e, ERROR_UNTRUSTED, _("root cut short, or with a zero byte"));
	root->keys = arena_alloc(a, TRUST_KEYS_MAX * sizeof(*root->keys));
	if (!parse_head(&l, a, root))
		return false;
	while (next_is(&l, "key"))
		if (!add_key(&l, a, root, false))
			return false;
	while (next_is(&l, "revoked"))
		if (!add_key(&l, a, root, true))
			return false;
	for (unsigned role = 0; role < TRUST_ROLES; role++)
		if (!parse_role(&l, root, (enum trust_role)role))
			return false;
	l.number++;
	if (l.at != l.end)
		return refuse(&l, _("nothing may stand after the roles"));
	root->digest = digest_bytes(bytes, len);
	return true;
}

static int by_revoked_and_name(const void *a, const void *b)
{
	const struct trust_key *x = a, *y = b;

	return x->revoked != y->revoked ? x->revoked - y->revoked : strcmp(x->name, y->name);
}

bool trust_root_write(struct trust_root *root, struct text *out, struct error *e)
{
	struct arena a = { 0 };
	struct trust_root again;
	bool ok;

	if (root->key_count)
		qsort(root->keys, root->key_count, sizeof(*root->keys), by_revoked_and_name);
	text_clear(out);
	text_addf(out, HEADER "\norganisation  %s\nversion  %llu\nserial  %llu\nexercise  %s\n",
		  root->organisation, (unsigned long long)root->version,
		  (unsigned long long)root->serial, root->exercise ? "yes" : "no");
	for (size_t i = 0; i < root->key_count; i++) {
		char line[MINISIGN_LINE];

		minisign_public_line(&root->keys[i].key, line);
		text_addf(out, "%s  %s  %s\n", root->keys[i].revoked ? "revoked" : "key",
			  root->keys[i].name, line);
	}
	for (unsigned r = 0; r < TRUST_ROLES; r++) {
		text_addf(out, "role  %s  %u  %llu", role_names[r], root->threshold[r],
			  (unsigned long long)root->minimum[r]);
		for (size_t i = 0; i < root->key_count; i++)
			if (!root->keys[i].revoked && root->keys[i].roles >> r & 1)
				text_addf(out, "  %s", root->keys[i].name);
		text_add(out, "\n");
	}
	/* The reader knows all the rules: what it refuses is not written either. */
	ok = trust_root_parse(out->s, out->len, &a, &again, e);
	if (ok)
		root->digest = again.digest;
	else
		e->kind = ERROR_USAGE;
	arena_release(&a);
	return ok;
}
