/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Work by another process: what it made is put in place or removed whoever wants it to end, and what
 * it prints appears only then. */
#include "sysimage/apart.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
/* After what it needs. */
#include <cmocka.h>

enum deed { WORKS, FAILS, CRASHES, IS_STOPPED, IS_SUSPENDED };

static struct {
	enum deed deed;
	bool refuse; /* by settle() */
	unsigned settled;
	bool settled_ok;
} plan;

static bool run(void *ctx, struct error *e)
{
	(void)ctx;
	puts("printed by the other one");
	switch (plan.deed) {
	case FAILS:
		return error_set(e, ERROR_UNTRUSTED, "it is damaged");
	case CRASHES:
		signal(SIGABRT, SIG_DFL);
		raise(SIGKILL);
		break;
	case IS_STOPPED:
		kill(getppid(), SIGTERM);
		for (;;)
			pause();
	case IS_SUSPENDED:
		kill(getppid(), SIGSTOP);
		usleep(100000);
		kill(getppid(), SIGCONT);
		usleep(100000);
		break;
	case WORKS:
		break;
	}
	return true;
}

/* Who wants it to end now comes too late; else this ends the test. */
static bool settle(void *ctx, bool ok, struct error *e)
{
	(void)ctx;
	plan.settled++;
	plan.settled_ok = ok;
	raise(SIGTERM);
	raise(SIGINT);
	raise(SIGHUP);
	return ok && (!plan.refuse || error_set(e, ERROR_FAILED, "the name is taken"));
}

/* apart_run(), and what it printed. */
static bool ran(bool confined, char *printed, size_t max, struct error *e)
{
	const struct apart a = { run, settle, NULL, confined, "the source" };
	FILE *f = tmpfile();
	int old = dup(STDOUT_FILENO);

	assert_non_null(f);
	plan.settled = 0;
	fflush(stdout);
	dup2(fileno(f), STDOUT_FILENO);
	bool ok = apart_run(&a, e);
	fflush(stdout);
	dup2(old, STDOUT_FILENO);
	close(old);
	rewind(f);
	printed[fread(printed, 1, max - 1, f)] = '\0';
	fclose(f);
	return ok;
}

static void settles(void **state)
{
	static const struct {
		enum deed deed;
		bool refuse, ok;
		enum error_kind kind;
		const char *said;
	} rows[] = {
		{ WORKS, false, true, ERROR_NONE, "" },
		{ WORKS, true, true, ERROR_FAILED, "the name is taken" },
		{ FAILS, false, false, ERROR_UNTRUSTED, "it is damaged" },
		{ CRASHES, false, false, ERROR_UNTRUSTED, "reading the source crashed (signal 9)" },
		{ IS_STOPPED, false, false, ERROR_FAILED, "stopped; nothing was left behind" },
		{ IS_SUSPENDED, false, true, ERROR_NONE, "" },
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
		const size_t k = i / 2;
		const bool confined = i % 2, good = rows[k].ok && !rows[k].refuse;
		struct error e = { 0 };
		char printed[200];

		/* Confined, it sends no signals. */
		if (confined && rows[k].deed > FAILS)
			continue;
		print_message("row %zu, confined %d\n", k, confined);
		plan.deed = rows[k].deed;
		plan.refuse = rows[k].refuse;
		assert_int_equal(ran(confined, printed, sizeof(printed), &e), good);
		assert_int_equal(plan.settled, 1);
		assert_int_equal(plan.settled_ok, rows[k].ok);
		assert_int_equal(e.kind, rows[k].kind);
		assert_non_null(strstr(e.text, rows[k].said));
		assert_string_equal(printed, good ? "printed by the other one\n" : "");
	}
}

/* What was printed before is printed once, and signals are as they were. */
static void leaves_all_as_it_was(void **state)
{
	sigset_t before, after;
	struct error e = { 0 };
	char printed[200];

	(void)state;
	plan.deed = WORKS;
	plan.refuse = false;
	sigprocmask(SIG_SETMASK, NULL, &before);
	assert_true(ran(false, printed, sizeof(printed), &e));
	sigprocmask(SIG_SETMASK, NULL, &after);
	for (int i = 1; i < 32; i++)
		assert_int_equal(sigismember(&before, i), sigismember(&after, i));
	sigpending(&after);
	assert_false(sigismember(&after, SIGTERM));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settles),
		cmocka_unit_test(leaves_all_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
