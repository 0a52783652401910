/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_BASE_CLI_H
#define LIB_BASE_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"

/*
 * The command line of every tool: `tool VERB [options] ARGUMENTS`.
 *
 * A tool has one table of verbs, a verb one table of options; both also print
 * the help, so there is nothing to keep in step. Help texts are English
 * message ids, translated through gettext when printed.
 */
struct cli_verb {
	const char *name;                  /* "verify" */
	int (*run)(int argc, char **argv); /* argv[0] is the verb; returns an exit status */
	const char *help;                  /* one line */
};

struct cli_tool {
	const char *name;
	const char *summary;          /* one line: what the tool is for */
	const struct cli_verb *verbs; /* ended by { 0 } */
};

enum cli_kind {
	CLI_FLAG,   /* into: bool *, set to true */
	CLI_TEXT,   /* into: const char **, borrowed from argv */
	CLI_NUMBER, /* into: uint64_t *, between min and max */
};

struct cli_option {
	const char *name; /* "json" is --json; a single character is -n too */
	enum cli_kind kind;
	void *into;
	const char *argument; /* what the help calls the value: "FILE" */
	const char *help;
	uint64_t min, max; /* of CLI_NUMBER; max 0 is no limit */
};

/* One verb's command line. */
struct cli_usage {
	const char *tool, *verb;
	const char *arguments;            /* "FILE [FILE...]", or "" */
	const char *help;                 /* what it does, a few lines */
	const struct cli_option *options; /* ended by { 0 }, or NULL */
	size_t min, max;                  /* number of arguments; max SIZE_MAX is no limit */
};

/* Run a tool: picks the verb, prints help and version, sets the language,
 * and at the end makes sure that everything printed has really been written.
 * The exit status is returned. */
int cli_main(const struct cli_tool *tool, int argc, char **argv);

/* Read the options of a verb. On success *argc and *argv are what is left:
 * the arguments, without the verb. -h and --help print the help and exit. */
__attribute__((warn_unused_result))
bool cli_parse(const struct cli_usage *u, int *argc, char ***argv, struct error *e);

/* A number in decimal, all of it, between min and max. */
__attribute__((warn_unused_result))
bool cli_number(const char *s, uint64_t min, uint64_t max, uint64_t *out, struct error *e);

#endif
