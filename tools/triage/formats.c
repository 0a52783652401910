/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The formats that `triage parse` knows. */
#include "triage/format.h"

#include <string.h>

const struct format *const formats[] = {
	NULL,
};

const struct format *format_find(const char *name)
{
	for (size_t i = 0; formats[i]; i++)
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
	return NULL;
}
