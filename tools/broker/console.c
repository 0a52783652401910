/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keyboard layout and size of letters on the console. */
#include "broker/console.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "broker/settings.h"
#include "broker/sysfs.h"
#include "lib/base/language.h"

#define HELPER_MS 5000
#define TERMINAL "/dev/tty1"

/* Terminus: heights that the image has, with their widths. */
static const struct {
	unsigned height, width;
} fonts[FONTS_MAX] = { { 16, 8 }, { 20, 10 }, { 24, 12 }, { 28, 14 }, { 32, 16 } };

static bool has_room(size_t i, unsigned width, unsigned height, unsigned columns, unsigned lines)
{
	/* A text screen cannot change the height of its lines without losing some. */
	if (!width || !height)
		return i == 0;
	return width / fonts[i].width >= columns && height / fonts[i].height >= lines;
}

unsigned console_height(unsigned width, unsigned height)
{
	unsigned best = fonts[0].height;

	for (size_t i = 0; i < FONTS_MAX; i++)
		if (has_room(i, width, height, 100, 30))
			best = fonts[i].height;
	return best;
}

static void font_file(char *out, size_t size, const struct places *p, unsigned height)
{
	snprintf(out, size, "%s/consolefonts/ter-%u.psf", p->share, height);
}

void console_init(struct console *c, const struct places *p)
{
	char text[64], file[256];
	unsigned width = 0, height = 0;

	*c = (struct console){ 0 };
	if (sysfs_text(text, sizeof(text), "%s/class/graphics/fb0/virtual_size", p->sysfs) &&
	    sscanf(text, "%u,%u", &width, &height) != 2)
		width = height = 0;
	unsigned wanted = console_height(width, height);
	for (size_t i = 0; i < FONTS_MAX; i++) {
		font_file(file, sizeof(file), p, fonts[i].height);
		if (!has_room(i, width, height, 80, 25) || access(file, R_OK) != 0)
			continue;
		if (fonts[i].height <= wanted)
			c->chosen = c->count;
		c->heights[c->count++] = fonts[i].height;
	}
}

struct helper {
	const char *path;
	const char *input; /* or NULL */
	const char *argv[6];
};

static int run_helper(int output, const void *ctx)
{
	const struct helper *h = ctx;
	int in = open(h->input ? h->input : "/dev/null", O_RDONLY);

	(void)output;
	if (in < 0 || dup2(in, 0) < 0)
		return ERROR_FAILED;
	return job_exec(h->path, h->argv);
}

struct job *console_font(const struct console *c, struct jobs *j, const struct places *p,
			 size_t index, struct error *e)
{
	char file[256];
	const struct helper h = { p->path, NULL, { "setfont", "-C", TERMINAL, file, NULL } };

	font_file(file, sizeof(file), p, c->heights[index]);
	struct job *job = jobs_start(j, JOB_FONT, HELPER_MS, run_helper, &h, e);
	if (job)
		job->value = (unsigned)index;
	return job;
}

struct job *console_keyboard(struct jobs *j, const struct places *p, const char *layout,
			     struct error *e)
{
	char file[256];
	const struct helper h = { p->path, file, { "loadkmap", NULL } };

	/* Only after this is the name part of a path. */
	if (!settings_is_keyboard(layout)) {
		error_set(e, ERROR_FAILED, N_("there is no such keyboard layout"));
		return NULL;
	}
	snprintf(file, sizeof(file), "%s/keymaps/%s.bmap", p->share, layout);
	if (access(file, R_OK) != 0) {
		error_set(e, ERROR_FAILED, N_("there is no such keyboard layout"));
		return NULL;
	}
	return jobs_start(j, JOB_KEYBOARD, HELPER_MS, run_helper, &h, e);
}

void console_alarm(const struct places *p, const char *text)
{
	static const char *const consoles[] = { "console", "tty1" };

	for (size_t i = 0; i < sizeof(consoles) / sizeof(consoles[0]); i++) {
		char path[256];

		snprintf(path, sizeof(path), "%s/%s", p->dev, consoles[i]);
		int fd = open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
		if (fd < 0)
			continue;
		dprintf(fd, "\r\n\033[1;37;41m %s \033[0m\r\n", text);
		close(fd);
	}
}
