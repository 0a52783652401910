/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_UI_SETTINGS_H
#define LIB_UI_SETTINGS_H

#include <stdbool.h>

/*
 * What a person set on this console, kept between the programs that take turns
 * on it: lines `language=de`, `keyboard=de`, `plain=yes` in $BLACKSTART_RUN/settings.TTY
 * (BLACKSTART_RUN: /run/user where not set; TTY: the terminal's name, so that
 * screen and serial line do not disturb each other). Where the folder is missing,
 * nothing is kept; that is never an error.
 */
struct ui_settings {
	bool found;       /* there was a file */
	char language[8]; /* "de", "en", "" */
	char keyboard[8]; /* "de", "us", "" */
	bool plain;
};

void settings_load(struct ui_settings *s);
void settings_save(const struct ui_settings *s);

#endif
