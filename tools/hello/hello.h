/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HELLO_HELLO_H
#define HELLO_HELLO_H

#include <stdbool.h>

#include "lib/base/error.h"
#include "lib/base/text.h"

/* The verbs: options in, exit status out (docs/style.md, "A tool"). */
int hello_greet(int argc, char **argv);

/* Add the greeting of a person, in the language of the screen, to `out`. The
 * name may come from anywhere: it is masked. False, with `out` as it was, if it
 * is empty. */
__attribute__((warn_unused_result))
bool hello_greeting(struct text *out, const char *name, struct error *e);

#endif
