/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules of sudo: what sudo would grant, also where the line hides it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/text.h"
#include "triage/parse/sudoers.h"

struct got {
	struct text entries;
	size_t count, problems;
};

static bool read_text(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	const struct text *t = ctx;
	(void)e;

	assert_true(offset <= t->len && len <= t->len - offset);
	memcpy(buf, t->s + offset, len);
	return true;
}

static void problem(void *ctx, uint64_t offset, const char *what)
{
	(void)offset;
	(void)what;
	((struct got *)ctx)->problems++;
}

static void add(struct text *t, const char *before, struct span s)
{
	text_addf(t, "%s", before);
	if (s.s)
		text_add_n(t, s.s, s.len);
	else
		text_add(t, "-");
}

/* "1 users@hosts=(users:groups)options>command", with N before > if no password is asked for. */
static bool entry(void *ctx, const struct sudoers_entry *x, struct error *e)
{
	static const char *const kinds[] = { "", "alias ", "defaults ", "include ", "unknown " };
	struct got *g = ctx;
	struct text *t = &g->entries;
	(void)e;

	g->count++;
	text_addf(t, "%llu %s", x->line + 0ULL, kinds[x->kind]);
	if (x->kind == SUDOERS_RULE) {
		add(t, "", x->users);
		add(t, "@", x->hosts);
		add(t, "=(", x->run_as_users);
		add(t, ":", x->run_as_groups);
		add(t, ")", x->options);
		add(t, x->no_password ? "N>" : ">", x->command);
	} else {
		add(t, "", x->what);
		add(t, "/", x->name);
		add(t, "/", x->value);
	}
	text_add(t, "\n");
	return true;
}

static struct got parse(struct text *file)
{
	struct got g = { 0 };
	const struct partition_source s = { read_text, file, file->len, 512 };
	const struct parse_problems problems = { problem, &g };
	struct error e = { 0 };

	assert_true(sudoers_parse(&s, &problems, entry, &g, &e));
	return g;
}

static void rules(void **state)
{
	static const struct {
		const char *file, *want;
		size_t problems;
	} cases[] = {
		{ "\n # nothing\n\t\n", "", 0 },
		{ "root ALL=(ALL:ALL) ALL\n", "1 root@ALL=(ALL:ALL)->ALL\n", 0 },
		{ "anna ALL = /bin/ls -l, /bin/cat\n",
		  "1 anna@ALL=(-:-)->/bin/ls -l\n1 anna@ALL=(-:-)->/bin/cat\n", 0 },
		/* What a command is given holds for those behind it, until another takes it back. */
		{ "%adm web1,web2=(www) NOPASSWD: /a, NOEXEC: /b, PASSWD: SETENV: /c, (:adm) /d\n",
		  "1 %adm@web1,web2=(www:-)NOPASSWD:N>/a\n1 %adm@web1,web2=(www:-)NOEXEC:N>/b\n"
		  "1 %adm@web1,web2=(www:-)PASSWD: SETENV:>/c\n1 %adm@web1,web2=(:adm)->/d\n",
		  0 },
		/* And not for those at the next host. */
		{ "a , b\tone=(x) NOPASSWD:ALL : two=ALL\n",
		  "1 a , b@one=(x:-)NOPASSWD:N>ALL\n1 a , b@two=(-:-)->ALL\n", 0 },
		{ "\"%Domain Users\" ALL=ALL\n", "1 \"%Domain Users\"@ALL=(-:-)->ALL\n", 0 },
		{ "a ALL=CWD=/tmp TIMEOUT=5m NOPASSWD: /x\n",
		  "1 a@ALL=(-:-)CWD=/tmp TIMEOUT=5m NOPASSWD:N>/x\n", 0 },
		{ "a ALL=/x a\\,b\\:c\\=d, !/y\n",
		  "1 a@ALL=(-:-)->/x a\\,b\\:c\\=d\n1 a@ALL=(-:-)->!/y\n", 0 },
		{ "a ALL=sha256:abc= /x, /y\n",
		  "1 a@ALL=(-:-)->sha256:abc= /x\n1 a@ALL=(-:-)->/y\n", 0 },
		{ "a ALL=NOPASSWD: sha224:Ab+/= , sha256 : cd /x, !/y : b=sha512:ef ALL\n",
		  "1 a@ALL=(-:-)NOPASSWD:N>sha224:Ab+/= , sha256 : cd /x\n"
		  "1 a@ALL=(-:-)-N>!/y\n1 a@b=(-:-)->sha512:ef ALL\n",
		  0 },
		{ "a ALL=sha256, /y\n", "1 a@ALL=(-:-)->sha256\n1 a@ALL=(-:-)->/y\n", 0 },
		/* In an expression commas and colons are letters, elsewhere not even quotes help. */
		{ "a ALL=/x ^a{1,2}:b=c$, /y\n",
		  "1 a@ALL=(-:-)->/x ^a{1,2}:b=c$\n1 a@ALL=(-:-)->/y\n", 0 },
		{ "a ALL=^/(a,b|c:d)$ ^x,y\\$,z$, ! ^/e,f$ : h=/g\n",
		  "1 a@ALL=(-:-)->^/(a,b|c:d)$ ^x,y\\$,z$\n1 a@ALL=(-:-)->! ^/e,f$\n"
		  "1 a@h=(-:-)->/g\n",
		  0 },
		{ "a ALL=^/x$ y$,/z ^$,^/a b,c$\n",
		  "1 a@ALL=(-:-)->^/x$ y$\n1 a@ALL=(-:-)->/z ^$\n1 a@ALL=(-:-)->^/a b,c$\n", 0 },
		{ "a ALL=/x \", /bin/sh\n", "1 a@ALL=(-:-)->/x \"\n1 a@ALL=(-:-)->/bin/sh\n", 0 },
		{ "a ALL=/x \" # \\\nb ALL=ALL\n", "1 a@ALL=(-:-)->/x \"\n2 b@ALL=(-:-)->ALL\n",
		  0 },
		{ "a ALL=/x \\\n \" # \\\nb ALL=ALL\n",
		  "1 a@ALL=(-:-)->/x  \"\n3 b@ALL=(-:-)->ALL\n", 0 },
		{ "a ALL=(\"b # c\") /x\n", "1 a@ALL=(\"b # c\":-)->/x\n", 0 },
		{ "User_Alias A = \"b # c\" # d\nDefaults x=\"# y\"\n",
		  "1 alias User_Alias/A/\"b # c\"\n2 defaults -//x=\"# y\"\n", 0 },
		{ "Cmnd_Alias X = sha224:ab, sha256:cd /x, /y : Z = /b ^c:D=e$\n",
		  "1 alias Cmnd_Alias/X/sha224:ab, sha256:cd /x, /y\n"
		  "1 alias Cmnd_Alias/Z//b ^c:D=e$\n",
		  0 },
		/* A number is a user, and begins no comment. */
		{ "#1000 ALL=(#-1) ALL # all\n", "1 #1000@ALL=(#-1:-)->ALL\n", 0 },
		{ "%#27 ALL=(ALL) ALL#\n", "1 %#27@ALL=(ALL:-)->ALL\n", 0 },
		/* A line goes on behind a backslash; a comment does not. */
		{ "a ALL=\\\n  NOPASSWD: \\ \t\n /x\nb ALL=/y\n",
		  "1 a@ALL=(-:-)NOPASSWD:N>/x\n4 b@ALL=(-:-)->/y\n", 0 },
		{ "# harmless \\\nevil ALL=(ALL) NOPASSWD: ALL\n",
		  "2 evil@ALL=(ALL:-)NOPASSWD:N>ALL\n", 0 },
		{ "a ALL=/x # and \\\nb ALL=/y\n", "1 a@ALL=(-:-)->/x\n2 b@ALL=(-:-)->/y\n", 0 },
		{ "a ALL=/x \\ # and\nb ALL=/y\n", "1 a@ALL=(-:-)->/x \\\n2 b@ALL=(-:-)->/y\n", 0 },
		{ "a ALL=/x\\", "1 a@ALL=(-:-)->/x\n", 0 },
		{ "Defaults env_reset, !authenticate\nDefaults:anna !requiretty\n",
		  "1 defaults -//env_reset, !authenticate\n2 defaults -/:anna/!requiretty\n", 0 },
		/* For whom they are may be a list, and stand behind blanks. */
		{ "Defaults: anna !authenticate\nDefaults:a , b x=\"y z\", w\nDefaults!/x,/y v\n",
		  "1 defaults -/:anna/!authenticate\n2 defaults -/:a , b/x=\"y z\", w\n"
		  "3 defaults -/!/x,/y/v\n",
		  0 },
		{ "Defaults>\"D\\\\a b\" v\nDefaults@\n  Defaults\t!v\nDefaults\n",
		  "1 defaults -/>\"D\\\\a b\"/v\n2 defaults -/@/\n3 defaults -//!v\n4 defaults -//\n",
		  0 },
		{ "@include /etc/x\n#includedir /etc/sudoers.d\n#includes are nice\n",
		  "1 include -/-//etc/x\n2 include -/-//etc/sudoers.d\n", 0 },
		{ "User_Alias A = a, b : B=c\n",
		  "1 alias User_Alias/A/a, b\n1 alias User_Alias/B/c\n", 0 },
		{ "Host_Alias N = fe80::1, 192.0.2.0/24 : M2 = m\n",
		  "1 alias Host_Alias/N/fe80::1, 192.0.2.0/24\n1 alias Host_Alias/M2/m\n", 0 },
		{ "Cmnd_Alias X\n", "1 alias Cmnd_Alias/X/\n", 1 },
		{ "anna\n", "1 unknown -/-/anna\n", 1 },
		{ "anna ALL\n", "1 unknown -/-/anna ALL\n", 1 },
		{ "anna ALL=\n", "1 unknown -/-/anna ALL=\n", 1 },
		{ "anna =ALL\n", "1 unknown -/-/anna =ALL\n", 1 },
		{ "anna ALL=/x : two\n", "1 anna@ALL=(-:-)->/x\n1 unknown -/-/two\n", 1 },
		{ "anna ALL=(x\n", "1 unknown -/-/anna ALL=(x\n", 1 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct text file = { 0 };

		text_add(&file, cases[i].file);
		struct got g = parse(&file);
		if (strcmp(text_end(&g.entries), cases[i].want) != 0)
			fail_msg("%s: %s", cases[i].file, text_end(&g.entries));
		if (g.problems != cases[i].problems)
			fail_msg("%s: %zu problems", cases[i].file, g.problems);
		text_release(&g.entries);
		text_release(&file);
	}
}

/* One line does not become very many. */
static void limits(void **state)
{
	struct text file = { 0 };
	(void)state;

	text_add(&file, "a ALL=/0");
	for (unsigned i = 1; i < SUDOERS_COMMANDS_MAX; i++)
		text_add(&file, ",/x");
	struct got g = parse(&file);
	assert_int_equal(g.count, SUDOERS_COMMANDS_MAX);
	assert_int_equal(g.problems, 0);
	text_release(&g.entries);
	text_add(&file, ",/x, NOPASSWD: /z\nb ALL=/y\n");
	g = parse(&file);
	assert_int_equal(g.count, SUDOERS_COMMANDS_MAX + 2);
	assert_int_equal(g.problems, 1);
	assert_non_null(strstr(text_end(&g.entries), "\n1 unknown -/-//x, NOPASSWD: /z\n"));
	text_release(&g.entries);

	text_clear(&file);
	text_add(&file, "a ALL=/x");
	for (unsigned i = 0; i < 2 * SUDOERS_ENTRY_MAX / 1000; i++)
		text_addf(&file, "%01000d\\\n", 0);
	text_add(&file, "\nb ALL=/y\n");
	g = parse(&file);
	assert_int_equal(g.count, 2);
	assert_int_equal(g.problems, 1);
	assert_true(g.entries.len < SUDOERS_ENTRY_MAX + 100);
	text_release(&g.entries);
	text_release(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(rules), cmocka_unit_test(limits) };

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("sudoers", tests, NULL, NULL);
}
