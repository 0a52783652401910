/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of everything that is wrong with a kit's source. */
#include "kit/findings.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/text.h"

__attribute__((format(printf, 6, 0)))
static void add(struct findings *f, enum severity severity, const char *rule, const char *file,
		size_t line, const char *fmt, va_list ap)
{
	char words[1024];
	size_t *all = severity == FAULT ? &f->faults : &f->warnings;

	/* A table that is wrong in every row is understood by then. */
	if (++*all > FINDINGS_MAX)
		return;
	vsnprintf(words, sizeof(words), fmt, ap);
	mem_grow(&f->items, &f->capacity, f->count + 1, sizeof(*f->items));
	f->items[f->count++] = (struct finding){
		.severity = severity,
		.file = arena_string(&f->memory, file),
		.line = line,
		.text = arena_string(&f->memory, words),
		.rule = arena_string(&f->memory, rule),
	};
}

void findings_add(struct findings *f, enum severity severity, const char *file, size_t line,
		  const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(f, severity, "", file, line, fmt, ap);
	va_end(ap);
}

void findings_rule(struct findings *f, enum severity severity, const char *rule, const char *file,
		   size_t line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(f, severity, rule, file, line, fmt, ap);
	va_end(ap);
}

void findings_error(struct findings *f, const char *file, size_t line, struct error *e)
{
	findings_add(f, FAULT, file, line, "%s", e->text);
	*e = (struct error){ 0 };
}

static int by_place(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;
	int order = strcmp(x->file, y->file);

	if (order)
		return order;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return strcmp(x->text, y->text);
}

void findings_sort(struct findings *f)
{
	if (f->count)
		qsort(f->items, f->count, sizeof(*f->items), by_place);
}

void findings_drop_warnings(struct findings *f, size_t first)
{
	size_t kept = first;

	for (size_t i = first; i < f->count; i++)
		if (f->items[i].severity == FAULT)
			f->items[kept++] = f->items[i];
	f->count = kept;
	f->warnings = 0;
	for (size_t i = 0; i < kept; i++)
		f->warnings += f->items[i].severity == WARNING;
}

void findings_print(struct findings *f, const char *folder, FILE *out)
{
	findings_sort(f);
	for (size_t i = 0; i < f->count; i++) {
		const struct finding *x = &f->items[i];
		char masked[2048], file[1024], number[24] = "";

		if (x->line)
			snprintf(number, sizeof(number), ":%zu", x->line);
		fprintf(out, "%s/%s%s: %s: %s", folder, text_mask(file, sizeof(file), x->file),
			number, x->severity == FAULT ? _("error") : _("warning"),
			text_mask(masked, sizeof(masked), x->text));
		if (*x->rule)
			fprintf(out, " [%s]", x->rule);
		fputc('\n', out);
	}
	if (f->faults + f->warnings > f->count)
		fprintf(out, _("%s: and %zu more like these\n"), folder,
			f->faults + f->warnings - f->count);
}

bool findings_refuse(const struct findings *f, const char *folder, struct error *e)
{
	return error_set(e, ERROR_UNTRUSTED,
			 ngettext("%zu error in %s; correct it, nothing was written",
				  "%zu errors in %s; correct them, nothing was written", f->faults),
			 f->faults, folder);
}

void findings_release(struct findings *f)
{
	free(f->items);
	arena_release(&f->memory);
	*f = (struct findings){ 0 };
}
