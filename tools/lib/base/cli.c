/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verbs, options and help from one table. */
#include "lib/base/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/base/text.h"

#ifndef BLACKSTART_VERSION
#error "the build passes BLACKSTART_VERSION from build/version"
#endif

static void print_padded(const char *s, size_t columns)
{
	size_t w = text_width(s);

	printf("  %s%*s", s, w < columns ? (int)(columns - w) : 1, "");
}

static void tool_help(const struct cli_tool *tool, FILE *out)
{
	fprintf(out, "%s: %s\n\n", tool->name, _(tool->summary));
	fprintf(out, _("Usage: %s VERB [options] [arguments]\n\nVerbs:\n"), tool->name);
	fflush(out);
	for (const struct cli_verb *v = tool->verbs; v->name; v++)
		fprintf(out, "  %-12s %s\n", v->name, _(v->help));
	fprintf(out, _("\n'%s VERB --help' explains a verb; --version tells the version.\n"),
		tool->name);
}

static void verb_help(const struct cli_usage *u)
{
	printf(_("Usage: %s %s%s%s%s\n\n%s\n"), u->tool, u->verb, u->options ? _(" [options]") : "",
	       *u->arguments ? " " : "", u->arguments, _(u->help));
	if (!u->options)
		return;
	printf(_("\nOptions:\n"));
	for (const struct cli_option *o = u->options; o->name; o++) {
		char left[80];

		snprintf(left, sizeof(left), "%s%s%s%s", o->name[1] ? "--" : "-", o->name,
			 o->argument ? " " : "", o->argument ? o->argument : "");
		print_padded(left, 22);
		printf("%s\n", _(o->help));
	}
}

/* What was printed may still be in a buffer, and the disk may be full. */
static int finish(const char *tool, int status)
{
	if (fflush(stdout) != 0 || ferror(stdout)) {
		struct error e = { 0 };

		error_errno(&e, _("cannot write the output"));
		report(tool, &e);
		return status ? status : ERROR_FAILED;
	}
	return status;
}

/* Where a standard stream was closed by who started us, the next file that is opened, be it a disk,
 * would take its number, and messages would be written into it. These fail instead, as they
 * would on what is closed. */
static bool hold_standard_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			return false;
	return true;
}

int cli_main(const struct cli_tool *tool, int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : NULL;
	struct error e = { 0 };

	if (!hold_standard_streams())
		return ERROR_FAILED;
	/* Whoever started us may have been told not to wait for children, which is passed on: then
	 * nobody learns how ours end. */
	signal(SIGCHLD, SIG_DFL);
	language_init();
	if (!verb) {
		tool_help(tool, stderr);
		return ERROR_USAGE;
	}
	if (strcmp(verb, "-h") == 0 || strcmp(verb, "--help") == 0 || strcmp(verb, "help") == 0) {
		tool_help(tool, stdout);
		return finish(tool->name, 0);
	}
	if (strcmp(verb, "--version") == 0) {
		printf("%s %s\n", tool->name, BLACKSTART_VERSION);
		return finish(tool->name, 0);
	}
	for (const struct cli_verb *v = tool->verbs; v->name; v++)
		if (strcmp(v->name, verb) == 0)
			return finish(tool->name, v->run(argc - 1, argv + 1));
	error_set(&e, ERROR_USAGE, _("no verb '%s'; '%s --help' lists them"), verb, tool->name);
	return report(tool->name, &e);
}

bool cli_number(const char *s, uint64_t min, uint64_t max, uint64_t *out, struct error *e)
{
	char *end;

	errno = 0;
	uintmax_t n = strtoumax(s, &end, 10);
	if (*s < '0' || *s > '9' || *end || errno)
		return error_set(e, ERROR_USAGE, _("'%s' is not a number"), s);
	if (n < min || (max && n > max)) {
		if (max)
			return error_set(e, ERROR_USAGE, _("%s is out of range: %llu to %llu"), s,
					 min + 0ULL, max + 0ULL);
		return error_set(e, ERROR_USAGE, _("%s is too small: at least %llu"), s,
				 min + 0ULL);
	}
	*out = n;
	return true;
}

/* Does argument `a` name option `o`? With "--name=value", *value is set. */
static bool names_option(const struct cli_option *o, const char *a, const char **value)
{
	size_t n = strlen(o->name);

	if (n == 1)
		return a[0] == '-' && a[1] == o->name[0] && a[2] == '\0';
	if (strncmp(a, "--", 2) != 0 || strncmp(a + 2, o->name, n) != 0)
		return false;
	if (a[2 + n] == '=')
		*value = a + 3 + n;
	return a[2 + n] == '\0' || a[2 + n] == '=';
}

static bool store(const struct cli_option *o, const char *value, struct error *e)
{
	switch (o->kind) {
	case CLI_FLAG:
		if (value)
			return error_set(e, ERROR_USAGE, _("--%s takes no value"), o->name);
		*(bool *)o->into = true;
		return true;
	case CLI_TEXT:
		*(const char **)o->into = value;
		return true;
	case CLI_NUMBER:
		if (cli_number(value, o->min, o->max, o->into, e))
			return true;
		return error_prefix(e, "--%s: ", o->name);
	}
	abort();
}

bool cli_parse(const struct cli_usage *u, int *argc, char ***argv, struct error *e)
{
	char **in = *argv;
	int n = *argc, kept = 0;
	bool options = true;

	for (int i = 1; i < n; i++) {
		const struct cli_option *o;
		const char *value = NULL;

		if (!options || in[i][0] != '-' || in[i][1] == '\0') {
			in[kept++] = in[i];
			continue;
		}
		if (strcmp(in[i], "--") == 0) {
			options = false;
			continue;
		}
		if (strcmp(in[i], "-h") == 0 || strcmp(in[i], "--help") == 0) {
			verb_help(u);
			exit(finish(u->tool, 0));
		}
		for (o = u->options; o && o->name; o++)
			if (names_option(o, in[i], &value))
				break;
		if (!o || !o->name)
			return error_set(e, ERROR_USAGE, _("no option %s; see '%s %s --help'"),
					 in[i], u->tool, u->verb);
		if (o->kind != CLI_FLAG && !value) {
			if (++i >= n)
				return error_set(e, ERROR_USAGE, _("%s needs a value"), in[i - 1]);
			value = in[i];
		}
		if (!store(o, value, e))
			return false;
	}
	if ((size_t)kept < u->min || (size_t)kept > u->max)
		return error_set(e, ERROR_USAGE, _("usage: %s %s %s"), u->tool, u->verb,
				 u->arguments);
	*argc = kept;
	return true;
}
