/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_CHECK_H
#define TRIAGE_CHECK_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What came out of the box, judged as a stranger's: docs/formats/triage-box.md#lines. True for one or more whole
 * lines, each ended by LF, of valid UTF-8 without characters of text_is_unsafe() (a CR before the LF
 * may stand).
 */
bool check_lines(const char *s, size_t len);

/* The same, each line one JSON object (RFC 8259) without white space between its parts,
 * groups at most CHECK_DEPTH_MAX within each other. Whether keys are there twice is not looked at. */
#define CHECK_DEPTH_MAX 63
bool check_json_lines(const char *s, size_t len);

#endif
