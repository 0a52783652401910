/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_BASE_LANGUAGE_H
#define LIB_BASE_LANGUAGE_H

#include <libintl.h>
#include <stdbool.h>

/*
 * Languages of the screens: "en" (the message ids) and "de", through gettext
 * with the one domain "blackstart". Catalogues: tools/lib/po/LL.po, installed
 * as /usr/share/locale/LL/LC_MESSAGES/blackstart.mo; BLACKSTART_LOCALEDIR
 * names another folder (tests, a tool run from a checkout).
 */
#define _(text) gettext(text)
#define N_(text) text /* marks a text that is translated where it is shown */

/* Choose by BLACKSTART_LANGUAGE, else LC_ALL, LC_MESSAGES, LANG. Called once by
 * cli_main(). */
void language_init(void);

/* Switch now; also sets BLACKSTART_LANGUAGE for programs started from here.
 * False if there is no such language. */
bool language_set(const char *code);

/* "de" or "en": what is in use. */
const char *language_code(void);

#endif
