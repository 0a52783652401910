/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STICK_STICK_H
#define STICK_STICK_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/disk/partition.h"
#include "lib/disk/stickproof.h"

int stick_verify(int argc, char **argv);
int stick_write(int argc, char **argv);

#define MIB (UINT64_C(1) << 20)
#define SECTOR_BYTES 512

/* The settings of a stick (docs/formats/stick.md#settings). */
#define SETTINGS_AT UINT64_C(2093056)
#define SETTINGS_BYTES 1024u

/* --- input.c: a stick or an image that is read --- */

struct input {
	int fd; /* -1: none */
	uint64_t size_bytes;
	uint32_t sector_bytes;
};
#define INPUT_NONE { .fd = -1 }

/* A device or a file; with `broker`, a disk that the broker hands out by its name. */
__attribute__((warn_unused_result))
bool input_open(struct input *in, const char *name, bool broker, struct error *e);
void input_close(struct input *in);
struct partition_source input_source(struct input *in);

/* Exactly so many bytes at that place. */
__attribute__((warn_unused_result))
bool read_at(int fd, uint64_t offset, void *buf, size_t len, struct error *e);

/* --- compare.c: byte by byte with an image --- */

/* What the proof does not cover and an image has as well: the MBR's code, GRUB's core but
 * for the settings, all of partition 2. `what` names the first part that differs, and
 * where; "" if none does. False: something could not be read. */
__attribute__((warn_unused_result))
bool compare_image(struct input *stick, struct input *image, char *what, size_t what_size,
		   struct error *e);

/* --- report.c --- */

/* What was found, for people and for programs. `differs` is NULL if no image was asked for,
 * "" if all is the same. */
struct verdict {
	const char *name;
	const struct stick_report *report;
	const struct error *why; /* kind 0: proved */
	const char *differs;
	bool expected; /* there was something to judge the kit by */
};
void report_text(const struct verdict *v);
void report_json(const struct verdict *v);

#endif
