/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What init finds out before anything else runs: is the system whole, is the kit,
 * can the clock be right, which consoles are there. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "init/init.h"
#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/newfile.h"
#include "lib/base/text.h"
#include "lib/crypto/manifest.h"

/* The whole of a small file, at most `limit` bytes; NULL with the reason in e. */
static char *read_file(const char *path, size_t limit, size_t *len, struct error *e)
{
	struct stat st;
	char *bytes = NULL;
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) < 0) {
		error_errno(e, _("cannot open %s"), path);
		goto out;
	}
	if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size > limit) {
		error_set(e, ERROR_UNTRUSTED, _("%s is not a file of a possible size"), path);
		goto out;
	}
	bytes = mem_alloc((size_t)st.st_size + 1);
	*len = 0;
	while (*len < (size_t)st.st_size) {
		ssize_t n = read(fd, bytes + *len, (size_t)st.st_size - *len);
		if (n <= 0) {
			error_errno(e, _("cannot read %s"), path);
			free(bytes);
			bytes = NULL;
			break;
		}
		*len += (size_t)n;
	}
out:
	if (fd >= 0)
		close(fd);
	return bytes;
}

bool state_check_system(struct error *e)
{
	/* The kit is judged by itself; its slots travel beside it. */
	static const char *const others[] = { "manifest", "kit", "kit.slots", NULL };
	struct manifest m = { 0 };
	struct arena memory = { 0 };
	size_t len = 0;
	bool ok = false;
	int root = -1;
	char *bytes = read_file("/manifest", MANIFEST_BYTES_MAX, &len, e);

	if (!bytes)
		return false;
	if (!manifest_parse(bytes, len, &memory, &m, e)) {
		error_prefix(e, "/manifest: ");
		goto out;
	}
	root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root < 0) {
		error_errno(e, _("cannot open %s"), "/");
		goto out;
	}
	ok = manifest_check(root, &m, e) && manifest_check_closed(root, "", others, &m, e);
out:
	if (root >= 0)
		close(root);
	arena_release(&memory);
	free(bytes);
	return ok;
}

void state_check_kit(struct state *s)
{
	char words[4096] = "";
	FILE *f = fopen("/proc/cmdline", "re");
	int root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (f) {
		if (!fgets(words, sizeof(words), f))
			words[0] = '\0';
		fclose(f);
	}
	kittrust_check(root, words, &s->kit);
	if (root >= 0)
		close(root);
}

void state_raise_clock(struct state *s)
{
	const struct timespec floor = { .tv_sec = BLACKSTART_EPOCH };

	/* A clock older than this release is wrong for sure, and would make
	 * today's entries older than yesterday's. */
	if (time(NULL) < floor.tv_sec)
		s->clock_raised = clock_settime(CLOCK_REALTIME, &floor) == 0;
}

bool state_write(const struct state *s, const char *path, struct error *e)
{
	struct newfile f = NEWFILE_NONE;
	struct text t = { 0 };
	char masked[sizeof(s->kit.why.text)];

	text_addf(&t, "kit=%s\n", kit_trust_name(s->kit.trust));
	if (s->kit.why.kind != ERROR_NONE)
		text_addf(&t, "kit_error=%s\n", text_mask(masked, sizeof(masked), s->kit.why.text));
	text_addf(&t, "clock=%s\n", s->clock_raised ? "raised" : "ok");
	bool ok = newfile_create(&f, path, e) && newfile_write(&f, text_end(&t), t.len, e) &&
		  newfile_commit(&f, e);
	newfile_discard(&f);
	text_release(&t);
	return ok;
}

size_t state_consoles(const char *active, struct console *consoles, size_t max)
{
	size_t n = 0;

	if (max > 0)
		consoles[n++] = (struct console){ .device = "tty1" };
	for (const char *at = active; *at;) {
		size_t len = strcspn(at, " \n");

		/* tty0 is whatever virtual console is in front: tty1 has its menu. */
		bool is_virtual = strncmp(at, "tty", 3) == 0 && at[3] >= '0' && at[3] <= '9';
		if (len > 0 && len < sizeof(consoles->device) && n < max && !is_virtual) {
			consoles[n] = (struct console){ .serial = true };
			memcpy(consoles[n].device, at, len);
			n++;
		}
		at += len;
		at += strspn(at, " \n");
	}
	return n;
}
