/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What init and the boot loader left for the menu, and whether the stick may go. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "menu/menu.h"

#define STATE_FILE "/run/blackstart/state"
#define PROC_BYTES_MAX ((size_t)256 << 10) /* of a file in /proc */

/* All of a file, or NULL if it cannot be read or is longer than expected. */
static char *read_whole(const char *path)
{
	char *bytes = mem_array(PROC_BYTES_MAX, 1);
	size_t len = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;

	while (fd >= 0 && len < PROC_BYTES_MAX - 1) {
		n = read(fd, bytes + len, PROC_BYTES_MAX - 1 - len);
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	if (fd >= 0)
		close(fd);
	if (n != 0) {
		free(bytes);
		return NULL;
	}
	bytes[len] = '\0';
	return bytes;
}

bool language_known(const char *code)
{
	return strcmp(code, "de") == 0 || strcmp(code, "en") == 0;
}

bool keyboard_known(const char *layout)
{
	static const char *const known[] = { "de", "us", "fr", "ch", "gb" };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(layout, known[i]) == 0)
			return true;
	return false;
}

/* If `line` (of n bytes) is KEY=VALUE, copy the value. */
static void take_value(const char *line, size_t n, const char *key, char *out, size_t size)
{
	size_t k = strlen(key);

	if (n > k && memcmp(line, key, k) == 0 && line[k] == '=' && n - k - 1 < size)
		snprintf(out, size, "%.*s", (int)(n - k - 1), line + k + 1);
}

void boot_state_parse(struct boot_state *s, const char *state)
{
	char clock[16] = "";

	for (const char *at = state; *at;) {
		size_t n = strcspn(at, "\n");

		take_value(at, n, "kit", s->kit, sizeof(s->kit));
		take_value(at, n, "kit_error", s->kit_error, sizeof(s->kit_error));
		take_value(at, n, "clock", clock, sizeof(clock));
		at += n + (at[n] == '\n');
	}
	s->clock_raised = strcmp(clock, "raised") == 0;
}

void command_line_parse(struct boot_state *s, const char *words)
{
	for (const char *at = words; *at;) {
		size_t n = strcspn(at, " \t\n");

		take_value(at, n, "blackstart.language", s->language, sizeof(s->language));
		take_value(at, n, "blackstart.keyboard", s->keyboard, sizeof(s->keyboard));
		at += n;
		at += strspn(at, " \t\n");
	}
	if (!language_known(s->language))
		s->language[0] = '\0';
	if (!keyboard_known(s->keyboard))
		s->keyboard[0] = '\0';
}

static const char *path_or(const char *variable, const char *usual)
{
	const char *path = getenv(variable);

	return path && *path ? path : usual;
}

void boot_state_load(struct boot_state *s)
{
	char *state = read_whole(path_or("BLACKSTART_STATE", STATE_FILE));
	char *words = read_whole(path_or("BLACKSTART_CMDLINE", "/proc/cmdline"));

	*s = (struct boot_state){ .on_stick = state != NULL };
	if (state)
		boot_state_parse(s, state);
	if (words)
		command_line_parse(s, words);
	free(state);
	free(words);
}

/* One line of mountinfo: is it a mount of a disk? Fields (proc(5)): id, parent,
 * major:minor, root, mount point, options, optional fields, "-", type, source.
 * File systems without a disk have major 0. */
static bool line_is_disk(const char *line, size_t n, bool *readable)
{
	char *copy = mem_string_n(line, n), *end;
	unsigned id, parent, major, minor;
	bool disk = false;
	char type[64], source[256];
	char *dash = strstr(copy, " - ");

	*readable = sscanf(copy, "%u %u %u:%u ", &id, &parent, &major, &minor) == 4 && dash &&
		    sscanf(dash, " - %63s %255s", type, source) == 2;
	if (*readable) {
		end = strchr(source, ' ');
		if (end)
			*end = '\0';
		/* Some file systems hide their disk behind major 0. */
		disk = major != 0 || strncmp(source, "/dev/", 5) == 0;
	}
	free(copy);
	return disk;
}

enum pull pull_judge(const char *mountinfo, const char *swaps)
{
	size_t lines = 0;

	for (const char *at = mountinfo; *at; lines++) {
		size_t n = strcspn(at, "\n");
		bool readable;

		if (line_is_disk(at, n, &readable))
			return PULL_MOUNTED;
		if (!readable)
			return PULL_UNKNOWN;
		at += n + (at[n] == '\n');
	}
	if (lines == 0)
		return PULL_UNKNOWN;
	/* The first line is a heading; a kernel without swap has no such file. */
	const char *first = strchr(swaps, '\n');

	return first && first[1] ? PULL_SWAP : PULL_SAFE;
}

/* Has the process a block device open? Only what we may look into is seen: the
 * programs of our own user, which are all but init and the broker. */
static bool has_disk_open(const char *pid)
{
	char path[300];
	bool found = false;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	d = opendir(path);
	if (!d)
		return false;
	for (struct dirent *f = readdir(d); f && !found; f = readdir(d)) {
		struct stat st;

		found = fstatat(dirfd(d), f->d_name, &st, 0) == 0 && S_ISBLK(st.st_mode);
	}
	closedir(d);
	return found;
}

static bool any_disk_open(void)
{
	DIR *d = opendir("/proc");
	bool found = false;

	if (!d)
		return true;
	for (struct dirent *p = readdir(d); p && !found; p = readdir(d))
		if (p->d_name[0] >= '1' && p->d_name[0] <= '9')
			found = has_disk_open(p->d_name);
	closedir(d);
	return found;
}

enum pull pull_now(bool kit_loaded)
{
	char *mounts = read_whole("/proc/self/mountinfo");
	char *swaps = read_whole("/proc/swaps");
	enum pull p = mounts ? pull_judge(mounts, swaps ? swaps : "") : PULL_UNKNOWN;

	free(mounts);
	free(swaps);
	if (p == PULL_SAFE && any_disk_open())
		p = PULL_IN_USE;
	if (p == PULL_SAFE && !kit_loaded)
		p = PULL_NO_KIT;
	return p;
}

enum pull pull_with_disks(enum pull p, const struct broker_disks *disks)
{
	for (size_t i = 0; i < disks->count && p == PULL_SAFE; i++) {
		const struct broker_disk *d = &disks->disks[i];

		/* A card reader without a card cannot be locked. */
		if ((d->removable || d->stick) && !d->locked && d->size_bytes)
			p = PULL_OPEN;
	}
	return p;
}

const char *pull_words(enum pull p)
{
	switch (p) {
	case PULL_SAFE:
		return _(
			"You can pull the stick now: everything runs from memory. The journal is kept "
			"on it: leave it in, or plug it in again, where something is written down.");
	case PULL_MOUNTED:
		return _("Leave the stick in: a disk is in use as a file system.");
	case PULL_SWAP:
		return _("Leave the stick in: a disk is in use as memory.");
	case PULL_IN_USE:
		return _("Leave the stick in: a program is reading a disk.");
	case PULL_OPEN:
		return _("Leave the stick in: it or another medium is open for writing.");
	case PULL_NO_KIT:
		return _("Leave the stick in: the handbook is not in memory.");
	case PULL_UNKNOWN:
		break;
	}
	return _("Leave the stick in: whether it is in use could not be found out.");
}
