/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the names of values in Amcache.hve mean. */
#include "triage/parse/amcache.h"

#include <string.h>

#define PREFIX 4u /* zeros before a digest */
#define DIGITS 40u

static const struct amcache_name file_names[] = {
	{ "0", "product_name", AMCACHE_PLAIN },
	{ "1", "company_name", AMCACHE_PLAIN },
	{ "2", "file_version_number", AMCACHE_PLAIN },
	{ "3", "language_code", AMCACHE_PLAIN },
	{ "4", "switch_back_context", AMCACHE_PLAIN },
	{ "5", "file_version", AMCACHE_PLAIN },
	{ "6", "file_size", AMCACHE_PLAIN },
	{ "7", "pe_header_size", AMCACHE_PLAIN },
	{ "8", "pe_header_hash", AMCACHE_PLAIN },
	{ "9", "pe_header_checksum", AMCACHE_PLAIN },
	{ "c", "file_description", AMCACHE_PLAIN },
	{ "f", "link_time", AMCACHE_UNIX },
	{ "11", "last_modified_time", AMCACHE_FILETIME },
	{ "12", "created_time", AMCACHE_FILETIME },
	{ "15", "full_path", AMCACHE_PLAIN },
	{ "17", "last_modified_time_2", AMCACHE_FILETIME },
	{ "100", "program_id", AMCACHE_PLAIN },
	{ "101", "file_id", AMCACHE_PLAIN },
	{ 0 },
};

static const struct amcache_name program_names[] = {
	{ "0", "name", AMCACHE_PLAIN },
	{ "1", "version", AMCACHE_PLAIN },
	{ "2", "publisher", AMCACHE_PLAIN },
	{ "3", "language_code", AMCACHE_PLAIN },
	{ "6", "entry_source", AMCACHE_PLAIN },
	{ "7", "uninstall_keys", AMCACHE_PLAIN },
	{ "a", "install_time", AMCACHE_UNIX },
	{ "b", "uninstall_time", AMCACHE_UNIX },
	{ "d", "paths", AMCACHE_PLAIN },
	{ "f", "product_code", AMCACHE_PLAIN },
	{ "10", "package_code", AMCACHE_PLAIN },
	{ "11", "msi_product_code", AMCACHE_PLAIN },
	{ "12", "msi_package_code", AMCACHE_PLAIN },
	{ 0 },
};

static const struct amcache_name *find(const struct amcache_name *names, struct regf_text name)
{
	for (; names->name; names++)
		if (regf_text_is(name, names->name))
			return names;
	return NULL;
}

const struct amcache_name *amcache_file_name(struct regf_text name)
{
	return find(file_names, name);
}

const struct amcache_name *amcache_program_name(struct regf_text name)
{
	return find(program_names, name);
}

static size_t units_of(struct regf_text t)
{
	return t.narrow ? t.len : t.len / 2;
}

/* Unit number i; 0 behind the end. */
static unsigned unit(struct regf_text t, size_t i)
{
	if (t.narrow)
		return i < t.len ? t.bytes[i] : 0;
	return 2 * i + 1 < t.len ? t.bytes[2 * i] | (unsigned)t.bytes[2 * i + 1] << 8 : 0;
}

static bool is_upper(unsigned c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_lower(unsigned c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

char *amcache_snake(char key[AMCACHE_KEY_MAX], struct regf_text name)
{
	size_t units = units_of(name), n = 0;

	for (size_t i = 0; i < units && n + 2 < AMCACHE_KEY_MAX; i++) {
		unsigned c = unit(name, i), before = i ? unit(name, i - 1) : 0;
		bool starts = is_upper(c) && (is_lower(before) ||
					      (is_upper(before) && is_lower(unit(name, i + 1))));

		if (starts || !(is_upper(c) || is_lower(c)))
			if (n && key[n - 1] != '_')
				key[n++] = '_';
		if (is_upper(c) || is_lower(c))
			key[n++] = (char)(is_upper(c) ? c + 32 : c);
	}
	while (n && key[n - 1] == '_')
		n--;
	key[n] = 0;
	return key;
}

bool amcache_sha1(struct regf_text id, char sha1[41])
{
	char digits[DIGITS + 1] = "";

	if (units_of(id) != PREFIX + DIGITS)
		return false;
	for (size_t i = 0; i < PREFIX + DIGITS; i++) {
		unsigned c = unit(id, i);

		if (is_upper(c))
			c += 32;
		if (i < PREFIX ? c != '0' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
		if (i >= PREFIX)
			digits[i - PREFIX] = (char)c;
	}
	memcpy(sha1, digits, sizeof(digits));
	return true;
}
