/* SPDX-License-Identifier: GPL-3.0-or-later */
/* German or English, switchable while running. */
#include "lib/base/language.h"

#include <locale.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define DOMAIN "blackstart"
#define LOCALE_FOLDER "/usr/share/locale"

static const char *const known[] = { "en", "de" };

const char *language_code(void)
{
	const char *code = getenv("BLACKSTART_LANGUAGE");

	for (size_t i = 0; code && i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(code, known[i]) == 0)
			return known[i];
	return known[0];
}

bool language_set(const char *code)
{
	const char *folder = getenv("BLACKSTART_LOCALEDIR");
	bool found = false;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		found = found || strcmp(code, known[i]) == 0;
	if (!found)
		return false;
	setenv("BLACKSTART_LANGUAGE", code, 1);
	/* musl takes any locale name and looks for its catalogue; glibc wants a
	 * locale that exists and then follows LANGUAGE. C.UTF-8 exists in both. */
	setenv("LANGUAGE", code, 1);
	if (!setlocale(LC_ALL, "C.UTF-8"))
		setlocale(LC_ALL, "");
	setlocale(LC_MESSAGES, strcmp(code, "de") == 0 ? "de_DE.UTF-8" : "C.UTF-8");
	bindtextdomain(DOMAIN, folder ? folder : LOCALE_FOLDER);
	bind_textdomain_codeset(DOMAIN, "UTF-8");
	textdomain(DOMAIN); /* also makes glibc forget what it looked up before */
	return true;
}

void language_init(void)
{
	static const char *const names[] = { "BLACKSTART_LANGUAGE", "LC_ALL", "LC_MESSAGES",
					     "LANG" };
	const char *value = NULL;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		value = getenv(names[i]);
		if (value && *value)
			break;
	}
	language_set(value && strncmp(value, "de", 2) == 0 ? "de" : "en");
}
