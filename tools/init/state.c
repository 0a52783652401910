/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What init finds out before anything else runs: is the system whole, is the kit,
 * can the clock be right, which consoles are there. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "init/init.h"
#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/newfile.h"
#include "lib/base/text.h"
#include "lib/base/wholefile.h"
#include "lib/crypto/manifest.h"

bool state_check_system(struct error *e)
{
	/* The kit is judged by itself; its slots travel beside it. */
	static const char *const others[] = { "manifest", "kit", "kit.slots", NULL };
	struct manifest m = { 0 };
	struct arena memory = { 0 };
	struct text bytes = { 0 };
	bool ok = false;
	int root = -1;

	if (!wholefile_read(AT_FDCWD, "/manifest", O_NOFOLLOW, MANIFEST_BYTES_MAX, &bytes, e))
		goto out;
	if (!manifest_parse(bytes.s, bytes.len, &memory, &m, e)) {
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
	text_release(&bytes);
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
	struct text t = { 0 };
	char masked[sizeof(s->kit.why.text)];

	text_addf(&t, "kit=%s\n", kit_trust_name(s->kit.trust));
	if (s->kit.why.kind != ERROR_NONE)
		text_addf(&t, "kit_error=%s\n", text_mask(masked, sizeof(masked), s->kit.why.text));
	text_addf(&t, "clock=%s\n", s->clock_raised ? "raised" : "ok");
	bool ok = newfile_whole(path, text_end(&t), t.len, e);
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
