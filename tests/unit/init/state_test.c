/* SPDX-License-Identifier: GPL-3.0-or-later */
/* init's decisions: which consoles get a menu, what the start screen is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "init/init.h"

static void consoles(void **unused)
{
	static const struct {
		const char *active, *want;
	} table[] = {
		{ "", "tty1" },
		{ "tty0\n", "tty1" },
		{ "tty0 ttyS0\n", "tty1 ttyS0" },
		{ "ttyS1 tty0 hvc0\n", "tty1 ttyS1 hvc0" },
		{ "ttyS0 ttyS1 ttyS2 ttyS3 ttyS4", "tty1 ttyS0 ttyS1 ttyS2" },
		{ "ttyname-that-is-far-too-long-for-a-device ttyS0", "tty1 ttyS0" },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct console c[4];
		char got[128] = "";
		size_t n = state_consoles(table[i].active, c, 4);

		for (size_t k = 0; k < n; k++)
			snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%s", k ? " " : "",
				 c[k].device);
		assert_string_equal(got, table[i].want);
		for (size_t k = 0; k < n; k++)
			assert_int_equal(c[k].serial, k > 0);
	}
}

static void written(void **unused)
{
	char folder[] = "/tmp/blackstart-state-XXXXXX", path[80], got[256];
	struct state s = { .kit.trust = KIT_DAMAGED, .clock_raised = true };
	struct error e = { 0 };

	(void)unused;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/state", folder);
	error_set(&s.kit.why, ERROR_UNTRUSTED, "kit/open.db: wrong\ndigest");
	assert_true(state_write(&s, path, &e));
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, got, sizeof(got) - 1);
	assert_true(n > 0);
	got[n] = '\0';
	/* A line break in a reason must not forge a line. */
	assert_string_equal(got, "kit=damaged\nkit_error=kit/open.db: wrong\xef\xbf\xbd"
				 "digest\nclock=raised\n");
	close(fd);
	unlink(path);
	rmdir(folder);
}

static void restart_delay(void **unused)
{
	struct service s = { .name = "x", .pid = 4711 };

	(void)unused;
	assert_false(service_ended(&s, 1));
	assert_int_equal(s.pid, 4711);
	assert_true(service_ended(&s, 4711));
	assert_int_equal(s.pid, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(consoles),
		cmocka_unit_test(written),
		cmocka_unit_test(restart_delay),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
