/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BROKER_CONSOLE_H
#define BROKER_CONSOLE_H

#include <stddef.h>

#include "broker/job.h"
#include "broker/places.h"

#define FONTS_MAX 5

/* The console's letters: fonts that exist and leave room for 80x25. */
struct console {
	unsigned heights[FONTS_MAX]; /* pixels, rising */
	size_t count;
	size_t chosen;
};

/* The height to begin with on a screen of so many pixels: the largest that leaves
 * 100 columns and 30 lines, for tired eyes a step away. 0 of both: a text screen. */
unsigned console_height(unsigned width, unsigned height);

/* See which fonts there are and choose one. */
void console_init(struct console *c, const struct places *p);

/* Show fonts[index]; job->value is the index. */
struct job *console_font(const struct console *c, struct jobs *j, const struct places *p,
			 size_t index, struct error *e);

struct job *console_keyboard(struct jobs *j, const struct places *p, const char *layout,
			     struct error *e);

/* A line in red on the consoles that there are. */
void console_alarm(const struct places *p, const char *text);

#endif
