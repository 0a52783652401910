/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The broker's messages: making them, and taking them apart without trust. */
#include "lib/data/message.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/text.h"

void message_start(struct message *m, const char *key, const char *value)
{
	m->len = 0;
	m->strings = 0;
	m->overflow = false;
	message_add(m, key, value);
}

static void add(struct message *m, const char *key, size_t k, const char *value)
{
	size_t v = strlen(value);

	if (m->overflow || m->strings == MESSAGE_STRINGS || v > MESSAGE_MAX ||
	    k + v + 2 > MESSAGE_MAX - m->len) {
		m->overflow = true;
		return;
	}
	char *p = m->bytes + m->len;
	memcpy(p, key, k);
	p[k] = '=';
	memcpy(p + k + 1, value, v + 1);
	m->len += k + v + 2;
	m->strings++;
}

void message_add(struct message *m, const char *key, const char *value)
{
	add(m, key, strlen(key), value);
}

void message_add_string(struct message *m, const char *string)
{
	size_t k = strcspn(string, "=");

	add(m, string, k, string + k + (string[k] == '='));
}

void message_add_number(struct message *m, const char *key, uint64_t value)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%" PRIu64, value);
	message_add(m, key, digits);
}

void message_add_yes(struct message *m, const char *key, bool value)
{
	message_add(m, key, value ? "1" : "0");
}

void message_add_foreign(struct message *m, const char *key, const char *value)
{
	char masked[MESSAGE_DEVICE_TEXT + 1];

	while (*value == ' ' || *value == '\t' || *value == '\n')
		value++;
	/* Ends are cut before masking: a line end of sysfs is no finding. */
	size_t n = strlen(value);
	char whole[4 * MESSAGE_DEVICE_TEXT];

	while (n && (value[n - 1] == ' ' || value[n - 1] == '\n' || value[n - 1] == '\t'))
		n--;
	snprintf(whole, sizeof(whole), "%.*s", (int)(n < sizeof(whole) ? n : sizeof(whole) - 1),
		 value);
	message_add(m, key, text_mask(masked, sizeof(masked), whole));
}

static bool is_key_letter(char c, bool first)
{
	return (c >= 'a' && c <= 'z') || (!first && ((c >= '0' && c <= '9') || c == '_'));
}

/* The length of the key that starts the string s, or 0 if it is none. */
static size_t key_length(const char *s)
{
	size_t n = 0;

	while (is_key_letter(s[n], n == 0))
		n++;
	return n <= MESSAGE_KEY_MAX && s[n] == '=' ? n : 0;
}

static const char *find(const struct message *m, size_t end, const char *key, size_t n)
{
	for (size_t at = 0; at < end; at += strlen(m->bytes + at) + 1)
		if (strncmp(m->bytes + at, key, n) == 0 && m->bytes[at + n] == '=')
			return m->bytes + at + n + 1;
	return NULL;
}

bool message_parse(struct message *m, const char *first, const void *bytes, size_t len,
		   struct error *e)
{
	m->len = 0;
	m->strings = 0;
	m->overflow = false;
	if (len == 0 || len > MESSAGE_MAX)
		return error_set(e, ERROR_UNTRUSTED, _("the message is empty or too long"));
	memcpy(m->bytes, bytes, len);
	if (m->bytes[len - 1] != '\0')
		return error_set(e, ERROR_UNTRUSTED, _("the message ends within a string"));
	if (!text_is_utf8(m->bytes, len))
		return error_set(e, ERROR_UNTRUSTED, _("the message is not UTF-8"));
	for (size_t at = 0; at < len; at += strlen(m->bytes + at) + 1) {
		const char *s = m->bytes + at;
		size_t n = key_length(s);

		if (!n)
			return error_set(e, ERROR_UNTRUSTED,
					 _("the message has a string that is not KEY=VALUE"));
		if (find(m, at, s, n))
			return error_set(e, ERROR_UNTRUSTED, _("the message has a key twice"));
		if (at == 0 && (n != strlen(first) || memcmp(s, first, n) != 0))
			return error_set(e, ERROR_UNTRUSTED,
					 _("the message does not begin with '%s'"), first);
		if (m->strings++ == MESSAGE_STRINGS)
			return error_set(e, ERROR_UNTRUSTED, _("the message has too many keys"));
	}
	m->len = len;
	return true;
}

const char *message_get(const struct message *m, const char *key)
{
	return find(m, m->len, key, strlen(key));
}

const char *message_text(const struct message *m, const char *key)
{
	const char *s = message_get(m, key);

	return s ? s : "";
}

bool message_number(const struct message *m, const char *key, uint64_t max, uint64_t *out)
{
	const char *s = message_text(m, key);
	uint64_t n = 0;

	if (!*s || (s[0] == '0' && s[1]))
		return false;
	for (; *s; s++) {
		if (*s < '0' || *s > '9' || __builtin_mul_overflow(n, (uint64_t)10, &n) ||
		    __builtin_add_overflow(n, (uint64_t)(*s - '0'), &n))
			return false;
	}
	if (n > max)
		return false;
	*out = n;
	return true;
}

bool message_yes(const struct message *m, const char *key, bool *out)
{
	uint64_t n;

	if (!message_number(m, key, 1, &n))
		return false;
	*out = n == 1;
	return true;
}

bool message_is(const struct message *m, const char *what)
{
	const char *value = m->len ? strchr(m->bytes, '=') : NULL;

	return value && strcmp(value + 1, what) == 0;
}

const char *message_unknown_key(const struct message *m, const char *const *known,
				char out[MESSAGE_KEY_MAX + 1])
{
	for (size_t at = strlen(m->bytes) + 1; at < m->len; at += strlen(m->bytes + at) + 1) {
		size_t n = key_length(m->bytes + at);
		bool found = n == 7 && memcmp(m->bytes + at, "version", 7) == 0;

		for (size_t i = 0; known && known[i] && !found; i++)
			found = strlen(known[i]) == n && memcmp(known[i], m->bytes + at, n) == 0;
		if (!found) {
			snprintf(out, MESSAGE_KEY_MAX + 1, "%.*s", (int)n, m->bytes + at);
			return out;
		}
	}
	return NULL;
}
