/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keeps language and face of a console between programs. */
#include "lib/ui/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/memory.h"
#include "lib/base/newfile.h"

#define DEFAULT_FOLDER "/run/user"

static char *settings_path(void)
{
	const char *folder = getenv("BLACKSTART_RUN");
	char tty[64] = "";
	const char *name = "none";

	if (ttyname_r(STDIN_FILENO, tty, sizeof(tty)) == 0) {
		name = strncmp(tty, "/dev/", 5) == 0 ? tty + 5 : tty;
		for (char *c = tty; *c; c++)
			if (*c == '/' && c >= name)
				*c = '-';
	}
	return mem_format("%s/settings.%s", folder && *folder ? folder : DEFAULT_FOLDER, name);
}

void settings_load(struct ui_settings *s)
{
	char *path = settings_path();
	FILE *in = fopen(path, "re");
	char line[64];

	*s = (struct ui_settings){ 0 };
	free(path);
	if (!in)
		return;
	s->found = true;
	while (fgets(line, sizeof(line), in)) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "language=", 9) == 0)
			snprintf(s->language, sizeof(s->language), "%.7s", line + 9);
		else if (strncmp(line, "keyboard=", 9) == 0)
			snprintf(s->keyboard, sizeof(s->keyboard), "%.7s", line + 9);
		else if (strcmp(line, "plain=yes") == 0)
			s->plain = true;
	}
	fclose(in);
}

void settings_save(const struct ui_settings *s)
{
	char *path = settings_path();
	struct newfile f = NEWFILE_NONE;
	struct error ignored = { 0 };
	char *text = mem_format("language=%s\nkeyboard=%s\nplain=%s\n", s->language, s->keyboard,
				s->plain ? "yes" : "no");

	if (newfile_create(&f, path, &ignored) && newfile_write(&f, text, strlen(text), &ignored))
		(void)!newfile_commit(&f, &ignored);
	newfile_discard(&f);
	free(text);
	free(path);
}
