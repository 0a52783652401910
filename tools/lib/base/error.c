/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Failures in words, carried by value to the one place that prints them. */
#include "lib/base/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"

bool error_set(struct error *e, enum error_kind kind, const char *fmt, ...)
{
	va_list ap;

	if (e->kind != ERROR_NONE)
		return false;
	e->kind = kind;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	return false;
}

bool error_errno(struct error *e, const char *fmt, ...)
{
	int saved = errno;
	va_list ap;

	if (e->kind != ERROR_NONE)
		return false;
	e->kind = ERROR_FAILED;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	size_t n = strlen(e->text);
	snprintf(e->text + n, sizeof(e->text) - n, ": %s", strerror(saved));
	return false;
}

bool error_prefix(struct error *e, const char *fmt, ...)
{
	struct error whole = { .kind = e->kind };
	va_list ap;

	if (e->kind == ERROR_NONE)
		return false;
	va_start(ap, fmt);
	vsnprintf(whole.text, sizeof(whole.text), fmt, ap);
	va_end(ap);
	size_t n = strlen(whole.text);
	snprintf(whole.text + n, sizeof(whole.text) - n, "%s", e->text);
	*e = whole;
	return false;
}

int report(const char *tool, const struct error *e)
{
	char masked[3 * sizeof(e->text) + 1];

	text_mask(masked, sizeof(masked), e->text);
	fprintf(stderr, "%s: %s\n", tool, masked);
	return (int)e->kind;
}
