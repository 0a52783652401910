/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a confined process can still do, and what not. Each question is asked by a child. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/confine.h"

static bool refused(long result)
{
	return result == -1 && errno == EPERM;
}

static void *do_nothing(void *ctx)
{
	return ctx;
}

static bool opens(void)
{
	return refused(open("/dev/null", O_RDONLY | O_CLOEXEC));
}

static bool creates(void)
{
	return refused(open("new", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
}

static bool removes(void)
{
	return refused(unlink("/nothing/here"));
}

static bool connects(void)
{
	return refused(socket(AF_INET, SOCK_STREAM, 0)) && refused(socket(AF_UNIX, SOCK_STREAM, 0));
}

static bool runs(void)
{
	char *argv[] = { (char *)"true", NULL };

	return refused(execve("/bin/true", argv, argv + 1));
}

static bool forks(void)
{
	return refused(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
}

/* With clone3() nobody sees what is asked for: to the C library it is not there. */
static bool clones(void)
{
	return syscall(SYS_clone3, NULL, 0) == -1 && errno == ENOSYS;
}

static bool kills(void)
{
	return refused(kill(getppid(), 0)) || errno == EPERM;
}

static bool traces(void)
{
	return refused(syscall(SYS_ptrace, 0, 0, 0, 0));
}

static bool executes(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p != MAP_FAILED && refused(mprotect(p, 4096, PROT_READ | PROT_EXEC)) &&
	       mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
		       MAP_FAILED &&
	       errno == EPERM;
}

static bool maps_files(void)
{
	return mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, STDIN_FILENO, 0) == MAP_FAILED &&
	       errno == EPERM;
}

static bool sets_limits(void)
{
	struct rlimit r;

	return getrlimit(RLIMIT_NOFILE, &r) == 0 && refused(setrlimit(RLIMIT_NOFILE, &r));
}

static bool asks_terminals(void)
{
	char byte = 'x';

	return ioctl(9, TIOCSTI, &byte) == -1 && errno == EPERM && !isatty(9) && errno == ENOTTY;
}

static bool works_in_threads(void)
{
	pthread_t threads[3];
	void *back = NULL;
	char *memory = malloc(5 << 20);
	bool good = memory != NULL;

	for (size_t i = 0; good && i < 3; i++)
		good = pthread_create(&threads[i], NULL, do_nothing, memory) == 0;
	for (size_t i = 0; good && i < 3; i++)
		good = pthread_join(threads[i], &back) == 0 && back == memory;
	free(memory);
	return good;
}

static bool uses_descriptors(void)
{
	char byte;

	return pwrite(9, "abc", 3, 5) == 3 && pread(9, &byte, 1, 6) == 1 && byte == 'b' &&
	       lseek(9, 0, SEEK_END) == 8 && ftruncate(9, 4) == 0;
}

static const struct {
	const char *name;
	bool (*as_wanted)(void);
} questions[] = {
	{ "opens", opens },
	{ "creates", creates },
	{ "removes", removes },
	{ "connects", connects },
	{ "runs", runs },
	{ "forks", forks },
	{ "clones", clones },
	{ "kills", kills },
	{ "traces", traces },
	{ "executes", executes },
	{ "maps files", maps_files },
	{ "sets limits", sets_limits },
	{ "asks terminals", asks_terminals },
	{ "works in threads", works_in_threads },
	{ "uses descriptors", uses_descriptors },
};

static void questions_have_answers(void **state)
{
	FILE *f = tmpfile();

	(void)state;
	assert_non_null(f);
	assert_int_equal(dup2(fileno(f), 9), 9);
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		int status;
		pid_t child = fork();
		if (child == 0) {
			struct error e = { 0 };
			_exit(!confine_enter(&e) ? 2 : questions[i].as_wanted() ? 0 : 1);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
			fail_msg("%s: status %x", questions[i].name, (unsigned)status);
	}
	fclose(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(questions_have_answers) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
