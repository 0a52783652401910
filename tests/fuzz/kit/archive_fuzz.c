/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A compiled kit whose archive has changed bytes: refused, or the same files. */
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kit/archive.h"
#include "kit/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct image kit;
	struct error e = { 0 };
	struct archive a = { 0 };
	struct text t = { 0 };
	struct source s;
	char path[32];
	int fd = memfd_create("kit", 0);

	source_init(&s);
	conf_fill(&s);
	(void)!(kit.count || image_make(&kit, &s, NULL, 0, &e));
	text_add_n(&t, kit.archive.s, kit.archive.len);
	for (size_t i = 0; i + 1 < size; i += 2) /* where, in head and manifest, and what */
		t.s[data[i] * 2 % t.len] = (char)data[i + 1];
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	(void)!(write(fd, t.s, t.len) == (ssize_t)t.len && archive_read(&a, path, &e));
	archive_release(&a);
	text_release(&t);
	close(fd);
	return 0;
}
