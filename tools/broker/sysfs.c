/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading the kernel's small files. */
#include "broker/sysfs.h"

#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static size_t read_file(void *out, size_t size, const char *fmt, va_list ap)
{
	char path[PATH_MAX];
	int n = vsnprintf(path, sizeof(path), fmt, ap);

	if (n < 0 || (size_t)n >= sizeof(path))
		return 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return 0;
	ssize_t got = read(fd, out, size);
	close(fd);
	return got > 0 ? (size_t)got : 0;
}

size_t sysfs_bytes(void *out, size_t size, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	size_t n = read_file(out, size, fmt, ap);
	va_end(ap);
	return n;
}

bool sysfs_text(char *out, size_t size, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	size_t n = read_file(out, size - 1, fmt, ap);
	va_end(ap);
	out[n] = '\0';
	out[strcspn(out, "\n")] = '\0';
	return out[0] != '\0';
}

uint64_t sysfs_number(const char *fmt, ...)
{
	char text[32];
	va_list ap;

	va_start(ap, fmt);
	size_t n = read_file(text, sizeof(text) - 1, fmt, ap);
	va_end(ap);
	text[n] = '\0';
	return strtoull(text, NULL, 0);
}

bool sysfs_exists(const char *fmt, ...)
{
	char path[PATH_MAX];
	va_list ap;

	va_start(ap, fmt);
	int n = vsnprintf(path, sizeof(path), fmt, ap);
	va_end(ap);
	return n > 0 && (size_t)n < sizeof(path) && access(path, F_OK) == 0;
}
