/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What in a text leads into the own systems: hosts, shares, drives, mail. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/check.h"

#define TOKEN_MAX 256 /* bytes of a name that is looked at; DNS allows 253 */

/* "10.20.0.7": all of it, up to n bytes. */
static bool parse_address(const char *s, size_t n, uint32_t *out)
{
	uint32_t value = 0;

	for (int part = 0; part < 4; part++) {
		uint32_t number = 0;
		size_t digits = 0;

		while (n && isdigit((unsigned char)*s) && digits < 3) {
			number = number * 10 + (uint32_t)(*s - '0');
			s++, n--, digits++;
		}
		if (!digits || number > 255 || (part < 3 && (!n || *s != '.')))
			return false;
		if (part < 3)
			s++, n--;
		value = value << 8 | number;
	}
	*out = value;
	return n == 0;
}

static void add_network(struct hosts *h, uint32_t address, unsigned bits)
{
	uint32_t mask = bits ? UINT32_MAX << (32 - bits) : 0;

	mem_grow(&h->networks, &h->capacity, h->count + 1, sizeof(*h->networks));
	h->networks[h->count++] = (struct network){ address & mask, mask };
}

static char *lowered(struct arena *a, const char *s, size_t n)
{
	char *word = arena_string_n(a, s, n);

	for (char *p = word; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return word;
}

void hosts_make(struct hosts *h, const char *list, struct arena *a)
{
	*h = (struct hosts){ 0 };
	/* Nobody outside has these: RFC 1918, link local, this machine. */
	add_network(h, 10u << 24, 8);
	add_network(h, 172u << 24 | 16u << 16, 12);
	add_network(h, 192u << 24 | 168u << 16, 16);
	add_network(h, 169u << 24 | 254u << 16, 16);
	add_network(h, 127u << 24, 8);
	while (*(list += strspn(list, ", \t"))) {
		size_t n = strcspn(list, ", \t"), net = strcspn(list, "/, \t");
		uint32_t address;

		if (parse_address(list, net, &address)) {
			unsigned long bits = net < n ? strtoul(list + net + 1, NULL, 10) : 32;

			add_network(h, address, bits > 32 ? 32 : (unsigned)bits);
		} else {
			/* ".example", "*.example" and "example" say the same. */
			size_t skip = strspn(list, "*.");

			if (skip < n)
				words_add(&h->names, lowered(a, list + skip, n - skip));
		}
		list += n;
	}
	words_sort(&h->names);
}

void hosts_release(struct hosts *h)
{
	words_release(&h->names);
	free(h->networks);
	*h = (struct hosts){ 0 };
}

/* Is the name one of the own ones, or beneath one? In lower case. */
static bool own_name(const struct hosts *h, const char *name)
{
	static const char *const inside[] = { "local",    "intern", "internal", "lan",      "intra",
					      "intranet", "corp",   "home",     "fritz.box" };
	bool first = true;

	for (const char *at = name; at; first = false) {
		for (size_t i = 0; !first && i < sizeof(inside) / sizeof(inside[0]); i++)
			if (strcmp(at, inside[i]) == 0)
				return true;
		if (words_have(&h->names, at))
			return true;
		at = strchr(at, '.');
		at += at != NULL;
	}
	return false;
}

static bool own_host(const struct hosts *h, const char *host)
{
	uint32_t address;

	if (!parse_address(host, strlen(host), &address))
		return own_name(h, host);
	for (size_t i = 0; i < h->count; i++)
		if ((address & h->networks[i].mask) == h->networks[i].address)
			return true;
	return false;
}

/* "https://server:8443/x": a server without a dot is one of the own net. */
static bool own_url(const struct hosts *h, const char *url, bool *is_url)
{
	const char *host = strstr(url, "://"), *at;
	char name[TOKEN_MAX];
	size_t n;

	*is_url = host != NULL;
	if (!host)
		return false;
	host += 3;
	n = strcspn(host, "/?#");
	at = memchr(host, '@', n);
	if (at) {
		n -= (size_t)(at + 1 - host);
		host = at + 1;
	}
	snprintf(name, sizeof(name), "%.*s", (int)n, host);
	name[strcspn(name, ":")] = '\0';
	return *name && (!strchr(name, '.') || own_host(h, name));
}

bool hosts_own_mail(const struct hosts *h, const char *mail)
{
	const char *at = strchr(mail, '@');
	char name[TOKEN_MAX];

	if (!at || at == mail || !at[1])
		return false;
	snprintf(name, sizeof(name), "%s", at + 1);
	for (char *p = name; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return own_name(h, name);
}

/* One word, in lower case, without what stands around it. */
static bool own_token(const struct hosts *h, char *token)
{
	size_t n = strlen(token);
	bool is_url, own;

	if (token[0] == '\\' && token[1] == '\\' && isalnum((unsigned char)token[2]))
		return true;
	if (isalpha((unsigned char)token[0]) && token[1] == ':' &&
	    (token[2] == '\\' || (token[2] == '/' && token[3] != '/')))
		return true;
	while (n && strchr(".:;!?-", token[n - 1]))
		token[--n] = '\0';
	own = own_url(h, token, &is_url);
	if (is_url)
		return own;
	if (strchr(token, '@'))
		return hosts_own_mail(h, token);
	token[strcspn(token, ":/")] = '\0';
	return *token && own_host(h, token);
}

bool hosts_find(const struct hosts *h, const char *text, char *out, size_t size)
{
	static const char around[] = " \t\n\"'()<>[]{},;|*";

	while (*(text += strspn(text, around))) {
		size_t n = strcspn(text, around), cut = n < TOKEN_MAX - 1 ? n : TOKEN_MAX - 1;
		char token[TOKEN_MAX];

		memcpy(token, text, cut);
		token[cut] = '\0';
		for (size_t i = 0; i < cut; i++)
			token[i] = (char)tolower((unsigned char)token[i]);
		if (own_token(h, token)) {
			while (n && strchr(".:;!?-", text[n - 1]))
				n--;
			snprintf(out, size, "%.*s", (int)n, text);
			return true;
		}
		text += strcspn(text, around);
	}
	return false;
}
